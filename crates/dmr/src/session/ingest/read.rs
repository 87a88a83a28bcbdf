//! Reading ingests and what they set aside.

use super::super::Session;
use super::entry::Entry;
use crate::cursor::{Position, encode};
use dmr_core::change::Quarantined;
use dmr_core::gate::{Check, Guard};
use dmr_core::model::{Behaviour, Field};
use dmr_core::permission::Operation;
use dmr_core::principal::Right;
use dmr_core::record::RecordId;
use dmr_core::{Code, Problem, Value};
use serde_json::json;
use std::sync::atomic::Ordering;

/// The most bytes of rows that a page of quarantine holds.
const MOST_RAW: usize = 4 * 1024 * 1024;

impl Session {
    /// An ingest: `{id, model, name, hash, state, records, quarantined, bytes, total_bytes, started_at, ended_at?, by, storage, problem?}`.
    /// `state` is `running`, `done`, `failed`, or `interrupted` where its process ended before it did.
    ///
    /// It is seen by who started it, by who may register models, and by who may make records of its model and read all there is of it:
    /// what was set aside may hold any of it (P6).
    ///
    /// # Errors
    /// `ingest.unknown`.
    pub fn ingest(&self, id: &str) -> Result<Value, Problem> {
        let session = self.current()?;
        let id = RecordId::parse(id).ok_or_else(|| session.unknown_ingest())?;
        let live = self.inner.ingests.find(id);
        match session.known_ingest(id) {
            Ok(entry) => {
                let mut told = entry.told(self.inner.ingests.runs(id));
                if let (Some(live), Some("running")) = (live, told["state"].as_str()) {
                    told["bytes"] = live.bytes.load(Ordering::Relaxed).max(entry.bytes).into();
                }
                Ok(told)
            }
            Err(problem) => {
                let own = live.filter(|live| live.by == session.asker.id && !session.asker.is_anonymous());
                let waits = own.filter(|_| self.inner.catalog.read().ingest(&id.to_string()).is_none());
                waits.map(|live| live.to_value()).ok_or(problem)
            }
        }
    }

    /// The ingests the asker sees, newest first: `{items, next}`.
    ///
    /// # Errors
    /// `cursor.invalid`.
    pub fn ingests(&self, limit: Option<usize>, cursor: Option<&str>) -> Result<Value, Problem> {
        let session = self.current()?;
        let question = format!("ingests {}", session.asker.id).into_bytes();
        let before = cursor.map(|cursor| self.inner.seal.open(&question, cursor)).transpose()?.map(|position| RecordId(position.id));
        let stored: Vec<Value> = {
            let catalog = self.inner.catalog.read();
            let key = before.map(|id| id.to_string());
            catalog.ingests().rev().filter(|(id, _)| key.as_ref().is_none_or(|key| *id < key)).map(|(_, stored)| stored.clone()).collect()
        };
        let limit = session.page_size(limit);
        let mut entries = stored.iter().filter_map(|stored| Entry::read(stored).ok()).filter(|entry| session.sees_ingest(entry));
        let page: Vec<Entry> = entries.by_ref().take(limit).collect();
        let more = entries.next().is_some();
        let next =
            page.last().filter(|_| more).map(|last| self.inner.seal.close(&question, &Position { id: last.id.0, ..Position::default() }));
        let items: Vec<Value> = page.iter().map(|entry| entry.told(self.inner.ingests.runs(entry.id))).collect();
        Ok(json!({ "items": items, "next": next }))
    }

    /// The rows an ingest set aside, in the order of the input: `{items: [{id, place: {line, byte}, code, message, raw}], next}`. Bytes
    /// that are not UTF-8 stand under `raw_base64`; where the model has a field that is never returned, neither is there.
    ///
    /// # Errors
    /// `ingest.unknown`, `cursor.invalid`.
    pub fn quarantine(&self, ingest: &str, limit: Option<usize>, cursor: Option<&str>) -> Result<Value, Problem> {
        let session = self.current()?;
        let id = RecordId::parse(ingest).ok_or_else(|| session.unknown_ingest())?;
        let entry = match session.known_ingest(id) {
            Ok(entry) => entry,
            // One that has no entry yet set nothing aside.
            Err(problem) => return session.ingest(ingest).map(|_| json!({ "items": [], "next": null })).map_err(|_| problem),
        };
        let question = format!("quarantine {id} {}", session.asker.id).into_bytes();
        let after = cursor.map(|cursor| self.inner.seal.open(&question, cursor)).transpose()?.map(|position| RecordId(position.id));
        let (rows, more) = session.quarantined(id, after, session.page_size(limit))?;
        let shown = !session.has_secrets(&entry);
        let next =
            rows.last().filter(|_| more).map(|last| self.inner.seal.close(&question, &Position { id: last.id.0, ..Position::default() }));
        let items: Vec<Value> = rows.into_iter().map(|row| item(row, shown)).collect();
        Ok(json!({ "items": items, "next": next }))
    }

    /// Rows after one, bounded by number and bytes, and whether there are more.
    fn quarantined(&self, ingest: RecordId, after: Option<RecordId>, limit: usize) -> Result<(Vec<Quarantined>, bool), Problem> {
        const STEP: usize = 50;
        let (mut page, mut bytes, mut more) = (Vec::new(), 0, false);
        self.inner.store.read(false, &mut |reader| {
            loop {
                let from = page.last().map(|row: &Quarantined| row.id).or(after);
                let rows = reader.quarantine(Some(ingest), from, STEP)?;
                let read = rows.len();
                for row in rows {
                    if page.len() == limit || bytes > MOST_RAW {
                        more = true;
                        return Ok(());
                    }
                    bytes += row.raw.len() + row.message.len();
                    page.push(row);
                }
                if read < STEP {
                    return Ok(());
                }
            }
        })?;
        Ok((page, more))
    }

    pub(in crate::session) fn page_size(&self, limit: Option<usize>) -> usize {
        let settings = &self.inner.settings().records;
        limit.unwrap_or(settings.page_size).min(settings.max_page_size)
    }

    fn known_ingest(&self, id: RecordId) -> Result<Entry, Problem> {
        let stored = self.inner.catalog.read().ingest(&id.to_string()).cloned();
        let entry = stored.as_ref().map(Entry::read).transpose()?;
        entry.filter(|entry| self.sees_ingest(entry)).ok_or_else(|| self.unknown_ingest())
    }

    fn sees_ingest(&self, entry: &Entry) -> bool {
        if self.asker.may(Right::Register) {
            return true;
        }
        let model = self.inner.catalog.read().model_by_id(entry.model_id).cloned();
        let Some(Ok(Some(seen))) = model.filter(|entry| !entry.head.deleted).map(|entry| self.see(&entry)) else { return false };
        let view = &seen.view;
        let reads_all = (view.plain || !Check::IngestKnown.stands())
            && view.scope(Operation::Read, Check::IngestKnown) == Guard::Always
            && view.scope(Operation::List, Check::IngestKnown) == Guard::Always;
        view.may(Operation::Create) && (reads_all || entry.by == self.asker.id && !self.asker.is_anonymous())
    }

    /// Whether the model has, or had, a field that no door returns.
    fn has_secrets(&self, entry: &Entry) -> bool {
        fn secret(fields: &[Field]) -> bool {
            fields.iter().any(|field| field.is(Behaviour::WriteOnly) || secret(&field.children))
        }
        let model = self.inner.catalog.read().model_by_id(entry.model_id).cloned();
        let model = model.and_then(|entry| entry.model().ok());
        model.is_none_or(|model| {
            secret(&model.fields) || model.head.settings.values().any(|set| set.behaviours.contains(&Behaviour::WriteOnly))
        })
    }

    fn unknown_ingest(&self) -> Problem {
        self.forbidden(Problem::new(Code::IngestUnknown, "there is no such ingest"))
    }
}

fn item(row: Quarantined, shown: bool) -> Value {
    let mut item = json!({
        "id": row.id, "place": { "line": row.line, "byte": row.byte }, "code": row.code, "message": row.message,
    });
    if shown {
        match String::from_utf8(row.raw) {
            Ok(text) => item["raw"] = text.into(),
            Err(error) => item["raw_base64"] = base64(error.as_bytes()).into(),
        }
    }
    item
}

/// Base 64 as RFC 4648 has it first, with padding.
fn base64(bytes: &[u8]) -> String {
    let mut text = encode(bytes).replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}
