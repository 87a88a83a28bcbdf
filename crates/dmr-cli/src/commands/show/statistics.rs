//! `dmr show statistics`: what the fields of a model hold (X1, U4).

use crate::call::{Call, number, text};
use crate::failure::Failure;
use crate::output::{Format, Grid, Look, bar, line};
use clap::Args;
use dmr::Value;
use dmr::core::words::count;
use dmr_api::route;
use serde_json::json;

const AFTER: &str = "\
Examples:
  dmr show statistics Person
  dmr show statistics Person --field balance
  dmr show statistics shop.Order --refresh --format csv > order-statistics.csv

Figures with ~ before them are estimates: --field says how far off they can be, and --format json has all of it.";

/// How many characters a full bar has.
const BAR: usize = 20;
/// Frequent values that stand in the table of all fields.
const FEW: usize = 3;

/// Shows what the fields of a model hold.
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub struct Statistics {
    /// The model
    pub model: String,
    /// Only this field, with everything there is of it; fields inside others with dots
    #[arg(long)]
    pub field: Option<String>,
    /// Read the records again first, where estimates have suffered by what was taken away
    #[arg(long)]
    pub refresh: bool,
}

impl Statistics {
    /// Shows them.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let model = call.model(&self.model).await?;
        let mut query = Vec::new();
        query.extend(self.field.as_deref().map(|field| ("field", field)));
        query.extend(self.refresh.then_some(("refresh", "true")));
        let told = call.get(&route::fill(route::STATISTICS, &[&model.name]), &query).await?;
        let look = call.output.look(&call.settings.terminal);
        // Lines and columns are of fields; what is told of the model stands in the JSON.
        let answer = match call.output.format {
            Format::Ndjson | Format::Csv => json!({ "items": told.get("fields") }),
            Format::Json | Format::Table => told.clone(),
        };
        call.output.show(&answer, || match (&self.field, fields(&told)) {
            (Some(_), [field]) => one(&told, field, look),
            (_, fields) => all(&told, fields, look),
        })?;
        call.output.next(&match &self.field {
            Some(field) => format!("dmr aggregate {} --by {field} count", model.name),
            None => format!("dmr show statistics {} --field FIELD", model.name),
        });
        Ok(())
    }
}

fn fields(told: &Value) -> &[Value] {
    told.get("fields").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Every field, one a row.
fn all(told: &Value, fields: &[Value], look: Look<'_>) -> String {
    let mut grid = Grid::new(["field", "type", "filled", "distinct", "min", "max", "mean", "spread", "most frequent"]);
    for field in fields {
        let filled = share(number(field, "count"), number(told, "rows"));
        let mean = look.mean(field.get("mean").filter(|mean| !mean.is_null()));
        let spread = line(&counts(field));
        let top =
            frequent(field).take(FEW).map(|(value, times)| format!("{} {}", look.value(Some(value)), share(times, number(field, "count"))));
        let top = if is_unique(field) { String::new() } else { top.collect::<Vec<_>>().join(", ") };
        let [least, greatest] = ["min", "max"].map(|name| look.word(field.get(name)));
        grid.row(vec![text(field, "field").to_owned(), kind(field), filled, distinct(field), least, greatest, mean, spread, top]);
    }
    grid.draw("no field") + &about(told, look)
}

/// One field: its figures, then its spread and its values with bars.
fn one(told: &Value, field: &Value, look: Look<'_>) -> String {
    let mut grid = Grid::new(["", text(field, "field")]);
    let mut row = |name: &str, cell: String| grid.row(vec![name.to_owned(), cell]);
    row("type", kind(field));
    row("values", format!("{} ({})", number(field, "count"), share(number(field, "count"), number(told, "rows"))));
    row("null", number(field, "nulls").to_string());
    row("absent", number(field, "absent").to_string());
    if field.get("distinct").is_some() {
        row("distinct", distinct(field));
    }
    for name in ["min", "max"] {
        if field.get(name).is_some() {
            row(name, look.word(field.get(name)));
        }
    }
    for name in ["sum", "mean", "deviation"] {
        if field.get(name).is_some() {
            row(name, look.mean(field.get(name).filter(|value| !value.is_null())));
        }
    }
    for (name, value) in field.get("quantiles").and_then(Value::as_object).into_iter().flatten() {
        row(name, about_figure(field) + &look.mean(Some(value)));
    }
    if let Some(size) = field.get("size") {
        let average = look.mean(size.get("average").filter(|average| !average.is_null()));
        row("bytes", format!("{average} on average, {} at most", number(size, "biggest")));
    }
    for (name, words) in estimates(field) {
        row(name, words);
    }
    grid.draw("nothing is known of it") + &spread(field, look) + &values(field, look) + &about(told, look)
}

/// The histogram, a bar a stretch.
fn spread(field: &Value, look: Look<'_>) -> String {
    let counts = counts(field);
    let Some(histogram) = field.get("histogram").filter(|_| !counts.is_empty()) else { return String::new() };
    let end = |name: &str| match histogram.get(name) {
        Some(Value::String(text)) => text.parse().ok(),
        other => other.and_then(Value::as_f64),
    };
    let (Some(from), Some(to)) = (end("from"), end("to")) else { return String::new() };
    let most = counts.iter().copied().max().unwrap_or_default();
    let mut grid = Grid::new(["from", "values", ""]);
    let all = counts.len();
    for (at, times) in counts.into_iter().enumerate() {
        let edge = from + (to - from) * index(at) / index(all);
        grid.row(vec![look.figure(edge), format!("{}{times}", about_figure(field)), bar(times, most, BAR)]);
    }
    grid.draw("no number")
}

#[expect(clippy::cast_precision_loss, reason = "a place among at most twenty")]
fn index(at: usize) -> f64 {
    at as f64
}

/// The most frequent values, a bar each.
fn values(field: &Value, look: Look<'_>) -> String {
    let most = frequent(field).map(|(_, times)| times).max().unwrap_or_default();
    if most == 0 || is_unique(field) {
        return String::new();
    }
    let mut grid = Grid::new(["value", "records", ""]);
    for (value, times) in frequent(field) {
        grid.row(vec![look.value(Some(value)), format!("{}{times}", about_figure(field)), bar(times, most, BAR)]);
    }
    grid.draw("no value")
}

fn frequent(field: &Value) -> impl Iterator<Item = (&Value, u64)> {
    let top = field.get("top").and_then(Value::as_array).into_iter().flatten();
    top.filter_map(|item| Some((item.get("value")?, number(item, "count"))))
}

/// Whether no value occurs twice: then none is frequent.
fn is_unique(field: &Value) -> bool {
    frequent(field).all(|(_, times)| times <= 1)
}

fn counts(field: &Value) -> Vec<u64> {
    let counts = field.pointer("/histogram/counts").and_then(Value::as_array).into_iter().flatten();
    counts.filter_map(Value::as_u64).collect()
}

fn is_exact(field: &Value) -> bool {
    field.get("exact") != Some(&Value::Bool(false))
}

fn about_figure(field: &Value) -> String {
    if is_exact(field) { "" } else { "~" }.to_owned()
}

/// Its type, and what its values are where that is something else.
fn kind(field: &Value) -> String {
    let declared = text(field, "type");
    match field.get("inferred").and_then(Value::as_str) {
        Some(inferred) if inferred != declared && !declared.starts_with(inferred) => format!("{declared}: {inferred}"),
        _ => declared.to_owned(),
    }
}

fn distinct(field: &Value) -> String {
    let class = match text(field, "cardinality") {
        "" => String::new(),
        class => format!(" ({class})"),
    };
    match field.get("distinct") {
        Some(number) => format!("{}{number}{class}", about_figure(field)),
        None => String::new(),
    }
}

fn share(part: u64, of: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    let share = if of == 0 { 0.0 } else { part as f64 / of as f64 * 100.0 };
    // Not quite all is not all, and little is not nothing.
    match (share, part) {
        (share, part) if share > 99.0 && part < of => "99 %".to_owned(),
        (share, 1..) if share < 1.0 => "<1 %".to_owned(),
        (share, _) => format!("{share:.0} %"),
    }
}

/// How what is not exact came about.
fn estimates(field: &Value) -> Vec<(&'static str, String)> {
    let Some(estimates) = field.get("estimates") else { return Vec::new() };
    let mut told = Vec::new();
    if let Some(distinct) = estimates.get("distinct") {
        told.push(("~ distinct", format!("{} to {}, {}", number(distinct, "low"), number(distinct, "high"), text(distinct, "method"))));
    }
    if let Some(quantiles) = estimates.get("quantiles") {
        let error = quantiles.get("rank_error").and_then(Value::as_f64).unwrap_or_default() * 100.0;
        told.push(("~ quantiles", format!("of {} records, by at most {error:.1} % of their places", number(quantiles, "sample"))));
    }
    if let Some(top) = estimates.get("top") {
        told.push(("~ records", format!("each at most {} more", number(top, "at_most_more"))));
    }
    if number(estimates, "taken") > 0 {
        told.push((
            "taken away",
            format!("{} since the records were read; --refresh reads them again", count(number(estimates, "taken"), "value")),
        ));
    }
    told
}

/// Of how many records, of when.
fn about(told: &Value, look: Look<'_>) -> String {
    let mut words = count(number(told, "rows"), "record");
    if let Some(deleted) = told.get("deleted").and_then(Value::as_u64).filter(|deleted| *deleted > 0) {
        words.push_str(&format!(", {deleted} deleted"));
    }
    if let Some(average) = told.pointer("/row_size/average").filter(|average| !average.is_null()) {
        words.push_str(&format!(", {} bytes on average", look.mean(Some(average))));
    }
    let late = if told.get("current") == Some(&Value::Bool(false)) { "; more is being taken in" } else { "" };
    format!("{words}, as of {}{late}\n", look.time(told.get("as_of")))
}
