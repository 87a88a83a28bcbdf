//! Stored state as text, the same for every store: what two stores that hold the same say the same of.

use crate::{Reader, Walk, WalkBy};
use dmr_core::change::RegistryKind;
use dmr_core::json::{self, raw};
use dmr_core::log::hex;
use dmr_core::model::{Head, Model, VersionRow};
use dmr_core::record::RecordRef;
use dmr_core::{Code, Problem, Value};
use serde_json::json;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

/// A canonical dump of logical state: registry rows, records with their system fields, index entries, unique keys, counts, quarantine,
/// outcomes. Not the log, not notes. One line a thing; equal state gives equal lines on every store.
///
/// # Errors
/// That the store failed, or that its registry cannot be read.
pub fn dump(reader: &dyn Reader) -> Result<Vec<String>, Problem> {
    let mut lines = Vec::new();
    for row in reader.registry()? {
        lines.push(format!("{} {} {}", row.what.as_str(), row.key, String::from_utf8_lossy(&row.body)));
    }
    for model in models(reader)? {
        dump_model(reader, &model, &mut lines)?;
    }
    for row in reader.quarantine(None, None, usize::MAX)? {
        lines.push(format!(
            "quarantine {} {} {} {}:{} {} {} {}",
            row.ingest,
            row.id,
            row.model.0,
            row.line,
            row.byte,
            row.code,
            json::to_string(&json!(row.message)),
            hex(&row.raw)
        ));
    }
    for outcome in reader.outcomes()? {
        let answer = json::to_string(&outcome.answer);
        lines.push(format!("outcome {} {} {} {answer}", hex(&outcome.scope), hex(&outcome.request), outcome.expires_at));
    }
    Ok(lines)
}

/// The models that are registered and not deleted, in order of id, compiled from the registry's rows.
///
/// # Errors
/// That the store failed, or [`Code::DataDamaged`].
pub fn models(reader: &dyn Reader) -> Result<Vec<Arc<Model>>, Problem> {
    let (mut heads, mut versions) = (Vec::new(), BTreeMap::new());
    for row in reader.registry()? {
        match row.what {
            RegistryKind::Model => heads.push(read::<Head>(&raw::value(&row.body))?),
            RegistryKind::Version => {
                let version: VersionRow = read(&raw::value(&row.body))?;
                versions.insert((version.model, version.stamp), Arc::new(version));
            }
            _ => {}
        }
    }
    heads.retain(|head| !head.deleted);
    heads.sort_by_key(|head| head.id);
    heads
        .into_iter()
        .map(|head| {
            let version = versions.get(&(head.id, head.stamp)).cloned();
            let version = version.ok_or_else(|| Problem::new(Code::DataDamaged, format!("model {} has no version", head.id.0)))?;
            Ok(Arc::new(Model::compile(head, version)?))
        })
        .collect()
}

/// Reads a registered thing from its JSON.
pub(crate) fn read<T: serde::de::DeserializeOwned>(value: &Value) -> Result<T, Problem> {
    serde_json::from_value(value.clone()).map_err(|error| Problem::new(Code::DataDamaged, format!("a row of the registry: {error}")))
}

fn dump_model(reader: &dyn Reader, model: &Arc<Model>, lines: &mut Vec<String>) -> Result<(), Problem> {
    let id = model.id();
    let counts = reader.counts(id)?;
    lines.push(format!("count {} live {} deleted {}", id.0, counts.live, counts.deleted));
    let walk = Walk { model, by: WalkBy::Id { after: None }, reverse: false, hint: None };
    reader.walk(&walk, &mut |_, record| {
        lines.push(format!("record {} {}", id.0, line_of(&record)));
        ControlFlow::Continue(())
    })?;
    for index in &model.indexes {
        let by = WalkBy::Index { index: index.id, lower: Vec::new(), upper: None };
        reader.walk(&Walk { model, by, reverse: false, hint: None }, &mut |key, record| {
            lines.push(format!("entry {}/{} {} {}", id.0, index.id, hex(key), record.id));
            ControlFlow::Continue(())
        })?;
    }
    for (constraint, key, record) in reader.uniques(id)? {
        lines.push(format!("unique {}/{constraint} {} {record}", id.0, hex(&key)));
    }
    Ok(())
}

fn line_of(record: &RecordRef<'_>) -> String {
    let deleted = record.deleted_at.map_or_else(|| "live".to_owned(), |at| format!("deleted {at}"));
    format!(
        "{} v{} s{} {} {} {} {} {} {deleted} {}",
        record.id,
        record.version,
        record.stamp,
        record.created_at,
        record.updated_at,
        record.created_by,
        record.updated_by,
        record.owner,
        String::from_utf8_lossy(record.doc)
    )
}
