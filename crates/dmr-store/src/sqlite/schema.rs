//! The tables of a database file, and which files are ours.

use super::fault::failed;
use dmr_core::{Code, Problem};
use rusqlite::{Connection, OptionalExtension};

/// The format this program writes. Raised by every change of the tables that an older program could not read.
pub const FORMAT: i64 = 2;

/// The number of the one tenant there is.
pub(super) const TENANT: i64 = 1;

/// Stands in the file's header, so that no other SQLite file is taken for one of ours: `dmr1`.
const APPLICATION: i64 = 0x646d_7231;

/// The least version of SQLite: older ones can corrupt the write-ahead log.
const LEAST_SQLITE: i32 = 3_051_003;

/// Record tables are rowid tables: large rows make `WITHOUT ROWID` slow. NULL in `updated_at`, `updated_by` and `owner` means the same as
/// the column beside it that tells of the creation, which saves a third of a small row.
const TABLES: &str = "
CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE registry(tenant INTEGER NOT NULL, what TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, UNIQUE(tenant, what, key));
CREATE TABLE record(row INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, model INTEGER NOT NULL, id BLOB NOT NULL, version INTEGER NOT NULL,
    stamp INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER, created_by BLOB NOT NULL, updated_by BLOB, owner BLOB,
    deleted_at INTEGER, doc TEXT NOT NULL);
CREATE UNIQUE INDEX record_id ON record(tenant, model, id);
CREATE TABLE entry(tenant INTEGER NOT NULL, model INTEGER NOT NULL, idx INTEGER NOT NULL, key BLOB NOT NULL, row INTEGER NOT NULL,
    PRIMARY KEY(tenant, model, idx, key)) WITHOUT ROWID;
CREATE TABLE unique_key(tenant INTEGER NOT NULL, model INTEGER NOT NULL, rule INTEGER NOT NULL, key BLOB NOT NULL, record BLOB NOT NULL,
    PRIMARY KEY(tenant, model, rule, key)) WITHOUT ROWID;
CREATE TABLE log(position INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, bucket INTEGER NOT NULL, time INTEGER NOT NULL,
    principal BLOB NOT NULL, kind INTEGER NOT NULL, model INTEGER NOT NULL, record BLOB NOT NULL, version INTEGER NOT NULL,
    stamp INTEGER NOT NULL, codec INTEGER NOT NULL, dictionary INTEGER NOT NULL, leaf BLOB NOT NULL, body BLOB NOT NULL);
CREATE INDEX log_record ON log(tenant, model, record, version);
CREATE TABLE tally(tenant INTEGER NOT NULL, model INTEGER NOT NULL, live INTEGER NOT NULL, deleted INTEGER NOT NULL,
    PRIMARY KEY(tenant, model)) WITHOUT ROWID;
CREATE TABLE quarantine(tenant INTEGER NOT NULL, id BLOB NOT NULL, ingest BLOB NOT NULL, model INTEGER NOT NULL, line INTEGER NOT NULL,
    byte INTEGER NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL, raw BLOB NOT NULL, UNIQUE(tenant, id));
CREATE INDEX quarantine_ingest ON quarantine(tenant, ingest, id);
CREATE TABLE outcome(tenant INTEGER NOT NULL, scope BLOB NOT NULL, request BLOB NOT NULL, expires_at INTEGER NOT NULL,
    answer TEXT NOT NULL, PRIMARY KEY(tenant, scope)) WITHOUT ROWID;
CREATE INDEX outcome_expiry ON outcome(tenant, expires_at);
CREATE TABLE note(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE layout(tenant INTEGER NOT NULL, model INTEGER NOT NULL, number INTEGER NOT NULL, columns TEXT,
    PRIMARY KEY(tenant, model)) WITHOUT ROWID;
";

/// What a file is.
pub(super) enum File {
    /// Nothing is in it yet.
    Empty,
    /// Ours, in the format this program writes.
    Ours,
    /// Ours, as an older program wrote it.
    Older(i64),
}

/// Looks at a file and changes nothing.
///
/// # Errors
/// [`Code::DataNewer`], or [`Code::DataDamaged`] where it is not one of ours; [`Code::StoreFailed`] where SQLite is too old.
pub(super) fn inspect(connection: &Connection) -> Result<File, Problem> {
    if rusqlite::version_number() < LEAST_SQLITE {
        let message = format!("SQLite {} can corrupt its write-ahead log; 3.51.3 or newer is needed", rusqlite::version());
        return Err(Problem::new(Code::StoreFailed, message));
    }
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(failed)?;
    if tables == 0 {
        return Ok(File::Empty);
    }
    let application: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0)).map_err(failed)?;
    if application != APPLICATION {
        return Err(Problem::new(Code::DataDamaged, "the file is a database of another program").suggest("Name another data directory"));
    }
    let format: Option<i64> =
        connection.query_row("SELECT value FROM meta WHERE name = 'format'", [], |row| row.get(0)).optional().map_err(failed)?;
    match format {
        Some(format) if format > FORMAT => {
            let message = format!("the database has format {format}; this program reads up to {FORMAT}");
            Err(Problem::new(Code::DataNewer, message).suggest("Use the newer program that wrote it"))
        }
        Some(format) if format < FORMAT => Ok(File::Older(format)),
        Some(_) => Ok(File::Ours),
        None => Err(Problem::new(Code::DataDamaged, "the database does not tell its format").suggest("Bring back a backup")),
    }
}

/// Makes the tables, all or none.
pub(super) fn create(connection: &Connection) -> Result<(), Problem> {
    let sql = format!(
        "BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION}; {TABLES} {} INSERT INTO meta(name, value) VALUES('format', {FORMAT}); COMMIT;",
        super::search::TABLE
    );
    connection.execute_batch(&sql).map_err(failed)
}

/// Brings a file of an older program to this format, all or nothing. Format 2 added the words of SEARCHABLE fields, of which an older
/// program knows nothing.
pub(super) fn upgrade(connection: &Connection, from: i64) -> Result<(), Problem> {
    let steps = if from < 2 { super::search::TABLE } else { "" };
    let sql = format!("BEGIN IMMEDIATE; {steps} UPDATE meta SET value = {FORMAT} WHERE name = 'format'; COMMIT;");
    connection.execute_batch(&sql).map_err(failed)
}
