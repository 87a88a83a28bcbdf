//! What rows hold, in core's types.

use super::fault::failed;
use dmr_core::change::{Outcome, Quarantined};
use dmr_core::json::raw;
use dmr_core::log::{Entry, EntryKind};
use dmr_core::model::ModelId;
use dmr_core::record::{PrincipalId, RecordId, RecordRef};
use dmr_core::{Code, Problem};
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;

/// The columns of [`record`].
pub(super) const RECORD: &str =
    "r.id, r.version, r.stamp, r.created_at, r.updated_at, r.created_by, r.updated_by, r.owner, r.deleted_at, r.doc";
/// The columns of [`entry`].
pub(super) const ENTRY: &str = "bucket, position, time, principal, kind, model, record, version, stamp, codec, dictionary, leaf, body";
/// The columns of [`quarantined`].
pub(super) const QUARANTINED: &str = "id, ingest, model, line, byte, code, message, raw";
/// The columns of [`outcome`].
pub(super) const OUTCOME: &str = "scope, request, expires_at, answer";

/// A record that lies in a row from a column on.
pub(super) fn record(row: &Row, from: usize) -> Result<RecordRef<'_>, Problem> {
    Ok(RecordRef {
        id: RecordId(bytes(row, from)?),
        version: number(row, from + 1)?,
        stamp: number(row, from + 2)?,
        created_at: get(row, from + 3)?,
        updated_at: get(row, from + 4)?,
        created_by: PrincipalId(bytes(row, from + 5)?),
        updated_by: PrincipalId(bytes(row, from + 6)?),
        owner: PrincipalId(bytes(row, from + 7)?),
        deleted_at: get(row, from + 8)?,
        doc: get::<&str>(row, from + 9)?.as_bytes(),
    })
}

pub(super) fn entry(row: &Row) -> Result<Entry, Problem> {
    Ok(Entry {
        bucket: number(row, 0)?,
        position: number(row, 1)?,
        time: get(row, 2)?,
        principal: PrincipalId(bytes(row, 3)?),
        kind: EntryKind::from_code(number(row, 4)?).ok_or_else(|| damaged("a kind of entry"))?,
        model: ModelId(number(row, 5)?),
        record: RecordId(bytes(row, 6)?),
        version: number(row, 7)?,
        stamp: number(row, 8)?,
        codec: number(row, 9)?,
        dictionary: number(row, 10)?,
        leaf: bytes(row, 11)?,
        body: get(row, 12)?,
    })
}

pub(super) fn quarantined(row: &Row) -> Result<Quarantined, Problem> {
    Ok(Quarantined {
        id: RecordId(bytes(row, 0)?),
        ingest: RecordId(bytes(row, 1)?),
        model: ModelId(number(row, 2)?),
        line: number(row, 3)?,
        byte: number(row, 4)?,
        code: get(row, 5)?,
        message: get(row, 6)?,
        raw: get(row, 7)?,
    })
}

pub(super) fn outcome(row: &Row) -> Result<Outcome, Problem> {
    Ok(Outcome {
        scope: bytes(row, 0)?,
        request: bytes(row, 1)?,
        expires_at: get(row, 2)?,
        answer: raw::value(get::<&str>(row, 3)?.as_bytes()),
    })
}

/// A column as it is.
pub(super) fn get<'r, T: FromSql<'r>>(row: &'r Row, at: usize) -> Result<T, Problem> {
    row.try_get(at).map_err(failed)
}

/// A number that is never negative.
pub(super) fn number<T: TryFrom<i64>>(row: &Row, at: usize) -> Result<T, Problem> {
    get::<i64>(row, at)?.try_into().map_err(|_| damaged("a number"))
}

/// So many bytes.
pub(super) fn bytes<const N: usize>(row: &Row, at: usize) -> Result<[u8; N], Problem> {
    get::<&[u8]>(row, at)?.try_into().map_err(|_| damaged("bytes"))
}

fn damaged(wanted: &str) -> Problem {
    Problem::new(Code::DataDamaged, format!("a row of the database does not hold {wanted} where it should"))
}
