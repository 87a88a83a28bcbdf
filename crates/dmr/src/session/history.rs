//! The history of a record: a reading of the log (A3).

use super::Session;
use super::read::find;
use super::write::target;
use crate::cursor::Position;
use crate::page::Page;
use crate::pending::Pending;
use crate::seen::SeenModel;
use dmr_core::command;
use dmr_core::gate::{Check, NumberStyle, Rendering, write_record};
use dmr_core::log::{Entry, replay_record};
use dmr_core::permission::Operation;
use dmr_core::principal::Right;
use dmr_core::record::Record;
use dmr_core::{Problem, json, time};
use dmr_store::LogRange;
use std::ops::ControlFlow;

impl Session {
    /// Every version of a record, oldest first: `{version, operation, at, by, before, after}`, each state as the asker sees it today.
    pub fn history(&self, model: &str, id: &str, limit: Option<usize>, cursor: Option<&str>) -> Pending<Page> {
        self.pending(|session| {
            let of = session.model_for(model, Operation::Read)?;
            let (asking, id, cursor) = (session.clone(), id.to_owned(), cursor.map(str::to_owned));
            session.apart(move |_| asking.read_history(&of, &id, limit, cursor.as_deref()))
        })
    }

    fn read_history(&self, of: &SeenModel, id: &str, limit: Option<usize>, cursor: Option<&str>) -> Result<Page, Problem> {
        let target = target(of, id).ok_or_else(command::unknown)?;
        let mut found = None;
        self.inner.store.read(false, &mut |reader| {
            found = find(reader, &of.model, &target)?;
            Ok(())
        })?;
        let seen = |record: &Record| {
            let deleted = record.deleted_at.is_none() || self.asker.may(Right::Deleted);
            deleted && of.view.scope(Operation::Read, Check::RowsHistory).holds(record.owner, self.asker.id)
        };
        let now = found.filter(seen).ok_or_else(command::unknown)?;
        let question = format!("history{:?}{:?}{:?}", of.model.id(), now.id, self.asker.id).into_bytes();
        let after = cursor.map(|cursor| self.inner.seal.open(&question, cursor)).transpose()?;
        let after = after.and_then(|position| position.sort_key.try_into().ok()).map_or(0, u64::from_be_bytes);
        let settings = &self.inner.settings().records;
        let limit = limit.unwrap_or(settings.page_size).min(settings.max_page_size);
        self.history_page(of, &now, after, limit, &question)
    }

    fn history_page(&self, of: &SeenModel, now: &Record, after: u64, limit: usize, question: &[u8]) -> Result<Page, Problem> {
        let mut page = Page::default();
        let mut before: Option<Record> = match after {
            0 => None,
            version => self.past(&of.model, now.id, version)?,
        };
        let (mut fault, mut last) = (None, after);
        let range = LogRange { model: Some(of.model.id()), record: Some(now.id), from_version: Some(after + 1), ..LogRange::default() };
        self.inner.store.read(false, &mut |reader| {
            reader.log(&range, &mut |entry| {
                if page.items.len() == limit {
                    let position = Position { sort_key: last.to_be_bytes().to_vec(), ..Position::default() };
                    page.next = Some(self.inner.seal.close(question, &position));
                    return ControlFlow::Break(());
                }
                match replay_record(entry, before.as_ref()) {
                    Ok(record) => {
                        let own = |record: &Record| Record { owner: now.owner, ..record.clone() };
                        page.items.push(self.history_item(of, entry, before.as_ref().map(own).as_ref(), record.as_ref().map(own).as_ref()));
                        before = record;
                        last = entry.version;
                        ControlFlow::Continue(())
                    }
                    Err(problem) => {
                        fault = Some(problem);
                        ControlFlow::Break(())
                    }
                }
            })
        })?;
        fault.map_or(Ok(page), Err)
    }

    fn history_item(&self, of: &SeenModel, entry: &Entry, before: Option<&Record>, after: Option<&Record>) -> Vec<u8> {
        let mut out = format!("{{\"version\":{},\"operation\":", entry.version).into_bytes();
        json::write_str(entry.kind.as_str(), &mut out);
        out.extend_from_slice(format!(",\"at\":\"{}\",\"by\":\"{}\",\"before\":", time::text(entry.time), entry.principal).as_bytes());
        self.write_state(of, before.filter(|record| record.deleted_at.is_none()), &mut out);
        out.extend_from_slice(b",\"after\":");
        self.write_state(of, after.filter(|record| record.deleted_at.is_none()), &mut out);
        out.push(b'}');
        out
    }

    fn write_state(&self, of: &SeenModel, record: Option<&Record>, out: &mut Vec<u8>) {
        let Some(record) = record else {
            out.extend_from_slice(b"null");
            return;
        };
        let rendering = Rendering {
            model: &of.model,
            view: &of.view,
            asker: self.asker.id,
            selection: None,
            numbers: NumberStyle::Exact,
            system: false,
            old: &of.old_labels,
            check: Check::ColumnHistory,
        };
        write_record(&rendering, &record.as_ref(), out);
    }
}
