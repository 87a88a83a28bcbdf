//! `GET /api/registry/models`: the models the caller knows.

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, Kind, PLAIN, Route, Shape, gives, query};
use crate::routes::{CURSOR, LIMIT, page};
use dmr::ModelFilter;
use dmr::core::query::Count;
use dmr::core::{Code, Problem};
use dmr_api::route;

pub static ROUTE: Route = Route {
    template: route::MODELS,
    operation: "list_models",
    family: Family::Models,
    about: "Lists the models the caller knows.",
    parameters: &[
        query("source", Kind::Word(&["static", "dynamic", "external"]), "where they came from"),
        query("tag", Kind::Text, "which carry this tag"),
        query("namespace", Kind::Text, "a glob over their paths: `ns.models.shop.*`, or over their namespaces"),
        LIMIT,
        CURSOR,
        query("count", Kind::Word(&["none", "exact", "estimated"]), "whether the total is told"),
    ],
    gives: &[gives(200, Shape::Models, "the models").with(&["Link"])],
    codes: &[Code::CursorInvalid],
    run: |call| run(call, list),
    ..PLAIN
};

async fn list(call: Call) -> Result<Answer, Problem> {
    let given = call.parameters()?;
    let count = match given.word("count", &["none", "exact", "estimated"])? {
        Some(1 | 2) => Count::Exact,
        _ => Count::None,
    };
    let filter = ModelFilter {
        source: given.owned("source"),
        tag: given.owned("tag"),
        namespace: given.owned("namespace"),
        limit: given.number("limit")?,
        cursor: given.cursor().map(str::to_owned),
        count,
    };
    Ok(page(&call.head.uri, &call.session.models(&filter)?))
}
