//! What a door sends of principals, roles and keys, read: unknown members are refused with what was perhaps meant, and what the system
//! sets (`id`, `created_at`, `revision`) is never taken from a body.

use crate::name::check_role;
use crate::path::pointer;
use crate::principal::{ANONYMOUS, ANY_ROLE, Right, Role};
use crate::problem::nearest;
use crate::{Code, Issue, Object, Problem, Value, time};
use std::collections::{BTreeMap, BTreeSet};

/// The longest name of a principal or a key, in characters.
const LONGEST_NAME: usize = 200;
/// The most roles a principal or a key has, and the most attributes.
const MOST: usize = 100;
/// What the system sets.
const SYSTEM: [&str; 5] = ["id", "created_at", "revision", "keys", "hash"];

/// A principal that is to be made: `{name, roles, attributes?, suspended?}`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NewPrincipal {
    /// For people; unique among living principals.
    pub name: String,
    /// What it may be.
    pub roles: BTreeSet<String>,
    /// Facts about it that rules may use.
    pub attributes: BTreeMap<String, Value>,
    /// Whether its keys are dead.
    pub suspended: bool,
}

/// A merge patch on a principal; what it leaves out stays.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PrincipalPatch {
    /// Its name.
    pub name: Option<String>,
    /// All of its roles.
    pub roles: Option<BTreeSet<String>>,
    /// Attributes that come, change, or go where they are null; `Some(None)`: all go.
    pub attributes: Option<Option<Object>>,
    /// Whether its keys are dead.
    pub suspended: Option<bool>,
}

/// A key that is to be made: `{name?, expires_at?, roles?}`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyDescription {
    /// For people.
    pub name: Option<String>,
    /// Some of the principal's roles; none: all of them, as they change.
    pub roles: Option<BTreeSet<String>>,
    /// When it ends, in microseconds since 1970 UTC.
    pub expires_at: Option<i64>,
}

impl NewPrincipal {
    /// Reads one.
    ///
    /// # Errors
    /// Everything that is wrong with its shape and its names.
    pub fn read(body: Value) -> Result<Self, Problem> {
        let mut reading = Reading::new(Code::PrincipalInvalid, &["name", "roles", "attributes", "suspended"]);
        let mut out = Self::default();
        let members = object(body, "a principal is an object: {name, roles, attributes?}")?;
        for (required, example) in [("name", "\"ana\""), ("roles", "[\"user\"]")] {
            if !members.contains_key(required) {
                let issue = Issue::body(pointer("", required), Code::BodyShape, format!("a principal needs `{required}`"));
                reading.issues.push(issue.suggest(format!("\"{required}\": {example}")));
            }
        }
        for (member, value) in members {
            match (member.as_str(), value) {
                ("name", value) => out.name = reading.name(&value).unwrap_or_default(),
                ("roles", value) => out.roles = reading.roles(&value, "/roles").unwrap_or_default(),
                ("attributes", Value::Object(attributes)) => out.attributes = reading.attributes(attributes).into_iter().collect(),
                ("attributes", _) => reading.shape("/attributes", "`attributes` is an object"),
                ("suspended", Value::Bool(suspended)) => out.suspended = suspended,
                ("suspended", _) => reading.shape("/suspended", "`suspended` is true or false"),
                (other, _) => reading.unknown(other),
            }
        }
        reading.finish(out)
    }
}

impl PrincipalPatch {
    /// Reads one.
    ///
    /// # Errors
    /// Everything that is wrong with its shape and its names.
    pub fn read(body: Value) -> Result<Self, Problem> {
        let mut reading = Reading::new(Code::PrincipalInvalid, &["name", "roles", "attributes", "suspended"]);
        let mut out = Self::default();
        for (member, value) in object(body, "a change of a principal is an object: {name?, roles?, attributes?, suspended?}")? {
            match (member.as_str(), value) {
                ("name", value) => out.name = reading.name(&value),
                ("roles", value) => out.roles = reading.roles(&value, "/roles"),
                ("attributes", Value::Object(attributes)) => out.attributes = Some(Some(reading.attributes(attributes))),
                ("attributes", Value::Null) => out.attributes = Some(None),
                ("attributes", _) => reading.shape("/attributes", "`attributes` is an object"),
                ("suspended", Value::Bool(suspended)) => out.suspended = Some(suspended),
                ("suspended", Value::Null) => out.suspended = Some(false),
                ("suspended", _) => reading.shape("/suspended", "`suspended` is true or false"),
                (other, _) => reading.unknown(other),
            }
        }
        reading.finish(out)
    }
}

impl KeyDescription {
    /// Reads one; null is as if the member were left out.
    ///
    /// # Errors
    /// Everything that is wrong with its shape and its names.
    pub fn read(body: Value) -> Result<Self, Problem> {
        let mut reading = Reading::new(Code::PrincipalInvalid, &["name", "expires_at", "roles"]);
        let mut out = Self::default();
        for (member, value) in object(body, "a key is an object: {name?, expires_at?, roles?}")? {
            match (member.as_str(), value) {
                ("name" | "expires_at" | "roles", Value::Null) => {}
                ("name", value) => out.name = reading.name(&value),
                ("roles", value) => out.roles = reading.roles(&value, "/roles"),
                ("expires_at", value) => match value.as_str().and_then(time::parse) {
                    Some(end) => out.expires_at = Some(end),
                    None => reading.issues.push(
                        Issue::body("/expires_at", Code::BodyShape, "`expires_at` is a time with its offset (RFC 3339)")
                            .value(&value)
                            .suggest("2030-01-31T12:00:00Z"),
                    ),
                },
                (other, _) => reading.unknown(other),
            }
        }
        reading.finish(out)
    }
}

/// Reads a role: `{rights, inherits?}`.
impl Role {
    /// Reads one; what it leaves out is empty.
    ///
    /// # Errors
    /// Everything that is wrong with its shape, its rights and its names.
    pub fn read(body: Value) -> Result<Self, Problem> {
        let mut reading = Reading::new(Code::RoleInvalid, &["rights", "inherits"]);
        let mut out = Self::default();
        for (member, value) in object(body, "a role is an object: {rights, inherits?}")? {
            match member.as_str() {
                "rights" => out.rights = reading.rights(&value),
                "inherits" => out.inherits = reading.roles(&value, "/inherits").unwrap_or_default(),
                other => reading.unknown(other),
            }
        }
        reading.finish(out)
    }
}

struct Reading {
    code: Code,
    members: &'static [&'static str],
    issues: Vec<Issue>,
}

impl Reading {
    fn new(code: Code, members: &'static [&'static str]) -> Self {
        Self { code, members, issues: Vec::new() }
    }

    fn finish<T>(self, read: T) -> Result<T, Problem> {
        match self.issues.first() {
            None => Ok(read),
            Some(first) => {
                let same = self.issues.iter().all(|issue| issue.code == first.code);
                Err(Problem::of(if same { first.code } else { self.code }, self.issues))
            }
        }
    }

    fn shape(&mut self, at: &str, message: &str) {
        self.issues.push(Issue::body(at, Code::BodyShape, message));
    }

    fn unknown(&mut self, member: &str) {
        let at = pointer("", member);
        self.issues.push(match SYSTEM.contains(&member) {
            true => Issue::body(at, self.code, format!("`{member}` is set by the system")),
            false => Issue::body(at, self.code, format!("there is no member `{member}`"))
                .suggest_all(nearest(member, self.members.iter().copied())),
        });
    }

    fn name(&mut self, value: &Value) -> Option<String> {
        let Value::String(name) = value else {
            self.shape("/name", "`name` is a text");
            return None;
        };
        let wrong = if name.is_empty() || name.trim() != name {
            Some("a name is not empty and neither begins nor ends with a space")
        } else if name.chars().count() > LONGEST_NAME {
            Some("a name has at most 200 characters")
        } else if name.chars().any(char::is_control) {
            Some("a name holds no control characters")
        } else if uuid::Uuid::try_parse(name).is_ok() {
            Some("a name does not look like an id")
        } else {
            None
        };
        match wrong {
            None => Some(name.clone()),
            Some(message) => {
                self.issues.push(Issue::body("/name", Code::NameInvalid, message).value(value));
                None
            }
        }
    }

    fn texts<'a>(&mut self, value: &'a Value, at: &str, message: &str) -> Vec<(usize, &'a str)> {
        let texts = value.as_array().and_then(|items| items.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
        match texts {
            Some(texts) if texts.len() <= MOST => texts.into_iter().enumerate().collect(),
            Some(_) => {
                self.issues.push(Issue::body(at, self.code, format!("at most {MOST}")));
                Vec::new()
            }
            None => {
                self.shape(at, message);
                Vec::new()
            }
        }
    }

    fn roles(&mut self, value: &Value, at: &str) -> Option<BTreeSet<String>> {
        let before = self.issues.len();
        let mut roles = BTreeSet::new();
        for (item, role) in self.texts(value, at, "this is a list of roles") {
            let here = format!("{at}/{item}");
            match role {
                ANY_ROLE => self.issues.push(
                    Issue::body(here, self.code, "`*` stands for any authenticated role in permissions; nobody holds it").suggest("user"),
                ),
                ANONYMOUS if self.code == Code::PrincipalInvalid => self.issues.push(
                    Issue::body(here, self.code, "`anonymous` is the role of whoever comes without a credential; nobody else holds it")
                        .suggest("user"),
                ),
                role => match check_role(role) {
                    Ok(()) => drop(roles.insert(role.to_owned())),
                    Err(fault) => self.issues.push(fault.at(&here)),
                },
            }
        }
        (self.issues.len() == before).then_some(roles)
    }

    fn rights(&mut self, value: &Value) -> BTreeSet<Right> {
        let mut rights = BTreeSet::new();
        for (item, right) in self.texts(value, "/rights", "`rights` is a list of rights") {
            match Right::ALL.into_iter().find(|known| known.as_str() == right) {
                Some(known) => drop(rights.insert(known)),
                None => {
                    let names = Right::ALL.map(Right::as_str);
                    let near = nearest(right, names);
                    let all = names.map(str::to_owned).to_vec();
                    self.issues.push(
                        Issue::body(format!("/rights/{item}"), self.code, format!("there is no right `{right}`"))
                            .suggest_all(if near.is_empty() { all } else { near }),
                    );
                }
            }
        }
        rights
    }

    fn attributes(&mut self, attributes: Object) -> Object {
        if attributes.len() > MOST {
            self.issues.push(Issue::body("/attributes", self.code, format!("at most {MOST} attributes")));
        }
        for name in attributes.keys() {
            if let Err(fault) = crate::name::check_field(name, false) {
                self.issues.push(fault.at(&pointer("/attributes", name)));
            }
        }
        attributes
    }
}

fn object(body: Value, message: &str) -> Result<Object, Problem> {
    match body {
        Value::Object(members) => Ok(members),
        _ => Err(Problem::one(Issue::body("", Code::BodyShape, message))),
    }
}
