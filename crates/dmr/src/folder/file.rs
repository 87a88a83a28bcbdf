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

/// The files that describe models, in order of name: JSON and TOML, but those whose name begins with `_` or `.`.
pub fn files(folder: &Path) -> Result<BTreeMap<PathBuf, Print>, Problem> {
    let unreadable = |error: std::io::Error| Problem::new(Code::FileUnreadable, format!("{} cannot be read: {error}", folder.display()));
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with(['_', '.']));
        if hidden || !path.extension().is_some_and(|extension| extension == "json" || extension == "toml") {
            continue;
        }
        // One that is gone again is none.
        let Ok(about) = std::fs::metadata(&path) else { continue };
        if about.is_file() {
            files.insert(path, Print { length: about.len(), written: about.modified().ok() });
        }
    }
    Ok(files)
}

/// What a file describes.
pub fn read(file: &Path) -> Result<Registration, Problem> {
    let unreadable =
        |error: &dyn std::fmt::Display| Problem::new(Code::FileUnreadable, format!("{} cannot be read: {error}", file.display()));
    let text = std::fs::read(file).map_err(|error| unreadable(&error))?;
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let body = if file.extension().is_some_and(|extension| extension == "toml") {
        let text = std::str::from_utf8(&text).map_err(|error| unreadable(&error))?;
        toml::from_str::<Value>(text).map_err(|error| unreadable(&error.to_string().trim()))?
    } else {
        json::parse(&text)?
    };
    Registration::read(named(body, &stem)?)
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
