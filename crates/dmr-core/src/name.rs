//! Names: made once, valid ever after (M2, M8).

use crate::words::count;
use crate::{Code, Issue, Problem};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest name of a model or of one segment of a namespace, in characters.
pub const LONGEST_NAME: usize = 64;
/// The longest field name, in characters.
pub const LONGEST_FIELD: usize = 200;
/// Where models live that name no namespace.
pub const DEFAULT_NAMESPACE: &str = "app";
/// Where inferred models live.
pub const INFERRED_NAMESPACE: &str = "dynamic";

/// A name no entry can have, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameFault {
    /// What is wrong, for a person.
    pub message: String,
    /// A name that would do, where one is at hand.
    pub suggestion: Option<String>,
}

impl NameFault {
    /// The fault as an issue at a place of the body.
    pub fn at(self, pointer: &str) -> Issue {
        let issue = Issue::body(pointer, Code::NameInvalid, self.message);
        match self.suggestion {
            Some(name) => issue.suggest(name),
            None => issue,
        }
    }
}

impl fmt::Display for NameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for NameFault {}

/// Where an entry lives and what it is called: `shop.Product`. The namespace may have several segments.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ModelName {
    /// Segments joined by dots: `shop`, `shop.archive`.
    pub namespace: String,
    /// The last segment: `Product`.
    pub name: String,
}

impl ModelName {
    /// A name in a namespace.
    ///
    /// # Errors
    /// Where a segment is empty, too long, begins with a digit or holds anything but ASCII letters, digits, `_` and `-`.
    pub fn new(namespace: &str, name: &str) -> Result<Self, NameFault> {
        check_segment(name, "model name")?;
        namespace.split('.').try_for_each(|segment| check_segment(segment, "namespace"))?;
        if namespace.len() > 200 {
            return Err(NameFault { message: "a namespace has at most 200 characters".into(), suggestion: None });
        }
        Ok(Self { namespace: namespace.to_owned(), name: name.to_owned() })
    }

    /// A name as routes, the command line and answers spell it: `Product` is in [`DEFAULT_NAMESPACE`], `shop.Product` in `shop`,
    /// `ns.models.shop.Product` is the whole path.
    ///
    /// # Errors
    /// As [`ModelName::new`].
    pub fn parse(text: &str) -> Result<Self, NameFault> {
        let text = text.strip_prefix("ns.models.").unwrap_or(text);
        match text.rsplit_once('.') {
            Some((namespace, name)) => Self::new(namespace, name),
            None => Self::new(DEFAULT_NAMESPACE, text),
        }
    }

    /// The namespace path: `ns.models.shop.Product`.
    pub fn path(&self) -> String {
        format!("ns.models.{}.{}", self.namespace, self.name)
    }
}

/// As it works in a route: short in the default namespace.
impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.namespace == DEFAULT_NAMESPACE { f.write_str(&self.name) } else { write!(f, "{}.{}", self.namespace, self.name) }
    }
}

/// The refusal of a short name that several models have, with what they are called: those the asker may know of (M8).
pub fn ambiguous(short: &str, names: Vec<String>) -> Problem {
    Problem::new(Code::ModelAmbiguous, format!("`{short}` is the short name of {}", count(names.len() as u64, "model"))).suggest_all(names)
}

fn check_segment(segment: &str, what: &str) -> Result<(), NameFault> {
    let fault = |why: &str| NameFault { message: format!("a {what} {why}"), suggestion: usable(segment) };
    let Some(first) = segment.chars().next() else {
        return Err(fault("cannot be empty"));
    };
    if !first.is_ascii_alphabetic() {
        return Err(fault("begins with an ASCII letter"));
    }
    if segment.chars().count() > LONGEST_NAME {
        return Err(fault("has at most 64 characters"));
    }
    if !segment.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
        return Err(fault("holds only ASCII letters, digits, '_' and '-'"));
    }
    Ok(())
}

fn usable(segment: &str) -> Option<String> {
    let kept: String = segment.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_' || *c == '-').take(LONGEST_NAME).collect();
    let kept = kept.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    (!kept.is_empty() && kept != segment).then(|| kept.to_owned())
}

/// Checks a name for a role: an ASCII letter, then ASCII letters, digits, `_`, `-`, `.` and `:`, at most [`LONGEST_NAME`].
///
/// # Errors
/// What is wrong with it.
pub fn check_role(name: &str) -> Result<(), NameFault> {
    let usual = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.:".contains(c))
        && name.len() <= LONGEST_NAME;
    if usual {
        return Ok(());
    }
    let message = "a role's name begins with a letter and holds ASCII letters, digits, `_`, `-`, `.` and `:`, at most 64";
    Err(NameFault { message: message.into(), suggestion: usable(name) })
}

/// Checks a name for a field: any letters, no control characters, not empty, at most [`LONGEST_FIELD`] characters.
/// At the top of a record names that begin with `_` belong to the system.
///
/// # Errors
/// What is wrong with it.
pub fn check_field(name: &str, top: bool) -> Result<(), NameFault> {
    let fault = |message: &str, suggestion: Option<String>| Err(NameFault { message: message.into(), suggestion });
    if name.is_empty() {
        return fault("a field name cannot be empty", None);
    }
    if name.chars().count() > LONGEST_FIELD {
        return fault("a field name has at most 200 characters", None);
    }
    if name.chars().any(char::is_control) {
        return fault("a field name holds no control characters", Some(name.chars().filter(|c| !c.is_control()).collect()));
    }
    if top && name.starts_with('_') {
        return fault("names that begin with '_' belong to the system", Some(format!("{}_", name.trim_start_matches('_'))));
    }
    Ok(())
}

/// A pattern over namespace paths in which `*` stands for any characters, dots too, and `?` for one (M8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob {
    /// What stands before the first `*`: everything where there is none.
    head: Box<[u8]>,
    /// What stands between two.
    between: Vec<Box<[u8]>>,
    /// What stands behind the last; none where there is no `*`.
    tail: Option<Box<[u8]>>,
}

impl Glob {
    /// A pattern; every text is one.
    pub fn new(pattern: &str) -> Self {
        let mut pieces = pattern.as_bytes().split(|byte| *byte == b'*');
        let head = pieces.next().unwrap_or_default().into();
        let tail = pieces.next_back().map(Box::from);
        Self { head, between: pieces.filter(|piece| !piece.is_empty()).map(Box::from).collect(), tail }
    }

    /// What every match begins with.
    pub fn prefix(&self) -> &[u8] {
        let end = self.head.iter().position(|byte| *byte == b'?').unwrap_or(self.head.len());
        &self.head[..end]
    }

    /// Whether a path matches, without allocation and in time linear in the product of the lengths.
    pub fn matches(&self, path: &str) -> bool {
        let text = path.as_bytes();
        let Some(tail) = &self.tail else { return text.len() == self.head.len() && fits(&self.head, text) };
        // The end tells most paths apart: their beginnings are alike.
        let Some(inner) = text.len().checked_sub(tail.len()).filter(|end| *end >= self.head.len() && fits(tail, &text[*end..])) else {
            return false;
        };
        if !fits(&self.head, text) {
            return false;
        }
        let mut rest = &text[self.head.len()..inner];
        // The first place is as good as any later one: a `*` follows.
        self.between.iter().all(|piece| match rest.windows(piece.len()).position(|window| fits(piece, window)) {
            Some(at) => {
                rest = &rest[at + piece.len()..];
                true
            }
            None => false,
        })
    }
}

/// Whether a text that is long enough begins with a piece.
fn fits(piece: &[u8], text: &[u8]) -> bool {
    piece.iter().zip(text).all(|(wanted, byte)| *wanted == b'?' || wanted == byte)
}

/// A semantic version (M7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version {
    /// Raised by a breaking change.
    pub major: u32,
    /// Raised by an addition.
    pub minor: u32,
    /// Raised by anything else.
    pub patch: u32,
}

impl Version {
    /// What a model begins with.
    pub const FIRST: Self = Self { major: 1, minor: 0, patch: 0 };

    /// A version from `1.2.3`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(|part| if part.len() > 1 && part.starts_with(['0', '+']) { None } else { part.parse().ok() });
        let version = Self { major: parts.next()??, minor: parts.next()??, patch: parts.next()?? };
        parts.next().is_none().then_some(version)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("a version is three numbers: 1.0.0"))
    }
}
