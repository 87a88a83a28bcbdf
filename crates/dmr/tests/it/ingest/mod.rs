//! Files and posted records become records; what does not fit is set aside; nothing is lost.

mod bounds;
mod existing;
mod interrupted;
mod law;
mod moving;
mod once;
mod real;
mod rights;
mod told;

use crate::world::{Outcome, Person, Told};
use dmr::core::registration::StorageAsked;
use dmr::{Upload, Value};
use std::path::{Path, PathBuf};

/// A file with a content, gone with the test.
pub struct File {
    _directory: tempfile::TempDir,
    pub path: PathBuf,
}

pub fn file(name: &str, content: impl AsRef<[u8]>) -> File {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(name);
    std::fs::write(&path, content).unwrap();
    File { _directory: directory, path }
}

impl File {
    /// Another content.
    pub fn now_holds(&self, content: &str) {
        std::fs::write(&self.path, content).unwrap();
    }
}

/// A file of the real data.
pub fn real(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/real").join(name)
}

impl Person {
    pub fn takes_in(&self, file: &Path) -> Told {
        self.upload(file, Upload::default()).wait()
    }

    pub fn takes_in_as(&self, file: &Path, storage: StorageAsked) -> Told {
        self.upload(file, Upload { storage, ..Upload::default() }).wait()
    }

    pub fn takes_into(&self, model: &str, file: &Path) -> Told {
        self.upload(file, Upload { model: Some(model.into()), ..Upload::default() }).wait()
    }

    pub fn takes_in_once(&self, file: &Path) -> Told {
        self.upload(file, Upload { if_changed: true, ..Upload::default() }).wait()
    }

    /// All that an ingest set aside, page by page.
    pub fn set_aside(&self, ingest: &Value) -> Vec<Value> {
        let (mut all, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let page = self.quarantine(ingest.as_str().unwrap(), Some(7), cursor.as_deref()).done();
            all.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => return all,
            }
        }
    }

    /// All records of a model, page by page, in order of id.
    pub fn all(&self, model: &str) -> Vec<Value> {
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.lists(model, &format!("limit=1000{cursor}")).done();
            all.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return all,
            }
        }
    }

    pub fn counts(&self, model: &str, filter: &str) -> u64 {
        self.lists(model, &format!("limit=1&count=exact&{filter}")).done()["count"].as_u64().unwrap()
    }
}

/// What was set aside, a line each.
pub fn lines(aside: &[Value]) -> String {
    let line = |item: &Value| {
        let place = &item["place"];
        let raw = item["raw"].as_str().map(|raw| raw.chars().take(60).collect::<String>());
        format!(
            "line {} byte {} {}: {} | {raw:?}\n",
            place["line"],
            place["byte"],
            item["code"].as_str().unwrap(),
            item["message"].as_str().unwrap()
        )
    };
    aside.iter().map(line).collect()
}
