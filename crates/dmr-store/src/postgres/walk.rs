//! Walks over records, a page at a time: between two pages nothing is held on the server but a snapshot, and not that for long.

use super::key::cut;
use super::read::Reading;
use super::row::{self, get};
use crate::{Walk, WalkBy};
use dmr_core::Problem;
use dmr_core::record::{RecordId, RecordRef};
use std::ops::ControlFlow;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

type Each<'a> = &'a mut dyn FnMut(&[u8], RecordRef<'_>) -> ControlFlow<()>;

/// Rows of the first page, and of the largest: a list asks for few, an export for all.
const FIRST: i64 = 64;
const LARGEST: i64 = 1024;

/// Walks, page by page, and takes the next snapshot where one was held long enough.
pub(super) fn walk(reading: &Reading<'_>, walk: &Walk<'_>, each: Each<'_>) -> Result<(), Problem> {
    pages(reading, walk, true, each)
}

/// Walks within one snapshot.
pub(super) fn walk_at_once(reading: &Reading<'_>, walk: &Walk<'_>, each: Each<'_>) -> Result<(), Problem> {
    pages(reading, walk, false, each)
}

fn pages(reading: &Reading<'_>, walk: &Walk<'_>, renew: bool, each: Each<'_>) -> Result<(), Problem> {
    let mut by = walk.by.clone();
    let mut size = FIRST;
    loop {
        let rows = page(reading, walk, &by, size)?;
        let mut last = None;
        for row in &rows {
            let (key, record) = match &by {
                WalkBy::Id { .. } => (Vec::new(), row::record(row, 0)?),
                WalkBy::Index { .. } => ([get::<&[u8]>(row, 0)?, get::<&[u8]>(row, 1)?].concat(), row::record(row, 2)?),
            };
            if each(&key, record).is_break() {
                return Ok(());
            }
            last = Some((key, record.id));
        }
        let Some((key, id)) = last.filter(|_| i64::try_from(rows.len()) == Ok(size)) else { return Ok(()) };
        go_on_after(&mut by, key, id, walk.reverse);
        size = (size * 4).min(LARGEST);
        if renew {
            reading.renew_when_due()?;
        }
    }
}

fn go_on_after(by: &mut WalkBy, mut key: Vec<u8>, id: RecordId, reverse: bool) {
    match by {
        WalkBy::Id { after } => *after = Some(id),
        WalkBy::Index { upper, .. } if reverse => *upper = Some(key),
        WalkBy::Index { lower, .. } => {
            // The least bytes that are greater.
            key.push(0);
            *lower = key;
        }
    }
}

fn page(reading: &Reading<'_>, walk: &Walk<'_>, by: &WalkBy, size: i64) -> Result<Vec<Row>, Problem> {
    let model = i64::from(walk.model.id().0);
    let (direction, beyond) = if walk.reverse { ("DESC", "<") } else { ("ASC", ">") };
    match by {
        WalkBy::Id { after } => {
            let sql = format!(
                "SELECT {} FROM dmr_record AS r WHERE r.tenant_id = 1 AND r.model = $1 AND r.id {beyond} $2 ORDER BY r.id {direction} LIMIT $3",
                row::RECORD
            );
            // Greater than every id, or smaller.
            let none = if walk.reverse { &[0xFF; 17][..] } else { &[][..] };
            let after = after.as_ref().map_or(none, |id| &id.0[..]);
            reading.ask(&sql, &[&model, &after, &size])
        }
        WalkBy::Index { index, lower, upper } => {
            let index = i64::from(*index);
            let (head, rest) = cut(lower);
            let mut values: Vec<&(dyn ToSql + Sync)> = vec![&model, &index, &head, &rest, &size];
            let until = upper.as_deref().map(cut);
            let mut below = "";
            if let Some((head, rest)) = &until {
                below = "AND (e.head, e.rest) < ($6, $7)";
                values.extend([head as &(dyn ToSql + Sync), rest]);
            }
            let sql = format!(
                "SELECT e.head, e.rest, {} FROM dmr_entry AS e \
                 JOIN dmr_record AS r ON r.tenant_id = e.tenant_id AND r.model = e.model AND r.id = e.record \
                 WHERE e.tenant_id = 1 AND e.model = $1 AND e.idx = $2 AND (e.head, e.rest) >= ($3, $4) {below} \
                 ORDER BY e.head {direction}, e.rest {direction} LIMIT $5",
                row::RECORD
            );
            reading.ask(&sql, &values)
        }
    }
}
