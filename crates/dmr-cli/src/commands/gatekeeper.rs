//! `dmr gatekeeper`: the export list, whom it lets come to which model, and who asked (M9); what became of the folder of models (M10).

use crate::call::{Call, items, number, text};
use crate::failure::Failure;
use crate::output::Grid;
use crate::paging::{Pages, Wanted};
use clap::{Args, Subcommand, ValueEnum};
use dmr::core::words::{count, either};
use dmr::{Code, Value};
use dmr_api::route;

/// Which models a role or an application may know of.
#[derive(Debug, Subcommand)]
pub enum Gatekeeper {
    /// Shows the export list, and what became of the files of the folder of models
    Show(Show),
    /// Tells whether a role may do something with a model, and why
    Check(Check),
    /// Lists the models a role comes to
    Models(Models),
    /// Shows who came to which model, or was kept from it
    Log(Log),
}

/// Shows the export list.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dmr gatekeeper show
  dmr config set gatekeeper.exports 'clerk = shop.*, Product; * = news.*'
  dmr config set gatekeeper.strict off         hides nothing, and notes what it would hide
  dmr config unset gatekeeper.exports")]
pub struct Show {}

/// Tells whether a role may do something with a model.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dmr gatekeeper check clerk shop.Product
  dmr gatekeeper check clerk shop.Product --operation update

Ends with 0 where it may, with 1 where it may not.")]
pub struct Check {
    /// The role
    pub role: String,
    /// The model
    pub model: String,
    /// What is to be done
    #[arg(long, value_enum, default_value_t = Operation::Read)]
    pub operation: Operation,
}

/// What can be done with records.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Operation {
    /// Make records
    Create,
    /// Get a record
    Read,
    /// Change records
    Update,
    /// Delete records
    Delete,
    /// List records
    List,
}

/// Lists the models a role comes to.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  dmr gatekeeper models clerk")]
pub struct Models {
    /// The role
    pub role: String,
}

/// Shows who came to which model.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  dmr gatekeeper log --refused --model shop.Product

The log is in the memory of the server that runs; without one there is nothing to tell.")]
pub struct Log {
    /// Of this model
    #[arg(long)]
    pub model: Option<String>,
    /// Only what was refused
    #[arg(long)]
    pub refused: bool,
    /// At most so many entries [default: the setting terminal.log_rows]
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// All entries
    #[arg(long, conflicts_with = "limit")]
    pub all: bool,
}

impl Gatekeeper {
    /// Does it.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        match self {
            Self::Show(_) => show(call).await,
            Self::Check(it) => it.run(call).await,
            Self::Models(it) => it.run(call).await,
            Self::Log(it) => it.run(call).await,
        }
    }
}

async fn show(call: &Call<'_>) -> Result<(), Failure> {
    let told = call.get(route::GATEKEEPER, &[]).await?;
    call.output.show(&told, || format!("{}{}", list(&told), folder(&told)))?;
    call.output.next("dmr gatekeeper check ROLE MODEL, dmr config set gatekeeper.exports 'ROLE = PATTERN, PATTERN; ...'");
    Ok(())
}

/// The export list.
fn list(told: &Value) -> String {
    let rows = told.get("exports").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if rows.is_empty() {
        return "no export list: permissions alone decide\n".to_owned();
    }
    let mut grid = Grid::new(["to", "exports", "models"]);
    for row in rows {
        grid.row(vec![crate::output::plain(text(row, "to")), super::show::words(row.get("patterns")), number(row, "models").to_string()]);
    }
    let hidden = number(told, "hidden");
    let strict = told.get("strict").and_then(Value::as_bool) == Some(true);
    let end = match (strict, told.get("auto_export").and_then(Value::as_bool) == Some(true)) {
        (true, true) => "what is not on the list is hidden, but for discovered models",
        (true, false) => "what is not on the list is hidden",
        (false, _) => "the list is not held to (gatekeeper.strict is off): what it would hide is noted",
    };
    let on_none = either(hidden, "is on no row", "are on no row");
    format!("{}{end}; {} {on_none}\n", grid.draw(""), count(hidden, "model"))
}

/// The folder of models, where there is one.
fn folder(told: &Value) -> String {
    let Some(folder) = told.get("folder").filter(|folder| folder.is_object()) else { return String::new() };
    let watched = if folder.get("watched").and_then(Value::as_bool) == Some(true) { "watched" } else { "not watched" };
    let mut words = format!("\nthe folder of models, {} ({watched})\n", crate::output::plain(text(folder, "path")));
    if let Some(fault) = folder.get("fault").and_then(Value::as_str) {
        words.push_str(&format!("{}\n", crate::output::plain(fault)));
    }
    let mut grid = Grid::new(["file", "state", "model", "why"]);
    for file in folder.get("files").and_then(Value::as_array).into_iter().flatten() {
        let problem = file.get("problem").map(|problem| crate::output::plain(text(problem, "detail"))).unwrap_or_default();
        let cells = ["file", "state", "model"].map(|member| crate::output::plain(text(file, member)));
        grid.row(cells.into_iter().chain([problem]).collect());
    }
    words.push_str(&grid.draw("no file"));
    words
}

impl Check {
    async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let model = match call.model(&self.model).await {
            Ok(model) => model.name,
            Err(problem) if problem.code == Code::ModelUnknown => self.model.clone(),
            Err(problem) => return Err(problem.into()),
        };
        let operation = self.operation.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        let told = call.get(&route::fill(route::ROLE_MODEL, &[&self.role, &model]), &[("operation", &operation)]).await?;
        let allowed = told.get("allowed").and_then(Value::as_bool) == Some(true);
        call.output.show(&told, || {
            let (role, model) = (crate::output::plain(&self.role), crate::output::plain(text(&told, "model")));
            let may = if allowed { "may" } else { "may not" };
            format!("{role} {may} {operation} {model}: {}\n", why(text(&told, "reason")))
        })?;
        if allowed { Ok(()) } else { Err(Failure::Told) }
    }
}

/// A reason, for a person.
fn why(reason: &str) -> &str {
    match reason {
        "granted" => "its permissions say so, and it is exported or there is no list",
        "not_enforced" => "its permissions say so; it is not on the export list, which is not held to",
        "not_exported" => "it is not on the export list",
        "not_permitted" => "its permissions do not say so",
        "unknown" => "there is no such model",
        other => other,
    }
}

impl Models {
    async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let list = Pages::new(call, route::fill(route::ROLE_MODELS, &[&self.role]), Vec::new(), Wanted::All, None).together().await?;
        call.output.show(&list, || {
            let mut grid = Grid::new(["model", "source", "operations"]);
            for model in items(&list) {
                grid.row(vec![
                    text(model, "name").to_owned(),
                    text(model, "source").to_owned(),
                    super::show::words(model.get("operations")),
                ]);
            }
            grid.draw("it comes to no model")
        })?;
        call.output.next(&format!("dmr gatekeeper check {} MODEL", self.role));
        Ok(())
    }
}

impl Log {
    async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let model = match &self.model {
            Some(name) => Some(("model".to_owned(), call.model(name).await?.name)),
            None => None,
        };
        let refused = self.refused.then(|| ("allowed".to_owned(), "false".to_owned()));
        let wanted = Wanted::of(Some(self.limit.unwrap_or(call.settings.terminal.log_rows)), self.all);
        let query = model.into_iter().chain(refused).collect();
        let mut list = Pages::new(call, route::ACCESSES.to_owned(), query, wanted, None).together().await?;
        call.name_people(&mut list).await;
        let look = call.output.look(&call.settings.terminal);
        call.output.show(&list, || {
            let mut grid = Grid::new(["at", "by", "role", "model", "operation", "allowed", "reason", "times"]);
            for entry in items(&list) {
                let cells = ["by", "role", "model", "operation", "allowed", "reason", "times"].map(|member| look.word(entry.get(member)));
                grid.row(std::iter::once(look.time(entry.get("at"))).chain(cells).collect());
            }
            grid.draw("nobody asked")
        })
    }
}
