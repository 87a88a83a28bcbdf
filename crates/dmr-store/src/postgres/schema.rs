//! The tables of a database, and which databases are ours.
//!
//! Only what PostgreSQL, Citus, YugabyteDB and CockroachDB share: the tenant leads every key, and there are no triggers, sequences or
//! advisory locks. Documents are texts, so that they come back byte by byte; ids and keys are bytes, which compare as bytes.

use super::connection::Connection;
use super::fault::failed;
use dmr_core::{Code, Problem};

/// The format this program writes. Raised by every change of the tables that an older program could not read.
pub const FORMAT: i64 = 1;

/// How many bytes of a key stand in an index. A page of PostgreSQL holds keys of a third of its size at most, and a text may be longer.
pub(super) const HEAD: usize = 1024;

/// `counter` has one row a bucket of the log: the position of its last entry, the time of that, and how often a writer took the bucket
/// over. A writer that was taken over from finds another epoch there and writes nothing more.
///
/// An entry's key is `head` and then `rest`, cut after [`HEAD`] bytes: ordering by one and then the other orders by the key. A unique
/// key is `hold`, where it is short; else `hold` is its beginning and a hash, and `whole` the key.
const TABLES: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS dmr_meta(name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS dmr_counter(tenant_id BIGINT NOT NULL, bucket BIGINT NOT NULL, last BIGINT NOT NULL, time BIGINT NOT NULL,
        epoch BIGINT NOT NULL, PRIMARY KEY(tenant_id, bucket))",
    "CREATE TABLE IF NOT EXISTS dmr_registry(tenant_id BIGINT NOT NULL, what TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY(tenant_id, what, key))",
    "CREATE TABLE IF NOT EXISTS dmr_record(tenant_id BIGINT NOT NULL, model BIGINT NOT NULL, id BYTEA NOT NULL, version BIGINT NOT NULL,
        stamp BIGINT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, created_by BYTEA NOT NULL, updated_by BYTEA NOT NULL,
        owner BYTEA NOT NULL, deleted_at BIGINT, doc TEXT NOT NULL, PRIMARY KEY(tenant_id, model, id))",
    "CREATE TABLE IF NOT EXISTS dmr_entry(tenant_id BIGINT NOT NULL, model BIGINT NOT NULL, idx BIGINT NOT NULL, head BYTEA NOT NULL,
        rest BYTEA NOT NULL, record BYTEA NOT NULL, PRIMARY KEY(tenant_id, model, idx, head, record))",
    "CREATE TABLE IF NOT EXISTS dmr_unique_key(tenant_id BIGINT NOT NULL, model BIGINT NOT NULL, rule BIGINT NOT NULL, hold BYTEA NOT NULL,
        whole BYTEA, record BYTEA NOT NULL, PRIMARY KEY(tenant_id, model, rule, hold))",
    "CREATE TABLE IF NOT EXISTS dmr_log(tenant_id BIGINT NOT NULL, bucket BIGINT NOT NULL, position BIGINT NOT NULL, time BIGINT NOT NULL,
        principal BYTEA NOT NULL, kind BIGINT NOT NULL, model BIGINT NOT NULL, record BYTEA NOT NULL, version BIGINT NOT NULL,
        stamp BIGINT NOT NULL, codec BIGINT NOT NULL, dictionary BIGINT NOT NULL, leaf BYTEA NOT NULL, body BYTEA NOT NULL,
        PRIMARY KEY(tenant_id, bucket, position))",
    "CREATE INDEX IF NOT EXISTS dmr_log_record ON dmr_log(tenant_id, model, record, position)",
    "CREATE TABLE IF NOT EXISTS dmr_tally(tenant_id BIGINT NOT NULL, model BIGINT NOT NULL, live BIGINT NOT NULL, deleted BIGINT NOT NULL,
        PRIMARY KEY(tenant_id, model))",
    "CREATE TABLE IF NOT EXISTS dmr_quarantine(tenant_id BIGINT NOT NULL, id BYTEA NOT NULL, ingest BYTEA NOT NULL, model BIGINT NOT NULL,
        line BIGINT NOT NULL, byte BIGINT NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL, raw BYTEA NOT NULL,
        PRIMARY KEY(tenant_id, id))",
    "CREATE INDEX IF NOT EXISTS dmr_quarantine_ingest ON dmr_quarantine(tenant_id, ingest, id)",
    "CREATE TABLE IF NOT EXISTS dmr_outcome(tenant_id BIGINT NOT NULL, scope BYTEA NOT NULL, request BYTEA NOT NULL,
        expires_at BIGINT NOT NULL, answer TEXT NOT NULL, PRIMARY KEY(tenant_id, scope))",
    "CREATE INDEX IF NOT EXISTS dmr_outcome_expiry ON dmr_outcome(tenant_id, expires_at)",
    "CREATE TABLE IF NOT EXISTS dmr_note(tenant_id BIGINT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(tenant_id, name))",
    "INSERT INTO dmr_counter(tenant_id, bucket, last, time, epoch) VALUES(1, 0, 0, 0, 0) ON CONFLICT DO NOTHING",
];

/// Sees to it that the tables are there. The format is written last: a database without it was not finished, and is then.
///
/// # Errors
/// [`Code::DataNewer`]; [`Code::StoreFailed`] where the database is not in UTF-8, or the server failed.
pub(super) fn prepare(connection: &Connection) -> Result<(), Problem> {
    let encoding: String = one(connection, "SELECT current_setting('server_encoding')")?.unwrap_or_default();
    if !matches!(encoding.as_str(), "UTF8" | "UTF-8" | "utf8" | "utf-8") {
        let message = format!("the database is in {encoding}; texts of every language need UTF8");
        return Err(Problem::new(Code::StoreFailed, message).suggest("Make the database with ENCODING 'UTF8'"));
    }
    connection.execute(TABLES[0]).map_err(failed)?;
    let format: Option<i64> = one(connection, "SELECT value FROM dmr_meta WHERE name = 'format'")?;
    match format {
        Some(format) if format > FORMAT => {
            let message = format!("the database has format {format}; this program reads up to {FORMAT}");
            Err(Problem::new(Code::DataNewer, message).suggest("Use the newer program that wrote it"))
        }
        Some(_) => Ok(()),
        None => {
            TABLES.iter().try_for_each(|sql| connection.execute(sql)).map_err(failed)?;
            let sql = format!("INSERT INTO dmr_meta(name, value) VALUES('format', {FORMAT}) ON CONFLICT DO NOTHING");
            connection.execute(&sql).map_err(failed)
        }
    }
}

fn one<T: tokio_postgres::types::FromSqlOwned>(connection: &Connection, sql: &str) -> Result<Option<T>, Problem> {
    let rows = connection.query(sql, &[]).map_err(failed)?;
    rows.first().map(|row| row.try_get(0)).transpose().map_err(failed)
}
