//! `GET /api/jobs/{id}`: how what takes long stands: a change of a model (M4), a backup (C7).

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, PLAIN, Route, Shape, gives};
use dmr::core::{Code, Problem};
use dmr_api::route;

pub static ROUTE: Route = Route {
    template: route::JOB,
    operation: "get_job",
    family: Family::Models,
    about: "Tells whether what takes long (a change of a model, a backup) is done, to whoever asked for it and to operators.",
    gives: &[gives(200, Shape::Job, "the job")],
    codes: &[Code::JobUnknown],
    run: |call| run(call, get),
    ..PLAIN
};

async fn get(call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    Ok(Answer::ok(&call.session.job(&call.place(0)?)?))
}
