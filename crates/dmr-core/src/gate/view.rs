//! What one set of roles sees of one model: compiled once per (roles, revision of the model), in bit sets of one word a field.

use super::Check;
use crate::model::{Behaviour, Field, FieldId, Model};
use crate::permission::{ColumnKey, ColumnRule, Operation, Operations, Permissions, RowRule};
use crate::principal::{ADMIN, ANONYMOUS, ANY_ROLE};
use crate::record::PrincipalId;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Under which condition something holds. Row rules of other kinds come in here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Guard {
    /// Never: it does not exist for the asker.
    #[default]
    Never,
    /// For records the asker owns.
    Own,
    /// For every record.
    Always,
}

impl Guard {
    /// Whether it holds for a record and an asker.
    pub fn holds(self, owner: PrincipalId, asker: PrincipalId) -> bool {
        match self {
            Self::Never => false,
            Self::Own => owner == asker,
            Self::Always => true,
        }
    }

    fn of(rule: RowRule) -> Self {
        match rule {
            RowRule::Public => Self::Always,
            RowRule::Owner => Self::Own,
        }
    }
}

/// What may be done with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Access {
    /// In which rows its value is seen; elsewhere it *is* absent, for every use.
    pub read: Guard,
    /// In which rows it may be set.
    pub write: Guard,
    /// Whether it may be known to exist: it is seen in some row, or may be set in some.
    pub known: bool,
}

impl Access {
    const ALL: Self = Self { read: Guard::Always, write: Guard::Always, known: true };
}

/// What a set of roles sees of a model.
#[derive(Debug, Clone)]
pub struct View {
    /// The revision of the model it was compiled under.
    pub revision: u64,
    /// What may be done with records at all.
    pub operations: Operations,
    scopes: [Guard; 5],
    fields: HashMap<FieldId, Access, foldhash::fast::RandomState>,
    /// All undeclared properties, as one.
    pub undeclared: Access,
    unruled: Access,
    /// Whether every field is seen in every row that is.
    pub plain: bool,
    /// Fields of unique constraints that would tell of hidden records: closed for writing until the rule discloses them.
    pub undisclosed: Vec<FieldId>,
    /// Whether every declared field may be known, nested ones too.
    pub knows_all: bool,
    /// Whether every field may be set in every row, undeclared ones too.
    pub writes_all: bool,
    /// A short tag of what is seen, for entity tags.
    pub tag: String,
}

impl View {
    /// Compiles what a set of roles (with those they inherit) sees.
    pub fn compile(model: &Model, roles: &[String]) -> Self {
        let permissions = &model.head.permissions;
        let grants = Grants::new(permissions, roles);
        let scopes = Operation::ALL.map(|operation| grants.scope(operation));
        let mut view = Self {
            revision: model.head.revision,
            operations: grants.operations(),
            scopes,
            fields: HashMap::default(),
            undeclared: grants.undeclared(permissions),
            unruled: grants.access(None, None),
            plain: false,
            undisclosed: Vec::new(),
            knows_all: false,
            writes_all: false,
            tag: String::new(),
        };
        view.add_gone(model, &grants);
        view.add(&model.fields, permissions, &grants, None);
        view.close_undisclosed(model);
        let sight = view.sight();
        view.plain = view.fields.values().all(|access| access.read >= sight) && view.undeclared.read >= sight;
        view.knows_all = view.fields.values().all(|access| access.known);
        if !view.knows_all && !permissions.columns.contains_key(&ColumnKey::Undeclared) && Check::UndeclaredWrite.stands() {
            // Else the one name that is refused among all that are data would be a hidden field's.
            view.undeclared.write = Guard::Never;
        }
        view.writes_all = view.fields.values().all(|access| access.write == Guard::Always) && view.undeclared.write == Guard::Always;
        view.tag = view.fingerprint();
        view
    }

    /// What a set of roles may do with records at all: [`View::operations`] of a view that is not compiled for it.
    pub fn operations_of(permissions: &Permissions, roles: &[String]) -> Operations {
        Grants::new(permissions, roles).operations()
    }

    /// Whether an operation may be done at all.
    pub fn may(&self, operation: Operation) -> bool {
        self.operations.has(operation)
    }

    /// In which rows an operation may be done; `check` is the name of who asks.
    pub fn scope(&self, operation: Operation, check: Check) -> Guard {
        if check.stands() { self.scopes[operation as usize] } else { Guard::Always }
    }

    /// In which rows anything is seen: by reading or listing.
    pub fn sight(&self) -> Guard {
        self.scopes[Operation::Read as usize].max(self.scopes[Operation::List as usize])
    }

    /// What may be done with a field. A field inside one that is closed is closed; one that is gone from the model keeps its rule.
    pub fn access(&self, id: FieldId) -> Access {
        self.fields.get(&id).copied().unwrap_or(self.unruled)
    }

    /// The same for one use; `check` is its name.
    pub fn access_for(&self, id: FieldId, check: Check) -> Access {
        if check.stands() { self.access(id) } else { Access::ALL }
    }

    /// In which rows the declared key is seen: where it is not, no record is found by it.
    pub fn sees_key(&self, model: &Model) -> Guard {
        model.head.key.iter().map(|id| self.access_for(*id, Check::ColumnFilter).read).min().unwrap_or_default()
    }

    /// Whether the model may be known to exist.
    pub fn knows_model(&self) -> bool {
        !self.operations.is_empty() || !Check::ModelKnown.stands()
    }

    /// Fields that are gone from the model but not from its older records keep their rules and behaviours.
    fn add_gone(&mut self, model: &Model, grants: &Grants<'_>) {
        for (key, rule) in &model.head.permissions.columns {
            if let ColumnKey::Field(id) = key {
                self.fields.insert(*id, grants.access(Some(rule), None));
            }
        }
        for (id, settings) in &model.head.settings {
            if settings.behaviours.contains(&Behaviour::WriteOnly) && Check::WriteOnly.stands() {
                self.fields.entry(*id).or_insert(self.unruled).read = Guard::Never;
            }
        }
    }

    fn add(&mut self, fields: &[Field], permissions: &Permissions, grants: &Grants<'_>, above: Option<Access>) {
        for field in fields {
            let rule = permissions.columns.get(&ColumnKey::Field(field.id));
            let mut access = grants.access(rule, above);
            if field.is(Behaviour::WriteOnly) && Check::WriteOnly.stands() {
                access.read = Guard::Never;
            }
            if field.is(Behaviour::ReadOnly) && Check::ReadOnly.stands() {
                access.write = Guard::Never;
            }
            access.known = access.read != Guard::Never || access.write != Guard::Never;
            self.fields.insert(field.id, access);
            self.add(&field.children, permissions, grants, Some(access));
        }
    }

    /// A unique constraint lets hidden data influence an answer: whoever does not see every row and every member may not write to it,
    /// unless the permissions declare the disclosure.
    fn close_undisclosed(&mut self, model: &Model) {
        let sight = self.sight();
        for unique in &model.uniques {
            let members: Vec<FieldId> = unique.members.iter().filter_map(|(ids, ..)| ids.last().copied()).collect();
            let disclosed = unique.members.iter().all(|(ids, ..)| model.head.permissions.discloses.contains(&model.names(ids)));
            let seen = sight == Guard::Always && members.iter().all(|id| self.access(*id).read == Guard::Always);
            if seen || disclosed || !Check::UniqueUndisclosed.stands() {
                continue;
            }
            for id in members {
                let access = self.fields.entry(id).or_default();
                access.write = Guard::Never;
                access.known = access.read != Guard::Never;
                self.undisclosed.push(id);
            }
        }
    }

    fn fingerprint(&self) -> String {
        let mut seen: Vec<(u32, Access)> = self.fields.iter().map(|(id, access)| (id.0, *access)).collect();
        seen.sort_by_key(|(id, _)| *id);
        let mut hash = Sha256::new();
        for (id, access) in seen {
            hash.update(id.to_be_bytes());
            hash.update([access.read as u8, access.write as u8]);
        }
        hash.update([self.undeclared.read as u8, self.undeclared.write as u8]);
        hash.finalize().iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The roles of an asker that the permissions name, with what each gives.
struct Grants<'a> {
    roles: Vec<Grant<'a>>,
}

struct Grant<'a> {
    name: &'a str,
    operations: Operations,
    read: Guard,
    write: Guard,
}

impl<'a> Grants<'a> {
    fn new(permissions: &Permissions, roles: &'a [String]) -> Self {
        let authenticated = roles.iter().any(|role| role != ANONYMOUS);
        let any = authenticated.then_some(ANY_ROLE);
        let roles = roles
            .iter()
            .map(String::as_str)
            .chain(any)
            .filter_map(|name| {
                let operations = permissions.models.get(name).copied();
                let unchecked = || Operation::ALL.into_iter().filter(|operation| !Check::of_operation(*operation).stands());
                let operations = unchecked().fold(operations, |all, operation| Some(all.unwrap_or_default().with(operation)))?;
                let rows = permissions.rows.get(name).copied().unwrap_or_default();
                Some(Grant { name, operations, read: Guard::of(rows.read), write: Guard::of(rows.write) })
            })
            .collect();
        Self { roles }
    }

    fn undeclared(&self, permissions: &Permissions) -> Access {
        let (ruled, free) = (self.access(permissions.columns.get(&ColumnKey::Undeclared), None), self.access(None, None));
        let read = if Check::UndeclaredRead.stands() { ruled.read } else { free.read };
        let write = if Check::UndeclaredWrite.stands() { ruled.write } else { free.write };
        Access { read, write, known: read != Guard::Never || write != Guard::Never }
    }

    fn operations(&self) -> Operations {
        self.roles.iter().fold(Operations::NONE, |all, role| all.union(role.operations))
    }

    fn scope(&self, operation: Operation) -> Guard {
        self.roles.iter().filter(|role| role.operations.has(operation)).map(|role| role.guard(operation)).max().unwrap_or_default()
    }

    fn access(&self, rule: Option<&ColumnRule>, above: Option<Access>) -> Access {
        let allowed = |roles: Option<&std::collections::BTreeSet<String>>, name: &str| match (rule, roles) {
            (None, _) => true,
            (Some(_), Some(named)) => named.contains(name) || (name != ANONYMOUS && named.contains(ANY_ROLE)),
            (Some(_), None) => name == ADMIN,
        };
        let read = self.widest(Role::Read, |name| allowed(rule.and_then(|rule| rule.read.as_ref()), name));
        let may_write = |name: &str| allowed(rule.and_then(|rule| rule.write.as_ref()), name);
        let write = self.widest(Role::Write, |name| may_write(name) || !Check::ColumnWrite.stands());
        let access = match above {
            Some(above) => Access { read: read.min(above.read), write: write.min(above.write), known: false },
            None => Access { read, write, known: false },
        };
        Access { known: access.read != Guard::Never || access.write != Guard::Never, ..access }
    }

    fn widest(&self, role: Role, allowed: impl Fn(&str) -> bool) -> Guard {
        let operations: &[Operation] = match role {
            Role::Read => &[Operation::Read, Operation::List],
            Role::Write => &[Operation::Create, Operation::Update],
        };
        self.roles
            .iter()
            .filter(|grant| allowed(grant.name))
            .flat_map(|grant| {
                operations.iter().filter(|operation| grant.operations.has(**operation)).map(|operation| grant.guard(*operation))
            })
            .max()
            .unwrap_or_default()
    }
}

enum Role {
    Read,
    Write,
}

impl Grant<'_> {
    fn guard(&self, operation: Operation) -> Guard {
        match operation {
            Operation::Read | Operation::List => self.read,
            Operation::Update | Operation::Delete => self.write,
            // What one creates one owns.
            Operation::Create => Guard::Always,
        }
    }
}
