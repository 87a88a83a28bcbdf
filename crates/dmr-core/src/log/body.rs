//! Bodies of entries: create holds the record, import the record and what it keeps of its past; update the changed members, old and new, and every 32 versions the whole; delete the
//! old record. Members stand under field ids.

use super::{Entry, EntryKind};
use crate::change::{Change, Outcome, QuarantineChange, Quarantined, RecordChange, RegistryChange, RegistryKind};
use crate::json::{self, raw};
use crate::model::ModelId;
use crate::path::UNDECLARED;
use crate::record::{PrincipalId, Record, RecordId};
use crate::{Code, Problem, Value};
use serde_json::json;
use std::borrow::Cow;
use std::sync::Arc;

/// Every so many versions an update carries the whole record, so that a past one is found without reading from the first.
pub const WHOLE_EVERY: u64 = 32;

/// The changed members of a document, old and new; as raw JSON objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// Members that were there and are not, or not with that value.
    pub old: Vec<u8>,
    /// Members that are there and were not, or not with that value.
    pub new: Vec<u8>,
}

/// What differs between two stored documents.
pub fn patch_of(before: &[u8], after: &[u8]) -> Patch {
    let old: Vec<(&[u8], &[u8])> = raw::members(before).collect();
    let new: Vec<(&[u8], &[u8])> = raw::members(after).collect();
    Patch { old: members_not_in(&old, &new), new: members_not_in(&new, &old) }
}

fn members_not_in(these: &[(&[u8], &[u8])], those: &[(&[u8], &[u8])]) -> Vec<u8> {
    let mut out = vec![b'{'];
    for (at, member) in these.iter().enumerate() {
        let same = those.get(at) == Some(member) || those.contains(member);
        if !same {
            write_member(member, &mut out);
        }
    }
    out.push(b'}');
    out
}

fn write_member((key, value): &(&[u8], &[u8]), out: &mut Vec<u8>) {
    if out.len() > 1 {
        out.push(b',');
    }
    out.push(b'"');
    out.extend_from_slice(key);
    out.extend_from_slice(b"\":");
    out.extend_from_slice(value);
}

/// Applies a patch to a stored document: members of `old` go, members of `new` come, in canonical order.
pub fn apply_patch(doc: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut members: Vec<(&[u8], &[u8])> =
        raw::members(doc).filter(|(key, _)| raw::get(old, key).is_none() && raw::get(new, key).is_none()).collect();
    members.extend(raw::members(new));
    members.sort_by_key(|(key, _)| order_of(key));
    let mut out = vec![b'{'];
    members.iter().for_each(|member| write_member(member, &mut out));
    out.push(b'}');
    out
}

fn order_of(key: &[u8]) -> u64 {
    if key == UNDECLARED.as_bytes() {
        return u64::MAX;
    }
    std::str::from_utf8(key).ok().and_then(|text| text.parse().ok()).unwrap_or(u64::MAX - 1)
}

/// The body of the entry that tells a change; borrowed where the change holds it as it is.
pub fn encode(change: &Change) -> Cow<'_, [u8]> {
    match change {
        Change::Record(change) => encode_record(change),
        Change::Registry(change) => json::to_string(&json!({
            "what": change.what.as_str(), "key": change.key, "old": change.before, "new": change.after,
        }))
        .into_bytes()
        .into(),
        Change::Quarantine(change) => {
            let row = &change.row;
            json::to_string(&json!({
                "id": row.id.to_string(), "ingest": row.ingest.to_string(), "line": row.line, "byte": row.byte,
                "code": row.code, "message": row.message, "raw": hex(&row.raw),
            }))
            .into_bytes()
            .into()
        }
        Change::Outcome(outcome) => json::to_string(&json!({
            "scope": hex(&outcome.scope), "request": hex(&outcome.request), "expires_at": outcome.expires_at, "answer": outcome.answer,
        }))
        .into_bytes()
        .into(),
    }
}

fn encode_record(change: &RecordChange) -> Cow<'_, [u8]> {
    match (&change.before, &change.after) {
        (None, Some(after)) if change.kind == EntryKind::RecordImport => encode_import(after).into(),
        (None, Some(after)) => Cow::Borrowed(&after.doc),
        (Some(before), None) => [b"{\"old\":", &*before.doc, b"}"].concat().into(),
        (Some(before), Some(_)) if change.kind == EntryKind::RecordDelete => [b"{\"old\":", &*before.doc, b"}"].concat().into(),
        (Some(before), Some(after)) => {
            let patch = patch_of(&before.doc, &after.doc);
            let mut out = [b"{\"old\":", &*patch.old, b",\"new\":", &*patch.new].concat();
            if after.version.is_multiple_of(WHOLE_EVERY) {
                out.extend_from_slice(b",\"whole\":");
                out.extend_from_slice(&after.doc);
            }
            out.push(b'}');
            out.into()
        }
        (None, None) => Cow::Borrowed(b"{}"),
    }
}

/// What an imported record keeps of its past, and its document.
fn encode_import(record: &Record) -> Vec<u8> {
    let Record { created_at, updated_at, created_by, updated_by, owner, .. } = record;
    let past = format!(
        "{{\"created_at\":{created_at},\"updated_at\":{updated_at},\"created_by\":\"{created_by}\",\"updated_by\":\"{updated_by}\",\
         \"owner\":\"{owner}\",\"new\":"
    );
    [past.as_bytes(), &record.doc, b"}"].concat()
}

/// The record that the entry of an import tells; none where its body is not one.
fn imported(entry: &Entry) -> Option<Record> {
    let member = |name: &str| raw::get(&entry.body, name.as_bytes());
    let time = |name: &str| std::str::from_utf8(member(name)?).ok()?.parse().ok();
    let who = |name: &str| PrincipalId::parse(&raw::text(member(name)?)?);
    Some(Record {
        created_at: time("created_at")?,
        updated_at: time("updated_at")?,
        created_by: who("created_by")?,
        updated_by: who("updated_by")?,
        owner: who("owner")?,
        doc: member("new")?.into(),
        ..created(entry)
    })
}

/// The record that an entry about a record left behind, given the one it found; none where it is gone for good.
///
/// # Errors
/// [`Code::DataDamaged`] where the entry does not fit what it found.
pub fn replay_record(entry: &Entry, before: Option<&Record>) -> Result<Option<Record>, Problem> {
    let damaged = || Problem::new(Code::DataDamaged, format!("log entry {} does not fit the record before it", entry.position));
    if entry.kind == EntryKind::RecordCreate {
        return Ok(Some(created(entry)));
    }
    if entry.kind == EntryKind::RecordImport {
        return imported(entry).map(Some).ok_or_else(damaged);
    }
    let before = before.ok_or_else(damaged)?;
    let changed = Record { version: entry.version, updated_at: entry.time, updated_by: entry.principal, ..before.clone() };
    Ok(match entry.kind {
        EntryKind::RecordPurge => None,
        EntryKind::RecordDelete => Some(Record { deleted_at: Some(entry.time), ..changed }),
        _ => {
            let doc = match raw::get(&entry.body, b"whole") {
                Some(whole) => whole.to_vec(),
                None => {
                    let (old, new) = (raw::get(&entry.body, b"old"), raw::get(&entry.body, b"new"));
                    apply_patch(&before.doc, old.ok_or_else(damaged)?, new.ok_or_else(damaged)?)
                }
            };
            let deleted_at = if entry.kind == EntryKind::RecordRestore { None } else { before.deleted_at };
            Some(Record { doc: doc.into(), stamp: entry.stamp, deleted_at, ..changed })
        }
    })
}

fn created(entry: &Entry) -> Record {
    Record {
        id: entry.record,
        version: entry.version,
        stamp: entry.stamp,
        created_at: entry.time,
        updated_at: entry.time,
        created_by: entry.principal,
        updated_by: entry.principal,
        owner: entry.principal,
        deleted_at: None,
        doc: Arc::from(&entry.body[..]),
    }
}

/// What an entry that is not about a record says happened.
///
/// # Errors
/// [`Code::DataDamaged`] where its body is not what its kind says.
pub fn decode(entry: &Entry) -> Result<Option<Change>, Problem> {
    let damaged = || Problem::new(Code::DataDamaged, format!("the body of log entry {} cannot be read", entry.position));
    let body = raw::value(&entry.body);
    let text = |name: &str| body.get(name).and_then(Value::as_str).ok_or_else(damaged);
    let number = |name: &str| body.get(name).and_then(Value::as_u64).ok_or_else(damaged);
    Ok(match entry.kind {
        EntryKind::QuarantineAdd | EntryKind::QuarantineRemove => Some(Change::Quarantine(Box::new(QuarantineChange {
            added: entry.kind == EntryKind::QuarantineAdd,
            row: Quarantined {
                id: RecordId::parse(text("id")?).ok_or_else(damaged)?,
                ingest: RecordId::parse(text("ingest")?).ok_or_else(damaged)?,
                model: ModelId(entry.model.0),
                line: number("line")?,
                byte: number("byte")?,
                code: text("code")?.to_owned(),
                message: text("message")?.to_owned(),
                raw: unhex(text("raw")?).ok_or_else(damaged)?,
            },
        }))),
        EntryKind::OutcomeKeep => {
            let hash = |name: &str| unhex(text(name)?).and_then(|bytes| bytes.try_into().ok()).ok_or_else(damaged);
            Some(Change::Outcome(Box::new(Outcome {
                scope: hash("scope")?,
                request: hash("request")?,
                expires_at: body.get("expires_at").and_then(Value::as_i64).ok_or_else(damaged)?,
                answer: body.get("answer").cloned().ok_or_else(damaged)?,
            })))
        }
        kind if kind.is_record() || !kind.is_change() => None,
        kind => {
            let present = |name: &str| body.get(name).filter(|value| !value.is_null()).cloned();
            Some(Change::Registry(Box::new(RegistryChange {
                kind,
                what: RegistryKind::find(text("what")?).ok_or_else(damaged)?,
                key: text("key")?.to_owned(),
                before: present("old"),
                after: present("new"),
                old_model: None,
                new_model: None,
            })))
        }
    })
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)] as char, DIGITS[usize::from(byte & 15)] as char]).collect()
}

/// Bytes from hexadecimal.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let text = text.as_bytes();
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| (byte as char).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    text.chunks(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

/// Who an entry is by, for entries made here: kept beside the change until it is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct By {
    /// The principal.
    pub principal: PrincipalId,
    /// Microseconds since 1970 UTC.
    pub time: i64,
}

/// What a change is about: the parts of an entry's envelope that come from the change itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// What was done.
    pub kind: EntryKind,
    /// The model concerned; 0 where none is.
    pub model: ModelId,
    /// The record concerned; nil where none is.
    pub record: RecordId,
    /// The version of the record that was made; 0 where none was.
    pub version: u64,
    /// The version of the model it was made under; 0 where none was.
    pub stamp: u32,
}

impl About {
    /// Of a change.
    pub fn of(change: &Change) -> Self {
        match change {
            Change::Record(change) => Self {
                kind: change.kind,
                model: change.model.id(),
                record: change.id(),
                version: change.version(),
                stamp: change.after.as_ref().or(change.before.as_ref()).map_or(0, |record| record.stamp),
            },
            Change::Registry(change) => {
                let model = change.new_model.as_ref().or(change.old_model.as_ref());
                let stamp = model.map_or(0, |model| model.head.stamp);
                Self { stamp, ..Self::without_record(change.kind, model.map_or(ModelId(0), |model| model.id())) }
            }
            Change::Quarantine(change) => {
                let kind = if change.added { EntryKind::QuarantineAdd } else { EntryKind::QuarantineRemove };
                Self::without_record(kind, change.row.model)
            }
            Change::Outcome(_) => Self::without_record(EntryKind::OutcomeKeep, ModelId(0)),
        }
    }

    fn without_record(kind: EntryKind, model: ModelId) -> Self {
        Self { kind, model, record: RecordId::default(), version: 0, stamp: 0 }
    }

    /// The leaf of the entry with this body.
    pub fn leaf(&self, by: By, body: &[u8]) -> [u8; 32] {
        super::leaf(by.time, by.principal, self.kind, self.model, self.record, self.version, self.stamp, body)
    }
}

/// The entry of a change, at a position.
pub fn entry_of(change: &Change, by: By, bucket: u16, position: u64) -> Entry {
    let about = About::of(change);
    let body = encode(change).into_owned();
    Entry {
        bucket,
        position,
        time: by.time,
        principal: by.principal,
        kind: about.kind,
        model: about.model,
        record: about.record,
        version: about.version,
        stamp: about.stamp,
        codec: 0,
        dictionary: 0,
        leaf: about.leaf(by, &body),
        body,
    }
}

/// A record as it was at a version, given what it is now and the entries of its history up to that version, from a whole one on; none
/// where it never had that version.
///
/// # Errors
/// [`Code::DataDamaged`] where the entries do not fit together.
pub fn past(now: &Record, entries: &[Entry], version: u64) -> Result<Option<Record>, Problem> {
    let mut record = None;
    for entry in entries {
        let before = record.take().or_else(|| {
            let starts = !entry.kind.begins_record() && raw::get(&entry.body, b"whole").is_some();
            starts.then(|| Record { version: entry.version.saturating_sub(1), deleted_at: None, ..now.clone() })
        });
        record = replay_record(entry, before.as_ref())?;
        if let Some(record) = &mut record {
            (record.created_at, record.created_by, record.owner) = (now.created_at, now.created_by, now.owner);
        }
        if entry.version == version {
            return Ok(record);
        }
    }
    Ok(None)
}
