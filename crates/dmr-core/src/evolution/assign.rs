//! Which id each field of a new version has (invariant 8): a field keeps its id for ever, a name is a label.

use crate::model::{FieldId, Shape};
use crate::path::pointer;
use crate::problem::nearest;
use crate::{Code, Issue, Problem};
use std::collections::{BTreeMap, BTreeSet};

/// Gives each field of a new version its id, by JSON pointer of names.
///
/// A field that `renames` (old dotted name to new one) or its `x-dmr-id` says was another field keeps that one's id; else the same pointer
/// keeps its id; else `next` gives one. A renamed object keeps what is inside it. An `x-dmr-id` of no field of the previous version is
/// ignored: the schema came from elsewhere. `renames` goes before `x-dmr-id`.
///
/// # Errors
/// `field.undeclared` for a rename of or to a field that is not there; `definition.invalid` for one onto a field that stays, two onto
/// one, one into another object, and an `x-dmr-id` that stands twice or that another object's field has.
pub fn assign(
    shapes: &[Shape],
    previous: &BTreeMap<String, FieldId>,
    renames: &BTreeMap<String, String>,
    next: &mut u32,
) -> Result<BTreeMap<String, FieldId>, Problem> {
    let mut work = Work { previous, renamed: BTreeMap::new(), assigned: BTreeMap::new(), issues: Vec::new(), next: *next };
    work.read_renames(shapes, renames);
    work.level(shapes, Some(""), "");
    work.unused_renames(renames);
    if let Some(first) = work.issues.first() {
        return Err(Problem::of(first.code, work.issues));
    }
    *next = work.next;
    Ok(work.assigned)
}

/// A rename as it was asked for.
struct Rename {
    /// Pointer of the field before.
    from: String,
    /// The member of `renames`, for issues.
    asked: String,
    used: bool,
}

struct Work<'a> {
    previous: &'a BTreeMap<String, FieldId>,
    /// By pointer of the field now.
    renamed: BTreeMap<String, Rename>,
    assigned: BTreeMap<String, FieldId>,
    issues: Vec<Issue>,
    next: u32,
}

impl Work<'_> {
    /// Finds both ends of each rename.
    fn read_renames(&mut self, shapes: &[Shape], renames: &BTreeMap<String, String>) {
        let mut now = Vec::new();
        names_of(shapes, "", "", &mut now);
        for (old, new) in renames {
            let Some(from) = self.previous.keys().find(|known| dotted(known) == *old).cloned() else {
                let known: Vec<String> = self.previous.keys().map(|known| dotted(known)).collect();
                let near = nearest(old, known.iter().map(String::as_str));
                self.refuse(old, Code::FieldUnknown, "the version before has no such field", near);
                continue;
            };
            let beside = format!("{}{new}", old.rfind('.').map_or("", |dot| &old[..=dot]));
            let to = now.iter().find(|(_, name)| name == new).or_else(|| now.iter().find(|(_, name)| *name == beside));
            let Some((to, _)) = to else {
                let near = nearest(new, now.iter().map(|(_, name)| name.as_str()));
                let message = format!("`{old}` is to be `{new}`, a field the new schema does not have");
                self.refuse(old, Code::FieldUnknown, &message, near);
                continue;
            };
            let rename = Rename { from, asked: old.clone(), used: false };
            if self.renamed.insert(to.clone(), rename).is_some() {
                self.refuse(old, Code::DefinitionInvalid, "two fields are renamed to one", Vec::new());
            }
        }
        let leaving: BTreeSet<&String> = self.renamed.values().map(|rename| &rename.from).collect();
        let onto: Vec<String> = self
            .renamed
            .iter()
            .filter(|(to, rename)| **to != rename.from && self.previous.contains_key(*to) && !leaving.contains(to))
            .map(|(_, rename)| rename.asked.clone())
            .collect();
        for asked in onto {
            self.refuse(&asked, Code::DefinitionInvalid, "the new name is that of a field the version before already has", Vec::new());
        }
    }

    /// Assigns the fields of one object. `before` is its pointer in the version before, none where it is new.
    fn level(&mut self, shapes: &[Shape], before: Option<&str>, now: &str) {
        let mut claims: Vec<Option<String>> = shapes.iter().map(|shape| self.claim(shape, before, now)).collect();
        let mut taken: BTreeSet<String> = BTreeSet::new();
        for (shape, claim) in shapes.iter().zip(&mut claims) {
            if claim.as_ref().is_some_and(|old| !taken.insert(old.clone())) {
                let message = "two fields say that they are the same field of the version before";
                self.issues.push(at_schema(now, shape, message));
                *claim = None;
            }
        }
        for (shape, claim) in shapes.iter().zip(&mut claims).filter(|(_, claim)| claim.is_none()) {
            let same = before.map(|before| pointer(before, &shape.name));
            *claim = same.filter(|same| self.previous.contains_key(same) && taken.insert(same.clone()));
        }
        for (shape, claim) in shapes.iter().zip(claims) {
            let here = pointer(now, &shape.name);
            let id = claim.as_ref().and_then(|old| self.previous.get(old)).copied();
            let id = id.unwrap_or_else(|| {
                let id = FieldId(self.next);
                self.next += 1;
                id
            });
            self.assigned.insert(here.clone(), id);
            self.level(&shape.children, claim.as_deref(), &here);
        }
    }

    /// The field of the version before that a shape says it is, by a rename or its id.
    fn claim(&mut self, shape: &Shape, before: Option<&str>, now: &str) -> Option<String> {
        if let Some(rename) = self.renamed.get_mut(&pointer(now, &shape.name)) {
            rename.used = true;
            let (from, asked) = (rename.from.clone(), rename.asked.clone());
            if before != Some(parent(&from)) {
                self.refuse(&asked, Code::DefinitionInvalid, "a rename leaves a field in the object it is in", Vec::new());
                return None;
            }
            return Some(from);
        }
        let given = shape.given_id?;
        let old = self.previous.iter().find(|(_, id)| **id == given).map(|(old, _)| old.clone())?;
        if before == Some(parent(&old)) {
            return Some(old);
        }
        self.issues.push(at_schema(now, shape, "this 'x-dmr-id' is that of a field in another object"));
        None
    }

    fn unused_renames(&mut self, renames: &BTreeMap<String, String>) {
        let unused: Vec<String> = self.renamed.values().filter(|rename| !rename.used).map(|rename| rename.asked.clone()).collect();
        for asked in unused.iter().filter(|asked| renames.contains_key(*asked)) {
            self.refuse(asked, Code::DefinitionInvalid, "the rename cannot be followed", Vec::new());
        }
    }

    fn refuse(&mut self, asked: &str, code: Code, message: &str, near: Vec<String>) {
        self.issues.push(Issue::body(pointer("/renames", asked), code, message).suggest_all(near));
    }
}

fn at_schema(now: &str, shape: &Shape, message: &str) -> Issue {
    let names = pointer(now, &shape.name);
    let place: String = names.split('/').skip(1).map(|name| format!("/properties/{name}")).collect();
    Issue::body(format!("/schema{place}/x-dmr-id"), Code::DefinitionInvalid, message).rule("x-dmr-id")
}

/// Every field: its pointer and its dotted name.
fn names_of(shapes: &[Shape], above: &str, dots: &str, out: &mut Vec<(String, String)>) {
    for shape in shapes {
        let (here, name) = (pointer(above, &shape.name), format!("{dots}{}", shape.name));
        names_of(&shape.children, &here, &format!("{name}."), out);
        out.push((here, name));
    }
}

/// A pointer of names as people write it: `address.city`.
fn dotted(pointer: &str) -> String {
    pointer.split('/').skip(1).map(|name| name.replace("~1", "/").replace("~0", "~")).collect::<Vec<_>>().join(".")
}

fn parent(pointer: &str) -> &str {
    pointer.rsplit_once('/').map_or("", |(parent, _)| parent)
}
