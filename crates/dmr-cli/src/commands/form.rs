//! `dmr form`: fills in a form at the terminal and makes the record (U1, U2).

mod answer;
mod console;
mod fill;

use crate::call::{Call, Model};
use crate::document;
use crate::failure::Failure;
use crate::output::{Grid, plain};
use clap::Args;
use console::Console;
use dmr::core::form::{Control, Form as Plan};
use dmr::core::path;
use dmr::{Code, Issue, Object, Place, Problem, Value};
use dmr_api::client::Request;
use dmr_api::route;
use fill::Filling;

const AFTER: &str = "\
Examples:
  dmr form Product                     asks for each field, checks each answer, shows the record, sends it
  dmr form Product sku=0015 --required what is given is not asked for, nor what is optional
  dmr form Product --yes < answers.txt an answer a line

An empty line takes the default, or leaves out what is optional. :null sets to null, :? tells more, :quit sends nothing;
a text that begins with : is written with two.";

/// Fills in a form and makes the record.
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub struct Form {
    /// The model: Product, shop.Product
    pub model: String,
    /// What is known already: FIELD=VALUE, or FIELD:=JSON
    #[arg(value_name = "FIELD=VALUE")]
    pub pairs: Vec<String>,
    /// Asks only for what is required
    #[arg(long)]
    pub required: bool,
    /// Sends without asking
    #[arg(long, short)]
    pub yes: bool,
}

impl Form {
    /// Asks, shows, sends; asks again where the server refuses a field.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let model = call.model(&self.model).await?;
        let plan = plan(call, &model).await?;
        let known = match document::of_pairs(&self.pairs, model.types())? {
            Value::Object(known) => known,
            _ => Object::new(),
        };
        let console = Console::new();
        let mut filling = Filling { plan: &plan, console, required_only: self.required };
        filling.console.say(&format!("{}: a new record; * is required, :? tells more", plain(&plan.record.label)));
        let mut record = tokio::task::block_in_place(|| filling.record(known))?;
        loop {
            if !self.yes && !tokio::task::block_in_place(|| confirmed(call, &mut filling, &record))? {
                filling.console.say("nothing was sent");
                return Ok(());
            }
            let request = Request::post(route::fill(route::RECORDS, &[&model.name])).json(&Value::Object(record.clone()));
            match call.send(request).await {
                Ok(answer) => {
                    let made = answer.json()?;
                    super::record::show(call, &made)?;
                    super::record::suggest_history(call, &model, &made);
                    return Ok(());
                }
                Err(problem) => tokio::task::block_in_place(|| again(&mut filling, &mut record, problem))?,
            }
        }
    }
}

/// The plan of a model's form, where the asker may make records.
async fn plan(call: &Call<'_>, model: &Model) -> Result<Plan, Failure> {
    let plan = call.get(&route::fill(route::UI_SCHEMA, &[&model.name]), &[]).await?;
    let plan: Plan = serde_json::from_value(plan)
        .map_err(|fault| Problem::new(Code::ServerAnswer, format!("the server's plan of the form cannot be read: {fault}")))?;
    if plan.may.iter().any(|operation| operation == "create") {
        return Ok(plan);
    }
    Err(Problem::new(Code::RightMissing, format!("records of {} cannot be made by this key", model.name)).into())
}

fn confirmed(call: &Call<'_>, filling: &mut Filling<'_>, record: &Object) -> Result<bool, Failure> {
    let look = call.output.look(&call.settings.terminal);
    let mut grid = Grid::new(["field", "value"]);
    for (name, value) in record {
        let secret =
            filling.plan.record.fields.iter().any(|field| field.name == *name && field.widget == dmr::core::widget::Widget::Password);
        grid.row(vec![plain(name), if secret { "********".to_owned() } else { look.value(Some(value)) }]);
    }
    filling.console.say(grid.draw("an empty record").trim_end());
    filling.console.yes_or_no("Send it?", true)
}

/// Tells what the server refused, beside its fields, and asks for those again.
fn again(filling: &mut Filling<'_>, record: &mut Object, problem: Problem) -> Result<(), Failure> {
    let of_fields: Vec<&Issue> = problem.errors.iter().filter(|issue| issue.place == Place::Body && !issue.pointer.is_empty()).collect();
    let mut asked: Vec<String> = Vec::new();
    for issue in &of_fields {
        let (pointer, control) = nearest_control(&filling.plan.record, &issue.pointer);
        if pointer.is_empty() {
            return Err(problem.into());
        }
        filling.console.say(&format!("  ! {}: {}", plain(&control.label), plain(&issue.message)));
        if !asked.contains(&pointer) {
            asked.push(pointer);
        }
    }
    if asked.is_empty() || asked.len() > of_fields.len() {
        return Err(problem.into());
    }
    for pointer in asked {
        let (_, control) = nearest_control(&filling.plan.record, &pointer);
        let value = filling.again(control).map_err(|failure| if filling.console.ended() { problem.clone().into() } else { failure })?;
        put(record, &pointer, value);
    }
    Ok(())
}

/// The control that sets what a pointer names, or the nearest around it, with its own pointer.
fn nearest_control<'p>(record: &'p Control, pointer: &str) -> (String, &'p Control) {
    let (mut at, mut control) = (String::new(), record);
    for segment in pointer.split('/').skip(1) {
        let name = segment.replace("~1", "/").replace("~0", "~");
        match control.fields.iter().find(|field| field.name == name) {
            Some(field) => {
                at = path::pointer(&at, &name);
                control = field;
            }
            None => break,
        }
    }
    (at, control)
}

fn put(record: &mut Object, pointer: &str, value: Option<Value>) {
    let names: Vec<String> = pointer.split('/').skip(1).map(|segment| segment.replace("~1", "/").replace("~0", "~")).collect();
    let Some((last, above)) = names.split_last() else { return };
    let mut object = record;
    for name in above {
        let inner = object.entry(name.as_str()).or_insert_with(|| Value::Object(Object::new()));
        if !inner.is_object() {
            *inner = Value::Object(Object::new());
        }
        let Value::Object(inner) = inner else { return };
        object = inner;
    }
    match value {
        Some(value) => drop(object.insert(last.clone(), value)),
        None => drop(object.shift_remove(last)),
    }
}
