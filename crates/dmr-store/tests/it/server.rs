//! A PostgreSQL server of our own for the tests: in a temporary folder, reached by a socket in it, gone when the tests are.

use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread;

use parking_lot::Mutex;
use std::io::{Read, Write};
use std::net::Shutdown;
use tokio::runtime::Runtime;
use tokio_postgres::{Client, NoTls};

/// A schema of its own on the one server of this test run.
#[derive(Debug, Clone)]
pub struct Database {
    schema: String,
}

impl Database {
    /// An empty one.
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let schema = format!("w{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let database = Self { schema };
        database.session().run(&format!("CREATE SCHEMA {}", database.schema));
        database
    }

    /// How it is reached.
    pub fn config(&self) -> String {
        self.config_by(&SERVER.folder)
    }

    /// How it is reached by a socket in another folder.
    pub fn config_by(&self, folder: &Path) -> String {
        let Self { schema } = self;
        format!("host={} user=dmr dbname=postgres application_name={schema} options='-csearch_path={schema}'", folder.display())
    }

    /// Somebody else who uses it, past the store.
    pub fn session(&self) -> Session {
        let client = RUNTIME.block_on(async {
            let (client, moving) = tokio_postgres::connect(&self.config(), NoTls).await.unwrap();
            tokio::spawn(moving);
            client
        });
        let session = Session(client);
        session.run("SET application_name = 'somebody else'");
        session
    }
}

/// A session past the store.
pub struct Session(Client);

impl Session {
    pub fn run(&self, sql: &str) {
        RUNTIME.block_on(self.0.batch_execute(sql)).unwrap();
    }

    /// The one number that a question has.
    pub fn number(&self, sql: &str) -> i64 {
        RUNTIME.block_on(self.0.query_one(sql, &[])).unwrap().get(0)
    }
}

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap());

static SERVER: LazyLock<Server> = LazyLock::new(Server::start);

struct Server {
    folder: PathBuf,
    /// Held open as long as this process lives. The guard waits for its end, which comes whatever happens to us, and then stops the
    /// server and removes the folder.
    _guard: (Child, ChildStdin),
}

impl Server {
    fn start() -> Self {
        let programs = programs();
        let folder = tempfile::Builder::new().prefix("dmr-pg").tempdir().unwrap().keep();
        // The server refuses to run as root.
        let is_root = run(Command::new("id").arg("-u")).trim() == "0";
        let user: &[&str] = if is_root { &["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] } else { &["env"] };
        if is_root {
            run(Command::new("chown").arg("postgres").arg(&folder));
        }
        let as_user = |program: &str| {
            let mut command = Command::new(user[0]);
            command.args(&user[1..]).arg(programs.join(program)).current_dir(&folder).env("LC_ALL", "C");
            command
        };
        let cluster = folder.join("cluster");
        let made = ["--username=dmr", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "--pgdata"];
        run(as_user("initdb").args(made).arg(&cluster));
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories='{}' -c fsync=off -c shared_buffers=32MB -c max_connections=200",
            folder.display()
        );
        let log = folder.join("log");
        let mut start = as_user("pg_ctl");
        start.args(["start", "--wait", "--silent", "--options", &options, "--log"]).arg(&log).arg("--pgdata").arg(&cluster);
        let started = start.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        if !started.success() {
            panic!("the PostgreSQL server does not start: {}", std::fs::read_to_string(&log).unwrap_or_default());
        }
        let script = "trap '' INT TERM HUP; cat >/dev/null; folder=$1; shift; \"$@\" stop --mode=immediate --pgdata \"$folder/cluster\"; rm -rf \"$folder\"";
        let mut guard = Command::new("sh")
            .args(["-c", script, "guard"])
            .arg(&folder)
            .args(user)
            .arg(programs.join("pg_ctl"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let held = guard.stdin.take().unwrap();
        Self { folder, _guard: (guard, held) }
    }
}

/// The folder of the server's programs: on the search path, or the newest where Debian puts them.
fn programs() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut versions: Vec<PathBuf> =
        std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(|version| Some(version.ok()?.path())).collect();
    versions.sort_by_key(|version| version.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok()));
    folders.extend(versions.iter().rev().map(|version| version.join("bin")));
    folders.into_iter().find(|folder| folder.join("initdb").exists()).unwrap_or_else(|| {
        panic!("the PostgreSQL server (initdb, pg_ctl) is not installed: its store cannot be tested; `cargo xtask setup` installs it")
    })
}

fn run(command: &mut Command) -> String {
    let done = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).into_owned()
}

/// When a connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    Never,
    /// The server never hears of the next commit.
    BeforeCommit,
    /// The server commits, and nobody hears of it.
    AfterCommit,
}

/// A wire to the server that can be cut.
pub struct Wire {
    pub folder: tempfile::TempDir,
    cut: Arc<Mutex<Cut>>,
}

impl Wire {
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("dmr-wire").tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).unwrap();
        let cut = Arc::new(Mutex::new(Cut::Never));
        let shared = cut.clone();
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let server = UnixStream::connect(SERVER.folder.join(".s.PGSQL.5432")).unwrap();
                let (cut, deaf) = (shared.clone(), Arc::new(Mutex::new(false)));
                let ends = (client.try_clone().unwrap(), server.try_clone().unwrap());
                let hears = deaf.clone();
                thread::spawn(move || carry(ends.0, ends.1, |bytes| commits(bytes, &cut, &deaf)));
                thread::spawn(move || carry(server, client, |_| *hears.lock()));
            }
        });
        Self { folder, cut }
    }

    /// Cuts the connection that commits next.
    pub fn cut(&self, when: Cut) {
        *self.cut.lock() = when;
    }
}

/// Whether the wire is to be cut before these bytes; or after the answer to them.
fn commits(bytes: &[u8], cut: &Mutex<Cut>, deaf: &Mutex<bool>) -> bool {
    if !bytes.windows(7).any(|window| window == b"COMMIT\0") {
        return false;
    }
    match std::mem::replace(&mut *cut.lock(), Cut::Never) {
        Cut::Never => false,
        Cut::BeforeCommit => true,
        Cut::AfterCommit => {
            *deaf.lock() = true;
            false
        }
    }
}

fn carry(mut from: UnixStream, mut to: UnixStream, mut ends: impl FnMut(&[u8]) -> bool) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(count @ 1..) = from.read(&mut buffer)
        && !ends(&buffer[..count])
        && to.write_all(&buffer[..count]).is_ok()
    {}
    for end in [from, to] {
        // The other half may have ended it already.
        let _ = end.shutdown(Shutdown::Both);
    }
}
