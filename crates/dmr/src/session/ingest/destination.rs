//! Which model an input goes into: one that exists, or one that is inferred and registered.

use super::super::Session;
use super::load::Meter;
use super::storage::{self, StorageChosen};
use crate::seen::SeenModel;
use dmr_core::model::{Source, Storage};
use dmr_core::name::{INFERRED_NAMESPACE, ModelName};
use dmr_core::permission::Operation;
use dmr_core::principal::Right;
use dmr_core::registration::{Registration, StorageAsked};
use dmr_core::{Code, Problem, Value};
use dmr_ingest::{Column, Evidence, Input, Inspection, Layout, Options, inspect, model_name};
use serde_json::json;

/// Where an input goes.
pub(super) enum Destination {
    /// Into a model the asker may make records of.
    Existing(SeenModel),
    /// Into one that is to be registered.
    New(ModelName),
}

/// A model that is there, with how the input becomes its records.
pub(super) struct Target {
    /// The model.
    pub seen: SeenModel,
    /// How the input is read.
    pub layout: Layout,
    /// Whether it was registered now.
    pub created: bool,
    /// Its storage and why.
    pub storage: StorageChosen,
    /// What was seen of each field.
    pub fields: Vec<Value>,
    /// What a person should know.
    pub notices: Vec<String>,
}

impl Destination {
    /// Finds it: the model that is named, else the one called after the input; registered where it is not there.
    ///
    /// # Errors
    /// `model.unknown`, `right.missing`, `credential.missing`, `name.invalid`.
    pub fn find(session: &Session, model: Option<&str>, source: &str) -> Result<Self, Problem> {
        let inferred = || format!("{INFERRED_NAMESPACE}.{}", model_name(source));
        let name = model.map_or_else(inferred, str::to_owned);
        match session.model_for(&name, Operation::Create) {
            Ok(seen) => Ok(Self::Existing(seen)),
            Err(problem) if problem.code == Code::ModelUnknown => {
                // Who may not register cannot tell a model that is not there from one it may not know of.
                if model.is_some() && !session.asker.may(Right::Register) {
                    return Err(problem);
                }
                session.needs(Right::Register)?;
                ModelName::parse(&name).map(Self::New).map_err(|fault| Problem::one(fault.at("/model")))
            }
            Err(problem) => Err(problem),
        }
    }

    /// Its name as it works in a route.
    pub fn name(&self) -> String {
        match self {
            Self::Existing(seen) => seen.model.head.name.to_string(),
            Self::New(name) => name.to_string(),
        }
    }

    /// Makes the model be there.
    ///
    /// # Errors
    /// `ingest.format`, `ingest.empty`, `file.unreadable`, and what a registration is refused for.
    pub fn settle(self, session: &Session, input: &Input, asked: StorageAsked, meter: &mut Meter) -> Result<Target, Problem> {
        match self {
            Self::Existing(seen) => existing(seen, input, asked),
            Self::New(name) => {
                meter.total *= 2;
                let inspection = inspect(input, &Options::default(), &mut |progress| meter.tell(progress.bytes))?;
                meter.before = meter.total / 2;
                register(session, name, input, inspection, asked)
            }
        }
    }
}

fn existing(seen: SeenModel, input: &Input, asked: StorageAsked) -> Result<Target, Problem> {
    let layout = Layout::for_fields(input, &Options::default(), &columns(&seen))?;
    let storage = storage::kept(seen.model.head.storage, asked);
    Ok(Target { seen, layout, created: false, storage, fields: Vec::new(), notices: Vec::new() })
}

/// The fields an asker may know of, by the names they have in sources.
fn columns(seen: &SeenModel) -> Vec<Column> {
    let known = seen.model.fields.iter().filter(|field| seen.view.access(field.id).known);
    let column = |field: &dmr_core::model::Field| Column {
        source: field.shape.schema["x-dmr-alias"].as_str().unwrap_or(field.name()).to_owned(),
        name: field.name().to_owned(),
        field_type: field.shape.kind.clone(),
    };
    known.map(column).collect()
}

fn register(session: &Session, name: ModelName, input: &Input, inspection: Inspection, asked: StorageAsked) -> Result<Target, Problem> {
    let label = name.to_string();
    let mut storage = storage::choose(asked, &inspection);
    let registration = |method: Storage| Registration {
        schema: Some(inspection.proposal.schema.clone()),
        storage: Some(if method == Storage::Structured { StorageAsked::Structured } else { StorageAsked::Flexible }),
        tags: Some(["dynamic".to_owned(), "inferred".to_owned()].into()),
        ..Registration::new(name.clone(), Source::Dynamic)
    };
    let mut registered = session.register_as(registration(storage.method)).wait();
    let full = matches!(&registered, Err(problem) if problem.code == Code::StorageLimit);
    if full && asked == StorageAsked::Auto {
        storage = storage::fallen_back(storage);
        registered = session.register_as(registration(storage.method)).wait();
    }
    let session = session.renewed()?;
    match registered {
        Ok(registered) if registered.created => {}
        // Somebody was faster.
        Ok(_) => return existing(session.model_for(&label, Operation::Create)?, input, asked),
        Err(problem) if problem.code == Code::ModelExists => {
            return existing(session.model_for(&label, Operation::Create)?, input, asked);
        }
        Err(problem) => return Err(problem),
    }
    let seen = session.model_for(&label, Operation::Create).inspect_err(|_| {
        // Who may register but not make records leaves no empty model behind.
        let _ = session.delete_model(&label, false).wait();
    })?;
    let fields = inspection.proposal.fields.iter().map(evidence).collect();
    Ok(Target { seen, layout: inspection.layout, created: true, storage, fields, notices: inspection.proposal.notices })
}

fn evidence(field: &Evidence) -> Value {
    json!({
        "name": field.name, "source": field.source, "type": field.field_type.to_string(), "why": field.reason,
        "seen": field.seen, "nulls": field.nulls, "absent": field.absent, "sample": field.sample,
    })
}
