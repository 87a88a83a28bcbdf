//! Statistics of models: what is told, kept up, caught up and hidden (X1, X2, P6).

mod changes;
mod hidden;
mod judged;
mod told;

use crate::laws::random::Random;
use crate::world::{Person, Told};
use dmr::{StatisticsFor, Value};

impl Person {
    pub fn statistics_of(&self, model: &str) -> Told {
        self.0.statistics(model, StatisticsFor::default()).wait()
    }

    pub fn statistics_of_field(&self, model: &str, field: &str) -> Told {
        let names = field.split('.').map(str::to_owned).collect();
        self.0.statistics(model, StatisticsFor { field: Some(names), ..StatisticsFor::default() }).wait()
    }

    pub fn fresh_statistics_of(&self, model: &str) -> Told {
        self.0.statistics(model, StatisticsFor { refresh: true, ..StatisticsFor::default() }).wait()
    }
}

/// What is told of a field.
fn field<'t>(told: &'t Value, name: &str) -> &'t Value {
    told["fields"].as_array().unwrap().iter().find(|field| field["field"] == name).unwrap_or_else(|| panic!("{name} in {told}"))
}

/// The fields, each on a line; then the rest.
fn shown(told: &Value) -> String {
    let line = |item: &Value| dmr::core::json::to_string(item) + "\n";
    let rest: Vec<String> =
        told.as_object().unwrap().iter().filter(|(name, _)| *name != "fields").map(|(name, value)| format!("{name}: {value}")).collect();
    told["fields"].as_array().unwrap().iter().map(line).collect::<String>() + &rest.join(", ")
}
