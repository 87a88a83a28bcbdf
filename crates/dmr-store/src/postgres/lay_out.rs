//! Brings entries and unique keys to what a model says now, in the transaction that says it; and writes the batch.

use super::apply::{entry_made, unique_made};
use super::batch::{Batch, Expects, Line, Statement, Step, statement};
use super::fault::Fault;
use super::row::get;
use crate::follow::Followed;
use crate::{Reader, Walk, WalkBy};
use dmr_core::model::{Model, ModelId};
use std::ops::ControlFlow;
use std::sync::Arc;

/// How many statements are sent before their answers are waited for, where there are very many.
const AT_ONCE: usize = 4096;
/// How many entries of the log one statement holds.
const LINES: usize = 1000;

impl Batch<'_> {
    /// What a model's records are found by becomes what the model says.
    pub(super) fn lay_out(&mut self, old: Option<&Model>, new: &Arc<Model>) {
        let model = i64::from(new.id().0);
        let followed = Followed::of(old, new);
        for index in &followed.stale_indexes {
            let sql = "DELETE FROM dmr_entry WHERE tenant_id = 1 AND model = $1 AND idx = $2";
            self.then(statement!(sql, Expects::Anything, model, i64::from(*index)));
        }
        for unique in &followed.stale_uniques {
            let sql = "DELETE FROM dmr_unique_key WHERE tenant_id = 1 AND model = $1 AND rule = $2";
            self.then(statement!(sql, Expects::Anything, model, i64::from(*unique)));
        }
        if old.is_some() && !followed.brings_nothing() {
            let Followed { new_indexes, new_uniques, .. } = followed;
            self.steps.push(Step::Fill { model: new.clone(), indexes: new_indexes, uniques: new_uniques });
        }
    }

    /// Drops everything a model holds but its registry rows and its log.
    pub(super) fn drop_model(&mut self, model: ModelId) {
        for sql in [
            "DELETE FROM dmr_record WHERE tenant_id = 1 AND model = $1",
            "DELETE FROM dmr_entry WHERE tenant_id = 1 AND model = $1",
            "DELETE FROM dmr_unique_key WHERE tenant_id = 1 AND model = $1",
            "DELETE FROM dmr_tally WHERE tenant_id = 1 AND model = $1",
        ] {
            self.then(statement!(sql, Expects::Anything, i64::from(model.0)));
        }
        self.tallies.remove(&model);
    }

    /// Writes everything: changes in their order, then the rows that every batch writes to, tallies in order of model and the log's
    /// counter last, so that they are locked for the shortest time; then the log. Gives the position before the first new entry; none
    /// where there was nothing to write.
    pub fn write(&mut self, epoch: i64, time: i64) -> Result<Option<u64>, Fault> {
        if self.steps.is_empty() && self.lines.is_empty() {
            return Ok(None);
        }
        let mut pending = Vec::new();
        for step in std::mem::take(&mut self.steps) {
            match step {
                Step::Statement(statement) => pending.push(statement),
                Step::Fill { model, indexes, uniques } => {
                    self.send(&pending)?;
                    pending.clear();
                    self.fill(&model, &indexes, &uniques)?;
                }
            }
            if pending.len() >= AT_ONCE {
                self.send(&pending)?;
                pending.clear();
            }
        }
        pending.extend(self.tallies.iter().filter(|(_, by)| **by != (0, 0)).map(|(model, by)| counted(*model, *by)));
        let counter = pending.len();
        let count = self.lines.len();
        pending.push(statement!(
            "UPDATE dmr_counter SET last = last + $1, time = $2 WHERE tenant_id = 1 AND bucket = 0 AND epoch = $3 RETURNING last",
            Expects::Counter,
            i64::try_from(count).unwrap_or(i64::MAX),
            time,
            epoch
        ));
        pending.extend(self.lines.chunks(LINES).enumerate().map(|(at, lines)| logged(lines, count - at * LINES)));
        let answers = self.send(&pending)?;
        let last: i64 = answers.get(counter).and_then(|answer| answer.rows.first()).map_or(Ok(0), |row| get(row, 0))?;
        Ok(Some(last.cast_unsigned() - count as u64))
    }

    /// Makes entries and unique keys from the records that live.
    fn fill(&self, model: &Arc<Model>, indexes: &[u32], uniques: &[u32]) -> Result<(), Fault> {
        let mut statements = Vec::new();
        let mut sent = Ok(());
        let walk = Walk { model, by: WalkBy::Id { after: None }, reverse: false, hint: None };
        let walked = self.reading.walk(&walk, &mut |_, record| {
            if record.deleted_at.is_some() {
                return ControlFlow::Continue(());
            }
            for index in model.indexes.iter().filter(|index| indexes.contains(&index.id)) {
                statements.push(entry_made(model.id(), index.id, &index.key(&record), record.id));
            }
            for unique in model.uniques.iter().filter(|unique| uniques.contains(&unique.id)) {
                if let Some(key) = unique.key(record.doc) {
                    statements.push(unique_made(model.id(), unique.id, &key, record.id));
                }
            }
            if statements.len() >= AT_ONCE {
                sent = self.send(&statements).map(drop);
                statements.clear();
            }
            if sent.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        sent?;
        walked.map_err(|problem| self.reading.connection.broken.take().unwrap_or(Fault::Store(problem)))?;
        self.send(&statements).map(drop)
    }
}

fn counted(model: ModelId, (live, deleted): (i64, i64)) -> Statement {
    statement!(
        "INSERT INTO dmr_tally(tenant_id, model, live, deleted) VALUES(1, $1, $2, $3) ON CONFLICT(tenant_id, model) \
         DO UPDATE SET live = dmr_tally.live + excluded.live, deleted = dmr_tally.deleted + excluded.deleted",
        Expects::Anything,
        i64::from(model.0),
        live,
        deleted
    )
}

/// Entries of the log, `left` before the end of the batch: their positions follow from the counter, which was moved before.
fn logged(lines: &[Line], left: usize) -> Statement {
    let numbers = |of: &dyn Fn(&Line) -> i64| lines.iter().map(of).collect::<Vec<i64>>();
    let bytes = |of: &dyn Fn(&Line) -> &[u8]| lines.iter().map(|line| of(line).to_vec()).collect::<Vec<_>>();
    statement!(
        "INSERT INTO dmr_log(tenant_id, bucket, position, time, principal, kind, model, record, version, stamp, codec, dictionary, leaf, body) \
         SELECT 1, 0, (SELECT last FROM dmr_counter WHERE tenant_id = 1 AND bucket = 0) - $1::BIGINT + n.number, \
         n.time, n.principal, n.kind, n.model, n.record, n.version, n.stamp, 0, 0, n.leaf, n.body \
         FROM unnest($2::BIGINT[], $3::BYTEA[], $4::BIGINT[], $5::BIGINT[], $6::BYTEA[], $7::BIGINT[], $8::BIGINT[], $9::BYTEA[], $10::BYTEA[]) \
         WITH ORDINALITY AS n(time, principal, kind, model, record, version, stamp, leaf, body, number)",
        Expects::Anything,
        i64::try_from(left).unwrap_or(i64::MAX),
        numbers(&|line| line.by.time),
        bytes(&|line| &line.by.principal.0),
        numbers(&|line| i64::from(line.about.kind as u8)),
        numbers(&|line| i64::from(line.about.model.0)),
        bytes(&|line| &line.about.record.0),
        numbers(&|line| line.about.version.cast_signed()),
        numbers(&|line| i64::from(line.about.stamp)),
        bytes(&|line| &line.leaf),
        bytes(&|line| &line.body)
    )
}
