//! What a writer does beside commands, slice by slice.

use dmr_core::model::{Model, ModelId};
use std::sync::Arc;

/// What the writer does beside commands.
#[derive(Debug, Clone)]
pub(crate) enum Aside {
    /// Begins to make ready what the second needs and the first does not have.
    Begin(Arc<Model>, Arc<Model>),
    /// The next slice.
    Slice(ModelId),
    /// Forgets what was made ready.
    Forget(ModelId),
    /// Deletes a slice of what nothing refers to any more.
    Sweep,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filled {
    /// So many records are done, others are not.
    More(u64),
    /// Nothing is left to do.
    Done,
}
