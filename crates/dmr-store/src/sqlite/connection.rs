//! Opening connections: one that writes, one that checkpoints, as many as are needed that read.

use super::checkpoint::PATIENCE;
use super::fault::failed;
use super::options::{Options, Synchronous};
use super::schema::{self, File};
use dmr_core::Problem;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};

/// A file and how it is opened.
pub(super) struct Place {
    pub path: PathBuf,
    pub options: Options,
}

impl Place {
    /// Makes the file where there is none, and refuses one that is not ours without touching it.
    pub fn prepare(&self) -> Result<(), Problem> {
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        // Closing the last connection would copy the write-ahead log into a file that is perhaps not ours.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(failed)?;
        let found = schema::inspect(&connection)?;
        connection.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
        connection.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
        match found {
            File::Empty => schema::create(&connection),
            File::Older(format) => schema::upgrade(&connection, format),
            File::Ours => Ok(()),
        }
    }

    /// The connection that writes.
    pub fn writer(&self) -> Result<Connection, Problem> {
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let synchronous = match self.options.synchronous {
            Synchronous::Full => "FULL",
            Synchronous::Normal => "NORMAL",
        };
        self.tune(&connection, self.options.writer_cache)?;
        connection.pragma_update(None, "synchronous", synchronous).map_err(failed)?;
        connection.pragma_update(None, "wal_autocheckpoint", 0).map_err(failed)?;
        connection.set_prepared_statement_cache_capacity(1024);
        Ok(connection)
    }

    /// A connection that copies the write-ahead log into the file.
    pub fn checkpointer(&self) -> Result<Connection, Problem> {
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
        connection.pragma_update(None, "wal_autocheckpoint", 0).map_err(failed)?;
        Ok(connection)
    }

    /// A connection that reads.
    pub fn reader(&self) -> Result<Connection, Problem> {
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        self.tune(&connection, self.options.reader_cache)?;
        connection.set_prepared_statement_cache_capacity(256);
        Ok(connection)
    }

    fn tune(&self, connection: &Connection, cache: u64) -> Result<(), Problem> {
        let kilobytes = i64::try_from(cache >> 10).unwrap_or(i64::MAX);
        connection.pragma_update(None, "cache_size", -kilobytes).map_err(failed)?;
        connection.pragma_update(None, "mmap_size", i64::try_from(self.options.mapped).unwrap_or(i64::MAX)).map_err(failed)?;
        connection.pragma_update(None, "temp_store", "MEMORY").map_err(failed)?;
        connection.pragma_update(None, "automatic_index", false).map_err(failed)
    }

    fn connect(&self, flags: OpenFlags) -> Result<Connection, Problem> {
        // Each connection is used by one thread at a time: SQLite need not lock it.
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let path: &Path = &self.path;
        let connection = match &self.options.vfs {
            Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs.as_str()),
            None => Connection::open_with_flags(path, flags),
        }
        .map_err(failed)?;
        connection.busy_timeout(PATIENCE).map_err(failed)?;
        Ok(connection)
    }
}
