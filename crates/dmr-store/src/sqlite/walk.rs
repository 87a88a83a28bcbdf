//! Walks over records. A long one goes on in a new snapshot from where it stopped, so that none is held long.

use super::fault::failed;
use super::hint::{self, Filter};
use super::read::{Laid, Reading};
use super::sift::{Sift, beyond_all};
use super::table::{Table, sixteen};
use crate::{Walk, WalkBy};
use dmr_core::Problem;
use dmr_core::record::{RecordId, RecordRef};
use rusqlite::CachedStatement;
use std::ops::ControlFlow;
use std::time::Instant;

pub(super) type Each<'a> = &'a mut dyn FnMut(&[u8], RecordRef<'_>) -> ControlFlow<()>;

/// How many rows go by between two looks at the clock.
const LOOK_EVERY: u32 = 64;

/// How a stretch of a walk ended.
pub(super) enum Ended {
    /// There is nothing more, or enough was seen.
    Done,
    /// The snapshot was held long enough.
    Due,
    /// The layouts changed under it before it began.
    Moved,
}

pub(super) fn walk(reading: &Reading<'_>, walk: &Walk<'_>, each: Each<'_>) -> Result<(), Problem> {
    let mut by = walk.by.clone();
    loop {
        let laid = reading.laid();
        let filter = match by {
            WalkBy::Id { .. } => hint::filter(laid.table(walk.model.id()), walk.hint),
            WalkBy::Index { .. } => None,
        };
        let ended = match (&filter, &mut by) {
            (Some(filter), WalkBy::Id { after }) => sifted(reading, &laid, walk, filter, after, each),
            (_, by) => stretch(reading, &laid, walk, by, each).map_err(failed),
        };
        match ended {
            Ok(Ended::Done) => return Ok(()),
            Ok(Ended::Due) => reading.renew_if_due()?,
            Ok(Ended::Moved) => {}
            Err(_) if !reading.holds(&laid) => {}
            Err(problem) => return Err(problem),
        }
    }
}

/// One stretch with a filter, or, where few rows pass it, everything that is left.
fn sifted(
    reading: &Reading<'_>,
    laid: &Laid<'_>,
    walk: &Walk<'_>,
    filter: &Filter,
    after: &mut Option<RecordId>,
    each: Each<'_>,
) -> Result<Ended, Problem> {
    let sift = Sift { reading, laid, table: laid.table(walk.model.id()), filter, reverse: walk.reverse };
    match sift.stretch(after, each).map_err(failed)? {
        (Ended::Due, true) => sift.rest(after, each),
        (ended, _) => Ok(ended),
    }
}

/// Walks until something ends it; `by` then says from where to go on.
fn stretch(reading: &Reading<'_>, laid: &Laid<'_>, walk: &Walk<'_>, by: &mut WalkBy, each: Each<'_>) -> rusqlite::Result<Ended> {
    let table = laid.table(walk.model.id());
    let keyed = matches!(by, WalkBy::Index { .. });
    let mut statement = prepare(reading, table, walk, by)?;
    let mut rows = statement.raw_query();
    let mut buffer = Vec::new();
    let began = Instant::now();
    let mut seen = 0_u32;
    loop {
        let row = rows.next()?;
        if seen == 0 && !reading.holds(laid) {
            return Ok(Ended::Moved);
        }
        let Some(row) = row else { return Ok(Ended::Done) };
        let key = if keyed { row.get_ref(0)?.as_blob().unwrap_or_default() } else { &[] };
        let record = table.record(row, usize::from(keyed), &mut buffer)?;
        if each(key, record).is_break() {
            return Ok(Ended::Done);
        }
        seen = seen.wrapping_add(1).max(1);
        if seen.is_multiple_of(LOOK_EVERY) && reading.is_due(began) {
            let id = RecordId(sixteen(row, usize::from(keyed) + 1)?.unwrap_or_default());
            go_on_after(by, key, id, walk.reverse);
            return Ok(Ended::Due);
        }
    }
}

fn go_on_after(by: &mut WalkBy, key: &[u8], id: RecordId, reverse: bool) {
    match by {
        WalkBy::Id { after } => *after = Some(id),
        WalkBy::Index { upper, .. } if reverse => *upper = Some(key.to_vec()),
        // The least bytes that are greater.
        WalkBy::Index { lower, .. } => *lower = [key, &[0]].concat(),
    }
}

fn prepare<'c>(reading: &Reading<'c>, table: &Table, walk: &Walk<'_>, by: &WalkBy) -> rusqlite::Result<CachedStatement<'c>> {
    let Table { name, scope, selected, qualified, columns, .. } = table;
    let direction = if walk.reverse { "DESC" } else { "ASC" };
    match by {
        WalkBy::Id { after } => {
            let beyond = if walk.reverse { "<" } else { ">" };
            let sql = format!("SELECT {selected} FROM {name} WHERE {scope} AND id {beyond} ?2 ORDER BY id {direction}");
            let mut statement = reading.connection.prepare_cached(&sql)?;
            if columns.is_none() {
                statement.raw_bind_parameter(1, walk.model.id().0)?;
            }
            let from = after.map_or_else(|| beyond_all(!walk.reverse), |id| id.0.to_vec());
            statement.raw_bind_parameter(2, &from[..])?;
            Ok(statement)
        }
        WalkBy::Index { index, lower, upper } => {
            let below = if upper.is_some() { "AND e.key < ?4" } else { "" };
            let sql = format!(
                "SELECT e.key, {qualified} FROM entry AS e CROSS JOIN {name} AS r ON r.row = e.row \
                 WHERE e.tenant = 1 AND e.model = ?1 AND e.idx = ?2 AND e.key >= ?3 {below} ORDER BY e.key {direction}"
            );
            let mut statement = reading.connection.prepare_cached(&sql)?;
            statement.raw_bind_parameter(1, walk.model.id().0)?;
            statement.raw_bind_parameter(2, *index)?;
            statement.raw_bind_parameter(3, &lower[..])?;
            if let Some(upper) = upper {
                statement.raw_bind_parameter(4, &upper[..])?;
            }
            Ok(statement)
        }
    }
}
