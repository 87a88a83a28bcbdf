//! `GET /api/gatekeeper/log`: who came to which model, or was kept from it (M9).

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, Kind, PLAIN, Route, Shape, gives, query};
use crate::routes::{CURSOR, LIMIT, page};
use dmr::AccessFilter;
use dmr::core::{Code, Problem};
use dmr_api::route;

pub static ROUTE: Route = Route {
    template: route::ACCESSES,
    operation: "list_accesses",
    family: Family::Gatekeeper,
    about: "Lists the access log, newest first: checks of access, and whom the export list kept from a model. It is in memory and bounded \
            (`gatekeeper.log_entries`); the same attempt within a minute is one entry.",
    parameters: &[
        query("model", Kind::Text, "of this model"),
        query("allowed", Kind::Word(&["false", "true"]), "only what was granted, or refused"),
        LIMIT,
        CURSOR,
    ],
    gives: &[gives(200, Shape::Accesses, "the entries").with(&["Link"])],
    codes: &[Code::RightMissing, Code::ModelUnknown, Code::CursorInvalid],
    run: |call| run(call, list),
    ..PLAIN
};

async fn list(call: Call) -> Result<Answer, Problem> {
    let given = call.parameters()?;
    let filter = AccessFilter {
        model: given.owned("model"),
        allowed: given.word("allowed", &["false", "true"])?.map(|at| at == 1),
        limit: given.number("limit")?,
        cursor: given.cursor().map(str::to_owned),
    };
    Ok(page(&call.head.uri, &call.session.access_log(&filter)?))
}
