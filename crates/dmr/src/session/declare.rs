//! What code and folders declare: a model that is registered where it is not there, and gets its next version where it is and differs.

use super::Session;
use super::register::{Registered, other_storage, registered, storage_stays};
use crate::pending::Pending;
use dmr_core::log::EntryKind;
use dmr_core::principal::Right;
use dmr_core::registration::Registration;

impl Session {
    /// Registers a model as it is described now. The description is said again at every start, so that renames which were carried out
    /// before are no fault.
    pub(crate) fn declare(&self, mut registration: Registration) -> Pending<Registered> {
        if let Err(problem) = self.needs(Right::Register) {
            return Pending::refused(problem);
        }
        let name = registration.name.to_string();
        if self.inner.catalog.read().model(&name).is_none() {
            return self.register_as(registration);
        }
        let seen = match self.seen_model(&name) {
            Ok(seen) => seen,
            Err(problem) => return Pending::refused(problem),
        };
        if registration.storage.is_some_and(|storage| other_storage(&seen, storage)) {
            return Pending::refused(storage_stays());
        }
        let fields = &seen.model.version.fields;
        let there = |name: &str| fields.contains_key(&format!("/{}", name.replace('.', "/")));
        registration.renames.retain(|old, new| there(old) || !there(new));
        self.change(&name, None, registration, EntryKind::ModelVersion, registered)
    }
}
