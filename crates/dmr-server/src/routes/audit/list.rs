//! `GET /api/audit`: what happened, and who did it (A1, A3).

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, Kind, PLAIN, Route, Shape, gives, query};
use crate::routes::records::list::answer;
use crate::routes::{CURSOR, LIMIT};
use dmr::AuditFilter;
use dmr::core::{Code, Problem};
use dmr_api::route;

pub static ROUTE: Route = Route {
    template: route::AUDIT,
    operation: "list_audit",
    family: Family::Audit,
    about: "Lists entries of the log, newest first.",
    parameters: &[
        query("model", Kind::Text, "of this model"),
        query("record", Kind::Text, "of this record"),
        query("user", Kind::Text, "by this principal: its id or name"),
        query("operation", Kind::Operation, "of this kind"),
        query("since", Kind::Time, "not before this time"),
        query("until", Kind::Time, "not after this time"),
        LIMIT,
        CURSOR,
    ],
    gives: &[gives(200, Shape::Entries, "the entries").with(&["Link"])],
    codes: &[Code::RightMissing, Code::ModelUnknown, Code::CursorInvalid],
    run: |call| run(call, list),
    ..PLAIN
};

async fn list(call: Call) -> Result<Answer, Problem> {
    let given = call.parameters()?;
    let filter = AuditFilter {
        model: given.owned("model"),
        record: given.owned("record"),
        user: given.owned("user"),
        operation: given.owned("operation"),
        since: given.time("since")?,
        until: given.time("until")?,
        limit: given.number("limit")?,
        cursor: given.cursor().map(str::to_owned),
    };
    Ok(answer(&call.head.uri, &call.session.audit(filter).await?))
}
