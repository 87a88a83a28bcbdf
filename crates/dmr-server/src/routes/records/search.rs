//! `GET /api/records/{model}/search`: records by their words, best first (R3).

use super::{lines, list};
use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, Kind, PLAIN, Route, Shape, gives, query};
use crate::routes::{CURSOR, EXPAND, FIELDS, LIMIT, NUMBERS};
use dmr::SearchFor;
use dmr::core::query::{Expand, read_parameters};
use dmr::core::{Code, Problem};
use dmr_api::route;

pub static ROUTE: Route = Route {
    template: route::SEARCH,
    operation: "search_records",
    family: Family::Records,
    about: "Searches the SEARCHABLE fields that the caller sees, best first. Words are and-ed, `\"a phrase\"` stands as it is, `pre*` is the \
            beginning of a word; case and accents do not matter.",
    parameters: &[
        query("q", Kind::Search, "what to search for"),
        query("in", Kind::Text, "names of the fields to search in, joined by commas; without it all that are seen"),
        FIELDS,
        EXPAND,
        LIMIT,
        CURSOR,
        NUMBERS,
    ],
    gives: &[gives(200, Shape::Found, "the page").with(&["Link"])],
    codes: &[
        Code::RightMissing,
        Code::ModelUnknown,
        Code::SearchQuestion,
        Code::SearchField,
        Code::FilterField,
        Code::CursorInvalid,
        Code::ScanBudget,
        Code::ExpandBudget,
    ],
    run: |call| run(call, search),
    ..PLAIN
};

async fn search(call: Call) -> Result<Answer, Problem> {
    let given = call.parameters()?;
    let search = SearchFor {
        q: given.owned("q").unwrap_or_default(),
        within: names(given.text("in"))?,
        fields: names(given.text("fields"))?,
        expand: expand(given.text("expand"))?,
        limit: given.number("limit")?,
        cursor: given.cursor().map(str::to_owned),
        numbers: Call::numbers(&given)?,
    };
    let page = call.session.search(&call.place(0)?, &search).await?;
    Ok(if call.wants_lines() { lines::of_page(page) } else { list::answer(&call.head.uri, &page) })
}

/// References to expand as a list has them.
fn expand(text: Option<&str>) -> Result<Vec<Expand>, Problem> {
    let Some(text) = text else { return Ok(Vec::new()) };
    let read = read_parameters(&[("expand".to_owned(), text.to_owned())]).map_err(|issues| Problem::of(Code::ParameterValue, issues))?;
    Ok(read.document.expand)
}

/// Names of fields as a list has them; none where nothing is named.
fn names(text: Option<&str>) -> Result<Option<Vec<Vec<String>>>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let read = read_parameters(&[("fields".to_owned(), text.to_owned())]).map_err(|issues| Problem::of(Code::ParameterValue, issues))?;
    Ok(read.document.fields.filter(|fields| !fields.is_empty()))
}
