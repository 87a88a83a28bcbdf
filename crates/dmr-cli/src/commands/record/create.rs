//! `dmr record create`.

use super::{show, suggest_history};
use crate::call::{Call, Model};
use crate::document;
use crate::failure::Failure;
use clap::Args;
use dmr::Value;
use dmr::core::words::{count, either};
use dmr_api::client::Request;
use dmr_api::{media, route};
use std::path::PathBuf;

/// Makes a record, or several.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dmr record create Product name=Tea price=3.20 'tags:=[\"hot\"]' address.city=Oslo
  dmr record create Product --file product.json
  dmr record create Product --file many.ndjson        all of them or none")]
pub struct Create {
    /// The model: Product, shop.Product
    pub model: String,
    /// A record, a list of them, or one a line; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "pairs")]
    pub file: Option<PathBuf>,
    /// Members: FIELD=VALUE, or FIELD:=JSON
    #[arg(value_name = "FIELD=VALUE")]
    pub pairs: Vec<String>,
    /// A key that makes it safe to try again
    #[arg(long, value_name = "KEY")]
    pub idempotency_key: Option<String>,
}

impl Create {
    /// Makes it.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let model = call.model(&self.model).await?;
        let mut request = self.filled(Request::post(route::fill(route::RECORDS, &[&model.name])), &model)?;
        if let Some(key) = &self.idempotency_key {
            request = request.header(media::IDEMPOTENCY_KEY, key);
        }
        let answer = call.send(request).await?.json()?;
        match answer.get("ids").and_then(Value::as_array) {
            Some(ids) => {
                call.output.show(&answer, || {
                    format!("{} {} made\n", count(ids.len() as u64, "record"), either(ids.len() as u64, "was", "were"))
                })?;
                call.output.next(&format!("dmr query {}", model.name));
            }
            None => {
                show(call, &answer)?;
                suggest_history(call, &model, &answer);
            }
        }
        Ok(())
    }

    fn filled(&self, request: Request, model: &Model) -> Result<Request, Failure> {
        let Some(file) = &self.file else {
            return Ok(request.json(&document::of_pairs(&self.pairs, model.types())?));
        };
        let bytes = document::bytes(file)?;
        Ok(request.bytes(media_of(&bytes), bytes))
    }
}

/// One JSON text is JSON, several are lines.
fn media_of(bytes: &[u8]) -> &'static str {
    let mut texts = serde_json::Deserializer::from_slice(bytes).into_iter::<serde::de::IgnoredAny>();
    let first = texts.next().is_some_and(|text| text.is_ok());
    if first && texts.next().is_some_and(|text| text.is_ok()) { media::NDJSON } else { media::JSON }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r1_one_text_is_json_and_several_are_lines() {
        assert_eq!(media_of(b"{\"a\": 1}\n"), media::JSON);
        assert_eq!(media_of(b"[{\"a\": 1},\n {\"a\": 2}]"), media::JSON);
        assert_eq!(media_of(b"{\"a\": 1}\n{\"a\": 2}\n"), media::NDJSON);
        assert_eq!(media_of(b"{\"a\": 1} nonsense"), media::JSON);
        assert_eq!(media_of(b""), media::JSON);
    }
}
