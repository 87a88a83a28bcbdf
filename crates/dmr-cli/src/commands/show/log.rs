//! `dmr show log`: who changed what (U4, A3).

use crate::call::{Call, items};
use crate::failure::Failure;
use crate::output::Grid;
use crate::paging::{Pages, Wanted};
use clap::Args;
use dmr_api::route;

/// Shows who changed what, newest entries as the server gives them.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  dmr show log --model shop.Product --operation update --since 2026-01-01T00:00:00Z")]
pub struct Log {
    /// Of this model
    #[arg(long)]
    pub model: Option<String>,
    /// Of this record, by its id
    #[arg(long, requires = "model")]
    pub record: Option<String>,
    /// By this principal
    #[arg(long, value_name = "PRINCIPAL")]
    pub user: Option<String>,
    /// Of this kind: create, update, delete, restore, register, ...
    #[arg(long)]
    pub operation: Option<String>,
    /// From then on, RFC 3339
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Before then, RFC 3339
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// At most so many entries [default: the setting terminal.log_rows]
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// All entries
    #[arg(long, conflicts_with = "limit")]
    pub all: bool,
}

impl Log {
    /// Shows it.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let model = match &self.model {
            Some(name) => Some(call.model(name).await?.name),
            None => None,
        };
        let filters = [
            ("model", model),
            ("record", self.record),
            ("user", self.user),
            ("operation", self.operation),
            ("since", self.since),
            ("until", self.until),
        ];
        let query = filters.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
        let wanted = Wanted::of(Some(self.limit.unwrap_or(call.settings.terminal.log_rows)), self.all);
        let mut list = Pages::new(call, route::AUDIT.to_owned(), query, wanted, None).together().await?;
        call.name_people(&mut list).await;
        let look = call.output.look(&call.settings.terminal);
        call.output.show(&list, || {
            let mut grid = Grid::new(["at", "by", "operation", "model", "record", "version", "changed"]);
            for entry in items(&list) {
                let cells = ["by", "operation", "model", "record", "version"].map(|member| look.word(entry.get(member)));
                let changed = super::model::words(entry.get("changed"));
                grid.row(std::iter::once(look.time(entry.get("at"))).chain(cells).chain([changed]).collect());
            }
            grid.draw("no entry")
        })
    }
}
