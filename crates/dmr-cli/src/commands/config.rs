//! `dmr config`: settings in force, and the references that are generated.

use crate::arguments::Common;
use crate::failure::Failure;
use crate::output::{Grid, Output};
use crate::{reference, sources};
use clap::{Args, Subcommand};
use serde_json::json;

/// Prints the settings in force and where each came from.
#[derive(Debug, Args)]
pub struct Config {
    /// What else may be printed.
    #[command(subcommand)]
    pub what: Option<What>,
}

/// What else may be printed.
#[derive(Debug, Subcommand)]
pub enum What {
    /// The reference of all settings, in Markdown
    Reference,
    /// The reference of all commands, in Markdown
    Commands,
}

impl Config {
    /// Prints.
    pub fn run(self, common: &Common, output: &Output) -> Result<(), Failure> {
        match self.what {
            Some(What::Reference) => output.page(&dmr::settings::reference()),
            Some(What::Commands) => output.page(&reference::commands()),
            None => {
                let settings = sources::load(common, Vec::new())?;
                let effective = settings.effective();
                let items: Vec<_> = effective
                    .iter()
                    .map(|one| json!({"key": one.setting.key, "value": one.written(), "origin": one.origin.to_string()}))
                    .collect();
                output.show(&json!({ "items": items, "next": null }), || {
                    let mut grid = Grid::new(["setting", "value", "from"]);
                    effective.iter().for_each(|one| grid.row(vec![one.setting.key.to_owned(), one.written(), one.origin.to_string()]));
                    grid.draw("no settings")
                })
            }
        }
    }
}
