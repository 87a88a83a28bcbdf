//! What code and folders declare: a model that is registered where it is not there, and gets its next version where it is and differs.

use super::Session;
use super::register::{Registered, registered};
use crate::pending::Pending;
use dmr_core::log::EntryKind;
use dmr_core::principal::Right;
use dmr_core::registration::Registration;

impl Session {
    /// Registers a model as it is described now. The description is said again at every start, so that renames which were carried out
    /// before are no fault.
    pub(crate) fn declare(&self, mut registration: Registration) -> Pending<Registered> {
        let name = registration.name.to_string();
        self.clone().exact().pending(|session| {
            session.needs(Right::Register)?;
            if self.inner.catalog.read().model(&name).is_none() {
                return Ok(session.register_as(registration));
            }
            let seen = session.seen_model(&name)?;
            let fields = &seen.model.version.fields;
            let there = |name: &str| fields.contains_key(&format!("/{}", name.replace('.', "/")));
            registration.renames.retain(|old, new| there(old) || !there(new));
            Ok(session.change(&name, None, registration, EntryKind::ModelVersion, registered, None))
        })
    }
}
