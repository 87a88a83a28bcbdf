//! `--where`: a condition as people write it, turned into that of a query document.
//!
//! `price >= 10 and (city = 'Paris' or city in (Rome, Oslo)) and not note is null`; JSON is taken as it stands.

use crate::failure::{Failure, Misread};
use crate::types::Types;
use dmr::core::json;
use dmr::{Code, Problem, Value};
use serde_json::json;

/// Signs, longest first, and the operators they stand for.
const SIGNS: [(&str, &str); 9] =
    [(">=", "gte"), ("<=", "lte"), ("!=", "ne"), ("<>", "ne"), ("==", "eq"), ("=", "eq"), (">", "gt"), ("<", "lt"), ("~", "regex")];
/// Words that are operators as they stand.
const WORDS: [&str; 11] = ["eq", "ne", "gt", "gte", "lt", "lte", "contains", "icontains", "startswith", "endswith", "regex"];
/// How deep parentheses may stand in one another; the API allows fewer.
const DEEPEST: usize = 64;

/// Reads a condition.
pub fn read(text: &str, types: Types<'_>) -> Result<Value, Failure> {
    if text.trim_start().starts_with('{') {
        return json::parse(text.as_bytes()).map_err(|fault| misread(text, fault.byte, &fault.message));
    }
    let words = split(text)?;
    let mut reading = Reading { text, words, next: 0, types, depth: 0 };
    let condition = reading.any()?;
    match reading.peek() {
        None => Ok(condition),
        Some(word) => Err(misread(text, word.at, "`and` or `or` was expected here")),
    }
}

/// A piece of the expression.
#[derive(Debug, Clone, PartialEq)]
struct Word {
    at: usize,
    kind: Kind,
    text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bare,
    Quoted,
    Sign,
}

struct Reading<'a> {
    text: &'a str,
    words: Vec<Word>,
    next: usize,
    types: Types<'a>,
    depth: usize,
}

impl Reading<'_> {
    fn any(&mut self) -> Result<Value, Failure> {
        self.joined("or", Self::all)
    }

    fn all(&mut self) -> Result<Value, Failure> {
        self.joined("and", Self::one)
    }

    fn joined(&mut self, word: &str, part: fn(&mut Self) -> Result<Value, Failure>) -> Result<Value, Failure> {
        let mut parts = vec![part(self)?];
        while self.takes(word) {
            parts.push(part(self)?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { json!({ word: parts }) })
    }

    fn one(&mut self) -> Result<Value, Failure> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.wrong("the condition is nested too deep"));
        }
        let read = if self.takes("not") {
            self.one().map(|inner| json!({ "not": inner }))
        } else if self.takes_sign("(") {
            let inner = self.any()?;
            if self.takes_sign(")") { Ok(inner) } else { Err(self.wrong("`)` was expected here")) }
        } else {
            self.test()
        };
        self.depth -= 1;
        read
    }

    fn test(&mut self) -> Result<Value, Failure> {
        let field = match self.peek() {
            Some(word) if word.kind != Kind::Sign => word.text.clone(),
            _ => return Err(self.wrong("the name of a field was expected here")),
        };
        self.next += 1;
        let path: Vec<String> = field.split('.').map(str::to_owned).collect();
        if self.takes("is") {
            let is_null = !self.takes("not");
            return if self.takes("null") {
                Ok(test(&path, "isnull", Value::Bool(is_null)))
            } else {
                Err(self.wrong("`null` was expected here"))
            };
        }
        if self.takes("between") {
            let low = self.value(&path)?;
            return if self.takes("and") {
                let high = self.value(&path)?;
                Ok(test(&path, "between", json!([low, high])))
            } else {
                Err(self.wrong("`and` was expected here"))
            };
        }
        let negated = self.takes("not");
        if self.takes("in") {
            let values = self.values(&path)?;
            return Ok(test(&path, if negated { "nin" } else { "in" }, values));
        }
        let operator = self.operator()?;
        let value = self.value(&path)?;
        let found = if value.is_null() { null_test(&path, operator) } else { Some(test(&path, operator, value)) };
        let found = found.ok_or_else(|| self.wrong("null is tested with `is null` or `is not null`"))?;
        Ok(if negated { json!({ "not": found }) } else { found })
    }

    fn operator(&mut self) -> Result<&'static str, Failure> {
        let found = self.peek().and_then(|word| match word.kind {
            Kind::Sign => SIGNS.iter().find(|(sign, _)| *sign == word.text).map(|(_, operator)| *operator),
            Kind::Bare => WORDS.into_iter().find(|operator| operator.eq_ignore_ascii_case(&word.text)),
            Kind::Quoted => None,
        });
        let found = found.ok_or_else(|| {
            self.wrong("an operator was expected here: = != < <= > >= ~ contains icontains startswith endswith in between is")
        })?;
        self.next += 1;
        Ok(found)
    }

    fn value(&mut self, path: &[String]) -> Result<Value, Failure> {
        let value = match self.peek() {
            Some(word) if word.kind == Kind::Quoted => Value::String(word.text.clone()),
            Some(word) if word.kind == Kind::Bare => {
                let names: Vec<&str> = path.iter().map(String::as_str).collect();
                if word.text == "null" { Value::Null } else { self.types.read(&names, &word.text) }
            }
            _ => return Err(self.wrong("a value was expected here")),
        };
        self.next += 1;
        Ok(value)
    }

    fn values(&mut self, path: &[String]) -> Result<Value, Failure> {
        if !self.takes_sign("(") {
            return Err(self.wrong("`(` was expected here, then values with commas between them"));
        }
        let mut values = vec![self.value(path)?];
        while self.takes_sign(",") {
            values.push(self.value(path)?);
        }
        if self.takes_sign(")") { Ok(Value::Array(values)) } else { Err(self.wrong("`,` or `)` was expected here")) }
    }

    fn peek(&self) -> Option<&Word> {
        self.words.get(self.next)
    }

    fn takes(&mut self, word: &str) -> bool {
        self.takes_if(|next| next.kind == Kind::Bare && next.text.eq_ignore_ascii_case(word))
    }

    fn takes_sign(&mut self, sign: &str) -> bool {
        self.takes_if(|next| next.kind == Kind::Sign && next.text == sign)
    }

    fn takes_if(&mut self, is: impl Fn(&Word) -> bool) -> bool {
        let found = self.peek().is_some_and(is);
        self.next += usize::from(found);
        found
    }

    fn wrong(&self, message: &str) -> Failure {
        misread(self.text, self.peek().map_or(self.text.len(), |word| word.at), message)
    }
}

fn test(path: &[String], operator: &str, value: Value) -> Value {
    let field = match path {
        [name] => json!(name),
        names => json!(names),
    };
    json!({ "field": field, "op": operator, "value": value })
}

fn null_test(path: &[String], operator: &str) -> Option<Value> {
    match operator {
        "eq" => Some(test(path, "isnull", Value::Bool(true))),
        "ne" => Some(test(path, "isnull", Value::Bool(false))),
        _ => None,
    }
}

fn split(text: &str) -> Result<Vec<Word>, Failure> {
    let mut words = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let at = text.len() - rest.len();
        let Some(first) = rest.chars().next() else {
            return Ok(words);
        };
        let (word, length) = if first == '\'' || first == '"' {
            quoted(rest, first).ok_or_else(|| misread(text, at, "this quote is never closed"))?
        } else if let Some((sign, _)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
            (Word { at: 0, kind: Kind::Sign, text: (*sign).to_owned() }, sign.len())
        } else if matches!(first, '(' | ')' | ',') {
            (Word { at: 0, kind: Kind::Sign, text: first.to_string() }, 1)
        } else {
            let length = rest.find(|c: char| c.is_whitespace() || "()=<>!~,'\"".contains(c)).unwrap_or(rest.len());
            if length == 0 {
                return Err(misread(text, at, "this sign means nothing here"));
            }
            (Word { at: 0, kind: Kind::Bare, text: rest[..length].to_owned() }, length)
        };
        words.push(Word { at, ..word });
        rest = &rest[length..];
    }
}

/// A quote in a quoted text stands twice.
fn quoted(rest: &str, quote: char) -> Option<(Word, usize)> {
    let mut out = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != quote {
            out.push(c);
        } else if chars.next_if(|(_, next)| *next == quote).is_some() {
            out.push(quote);
        } else {
            return Some((Word { at: 0, kind: Kind::Quoted, text: out }, at + 1));
        }
    }
    None
}

fn misread(text: &str, at: usize, message: &str) -> Failure {
    let problem = Problem::new(Code::ParameterValue, message);
    Failure::Expression(Box::new(Misread { text: text.to_owned(), at: at.min(text.len()), problem }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should say where")]
    use super::*;

    fn read_as(text: &str) -> String {
        let schema = json!({"properties": {
            "sku": {"type": "string"}, "price": {"type": ["number", "null"]}, "sold": {"type": "boolean"},
            "address": {"$ref": "#/$defs/address"}, "tags": {"type": "array", "items": {"type": "string"}}
        }, "$defs": {"address": {"properties": {"zip": {"type": "string"}}}}});
        match read(text, Types::of(&schema)) {
            Ok(condition) => condition.to_string(),
            Err(Failure::Expression(misread)) => format!("{} | {}", misread.problem.detail, &misread.text[misread.at..]),
            Err(_) => panic!("another failure"),
        }
    }

    #[test]
    fn r2_words_become_values_of_the_fields_types() {
        insta::assert_snapshot!(read_as("sku=0012 and price>=10.50 and sold = true and address.zip = 01234 and tags contains 7"), @r#"{"and":[{"field":"sku","op":"eq","value":"0012"},{"field":"price","op":"gte","value":10.50},{"field":"sold","op":"eq","value":true},{"field":["address","zip"],"op":"eq","value":"01234"},{"field":"tags","op":"contains","value":"7"}]}"#);
        insta::assert_snapshot!(read_as("_created_at >= 2026-01-01T00:00:00Z or unknown = 5"), @r#"{"or":[{"field":"_created_at","op":"gte","value":"2026-01-01T00:00:00Z"},{"field":"unknown","op":"eq","value":5}]}"#);
    }

    #[test]
    fn r2_and_binds_tighter_than_or_and_parentheses_tightest() {
        insta::assert_snapshot!(read_as("sku=a or sku=b and not (price<1 OR price > 2)"), @r#"{"or":[{"field":"sku","op":"eq","value":"a"},{"and":[{"field":"sku","op":"eq","value":"b"},{"not":{"or":[{"field":"price","op":"lt","value":1},{"field":"price","op":"gt","value":2}]}}]}]}"#);
    }

    #[test]
    fn r2_lists_ranges_and_nulls() {
        insta::assert_snapshot!(read_as("sku in (a, 'b, ''c''', \"d\") and sku not in (e) and price between 1 and 2 and price is not null"), @r#"{"and":[{"field":"sku","op":"in","value":["a","b, 'c'","d"]},{"field":"sku","op":"nin","value":["e"]},{"field":"price","op":"between","value":[1,2]},{"field":"price","op":"isnull","value":false}]}"#);
        insta::assert_snapshot!(read_as("price = null and sku != null"), @r#"{"and":[{"field":"price","op":"isnull","value":true},{"field":"sku","op":"isnull","value":false}]}"#);
        insta::assert_snapshot!(read_as("sku not contains 'x' and sku ~ '^a'"), @r#"{"and":[{"not":{"field":"sku","op":"contains","value":"x"}},{"field":"sku","op":"regex","value":"^a"}]}"#);
    }

    #[test]
    fn r2_json_is_taken_as_it_stands() {
        insta::assert_snapshot!(read_as(r#"{"field": "price", "op": "gte", "value": 1.0}"#), @r#"{"field":"price","op":"gte","value":1.0}"#);
        insta::assert_snapshot!(read_as(r#"{"field": }"#), @"Expected a value, found '}' | }");
    }

    #[test]
    fn r2_what_cannot_be_read_is_told_with_its_place() {
        for text in [
            "price >> 3",
            "price",
            "price >= ",
            "(price = 1",
            "price = 1 sku = 2",
            "sku = 'x",
            "sku in x",
            "= 3",
            "price > null",
            "price ! 3",
        ] {
            assert!(read_as(text).contains(" | "), "{text}");
        }
        insta::assert_snapshot!(read_as("price >> 3"), @"a value was expected here | > 3");
        insta::assert_snapshot!(read_as("price = 1 sku = 2"), @"`and` or `or` was expected here | sku = 2");
        let deep = format!("{}price = 1{}", "(".repeat(100_000), ")".repeat(100_000));
        assert!(read_as(&deep).starts_with("the condition is nested too deep"));
    }
}
