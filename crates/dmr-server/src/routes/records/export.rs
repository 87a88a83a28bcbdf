//! `GET /api/records/{model}/export`: the records of a list as a file (R7).

use crate::answer::{Answer, Broken, Pieces};
use crate::call::{Call, run};
use crate::route::{Family, Kind, PLAIN, Route, Shape, gives, query};
use crate::routes::{DELETED, FIELDS, LIMIT};
use bytes::Bytes;
use dmr::core::problem::nearest;
use dmr::core::{Code, Issue, Problem};
use dmr::{Export, Exported, FileFormat, Pending};
use dmr_api::route;
use futures_util::stream;
use http::header::CONTENT_DISPOSITION;

pub(super) const FORMATS: &[&str] = &["json", "ndjson", "csv", "parquet"];

pub static ROUTE: Route = Route {
    template: route::EXPORT,
    operation: "export_records",
    family: Family::Records,
    about: "Exports records as a file, as it is made: all that the filters select, as with the list of records. What is hidden is not in it.",
    parameters: &[
        query("format", Kind::Word(FORMATS), "the format of the file; without it JSON"),
        query("system", Kind::Word(&["false", "true"]), "with `_id`, times, users, owner and version; a right of its own"),
        query("where", Kind::Condition, "a condition as the query document has it"),
        query("sort", Kind::Text, "fields, joined by commas, `-` for descending"),
        FIELDS,
        LIMIT,
        DELETED,
    ],
    filters: true,
    gives: &[gives(200, Shape::Exported, "the file").with(&["Content-Disposition"])],
    codes: &[
        Code::RightMissing,
        Code::ModelUnknown,
        Code::FilterField,
        Code::FilterOperator,
        Code::FilterValue,
        Code::FilterDepth,
        Code::ModelMoved,
    ],
    run: |call| run(call, export),
    ..PLAIN
};

async fn export(call: Call) -> Result<Answer, Problem> {
    let mut own = [("format", None), ("system", None)];
    let parameters = call.filters_beside(&mut own).map_err(Call::explain_roles)?;
    let [(_, format), (_, system)] = own;
    let format = format.as_deref().map_or(Ok(FileFormat::Json), format_of)?;
    let system = match system.as_deref() {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(Problem::one(Issue::query("system", Code::ParameterValue, "this is one of: false, true"))),
    };
    let exported = call.session.export(&call.place(0)?, Export { format, parameters, system }).await.map_err(Call::explain_roles)?;
    let name = format!("attachment; filename=\"{}\"", exported.name);
    // The first piece is there before the answer begins: what cannot be read at all is a problem of its own.
    let first = exported.next().await?;
    Ok(Answer::pieces(format.media(), pieces(exported, first)).with(CONTENT_DISPOSITION, name))
}

/// A format by its name.
pub(super) fn format_of(name: &str) -> Result<FileFormat, Problem> {
    FileFormat::find(name).ok_or_else(|| {
        let names = FileFormat::ALL.map(FileFormat::as_str);
        let issue = Issue::query("format", Code::ParameterValue, format!("this is one of: {}", names.join(", ")));
        Problem::one(issue.suggest_all(nearest(name, names)))
    })
}

struct Sending {
    exported: Exported,
    ready: Option<Vec<u8>>,
    next: Option<Pending<Option<Vec<u8>>>>,
}

/// The pieces of a file: while one is sent the next is made.
fn pieces(exported: Exported, first: Option<Vec<u8>>) -> Pieces {
    let next = Some(exported.next());
    let sending = Sending { exported, ready: first, next };
    Box::pin(stream::unfold(sending, |mut sending| async move {
        loop {
            if let Some(piece) = sending.ready.take().filter(|piece| !piece.is_empty()) {
                return Some((Ok(Bytes::from(piece)), sending));
            }
            match sending.next.take()?.await {
                Ok(Some(piece)) => {
                    sending.ready = Some(piece);
                    sending.next = Some(sending.exported.next());
                }
                Ok(None) => return None,
                Err(problem) => return Some((Err(Broken(problem)), sending)),
            }
        }
    }))
}
