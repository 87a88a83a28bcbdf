//! `dmr man`: the manual pages, made from what the parser knows.

use crate::arguments::Cli;
use crate::failure::Failure;
use crate::output::Output;
use clap::{Args, CommandFactory};
use clap_mangen::Man as Page;
use dmr::{Code, Problem};
use std::path::PathBuf;

/// Prints the manual page, or writes the pages of all commands.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dmr man | man -l -
  dmr man --dir ~/.local/share/man/man1")]
pub struct Man {
    /// Writes dmr.1, dmr-query.1 and so on into this folder instead
    #[arg(long, value_name = "FOLDER")]
    pub dir: Option<PathBuf>,
}

impl Man {
    /// Prints or writes.
    pub fn run(self, output: &Output) -> Result<(), Failure> {
        let unwritable = |fault: std::io::Error| Problem::new(Code::FileUnreadable, format!("the pages cannot be written: {fault}"));
        let Some(folder) = self.dir else {
            let mut page = Vec::new();
            Page::new(Cli::command()).render(&mut page).map_err(unwritable)?;
            return output.page(&String::from_utf8_lossy(&page));
        };
        std::fs::create_dir_all(&folder).map_err(unwritable)?;
        clap_mangen::generate_to(Cli::command(), &folder).map_err(unwritable)?;
        output.done("written", &folder.display().to_string())
    }
}
