//! `POST /api/records/{model}/{id}/restore`: makes a deleted record live again (R1).

use super::{RESTORE_CODES, written};
use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, Method, PLAIN, Route, Shape, gives};
use crate::routes::{IDEMPOTENCY_KEY, IF_MATCH, NUMBERS};
use dmr::core::Problem;
use dmr_api::route;

pub static ROUTE: Route = Route {
    method: Method::Post,
    template: route::RESTORE,
    operation: "restore_record",
    family: Family::Records,
    about: "Makes a deleted record live again.",
    parameters: &[NUMBERS, IF_MATCH, IDEMPOTENCY_KEY],
    gives: &[gives(200, Shape::Record, "the record").with(&["ETag"])],
    codes: &RESTORE_CODES,
    run: |call| run(call, restore),
    ..PLAIN
};

async fn restore(call: Call) -> Result<Answer, Problem> {
    let write = call.write(&call.parameters()?, b"")?;
    let changed = call.session.restore(&call.place(0)?, &call.place(1)?, write).await?;
    Ok(written(&changed, ""))
}
