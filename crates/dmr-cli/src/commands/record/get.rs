//! `dmr record get`.

use super::{Named, show};
use crate::call::Call;
use crate::failure::Failure;
use clap::Args;
use dmr_api::route;

/// Gets a record.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dmr record get shop.Product 0012
  dmr record get shop.Order 17 --expand customer,lines.product
  dmr record get shop.Product 0012 --as-of 2026-01-31T12:00:00Z --format json")]
pub struct Get {
    /// Which.
    #[command(flatten)]
    pub named: Named,
    /// As it was then, RFC 3339
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// Fields to show
    #[arg(long, value_name = "FIELDS")]
    pub fields: Option<String>,
    /// References to show the records of: customer,lines.product
    #[arg(long, value_name = "REFERENCES")]
    pub expand: Option<String>,
    /// Also where it is deleted
    #[arg(long)]
    pub deleted: bool,
}

impl Get {
    /// Gets it.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let model = call.model(&self.named.model).await?;
        let mut query = Vec::new();
        query.extend(self.as_of.as_deref().map(|time| ("as_of", time)));
        query.extend(self.fields.as_deref().map(|fields| ("fields", fields)));
        query.extend(self.expand.as_deref().map(|references| ("expand", references)));
        query.extend(self.deleted.then_some(("deleted", "include")));
        let record = call.get(&route::fill(route::RECORD, &[&model.name, &self.named.id]), &query).await?;
        show(call, &record)?;
        call.output.next(&format!("dmr record update {} {} FIELD=VALUE", model.name, self.named.id));
        Ok(())
    }
}
