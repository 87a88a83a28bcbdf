//! `dmr principal`: those who may ask.

use crate::arguments::pair;
use crate::call::{Call, items, text};
use crate::failure::Failure;
use crate::output::{Grid, Look};
use clap::{Args, Subcommand};
use dmr::core::json as strict;
use dmr::{Object, Problem, Value};
use dmr_api::client::Request;
use dmr_api::route;
use serde_json::json;

/// Those who may ask.
#[derive(Debug, Subcommand)]
pub enum Principal {
    /// Makes a principal
    Create(Create),
    /// Lists them
    List,
    /// Shows one
    Show(Named),
    /// Changes its name, roles or attributes
    Change(Change),
    /// Deletes one; its keys end with it
    Delete(Named),
}

/// A principal that is there.
#[derive(Debug, Args)]
pub struct Named {
    /// Its id or name
    pub principal: String,
}

/// Makes a principal.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  dmr principal create ada --role user --attribute region=north")]
pub struct Create {
    /// Its name
    pub name: String,
    /// A role; repeated where there are several
    #[arg(long)]
    pub role: Vec<String>,
    /// An attribute that rules may ask for
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub attribute: Vec<(String, String)>,
}

/// Changes a principal.
#[derive(Debug, Args)]
pub struct Change {
    /// Its id or name
    pub principal: String,
    /// Another name
    #[arg(long)]
    pub name: Option<String>,
    /// Its roles from now on; repeated where there are several
    #[arg(long)]
    pub role: Vec<String>,
    /// An attribute; an empty value takes it away
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub attribute: Vec<(String, String)>,
}

impl Principal {
    /// Does it.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let look = call.output.look(&call.settings.terminal);
        match self {
            Self::Create(create) => {
                let mut body = json!({ "name": create.name, "roles": create.role });
                if !create.attribute.is_empty() {
                    body["attributes"] = attributes(&create.attribute);
                }
                let made = call.send(Request::post(route::PRINCIPALS).json(&body)).await?.json()?;
                call.output.show(&made, || draw(std::slice::from_ref(&made), look))?;
                call.output.next(&format!("dmr key create {}", text(&made, "id")));
            }
            Self::List => {
                let list = list(call).await?;
                call.output.show(&list, || draw(items(&list), look))?;
            }
            Self::Show(Named { principal }) => {
                let found = call.get(&route::fill(route::PRINCIPAL, &[&principal]), &[]).await?;
                call.output.show(&found, || draw(std::slice::from_ref(&found), look))?;
            }
            Self::Change(change) => {
                let path = route::fill(route::PRINCIPAL, &[&change.principal]);
                let changed = call.send(Request::patch(&path).json(&change.patch())).await?.json()?;
                call.output.show(&changed, || draw(std::slice::from_ref(&changed), look))?;
            }
            Self::Delete(Named { principal }) => {
                call.send(Request::delete(route::fill(route::PRINCIPAL, &[&principal]))).await?;
                call.output.done("deleted", &principal)?;
            }
        }
        Ok(())
    }
}

impl Change {
    fn patch(&self) -> Value {
        let mut patch = Object::new();
        if let Some(name) = &self.name {
            patch.insert("name".to_owned(), json!(name));
        }
        if !self.role.is_empty() {
            patch.insert("roles".to_owned(), json!(self.role));
        }
        if !self.attribute.is_empty() {
            patch.insert("attributes".to_owned(), attributes(&self.attribute));
        }
        Value::Object(patch)
    }
}

async fn list(call: &Call<'_>) -> Result<Value, Problem> {
    crate::paging::Pages::new(call, route::PRINCIPALS.to_owned(), Vec::new(), crate::paging::Wanted::All, None).together().await
}

fn attributes(pairs: &[(String, String)]) -> Value {
    let read = |value: &str| match value {
        "" => Value::Null,
        text => strict::parse(text.as_bytes()).unwrap_or_else(|_| json!(text)),
    };
    Value::Object(pairs.iter().map(|(name, value)| (name.clone(), read(value))).collect())
}

fn draw(principals: &[Value], look: Look<'_>) -> String {
    let mut grid = Grid::new(["id", "name", "roles", "attributes"]);
    for principal in principals {
        let roles: Vec<&str> = principal.get("roles").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let attributes = principal.get("attributes").filter(|it| it.as_object().is_some_and(|it| !it.is_empty()));
        grid.row(vec![text(principal, "id").to_owned(), look.value(principal.get("name")), roles.join(", "), look.value(attributes)]);
    }
    grid.draw("no principal")
}
