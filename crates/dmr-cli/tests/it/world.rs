//! A directory, and `dmr` run in it.

use regex::Regex;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What the tests of records use: a key from outside, an index, a rule, a list.
pub const PRODUCT: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "Product",
  "type": "object",
  "required": ["sku", "name"],
  "additionalProperties": false,
  "properties": {
    "sku": {"type": "string", "pattern": "^[0-9]{4}$"},
    "name": {"type": "string", "maxLength": 20},
    "price": {"type": ["number", "null"], "minimum": 0},
    "vegan": {"type": "boolean"},
    "tags": {"type": "array", "items": {"type": "string"}}
  }
}"#;

/// A working directory.
pub struct World {
    directory: TempDir,
}

/// What a command said and how it ended.
pub struct Ran {
    pub out: String,
    pub err: String,
    pub code: i32,
}

impl World {
    pub fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    /// With the model `Product` and three records.
    pub fn with_products() -> Self {
        let world = Self::new();
        world.file("product.schema.json", PRODUCT);
        world.dmr("register product.schema.json --key-field sku --index=-price,name").done();
        world.dmr("record create Product sku=0012 name=Tea price=3.20 tags:=[\"hot\"]").done();
        world.dmr("record create Product sku=0013 name=Cake price=4.50 vegan=true").done();
        world.dmr("record create Product sku=0014 name==SUM(A1) price:=null").done();
        world
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn data(&self) -> PathBuf {
        self.path().join("dmr-data")
    }

    pub fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// A command whose words hold no spaces.
    pub fn dmr(&self, words: &str) -> Ran {
        self.words(&words.split(' ').collect::<Vec<_>>())
    }

    pub fn words(&self, words: &[&str]) -> Ran {
        self.with(&[], "", words)
    }

    pub fn with(&self, env: &[(&str, &str)], input: &str, words: &[&str]) -> Ran {
        let mut child = self.command(env, words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A command that reads no input may be gone before it is written.
        let _unread = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran { out: text(output.stdout), err: text(output.stderr), code: output.status.code().unwrap_or(-1) }
    }

    pub fn command(&self, env: &[(&str, &str)], words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dmr"));
        command.args(words).current_dir(self.path()).env_clear().env("USER", "tester").envs(env.iter().copied());
        command
    }

    /// A server on any free port that told where it is.
    pub fn start(&self, words: &str) -> Server {
        let words: Vec<&str> = words.split(' ').chain(["--port", "0", "--format", "json"]).collect();
        Server::start(&mut self.command(&[], &words))
    }
}

impl Ran {
    /// Ended well: what it wrote, with ids and times masked.
    #[track_caller]
    pub fn done(&self) -> String {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        masked(&self.out)
    }

    /// Ended well: what it wrote, as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        serde_json::from_str(&self.out).unwrap()
    }

    /// Ended with this exit code: the diagnostic, masked.
    #[track_caller]
    pub fn failed(&self, code: i32) -> String {
        assert_eq!(self.code, code, "{}{}", self.out, self.err);
        assert_eq!(self.out, "", "a command that fails writes no half answer");
        masked(&self.err)
    }
}

/// Ids and times differ from run to run.
pub fn masked(text: &str) -> String {
    let masks = [
        (r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "<id>"),
        (r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "<time>"),
        (r"20\d\d-\d\d-\d\d \d\d:\d\d", "<time>"),
        (r"127\.0\.0\.1:\d+", "<address>"),
        (r"dmr_[A-Za-z0-9_-]{20,}", "<key>"),
        (r" +┆", " ┆"),
        (r" +│", " │"),
        (r"[─═]+", "─"),
    ];
    masks.iter().fold(text.to_owned(), |text, (pattern, mask)| Regex::new(pattern).unwrap().replace_all(&text, *mask).into_owned())
}

/// A running `dmr dev` or `dmr serve`; killed when it is dropped.
pub struct Server {
    child: Child,
    out: BufReader<ChildStdout>,
    /// The line it told.
    pub line: Value,
}

impl Server {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let Ok(told) = serde_json::from_str(&line) else {
            let mut err = String::new();
            child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
            panic!("it told {line:?}, then {err}");
        };
        Self { child, out, line: told }
    }

    pub fn address(&self) -> &str {
        self.line["address"].as_str().unwrap()
    }

    pub fn key(&self) -> &str {
        self.line["key"].as_str().unwrap()
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Interrupts it as Ctrl-C does and waits: the exit code and what else it wrote.
    pub fn interrupt(self) -> (Option<i32>, String) {
        let (code, rest, _) = self.ended();
        (code, rest)
    }

    /// The same, and what it wrote on standard error.
    pub fn ended(mut self) -> (Option<i32>, String, String) {
        Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        let until = Instant::now() + Duration::from_secs(20);
        while self.child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < until, "it does not stop");
            std::thread::sleep(Duration::from_millis(5));
        }
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        let mut err = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        (self.child.wait().unwrap().code(), rest, err)
    }

    /// Kills it without a chance to tidy up.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}
