//! The files of a folder of models: which there are, and what one describes.

use dmr_core::registration::Registration;
use dmr_core::{Code, Issue, Object, Problem, Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What tells one state of a file from the next: its length and when it was last written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Print {
    length: u64,
    written: Option<SystemTime>,
}

/// How deep folders in the folder are looked into.
const DEEPEST: usize = 8;

/// The files that describe models, in order of name, those in folders too: JSON and TOML, but whatever has a name that begins with `_` or `.`.
pub fn files(folder: &Path) -> Result<BTreeMap<PathBuf, Print>, Problem> {
    let mut files = BTreeMap::new();
    gather(folder, DEEPEST, &mut files)
        .map_err(|error| Problem::new(Code::FileUnreadable, format!("{} cannot be read: {error}", folder.display())))?;
    Ok(files)
}

fn gather(folder: &Path, deep: usize, files: &mut BTreeMap<PathBuf, Print>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(['_', '.']) {
            continue;
        }
        let path = entry.path();
        // A link to a folder is not followed: it may lead round in a circle.
        if entry.file_type()?.is_dir() {
            if deep == 0 {
                continue;
            }
            match gather(&path, deep - 1, files) {
                // It is told as a file is that cannot be read, and keeps none of the others away.
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    files.insert(path, Print { length: 0, written: None });
                }
                _ => {}
            }
            continue;
        }
        if !path.extension().is_some_and(|extension| extension == "json" || extension == "toml") {
            continue;
        }
        // One that is gone again is none.
        let Ok(about) = std::fs::metadata(&path) else { continue };
        if about.is_file() {
            files.insert(path, Print { length: about.len(), written: about.modified().ok() });
        }
    }
    Ok(())
}

/// What a file of a folder describes. A file in folders of its own is in the namespace they spell, where it says none itself.
pub fn read(folder: &Path, file: &Path) -> Result<Registration, Problem> {
    let unreadable =
        |error: &dyn std::fmt::Display| Problem::new(Code::FileUnreadable, format!("{} cannot be read: {error}", file.display()));
    if file.is_dir() {
        return Err(std::fs::read_dir(file).map_or_else(|error| unreadable(&error), |_| unreadable(&"it is a folder")));
    }
    let text = std::fs::read(file).map_err(|error| unreadable(&error))?;
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let body = if file.extension().is_some_and(|extension| extension == "toml") {
        let text = std::str::from_utf8(&text).map_err(|error| unreadable(&error))?;
        toml::from_str::<Value>(text).map_err(|error| unreadable(&error.to_string().trim()))?
    } else {
        json::parse(&text)?
    };
    let body = named(body, &stem)?;
    let parts: Vec<String> = file
        .parent()
        .and_then(|parent| parent.strip_prefix(folder).ok())
        .into_iter()
        .flatten()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    Registration::read(if parts.is_empty() { body } else { placed(body, &parts.join(".")) })
}

/// A description under a namespace, where it says none itself.
fn placed(body: Value, namespace: &str) -> Value {
    let Value::Object(mut members) = body else { return body };
    if !members.contains_key("schema")
        && let Some(title) = members.get("title").cloned()
    {
        let mut out = Object::new();
        out.insert("name".into(), title);
        out.insert("schema".into(), Value::Object(members));
        members = out;
    }
    let says = members.contains_key("namespace") || members.get("name").and_then(Value::as_str).is_some_and(|name| name.contains('.'));
    if !says {
        members.insert("namespace".into(), namespace.into());
    }
    Value::Object(members)
}

/// A description under the file's name, where it says none itself.
fn named(body: Value, stem: &str) -> Result<Value, Problem> {
    let Value::Object(mut members) = body else {
        return Err(Problem::one(Issue::body("", Code::BodyShape, "a file describes one model: {name?, schema} or a JSON Schema")));
    };
    if members.contains_key("name") && !members.contains_key("properties") {
        return Ok(Value::Object(members));
    }
    if members.contains_key("schema") {
        members.insert("name".into(), stem.into());
        return Ok(Value::Object(members));
    }
    if members.get("title").is_some_and(Value::is_string) {
        return Ok(Value::Object(members));
    }
    let mut out = Object::new();
    out.insert("name".into(), stem.into());
    out.insert("schema".into(), Value::Object(members));
    Ok(Value::Object(out))
}
