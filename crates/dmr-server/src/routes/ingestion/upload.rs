//! `POST /api/upload-dynamic`: takes a file of any common format (D1). It goes to disk as it comes.

use super::begun;
use crate::answer::Answer;
use crate::body::{self, Form, Incoming};
use crate::call::{Call, run};
use crate::route::{Family, Method, PLAIN, Route, Shape, Takes, gives};
use crate::routes::PREFER;
use dmr::Upload;
use dmr::core::permission::Operation;
use dmr::core::principal::Right;
use dmr::core::registration::StorageAsked;
use dmr::core::{Code, Issue, Problem};
use dmr_api::{media, route};

pub static ROUTE: Route = Route {
    method: Method::Post,
    template: route::UPLOAD,
    operation: "upload_file",
    family: Family::Ingestion,
    about: "Takes a file: its model is inferred, or given, its rows become records, and what does not fit is set aside with its reason.",
    parameters: &[PREFER],
    takes: Some(Takes { shape: Shape::Upload, media: &[media::MULTIPART] }),
    gives: &[
        gives(201, Shape::Ingested, "what came of it").with(&["Location"]),
        gives(200, Shape::Ingested, "with `if_changed`: this file was taken before, and nothing was done").with(&["Location"]),
        gives(202, Shape::Ingest, "with `Prefer: respond-async`: it runs").with(&["Location", "Preference-Applied"]),
    ],
    codes: &[
        Code::RightMissing,
        Code::ModelUnknown,
        Code::NameInvalid,
        Code::IngestFormat,
        Code::IngestEmpty,
        Code::IngestText,
        Code::IngestTooLarge,
        Code::IngestQuarantine,
        Code::IngestRunning,
        Code::QueueFull,
        Code::BehaviourUnavailable,
        Code::StorageLimit,
        Code::StoreFull,
    ],
    run: |call| run(call, upload),
    ..PLAIN
};

/// The form's fields beside the file.
const FIELDS: [&str; 3] = ["storage_method", "model", "if_changed"];

async fn upload(mut call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    body::media(&call.head.headers, call.route)?;
    may_be_of_use(&call)?;
    let body = std::mem::replace(&mut call.body, Incoming::Read);
    let limit = call.app.registry.settings().server.max_upload;
    let form = body::receive(body, &call.head.headers, &call.folder(), &FIELDS, limit).await?;
    let session = call.session.clone();
    let ingest = session.begin_upload(form.file.path(), options(&form)?)?;
    begun(call, session, ingest, form).await
}

/// Refuses whoever could put a file into no model before gigabytes are received; the registry decides all else.
fn may_be_of_use(call: &Call) -> Result<(), Problem> {
    call.ask_early()?;
    let session = &call.session;
    let may = session.asker().may(Right::Register) || session.seen_models().iter().any(|seen| session.may(seen, Operation::Create));
    if may {
        Ok(())
    } else {
        Err(Problem::new(Code::RightMissing, "this takes the right `register`, or a model you may create records of"))
    }
}

fn options(form: &Form) -> Result<Upload, Problem> {
    let field = |name: &str| form.fields.iter().find(|(known, text)| known == name && !text.is_empty()).map(|(_, text)| text.as_str());
    let wrong = |name: &str, message: &str| Problem::one(Issue::body(format!("/{name}"), Code::BodyShape, message));
    let storage = match field("storage_method") {
        None => StorageAsked::Auto,
        Some(text) => StorageAsked::find(text).ok_or_else(|| wrong("storage_method", "this is `auto`, `flexible` or `structured`"))?,
    };
    let if_changed = match field("if_changed") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(wrong("if_changed", "this is `true` or `false`")),
    };
    Ok(Upload { name: form.name.clone(), model: field("model").map(str::to_owned), storage, if_changed, ..Upload::default() })
}
