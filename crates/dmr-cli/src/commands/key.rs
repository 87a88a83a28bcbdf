//! `dmr key`: the API keys of principals.

use crate::call::{Call, text};
use crate::failure::Failure;
use clap::{Args, Subcommand};
use dmr::Object;
use dmr_api::client::Request;
use dmr_api::route;
use serde_json::{Value, json};

/// The API keys of principals.
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Makes a key; it is told this once
    Create(Create),
    /// Ends a key
    Delete(Delete),
}

/// Makes a key.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  dmr key create ada --name laptop --expires-at 2027-01-01T00:00:00Z")]
pub struct Create {
    /// The principal's id or name
    pub principal: String,
    /// A name for the key
    #[arg(long)]
    pub name: Option<String>,
    /// When it ends, RFC 3339
    #[arg(long, value_name = "TIME")]
    pub expires_at: Option<String>,
    /// One of the principal's roles; with this the key has no others
    #[arg(long)]
    pub role: Vec<String>,
}

/// Ends a key.
#[derive(Debug, Args)]
pub struct Delete {
    /// The principal's id or name
    pub principal: String,
    /// The key's id
    pub id: String,
}

impl Key {
    /// Does it.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        match self {
            Self::Create(create) => {
                let made = call.send(Request::post(route::fill(route::KEYS, &[&create.principal])).json(&create.body())).await?.json()?;
                call.output
                    .show(&made, || format!("key: {}\nid:  {}\nThe key is told this once.\n", text(&made, "key"), text(&made, "id")))?;
                call.output.next("export DMR_KEY=KEY");
            }
            Self::Delete(delete) => {
                call.send(Request::delete(route::fill(route::KEY, &[&delete.principal, &delete.id]))).await?;
                call.output.done("ended", &delete.id)?;
            }
        }
        Ok(())
    }
}

impl Create {
    fn body(&self) -> Value {
        let mut body = Object::new();
        body.extend(self.name.as_ref().map(|name| ("name".to_owned(), json!(name))));
        body.extend(self.expires_at.as_ref().map(|time| ("expires_at".to_owned(), json!(time))));
        if !self.role.is_empty() {
            body.insert("roles".to_owned(), json!(self.role));
        }
        Value::Object(body)
    }
}
