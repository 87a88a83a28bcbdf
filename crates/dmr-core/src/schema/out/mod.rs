//! Schemas out, as JSON Schema 2020-12 (M1): whole, for a restricted view, for what a client sends.

mod notes;
mod plain;
mod view;

pub use view::{input, merge_patch, visible};

use super::draft::Draft;
use super::facts::Reader;
use super::guard;
use super::resolve::Document;
use crate::model::Field;
use crate::{Problem, Value};
use notes::Notes;

/// The whole schema of a model as 2020-12: admits the same records as the document that was registered, whatever its draft. Every field has its
/// `x-dmr-id`, where its declaration is of that field alone, and `readOnly` and `writeOnly` as it behaves.
///
/// A 2020-12 document stays as it is but for these; another is rewritten, its definitions under `$defs`. Of a `$recursiveRef` the target is the
/// one in the same resource.
///
/// # Errors
/// Where the document is not one that was registered.
pub fn document(document: &Value, fields: &[Field]) -> Result<Value, Problem> {
    let read = open(document)?;
    let (draft, root) = (read.draft, read.root.clone());
    let mut reader = Reader::new(read);
    let notes = Notes::of(&mut reader, fields);
    let mut out = if draft == Draft::Draft2020 {
        let mut out = document.clone();
        notes.write_into(&mut out);
        out
    } else {
        let mut writer = plain::Writer::new(&reader.document, &notes, true);
        let out = writer.schema(&root);
        writer.finish(out)
    };
    if let Some(members) = out.as_object_mut() {
        members.shift_remove("$schema");
        members.shift_insert(0, "$schema".to_owned(), Draft::Draft2020.uri().into());
    }
    Ok(out)
}

/// A document as 2020-12 and nothing added: for comparing.
///
/// # Errors
/// As [`document`].
pub(crate) fn plain(document: &Value) -> Result<Value, Problem> {
    let read = open(document)?;
    if read.draft == Draft::Draft2020 {
        return Ok(document.clone());
    }
    let notes = Notes::default();
    let mut writer = plain::Writer::new(&read, &notes, true);
    let out = writer.schema(&read.root);
    Ok(writer.finish(out))
}

pub(crate) fn open(document: &Value) -> Result<Document<'_>, Problem> {
    guard::check(document)?;
    let draft = Draft::of(document).map_err(Problem::one)?;
    let (read, issues) = Document::read(document, draft);
    match issues.first() {
        Some(first) => Err(Problem::of(first.code, issues)),
        None => Ok(read),
    }
}
