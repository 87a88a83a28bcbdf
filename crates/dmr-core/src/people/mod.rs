//! What may become of principals, roles and keys, and who may do it (P7).
//!
//! Nobody makes anybody more than it is itself: whoever has the right `principals` gives only roles it holds, rights it has, and touches
//! only principals that hold no role it does not. The role `admin` holds every role. Without the right one reads oneself and makes and
//! deletes keys for oneself, each with at most the roles, and at most until the end, of the key one came with.
//!
//! Whoever may make a key for another can act as that other: the right `principals` reaches what the principals below it own.

mod description;
mod key;
mod principal;
mod reach;
mod role;

pub use description::{KeyDescription, NewPrincipal, PrincipalPatch};
pub use key::MOST_KEYS;
pub use principal::find;
pub use role::{describe as describe_role, describe_all as describe_roles};

use crate::catalog::Catalog;
use crate::change::{Change, RegistryChange, RegistryKind};
use crate::log::EntryKind;
use crate::principal::{Asker, Role};
use crate::record::PrincipalId;
use crate::{Problem, Value};

/// The principal that the owner of a data directory gets its key for.
pub const ADMINISTRATOR: &str = "administrator";
/// What the names of principals begin with that act for people at this machine.
pub const LOCAL: &str = "local:";

/// What is to become of principals, roles and keys. A principal is named by its id or its name.
#[derive(Debug, Clone, PartialEq)]
pub enum PeopleCommand {
    /// A principal is made.
    CreatePrincipal {
        /// Its id.
        id: PrincipalId,
        /// What it is to be.
        new: NewPrincipal,
    },
    /// A principal is changed.
    ChangePrincipal {
        /// Which.
        principal: String,
        /// How.
        patch: PrincipalPatch,
        /// Only if it has this revision.
        if_revision: Option<u64>,
    },
    /// A principal is deleted, with its keys.
    DeletePrincipal {
        /// Which.
        principal: String,
    },
    /// A key is made.
    CreateKey {
        /// Whose it is.
        principal: String,
        /// Its id.
        id: PrincipalId,
        /// SHA-256 of the key.
        hash: [u8; 32],
        /// What it is to be.
        key: KeyDescription,
        /// Whether keys of that principal with the same name go.
        replaces: bool,
    },
    /// A key is deleted.
    DeleteKey {
        /// Whose it is.
        principal: String,
        /// Its id.
        key: String,
    },
    /// A role is made or changed.
    SetRole {
        /// Its name.
        role: String,
        /// What it is to be.
        new: Role,
    },
}

impl PeopleCommand {
    /// Decides.
    ///
    /// # Errors
    /// Everything that is wrong with it. A principal the asker may not know of is answered like one that is not there.
    pub fn decide(&self, catalog: &Catalog, asker: &Asker, now: i64) -> Result<Vec<Change>, Problem> {
        let people = &catalog.people;
        match self {
            Self::CreatePrincipal { id, new } => principal::create(people, asker, *id, new, now),
            Self::ChangePrincipal { principal, patch, if_revision } => principal::change(people, asker, principal, patch, *if_revision),
            Self::DeletePrincipal { principal } => principal::delete(people, asker, principal),
            Self::CreateKey { principal, id, hash, key, replaces } => {
                key::create(people, asker, principal, key::Made { id: *id, hash, description: key, replaces: *replaces, now })
            }
            Self::DeleteKey { principal, key } => key::delete(people, asker, principal, key),
            Self::SetRole { role, new } => role::set(people, asker, role, new),
        }
    }
}

fn change(kind: EntryKind, what: RegistryKind, key: String, before: Option<Value>, after: Option<Value>) -> Change {
    Change::Registry(Box::new(RegistryChange { kind, what, key, before, after, old_model: None, new_model: None }))
}

fn stored(thing: &impl serde::Serialize) -> Option<Value> {
    serde_json::to_value(thing).ok()
}
