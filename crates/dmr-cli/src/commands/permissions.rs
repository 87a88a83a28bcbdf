//! `dmr permissions`: who may do what with a model.

use crate::arguments::pair;
use crate::call::Call;
use crate::document;
use crate::failure::Failure;
use crate::output::Grid;
use clap::{Args, Subcommand};
use dmr::{Object, Problem, Value};
use dmr_api::client::Request;
use dmr_api::route;
use serde_json::json;
use std::path::PathBuf;

/// Who may do what with a model.
#[derive(Debug, Subcommand)]
pub enum Permissions {
    /// Shows them
    Show(Show),
    /// Sets them, whole from a file or some by flags
    Set(Set),
}

/// Shows the permissions of a model.
#[derive(Debug, Args)]
pub struct Show {
    /// The model
    pub model: String,
}

/// Sets the permissions of a model.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dmr permissions set shop.Product --grant curator=create,read,update,list --rows user=owner
  dmr permissions set shop.Product --file permissions.json")]
pub struct Set {
    /// The model
    pub model: String,
    /// The whole document; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["grant", "revoke", "rows", "disclose"])]
    pub file: Option<PathBuf>,
    /// What a role may do from now on: create, read, update, delete, list
    #[arg(long, value_name = "ROLE=OPERATIONS", value_parser = pair)]
    pub grant: Vec<(String, String)>,
    /// A role that may do nothing from now on
    #[arg(long, value_name = "ROLE")]
    pub revoke: Vec<String>,
    /// Which rows a role reaches, to read and to write: owner, public
    #[arg(long, value_name = "ROLE=RULE", value_parser = pair)]
    pub rows: Vec<(String, String)>,
    /// A unique field or key whose taken values a role may learn of, though it may not see whose they are
    #[arg(long, value_name = "FIELD")]
    pub disclose: Vec<String>,
}

impl Permissions {
    /// Does it.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let answer = match self {
            Self::Show(Show { model }) => {
                let model = call.model(&model).await?;
                call.get(&route::fill(route::PERMISSIONS, &[&model.name]), &[]).await?
            }
            Self::Set(set) => set.send(call).await?,
        };
        call.output.show(&answer, || draw(&answer))
    }
}

impl Set {
    async fn send(&self, call: &Call<'_>) -> Result<Value, Problem> {
        let path = route::fill(route::PERMISSIONS, &[&call.model(&self.model).await?.name]);
        let (body, tag) = match &self.file {
            Some(file) => (document::read(file)?, None),
            None => {
                let now = call.send(Request::get(&path)).await?;
                let tag = now.header("etag").map(str::to_owned);
                (self.changed(now.json()?), tag)
            }
        };
        let mut request = Request::put(&path).json(&body);
        // Somebody else's change in between is not written over.
        if let Some(tag) = tag {
            request = request.header("if-match", tag);
        }
        call.send(request).await?.json()
    }

    fn changed(&self, mut now: Value) -> Value {
        if let Some(models) = member(&mut now, "models") {
            for role in &self.revoke {
                models.remove(role);
            }
            for (role, operations) in &self.grant {
                let operations: Vec<&str> = operations.split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
                models.insert(role.clone(), json!(operations));
            }
        }
        if let Some(rows) = member(&mut now, "rows") {
            // Rules of rows without operations would be refused.
            self.revoke.iter().for_each(|role| drop(rows.remove(role)));
            for (role, rule) in &self.rows {
                rows.insert(role.clone(), json!({ "read": rule, "write": rule }));
            }
        }
        if !self.disclose.is_empty()
            && let Some(list) = now.as_object_mut().and_then(|now| now.entry("discloses").or_insert_with(|| json!([])).as_array_mut())
        {
            list.extend(self.disclose.iter().map(|field| json!(field)));
        }
        now
    }
}

fn member<'v>(document: &'v mut Value, name: &str) -> Option<&'v mut Object> {
    document.as_object_mut()?.entry(name).or_insert_with(|| Value::Object(Object::new())).as_object_mut()
}

fn draw(permissions: &Value) -> String {
    let rows = permissions.get("rows");
    let mut models = Grid::new(["role", "may", "reads rows", "writes rows"]);
    for (role, operations) in permissions.get("models").and_then(Value::as_object).into_iter().flatten() {
        let operations: Vec<&str> = operations.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let rule = |of: &str| {
            let rule = rows.and_then(|rows| rows.get(role)).and_then(|rules| rules.get(of));
            rule.map_or("all".to_owned(), |rule| rule.as_str().map_or_else(|| rule.to_string(), str::to_owned))
        };
        models.row(vec![role.clone(), operations.join(", "), rule("read"), rule("write")]);
    }
    let mut out = models.draw("no role may do anything");
    let columns = permissions.get("columns").and_then(Value::as_object).filter(|columns| !columns.is_empty());
    if let Some(columns) = columns {
        let mut grid = Grid::new(["field", "read by", "written by"]);
        for (field, rule) in columns {
            let roles = |of: &str| match rule.get(of).and_then(Value::as_array) {
                Some(roles) => roles.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
                None => "admin".to_owned(),
            };
            grid.row(vec![field.clone(), roles("read"), roles("write")]);
        }
        out.push_str(&grid.draw("no rule of a field"));
    }
    let discloses = permissions.get("discloses").and_then(Value::as_array).filter(|list| !list.is_empty());
    if let Some(list) = discloses {
        let words: Vec<String> = list.iter().map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned)).collect();
        out.push_str(&format!("discloses: {}\n", words.join(", ")));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p1_flags_change_what_they_name_and_nothing_else() {
        let now = json!({"models": {"admin": ["create"], "user": ["read"]}, "columns": {"price": {"read": ["user"]}}});
        let set = Set {
            model: "Product".into(),
            file: None,
            grant: vec![("curator".into(), "read, list".into())],
            revoke: vec!["user".into()],
            rows: vec![("curator".into(), "owner".into())],
            disclose: vec!["sku".into()],
        };
        insta::assert_snapshot!(set.changed(now), @r#"{"models":{"admin":["create"],"curator":["read","list"]},"columns":{"price":{"read":["user"]}},"rows":{"curator":{"read":"owner","write":"owner"}},"discloses":["sku"]}"#);
    }
}
