//! The access log of the gatekeeper (M9): who asked to get at which model, and whether it could. In memory and bounded: it is a window for
//! operators, no record of what was done, which is the log's.

use dmr_core::model::ModelId;
use dmr_core::permission::Operation;
use dmr_core::record::PrincipalId;
use parking_lot::Mutex;
use serde::Serialize;
use std::collections::VecDeque;

/// Within this time the same attempt is counted and makes no further entry; in microseconds.
const SAME: i64 = 60_000_000;
/// How many of the newest entries an attempt is compared with.
const COMPARED: usize = 64;
/// The longest name of a model that is kept, in characters.
const LONGEST: usize = 200;

/// Why an access is granted or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The model is exported, or there is no list, and the permissions give the operation.
    Granted,
    /// The same, but the model is not on the export list, which is not held to (`gatekeeper.strict` is off).
    NotEnforced,
    /// The model is not on the export list.
    NotExported,
    /// The permissions of the model do not give the operation.
    NotPermitted,
    /// There is no such model, or none that the asker may know of.
    Unknown,
}

/// An attempt to get at a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Access {
    /// Who asked.
    pub by: PrincipalId,
    /// For which role it was asked; none: for whoever asked.
    pub role: Option<String>,
    /// What the model is called, or what was asked for.
    pub model: String,
    /// The model, where there is one.
    pub id: Option<ModelId>,
    /// What was to be done; none: to come to the model at all.
    pub operation: Option<Operation>,
    /// Why it was granted or not.
    pub reason: Reason,
}

/// An entry: an attempt and how often it was made.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Its number, from 1.
    pub number: u64,
    /// What was attempted.
    pub access: Access,
    /// When it was first, in microseconds since 1970 UTC.
    pub since: i64,
    /// When it was last.
    pub at: i64,
    /// How often.
    pub times: u64,
}

/// The access log.
#[derive(Debug, Default)]
pub(crate) struct Accesses {
    /// Protects the entries, oldest first.
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    entries: VecDeque<Entry>,
    newest: u64,
}

impl Accesses {
    /// Notes an attempt; at most `most` are kept.
    pub fn note(&self, access: Access, now: i64, most: usize) {
        let access = Access { model: access.model.chars().take(LONGEST).collect(), ..access };
        let mut kept = self.kept.lock();
        let same =
            kept.entries.iter_mut().rev().take(COMPARED).find(|entry| entry.access == access && now.saturating_sub(entry.since) < SAME);
        if let Some(entry) = same {
            (entry.at, entry.times) = (now, entry.times + 1);
            return;
        }
        kept.newest += 1;
        let number = kept.newest;
        kept.entries.push_back(Entry { number, access, since: now, at: now, times: 1 });
        let surplus = kept.entries.len().saturating_sub(most);
        kept.entries.drain(..surplus);
    }

    /// The entries before a number, newest first.
    pub fn before(&self, number: Option<u64>) -> Vec<Entry> {
        let kept = self.kept.lock();
        kept.entries.iter().rev().filter(|entry| number.is_none_or(|number| entry.number < number)).cloned().collect()
    }
}
