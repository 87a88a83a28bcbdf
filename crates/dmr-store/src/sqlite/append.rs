//! Appends to the log, several entries a statement: running a statement costs more than a row.

use super::batch::Batch;
use super::fault::Fault;
use dmr_core::change::Change;
use dmr_core::log::{self, About, By};
use rusqlite::Statement;
use std::fmt::Write as _;
use std::sync::LazyLock;

/// Rows a statement writes: as many at once as there are.
pub(super) const AT_ONCE: [usize; 3] = [16, 4, 1];

/// The parameters of an entry.
const PARAMETERS: usize = 10;

/// Entries that are decided and not in the table yet. Whoever reads the log in the same transaction has them written first.
#[derive(Default)]
pub(super) struct Appended {
    entries: Vec<Waiting>,
    /// Their bodies, one behind the other.
    bodies: Vec<u8>,
}

struct Waiting {
    position: u64,
    by: By,
    about: About,
    leaf: [u8; 32],
    /// Where its body ends in `bodies`.
    end: usize,
}

impl Appended {
    /// Forgets what waits.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.bodies.clear();
    }
}

impl Batch<'_> {
    /// Appends the entry of a change; gives its position.
    pub(super) fn append(&mut self, change: &Change, by: By) -> Result<u64, Fault> {
        self.position += 1;
        let position = self.position;
        let about = About::of(change);
        let body = log::encode(change);
        let leaf = about.leaf(by, &body);
        let waiting = self.appended.get_mut();
        waiting.bodies.extend_from_slice(&body);
        waiting.entries.push(Waiting { position, by, about, leaf, end: waiting.bodies.len() });
        if waiting.entries.len() >= AT_ONCE[0] {
            self.write_appended()?;
        }
        Ok(position)
    }

    /// Writes the entries that wait.
    pub(super) fn write_appended(&self) -> Result<(), Fault> {
        let mut appended = self.appended.borrow_mut();
        let Appended { entries, bodies } = &*appended;
        let (mut rest, mut from) = (&entries[..], 0);
        for (many, sql) in AT_ONCE.into_iter().zip(&*INSERTS) {
            while let Some((now, later)) = rest.split_at_checked(many).filter(|_| !rest.is_empty()) {
                let mut statement = self.connection.prepare_cached(sql)?;
                for (at, entry) in now.iter().enumerate() {
                    bind(&mut statement, at * PARAMETERS, entry, &bodies[from..entry.end])?;
                    from = entry.end;
                }
                statement.raw_execute()?;
                rest = later;
            }
        }
        appended.clear();
        Ok(())
    }
}

/// As [`AT_ONCE`]. A statement that fails takes the transaction with it, so SQLite need not be able to undo half of one.
static INSERTS: LazyLock<[String; 3]> = LazyLock::new(|| {
    AT_ONCE.map(|many| {
        let mut sql = "INSERT OR FAIL INTO log(position, tenant, bucket, time, principal, kind, model, record, version, stamp, codec, \
                       dictionary, leaf, body) VALUES"
            .to_owned();
        for at in 0..many {
            let from = at * PARAMETERS;
            let [position, time, principal, kind, model, record, version, stamp, leaf, body]: [usize; PARAMETERS] =
                std::array::from_fn(|parameter| from + parameter + 1);
            let comma = if at == 0 { "" } else { ", " };
            // Writing to a text cannot fail.
            let _ = write!(
                sql,
                "{comma}(?{position}, 1, 0, ?{time}, ?{principal}, ?{kind}, ?{model}, ?{record}, ?{version}, ?{stamp}, 0, 0, ?{leaf}, ?{body})"
            );
        }
        sql
    })
});

fn bind(statement: &mut Statement<'_>, from: usize, entry: &Waiting, body: &[u8]) -> rusqlite::Result<()> {
    let about = &entry.about;
    statement.raw_bind_parameter(from + 1, entry.position.cast_signed())?;
    statement.raw_bind_parameter(from + 2, entry.by.time)?;
    statement.raw_bind_parameter(from + 3, &entry.by.principal.0[..])?;
    statement.raw_bind_parameter(from + 4, about.kind as u8)?;
    statement.raw_bind_parameter(from + 5, about.model.0)?;
    statement.raw_bind_parameter(from + 6, &about.record.0[..])?;
    statement.raw_bind_parameter(from + 7, about.version.cast_signed())?;
    statement.raw_bind_parameter(from + 8, about.stamp)?;
    statement.raw_bind_parameter(from + 9, &entry.leaf[..])?;
    statement.raw_bind_parameter(from + 10, body)
}
