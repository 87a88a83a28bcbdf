//! The gatekeeper's export list (M9): which models a role or an application may know of at all, before any permission is looked at. Whom it
//! hides a model from comes to that model without roles, so that the model does not exist for it, for every use.

use super::Check;
use crate::model::{Head, Source};
use crate::name::{DEFAULT_NAMESPACE, Glob, check_role};
use crate::principal::{ADMIN, ANONYMOUS, ANY_ROLE, Asker};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// What a row for an application begins with: `@till` is the principal `till`.
const APPLICATION: char = '@';
/// What stands for no pattern, and for no list.
const NONE: &str = "none";
/// The longest pattern, in bytes: the longest path, and some.
const LONGEST: usize = 300;

/// An export list: rows of patterns, each for a role, for an application (`@NAME`, a principal) or for every authenticated role (`*`).
///
/// ```
/// use dmr_core::gate::Exports;
///
/// let exports = Exports::parse("clerk = shop.*, Product; * = news.*").unwrap();
/// assert_eq!(exports.to_string(), "* = news.*; clerk = shop.*, Product");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exports {
    rows: BTreeMap<String, Vec<String>>,
}

impl Exports {
    /// Reads `ROLE = PATTERN, PATTERN; ROLE = PATTERN`, or `none`. A pattern is a model's name as routes spell it, in which `*` stands for
    /// any characters and `?` for one: `Product`, `shop.*`, `ns.models.shop.*`; `*` alone is every model.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text == NONE {
            return Some(Self::default());
        }
        let mut rows = BTreeMap::new();
        for row in text.split(';').map(str::trim).filter(|row| !row.is_empty()) {
            let (to, patterns) = row.split_once('=')?;
            let patterns = patterns.split([',', ' ']).filter(|pattern| !pattern.is_empty() && *pattern != NONE).map(str::to_owned);
            let (to, patterns): (&str, Vec<String>) = (to.trim(), patterns.collect());
            if !is_recipient(to) || !patterns.iter().all(|pattern| is_pattern(pattern)) || rows.insert(to.to_owned(), patterns).is_some() {
                return None;
            }
        }
        Some(Self { rows })
    }

    /// Whether there is no list at all.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// For whom, and which patterns; in order of name.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.rows.iter().map(|(to, patterns)| (to.as_str(), patterns.as_slice()))
    }

    /// The patterns of a row as they are held against paths.
    pub fn globs<'a>(patterns: &'a [String]) -> impl Iterator<Item = Glob> + 'a {
        patterns.iter().map(|pattern| Glob::new(&whole(pattern)))
    }
}

/// As it is read.
impl fmt::Display for Exports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rows.is_empty() {
            return f.write_str(NONE);
        }
        for (at, (to, patterns)) in self.rows.iter().enumerate() {
            let patterns = if patterns.is_empty() { NONE.to_owned() } else { patterns.join(", ") };
            write!(f, "{}{to} = {patterns}", if at == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

/// How the list is held to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gatekeeper {
    /// The list; without rows there is none, and nothing is hidden by it.
    pub exports: Exports,
    /// Whether what is not on the list is hidden; else it is only noted that it would have been.
    pub strict: bool,
    /// Whether models that were discovered (source `dynamic`) need not stand on it.
    pub auto_export: bool,
}

impl Gatekeeper {
    /// What the list exports to a set of roles (with those they inherit) and to an application; none where it binds them in nothing: there is no
    /// list, or one of the roles is `admin` and the list has no row for that.
    pub fn exported(&self, roles: &[String], application: Option<&str>) -> Option<Arc<Exported>> {
        let rows = &self.exports.rows;
        let is_free = roles.iter().any(|role| role == ADMIN) && !rows.contains_key(ADMIN);
        if rows.is_empty() || is_free {
            return None;
        }
        let any = roles.iter().any(|role| role != ANONYMOUS).then_some(ANY_ROLE);
        let application = application.map(|name| format!("{APPLICATION}{name}"));
        let names = roles.iter().map(String::as_str).chain(any).chain(application.as_deref());
        let globs = names.filter_map(|name| rows.get(name)).flat_map(|patterns| Exports::globs(patterns)).collect();
        Some(Arc::new(Exported { globs, discovered: self.auto_export, strict: self.strict }))
    }
}

/// What an export list exports to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    globs: Vec<Glob>,
    discovered: bool,
    strict: bool,
}

impl Exported {
    /// Whether a model is among it.
    pub fn has(&self, head: &Head) -> bool {
        if self.discovered && head.source == Source::Dynamic {
            return true;
        }
        let path = head.name.path();
        self.globs.iter().any(|glob| glob.matches(&path))
    }

    /// Whether what is not among it is hidden.
    pub fn is_strict(&self) -> bool {
        self.strict
    }
}

impl Asker {
    /// Whether the export list leaves a model out for it.
    pub fn lacks(&self, head: &Head) -> bool {
        self.exported.as_ref().is_some_and(|exported| !exported.has(head))
    }

    /// The roles it comes to a model with: none where the export list hides the model from it.
    pub fn roles_at(&self, head: &Head) -> &[String] {
        let strict = self.exported.as_ref().is_some_and(|exported| exported.strict);
        if strict && self.lacks(head) && Check::ModelExported.stands() { &[] } else { &self.roles }
    }
}

/// A pattern as it is held against paths.
fn whole(pattern: &str) -> String {
    match pattern {
        "*" => "*".to_owned(),
        _ if pattern.starts_with("ns.") => pattern.to_owned(),
        _ if pattern.contains('.') => format!("ns.models.{pattern}"),
        _ => format!("ns.models.{DEFAULT_NAMESPACE}.{pattern}"),
    }
}

fn is_recipient(to: &str) -> bool {
    match to.strip_prefix(APPLICATION) {
        Some(name) => !name.is_empty() && name.len() <= 200 && !name.contains(char::is_control),
        None => to == ANY_ROLE || check_role(to).is_ok(),
    }
}

fn is_pattern(pattern: &str) -> bool {
    pattern.len() <= LONGEST && pattern.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.*?".contains(&byte))
}
