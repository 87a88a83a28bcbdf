//! Records: written, read, asked for.

pub mod list;
pub mod create;
pub mod batch;
pub mod query;
pub mod aggregate;
pub mod search;
pub mod get;
pub mod replace;
pub mod update;
pub mod delete;
pub mod history;
pub mod restore;
pub mod revert;
pub mod export;
pub mod import;

mod lines;

use crate::answer::Answer;
use dmr::core::Code;
use dmr::{Seen, Written};
use http::StatusCode;

/// What a write of one record may be refused for beside its own reasons.
const WRITE_CODES: &[Code] = &[
    Code::RightMissing,
    Code::RowRefused,
    Code::ModelUnknown,
    Code::RecordUnknown,
    Code::ValueInvalid,
    Code::FieldUnknown,
    Code::FieldReadOnly,
    Code::FieldRequired,
    Code::ValueType,
    Code::ValueRule,
    Code::ValueRange,
    Code::PatternBudget,
    Code::UniqueTaken,
    Code::ReferenceUnknown,
    Code::ReferenceHeld,
    Code::RecordVersion,
    Code::RecordDeleted,
    Code::IdempotencyMismatch,
    Code::IdempotencyRunning,
];

/// What a change in part may be refused for: a JSON Patch has reasons of its own.
const PATCH_CODES: [Code; WRITE_CODES.len() + 4] =
    with_write_codes([Code::FilterField, Code::PatchTest, Code::PatchPath, Code::BulkTooMany]);

/// What restoring may be refused for, alone or in a batch.
const RESTORE_CODES: [Code; WRITE_CODES.len() + 1] = with_write_codes([Code::RecordNotDeleted]);

/// What going back to a version may be refused for.
const REVERT_CODES: [Code; WRITE_CODES.len() + 1] = with_write_codes([Code::VersionUnknown]);

/// What the writes of several records in one request may be refused for.
const BULK_CODES: [Code; WRITE_CODES.len() + 1] = with_write_codes([Code::BulkTooMany]);

/// What a batch may be refused for.
const BATCH_CODES: [Code; WRITE_CODES.len() + 2] = with_write_codes([Code::RecordNotDeleted, Code::BulkTooMany]);

/// What an import may be refused for.
const IMPORT_CODES: [Code; WRITE_CODES.len() + 4] =
    with_write_codes([Code::IngestFormat, Code::IngestEmpty, Code::IngestElement, Code::FileUnreadable]);

const fn with_write_codes<const MORE: usize, const ALL: usize>(more: [Code; MORE]) -> [Code; ALL] {
    let mut all = [Code::RightMissing; ALL];
    let mut at = 0;
    while at < ALL {
        all[at] = if at < WRITE_CODES.len() { WRITE_CODES[at] } else { more[at - WRITE_CODES.len()] };
        at += 1;
    }
    all
}

/// A record as an answer, with its tag.
fn record(status: StatusCode, seen: &Seen) -> Answer {
    let mut text = Vec::with_capacity(512);
    seen.write_json(&mut text);
    Answer::json(status, text).etag(seen.etag())
}

/// A record that was changed; 201 with its address where it was made.
fn written(written: &Written, records: &str) -> Answer {
    if !written.created {
        return record(StatusCode::OK, written);
    }
    record(StatusCode::CREATED, written).location(format!("{records}/{}", written.id()))
}
