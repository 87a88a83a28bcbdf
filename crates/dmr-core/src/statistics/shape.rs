//! Which values of a record are read, and where they stand in its document.

use crate::json::raw;
use crate::model::{Field, FieldId, Model};
use crate::path::{StoredPath, UNDECLARED};
use crate::{FieldType, document};

/// The fields of a model that statistics are kept of: every declared one, nested ones too.
#[derive(Debug, Clone)]
pub struct Shape {
    pub(super) fields: Vec<Watched>,
    /// The fields at the top, in the order in which a stored document has them.
    tops: Vec<Top>,
}

/// A field that is read.
#[derive(Debug, Clone)]
pub(super) struct Watched {
    /// Its identity, from the top down.
    pub ids: Vec<FieldId>,
    /// Its name and those above it: a value that came before its field was declared stands under the name.
    pub names: Vec<String>,
    pub kind: FieldType,
    /// Whether fields are declared inside it: they are told of one by one, and of it only whether it is there.
    pub above_fields: bool,
    path: StoredPath,
}

#[derive(Debug, Clone)]
struct Top {
    key: Box<[u8]>,
    /// Where it and what is inside it stand among the fields: itself first.
    from: usize,
    to: usize,
}

/// Two shapes are the same where they read the same values and take them for the same.
impl PartialEq for Shape {
    fn eq(&self, other: &Self) -> bool {
        let same = |(one, other): (&Watched, &Watched)| {
            one.ids == other.ids && one.names == other.names && one.kind == other.kind && one.above_fields == other.above_fields
        };
        self.fields.len() == other.fields.len() && self.fields.iter().zip(&other.fields).all(same)
    }
}

/// Where the values of a shape are in a document; none where a field is absent.
#[derive(Debug, Default)]
pub(super) struct Found(Vec<Option<(usize, usize)>>);

/// Stands for an object of which nothing is left.
const EMPTY: (usize, usize) = (usize::MAX, 0);

impl Shape {
    /// Of a model as it is now.
    pub fn of(model: &Model) -> Self {
        let mut shape = Self { fields: Vec::new(), tops: Vec::new() };
        for at in &model.stored_order {
            let from = shape.fields.len();
            let Some(field) = model.fields.get(*at) else { continue };
            shape.add(field, &[], &[], &StoredPath::default());
            shape.tops.push(Top { key: field.key.as_bytes().into(), from, to: shape.fields.len() });
        }
        shape
    }

    fn add(&mut self, field: &Field, ids: &[FieldId], names: &[String], above: &StoredPath) {
        let (mut ids, mut names, mut path) = (ids.to_vec(), names.to_vec(), above.clone());
        ids.push(field.id);
        names.push(field.name().to_owned());
        path.push_field(field);
        self.fields.push(Watched {
            ids: ids.clone(),
            names: names.clone(),
            kind: field.shape.kind.clone(),
            above_fields: !field.children.is_empty(),
            path: path.clone(),
        });
        for child in &field.children {
            self.add(child, &ids, &names, &path);
        }
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The names of each field, from the top down, in the order of the shape.
    pub fn names(&self) -> impl Iterator<Item = &[String]> {
        self.fields.iter().map(|field| field.names.as_slice())
    }

    /// The place of the field with these ids, from the top down.
    pub fn position(&self, ids: &[FieldId]) -> Option<usize> {
        self.fields.iter().position(|field| field.ids == ids)
    }

    /// Finds the values in a document.
    pub(super) fn find(&self, doc: &[u8], found: &mut Found) {
        found.0.clear();
        found.0.resize(self.fields.len(), None);
        let (mut next, mut undeclared, mut seen) = (0, None, 0);
        for (key, member) in raw::members(doc) {
            // Members stand in the order of the fields' ids, as the fields here do.
            let Some(at) = self.tops.iter().skip(next).position(|top| *top.key == *key) else {
                if key == UNDECLARED.as_bytes() {
                    undeclared = Some(member);
                }
                continue;
            };
            let Some(top) = self.tops.get(next + at) else { continue };
            next += at + 1;
            seen += 1;
            self.place(top, doc, found, |path| path.single_within(member));
        }
        if let Some(undeclared) = undeclared.filter(|_| seen < self.tops.len()) {
            for top in &self.tops {
                if found.0.get(top.from).is_some_and(Option::is_none) {
                    self.place(top, doc, found, |path| path.single_undeclared(undeclared));
                }
            }
        }
    }

    fn place<'d>(&self, top: &Top, doc: &'d [u8], found: &mut Found, value: impl Fn(&StoredPath) -> Option<&'d [u8]>) {
        let fields = self.fields.get(top.from..top.to).unwrap_or_default();
        for (field, place) in fields.iter().zip(found.0.iter_mut().skip(top.from)) {
            *place = value(&field.path).and_then(|value| if field.above_fields { place_of(doc, value) } else { place_of_data(doc, value) });
        }
    }

    /// Whether a field stands at the top.
    pub(super) fn parts(&self) -> impl Iterator<Item = (&[u8], std::ops::Range<usize>)> {
        self.tops.iter().map(|top| (&*top.key, top.from..top.to))
    }
}

impl Found {
    /// The value of a field; none where it is absent.
    pub fn get<'d>(&self, doc: &'d [u8], at: usize) -> Option<&'d [u8]> {
        let place = (*self.0.get(at)?)?;
        if place == EMPTY {
            return Some(b"{}");
        }
        doc.get(place.0..place.1)
    }
}

/// Where the value of a field stands that declares none inside it. Where an older version did, what is left of an object is its data: the
/// fields that are gone keep their rules, and are not told of under another name.
fn place_of_data(doc: &[u8], value: &[u8]) -> Option<(usize, usize)> {
    let holds_fields = || document::holds_fields(raw::members(value).filter_map(|(key, _)| std::str::from_utf8(key).ok()));
    if value.first() == Some(&b'{') && holds_fields() {
        return raw::get(value, UNDECLARED.as_bytes()).map_or(Some(EMPTY), |data| place_of(doc, data));
    }
    place_of(doc, value)
}

/// Where a part of a text stands in it.
fn place_of(text: &[u8], part: &[u8]) -> Option<(usize, usize)> {
    let from = (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    Some((from, from + part.len()))
}
