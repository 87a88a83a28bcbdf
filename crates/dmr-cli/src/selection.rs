//! Which records a command is about, and what of them: what `query` and `export` take alike.

use crate::arguments::pair;
use crate::call::Model;
use crate::condition;
use crate::failure::Failure;
use clap::Args;

/// Which records, in which order, and which fields.
#[derive(Debug, Args)]
pub struct Selection {
    /// A condition, as an expression or as the JSON of the query document
    #[arg(long = "where", value_name = "CONDITION")]
    pub condition: Option<String>,
    /// A filter as the HTTP API takes it: price__gte=10; all must hold, and one is repeated for in, nin and between
    #[arg(long, value_name = "FIELD[__OP]=VALUE", value_parser = pair)]
    pub filter: Vec<(String, String)>,
    /// Fields to sort by, - before one for descending
    #[arg(long, value_name = "FIELDS", allow_hyphen_values = true)]
    pub sort: Option<String>,
    /// Fields to show
    #[arg(long, value_name = "FIELDS")]
    pub fields: Option<String>,
    /// At most so many records
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Deleted records: exclude, include, only
    #[arg(long, value_name = "WHICH")]
    pub deleted: Option<String>,
}

impl Selection {
    /// As parameters of a request, but for the limit.
    pub fn parameters(&self, model: &Model) -> Result<Vec<(String, String)>, Failure> {
        let mut parameters = self.filter.clone();
        if let Some(text) = &self.condition {
            parameters.push(("where".to_owned(), condition::read(text, model.types())?.to_string()));
        }
        for (name, value) in [("sort", &self.sort), ("fields", &self.fields), ("deleted", &self.deleted)] {
            parameters.extend(value.iter().map(|value| (name.to_owned(), value.clone())));
        }
        Ok(parameters)
    }
}
