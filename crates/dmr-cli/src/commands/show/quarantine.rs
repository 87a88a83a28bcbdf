//! `dmr show quarantine`.

use crate::call::{Call, items};
use crate::failure::Failure;
use crate::output::Grid;
use crate::paging::{Pages, Wanted};
use clap::Args;
use dmr::Value;
use dmr_api::route;

/// Shows what an ingest set aside.
#[derive(Debug, Args)]
pub struct Quarantine {
    /// The ingest's id
    pub id: String,
    /// At most so many
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// All of them
    #[arg(long, conflicts_with = "limit")]
    pub all: bool,
}

impl Quarantine {
    /// Shows it.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let path = route::fill(route::QUARANTINE, &[&self.id]);
        let list = Pages::new(call, path, Vec::new(), Wanted::of(self.limit, self.all), None).together().await?;
        let look = call.output.look(&call.settings.terminal);
        call.output.show(&list, || {
            let mut grid = Grid::new(["line", "byte", "code", "why", "as it stands"]);
            for item in items(&list) {
                let place = item.get("place").unwrap_or(&Value::Null);
                let why = item.get("message").and_then(Value::as_str).map(crate::output::plain).unwrap_or_default();
                let [line, byte] = ["line", "byte"].map(|member| look.word(place.get(member)));
                grid.row(vec![line, byte, look.word(item.get("code")), why, look.word(item.get("raw"))]);
            }
            grid.draw("nothing was set aside")
        })
    }
}
