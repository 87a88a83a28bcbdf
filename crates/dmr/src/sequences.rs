//! Numbers that are given once (R6): reserved in blocks by an entry of the log, handed out from memory, given back when the registry is
//! closed.

use crate::registry::{Inner, Registry};
use crate::session::Session;
use crate::session::submitted::Registering;
use crate::submission::{Make, is_on_writer};
use dmr_core::catalog::Catalog;
use dmr_core::change::{Change, RegistryChange, RegistryKind};
use dmr_core::decide::{Committed, Decision, Reads, Snapshot};
use dmr_core::log::EntryKind;
use dmr_core::model::{FieldId, ModelId};
use dmr_core::{Code, Problem, Value};
use parking_lot::{Condvar, Mutex};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The fewest and the most numbers that are reserved at once.
const BLOCK: (i64, i64) = (16, 1024);
/// How long somebody waits for numbers.
const PATIENCE: Duration = Duration::from_secs(5);

/// The sequences of a registry.
#[derive(Default)]
pub(crate) struct Sequences {
    /// Protects what is left of each; never held while something is committed.
    known: Mutex<BTreeMap<(ModelId, FieldId), Block>>,
    /// Told when numbers were reserved, or could not be.
    came: Condvar,
}

struct Block {
    next: i64,
    /// The last number that is reserved.
    reserved: i64,
    /// How many are reserved next time.
    size: i64,
    /// Whether more are on their way.
    asked: bool,
}

type Decide = Box<dyn FnMut(&Catalog, &Snapshot, i64) -> Decision + Send>;

impl Sequences {
    /// The next number of a field.
    ///
    /// # Errors
    /// [`Code::QueueFull`] where none could be reserved in time; that the store failed or is closed.
    pub fn next(&self, inner: &Arc<Inner>, model: ModelId, field: FieldId) -> Result<i64, Problem> {
        loop {
            let mut known = self.known.lock();
            let block = known.entry((model, field)).or_insert_with(|| {
                let reserved = inner.catalog.read().reserved(&name(model, field));
                Block { next: reserved + 1, reserved, size: BLOCK.0, asked: false }
            });
            let number = (block.next <= block.reserved).then_some(block.next);
            block.next += i64::from(number.is_some());
            let ask = !block.asked && block.reserved - block.next < block.size / 4;
            block.asked |= ask;
            let size = block.size;
            if ask {
                drop(known);
                self.reserve(inner, model, field, size);
                known = self.known.lock();
            }
            if let Some(number) = number {
                return Ok(number);
            }
            let waits = known.get(&(model, field)).is_some_and(|block| block.asked && block.next > block.reserved);
            // What is prepared again runs on the writer, which would wait for itself.
            if waits && (is_on_writer() || self.came.wait_for(&mut known, PATIENCE).timed_out()) {
                if let Some(block) = known.get_mut(&(model, field)) {
                    block.asked = is_on_writer();
                }
                let problem = Problem::new(Code::QueueFull, "the next numbers of a sequence are still to be reserved");
                return Err(Problem { retry_after: Some(1), ..problem });
            }
            drop(known);
            inner.open_still()?;
        }
    }

    /// Reserves numbers, and does not wait for them.
    fn reserve(&self, inner: &Arc<Inner>, model: ModelId, field: FieldId, size: i64) {
        let session = Registry::from(inner.clone()).system();
        let make: Make<Registering<Decide>> = Arc::new(move |_: &Session| Ok(moving(model, field, move |reserved| reserved + size)));
        // Whoever waits is told by `reserved`, or grows impatient.
        drop(session.submit(make, reserved, false));
    }

    /// Gives back what was not handed out. What cannot be given back stays reserved: a gap, and never a number twice.
    pub fn give_back(&self, inner: &Arc<Inner>) {
        let left: Vec<_> = std::mem::take(&mut *self.known.lock()).into_iter().filter(|(_, block)| block.next <= block.reserved).collect();
        let session = Registry::from(inner.clone()).system();
        for ((model, field), block) in left {
            let (from, to) = (block.reserved, block.next - 1);
            let back = move |reserved| if reserved == from { to } else { reserved };
            let make: Make<Registering<Decide>> = Arc::new(move |_: &Session| Ok(moving(model, field, back)));
            // The store is closed next, after what waits is done.
            drop(session.submit(make, |_, _, _| Ok(()), false));
        }
    }
}

fn name(model: ModelId, field: FieldId) -> String {
    format!("{}/{}", model.0, field.0)
}

/// The command that moves how far a sequence is reserved.
fn moving(model: ModelId, field: FieldId, to: impl Fn(i64) -> i64 + Send + 'static) -> Registering<Decide> {
    let decide: Decide = Box::new(move |catalog: &Catalog, _: &Snapshot, _| {
        let key = name(model, field);
        let before = catalog.reserved(&key);
        let gone = catalog.model_by_id(model).is_none_or(|entry| entry.head.deleted);
        let after = to(before);
        if gone || after == before {
            return Decision::Changes(Vec::new());
        }
        let value = |number: i64| (number > 0).then(|| Value::from(number));
        Decision::Changes(vec![Change::Registry(Box::new(RegistryChange {
            kind: EntryKind::SequenceReserve,
            what: RegistryKind::Sequence,
            key,
            before: value(before),
            after: value(after),
            old_model: None,
            new_model: None,
        }))])
    });
    Registering { on: None, reads: Reads::default(), decide }
}

/// Takes in what was reserved; runs on the writer.
fn reserved(session: &Session, _: Registering<Decide>, committed: Committed) -> Result<(), Problem> {
    let sequences = &session.inner.sequences;
    let moved = committed.changes.iter().find_map(|change| match change {
        Change::Registry(change) if change.what == RegistryKind::Sequence => Some(change),
        _ => None,
    });
    let read = |value: &Option<Value>| value.as_ref().and_then(Value::as_i64).unwrap_or(0);
    if let Some(change) = moved
        && let Some((model, field)) = change.key.split_once('/')
        && let (Ok(model), Ok(field)) = (model.parse(), field.parse())
        && let Some(block) = sequences.known.lock().get_mut(&(ModelId(model), FieldId(field)))
    {
        let (before, after) = (read(&change.before), read(&change.after));
        if block.next > block.reserved {
            block.next = before + 1;
        }
        block.reserved = after;
        block.size = (block.size * 2).min(BLOCK.1);
        block.asked = false;
    }
    sequences.came.notify_all();
    Ok(())
}
