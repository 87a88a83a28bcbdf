//! Records: written, read, asked for.

pub mod list;
pub mod create;
pub mod batch;
pub mod query;
pub mod get;
pub mod replace;
pub mod update;
pub mod delete;
pub mod history;
pub mod restore;
pub mod revert;

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
    Code::RecordVersion,
    Code::RecordDeleted,
    Code::IdempotencyMismatch,
    Code::IdempotencyRunning,
];

/// What a change in part may be refused for: a JSON Patch has reasons of its own.
const PATCH_CODES: &[Code] = &[
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
    Code::RecordVersion,
    Code::RecordDeleted,
    Code::IdempotencyMismatch,
    Code::IdempotencyRunning,
    Code::FilterField,
    Code::PatchTest,
    Code::PatchPath,
    Code::BulkTooMany,
];

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
