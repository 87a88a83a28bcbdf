//! `dmr show ingest`.

use crate::call::Call;
use crate::failure::Failure;
use crate::output::Grid;
use clap::Args;
use dmr_api::route;

/// Shows an ingest.
#[derive(Debug, Args)]
pub struct Ingest {
    /// Its id
    pub id: String,
}

impl Ingest {
    /// Shows it.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let ingest = call.get(&route::fill(route::INGEST, &[&self.id]), &[]).await?;
        let look = call.output.look(&call.settings.terminal);
        call.output.show(&ingest, || {
            let mut grid = Grid::new(["", "ingest"]);
            for (name, value) in ingest.as_object().into_iter().flatten() {
                grid.row(vec![name.clone(), look.value(Some(value))]);
            }
            grid.draw("nothing is known of it")
        })?;
        call.output.next(&format!("dmr show quarantine {}", self.id));
        Ok(())
    }
}
