//! Looks at a file that nobody serves: whether it is whole, and what is in it.

use super::entries;
use super::fault::failed;
use super::schema::{self, FORMAT, File};
use dmr_core::log::hex;
use dmr_core::{Code, Problem};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

/// What is in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// The position of the last entry of the log: 0 where it is empty.
    pub position: u64,
    /// The leaf of that entry, in hexadecimal.
    pub leaf: Option<String>,
    /// When that entry was made, in microseconds since 1970 UTC.
    pub time: Option<i64>,
    /// Records that live.
    pub live: u64,
    /// Records that are deleted and can be restored.
    pub deleted: u64,
    /// Models that are not deleted.
    pub models: u64,
    /// Principals.
    pub principals: u64,
    /// Keys.
    pub keys: u64,
    /// Rows that were set aside.
    pub quarantined: u64,
    /// The format of the tables.
    pub format: i64,
}

/// Looks at a file without changing anything: SQLite's own check of its pages and indexes, and of every entry of the log that its position
/// follows the one before and that its leaf is that of its parts.
///
/// # Errors
/// [`Code::DataDamaged`] with what is damaged first; [`Code::DataNewer`]; [`Code::StoreFailed`].
pub fn examine(path: &Path) -> Result<Contents, Problem> {
    let connection = open(path)?;
    match schema::inspect(&connection)? {
        File::Empty => return Err(Problem::new(Code::DataDamaged, "the database is empty")),
        File::Ours | File::Older(_) => {}
    }
    check_pages(&connection)?;
    let last = check_log(&connection)?;
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map(i64::cast_unsigned).map_err(failed);
    let of_kind = |kind: &str| number(&format!("SELECT count(*) FROM registry WHERE what = '{kind}'"));
    let live = "SELECT count(*) FROM registry WHERE what = 'model' AND coalesce(json_extract(body, '$.deleted'), 0) = 0";
    Ok(Contents {
        position: last.as_ref().map_or(0, |last| last.position),
        leaf: last.as_ref().map(|last| hex(&last.leaf)),
        time: last.as_ref().map(|last| last.time),
        live: number("SELECT coalesce(sum(live), 0) FROM tally")?,
        deleted: number("SELECT coalesce(sum(deleted), 0) FROM tally")?,
        models: number(live)?,
        principals: of_kind("principal")?,
        keys: of_kind("key")?,
        quarantined: number("SELECT count(*) FROM quarantine")?,
        format: number("SELECT value FROM meta WHERE name = 'format'").map_or(FORMAT, u64::cast_signed),
    })
}

/// Nobody writes it and nothing stands beside it: SQLite need make no files of its own.
fn open(path: &Path) -> Result<Connection, Problem> {
    let mut uri = String::from("file:");
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'?' | b'#' | b'%' => uri.push_str(&format!("%{byte:02X}")),
            byte => uri.push(char::from(byte)),
        }
    }
    uri.push_str("?immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(uri, flags).map_err(failed)
}

fn check_pages(connection: &Connection) -> Result<(), Problem> {
    let told: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(failed)?;
    if told == "ok" { Ok(()) } else { Err(Problem::new(Code::DataDamaged, format!("the database is damaged: {told}"))) }
}

/// The last entry, where all are whole and follow each other.
fn check_log(connection: &Connection) -> Result<Option<dmr_core::log::Entry>, Problem> {
    let mut statement = connection.prepare(&format!("SELECT {} FROM log ORDER BY position", entries::COLUMNS)).map_err(failed)?;
    let mut rows = statement.query([]).map_err(failed)?;
    let mut last: Option<dmr_core::log::Entry> = None;
    while let Some(row) = rows.next().map_err(failed)? {
        let entry = entries::entry(row).map_err(failed)?;
        let expected = last.as_ref().map_or(1, |last| last.position + 1);
        if entry.position != expected {
            return Err(Problem::new(Code::DataDamaged, format!("the log has no entry at position {expected}")));
        }
        if !entry.is_intact() {
            return Err(Problem::new(Code::DataDamaged, format!("the entry of the log at position {expected} is not what was written")));
        }
        last = Some(entry);
    }
    Ok(last)
}
