//! Reading models (M2, M7, M8).

use super::Session;
use crate::cursor::Position;
use crate::seen::SeenModel;
use dmr_core::catalog::ModelEntry;
use dmr_core::evolution;
use dmr_core::gate::{Check, Guard};
use dmr_core::model::{Field, FieldId, MemberDefinition, Model, OnDelete, VersionRow};
use dmr_core::name::Glob;
use dmr_core::permission::Operation;
use dmr_core::principal::Right;
use dmr_core::problem::nearest;
use dmr_core::query::Count;
use dmr_core::{Code, Issue, Object, Problem, Value, registration, schema, time};
use serde_json::json;
use std::sync::Arc;

/// Which models are listed.
#[derive(Debug, Clone, Default)]
pub struct ModelFilter {
    /// `static`, `dynamic` or `external`.
    pub source: Option<String>,
    /// A tag it has.
    pub tag: Option<String>,
    /// A glob over namespaces (`shop.*`) or whole paths (`ns.models.shop.*`).
    pub namespace: Option<String>,
    /// At most so many.
    pub limit: Option<usize>,
    /// From where to go on.
    pub cursor: Option<String>,
    /// Whether the total is told.
    pub count: Count,
}

impl ModelFilter {
    pub(super) fn check(&self) -> Result<(), Problem> {
        let Some(source) = self.source.as_deref().filter(|source| !SOURCES.contains(source)) else { return Ok(()) };
        let issue = Issue::query("source", Code::ParameterValue, "`source` is `static`, `dynamic` or `external`");
        Err(Problem::one(issue.suggest_all(nearest(source, SOURCES))))
    }
}

impl Session {
    /// Models in order of path: `{items, next, count?}` (M8).
    ///
    /// # Errors
    /// A cursor or source that is none.
    pub fn models(&self, filter: &ModelFilter) -> Result<Value, Problem> {
        let session = self.current()?;
        filter.check()?;
        let question = format!("models{:?}{:?}{:?}{:?}", filter.source, filter.tag, filter.namespace, session.asker.id).into_bytes();
        let after = filter.cursor.as_deref().map(|cursor| self.inner.seal.open(&question, cursor)).transpose()?;
        let after = after.and_then(|position| String::from_utf8(position.sort_key).ok());
        let settings = &self.inner.settings().records;
        let limit = filter.limit.unwrap_or(settings.page_size).min(settings.max_page_size);
        let (mut items, mut last, mut more, mut total) = (Vec::new(), None, false, 0);
        for entry in session.matching(filter) {
            let Some(seen) = session.see(&entry)? else { continue };
            total += 1;
            let path = entry.head.name.path();
            if after.as_ref().is_some_and(|after| path <= *after) {
                continue;
            }
            if items.len() < limit {
                items.push(session.model_answer(&entry, &seen, session.count_records(&seen)?)?);
                last = Some(path);
            } else {
                more = true;
                if filter.count == Count::None {
                    break;
                }
            }
        }
        let next = last
            .filter(|_| more)
            .map(|path| self.inner.seal.close(&question, &Position { sort_key: path.into_bytes(), ..Position::default() }));
        let mut out = json!({ "items": items, "next": next });
        if filter.count != Count::None {
            out["count"] = total.into();
        }
        Ok(out)
    }

    pub(super) fn matching(&self, filter: &ModelFilter) -> Vec<Arc<ModelEntry>> {
        let catalog = self.inner.catalog.read();
        let glob = filter
            .namespace
            .as_deref()
            .map(|pattern| if pattern.starts_with("ns.") { pattern.to_owned() } else { format!("ns.models.{pattern}.*") });
        let fits = |entry: &&Arc<ModelEntry>| {
            let head = &entry.head;
            filter.tag.as_ref().is_none_or(|tag| head.tags.contains(tag))
                && filter.source.as_deref().is_none_or(|source| serde_json::to_value(head.source).is_ok_and(|own| own == source))
        };
        match glob {
            Some(pattern) => catalog.glob(&Glob::new(&pattern)).filter(fits).cloned().collect(),
            None => catalog.models().filter(fits).cloned().collect(),
        }
    }

    /// A model, with its entity tag.
    ///
    /// # Errors
    /// [`Code::ModelUnknown`] for one that is not there or not for this asker.
    pub fn model(&self, name: &str) -> Result<(Value, String), Problem> {
        let session = self.current()?;
        let (entry, seen) = session.find(name)?;
        Ok((session.model_answer(&entry, &seen, session.count_records(&seen)?)?, etag(&seen)))
    }

    /// The schema of a model as 2020-12, as the asker sees it; of an older version with `version`.
    ///
    /// # Errors
    /// As [`Session::model`], and [`Code::VersionUnknown`].
    pub fn schema(&self, name: &str, version: Option<&str>) -> Result<Value, Problem> {
        let session = self.current()?;
        let (entry, seen) = session.find(name)?;
        let Some(version) = version else { return schema_of(&seen, &seen.model) };
        schema_of(&seen, &old_model(&entry, &seen, version)?)
    }

    /// The versions of a model, newest first (M7).
    ///
    /// # Errors
    /// As [`Session::model`].
    pub fn versions(&self, name: &str) -> Result<Value, Problem> {
        let session = self.current()?;
        let (entry, seen) = session.find(name)?;
        let items: Vec<Value> = versions_of(&entry)
            .iter()
            .rev()
            .map(|row| {
                let changes: Vec<_> = row.changes.iter().filter(|change| knows(&seen, &change.field)).collect();
                json!({
                    "version": row.version, "stamp": row.stamp, "created_at": time::text(row.created_at),
                    "breaking": changes.iter().any(|change| change.breaking), "changes": changes,
                })
            })
            .collect();
        Ok(json!({ "items": items, "next": null }))
    }

    /// What changed between two versions: `{from, to, breaking, changes, records, likely_renames}` (M7).
    ///
    /// # Errors
    /// As [`Session::schema`].
    pub fn diff(&self, name: &str, from: Option<&str>, to: Option<&str>) -> Result<Value, Problem> {
        let session = self.current()?;
        let (entry, seen) = session.find(name)?;
        let rows = versions_of(&entry);
        let newest = rows.last().map(|row| row.version.to_string()).unwrap_or_default();
        let to = to.map_or(newest, str::to_owned);
        let before = rows.iter().rev().skip_while(|row| row.version.to_string() != to).nth(1);
        let from = from.map(str::to_owned).or_else(|| before.map(|row| row.version.to_string())).unwrap_or_else(|| to.clone());
        let (old, new) = (old_model(&entry, &seen, &from)?, old_model(&entry, &seen, &to)?);
        let records = session.count_records(&seen)?;
        Ok(plan(&seen, &old, &new, records))
    }

    /// The permissions of a model, for those who may register.
    ///
    /// # Errors
    /// As [`Session::model`], and [`Code::RightMissing`].
    pub fn permissions(&self, name: &str) -> Result<Value, Problem> {
        let session = self.current()?;
        let seen = session.seen_model(name)?;
        session.needs(Right::Register)?;
        Ok(registration::write_permissions(&seen.model))
    }

    /// The number of living records, where the asker sees them all.
    pub(crate) fn count_records(&self, seen: &SeenModel) -> Result<Option<u64>, Problem> {
        if !counts(seen) {
            return Ok(None);
        }
        let mut counts = dmr_store::Counts::default();
        self.inner.store.read(false, &mut |reader| {
            counts = reader.counts(seen.model.id())?;
            Ok(())
        })?;
        Ok(Some(counts.live))
    }

    fn fields_of(&self, seen: &SeenModel) -> Result<Object, Problem> {
        let mut out = Object::new();
        let mut open: Vec<(String, &Field)> = seen.model.fields.iter().rev().map(|field| (field.name().to_owned(), field)).collect();
        while let Some((name, field)) = open.pop() {
            if !seen.view.access_for(field.id, Check::ColumnSchema).known {
                continue;
            }
            open.extend(field.children.iter().rev().map(|child| (format!("{name}.{}", child.name()), child)));
            let mut told = json!({
                "id": field.id, "type": field.shape.kind.name(), "required": field.shape.required, "nullable": field.shape.nullable,
                "behaviours": field.behaviours,
            });
            if !field.normalisers.is_empty() {
                told["normalise"] = json!(field.normalisers);
            }
            if let Some(factory) = field.factory {
                told["default_factory"] = factory.as_str().into();
            }
            if let Some(widget) = seen.model.head.settings.get(&field.id).and_then(|settings| settings.widget.as_ref()) {
                told["widget"] = widget.clone().into();
            }
            if let Some(reference) = seen.model.references.iter().find(|reference| reference.ids.last() == Some(&field.id)) {
                told["references"] = self.told_target(reference.target(seen.model.id()))?;
                told["on_delete"] = if reference.restricts { OnDelete::Restrict } else { OnDelete::Keep }.as_str().into();
            }
            out.insert(name, told);
        }
        Ok(out)
    }

    /// A model as `GET` gives it; `records` is what [`Session::count_records`] says.
    pub(crate) fn model_answer(&self, entry: &ModelEntry, seen: &SeenModel, records: Option<u64>) -> Result<Value, Problem> {
        let (head, model) = (&entry.head, &seen.model);
        let indexes: Vec<Vec<String>> = head
            .indexes
            .iter()
            .filter(|index| !index.behaviour)
            .filter_map(|index| index.members.iter().map(|member| member_name(seen, member)).collect())
            .collect();
        let unique: Vec<Vec<String>> = head
            .unique
            .iter()
            .filter(|unique| Some(unique.id) != head.key_unique)
            .filter_map(|unique| unique.members.iter().map(|ids| known_name(seen, ids)).collect())
            .collect();
        let key: Vec<String> = known_name(seen, &head.key).into_iter().filter(|name| !name.is_empty()).collect();
        Ok(json!({
            "name": head.name.to_string(), "namespace": head.name.namespace, "path": head.name.path(),
            "version": model.version.version, "source": head.source, "mode": head.mode, "storage": head.storage, "key": key,
            "schema": schema_of(seen, model)?, "fields": self.fields_of(seen)?, "indexes": indexes, "unique": unique, "tags": head.tags,
            "description": head.description, "records": records,
            "created_at": time::text(head.created_at), "updated_at": time::text(head.updated_at),
        }))
    }
}

/// Whether an asker is told the number of records.
fn counts(seen: &SeenModel) -> bool {
    seen.view.sight() == Guard::Always || !Check::RowsCount.stands()
}

/// The number of records of a model that was just made.
pub(super) fn none_yet(seen: &SeenModel) -> Option<u64> {
    counts(seen).then_some(0)
}

const SOURCES: [&str; 3] = ["static", "dynamic", "external"];

/// The entity tag of a model as an asker sees it.
pub(super) fn etag(seen: &SeenModel) -> String {
    format!("\"{}.{}\"", seen.model.head.revision, seen.view.tag)
}

/// A model as one of its versions said.
fn old_model(entry: &ModelEntry, seen: &SeenModel, version: &str) -> Result<Model, Problem> {
    let row = entry.version(version).ok_or_else(|| {
        let known = versions_of(entry).into_iter().rev().take(5).map(|row| row.version.to_string());
        Problem { suggestions: known.collect(), ..Problem::new(Code::VersionUnknown, format!("the model has no version `{version}`")) }
    })?;
    let head = dmr_core::model::Head { stamp: row.stamp, indexes: Vec::new(), unique: Vec::new(), ..seen.model.head.clone() };
    Model::compile(head, row)
}

fn versions_of(entry: &ModelEntry) -> Vec<Arc<VersionRow>> {
    entry.versions.values().filter_map(|version| version.row().ok()).collect()
}

/// What a version changes: the plan of a `PUT`, and a diff.
pub(super) fn plan(seen: &SeenModel, old: &Model, new: &Model, records: Option<u64>) -> Value {
    let changes = evolution::diff(&old.fields, &old.version.schema, &new.fields, &new.version.schema);
    let told: Vec<_> = changes.iter().filter(|change| knows(seen, &change.field)).collect();
    let gone = |these: &Model, those: &Model| -> Vec<(String, dmr_core::FieldType)> {
        let missing = these.fields.iter().filter(|field| !those.fields.iter().any(|other| other.id == field.id));
        missing.map(|field| (field.name().to_owned(), field.shape.kind.clone())).collect()
    };
    let likely: Object = evolution::likely_renames(&gone(old, new), &gone(new, old))
        .into_iter()
        .filter(|(from, _)| knows(seen, from))
        .map(|(from, to)| (from, to.into()))
        .collect();
    json!({
        "from": old.version.version, "to": new.version.version, "breaking": told.iter().any(|change| change.breaking),
        "changes": told, "records": records, "likely_renames": likely,
    })
}

/// Whether the asker may know of a change of a field by its names. Without a name it is about the records themselves: for those who see
/// all of them, whole.
fn knows(seen: &SeenModel, name: &str) -> bool {
    if name.is_empty() {
        return seen.view.plain && seen.view.sight() == Guard::Always;
    }
    let mut level = &seen.model.fields;
    for part in name.split('.') {
        let Some(field) = level.iter().find(|field| field.name() == part) else {
            return seen.view.plain || seen.view.writes_all;
        };
        if !seen.view.access_for(field.id, Check::ColumnDiff).known {
            return false;
        }
        level = &field.children;
    }
    true
}

/// The schema of a version as an asker sees it.
pub(super) fn schema_of(seen: &SeenModel, model: &Model) -> Result<Value, Problem> {
    if sees_all(seen, model) {
        return schema::out::document(&model.version.schema, &model.fields);
    }
    let known = |ids: &[FieldId]| ids.iter().all(|id| seen.view.access_for(*id, Check::ColumnSchema).known);
    schema::out::visible(&model.version.schema, &model.fields, &known, model.open && seen.view.undeclared.known)
}

/// Whether nothing of a version is hidden from an asker.
pub(super) fn sees_all(seen: &SeenModel, model: &Model) -> bool {
    everything_known(seen, &model.fields) && (!model.open || seen.view.undeclared.known)
}

fn everything_known(seen: &SeenModel, fields: &[Field]) -> bool {
    fields.iter().all(|field| seen.view.access_for(field.id, Check::ColumnSchema).known && everything_known(seen, &field.children))
}

fn member_name(seen: &SeenModel, member: &MemberDefinition) -> Option<String> {
    let name = match &member.system {
        Some(system) => system.clone(),
        None => known_name(seen, &member.field)?,
    };
    Some(if member.descending { format!("-{name}") } else { name })
}

fn known_name(seen: &SeenModel, ids: &[FieldId]) -> Option<String> {
    ids.iter().all(|id| seen.view.access_for(*id, Check::ColumnSchema).known).then(|| seen.model.names(ids))
}

impl Session {
    /// Whether the asker may list a model's records; for doors that describe what it may do.
    pub fn may(&self, seen: &SeenModel, operation: Operation) -> bool {
        seen.view.may(operation)
    }
}
