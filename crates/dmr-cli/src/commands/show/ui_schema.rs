//! `dmr show ui-schema`.

use crate::call::Call;
use crate::failure::Failure;
use crate::output::{Grid, Look};
use clap::Args;
use dmr::Value;
use dmr::core::form::{Control, Form};
use dmr::{Code, Problem};
use dmr_api::route;

/// Shows the form of a model: each field with its widget and why.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dmr show ui-schema Product
  dmr show ui-schema Product --format json     the whole plan
  dmr change Product --widget price=slider     another widget")]
pub struct UiSchema {
    /// The model
    pub model: String,
}

impl UiSchema {
    /// Shows it; every other format gives the plan as it is.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let model = call.model(&self.model).await?;
        let plan = call.get(&route::fill(route::UI_SCHEMA, &[&model.name]), &[]).await?;
        let form: Form = serde_json::from_value(plan.clone())
            .map_err(|fault| Problem::new(Code::ServerAnswer, format!("the server's plan of the form cannot be read: {fault}")))?;
        let look = call.output.look(&call.settings.terminal);
        call.output.show(&plan, || draw(&form, look))?;
        call.output.next(&format!("dmr form {0}, dmr change {0} --widget FIELD=WIDGET", model.name));
        Ok(())
    }
}

fn draw(form: &Form, look: Look<'_>) -> String {
    let mut grid = Grid::new(["field", "label", "widget", "why", "", "rules"]);
    for field in &form.record.fields {
        row(&mut grid, field, "", look);
    }
    for kind in &form.record.kinds {
        row(&mut grid, &kind.control, &format!("{}: ", kind.label), look);
    }
    for (name, part) in &form.parts {
        row(&mut grid, part, &format!("part {name}: "), look);
    }
    grid.draw("no declared field")
}

fn row(grid: &mut Grid, control: &Control, above: &str, look: Look<'_>) {
    let text = |text: &str| look.value(Some(&Value::from(text)));
    let name = format!("{above}{}", control.name);
    let marks = [
        (control.required, "required"),
        (control.nullable, "null"),
        (control.read_only, "read-only"),
        (control.write_only, "write-only"),
        (control.hidden, "hidden"),
    ];
    let marks: Vec<&str> = marks.iter().filter(|(set, _)| *set).map(|(_, mark)| *mark).collect();
    let mut rules: Vec<String> = control.rules.iter().map(|rule| rule.message.clone()).collect();
    if !control.options.is_empty() {
        let labels: Vec<&str> = control.options.iter().map(|option| option.label.as_str()).collect();
        rules.insert(0, format!("{}{}", labels.join(" | "), if control.others { " | ..." } else { "" }));
    }
    if let Some(part) = &control.part {
        rules.insert(0, format!("part {part}"));
    }
    let why = &control.metadata.reason;
    grid.row(vec![
        text(name.trim_end_matches([':', ' ', '.'])),
        text(&control.label),
        control.widget.name().to_owned(),
        text(why),
        marks.join(", "),
        text(&rules.join(", ")),
    ]);
    let inner = if control.name.is_empty() { above.to_owned() } else { format!("{name}.") };
    for field in control.fields.iter().chain(&control.places) {
        row(grid, field, &inner, look);
    }
    // Plain elements are told by the list: only what has parts is worth rows of its own.
    for part in [&control.item, &control.value].into_iter().filter_map(Option::as_deref).filter(|part| part.inside().next().is_some()) {
        row(grid, part, &format!("{inner}*."), look);
    }
    for kind in &control.kinds {
        row(grid, &kind.control, &format!("{inner}({}).", kind.label), look);
    }
}
