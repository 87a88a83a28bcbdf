//! `dmr record history`.

use super::Named;
use crate::call::{Call, items};
use crate::failure::Failure;
use crate::output::{Grid, Look};
use crate::paging::{Pages, Wanted};
use clap::Args;
use dmr::Value;
use dmr_api::route;

/// Shows what happened to a record, oldest first.
#[derive(Debug, Args)]
pub struct History {
    /// Which.
    #[command(flatten)]
    pub named: Named,
    /// At most so many entries
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
}

impl History {
    /// Shows it.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let model = call.model(&self.named.model).await?;
        let path = route::fill(route::HISTORY, &[&model.name, &self.named.id]);
        let wanted = Wanted::of(self.limit, self.limit.is_none());
        let mut history = Pages::new(call, path, Vec::new(), wanted, None).together().await?;
        call.name_people(&mut history).await;
        let look = call.output.look(&call.settings.terminal);
        call.output.show(&history, || draw(items(&history), look))?;
        call.output.next(&format!("dmr record revert {} {} --to VERSION", model.name, self.named.id));
        Ok(())
    }
}

fn draw(entries: &[Value], look: Look<'_>) -> String {
    let mut grid = Grid::new(["version", "operation", "at", "by", "changed"]);
    for entry in entries {
        grid.row(vec![
            look.value(entry.get("version")),
            look.value(entry.get("operation")),
            look.time(entry.get("at")),
            look.value(entry.get("by")),
            changed(entry.get("before"), entry.get("after")),
        ]);
    }
    grid.draw("no entry")
}

/// `price: 3.20 -> 3.40`.
fn changed(before: Option<&Value>, after: Option<&Value>) -> String {
    let members = |side: Option<&Value>| side.and_then(Value::as_object).cloned().unwrap_or_default();
    let (before, after) = (members(before), members(after));
    let mut names: Vec<&String> = before.keys().collect();
    names.extend(after.keys().filter(|name| !before.contains_key(*name)));
    let shown = |value: Option<&Value>| value.map_or_else(|| "absent".to_owned(), ToString::to_string);
    let lines = names.into_iter().filter(|name| !name.starts_with('_') && before.get(*name) != after.get(*name));
    lines
        .map(|name| {
            if before.is_empty() {
                format!("{name}: {}", shown(after.get(name)))
            } else {
                format!("{name}: {} -> {}", shown(before.get(name)), shown(after.get(name)))
            }
        })
        .map(|line| crate::output::plain(&line))
        .collect::<Vec<_>>()
        .join("\n")
}
