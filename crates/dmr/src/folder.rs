//! Models from the files of a folder, registered at start by the system's own principal (M1).

use crate::registry::Registry;
use dmr_core::registration::Registration;
use dmr_core::{Code, Issue, Object, Problem, Value, json};
use std::path::{Path, PathBuf};

/// What the folder of models came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StartSummary {
    /// Models that were registered or got a version, with their files.
    pub registered: Vec<(PathBuf, String)>,
    /// Models that were so already.
    pub unchanged: Vec<(PathBuf, String)>,
    /// Files that could not be used, and why. The others were.
    pub failed: Vec<(PathBuf, Problem)>,
}

impl Registry {
    /// What the folder of [`crate::Builder::models_path`] came to; empty where none was given.
    ///
    /// ```
    /// let folder = std::env::temp_dir().join(format!("models-{}", std::process::id()));
    /// std::fs::create_dir_all(&folder).unwrap();
    /// std::fs::write(folder.join("Pen.json"), r#"{"type": "object", "properties": {"ink": {"type": "string"}}}"#).unwrap();
    ///
    /// let registry = dmr::Registry::builder().models_path(&folder).open()?;
    /// assert_eq!(registry.start_summary().registered, [(folder.join("Pen.json"), "Pen".to_string())]);
    /// # std::fs::remove_dir_all(&folder).unwrap();
    /// # Ok::<(), dmr::Problem>(())
    /// ```
    pub fn start_summary(&self) -> &StartSummary {
        static NOTHING: StartSummary = StartSummary { registered: Vec::new(), unchanged: Vec::new(), failed: Vec::new() };
        self.inner.start.get().unwrap_or(&NOTHING)
    }

    pub(crate) fn declare_folder(&self, folder: &Path) {
        let mut summary = StartSummary::default();
        match files(folder) {
            Ok(files) => files.into_iter().for_each(|file| self.declare_file(file, &mut summary)),
            Err(problem) => summary.failed.push((folder.to_owned(), problem)),
        }
        // It is set once: whoever opens a registry does so before anybody else has it.
        let _ = self.inner.start.set(summary);
    }

    fn declare_file(&self, file: PathBuf, summary: &mut StartSummary) {
        let declared = read(&file).and_then(|registration| self.system().declare(registration).wait());
        match declared {
            Ok(model) if model.created => summary.registered.push((file, model.name)),
            Ok(model) => summary.unchanged.push((file, model.name)),
            Err(problem) => summary.failed.push((file, problem)),
        }
    }
}

/// The files that describe models, in order of name.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    let unreadable = |error: std::io::Error| Problem::new(Code::FileUnreadable, format!("{} cannot be read: {error}", folder.display()));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with(['_', '.']));
        if !hidden && path.is_file() && path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read(file: &Path) -> Result<Registration, Problem> {
    let unreadable = |error: std::io::Error| Problem::new(Code::FileUnreadable, format!("{} cannot be read: {error}", file.display()));
    let text = std::fs::read(file).map_err(unreadable)?;
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    Registration::read(named(json::parse(&text)?, &stem)?)
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
