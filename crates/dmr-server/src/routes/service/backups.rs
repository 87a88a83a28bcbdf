//! `GET|POST /api/backups`: the backups there are, and the next (C7).

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Method, PLAIN, Route, Shape, Takes, gives};
use crate::routes::accepted;
use dmr::BackupTo;
use dmr::core::{Code, Issue, Object, Problem, Value};
use dmr_api::{media, route};
use std::path::PathBuf;

pub static LIST: Route = Route {
    template: route::BACKUPS,
    operation: "list_backups",
    about: "Lists the backups in the directory that `backup.directory` names.",
    gives: &[gives(200, Shape::Backups, "the backups")],
    codes: &[Code::RightMissing, Code::BackupNowhere],
    run: |call| run(call, list),
    ..PLAIN
};

pub static POST: Route = Route {
    method: Method::Post,
    template: route::BACKUPS,
    operation: "create_backup",
    about: "Begins a backup: consistent, while everything goes on. Under `name` in the directory that `backup.directory` names; whoever owns the data \
            directory may name another `directory`.",
    takes: Some(Takes { shape: Shape::NewBackup, media: &[media::JSON] }),
    gives: &[gives(202, Shape::Job, "it runs; the job tells when it is done, with its manifest").with(&["Location"])],
    codes: &[
        Code::RightMissing,
        Code::BodyShape,
        Code::NameInvalid,
        Code::BackupNowhere,
        Code::BackupExists,
        Code::BehaviourUnavailable,
        Code::QueueFull,
    ],
    run: |call| run(call, create),
    ..PLAIN
};

async fn list(call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    Ok(Answer::ok(&call.session.backups()?))
}

async fn create(mut call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    let to = to(call.json().await?)?;
    let job = call.session.begin_backup(&to)?;
    let id = job.get("id").and_then(Value::as_str).unwrap_or_default();
    Ok(accepted(&job, route::fill(route::JOB, &[id]), false))
}

fn to(body: Value) -> Result<BackupTo, Problem> {
    let wrong = |at: &str, message: &str| Err(Problem::one(Issue::body(at, Code::BodyShape, message)));
    let Value::Object(mut members) = body else { return wrong("", "this is an object with `name` or `directory`, or empty") };
    let (name, directory) = (text(&mut members, "name")?, text(&mut members, "directory")?);
    if let Some(other) = members.keys().next() {
        return wrong(&format!("/{other}"), "this is an object with `name` or `directory`, or empty");
    }
    match (name, directory) {
        (Some(_), Some(_)) => wrong("/directory", "a backup has a `name` or a `directory`"),
        (name, None) => Ok(BackupTo::Named(name)),
        (None, Some(directory)) if PathBuf::from(&directory).is_absolute() => Ok(BackupTo::Directory(directory.into())),
        (None, Some(_)) => wrong("/directory", "this is an absolute path"),
    }
}

fn text(members: &mut Object, name: &str) -> Result<Option<String>, Problem> {
    match members.shift_remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Problem::one(Issue::body(format!("/{name}"), Code::BodyShape, "this is a text"))),
    }
}
