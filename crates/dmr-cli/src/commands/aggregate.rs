//! `dmr aggregate`: groups of records and measures over them (R1).

use crate::call::{Call, items, number};
use crate::condition;
use crate::failure::Failure;
use crate::measure::{self, Measure};
use crate::output::{Grid, Look, Output};
use clap::Args;
use dmr::core::words::count;
use dmr::{Object, Value};
use dmr_api::client::Request;
use dmr_api::route;

const AFTER: &str = "\
Examples:
  dmr aggregate Person --by country count 'mean=avg(balance)' --sort -mean
  dmr aggregate Person --by country,tier 'sum(balance)' --where \"is_active = true\" --having \"sum_balance > 1000\" --limit 10
  dmr aggregate Person 'quantile(score, 0.95)' 'median(score)' 'people=count'
  dmr aggregate shop.Order --by address.city count --format csv > cities.csv

Measures: count, count(FIELD), count_distinct(FIELD), sum(FIELD), avg(FIELD), min(FIELD), max(FIELD), median(FIELD),
quantile(FIELD, Q). Each has a name in the answer, as in people=count; without one it is called sum_balance. --having and
--sort speak of these names and of the fields of --by.";

/// Groups records and measures the groups.
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub struct Aggregate {
    /// The model: Product, shop.Product
    pub model: String,
    /// What to measure of each group: count, 'sum(price)', 'mean=avg(price)' [default: count, without --by]
    #[arg(value_name = "MEASURE", value_parser = measure::read)]
    pub measures: Vec<Measure>,
    /// Fields to group by, joined by commas; without it everything is one group
    #[arg(long, value_name = "FIELDS")]
    pub by: Option<String>,
    /// Which records: a condition, as an expression or as the JSON of the query document
    #[arg(long = "where", value_name = "CONDITION")]
    pub condition: Option<String>,
    /// Which groups: a condition on what they came to
    #[arg(long, value_name = "CONDITION")]
    pub having: Option<String>,
    /// What to sort the groups by, - before one for descending
    #[arg(long, value_name = "NAMES", allow_hyphen_values = true)]
    pub sort: Option<String>,
    /// At most so many groups
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
}

impl Aggregate {
    /// Asks.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let model = call.model(&self.model).await?;
        let mut document = Object::new();
        if let Some(fields) = &self.by {
            document.insert("group_by".into(), fields.split(',').map(|field| Value::from(field.trim())).collect());
        }
        let mut measures: Object = self.measures.iter().map(|measure| (measure.name.clone(), measure.document.clone())).collect();
        if measures.is_empty() && self.by.is_none() {
            measures.insert("count".into(), serde_json::json!({ "op": "count" }));
        }
        document.insert("measures".into(), measures.into());
        for (member, text) in [("where", &self.condition), ("having", &self.having)] {
            if let Some(text) = text {
                document.insert(member.into(), condition::read(text, model.types())?);
            }
        }
        document.extend(self.sort.map(|sort| ("sort".to_owned(), sort.into())));
        document.extend(self.limit.map(|limit| ("limit".to_owned(), limit.into())));
        let request = Request::post(route::fill(route::AGGREGATE, &[&model.name])).json(&document.into());
        let answer = call.send(request).await?.json()?;
        let look = call.output.look(&call.settings.terminal);
        call.output.show(&answer, || drawn(&answer, &self.measures, look))?;
        tell_unfit(call.output, &answer);
        call.output.next(&format!("dmr query {} --where CONDITION", model.name));
        Ok(())
    }
}

/// The groups as a table, and how many there are.
fn drawn(answer: &Value, measures: &[Measure], look: Look<'_>) -> String {
    let rows = items(answer);
    let columns: Vec<&String> = rows.first().and_then(Value::as_object).map(|first| first.keys().collect()).unwrap_or_default();
    let mut grid = Grid::new(&columns);
    for row in rows {
        let cell = |name: &&String| {
            let value = row.get(name.as_str());
            if measures.iter().any(|measure| measure.name == **name && is_mean(measure)) { look.mean(value) } else { look.value(value) }
        };
        grid.row(columns.iter().map(cell).collect());
    }
    let (shown, all) = (rows.len() as u64, number(answer, "count"));
    let of = if shown < all { format!("{shown} of ") } else { String::new() };
    grid.draw("no group") + &format!("{of}{}\n", count(all, "group"))
}

/// Whether it lies between values, and so may have more digits than any of them.
fn is_mean(measure: &Measure) -> bool {
    measure.document.get("op").and_then(Value::as_str).is_some_and(|op| matches!(op, "avg" | "median" | "quantile"))
}

/// What a measure could not take in is told beside every form of answer that does not hold it.
fn tell_unfit(output: &Output, answer: &Value) {
    for (name, count) in answer.get("unfit").and_then(Value::as_object).into_iter().flatten() {
        let values = if count.as_u64() == Some(1) { "value is no number and counts" } else { "values are no numbers and count" };
        output.aside(&format!("{name}: {count} {values} for nothing"));
    }
}
