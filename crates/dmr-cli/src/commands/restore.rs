//! `dmr restore`: a data directory from a backup.

use crate::arguments::Common;
use crate::commands::backup;
use crate::failure::Failure;
use crate::output::Output;
use crate::sources;
use clap::Args;
use dmr::Registry;
use std::path::PathBuf;

/// Makes a data directory of a backup.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  dmr restore /mnt/backups/monday --data ./again

The backup is verified before and the data directory after. What is there already is never written over.")]
pub struct Restore {
    /// The backup
    #[arg(value_name = "BACKUP")]
    pub backup: PathBuf,
}

impl Restore {
    /// Restores.
    pub fn run(self, common: &Common, output: &Output) -> Result<(), Failure> {
        let settings = sources::load(common, Vec::new())?;
        let manifest = tokio::task::block_in_place(|| Registry::restore(&self.backup, &settings.data))?;
        backup::show(output, "restored", &settings.data, &manifest.to_value())?;
        output.next(&format!("dmr serve --data {}", settings.data.display()));
        Ok(())
    }
}
