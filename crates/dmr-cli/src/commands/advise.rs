//! `dmr advise`: what would make a model faster or plainer (M5, D4).

use crate::call::{Call, items, text};
use crate::failure::Failure;
use crate::output::{Grid, plain};
use clap::Args;
use dmr::Value;
use dmr_api::route;

const AFTER: &str = "\
Examples:
  dmr advise shop.Product
  dmr advise shop.Product --format json     with the patch that does what is advised

It looks at the model, at how many records there are, and at what was asked of them since the server started.";

/// Tells what would make a model faster or plainer: storage, indexes, names, bounds.
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub struct Advise {
    /// The model
    pub model: String,
}

impl Advise {
    /// Tells it.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let model = call.model(&self.model).await?;
        let advice = call.get(&route::fill(route::ADVICE, &[&model.name]), &[]).await?;
        call.output.show(&advice, || draw(&advice))?;
        let storage = |name: &str| advice.pointer(&format!("/storage/{name}")).and_then(Value::as_str).unwrap_or_default().to_owned();
        if storage("now") != storage("advised") {
            call.output.next(&format!("dmr change {} --storage {}", model.name, storage("advised")));
        }
        Ok(())
    }
}

fn draw(advice: &Value) -> String {
    let reasons = |of: Option<&Value>| {
        let reasons: Vec<&str> = of.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        plain(&reasons.join("; "))
    };
    let mut grid = Grid::new(["about", "field", "advice", "because"]);
    for item in items(advice) {
        let cells = ["kind", "field", "message"].map(|name| plain(text(item, name)));
        grid.row(cells.into_iter().chain([reasons(item.get("reasons"))]).collect());
    }
    let storage = advice.get("storage").unwrap_or(&Value::Null);
    let stands = if text(storage, "now") == text(storage, "advised") { "is as it should be" } else { "could be better" };
    format!("storage: {} {stands}: {}\n{}", text(storage, "now"), reasons(storage.get("reasons")), grid.draw("nothing to advise"))
}
