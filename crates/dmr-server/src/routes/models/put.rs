//! `PUT /api/registry/models/{name}`: the next version of a model, or the plan of it (M7).

use super::registered;
use crate::answer::Answer;
use crate::call::{Call, run};
use crate::conditional;
use crate::route::{Family, Kind, Method, PLAIN, Route, Shape, Takes, gives, query};
use crate::routes::IF_MATCH;
use dmr::core::{Code, Problem};
use dmr::{PutAnswer, PutModel};
use dmr_api::{media, route};

pub static ROUTE: Route = Route {
    method: Method::Put,
    template: route::MODEL,
    operation: "put_model",
    family: Family::Models,
    about: "Registers the next version of a model, or with `dry_run` tells what it would change. Members left out stay as they are.",
    parameters: &[query("dry_run", Kind::Word(&["true", "false"]), "`true` answers the plan and changes nothing"), IF_MATCH],
    takes: Some(Takes { shape: Shape::NextVersion, media: &[media::JSON, "application/schema+json"] }),
    gives: &[
        gives(200, Shape::ModelOrPlan, "the plan; or the model, which is so already").with(&["ETag"]),
        gives(201, Shape::Model, "the model with its next version").with(&["Location", "ETag"]),
    ],
    codes: &[
        Code::RightMissing,
        Code::ModelUnknown,
        Code::NameInvalid,
        Code::NameReserved,
        Code::SchemaInvalid,
        Code::SchemaReference,
        Code::SchemaDefault,
        Code::FieldUnknown,
        Code::SchemaUnsupported,
        Code::DefinitionInvalid,
        Code::BehaviourUnavailable,
        Code::BehaviourContradiction,
        Code::PermissionsInvalid,
        Code::PermissionsUnreachable,
        Code::DisclosureUndeclared,
        Code::StorageLimit,
        Code::UniqueTaken,
        Code::RecordVersion,
    ],
    run: |call| run(call, put),
    ..PLAIN
};

async fn put(mut call: Call) -> Result<Answer, Problem> {
    let dry_run = call.parameters()?.switch("dry_run")?;
    let options = PutModel { dry_run, if_match: conditional::tag(&call.head.headers)? };
    let body = call.json().await?;
    match call.session.put_model(&call.place(0)?, body, options).await? {
        PutAnswer::Plan(plan) => Ok(Answer::ok(&plan)),
        PutAnswer::Model(model) => Ok(registered(*model)),
    }
}
