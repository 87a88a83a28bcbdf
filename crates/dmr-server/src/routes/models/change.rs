//! `PATCH /api/registry/models/{name}`: changes what does not make a new version (M4).

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::conditional;
use crate::route::{Family, Method, PLAIN, Route, Shape, Takes, gives};
use crate::routes::IF_MATCH;
use dmr::core::{Code, Problem};
use dmr_api::{media, route};

pub static ROUTE: Route = Route {
    method: Method::Patch,
    template: route::MODEL,
    operation: "change_model",
    family: Family::Models,
    about: "Changes fields' behaviours and widgets, indexes, unique constraints, tags, description or storage in place: no new version, logged.",
    parameters: &[IF_MATCH],
    takes: Some(Takes { shape: Shape::ModelPatch, media: &[media::MERGE_PATCH, media::JSON] }),
    gives: &[gives(200, Shape::Model, "the model").with(&["ETag"])],
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
    let changed = call.session.change_model(&call.place(0)?, patch, if_match).await?;
    Ok(Answer::ok(&changed.model).etag(changed.etag))
}
