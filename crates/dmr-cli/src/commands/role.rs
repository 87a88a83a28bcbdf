//! `dmr role`: what principals are, and what that lets them do.

use crate::call::{Call, items, text};
use crate::failure::Failure;
use crate::output::Grid;
use clap::{Args, Subcommand};
use dmr::Value;
use dmr_api::client::Request;
use dmr_api::route;
use serde_json::json;

/// What principals are.
#[derive(Debug, Subcommand)]
pub enum Role {
    /// Lists roles
    List,
    /// Shows one
    Show(Show),
    /// Makes a role or sets what it may do
    Set(Set),
}

/// Shows a role.
#[derive(Debug, Args)]
pub struct Show {
    /// Its name
    pub role: String,
}

/// Makes a role or sets what it may do.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  dmr role set curator --right register --right audit --inherits user")]
pub struct Set {
    /// Its name
    pub role: String,
    /// A right: register, operate, audit, principals, deleted
    #[arg(long)]
    pub right: Vec<String>,
    /// A role whose rights it has too
    #[arg(long, value_name = "ROLE")]
    pub inherits: Vec<String>,
}

impl Role {
    /// Does it.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let answer = match self {
            Self::List => call.get(route::ROLES, &[]).await?,
            Self::Show(Show { role }) => call.get(&route::fill(route::ROLE, &[&role]), &[]).await?,
            Self::Set(set) => {
                let body = json!({ "rights": set.right, "inherits": set.inherits });
                let answer = call.send(Request::put(route::fill(route::ROLE, &[&set.role])).json(&body)).await?.json()?;
                call.output.next(&format!("dmr permissions set MODEL --grant {}=read,list", set.role));
                answer
            }
        };
        call.output.show(&answer, || draw(if answer.get("items").is_some() { items(&answer) } else { std::slice::from_ref(&answer) }))
    }
}

fn draw(roles: &[Value]) -> String {
    let mut grid = Grid::new(["role", "rights", "inherits"]);
    for role in roles {
        let name = [text(role, "name"), text(role, "role")].concat();
        grid.row(vec![name, words(role, "rights"), words(role, "inherits")]);
    }
    grid.draw("no role")
}

fn words(value: &Value, member: &str) -> String {
    let words: Vec<&str> = value.get(member).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    words.join(", ")
}
