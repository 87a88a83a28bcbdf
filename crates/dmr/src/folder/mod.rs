//! Models from the files of a folder, registered by the system's own principal: at the start (M1), and while everything runs when a file comes
//! or changes (M10).

mod file;
mod look;
mod watch;

pub(crate) use watch::Watched;

use crate::registry::Registry;
use dmr_core::{Object, Problem, Value, time};
use look::Folder;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the folder of models came to at the start.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StartSummary {
    /// Models that were registered or got a version, with their files.
    pub registered: Vec<(PathBuf, String)>,
    /// Models that were so already.
    pub unchanged: Vec<(PathBuf, String)>,
    /// Files that could not be used, and why. The others were.
    pub failed: Vec<(PathBuf, Problem)>,
}

/// The folder of models as it was last looked at.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ModelsFolder {
    /// Where it is.
    pub path: PathBuf,
    /// Whether it is watched.
    pub watched: bool,
    /// Its files, in order of name.
    pub files: Vec<ModelFile>,
    /// Why it cannot be read, where it cannot.
    pub fault: Option<Problem>,
}

/// A file that describes a model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelFile {
    /// Where it is.
    pub path: PathBuf,
    /// What became of it.
    pub state: FileState,
    /// When it was read, in microseconds since 1970 UTC; none: not yet.
    pub read_at: Option<i64>,
}

/// What became of a file of the folder.
#[derive(Debug, Clone, PartialEq)]
pub enum FileState {
    /// It was not read: it came only now, or was there at a start that was to read none.
    Waiting,
    /// Its model, which was registered or got a version.
    Registered(String),
    /// Its model, which was so already.
    Unchanged(String),
    /// Why it could not be used. It is read again when it changes, or when another file registers what it rests on.
    Failed(Problem),
}

impl Registry {
    /// What the folder of [`crate::Builder::models_path`] came to at the start; empty where none was given.
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
        self.inner.folder.start().unwrap_or(&NOTHING)
    }

    /// The folder of models as it was last looked at; none where none was given.
    pub fn models_folder(&self) -> Option<Arc<ModelsFolder>> {
        self.inner.folder.last()
    }

    /// Registers what the files of a folder describe, and watches it; as the settings say.
    pub(crate) fn follow_folder(&self, path: PathBuf) -> Result<(), Problem> {
        let settings = self.inner.settings();
        let mut folder = Folder::new(path, settings.gatekeeper.watch);
        if settings.gatekeeper.discover_on_startup {
            folder.look_first(&self.system());
        } else {
            folder.pass_over();
        }
        self.inner.folder.begin(&self.inner, folder)
    }
}

impl ModelsFolder {
    /// `{path, watched, fault?, files: [{file, state, model?, problem?, read_at}]}`.
    pub(crate) fn told(&self) -> Value {
        let mut told = json!({
            "path": self.path.display().to_string(), "watched": self.watched, "files": self.files.iter().map(|file| file.told(&self.path)).collect::<Vec<_>>(),
        });
        if let Some(fault) = &self.fault {
            told["fault"] = fault.detail.clone().into();
        }
        told
    }

    fn summary(&self) -> StartSummary {
        let mut summary = StartSummary::default();
        for ModelFile { path, state, .. } in &self.files {
            match state {
                FileState::Waiting => {}
                FileState::Registered(model) => summary.registered.push((path.clone(), model.clone())),
                FileState::Unchanged(model) => summary.unchanged.push((path.clone(), model.clone())),
                FileState::Failed(problem) => summary.failed.push((path.clone(), problem.clone())),
            }
        }
        summary.failed.extend(self.fault.iter().map(|fault| (self.path.clone(), fault.clone())));
        summary
    }
}

impl ModelFile {
    fn told(&self, folder: &Path) -> Value {
        let mut told = Object::new();
        told.insert("file".into(), self.path.strip_prefix(folder).unwrap_or(&self.path).display().to_string().into());
        told.insert("state".into(), self.state.as_str().into());
        match &self.state {
            FileState::Waiting => {}
            FileState::Registered(model) | FileState::Unchanged(model) => drop(told.insert("model".into(), model.clone().into())),
            FileState::Failed(problem) => drop(told.insert("problem".into(), problem.to_json())),
        }
        told.insert("read_at".into(), self.read_at.map(time::text).into());
        Value::Object(told)
    }
}

impl FileState {
    /// As it is spelled: `waiting`, `registered`, `unchanged`, `failed`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Registered(_) => "registered",
            Self::Unchanged(_) => "unchanged",
            Self::Failed(_) => "failed",
        }
    }

    /// The model, where the file describes one.
    pub fn model(&self) -> Option<&str> {
        match self {
            Self::Registered(model) | Self::Unchanged(model) => Some(model),
            Self::Waiting | Self::Failed(_) => None,
        }
    }
}
