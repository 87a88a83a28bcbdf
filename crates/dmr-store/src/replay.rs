//! Replaying the log from empty gives the state (the law that makes the log the one record of what happened).

use crate::memory::State;
use crate::{LogRange, Reader};
use dmr_core::Problem;
use dmr_core::log::Entry;
use std::ops::ControlFlow;

/// The state that a log alone gives.
///
/// # Errors
/// [`dmr_core::Code::DataDamaged`] where an entry does not fit those before it.
pub fn replay<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Result<State, Problem> {
    let mut state = State::default();
    entries.into_iter().try_for_each(|entry| state.apply(entry))?;
    Ok(state)
}

/// The state that the log of a store gives.
///
/// # Errors
/// As [`replay`], or that the store failed.
pub fn replay_of(reader: &dyn Reader) -> Result<State, Problem> {
    let mut state = State::default();
    let mut applied = Ok(());
    reader.log(&LogRange::default(), &mut |entry| {
        applied = state.apply(entry);
        if applied.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    applied.map(|()| state)
}
