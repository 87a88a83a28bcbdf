//! What of a predicate SQL may test on typed columns: rows for which the predicate is true always pass, others may.

use super::structured::Column;
use super::table::Table;
use dmr_core::gate::{Guard, RefAt};
use dmr_core::model::FieldId;
use dmr_core::query::{Operand, Operator, Predicate, Test};
use dmr_core::{FieldType, Native, key};

/// The longest list of `in` that is worth sending to SQL.
const LONGEST_LIST: usize = 200;
/// The first parameter a filter may use.
pub(super) const FIRST: usize = 10;

/// A condition in SQL, over columns of the table alone, and its parameters from [`FIRST`] on.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub sql: String,
    pub values: Vec<Native>,
}

/// The filter for a predicate; none where SQL can test nothing of it.
pub(super) fn filter(table: &Table, predicate: Option<&Predicate>) -> Option<Filter> {
    let columns = table.columns.as_deref()?;
    let mut filter = Filter::default();
    filter.sql = filter.condition(columns, predicate?)?;
    Some(filter)
}

impl Filter {
    /// The condition for a predicate; of one that cannot be said no parameter is left behind.
    fn condition(&mut self, columns: &[Column], predicate: &Predicate) -> Option<String> {
        let before = self.values.len();
        let sql = self.said(columns, predicate);
        if sql.is_none() {
            self.values.truncate(before);
        }
        sql
    }

    fn said(&mut self, columns: &[Column], predicate: &Predicate) -> Option<String> {
        match predicate {
            // What cannot be tested is left out: more rows pass.
            Predicate::And(parts) => {
                let parts: Vec<String> = parts.iter().filter_map(|part| self.condition(columns, part)).collect();
                (!parts.is_empty()).then(|| format!("({})", parts.join(" AND ")))
            }
            Predicate::Or(parts) => {
                let parts: Option<Vec<String>> = parts.iter().map(|part| self.condition(columns, part)).collect();
                parts.filter(|parts| !parts.is_empty()).map(|parts| format!("({})", parts.join(" OR ")))
            }
            Predicate::Not(_) => None,
            Predicate::Test(test) => self.test(columns, test),
        }
    }

    /// Where a guard does not hold the cell is absent, and of what is absent only `isnull` is true.
    fn test(&mut self, columns: &[Column], test: &Test) -> Option<String> {
        let id = top_field(test)?;
        let column = columns.iter().find(|column| column.id == id && column.kind == test.field.kind)?;
        let name = &column.name;
        let met = match (&test.operand, test.operator) {
            (Operand::Truth(true), _) if test.field.guard == Guard::Always => return Some(format!("{name} IS NULL")),
            (Operand::Truth(false), _) => format!("{name} IS NOT NULL"),
            (Operand::Keys(keys), operator) => self.compare(name, operator, keys)?,
            (Operand::Text(start), Operator::Startswith) if column.kind == FieldType::Text => {
                let low = self.bind(Native::Text(start.clone()));
                match next_text(start) {
                    Some(next) => format!("{name} >= {low} AND {name} < {}", self.bind(Native::Text(next))),
                    None => format!("{name} >= {low}"),
                }
            }
            (Operand::Text(part), Operator::Contains) if column.kind == FieldType::Text => {
                format!("instr({name}, {}) > 0", self.bind(Native::Text(part.clone())))
            }
            _ => return None,
        };
        // A value that the column does not hold stands in `rest`.
        Some(format!("({met} OR ({name} IS NULL AND rest IS NOT NULL))"))
    }

    fn compare(&mut self, name: &str, operator: Operator, keys: &[Vec<u8>]) -> Option<String> {
        let sign = match operator {
            Operator::Eq => "=",
            Operator::Ne => "<>",
            Operator::Gt => ">",
            Operator::Gte => ">=",
            Operator::Lt => "<",
            Operator::Lte => "<=",
            Operator::Between => {
                let [first, last] = keys else { return None };
                let (first, last) = (key::native(first)?, key::native(last)?);
                return Some(format!("{name} BETWEEN {} AND {}", self.bind(first), self.bind(last)));
            }
            Operator::In | Operator::Nin if keys.len() <= LONGEST_LIST => {
                let values: Option<Vec<Native>> = keys.iter().map(|key| key::native(key)).collect();
                let places: Vec<String> = values?.into_iter().map(|value| self.bind(value)).collect();
                let not = if operator == Operator::Nin { "NOT " } else { "" };
                return Some(format!("{name} {not}IN ({})", places.join(", ")));
            }
            _ => return None,
        };
        Some(format!("{name} {sign} {}", self.bind(key::native(keys.first()?)?)))
    }

    fn bind(&mut self, value: Native) -> String {
        self.values.push(value);
        format!("?{}", FIRST + self.values.len() - 1)
    }
}

/// The field a test is about, where it is one at the top of the record.
fn top_field(test: &Test) -> Option<FieldId> {
    match (&test.field.at, test.field.declared()) {
        (RefAt::Document { .. }, Some([id])) => Some(*id),
        _ => None,
    }
}

/// The least text that is greater than all that start so, in bytes of UTF-8; none where there is none that is UTF-8.
fn next_text(start: &str) -> Option<String> {
    let mut chars: Vec<char> = start.chars().collect();
    while let Some(last) = chars.pop() {
        // The next code point; surrogates are skipped.
        let next = if last == '\u{D7FF}' { Some('\u{E000}') } else { char::from_u32(u32::from(last) + 1) };
        if let Some(next) = next {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}
