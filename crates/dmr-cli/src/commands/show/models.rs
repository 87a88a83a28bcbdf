//! `dmr show models`.

use crate::call::{Call, items, number};
use crate::failure::Failure;
use crate::output::Grid;
use crate::paging::{Pages, Wanted};
use clap::Args;
use dmr::core::words::count;
use dmr_api::route;

/// Lists models.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  dmr show models --namespace 'ns.models.shop.*'")]
pub struct Models {
    /// Where they come from: static, dynamic, external
    #[arg(long)]
    pub source: Option<String>,
    /// With this tag
    #[arg(long)]
    pub tag: Option<String>,
    /// Whose path has this shape; * crosses dots
    #[arg(long, value_name = "GLOB")]
    pub namespace: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
}

impl Models {
    /// Lists them.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let filters = [("source", self.source), ("tag", self.tag), ("namespace", self.namespace)];
        let query = filters.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
        let wanted = Wanted::of(self.limit, self.limit.is_none());
        let list = Pages::new(call, route::MODELS.to_owned(), query, wanted, None).together().await?;
        let look = call.output.look(&call.settings.terminal);
        call.output.show(&list, || {
            let mut grid = Grid::new(["name", "version", "source", "storage", "records", "tags", "description"]);
            for model in items(&list) {
                let cells = ["name", "version", "source", "storage", "records"].map(|member| look.word(model.get(member)));
                let tags = super::model::words(model.get("tags"));
                grid.row(cells.into_iter().chain([tags, look.word(model.get("description"))]).collect());
            }
            let drawn = grid.draw("no model yet");
            let records = items(&list).iter().map(|model| number(model, "records")).sum();
            match items(&list).len() as u64 {
                0 => drawn,
                models => format!("{drawn}{}, {}\n", count(models, "model"), count(records, "record")),
            }
        })?;
        call.output.next("dmr show model NAME, dmr register FILE, dmr ingest FILE");
        Ok(())
    }
}
