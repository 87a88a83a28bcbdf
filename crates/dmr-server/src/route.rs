//! What the table of routes says of each.

use crate::answer::Answer;
use crate::call::Call;
use dmr::core::{Code, Problem};
use std::future::Future;
use std::pin::Pin;

/// A method a route takes. `HEAD` goes wherever `GET` goes; `OPTIONS` everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes, or asks with a document.
    Post,
    /// Replaces.
    Put,
    /// Changes.
    Patch,
    /// Deletes.
    Delete,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete];

    /// As it travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// The method of a request; `HEAD` is asked as `GET`.
    pub fn of(method: &http::Method) -> Option<Self> {
        match *method {
            http::Method::GET | http::Method::HEAD => Some(Self::Get),
            http::Method::POST => Some(Self::Post),
            http::Method::PUT => Some(Self::Put),
            http::Method::PATCH => Some(Self::Patch),
            http::Method::DELETE => Some(Self::Delete),
            _ => None,
        }
    }
}

/// Which family a route belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// The server itself.
    Service,
    /// Models.
    Models,
    /// Who may know of which models.
    Gatekeeper,
    /// Records.
    Records,
    /// The audit trail.
    Audit,
    /// Principals, keys, roles.
    Principals,
    /// Files and records from elsewhere.
    Ingestion,
}

impl Family {
    /// As the documentation calls it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Service => "Service",
            Self::Models => "Models",
            Self::Gatekeeper => "Gatekeeper",
            Self::Records => "Records",
            Self::Audit => "Audit",
            Self::Principals => "Principals",
            Self::Ingestion => "Ingestion",
        }
    }
}

/// Who is let in before the registry decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everyone; a credential is not looked at.
    Open,
    /// Whoever the credential names, or the anonymous asker.
    Asker,
}

/// Where a parameter stands beside the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// `?name=value`.
    Query,
    /// A header.
    Header,
}

/// What a parameter's text may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A whole number from 1.
    Number,
    /// An RFC 3339 time.
    Time,
    /// An entity tag.
    Tag,
    /// A key of 1 to 255 visible characters.
    Key,
    /// An operation of the audit trail.
    Operation,
    /// A condition in JSON.
    Condition,
    /// Words to search for; a search without is none.
    Search,
}

/// A parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// Where it stands.
    pub at: At,
    /// Its name.
    pub name: &'static str,
    /// What its text may be.
    pub kind: Kind,
    /// For a person.
    pub about: &'static str,
}

/// What a body, of a request or an answer, is: a name of a schema in the OpenAPI documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Any JSON that the text beside it describes.
    Any,
    /// One word.
    Word,
    /// A page for people.
    Page,
    /// Figures in the text form collectors of metrics read.
    Metrics,
    /// Figures by name.
    Figures,
    /// A backup as it is asked for.
    NewBackup,
    /// A list of backups.
    Backups,
    /// The settings in force.
    Settings,
    /// Changes of settings, by their keys.
    SettingsPatch,
    /// An OpenAPI document.
    OpenApi,
    /// A registration: a document, or a bare JSON Schema with a title.
    Registration,
    /// The next version of a model.
    NextVersion,
    /// A merge patch of a model.
    ModelPatch,
    /// A model.
    Model,
    /// A list of models.
    Models,
    /// A model, or the plan of a change.
    ModelOrPlan,
    /// A JSON Schema.
    Schema,
    /// The plan of a form.
    Form,
    /// The versions of a model.
    Versions,
    /// What the fields of a model hold.
    Statistics,
    /// What changed between two versions.
    Diff,
    /// Advice on a model.
    Advice,
    /// The permissions of a model.
    Permissions,
    /// The export list and the folder of models.
    Gatekeeper,
    /// The models a role comes to.
    RoleModels,
    /// Whether a role comes to a model.
    Checked,
    /// Entries of the access log.
    Accesses,
    /// A record as it is sent.
    NewRecord,
    /// A record as it is sent, or several, as a list or lines.
    NewRecords,
    /// A merge patch of a record.
    RecordPatch,
    /// A record.
    Record,
    /// A list of records, or of those parts of them that were asked for.
    Records,
    /// Records that answer a search, with ranks and places.
    Found,
    /// A record, or the ids of several.
    RecordOrIds,
    /// Records as a file.
    Exported,
    /// A file of records.
    File,
    /// What a file of records came to.
    Imported,
    /// What became of each row, where some may fail.
    Report,
    /// Several writes.
    Batch,
    /// What became of several writes.
    BatchAnswer,
    /// A query document.
    Query,
    /// An aggregate as it is asked for.
    Aggregate,
    /// What an aggregate came to.
    Groups,
    /// To which version to go back.
    Revert,
    /// A record's history.
    History,
    /// Entries of the audit trail.
    Entries,
    /// A principal as it is sent.
    NewPrincipal,
    /// A merge patch of a principal.
    PrincipalPatch,
    /// A principal.
    Principal,
    /// A list of principals.
    Principals,
    /// A key as it is asked for.
    NewKey,
    /// A key, told once.
    Key,
    /// A role as it is sent.
    NewRole,
    /// A role.
    Role,
    /// A list of roles.
    Roles,
    /// Who asks.
    Me,
    /// A file and what to do with it.
    Upload,
    /// Records as JSON and what to do with them.
    Process,
    /// What came of an ingestion.
    Ingested,
    /// An ingest.
    Ingest,
    /// What an ingest set aside.
    Quarantine,
    /// Something that takes long.
    Job,
}

/// What a route takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Takes {
    /// What it is.
    pub shape: Shape,
    /// In which media types; the first is the usual one.
    pub media: &'static [&'static str],
}

/// What a route gives where it does what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gives {
    /// The status.
    pub status: u16,
    /// The body, if there is one.
    pub shape: Option<Shape>,
    /// For a person.
    pub about: &'static str,
    /// Headers of note.
    pub headers: &'static [&'static str],
}

/// A running route.
pub(crate) type Running = Pin<Box<dyn Future<Output = Result<Answer, Problem>> + Send>>;

/// A route: where it is, what it takes and gives, and what it runs. Dispatch, OpenAPI and tests are made from this.
pub struct Route {
    /// The method it takes.
    pub method: Method,
    /// Its address, with the names of its parameters in braces.
    pub template: &'static str,
    /// The name of what it does, for generated clients.
    pub operation: &'static str,
    /// Which family it belongs to.
    pub family: Family,
    /// A sentence for a person.
    pub about: &'static str,
    /// Who is let in.
    pub access: Access,
    /// Parameters beside the path.
    pub parameters: &'static [Parameter],
    /// Whether any other query parameter is a filter.
    pub filters: bool,
    /// Its body, if it takes one.
    pub takes: Option<Takes>,
    /// What it answers where it does what was asked.
    pub gives: &'static [Gives],
    /// Its own refusals, beside those of every route.
    pub codes: &'static [Code],
    pub(crate) run: fn(Call) -> Running,
}

impl Route {
    /// The names of the parameters in its path, in order.
    pub fn places(&self) -> impl Iterator<Item = &'static str> {
        self.template.split('/').filter_map(|segment| segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')))
    }

    /// Whether it changes anything.
    pub fn writes(&self) -> bool {
        self.method != Method::Get
    }
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method.as_str(), self.template)
    }
}

/// What a route is when nothing else is said of it.
pub(crate) const PLAIN: Route = Route {
    method: Method::Get,
    template: "",
    operation: "",
    family: Family::Service,
    about: "",
    access: Access::Asker,
    parameters: &[],
    filters: false,
    takes: None,
    gives: &[],
    codes: &[],
    run: |_| Box::pin(async { Err(Problem::new(Code::RouteUnknown, Code::RouteUnknown.title())) }),
};

/// A query parameter.
pub(crate) const fn query(name: &'static str, kind: Kind, about: &'static str) -> Parameter {
    Parameter { at: At::Query, name, kind, about }
}

/// A header.
pub(crate) const fn header(name: &'static str, kind: Kind, about: &'static str) -> Parameter {
    Parameter { at: At::Header, name, kind, about }
}

/// An answer with a body.
pub(crate) const fn gives(status: u16, shape: Shape, about: &'static str) -> Gives {
    Gives { status, shape: Some(shape), about, headers: &[] }
}

/// An answer without a body.
pub(crate) const fn gives_nothing(status: u16, about: &'static str) -> Gives {
    Gives { status, shape: None, about, headers: &[] }
}

impl Gives {
    /// Names the headers of note.
    #[must_use]
    pub(crate) const fn with(self, headers: &'static [&'static str]) -> Self {
        Self { headers, ..self }
    }
}
