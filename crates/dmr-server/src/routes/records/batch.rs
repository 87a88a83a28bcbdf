//! `POST /api/records/{model}/batch`: several writes in one, all or none, or each by itself (R1).

use super::BATCH_CODES;
use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, Method, PLAIN, Route, Shape, Takes, gives};
use crate::routes::{IDEMPOTENCY_KEY, NUMBERS, ON_ERROR};
use dmr::core::Problem;
use dmr_api::{media, route};

pub static ROUTE: Route = Route {
    method: Method::Post,
    template: route::BATCH,
    operation: "batch_records",
    family: Family::Records,
    about: "Carries out several writes: all of them or none, unless `on_error=report`.",
    parameters: &[ON_ERROR, NUMBERS, IDEMPOTENCY_KEY],
    takes: Some(Takes { shape: Shape::Batch, media: &[media::JSON] }),
    gives: &[gives(200, Shape::BatchAnswer, "what became of each write, in order")],
    codes: &BATCH_CODES,
    run: |call| run(call, batch),
    ..PLAIN
};

async fn batch(mut call: Call) -> Result<Answer, Problem> {
    let given = call.parameters()?;
    let (_, body) = call.bytes().await?;
    let write = call.write(&given, &body)?;
    Ok(Answer::ok(&call.session.batch(&call.place(0)?, &body, write).await?.to_value()))
}
