//! Who asks: principals, their roles and API keys (P7).

use crate::gate::{Check, Exported};
use crate::record::PrincipalId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The role that may do everything unless a model's permissions say otherwise.
pub const ADMIN: &str = "admin";
/// The role of ordinary people; by default it reads and lists.
pub const USER: &str = "user";
/// The role of whoever comes without a credential.
pub const ANONYMOUS: &str = "anonymous";
/// In a model's permissions: any authenticated role.
pub const ANY_ROLE: &str = "*";

/// What a role may do beside the records of models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Register, change and delete models and their permissions; ingest into new models.
    Register,
    /// See figures of the running server.
    Operate,
    /// Read the audit trail of models it may read.
    Audit,
    /// Make principals, roles and keys.
    Principals,
    /// Ask for deleted records, and delete for good.
    Deleted,
    /// Change settings at run time.
    Settings,
    /// Export what the system keeps beside records, and bring records in under the ids, times, users and owners they had elsewhere.
    System,
}

impl Right {
    /// All of them.
    pub const ALL: [Self; 7] = [Self::Register, Self::Operate, Self::Audit, Self::Principals, Self::Deleted, Self::Settings, Self::System];

    /// As it is spelled.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Operate => "operate",
            Self::Audit => "audit",
            Self::Principals => "principals",
            Self::Deleted => "deleted",
            Self::Settings => "settings",
            Self::System => "system",
        }
    }
}

/// A role.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Beside the records of models.
    #[serde(default)]
    pub rights: BTreeSet<Right>,
    /// Roles whose rights, and whose permissions on models, it has too.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub inherits: BTreeSet<String>,
}

/// A principal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Principal {
    /// Identity.
    pub id: PrincipalId,
    /// For people; unique among living principals.
    pub name: String,
    /// What it may be.
    pub roles: BTreeSet<String>,
    /// Facts about it that rules may use.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, serde_json::Value>,
    /// A suspended principal's keys are dead at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suspended: bool,
    /// Microseconds since 1970 UTC.
    pub created_at: i64,
    /// Raised by every change.
    pub revision: u64,
}

/// An API key; its secret is known by hash only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Identity: a UUIDv7.
    pub id: PrincipalId,
    /// Whose it is.
    pub principal: PrincipalId,
    /// SHA-256 of the whole key, in hexadecimal.
    pub hash: String,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Some of the principal's roles; none: all of them. A role the principal lost is lost here too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<BTreeSet<String>>,
    /// When it ends, in microseconds since 1970 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    /// Microseconds since 1970 UTC.
    pub created_at: i64,
}

/// Who asks, resolved: what every read and write is done as (invariant 3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// Who it is.
    pub id: PrincipalId,
    /// For people and error texts about the asker itself.
    pub name: String,
    /// Its roles with those they inherit, sorted; `anonymous` alone for whoever comes without a credential.
    pub roles: Vec<String>,
    /// The union of its roles' rights.
    pub rights: BTreeSet<Right>,
    /// SHA-256 of the API key it came with; none where it came without one.
    pub key: Option<[u8; 32]>,
    /// When that key ends, in microseconds since 1970 UTC.
    pub until: Option<i64>,
    /// What the export list leaves it of the models; none where that binds it in nothing (M9).
    pub exported: Option<Arc<Exported>>,
    /// The state of principals, roles and keys, and of the export list, this was resolved under.
    pub stamp: u64,
}

impl Asker {
    /// Whether it comes without a credential.
    pub fn is_anonymous(&self) -> bool {
        self.id == PrincipalId::ANONYMOUS
    }

    /// Whether one of its roles gives a right.
    pub fn may(&self, right: Right) -> bool {
        self.rights.contains(&right) || Check::of_right(right).is_some_and(|check| !check.stands())
    }
}
