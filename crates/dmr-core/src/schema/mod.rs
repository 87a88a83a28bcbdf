//! Schema documents: drafts 4, 6, 7, 2019-09 and 2020-12 in, kept as given; 2020-12 out (M1, M6).

use crate::model::Shape;
use crate::{Code, Issue, Problem, Value};

/// What a schema says a record is.
#[derive(Debug, Clone, PartialEq)]
pub struct Derived {
    /// Declared fields in the schema's order.
    pub fields: Vec<Shape>,
    /// Whether properties that are not declared are kept.
    pub open: bool,
    /// The schema's `title`.
    pub title: Option<String>,
    /// The schema's `description`.
    pub description: Option<String>,
}

/// What a schema says a record is.
///
/// # Errors
/// All problems of the schema.
pub fn derive(_document: &Value) -> Result<Derived, Problem> {
    Err(Problem::new(Code::SchemaUnsupported, "not yet"))
}

/// The compiled rules of a schema.
#[derive(Debug)]
pub struct Validator(());

impl Validator {
    /// Compiles a schema.
    ///
    /// # Errors
    /// Where it is not valid.
    pub fn compile(_document: &Value) -> Result<Self, Problem> {
        Err(Problem::new(Code::SchemaUnsupported, "not yet"))
    }

    /// Whether a record satisfies it.
    pub fn accepts(&self, _record: &Value) -> bool {
        false
    }

    /// Everything that is wrong with a record.
    pub fn check(&self, _record: &Value) -> Vec<Issue> {
        Vec::new()
    }
}
