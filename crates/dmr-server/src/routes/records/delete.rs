//! `DELETE /api/records/{model}/{id}`: deletes a record, so that it can be restored, or for good (R1).

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, Kind, Method, PLAIN, Route, gives_nothing, query};
use crate::routes::{IDEMPOTENCY_KEY, IF_MATCH};
use dmr::core::{Code, Problem};
use dmr_api::route;
use http::StatusCode;

pub static ROUTE: Route = Route {
    method: Method::Delete,
    template: route::RECORD,
    operation: "delete_record",
    family: Family::Records,
    about: "Deletes a record. It can be restored, unless `hard=true`.",
    parameters: &[
        query("hard", Kind::Word(&["true", "false"]), "`true` deletes it for good; a right of its own"),
        IF_MATCH,
        IDEMPOTENCY_KEY,
    ],
    gives: &[gives_nothing(204, "it is deleted")],
    codes: &[
        Code::RightMissing,
        Code::RowRefused,
        Code::ModelUnknown,
        Code::RecordUnknown,
        Code::RecordVersion,
        Code::RecordDeleted,
        Code::ReferenceHeld,
        Code::IdempotencyMismatch,
        Code::IdempotencyRunning,
    ],
    run: |call| run(call, delete),
    ..PLAIN
};

async fn delete(call: Call) -> Result<Answer, Problem> {
    let given = call.parameters()?;
    let hard = given.switch("hard")?;
    let write = call.write(&given, b"")?;
    call.session.delete(&call.place(0)?, &call.place(1)?, hard, write).await?;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}
