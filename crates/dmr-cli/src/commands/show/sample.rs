//! `dmr show sample`: fields as rows, samples as columns (U4).

use crate::call::{Call, items};
use crate::failure::Failure;
use crate::output::Grid;
use crate::paging::{Pages, Wanted};
use clap::Args;
use dmr_api::route;

/// Shows some records, one a column.
#[derive(Debug, Args)]
pub struct Sample {
    /// The model
    pub model: String,
    /// How many [default: the setting terminal.sample_rows]
    #[arg(long, value_name = "N")]
    pub rows: Option<usize>,
}

impl Sample {
    /// Shows them.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let model = call.model(&self.model).await?;
        let rows = self.rows.unwrap_or(call.settings.terminal.sample_rows);
        let path = route::fill(route::RECORDS, &[&model.name]);
        let list = Pages::new(call, path, Vec::new(), Wanted::Number(rows), None).together().await?;
        let look = call.output.look(&call.settings.terminal);
        call.output.show(&list, || {
            let records = items(&list);
            if records.is_empty() {
                return "no record\n".to_owned();
            }
            let mut grid = Grid::new(std::iter::once("field".to_owned()).chain((1..=records.len()).map(|number| number.to_string())));
            for field in std::iter::once("_id".to_owned()).chain(model.fields()) {
                let cells = records.iter().map(|record| look.member(&field, record.get(&field)));
                grid.row(std::iter::once(field.clone()).chain(cells).collect());
            }
            grid.draw("no field")
        })?;
        call.output.next(&format!("dmr query {} --where CONDITION", model.name));
        Ok(())
    }
}
