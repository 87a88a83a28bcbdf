//! `GET|PATCH /api/settings`: the settings in force, and the safe ones changed while the server runs (C1).

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Method, PLAIN, Route, Shape, Takes, gives};
use dmr::core::{Code, Problem};
use dmr_api::{media, route};

pub static GET: Route = Route {
    template: route::SETTINGS,
    operation: "get_settings",
    about: "Tells the settings in force, where each came from, and which may be changed while the server runs. Secrets are not told.",
    gives: &[gives(200, Shape::Settings, "the settings")],
    codes: &[Code::RightMissing],
    run: |call| run(call, get),
    ..PLAIN
};

pub static PATCH: Route = Route {
    method: Method::Patch,
    template: route::SETTINGS,
    operation: "change_settings",
    about: "Changes settings that are `live`, by their keys; null takes a change back. It is logged and holds over restarts.",
    takes: Some(Takes { shape: Shape::SettingsPatch, media: &[media::MERGE_PATCH, media::JSON] }),
    gives: &[gives(200, Shape::Settings, "the settings as they are now")],
    codes: &[
        Code::RightMissing,
        Code::BodyShape,
        Code::SettingUnknown,
        Code::SettingFixed,
        Code::SettingValue,
        Code::SettingConflict,
        Code::BehaviourUnavailable,
    ],
    run: |call| run(call, change),
    ..PLAIN
};

async fn get(call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    Ok(Answer::ok(&call.session.settings()?))
}

async fn change(mut call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    let patch = call.json().await?;
    Ok(Answer::ok(&call.session.change_settings(patch).await?))
}
