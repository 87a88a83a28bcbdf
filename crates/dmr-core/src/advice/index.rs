//! Which indexes are missing, and which are too many (M5): index what is filtered, and not more than five.

use super::{Advice, Facts};
use crate::gate::{Check, Guard};
use crate::model::{FieldId, Index, Member, MemberAt};
use crate::words::count;
use serde_json::json;

/// Each further index makes every write slower.
const MOST: usize = 5;
/// Questions that were asked so often are worth an index.
const OFTEN: u64 = 3;

pub(super) fn advise(facts: &Facts<'_>) -> Vec<Advice> {
    let mut all = Vec::new();
    missing(facts, &mut all);
    references(facts, &mut all);
    let indexes: Vec<&Index> = facts.model.indexes.iter().filter(|index| is_seen(facts, index)).collect();
    if indexes.len() > MOST {
        let message = format!("it has {} indexes, and every write has to keep each of them", indexes.len());
        let reasons = vec![format!("more than {MOST} seldom pay; drop those that no question needs")];
        all.push(Advice { kind: "index.many", field: None, message, reasons, patch: None });
    }
    for index in &indexes {
        let longer = indexes.iter().find(|other| other.members.len() > index.members.len() && other.members.starts_with(&index.members));
        if let (Some(longer), Some(names)) = (longer, names(facts, index)) {
            let longer = names_of(facts, &longer.members).join(", ");
            let message = format!("the index of {} is the beginning of another, of {longer}", names.join(", "));
            let reasons = vec!["the longer one serves the same filters; only an order by id behind them needs the shorter".into()];
            all.push(Advice { kind: "index.twice", field: Some(names.join(",")), message, reasons, patch: None });
        }
    }
    all
}

fn missing(facts: &Facts<'_>, all: &mut Vec<Advice>) {
    let mut asked: Vec<(&Vec<FieldId>, u64)> = facts.workload.by.iter().map(|(by, times)| (by, *times)).collect();
    asked.sort_by_key(|(by, times)| (std::cmp::Reverse(*times), *by));
    for (by, times) in asked.into_iter().filter(|(by, times)| *times >= OFTEN && !by.is_empty()) {
        let seen = |id: &FieldId| facts.view.access_for(*id, Check::ColumnFilter).read == Guard::Always;
        let fields: Vec<_> = by.iter().filter_map(|id| facts.model.fields.iter().find(|field| field.id == *id)).collect();
        let leads =
            |index: &Index| matches!(index.members.first().map(|member| &member.at), Some(MemberAt::Field { ids, .. }) if *ids == by[..1]);
        if fields.len() < by.len() || !by.iter().all(seen) || facts.model.indexes.iter().any(leads) {
            continue;
        }
        if !fields.iter().all(|field| field.shape.kind.ordered()) {
            continue;
        }
        let names: Vec<&str> = fields.iter().map(|field| field.name()).collect();
        let patch = declared(facts).map(|mut indexes| {
            indexes.push(names.iter().map(|name| (*name).to_owned()).collect());
            json!({ "indexes": indexes })
        });
        let message = format!("an index of {} would serve what reads every record now", names.join(", "));
        let reasons = vec![format!("{} asked for it since the start", count(times, "list"))];
        all.push(Advice { kind: "index.missing", field: Some(names.join(",")), message, reasons, patch });
    }
}

/// A reference is what its records are asked for by, sooner or later: all orders of a customer.
fn references(facts: &Facts<'_>, all: &mut Vec<Advice>) {
    let seen = |ids: &[FieldId]| ids.iter().all(|id| facts.view.access_for(*id, Check::ColumnFilter).read == Guard::Always);
    for reference in facts.model.references.iter().filter(|reference| !reference.several && seen(&reference.ids)) {
        let name = facts.model.names(&reference.ids);
        let told = all.iter().any(|advice| advice.kind == "index.missing" && advice.field.as_deref() == Some(&name));
        if told || reference.index(facts.model).is_some() {
            continue;
        }
        let patch = declared(facts).map(|mut indexes| {
            indexes.push(vec![name.clone()]);
            json!({ "indexes": indexes })
        });
        let message = format!("an index of {name} would find the records that refer to one");
        let reasons = vec!["it is a reference: records are looked for by what they refer to, and there is no index for it".into()];
        all.push(Advice { kind: "index.reference", field: Some(name), message, reasons, patch });
    }
}

/// Whether the asker sees every member of an index in every record.
fn is_seen(facts: &Facts<'_>, index: &Index) -> bool {
    let seen = |id: &FieldId| facts.view.access_for(*id, Check::ColumnSelect).read == Guard::Always;
    index.members.iter().all(|member| match &member.at {
        MemberAt::Field { ids, .. } => ids.iter().all(seen),
        MemberAt::System(_) => true,
    })
}

fn is_declared(facts: &Facts<'_>, index: &Index) -> bool {
    facts.model.head.indexes.iter().any(|definition| definition.id == index.id && !definition.behaviour)
}

/// The declared indexes as a registration spells them; none where the asker does not see all of them.
fn declared(facts: &Facts<'_>) -> Option<Vec<Vec<String>>> {
    let own: Vec<&Index> = facts.model.indexes.iter().filter(|index| is_declared(facts, index)).collect();
    own.iter().all(|index| is_seen(facts, index)).then(|| own.iter().map(|index| names_of(facts, &index.members)).collect())
}

/// The names of an index that was declared; none for one that a behaviour brought, which goes with that.
fn names(facts: &Facts<'_>, index: &Index) -> Option<Vec<String>> {
    is_declared(facts, index).then(|| names_of(facts, &index.members))
}

fn names_of(facts: &Facts<'_>, members: &[Member]) -> Vec<String> {
    let name = |member: &Member| {
        let sign = if member.descending { "-" } else { "" };
        match &member.at {
            MemberAt::Field { ids, .. } => format!("{sign}{}", facts.model.names(ids)),
            MemberAt::System(system) => format!("{sign}{}", system.as_str()),
        }
    };
    members.iter().map(name).collect()
}
