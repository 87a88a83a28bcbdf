//! `dmr record delete`.

use super::{Guard, Named};
use crate::call::Call;
use crate::failure::Failure;
use clap::Args;
use dmr::Value;
use dmr_api::client::Request;
use dmr_api::route;

/// Deletes a record.
#[derive(Debug, Args)]
pub struct Delete {
    /// Which.
    #[command(flatten)]
    pub named: Named,
    /// Against others.
    #[command(flatten)]
    pub guard: Guard,
    /// For good: it cannot be restored
    #[arg(long)]
    pub hard: bool,
}

impl Delete {
    /// Deletes it.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let model = call.model(&self.named.model).await?;
        let path = route::fill(route::RECORD, &[&model.name, &self.named.id]);
        // A deleted record holds no key: it is restored by its id. Who may not read it does without the suggestion.
        let id = match call.output.is_watched() && !self.hard {
            true => call.get(&path, &[]).await.ok().and_then(|record| record.get("_id").and_then(Value::as_str).map(str::to_owned)),
            false => None,
        };
        let mut request = Request::delete(&path);
        if self.hard {
            request = request.query("hard", "true");
        }
        call.send(self.guard.on(request)).await?;
        call.output.done("deleted", &format!("{} {}", model.name, self.named.id))?;
        if let Some(id) = id {
            call.output.next(&format!("dmr record restore {} {id}", model.name));
        }
        Ok(())
    }
}
