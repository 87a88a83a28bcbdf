//! Records go out as files and come back in (R7).

mod exporting;
mod importing;
mod judged;
mod law;
mod past;
mod rights;

use crate::ingest::file;
use crate::world::{Person, Told, parameters_of};
use dmr::{Export, FileFormat, Import, Problem, Value};
use serde_json::json;

impl Person {
    /// A whole file.
    pub fn exports(&self, model: &str, format: FileFormat, parameters: &str) -> Result<Vec<u8>, Problem> {
        self.exports_as(model, Export { parameters: parameters_of(parameters)?, ..Export::all(format) })
    }

    pub fn exports_as(&self, model: &str, export: Export) -> Result<Vec<u8>, Problem> {
        whole(&self.0, model, export)
    }

    pub fn exports_text(&self, model: &str, format: FileFormat, parameters: &str) -> String {
        String::from_utf8(self.exports(model, format, parameters).unwrap()).unwrap()
    }

    /// A file of this name and content.
    pub fn imports(&self, model: &str, name: &str, content: impl AsRef<[u8]>) -> Told {
        self.imports_as(model, name, content, Import::default())
    }

    pub fn imports_as(&self, model: &str, name: &str, content: impl AsRef<[u8]>, import: Import) -> Told {
        self.import(model, &file(name, content).path, import).wait().map(|imported| imported.to_value())
    }
}

/// A whole file.
pub fn whole(session: &dmr::Session, model: &str, export: Export) -> Result<Vec<u8>, Problem> {
    let exported = session.export(model, export).wait()?;
    let mut all = Vec::new();
    while let Some(piece) = exported.next().wait()? {
        all.extend(piece);
    }
    Ok(all)
}

/// Parts of a shop, with every right of an administrator.
pub fn parts(more: Value) -> Value {
    let mut registration = json!({
        "name": "Part",
        "schema": {
            "type": "object",
            "additionalProperties": false,
            "required": ["no"],
            "properties": {
                "no": { "type": "string" },
                "label": { "type": ["string", "null"] },
                "price": { "type": "string", "format": "decimal" },
                "stock": { "type": "integer", "minimum": 0 },
                "tags": { "type": "array", "items": { "type": "string" } },
                "size": { "type": "object", "properties": { "w": { "type": "number" }, "h": { "type": "number" } } },
            },
        },
        "key": ["no"],
    });
    for (name, value) in more.as_object().unwrap() {
        if value.is_null() {
            registration.as_object_mut().unwrap().shift_remove(name);
        } else {
            registration[name] = value.clone();
        }
    }
    registration
}
