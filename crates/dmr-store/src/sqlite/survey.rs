//! Looking a database file over without changing it, also while another process holds it: for whoever asks what is wrong (U4).

use super::fault::failed;
use super::schema::{File, inspect};
use dmr_core::{Code, Problem};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

/// What a database file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surveyed {
    /// The version of SQLite that reads it.
    pub sqlite: &'static str,
    /// The format it has, where it is not the one of this program: an older one is brought up when it is opened.
    pub older: Option<i64>,
    /// Its bytes.
    pub bytes: u64,
    /// The bytes of its write-ahead log.
    pub wal: u64,
    /// Entries of its log.
    pub entries: u64,
    /// What SQLite's quick check finds wrong, at most ten things; none where the file was too large for it.
    pub damage: Option<Vec<String>>,
}

/// Looks a file over; its integrity only where it has at most `most_checked` bytes.
///
/// # Errors
/// [`Code::DataUnknown`] where there is none; [`Code::DataNewer`], [`Code::DataDamaged`], [`Code::StoreFailed`].
pub fn survey(path: &Path, most_checked: u64) -> Result<Surveyed, Problem> {
    let size = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        std::fs::metadata(name).map(|file| file.len())
    };
    let bytes = size("").map_err(|_| Problem::new(Code::DataUnknown, format!("there is no database {}", path.display())))?;
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(failed)?;
    let older = match inspect(&connection)? {
        File::Older(format) => Some(format),
        File::Ours => None,
        File::Empty => return Err(Problem::new(Code::DataDamaged, "nothing is in the database")),
    };
    let entries: i64 = connection.query_row("SELECT count(*) FROM log", [], |row| row.get(0)).map_err(failed)?;
    Ok(Surveyed {
        sqlite: rusqlite::version(),
        older,
        bytes,
        wal: size("-wal").unwrap_or(0),
        entries: u64::try_from(entries).unwrap_or(0),
        damage: (bytes <= most_checked).then(|| damage(&connection)).transpose()?,
    })
}

fn damage(connection: &Connection) -> Result<Vec<String>, Problem> {
    let mut check = connection.prepare("PRAGMA quick_check(10)").map_err(failed)?;
    let found = check.query_map([], |row| row.get::<_, String>(0)).map_err(failed)?;
    let found: Vec<String> = found.collect::<Result<_, _>>().map_err(failed)?;
    Ok(found.into_iter().filter(|line| line != "ok").collect())
}
