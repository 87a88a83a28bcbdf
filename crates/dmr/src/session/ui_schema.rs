//! Form plans: what a door draws for a model, as the asker sees it (U1, U2).

use super::Session;
use super::list::listed;
use super::models::{etag, schema_of, sees_all};
use crate::pending::Pending;
use crate::seen::SeenModel;
use dmr_core::form::{self, Form, LiveValues};
use dmr_core::gate::{Check, Guard};
use dmr_core::model::FieldId;
use dmr_core::permission::Operation;
use dmr_core::query::{Document, Parameters, Sort};
use dmr_core::types::FieldType;
use dmr_core::{Problem, Value, json};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

/// How many of the newest records are looked at for values that fields hold.
const LOOKED_AT: usize = 1000;
/// How many different values of a field are kept: with more of them nobody picks from a list.
const MOST_VALUES: usize = 50;
/// The longest value that is offered, in bytes: nobody picks a longer one.
const LONGEST: usize = 200;

impl Session {
    /// The plan of a form for a model's records, with its entity tag (U1, U2): only of what the asker sees of the model; what it may not set
    /// is read-only. Values that living records hold are offered where the asker sees every record and reads the field in all of them.
    ///
    /// # Errors
    /// As [`Session::model`].
    pub fn ui_schema(&self, model: &str) -> Pending<(Form, String)> {
        self.pending(|session| {
            let (_, seen) = session.find(model)?;
            let (reply, pending) = Pending::new();
            let session = session.clone();
            self.inner.pool.run(move || reply.send(session.planned(&seen)))?;
            Ok(pending)
        })
    }

    fn planned(&self, seen: &SeenModel) -> Result<(Form, String), Problem> {
        let (model, view) = (&seen.model, &seen.view);
        let live = self.live_values(seen)?;
        // To whoever sees all of it the document says what it said when it was registered.
        let schema = if sees_all(seen, model) { Cow::Borrowed(&model.version.schema) } else { Cow::Owned(schema_of(seen, model)?) };
        let hint = |id: FieldId| model.head.settings.get(&id).and_then(|settings| settings.widget.clone());
        let writes = |id: FieldId| view.access_for(id, Check::ColumnSchema).write != Guard::Never;
        let mut form = form::plan(&form::Asked {
            model: &model.head.name.to_string(),
            version: &model.version.version.to_string(),
            schema: &schema,
            fields: &model.fields,
            hint: &hint,
            writes: &writes,
            writes_undeclared: view.undeclared.write != Guard::Never,
            live: &live,
        })?;
        form.may =
            Operation::ALL.into_iter().filter(|operation| view.may(*operation)).map(|operation| operation.as_str().to_owned()).collect();
        Ok((form, tag(seen, &live)))
    }

    /// What the newest records hold in fields of text.
    fn live_values(&self, seen: &SeenModel) -> Result<BTreeMap<FieldId, LiveValues>, Problem> {
        let view = &seen.view;
        let all = view.may(Operation::List) && view.scope(Operation::List, Check::RowsList) == Guard::Always;
        let read = |id: FieldId| view.access_for(id, Check::ColumnRender).read == Guard::Always;
        let texts: Vec<_> = seen.model.fields.iter().filter(|field| field.shape.kind == FieldType::Text && read(field.id)).collect();
        if !all || texts.is_empty() {
            return Ok(BTreeMap::new());
        }
        let sort = Sort { field: vec!["_id".to_owned()], descending: true, pointer: "/sort".to_owned() };
        let fields = texts.iter().map(|field| vec![field.name().to_owned()]).collect();
        let document = Document { sort: vec![sort], fields: Some(fields), limit: Some(LOOKED_AT), ..Document::default() };
        let page = listed(self.clone(), seen.clone(), Parameters { document, ..Parameters::default() })?;
        let records: Vec<Value> = page.items.iter().map(|item| json::raw::value(item)).collect();
        Ok(texts.iter().map(|field| (field.id, held(&records, field.name()))).collect())
    }
}

/// The values under a name, the most frequent first; equally frequent ones in order.
fn held(records: &[Value], name: &str) -> LiveValues {
    let mut counted: HashMap<&str, usize> = HashMap::new();
    for value in records.iter().filter_map(|record| record.get(name)?.as_str()) {
        *counted.entry(value).or_default() += 1;
    }
    let records = counted.values().sum();
    let mut counted: Vec<(&str, usize)> = counted.into_iter().collect();
    counted.sort_by(|(one, often), (other, oftener)| oftener.cmp(often).then(one.cmp(other)));
    if counted.len() > MOST_VALUES || counted.iter().any(|(value, _)| value.len() > LONGEST) {
        // Too many or too long to be offered: which they are no longer matters.
        counted.clear();
    }
    LiveValues { values: counted.into_iter().map(|(value, _)| value.into()).collect(), records }
}

/// The plan is the same while the model, what is seen of it and the values that are offered are.
fn tag(seen: &SeenModel, live: &BTreeMap<FieldId, LiveValues>) -> String {
    let mut hash = Sha256::new();
    for (id, live) in live {
        hash.update(format!("{id} {} {};", live.records, Value::from(live.values.clone())));
    }
    let short: String = hash.finalize().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let whole = etag(seen);
    format!("{}.{short}\"", whole.trim_end_matches('"'))
}
