//! `docs/cli.md`, written from what the parser knows.

use crate::arguments::Cli;
use clap::{Arg, Command, CommandFactory};
use std::fmt::Write;

const HEAD: &str = "\
# Commands

Every command is a request to the [HTTP API](http.md): to the server that `--url` names, else to the process that serves the data directory, else
to a registry that the command opens itself as the logged principal `local:<user>`. What a key may not do over HTTP it may not do here.

Exit codes: 0 done, 1 failed, 2 usage, 3 bad input, 4 not found, 5 refused, 6 conflict; which code of a problem gives which is in
[errors.md](errors.md). With `--format json` a failure is a problem document on standard error.

This page is generated from the parser by `cargo xtask docs`.
";

/// The reference of all commands, in Markdown.
pub fn commands() -> String {
    let mut top = Cli::command().term_width(100);
    top.build();
    let mut page = HEAD.to_owned();
    page.push_str("\n## What all commands take\n\n");
    arguments(&mut page, top.get_arguments().filter(|argument| !is_of_the_parser(argument)));
    for command in top.get_subcommands_mut().filter(|command| command.get_name() != "help") {
        section(&mut page, command, "dmr", 2);
    }
    page
}

fn section(page: &mut String, command: &mut Command, parent: &str, depth: usize) {
    let name = format!("{parent} {}", command.get_name());
    let usage = command.render_usage().to_string();
    let _infallible = writeln!(page, "\n{} {name}\n", "#".repeat(depth));
    if let Some(about) = command.get_about() {
        let _infallible = writeln!(page, "{about}.\n");
    }
    let _infallible = writeln!(page, "```text\n{}\n```", usage.trim_start_matches("Usage: ").trim());
    let own: Vec<&Arg> = command.get_arguments().filter(|argument| !argument.is_global_set() && argument.get_id() != "help").collect();
    if !own.is_empty() {
        page.push('\n');
        arguments(page, own.into_iter());
    }
    if let Some(after) = command.get_after_help() {
        let _infallible = writeln!(page, "\n```text\n{}\n```", after.to_string().trim());
    }
    for inner in command.get_subcommands_mut().filter(|inner| inner.get_name() != "help") {
        section(page, inner, &name, depth + 1);
    }
}

fn arguments<'a>(page: &mut String, all: impl Iterator<Item = &'a Arg>) {
    page.push_str("| argument | what it is |\n| --- | --- |\n");
    for argument in all {
        let mut about = argument.get_help().map(ToString::to_string).unwrap_or_default();
        let values: Vec<String> = argument.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect();
        if argument.get_num_args().is_some_and(|number| number.takes_values()) && !values.is_empty() {
            about.push_str(&format!(": {}", values.join(", ")));
        }
        if let Some(variable) = argument.get_env() {
            about.push_str(&format!(" (`{}`)", variable.to_string_lossy()));
        }
        let _infallible = writeln!(page, "| `{}` | {} |", spelled(argument), about.replace('|', "\\|"));
    }
}

fn spelled(argument: &Arg) -> String {
    let value = argument.get_value_names().map(|names| names.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "));
    let takes = argument.get_num_args().is_some_and(|number| number.takes_values());
    match (argument.get_long(), value.filter(|_| takes)) {
        (Some(long), Some(value)) => format!("--{long} {value}"),
        (Some(long), None) => format!("--{long}"),
        (None, value) => value.unwrap_or_else(|| argument.get_id().to_string().to_uppercase()),
    }
}

fn is_of_the_parser(argument: &Arg) -> bool {
    matches!(argument.get_id().as_str(), "help" | "version")
}
