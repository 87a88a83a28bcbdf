//! `dmr search`: records by their words, best first (R3).

use crate::call::{Call, items, text};
use crate::failure::Failure;
use crate::output::{Format, Grid, Look, Marked, Stream, beside, paint};
use crate::paging::{Pages, Wanted};
use clap::Args;
use dmr::{Object, Value};
use dmr_api::route;

const AFTER: &str = "\
Examples:
  dmr search Product green tea               both words, in any field that is SEARCHABLE
  dmr search Product '\"green tea\"' 'organ*'   a phrase, and the beginning of a word
  dmr search Product AB-1234 --in sku,name --limit 3 --format json

Case and accents do not matter. A field becomes SEARCHABLE by its behaviours: \"fields\": {\"name\": {\"behaviours\": [\"SEARCHABLE\"]}}.";

/// Searches the texts of a model's records.
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub struct Search {
    /// The model: Product, shop.Product
    pub model: String,
    /// Words, all of which have to be there; "a phrase"; the beginning of a word: pre*
    #[arg(required = true)]
    pub words: Vec<String>,
    /// Fields to search in [default: all that are SEARCHABLE]
    #[arg(long = "in", value_name = "FIELDS")]
    pub within: Option<String>,
    /// Fields to show
    #[arg(long, value_name = "FIELDS")]
    pub fields: Option<String>,
    /// References to show the records of: customer,lines.product
    #[arg(long, value_name = "REFERENCES")]
    pub expand: Option<String>,
    /// At most so many records [default: the setting search.limit]
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// All records, page after page
    #[arg(long, conflicts_with = "limit")]
    pub all: bool,
    /// From where to go on: `next` of an answer
    #[arg(long, value_name = "CURSOR", allow_hyphen_values = true)]
    pub cursor: Option<String>,
}

impl Search {
    /// Searches.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let model = call.model(&self.model).await?;
        let mut query = vec![("q".to_owned(), self.words.join(" "))];
        for (name, value) in [("in", self.within), ("fields", self.fields.clone()), ("expand", self.expand)] {
            query.extend(value.map(|value| (name.to_owned(), value)));
        }
        let columns = match &self.fields {
            Some(fields) => fields.split(',').map(|field| field.trim().to_owned()).collect(),
            None => model.fields(),
        };
        let path = route::fill(route::SEARCH, &[&model.name]);
        let pages = Pages::new(call, path, query, Wanted::of(self.limit, self.all), self.cursor);
        let look = call.output.look(&call.settings.terminal);
        match call.output.format {
            Format::Table => {
                let mut page = pages.together().await?;
                let columns = with_expanded(&mut page, columns);
                call.output.page(&paint(&draw(&page, columns, look)))?;
            }
            _ => written(call, pages, columns, look).await?,
        }
        call.output.next(&format!("dmr record get {} ID", model.name));
        Ok(())
    }
}

/// Every format but the table, as it comes; a line of CSV is a record with its score.
async fn written(call: &Call<'_>, mut pages: Pages<'_>, columns: Vec<String>, look: Look<'_>) -> Result<(), Failure> {
    let Some(mut page) = pages.next().await? else { return Ok(()) };
    let columns = ["_score".to_owned(), "_id".to_owned()].into_iter().chain(columns).collect();
    let mut stream = Stream::new(call.output, look, columns, false)?;
    loop {
        if call.output.format == Format::Csv {
            page.get_mut("items").and_then(Value::as_array_mut).into_iter().flatten().for_each(flatten);
        }
        stream.page(&page)?;
        match pages.next().await? {
            Some(next) => page = next,
            None => return stream.finish("no record"),
        }
    }
}

/// What records refer to, in columns behind theirs.
fn with_expanded(page: &mut Value, mut columns: Vec<String>) -> Vec<String> {
    for item in page.get_mut("items").and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(record) = item.get_mut("record").filter(|record| record.get("_expand").is_some()) else { continue };
        let before: Vec<String> = record.as_object().map(|members| members.keys().cloned().collect()).unwrap_or_default();
        beside(record);
        let names = record.as_object().into_iter().flat_map(Object::keys).filter(|name| !before.contains(name));
        for name in names {
            if !columns.contains(name) {
                columns.push(name.clone());
            }
        }
    }
    columns
}

fn flatten(item: &mut Value) {
    let mut row = Object::new();
    row.insert("_score".to_owned(), item.get_mut("score").map(Value::take).unwrap_or_default());
    if let Some(Value::Object(record)) = item.get_mut("record").map(Value::take) {
        row.extend(record);
    }
    *item = Value::Object(row);
}

fn draw(page: &Value, mut columns: Vec<String>, look: Look<'_>) -> String {
    let found = items(page);
    // A hit in a field inside another is shown in a column of its own.
    for name in found.iter().filter_map(|item| item.get("highlights")?.as_object()).flat_map(Object::keys) {
        let (field, _) = place(name);
        if !columns.iter().any(|column| column == field) {
            columns.push(field.to_owned());
        }
    }
    let mut grid = Grid::new(["score", "_id"].into_iter().chain(columns.iter().map(String::as_str)));
    for item in found {
        let record = item.get("record").unwrap_or(&Value::Null);
        let score = look.word(item.get("score"));
        let cells = columns.iter().map(|name| cell(name, record, item.get("highlights"), look));
        grid.row([score, text(record, "_id").to_owned()].into_iter().chain(cells).collect());
    }
    let more = if page.get("next").is_some_and(|next| !next.is_null()) { "; there are more (--limit N, --all)" } else { "" };
    let noun = if found.len() == 1 { "record" } else { "records" };
    format!("{}{} {noun}{more}\n", grid.draw("no record"), found.len())
}

/// A cell with its hits marked; of a list with hits the texts, one after the other.
fn cell(name: &str, record: &Value, highlights: Option<&Value>, look: Look<'_>) -> String {
    let value = crate::output::at(record, name);
    let places = |key: &str| highlights.and_then(|all| all.get(key)).map(spans).unwrap_or_default();
    match value {
        Some(Value::String(held)) => {
            let spans = places(name);
            if spans.is_empty() { look.value(value) } else { look.marked(&Marked::new(held, &spans)) }
        }
        Some(Value::Array(elements)) if (0..elements.len()).any(|at| !places(&format!("{name}.{at}")).is_empty()) => {
            let mut all = Marked::default();
            for (at, element) in elements.iter().enumerate() {
                let spans = places(&format!("{name}.{at}"));
                match element {
                    Value::String(held) => all.add(&Marked::new(held, &spans)),
                    other => all.add(&Marked::new(&other.to_string(), &[])),
                }
            }
            look.marked(&all)
        }
        other => look.value(other),
    }
}

fn spans(places: &Value) -> Vec<(usize, usize)> {
    let number = |place: &Value, at: usize| usize::try_from(place.get(at).and_then(Value::as_u64).unwrap_or_default()).unwrap_or_default();
    places.as_array().into_iter().flatten().map(|place| (number(place, 0), number(place, 1))).collect()
}

/// The field of a highlight, and its place in a list.
fn place(name: &str) -> (&str, Option<usize>) {
    match name.rsplit_once('.').map(|(field, at)| (field, at.parse::<usize>())) {
        Some((field, Ok(at))) => (field, Some(at)),
        _ => (name, None),
    }
}
