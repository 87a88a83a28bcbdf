//! References: what a record names must be there for whoever writes it, and what a restricting reference names must not go (M5).
//! Records of other models are read as data, inside the transaction: none can go or come in between.

use super::deciding::{Deciding, Found, Stop};
use crate::catalog::ModelEntry;
use crate::decide::Read;
use crate::document;
use crate::gate::{Check, Guard, View};
use crate::model::{Head, Model, ModelId, NamedBy, OnDelete, Reference};
use crate::permission::Operation;
use crate::principal::Right;
use crate::record::{PrincipalId, Record, RecordId};
use crate::{Code, Issue, Object, Problem, Value};
use std::sync::Arc;

/// What of a record its writer chose.
#[derive(Clone, Copy)]
pub(super) enum Chosen<'a> {
    /// All that it may set: the record is new.
    All,
    /// What these hold, and nothing else.
    Members(&'a [Object]),
    /// What the record held before, as far as the writer sees it.
    Past,
    /// Nothing: the record comes and goes as it is.
    Nothing,
}

/// A value that has to name a record.
#[derive(Debug, Clone)]
pub struct Naming {
    /// Which of the model's references.
    at: usize,
    by: NamedBy,
    /// Whether its writer chose it: then the record must be one that the writer may read. Else it must be there at all.
    chosen: bool,
    /// Whether the writer sees the value, and its place.
    seen: bool,
    placed: bool,
}

/// The record that holds references, as far as it may name itself.
#[derive(Default)]
pub(super) struct Holder {
    id: Option<RecordId>,
    owner: PrincipalId,
    keys: Vec<(u32, Vec<u8>)>,
}

/// A model that a reference leads to, as whoever writes sees it.
struct Target {
    model: Arc<Model>,
    /// Which records may be read.
    scope: Guard,
    /// In which of them the declared key is seen.
    key: Guard,
}

impl Target {
    fn of(model: Arc<Model>, view: &View) -> Self {
        Self { scope: view.scope(Operation::Read, Check::RowsReference), key: view.sees_key(&model), model }
    }
}

/// Whoever writes, and what.
pub(super) struct Writing<'a> {
    pub model: &'a Model,
    pub view: &'a View,
    pub asker: PrincipalId,
    pub chosen: Chosen<'a>,
}

impl Writing<'_> {
    /// What the references of a record come to: each value that is new, and each that its writer set without seeing whether it was.
    pub fn namings(&self, before: Option<&Record>, doc: &[u8]) -> Vec<Naming> {
        let mut out = Vec::new();
        for (at, reference) in self.model.references.iter().enumerate() {
            let values = reference.values(doc);
            if values.is_empty() {
                continue;
            }
            let owner = before.map_or(self.asker, |before| before.owner);
            let access = reference.ids.last().map(|id| self.view.access(*id)).unwrap_or_default();
            let seen = access.read.holds(owner, self.asker);
            let chosen = match self.chosen {
                Chosen::All => access.write.holds(owner, self.asker),
                Chosen::Members(all) => all.iter().any(|members| holds(members, &reference.pointer)),
                Chosen::Past => seen,
                Chosen::Nothing => false,
            };
            if !chosen && !reference.restricts {
                continue;
            }
            let old = match before.filter(|before| before.deleted_at.is_none()) {
                // Whether a value that is not seen stays the same is not told either.
                Some(before) if seen || !chosen => reference.values(&before.doc),
                _ => Vec::new(),
            };
            let new = values.into_iter().filter(|new| !old.iter().any(|old| old.value == new.value));
            out.extend(new.map(|by| Naming { at, by, chosen, seen, placed: access.known }));
        }
        out
    }
}

/// What a living record names, as an index of the reference has it.
fn keys(reference: &Reference, record: Option<&Record>) -> Vec<Vec<u8>> {
    let living = record.filter(|record| record.deleted_at.is_none());
    let values = living.map(|record| reference.values(&record.doc)).unwrap_or_default();
    let key = |named: NamedBy| {
        let mut key = Vec::new();
        reference.kind.key(&named.value, &mut key);
        key
    };
    values.into_iter().map(key).collect()
}

/// Whether an object has a member at a pointer, or something that is no object above it.
fn holds(members: &Object, pointer: &str) -> bool {
    let mut names = pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"));
    let first = names.next().and_then(|name| members.get(&name));
    let mut value = first;
    for name in names {
        match value {
            Some(Value::Object(inner)) => value = inner.get(&name),
            _ => break,
        }
    }
    value.is_some()
}

impl Deciding<'_> {
    /// Which values of a record's references name none.
    pub(super) fn check_references(
        &mut self,
        before: Option<&Record>,
        after: &Record,
        chosen: Chosen<'_>,
        found: &mut Found,
    ) -> Result<(), Stop> {
        let model = self.model.clone();
        let namings = Writing { model: &model, view: self.view, asker: self.asker.id, chosen }.namings(before, &after.doc);
        if namings.is_empty() {
            return Ok(());
        }
        let own = model.references.iter().any(|reference| reference.is_own(model.id()));
        let keys =
            if own { model.uniques.iter().filter_map(|unique| Some((unique.id, unique.key(&after.doc)?))).collect() } else { Vec::new() };
        self.check_namings(&namings, &Holder { id: Some(after.id), owner: after.owner, keys }, found)
    }

    /// The same of values that were taken out of a record which is refused for something else.
    pub(super) fn check_named(&mut self, namings: &[Naming], keys: &[(u32, Vec<u8>)], found: &mut Found) -> Result<(), Stop> {
        let holder = Holder { id: None, owner: self.asker.id, keys: keys.to_vec() };
        self.check_namings(namings, &holder, found)
    }

    fn check_namings(&mut self, namings: &[Naming], holder: &Holder, found: &mut Found) -> Result<(), Stop> {
        let model = self.model.clone();
        for naming in namings {
            let Some(reference) = model.references.get(naming.at) else { continue };
            match self.names_one(reference, naming, holder) {
                Ok(true) => {}
                Ok(false) => found.issues.push(self.unknown_reference(reference, naming)),
                Err(Stop::Missing) => found.missing = true,
                Err(refused) => return Err(refused),
            }
        }
        Ok(())
    }

    /// Whether a value names a living record; one that its writer may read, where the writer chose it. A record that is hidden is as one
    /// that is not there.
    fn names_one(&mut self, reference: &Reference, naming: &Naming, holder: &Holder) -> Result<bool, Stop> {
        let Some(Target { model: target, scope, key: key_guard }) = self.leads_to(reference)? else { return Ok(false) };
        // What comes back as it was is held to what its writer sees all of, and else leads nowhere: that it does is told to nobody.
        let sees_all = naming.seen && scope == Guard::Always && key_guard == Guard::Always;
        if !naming.chosen && !sees_all {
            return Ok(true);
        }
        let asker = self.asker.id;
        let holds = |owner: PrincipalId| !naming.chosen || scope.holds(owner, asker);
        // To name by a key is to compare with it: it has to be seen.
        let holds_key = |owner: PrincipalId| holds(owner) && (!naming.chosen || key_guard.holds(owner, asker));
        let own = reference.is_own(self.model.id());
        let value = &naming.by.value;
        if let Some(id) = reference.id(value) {
            if own && holder.id == Some(id) {
                return Ok(holds(holder.owner));
            }
            if self.read_of(&target, id, own)?.is_some_and(|record| record.deleted_at.is_none() && holds(record.owner)) {
                return Ok(true);
            }
        }
        let Some((constraint, key)) = reference.key(&target, value) else { return Ok(false) };
        if own && holder.keys.iter().any(|(unique, own)| *unique == constraint && *own == key) {
            return Ok(holds_key(holder.owner));
        }
        let id = if own { self.holder(constraint, &key)? } else { self.holder_of(target.id(), constraint, &key)? };
        let Some(id) = id else { return Ok(false) };
        let record = self.read_of(&target, id, own)?;
        Ok(record.is_some_and(|record| record.deleted_at.is_none() && holds_key(record.owner)))
    }

    /// The model that a reference leads to, and what of it the writer may read.
    fn leads_to(&self, reference: &Reference) -> Result<Option<Target>, Stop> {
        if reference.is_own(self.model.id()) {
            return Ok(Some(Target::of(self.model.clone(), self.view)));
        }
        let entry = self.catalog.model_by_id(reference.target(self.model.id())).filter(|entry| !entry.head.deleted);
        let Some(entry) = entry else { return Ok(None) };
        let model = entry.model()?;
        let view = entry.view_for(&model, self.asker);
        Ok(Some(Target::of(model, &view)))
    }

    fn read_of(&mut self, model: &Arc<Model>, id: RecordId, own: bool) -> Result<Option<Record>, Stop> {
        if own {
            return self.record(id);
        }
        match self.snapshot.record(&(model.id(), id)) {
            Some(record) => Ok(record.clone()),
            None => self.need((model.id(), None, id.0.to_vec()), || Read::Record(model.clone(), id)),
        }
    }

    fn holder_of(&mut self, model: ModelId, constraint: u32, key: &[u8]) -> Result<Option<RecordId>, Stop> {
        let wanted = (model, constraint, key.to_vec());
        match self.snapshot.unique(&wanted) {
            Some(holder) => Ok(*holder),
            None => self.need((model, Some(constraint), key.to_vec()), || Read::Unique(wanted.0, wanted.1, wanted.2)),
        }
    }

    /// Asks for something of another model, once however many records name it.
    fn need<T>(&mut self, what: (ModelId, Option<u32>, Vec<u8>), read: impl FnOnce() -> Read) -> Result<T, Stop> {
        if self.asked.insert(what) {
            self.needs.push(read());
        }
        Err(Stop::Missing)
    }

    fn unknown_reference(&self, reference: &Reference, naming: &Naming) -> Issue {
        if !naming.placed {
            return Issue::body("", Code::ReferenceUnknown, "the record names, in a part you may not see, a record that is not there");
        }
        let target = self.catalog.model_by_id(reference.target(self.model.id())).filter(|entry| self.knows(entry));
        let message = match target {
            Some(entry) => format!("this names no record of `{}`", entry.head.name),
            None => "this names no record".to_owned(),
        };
        let issue = Issue::body(&naming.by.pointer, Code::ReferenceUnknown, message).rule("references");
        if naming.seen { issue.value(&naming.by.value) } else { issue }
    }

    /// Whether the asker may know of a model.
    fn knows(&self, entry: &ModelEntry) -> bool {
        self.asker.may(Right::Register) || entry.model().is_ok_and(|model| entry.view_for(&model, self.asker).knows_model())
    }

    /// Whether living records hold one that is to go, or to lose the key they name it by.
    pub(super) fn check_held(&mut self, before: &Record, after: Option<&Record>, found: &mut Found) -> Result<(), Stop> {
        let catalog = self.catalog;
        for entry in catalog.referrers(self.model.id()).filter(|entry| restricts(&entry.head)) {
            let model = if entry.head.id == self.model.id() { self.model.clone() } else { entry.model()? };
            for reference in model.references.iter().filter(|one| one.restricts && one.target(model.id()) == self.model.id()) {
                let left = after.map(|after| reference.names(self.model, after.id, &after.doc)).unwrap_or_default();
                let mut gone = reference.names(self.model, before.id, &before.doc);
                gone.retain(|key| !left.contains(key));
                if gone.is_empty() {
                    continue;
                }
                let seen = self.sees_holders(entry, &model, reference)?;
                for key in gone {
                    match self.is_held(&model, reference, before.id, &key) {
                        Ok(true) => {
                            let issue = self.held(&model, reference, seen, after.is_some());
                            if !found.issues.contains(&issue) {
                                found.issues.push(issue);
                            }
                        }
                        Ok(false) => {}
                        Err(Stop::Missing) => found.missing = true,
                        Err(refused) => return Err(refused),
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether the asker sees whatever could refer. Whoever does not is told of records it may not see, and so may not delete, unless the
    /// model that refers discloses it: the same whether any record refers or not.
    fn sees_holders(&self, entry: &ModelEntry, model: &Arc<Model>, reference: &Reference) -> Result<bool, Stop> {
        let own = model.id() == self.model.id();
        let view = if own { None } else { Some(entry.view_for(model, self.asker)) };
        let view = view.as_deref().unwrap_or(self.view);
        if sees_all(view, reference) {
            return Ok(true);
        }
        if model.head.permissions.discloses.contains(&model.names(&reference.ids)) || !Check::ReferenceUndisclosed.stands() {
            return Ok(false);
        }
        Err(Problem::new(
            Code::RightMissing,
            "you may not see all of what can refer to records of this model, so you may not take one from it",
        )
        .suggest("the model that refers to it has to disclose its reference: `discloses` of its permissions")
        .into())
    }

    /// Notes what a record that was decided holds of its own model, instead of what it held.
    pub(super) fn hold(&mut self, id: RecordId, earlier: Option<&Record>, now: Option<&Record>) {
        let model = self.model.clone();
        let own = |reference: &&Reference| reference.restricts && reference.is_own(model.id());
        for (at, reference) in model.references.iter().enumerate().filter(|(_, reference)| own(reference)) {
            for key in keys(reference, earlier) {
                self.holding.get_mut(&(at, key)).into_iter().for_each(|holding| _ = holding.remove(&id));
            }
            for key in keys(reference, now) {
                self.holding.entry((at, key)).or_default().insert(id);
            }
        }
    }

    fn is_held(&mut self, model: &Arc<Model>, reference: &Reference, going: RecordId, key: &[u8]) -> Result<bool, Stop> {
        let own = model.id() == self.model.id();
        if own && let Some(at) = model.references.iter().position(|one| one.ids == reference.ids) {
            let holding = self.holding.get(&(at, key.to_vec()));
            if holding.is_some_and(|holding| holding.iter().any(|id| *id != going)) {
                return Ok(true);
            }
        }
        let index = reference.index(model).ok_or_else(|| Problem::new(Code::Internal, "a reference that restricts has no index"))?;
        let wanted = (model.id(), index, key.to_vec());
        match self.snapshot.holders(&wanted) {
            Some(holders) => Ok(holders.iter().any(|id| !own || *id != going && !self.records.contains_key(id))),
            None => {
                // Each operation of this command may have taken one of them away.
                let most = if own { self.operations + 2 } else { 1 };
                self.needs.push(Read::Holders(model.clone(), wanted.1, wanted.2, most));
                Err(Stop::Missing)
            }
        }
    }

    fn held(&self, model: &Model, reference: &Reference, seen: bool, changed: bool) -> Issue {
        let pointer = if changed { format!("/{}", self.model.names(&self.model.head.key).replace('.', "/")) } else { String::new() };
        let message = match seen {
            true => format!("records of `{}` refer to it by `{}`", model.head.name, model.names(&reference.ids)),
            false => "other records refer to it".to_owned(),
        };
        Issue::body(pointer, Code::ReferenceHeld, message).rule("on_delete").suggest("change or delete those first")
    }
}

/// Whether any of a model's references keeps what it names.
fn restricts(head: &Head) -> bool {
    let mut references = head.settings.values().filter_map(|settings| settings.references);
    references.any(|reference| reference.on_delete == OnDelete::Restrict)
}

/// Whether a view shows a reference in every record there is.
pub(crate) fn sees_all(view: &View, reference: &Reference) -> bool {
    let shown = reference.ids.iter().all(|id| view.access(*id).read == Guard::Always);
    shown && view.sight() == Guard::Always
}

/// What the references of a record that is refused already come to, of the part that nothing is wrong with.
pub(super) fn namings_of(writing: &Writing<'_>, before: Option<&Record>, stands: &Object) -> Vec<Naming> {
    if writing.model.references.is_empty() {
        return Vec::new();
    }
    writing.namings(before, &document::encode(writing.model, stands))
}
