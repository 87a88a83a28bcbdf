//! A shape as JSON Schema 2020-12, and as the type of a field.

use super::shape::{Members, Shape};
use super::tally::Decision;
use crate::words::{count, grouped, listed};
use dmr_core::name::check_field;
use dmr_core::{FieldType, Object, Value};
use serde_json::json;

impl Shape {
    /// The type of the place and why.
    pub(crate) fn decision(&self) -> Decision {
        let names = self.type_names();
        match names.as_slice() {
            [] => Decision::new(FieldType::Any, "only nulls were seen: any value is taken"),
            ["string"] => self.tally.texts(),
            ["integer"] => Decision::new(FieldType::Integer, "integers"),
            ["number"] if self.integers > 0 => {
                Decision::new(FieldType::Number, format!("numbers, {} of them whole; their digits are kept", grouped(self.integers)))
            }
            ["number"] => Decision::new(FieldType::Number, "numbers; their digits are kept"),
            ["boolean"] => Decision::new(FieldType::Boolean, "true or false"),
            ["object"] => Decision::new(FieldType::Object, self.members.reason()),
            ["array"] => {
                let element = self.elements.as_ref().map_or(FieldType::Any, |shape| shape.decision().field_type);
                Decision::new(FieldType::List(Box::new(element)), "lists")
            }
            several => {
                let parts: Vec<String> = several.iter().map(|name| count(self.number_of(name), name)).collect();
                Decision::new(FieldType::Any, format!("several kinds of value: {}", listed(&parts)))
            }
        }
    }

    /// The schema that every value seen at this place satisfies.
    pub(crate) fn schema(&self) -> Object {
        let mut names: Vec<Value> = self.type_names().into_iter().map(Value::from).collect();
        let mut schema = Object::new();
        if names.is_empty() {
            return schema;
        }
        let single = names.len() == 1;
        if self.nulls > 0 {
            names.push("null".into());
        }
        schema.insert("type".into(), if names.len() == 1 { names.remove(0) } else { Value::Array(names) });
        if single
            && self.texts > 0
            && let Some(format) = self.tally.texts().field_type.schema().get("format")
        {
            schema.insert("format".into(), format.clone());
        }
        if self.members.objects > 0 {
            self.members.describe(&mut schema);
        }
        if let Some(elements) = self.elements.as_ref().map(|shape| shape.schema()).filter(|schema| !schema.is_empty()) {
            schema.insert("items".into(), Value::Object(elements));
        }
        schema
    }

    /// The kinds of value that were seen, null aside, as JSON Schema names them.
    fn type_names(&self) -> Vec<&'static str> {
        let number = if self.numbers > 0 { "number" } else { "integer" };
        ["object", "array", "string", number, "boolean"].into_iter().filter(|name| self.number_of(name) > 0).collect()
    }

    fn number_of(&self, name: &str) -> u64 {
        match name {
            "object" => self.members.objects,
            "array" => self.lists,
            "string" => self.texts,
            "boolean" => self.booleans,
            _ => self.numbers + self.integers,
        }
    }
}

impl Members {
    /// Adds `properties` and `required` to the schema of an object that is inside a record.
    fn describe(&self, schema: &mut Object) {
        // Where names are data, as in a map by id, a property for each would say nothing.
        if self.open {
            return;
        }
        let fit = || self.list.iter().filter(|member| check_field(&member.name, false).is_ok());
        let properties: Object = fit().map(|member| (member.name.clone(), Value::Object(member.shape.schema()))).collect();
        let required: Vec<&str> = fit().filter(|member| member.present == self.objects).map(|member| member.name.as_str()).collect();
        if !properties.is_empty() {
            schema.insert("properties".into(), Value::Object(properties));
        }
        if !required.is_empty() {
            schema.insert("required".into(), json!(required));
        }
    }

    fn reason(&self) -> String {
        if self.open {
            return "objects with too many names to list, or nested too deep: left open".to_owned();
        }
        format!("objects with {}", count(self.list.len() as u64, "member"))
    }
}
