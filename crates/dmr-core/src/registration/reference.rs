//! References of a registration: from names of models to their identities, and whether each can be (M5).

use super::Registration;
use super::read::unavailable;
use crate::command::sees_all;
use crate::gate::View;
use crate::model::{Head, Model, ModelId, OnDelete, Reference, ReferenceDefinition};
use crate::permission::Operation;
use crate::{Code, Issue, Object, Problem, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A reference as a registration asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceAsked {
    /// The model, as it was spelled.
    pub model: String,
    /// What becomes of the reference when its record is to be deleted.
    pub on_delete: OnDelete,
}

/// The models that the references of a registration lead to.
#[derive(Debug, Clone, Default)]
pub struct Targets {
    /// By the names that the registration gives, as whoever registers sees them.
    pub named: BTreeMap<String, Result<Arc<Model>, Problem>>,
    /// Of references that are there already.
    pub known: BTreeMap<ModelId, Arc<Model>>,
}

impl Targets {
    fn get(&self, id: ModelId) -> Option<&Arc<Model>> {
        self.known.get(&id).or_else(|| self.named.values().flatten().find(|model| model.id() == id))
    }
}

/// Reads `references` and `on_delete` of a field's settings, and takes them out.
pub(super) fn read(settings: &mut Object, at: &str, issues: &mut Vec<Issue>) -> Option<ReferenceAsked> {
    let (references, on_delete) = (settings.shift_remove("references"), settings.shift_remove("on_delete"));
    let on_delete = match on_delete {
        None | Some(Value::Null) => None,
        Some(value) => match value.as_str().and_then(OnDelete::find) {
            Some(choice) => Some(choice),
            None => {
                let issue = Issue::body(format!("{at}/on_delete"), Code::DefinitionInvalid, "`on_delete` is `keep` or `restrict`");
                issues.push(issue.value(&value));
                None
            }
        },
    };
    match references {
        None | Some(Value::Null) => {
            if on_delete.is_some() {
                let message = "`on_delete` is of a reference: `references` names the model";
                issues.push(Issue::body(format!("{at}/on_delete"), Code::DefinitionInvalid, message));
            }
            None
        }
        Some(Value::String(model)) => Some(ReferenceAsked { model, on_delete: on_delete.unwrap_or_default() }),
        Some(_) => {
            let issue = Issue::body(format!("{at}/references"), Code::BodyShape, "`references` is the name of a model");
            issues.push(issue.suggest("shop.Customer"));
            None
        }
    }
}

/// The reference of a field by identity.
pub(super) fn resolve(registration: &Registration, field: &str, targets: &Targets, issues: &mut Vec<Issue>) -> Option<ReferenceDefinition> {
    let asked = registration.references.get(field)?;
    let on_delete = asked.on_delete;
    if registration.is_called(&asked.model) {
        return Some(ReferenceDefinition { model: None, on_delete });
    }
    let at = format!("{}/references", crate::path::pointer("/fields", field));
    match targets.named.get(&asked.model) {
        Some(Ok(model)) => Some(ReferenceDefinition { model: Some(model.id()), on_delete }),
        Some(Err(problem)) => {
            issues.push(Issue::body(at, Code::DefinitionInvalid, problem.detail.clone()).suggest_all(problem.suggestions.clone()));
            None
        }
        None => {
            issues.push(Issue::body(at, Code::DefinitionInvalid, format!("there is no model `{}`", asked.model)));
            None
        }
    }
}

/// References of fields that are gone go with them.
pub(super) fn drop_gone(head: &mut Head, model: &Model) {
    let there = |id| model.references.iter().any(|reference| reference.ids.last() == Some(id));
    for (id, settings) in &mut head.settings {
        if settings.references.is_some() && !there(id) {
            settings.references = None;
        }
    }
    head.settings.retain(|_, settings| !settings.is_empty());
}

/// Refuses references whose values could never name a record, and such as would tell of records that one may not see.
pub(super) fn check(model: &Model, targets: &Targets, issues: &mut Vec<Issue>) {
    for reference in &model.references {
        let name = model.names(&reference.ids);
        let at = crate::path::pointer("/fields", &name);
        let target =
            if reference.is_own(model.id()) { Some(model) } else { targets.get(reference.target(model.id())).map(|model| &**model) };
        let Some(target) = target else { continue };
        if !reference.fits_id() && !reference.fits_key(target) {
            issues.push(unfit(reference, &name, target, &at));
            continue;
        }
        if !reference.restricts {
            continue;
        }
        if reference.several {
            issues.push(unavailable(&format!("{at}/on_delete"), "`restrict` for a list of references").suggest("keep"));
            continue;
        }
        if !model.head.permissions.discloses.contains(&name) {
            undisclosed(model, reference, &name, target, issues);
        }
    }
}

fn unfit(reference: &Reference, name: &str, target: &Model, at: &str) -> Issue {
    let key = target.field_at(&target.head.key).map(|field| format!(", or by `{}`: {}", field.name(), field.shape.kind.name()));
    let message = format!(
        "`{name}` holds {}; records of `{}` are named by `_id`: uuid{}",
        reference.kind.name(),
        target.head.name,
        key.unwrap_or_default()
    );
    Issue::body(format!("{at}/references"), Code::DefinitionInvalid, message)
}

/// Who may delete records of the target is told whether others refer to them: each role that may, and does not see them all, must be
/// meant to be told.
fn undisclosed(model: &Model, reference: &Reference, name: &str, target: &Model, issues: &mut Vec<Issue>) {
    for (role, operations) in &target.head.permissions.models {
        // Who changes a record may change the key that others name it by.
        let rekeys = operations.has(Operation::Update) && reference.fits_key(target);
        if !operations.has(Operation::Delete) && !rekeys {
            continue;
        }
        let roles = if role == crate::principal::ANY_ROLE { vec!["anyone".to_owned()] } else { vec![role.clone()] };
        if !sees_all(&View::compile(model, &roles), reference) {
            let message = format!(
                "the role `{role}` may delete or rename records of `{}`: `{name}` would tell it which of them records of this model refer to, though it does not see them all",
                target.head.name
            );
            issues.push(
                Issue::body("/permissions/discloses", Code::DisclosureUndeclared, message)
                    .suggest(format!("add `{name}` to `discloses`, or use on_delete: keep")),
            );
        }
    }
}
