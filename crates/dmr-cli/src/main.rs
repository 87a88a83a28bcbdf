//! The one binary, `dmr`: every command is a request to the HTTP API, over a network or in process, so that there is no second way round the gate.
//!
//! In reading order: what may be typed ([`arguments`]), whom a command talks to ([`connection`]), what each command does ([`commands`]),
//! how answers are shown ([`output`]), how it ends ([`failure`]).

mod arguments;
mod sources;
mod owner;
mod connection;
mod call;
mod document;
mod types;
mod condition;
mod selection;
mod measure;
mod paging;
mod serving;
mod logging;
mod commands;
mod output;
mod failure;
mod reference;

use arguments::Cli;
use clap::Parser;
use failure::Failure;
use output::Output;
use std::process::ExitCode;

/// Many small allocations go from one thread to another here, which is what it is made for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let output = Output::new(cli.common.format);
    let done = runtime().map_err(Failure::from).and_then(|runtime| {
        let done = runtime.block_on(commands::run(cli, &output));
        // A request that is still on its way when the command is done has nobody to answer.
        runtime.shutdown_background();
        done
    });
    match done {
        Ok(()) | Err(Failure::ReaderLeft) => ExitCode::SUCCESS,
        Err(failure) => {
            output.failure(&failure);
            ExitCode::from(failure.exit())
        }
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}
