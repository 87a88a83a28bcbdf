//! `GET /api/jobs/{id}`: how a change of a model that takes long stands (M4).

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, PLAIN, Route, Shape, gives};
use dmr::core::{Code, Problem};
use dmr_api::route;

pub static ROUTE: Route = Route {
    template: route::JOB,
    operation: "get_job",
    family: Family::Models,
    about: "Tells whether a change of a model that takes long is done, to whoever asked for it and to operators.",
    gives: &[gives(200, Shape::Job, "the job")],
    codes: &[Code::JobUnknown],
    run: |call| run(call, get),
    ..PLAIN
};

async fn get(call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    Ok(Answer::ok(&call.session.job(&call.place(0)?)?))
}
