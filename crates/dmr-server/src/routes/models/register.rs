//! `POST /api/registry/models`: registers a model from a registration document or a bare JSON Schema (M1).

use super::registered;
use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, Method, PLAIN, Route, Shape, Takes, gives};
use dmr::core::{Code, Problem};
use dmr_api::{media, route};

pub static ROUTE: Route = Route {
    method: Method::Post,
    template: route::MODELS,
    operation: "register_model",
    family: Family::Models,
    about: "Registers a model.",
    takes: Some(Takes { shape: Shape::Registration, media: &[media::JSON, "application/schema+json"] }),
    gives: &[
        gives(201, Shape::Model, "the model, new").with(&["Location", "ETag"]),
        gives(200, Shape::Model, "the model, which was there already and is the same").with(&["ETag"]),
    ],
    codes: &[
        Code::RightMissing,
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
        Code::ModelExists,
    ],
    run: |call| run(call, register),
    ..PLAIN
};

async fn register(mut call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    let body = call.json().await?;
    Ok(registered(call.session.register(body).await?))
}
