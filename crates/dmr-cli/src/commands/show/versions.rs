//! `dmr show versions`.

use crate::call::{Call, items, text};
use crate::failure::Failure;
use crate::output::Grid;
use clap::Args;
use dmr::Value;
use dmr_api::route;

/// Shows the versions of a model.
#[derive(Debug, Args)]
pub struct Versions {
    /// The model
    pub model: String,
}

impl Versions {
    /// Shows them.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let model = call.model(&self.model).await?;
        let list = call.get(&route::fill(route::VERSIONS, &[&model.name]), &[]).await?;
        let look = call.output.look(&call.settings.terminal);
        call.output.show(&list, || {
            let mut grid = Grid::new(["version", "at", "breaking", "changes"]);
            for version in items(&list) {
                let breaking = if version.get("breaking") == Some(&Value::Bool(true)) { "yes" } else { "no" };
                let changes = version.get("changes").and_then(Value::as_array).into_iter().flatten();
                let changes: Vec<String> = changes.map(|change| format!("{} {}", text(change, "kind"), text(change, "field"))).collect();
                let at = look.time(version.get("created_at"));
                grid.row(vec![text(version, "version").to_owned(), at, breaking.to_owned(), crate::output::plain(&changes.join(", "))]);
            }
            grid.draw("no version")
        })?;
        call.output.next(&format!("dmr show diff {} --from VERSION", model.name));
        Ok(())
    }
}
