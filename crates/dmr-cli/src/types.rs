//! What the fields of a model take, so that a word typed at a terminal becomes the value it stands for: `0012` stays a text where the field is one.

use dmr::Value;
use dmr::core::json;

/// A schema, asked for the types at its paths.
#[derive(Clone, Copy)]
pub struct Types<'s> {
    schema: &'s Value,
}

/// How far references are followed.
const MOST_STEPS: usize = 32;

impl<'s> Types<'s> {
    /// Of a JSON Schema.
    pub fn of(schema: &'s Value) -> Self {
        Self { schema }
    }

    /// The value that a word stands for at a path: a number or boolean where the field takes one, a text where it takes that.
    pub fn read(self, path: &[&str], word: &str) -> Value {
        let scalar = json::parse(word.as_bytes()).ok().filter(|value| !value.is_string());
        let mut names = Vec::new();
        if let Some(field) = self.at(path) {
            self.names(field, &mut names, 0);
        }
        match scalar {
            Some(value) if names.is_empty() || names.iter().any(|name| is(name, &value)) => value,
            Some(value) if !names.iter().any(|name| name == "string") => value,
            _ => Value::String(word.to_owned()),
        }
    }

    fn at(self, path: &[&str]) -> Option<&'s Value> {
        path.iter().try_fold(self.schema, |schema, name| {
            let schema = self.resolve(schema);
            let inner = if schema.get("properties").is_some() { schema } else { schema.get("items").map(|items| self.resolve(items))? };
            inner.get("properties")?.get(name)
        })
    }

    fn resolve(self, mut schema: &'s Value) -> &'s Value {
        for _ in 0..MOST_STEPS {
            let target = schema.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
            match target.and_then(|pointer| self.schema.pointer(pointer)) {
                Some(next) => schema = next,
                None => break,
            }
        }
        schema
    }

    fn names(self, schema: &'s Value, names: &mut Vec<String>, steps: usize) {
        if steps > MOST_STEPS {
            return;
        }
        let schema = self.resolve(schema);
        match schema.get("type") {
            Some(Value::String(name)) => names.push(name.clone()),
            Some(Value::Array(several)) => names.extend(several.iter().filter_map(Value::as_str).map(str::to_owned)),
            _ => {}
        }
        for part in ["anyOf", "oneOf"].iter().filter_map(|word| schema.get(*word)).filter_map(Value::as_array).flatten() {
            self.names(part, names, steps + 1);
        }
        // A test of a list is a test of its elements.
        if let Some(element) = schema.get("items") {
            self.names(element, names, steps + 1);
        }
        for value in schema.get("enum").and_then(Value::as_array).into_iter().flatten().chain(schema.get("const")) {
            names.push(name_of(value).to_owned());
        }
    }
}

fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn is(name: &str, value: &Value) -> bool {
    name == name_of(value) || (name == "integer" && value.is_number())
}
