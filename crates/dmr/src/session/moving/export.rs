//! Export: the records of a list as a file (R7).

use super::super::Session;
use super::super::list::{Listing, refusal};
use super::format::FileFormat;
use super::outgoing::Outgoing;
use super::select::Selected;
use crate::pending::Pending;
use dmr_core::command::missing;
use dmr_core::gate::{Check, Guard};
use dmr_core::permission::Operation;
use dmr_core::principal::Right;
use dmr_core::query::{Count, Document, Parameters};
use dmr_core::{Code, Issue, Problem};
use parking_lot::Mutex;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How large a piece of a file is about to be, in bytes.
const PIECE: usize = 512 * 1024;
/// How long a piece may take that is not full by then: others read too.
const TURN: Duration = Duration::from_millis(150);

/// What is exported, and how.
#[derive(Debug, Clone)]
pub struct Export {
    /// The format of the file.
    pub format: FileFormat,
    /// Which records: filters, order, fields, at most how many, deleted ones. No cursor, page, count or numbers as texts.
    pub parameters: Parameters,
    /// With what the system keeps beside records (`_id`, times, users, owner, version); a right of its own.
    pub system: bool,
}

impl Export {
    /// Everything there is of a model, in a format.
    pub fn all(format: FileFormat) -> Self {
        Self { format, parameters: Parameters::default(), system: false }
    }
}

/// A file on its way out.
///
/// It is not of one moment: what changes while it is made may be in it as it was or as it is. Where the model or the asker's rights change,
/// it ends with a problem: what was handed out until then is not the whole.
pub struct Exported {
    /// The format of the file.
    pub format: FileFormat,
    /// What the file may be called: `Product.csv`.
    pub name: String,
    session: Session,
    /// Protects what is being made, a piece at a time.
    making: Arc<Mutex<Making>>,
}

struct Making {
    selected: Selected,
    outgoing: Outgoing,
    ended: bool,
}

impl Session {
    /// Exports the records of a list (R7). It takes the rights to list and to read; what is hidden is not in the file.
    pub fn export(&self, model: &str, export: Export) -> Pending<Exported> {
        self.pending(|session| session.exporting(model, export).map(|exported| Pending::ready(Ok(exported))))
    }

    fn exporting(&self, model: &str, export: Export) -> Result<Exported, Problem> {
        let Export { format, parameters, system } = export;
        let of = self.model_for(model, Operation::List)?;
        if !of.view.may(Operation::Read) {
            return Err(self.forbidden(missing(Operation::Read)));
        }
        if system {
            self.needs(Right::System)?;
        }
        let issues = unfit(&parameters, system);
        if !issues.is_empty() {
            return Err(refusal(issues));
        }
        let most = parameters.document.limit.unwrap_or(usize::MAX);
        let name = of.model.head.name.to_string();
        let mut listing = Listing::prepare(self.clone(), of, parameters)?;
        listing.scope = listing.scope.min(listing.of.view.scope(Operation::Read, Check::RowsList));
        if listing.scope == Guard::Never {
            return Err(missing(Operation::List));
        }
        let outgoing = Outgoing::new(format, &listing, system)?;
        let making = Making { selected: Selected::new(listing, most)?, outgoing, ended: false };
        let name = format!("{name}.{}", format.as_str());
        Ok(Exported { format, name, session: self.clone(), making: Arc::new(Mutex::new(making)) })
    }
}

/// What a list takes and an export does not.
fn unfit(parameters: &Parameters, system: bool) -> Vec<Issue> {
    let Document { cursor, page, count, fields, expand, .. } = &parameters.document;
    let mut issues = Vec::new();
    let unfit = [
        ("cursor", cursor.is_some()),
        ("page", page.is_some()),
        ("count", *count != Count::None),
        ("numbers", parameters.numbers_as_text),
        ("expand", !expand.is_empty()),
    ];
    for (name, _) in unfit.into_iter().filter(|(_, given)| *given) {
        issues.push(Issue::query(name, Code::ParameterUnknown, format!("an export takes no `{name}`: it is all of what is asked for")));
    }
    let beside = fields.iter().flatten().filter_map(|path| path.first()).find(|name| name.starts_with('_'));
    if let (Some(name), false) = (beside, system) {
        let message = format!("`{name}` is the system's: it is exported where that is asked for");
        issues.push(Issue::query("fields", Code::ParameterValue, message).suggest("system=true"));
    }
    issues
}

impl Exported {
    /// The next piece of the file; none after the last. A piece may be empty: then nothing was found for a while. Asked for one after the
    /// other; what was asked for is made on the reader threads while whoever asked does something else.
    pub fn next(&self) -> Pending<Option<Vec<u8>>> {
        self.session.pending(|session| {
            let (session, making) = (session.clone(), self.making.clone());
            let (reply, pending) = Pending::new();
            self.session.inner.pool.run(move || reply.send(making.lock().piece(&session)))?;
            Ok(pending)
        })
    }
}

impl Making {
    fn piece(&mut self, session: &Session) -> Result<Option<Vec<u8>>, Problem> {
        if self.ended {
            return Ok(None);
        }
        self.check(session)?;
        self.outgoing.begin();
        let began = Instant::now();
        while !self.selected.ended() {
            let full = self.some()?;
            if full || began.elapsed() > TURN {
                return self.outgoing.ready(PIECE + PIECE / 8).map(Some);
            }
        }
        self.outgoing.end();
        self.ended = true;
        self.outgoing.ready(0).map(Some)
    }

    /// Writes some records; whether the piece is full.
    fn some(&mut self) -> Result<bool, Problem> {
        let Self { selected, outgoing, .. } = self;
        let listing = selected.listing().clone();
        let mut full = false;
        outgoing.records(&listing, |write| {
            selected.some(&mut |record| {
                full = write(record) >= PIECE;
                if full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
        })?;
        Ok(full)
    }

    /// That the file still is what it began as.
    fn check(&self, session: &Session) -> Result<(), Problem> {
        let listing = self.selected.listing();
        let revision =
            session.inner.catalog.read().model_by_id(listing.of.model.id()).map(|entry| (entry.head.revision, entry.head.deleted));
        let same = revision == Some((listing.of.view.revision, false))
            && session.asker.roles == listing.session.asker.roles
            && session.asker.rights == listing.session.asker.rights
            && session.asker.exported == listing.session.asker.exported;
        if same {
            return Ok(());
        }
        let problem = Problem::new(Code::ModelMoved, "the model or your rights changed while it was exported: the file is not whole");
        Err(problem.suggest("export it again"))
    }
}
