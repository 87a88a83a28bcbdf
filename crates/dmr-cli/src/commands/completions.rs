//! `dmr completions`: what a shell needs to complete commands and arguments.

use crate::arguments::Cli;
use crate::failure::Failure;
use crate::output::Output;
use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

/// Prints a script that completes commands and arguments.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dmr completions bash > ~/.local/share/bash-completion/completions/dmr
  dmr completions zsh > ~/.zfunc/_dmr
  dmr completions fish > ~/.config/fish/completions/dmr.fish")]
pub struct Completions {
    /// For which shell
    pub shell: Shell,
}

impl Completions {
    /// Prints it.
    pub fn run(self, output: &Output) -> Result<(), Failure> {
        let mut script = Vec::new();
        generate(self.shell, &mut Cli::command(), "dmr", &mut script);
        output.page(&String::from_utf8_lossy(&script))
    }
}
