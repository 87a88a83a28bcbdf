//! Settings while a registry is open: what is in force, and safe ones changed by whoever has the right `settings` (C1). Each change is an
//! entry of the log and holds until it is taken back, over restarts too.

use super::Session;
use super::submitted::Registering;
use crate::pending::Pending;
use crate::settings::{Changed, Effective, Origin, Setting, Settings, change_of};
use crate::submission::Make;
use dmr_core::catalog::Catalog;
use dmr_core::change::{Change, RegistryChange, RegistryKind};
use dmr_core::decide::{Decision, Reads, Snapshot};
use dmr_core::log::EntryKind;
use dmr_core::principal::Right;
use dmr_core::record::PrincipalId;
use dmr_core::{Problem, Value, time};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Decides a change of settings.
type Deciding = Box<dyn FnMut(&Catalog, &Snapshot, i64) -> Decision + Send>;

impl Session {
    /// Every setting in force: `{items: [{key, value, default, takes, about, live, origin, changed?: {by, at, start}}], next}`; `changed` where
    /// somebody changed it while a registry was open, with the value it had at the start. What is secret is not told.
    ///
    /// # Errors
    /// Without the right `settings`.
    pub fn settings(&self) -> Result<Value, Problem> {
        let session = self.current()?;
        session.needs(Right::Settings)?;
        Ok(session.told_settings())
    }

    /// Changes settings by `{<key>: <value>}`; null takes a change back, so that what the registry was opened with holds again. All of it, or
    /// nothing. Only settings that are `live`.
    ///
    /// ```
    /// # use serde_json::json;
    /// let registry = dmr::Registry::memory()?;
    /// let admin = registry.session(registry.local()?);
    /// admin.change_settings(json!({ "records.page_size": 20 })).wait()?;
    /// assert_eq!(registry.settings().records.page_size, 20);
    /// admin.change_settings(json!({ "records.page_size": null })).wait()?;
    /// assert_eq!(registry.settings().records.page_size, 50);
    /// # Ok::<(), dmr::Problem>(())
    /// ```
    ///
    /// # Errors
    /// Without the right `settings`; all that is wrong: `setting.unknown`, `setting.fixed`, `setting.value`, `setting.conflict`.
    pub fn change_settings(&self, patch: Value) -> Pending<Value> {
        let make: Make<Registering<Deciding>> = Arc::new(move |session: &Session| {
            session.needs(Right::Settings)?;
            let wanted = change_of(&patch)?;
            let (by, in_force) = (session.asker.id, session.inner.in_force.clone());
            let decide: Deciding = Box::new(move |catalog, _, now| decide(&in_force.start, catalog, &wanted, by, now));
            Ok(Registering { on: None, reads: Reads::default(), decide })
        });
        self.submit(make, |session, _, _| Ok(session.told_settings()), false)
    }

    fn told_settings(&self) -> Value {
        let items: Vec<Value> = self.inner.settings().effective().iter().map(|one| told(one, &self.inner.in_force.start)).collect();
        json!({ "items": items, "next": null })
    }
}

fn told(one: &Effective, start: &Settings) -> Value {
    let setting = one.setting;
    let mut item = json!({
        "key": setting.key, "value": one.written(), "default": setting.default, "takes": setting.kind.takes(), "about": setting.about,
        "live": setting.live, "origin": one.origin.to_string(),
    });
    if let Origin::RunTime(by, at) = &one.origin {
        let before = setting.kind.show(&(setting.get)(start));
        item["changed"] = json!({ "by": by, "at": time::text(*at), "start": before });
    }
    item
}

fn decide(start: &Settings, catalog: &Catalog, wanted: &[(&'static Setting, Option<String>)], by: PrincipalId, now: i64) -> Decision {
    let mut changes = Vec::new();
    for (setting, value) in wanted {
        let before = catalog.setting(setting.key).cloned();
        let same = before.as_ref().map(|before| before["value"].as_str()) == value.as_deref().map(Some);
        if same {
            continue;
        }
        let after = value.clone().and_then(|value| serde_json::to_value(Changed { value, by, at: now }).ok());
        changes.push(RegistryChange {
            kind: EntryKind::SettingChange,
            what: RegistryKind::Setting,
            key: setting.key.to_owned(),
            before,
            after,
            old_model: None,
            new_model: None,
        });
    }
    let mut rows: BTreeMap<String, Value> = catalog.settings().map(|(key, row)| (key.clone(), row.clone())).collect();
    for change in &changes {
        match &change.after {
            Some(after) => drop(rows.insert(change.key.clone(), after.clone())),
            None => drop(rows.remove(&change.key)),
        }
    }
    match start.checked_with(&rows) {
        Ok(()) => Decision::Changes(changes.into_iter().map(|change| Change::Registry(Box::new(change))).collect()),
        Err(problem) => Decision::Refused(Box::new(problem)),
    }
}
