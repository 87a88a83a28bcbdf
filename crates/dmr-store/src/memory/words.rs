//! Which records hold which words.

use dmr_core::model::{FieldId, Model};
use dmr_core::record::{Record, RecordId};
use dmr_core::search::{Probe, Term};
use std::collections::{BTreeMap, BTreeSet};

/// The words of a model's SEARCHABLE fields, each with the records that hold it.
#[derive(Debug, Clone, Default)]
pub(super) struct Words(BTreeMap<(FieldId, String), BTreeSet<RecordId>>);

impl Words {
    /// Takes in a record.
    pub fn hold(&mut self, model: &Model, record: &Record) {
        for searched in &model.searched {
            searched.words(&record.doc, &mut |word| {
                self.0.entry((searched.id(), word.to_owned())).or_default().insert(record.id);
            });
        }
    }

    /// Forgets a record that was taken in under the same model.
    pub fn forget(&mut self, model: &Model, record: &Record) {
        for searched in &model.searched {
            searched.words(&record.doc, &mut |word| {
                let key = (searched.id(), word.to_owned());
                let left = self.0.get_mut(&key).map(|records| {
                    records.remove(&record.id);
                    records.len()
                });
                if left == Some(0) {
                    self.0.remove(&key);
                }
            });
        }
    }

    /// Records that hold every word somewhere in the fields of a probe.
    pub fn find(&self, probe: &Probe) -> Vec<RecordId> {
        let mut found: Option<BTreeSet<RecordId>> = None;
        for term in &probe.terms {
            let of = self.of_term(&probe.fields, term);
            found = Some(found.map_or_else(|| of.clone(), |found| found.intersection(&of).copied().collect()));
        }
        found.unwrap_or_default().into_iter().collect()
    }

    fn of_term(&self, fields: &[FieldId], term: &Term) -> BTreeSet<RecordId> {
        let last = term.words.len() - 1;
        let mut all = BTreeSet::new();
        for field in fields {
            let mut of_field: Option<BTreeSet<RecordId>> = None;
            for (at, word) in term.words.iter().enumerate() {
                let of = self.of_word(*field, word, term.prefix && at == last);
                of_field = Some(of_field.map_or_else(|| of.clone(), |found| found.intersection(&of).copied().collect()));
            }
            all.extend(of_field.unwrap_or_default());
        }
        all
    }

    fn of_word(&self, field: FieldId, word: &str, prefix: bool) -> BTreeSet<RecordId> {
        let from = self.0.range((field, word.to_owned())..);
        let fits = |other: &str| if prefix { other.starts_with(word) } else { other == word };
        from.take_while(|((of, other), _)| *of == field && fits(other)).flat_map(|(_, records)| records).copied().collect()
    }
}
