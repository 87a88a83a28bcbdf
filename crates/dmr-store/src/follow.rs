//! Which keys a change of a model leaves as they are, the same for every store.

use dmr_core::model::{FieldId, Index, MemberAt, Model, Unique};

/// What has to be made anew of the keys of a model's records.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Followed {
    /// Indexes whose entries go.
    pub stale_indexes: Vec<u32>,
    /// Indexes whose entries come.
    pub new_indexes: Vec<u32>,
    /// Constraints whose keys go.
    pub stale_uniques: Vec<u32>,
    /// Constraints whose keys come.
    pub new_uniques: Vec<u32>,
    /// Whether the words of SEARCHABLE fields go, and come where there still are such fields.
    pub words: bool,
}

impl Followed {
    /// From one state of a model to the next.
    pub fn of(old: Option<&Model>, new: &Model) -> Self {
        let kept_index = |index: &Index| old.is_some_and(|old| has_index(old, new, index));
        let kept_unique = |unique: &Unique| old.is_some_and(|old| has_unique(old, new, unique));
        let old_indexes = old.iter().flat_map(|old| &old.indexes);
        let old_uniques = old.iter().flat_map(|old| &old.uniques);
        let now_unique = |id: u32| new.uniques.iter().find(|unique| unique.id == id);
        Self {
            stale_indexes: old_indexes.map(|index| index.id).filter(|id| !new.index(*id).is_some_and(kept_index)).collect(),
            new_indexes: new.indexes.iter().filter(|index| !kept_index(index)).map(|index| index.id).collect(),
            stale_uniques: old_uniques.map(|unique| unique.id).filter(|id| !now_unique(*id).is_some_and(kept_unique)).collect(),
            new_uniques: new.uniques.iter().filter(|unique| !kept_unique(unique)).map(|unique| unique.id).collect(),
            words: !has_words(old, new),
        }
    }

    /// The same where every entry has to be made anew.
    pub fn all_indexes(self, old: &Model, new: &Model) -> Self {
        let ids = |model: &Model| model.indexes.iter().map(|index| index.id).collect();
        Self { stale_indexes: ids(old), new_indexes: ids(new), words: true, ..self }
    }

    /// Whether no key has to come.
    pub fn brings_nothing(&self) -> bool {
        self.new_indexes.is_empty() && self.new_uniques.is_empty()
    }
}

/// Whether an index of the new model was there before and gives every record the same key.
fn has_index(old: &Model, new: &Model, index: &Index) -> bool {
    old.index(index.id) == Some(index) && same_index_names(old, new, index)
}

/// Whether the fields of an index have the same names in both.
pub(crate) fn same_index_names(old: &Model, new: &Model, index: &Index) -> bool {
    index.members.iter().all(|member| match &member.at {
        MemberAt::Field { ids, .. } => same_names(old, new, ids),
        MemberAt::System(_) => true,
    })
}

/// Whether a constraint of the new model was there before and gives every record the same key.
fn has_unique(old: &Model, new: &Model, unique: &Unique) -> bool {
    old.uniques.contains(unique) && unique.members.iter().all(|(ids, ..)| same_names(old, new, ids))
}

/// Whether every record has the same words in the same SEARCHABLE fields as before.
pub(crate) fn has_words(old: Option<&Model>, new: &Model) -> bool {
    let before = old.map_or(&[][..], |old| &old.searched);
    before == new.searched && before.iter().all(|searched| old.is_none_or(|old| same_names(old, new, &searched.ids)))
}

/// Whether a model only has further SEARCHABLE fields: then the words of the new one serve the old one too, which asks for none of theirs.
pub(crate) fn only_adds_words(old: &Model, new: &Model) -> bool {
    let kept = old.searched.iter().all(|searched| new.searched.contains(searched) && same_names(old, new, &searched.ids));
    kept && old.searched.len() < new.searched.len()
}

/// A value that came before its field was declared stands under the field's name: another name finds another value.
fn same_names(old: &Model, new: &Model, ids: &[FieldId]) -> bool {
    old.names(ids) == new.names(ids)
}
