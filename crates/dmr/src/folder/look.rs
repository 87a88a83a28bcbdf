//! A look at the folder of models: what came, what changed, what is to be read now.
//!
//! It is asked for its files again and again instead of having the system tell: that works on every system and on every mount (what the system
//! tells of changes does not come over a network's or a container's), needs no library, and a look at a folder of a thousand files takes two milliseconds.
//! A file that changed is read when it is the same in two looks: who is still writing it is not interrupted.

use super::file::{Print, files, read};
use super::{FileState, ModelFile, ModelsFolder};
use crate::session::Session;
use dmr_core::{Code, Problem};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The folder, with what is known of each file.
pub struct Folder {
    path: PathBuf,
    pub watched: bool,
    files: BTreeMap<PathBuf, Known>,
    fault: Option<Problem>,
    /// Whether what comes of files is told as it comes: at the start whoever opens the registry tells all of it.
    tells: bool,
}

/// A file as it was when it was last looked at.
struct Known {
    print: Print,
    /// Whether it was read in this state, or passed over.
    done: bool,
    state: FileState,
    read_at: Option<i64>,
}

impl Folder {
    pub fn new(path: PathBuf, watched: bool) -> Self {
        Self { path, watched, files: BTreeMap::new(), fault: None, tells: false }
    }

    /// Reads every file there is.
    pub fn look_first(&mut self, system: &Session) {
        self.look();
        let all = self.files.keys().cloned().collect();
        self.take(all, system);
        self.tells = true;
    }

    /// Takes every file there is for one that was read.
    pub fn pass_over(&mut self) {
        self.look();
        self.files.values_mut().for_each(|known| known.done = true);
        self.tells = true;
    }

    /// Looks what there is; gives the files that have to be read now, and whether something else has changed.
    pub fn look(&mut self) -> (Vec<PathBuf>, bool) {
        let there = match files(&self.path) {
            Ok(there) => there,
            Err(fault) => {
                let new = self.fault.as_ref().is_none_or(|known| known.detail != fault.detail);
                if new && self.tells {
                    tracing::warn!(target: "dmr::folder", fault = fault.detail, "the folder of models cannot be read");
                }
                self.fault = Some(fault);
                return (Vec::new(), new);
            }
        };
        let mut changed = self.fault.take().is_some();
        let known = self.files.len();
        self.files.retain(|path, _| there.contains_key(path));
        if self.files.len() < known {
            changed = true;
            // One that stood in another's way may be gone.
            let failed = self.files.values_mut().filter(|known| matches!(known.state, FileState::Failed(_)));
            failed.for_each(|known| known.done = false);
        }
        let mut due = Vec::new();
        for (path, print) in there {
            match self.files.get_mut(&path) {
                Some(known) if known.print == print => due.extend((!known.done).then_some(path)),
                Some(known) => (known.print, known.done) = (print, false),
                None => {
                    changed = true;
                    self.files.insert(path, Known { print, done: false, state: FileState::Waiting, read_at: None });
                }
            }
        }
        (due, changed)
    }

    /// Reads files. Where one registers something, those that failed are read again: they may rest on it.
    pub fn take(&mut self, due: Vec<PathBuf>, system: &Session) {
        let mut open = due;
        while !open.is_empty() {
            let mut registered = false;
            for path in open {
                let state = self.declared(&path, system);
                if self.tells {
                    tell(&path, &state);
                }
                registered |= matches!(state, FileState::Registered(_));
                // What the registry could not take just now it is asked again.
                let done = !matches!(&state, FileState::Failed(problem) if problem.retry_after.is_some());
                if let Some(known) = self.files.get_mut(&path) {
                    (known.state, known.done, known.read_at) = (state, done, Some(system.inner.now()));
                }
            }
            let failed = self.files.iter().filter(|(_, known)| known.done && matches!(known.state, FileState::Failed(_)));
            open = if registered { failed.map(|(path, _)| path.clone()).collect() } else { Vec::new() };
        }
    }

    /// As it is told.
    pub fn told(&self) -> ModelsFolder {
        let told = |(path, known): (&PathBuf, &Known)| ModelFile { path: path.clone(), state: known.state.clone(), read_at: known.read_at };
        ModelsFolder {
            path: self.path.clone(),
            watched: self.watched,
            files: self.files.iter().map(told).collect(),
            fault: self.fault.clone(),
        }
    }

    fn declared(&self, path: &Path, system: &Session) -> FileState {
        let declared = read(&self.path, path).and_then(|registration| {
            let name = registration.name.to_string();
            let twin = self.files.iter().find(|(other, known)| *other != path && known.state.model() == Some(name.as_str()));
            match twin {
                // Each start would register the one and then the other.
                Some((twin, _)) => {
                    let twin = twin.strip_prefix(&self.path).unwrap_or(twin).display();
                    Err(Problem::new(Code::ModelExists, format!("{twin} describes the model `{name}` too")))
                }
                None => system.declare(registration).wait(),
            }
        });
        match declared {
            Ok(model) if model.created => FileState::Registered(model.name),
            Ok(model) => FileState::Unchanged(model.name),
            Err(problem) => FileState::Failed(problem),
        }
    }
}

fn tell(path: &Path, state: &FileState) {
    let file = path.display();
    match state {
        FileState::Registered(model) => tracing::info!(target: "dmr::folder", %file, model, "a model was registered from its file"),
        FileState::Failed(problem) => {
            tracing::warn!(target: "dmr::folder", %file, problem = problem.detail, "a file of a model cannot be used")
        }
        FileState::Waiting | FileState::Unchanged(_) => {}
    }
}
