//! `GET /api/records/{model}`: a list by filters, sorted, page by page, or all of it as lines (R2).

use super::lines;
use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, Kind, PLAIN, Route, Shape, gives, query};
use crate::routes::{CURSOR, DELETED, EXPAND, FIELDS, LIMIT, NUMBERS, next_link};
use dmr::Page;
use dmr::core::{Code, Problem};
use dmr_api::route;
use http::{StatusCode, Uri};

pub static ROUTE: Route = Route {
    template: route::RECORDS,
    operation: "list_records",
    family: Family::Records,
    about: "Lists records. Any other parameter is a filter: `price__gte=10`, `address.city=Paris`. With `Accept: application/x-ndjson` and \
            without `limit` the whole list comes, a record a line.",
    parameters: &[
        query("where", Kind::Condition, "a condition as the query document has it"),
        query("sort", Kind::Text, "fields, joined by commas, `-` for descending"),
        FIELDS,
        EXPAND,
        LIMIT,
        CURSOR,
        query("page", Kind::Number, "the number of the page, instead of a cursor"),
        query("page_size", Kind::Number, "another name of `limit`"),
        query("count", Kind::Word(&["none", "exact", "estimated"]), "whether the total is told"),
        DELETED,
        NUMBERS,
    ],
    filters: true,
    gives: &[gives(200, Shape::Records, "the page").with(&["Link"])],
    codes: &[
        Code::RightMissing,
        Code::ModelUnknown,
        Code::FilterField,
        Code::FilterOperator,
        Code::FilterValue,
        Code::FilterDepth,
        Code::CursorInvalid,
        Code::ScanBudget,
        Code::ExpandBudget,
    ],
    run: |call| run(call, list),
    ..PLAIN
};

async fn list(call: Call) -> Result<Answer, Problem> {
    let parameters = call.filters().map_err(Call::explain_roles)?;
    let model = call.place(0)?.into_owned();
    if call.wants_lines() {
        let most = call.app.registry.settings().records.max_page_size;
        return lines::of_list(call.session, model, parameters, most, &call.head.uri).await;
    }
    let page = call.session.list(&model, parameters).await.map_err(Call::explain_roles)?;
    Ok(answer(&call.head.uri, &page))
}

/// A page as an answer, with the link to the next.
pub fn answer(uri: &Uri, page: &Page) -> Answer {
    let mut text = Vec::new();
    page.write_json(&mut text);
    let answer = Answer::json(StatusCode::OK, text);
    match next_link(uri, page.next.as_deref()) {
        Some(link) => answer.with(http::header::LINK, link),
        None => answer,
    }
}
