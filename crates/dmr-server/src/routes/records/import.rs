//! `POST /api/records/{model}/import`: a file becomes records of a model (R7).

use super::export::{FORMATS, format_of};
use crate::answer::{Answer, Pieces};
use crate::body::{self, Incoming};
use crate::call::{Call, run};
use crate::route::{Family, Kind, Method, PLAIN, Route, Shape, Takes, gives, query};
use crate::routes::{IDEMPOTENCY_KEY, ON_ERROR};
use bytes::Bytes;
use dmr::core::permission::Operation;
use dmr::core::{Code, Problem};
use dmr::{FailedRow, FileFormat, Import, Imported, Session};
use dmr_api::{media, route};
use futures_util::stream;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use std::sync::Arc;
use tempfile::NamedTempFile;
use tokio::sync::mpsc;

/// How many failed rows wait for whoever reads of them, until the import waits too.
const WAITING: usize = 256;

pub static ROUTE: Route = Route {
    method: Method::Post,
    template: route::IMPORT,
    operation: "import_records",
    family: Family::Records,
    about: "Imports a file: each row changes the record with its declared key, or makes one. As many rows as `records.max_bulk` allows are \
            taken all or none; of more, or with `on_error=report`, each is taken or told for itself. With `Accept: application/x-ndjson` \
            every failed row comes a line.",
    parameters: &[
        query("format", Kind::Word(FORMATS), "the format of the file, where its media type does not say it"),
        query("system", Kind::Word(&["false", "true"]), "with `_id`, times, users and owner as the file has them; a right of its own"),
        query("dry_run", Kind::Word(&["false", "true"]), "tells what would happen, and writes nothing"),
        ON_ERROR,
        IDEMPOTENCY_KEY,
    ],
    takes: Some(Takes { shape: Shape::File, media: &[media::NDJSON, media::JSON, media::CSV, media::PARQUET] }),
    gives: &[gives(200, Shape::Imported, "what it came to")],
    codes: &super::IMPORT_CODES,
    run: |call| run(call, import),
    ..PLAIN
};

async fn import(mut call: Call) -> Result<Answer, Problem> {
    let given = call.parameters()?;
    let format = match given.text("format") {
        Some(name) => format_of(name)?,
        None => {
            let media = body::media(&call.head.headers, call.route)?;
            FileFormat::ALL.into_iter().find(|format| format.media() == media).unwrap_or(FileFormat::Ndjson)
        }
    };
    let (system, dry_run) = (given.switch("system")?, given.switch("dry_run")?);
    let report = given.word("on_error", &["stop", "report"])? == Some(1);
    let model = call.place(0)?.into_owned();
    may_be_of_use(&call, &model)?;
    let body = std::mem::replace(&mut call.body, Incoming::Read);
    let limit = call.app.registry.settings().server.max_upload;
    let file = body::spool(body, &call.head.headers, &call.folder(), limit).await?;
    // A file may hold nothing; a request without one is a slip.
    if !call.head.headers.contains_key(CONTENT_TYPE) && file.as_file().metadata().is_ok_and(|file| file.len() == 0) {
        return Err(Problem::new(Code::IngestEmpty, "the body of the request is the file, and there is none"));
    }
    let retry = call.retry_of_file(file.path())?;
    // As the one who sent it may call it: what it is called here is nobody's business.
    let name = format!("file.{}", format.as_str());
    let import = Import { format: Some(format), name, system, dry_run, report, retry, ..Import::default() };
    if call.wants_lines() {
        return lines(call.session, model, file, import).await;
    }
    let imported = call.session.import(&model, file.path(), import).await?;
    Ok(Answer::value(StatusCode::OK, &imported.to_value()))
}

/// Refuses whoever could bring nothing in before gigabytes are received; the registry decides all else.
fn may_be_of_use(call: &Call, model: &str) -> Result<(), Problem> {
    call.ask_early()?;
    let seen = call.session.seen_model(model)?;
    let may = [Operation::Create, Operation::Update].into_iter().any(|operation| call.session.may(&seen, operation));
    if may { Ok(()) } else { Err(dmr::core::command::missing(Operation::Create)) }
}

enum Line {
    Failed(FailedRow),
    Ended(Box<Result<Imported, Problem>>),
}

/// Every failed row as it is known, a line each, and what it came to as the last.
async fn lines(session: Session, model: String, file: NamedTempFile, mut import: Import) -> Result<Answer, Problem> {
    let (sender, mut receiver) = mpsc::channel(WAITING);
    let failed = sender.clone();
    import.failed = Some(Arc::new(move |row: &FailedRow| {
        // Nobody may be reading any more; the import goes on all the same.
        let _ = failed.blocking_send(Line::Failed(row.clone()));
    }));
    tokio::spawn(async move {
        let ended = session.import(&model, file.path(), import).await;
        drop(file);
        let _ = sender.send(Line::Ended(Box::new(ended))).await;
    });
    // What fails before a row does is an answer of its own.
    let first = match receiver.recv().await {
        Some(Line::Ended(ended)) => Line::Ended(Box::new(Ok((*ended)?))),
        Some(line) => line,
        None => return Err(Problem::new(Code::Internal, "an import ended without a word")),
    };
    let pieces: Pieces = Box::pin(stream::unfold((Some(first), receiver), |(first, mut receiver)| async move {
        let line = match first {
            Some(line) => line,
            None => receiver.recv().await?,
        };
        Some((Ok(Bytes::from(told(line))), (None, receiver)))
    }));
    Ok(Answer::pieces(media::NDJSON, pieces))
}

fn told(line: Line) -> String {
    let line = match line {
        Line::Failed(row) => row.to_value(),
        Line::Ended(ended) => match *ended {
            Ok(mut imported) => {
                imported.errors.clear();
                imported.to_value()
            }
            Err(problem) => serde_json::json!({ "problem": problem.to_json() }),
        },
    };
    format!("{line}\n")
}
