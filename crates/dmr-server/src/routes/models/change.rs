//! `PATCH /api/registry/models/{name}`: changes what does not make a new version (M4).

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::conditional;
use crate::route::{Family, Method, PLAIN, Route, Shape, Takes, gives};
use crate::routes::{IF_MATCH, PREFER, accepted, prefers_async};
use dmr::ModelChange;
use dmr::core::{Code, Problem, Value};
use dmr_api::{media, route};

pub static ROUTE: Route = Route {
    method: Method::Patch,
    template: route::MODEL,
    operation: "change_model",
    family: Family::Models,
    about: "Changes fields' behaviours and widgets, indexes, unique constraints, tags, description or storage in place: no new version, logged. Where many records must be gone through for that, it is a job.",
    parameters: &[IF_MATCH, PREFER],
    takes: Some(Takes { shape: Shape::ModelPatch, media: &[media::MERGE_PATCH, media::JSON] }),
    gives: &[
        gives(200, Shape::Model, "the model").with(&["ETag"]),
        gives(202, Shape::Job, "it runs").with(&["Location", "Preference-Applied"]),
    ],
    codes: &[
        Code::RightMissing,
        Code::ModelUnknown,
        Code::DefinitionInvalid,
        Code::BehaviourUnavailable,
        Code::BehaviourContradiction,
        Code::PermissionsUnreachable,
        Code::DisclosureUndeclared,
        Code::StorageLimit,
        Code::UniqueTaken,
        Code::RecordVersion,
    ],
    run: |call| run(call, change),
    ..PLAIN
};

async fn change(mut call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    let if_match = conditional::tag(&call.head.headers)?;
    let patch = call.json().await?;
    let rather_job = prefers_async(&call);
    match call.session.begin_change(&call.place(0)?, patch, if_match, rather_job)? {
        ModelChange::Now(changed) => {
            let changed = changed.await?;
            Ok(Answer::ok(&changed.model).etag(changed.etag))
        }
        ModelChange::Job(job) => {
            let id = job.get("id").and_then(Value::as_str).unwrap_or_default();
            Ok(accepted(&job, route::fill(route::JOB, &[id]), rather_job))
        }
    }
}
