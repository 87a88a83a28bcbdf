//! Commands over records, as the submission carries them.

use crate::submission::Command;
use dmr_core::catalog::Catalog;
use dmr_core::command::{Item, WriteCommand};
use dmr_core::decide::{Decision, Reads, Snapshot};

impl Command for WriteCommand {
    fn first_reads(&self) -> Reads {
        WriteCommand::first_reads(self)
    }

    fn is_stale(&self, catalog: &Catalog) -> bool {
        catalog.model_by_id(self.model.id()).is_none_or(|entry| entry.head.revision != self.model.head.revision || entry.head.deleted)
    }

    fn decide(&mut self, catalog: &Catalog, snapshot: &Snapshot, now: i64) -> Decision {
        WriteCommand::decide(self, catalog, snapshot, now)
    }

    fn rows(&self) -> usize {
        self.items.len()
    }

    fn retry_scope(&self) -> Option<[u8; 32]> {
        self.retry.as_ref().map(|retry| retry.scope)
    }

    fn bytes(&self) -> usize {
        let size = |item: &Item| match item {
            Item::Create(new) => new.doc.len() + 128,
            _ => 1024,
        };
        self.items.iter().map(size).sum()
    }
}

/// A command that decides by a function of the catalog alone: registrations, principals, roles, keys.
pub(crate) struct Registering<F> {
    /// The model it was built from, with the revision it then had; none: it does not rest on one.
    pub on: Option<(dmr_core::model::ModelId, u64)>,
    /// What it has to read.
    pub reads: Reads,
    /// Decides.
    pub decide: F,
}

impl<F> Command for Registering<F>
where
    F: FnMut(&Catalog, &Snapshot, i64) -> Decision + Send + 'static,
{
    fn first_reads(&self) -> Reads {
        self.reads.clone()
    }

    fn is_stale(&self, catalog: &Catalog) -> bool {
        self.on.is_some_and(|(id, revision)| catalog.model_by_id(id).is_none_or(|entry| entry.head.revision != revision))
    }

    fn decide(&mut self, catalog: &Catalog, snapshot: &Snapshot, now: i64) -> Decision {
        (self.decide)(catalog, snapshot, now)
    }
}
