//! Paths in order, packed: a glob reads them all, and what lies side by side is read several times as fast as what is spread over the heap.

use crate::model::ModelId;

/// The most paths of a stretch.
const MOST: usize = 128;

/// Paths in order, each with the model it leads to.
#[derive(Debug, Default)]
pub(super) struct Paths {
    /// None of them empty.
    stretches: Vec<Stretch>,
}

/// Paths that follow one another.
#[derive(Debug)]
struct Stretch {
    /// One behind the other.
    text: String,
    /// Where each ends in `text`, and where it leads.
    ends: Vec<(usize, ModelId)>,
}

impl Paths {
    /// Adds a path, or has it lead elsewhere.
    pub fn insert(&mut self, path: &str, model: ModelId) {
        if self.stretches.is_empty() {
            return self.stretches.push(Stretch { text: path.to_owned(), ends: vec![(path.len(), model)] });
        }
        let at = self.stretch_of(path);
        let stretch = &mut self.stretches[at];
        match stretch.find(path) {
            Ok(known) => stretch.ends[known].1 = model,
            Err(place) => stretch.insert(place, path, model),
        }
        if stretch.ends.len() > MOST {
            let later = stretch.split();
            self.stretches.insert(at + 1, later);
        }
    }

    /// Takes a path out.
    pub fn remove(&mut self, path: &str) {
        let at = self.stretch_of(path);
        let Some(stretch) = self.stretches.get_mut(at) else { return };
        if let Ok(known) = stretch.find(path) {
            stretch.remove(known);
            if stretch.ends.is_empty() {
                self.stretches.remove(at);
            }
        }
    }

    /// Every path that is not before another, in order.
    pub fn from<'a>(&'a self, first: &str) -> impl Iterator<Item = (&'a str, ModelId)> + use<'a> {
        let at = self.stretch_of(first);
        let skipped = self.stretches.get(at).map_or(0, |stretch| stretch.find(first).unwrap_or_else(|place| place));
        self.stretches.iter().skip(at).flat_map(Stretch::paths).skip(skipped)
    }

    /// Every model, in order of path.
    pub fn models(&self) -> impl Iterator<Item = ModelId> {
        self.stretches.iter().flat_map(|stretch| stretch.ends.iter().map(|(_, model)| *model))
    }

    /// The stretch in which a path is, or would be.
    fn stretch_of(&self, path: &str) -> usize {
        self.stretches.partition_point(|stretch| stretch.path(0) <= path).saturating_sub(1)
    }
}

impl Stretch {
    fn begin(&self, at: usize) -> usize {
        at.checked_sub(1).map_or(0, |before| self.ends[before].0)
    }

    fn path(&self, at: usize) -> &str {
        &self.text[self.begin(at)..self.ends[at].0]
    }

    fn paths(&self) -> impl Iterator<Item = (&str, ModelId)> {
        let mut from = 0;
        self.ends.iter().map(move |(end, model)| (&self.text[std::mem::replace(&mut from, *end)..*end], *model))
    }

    /// Where a path is, or where it would be.
    fn find(&self, path: &str) -> Result<usize, usize> {
        let (mut low, mut high) = (0, self.ends.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.path(middle).cmp(path) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Ok(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Err(low)
    }

    fn insert(&mut self, place: usize, path: &str, model: ModelId) {
        let begin = self.begin(place);
        self.text.insert_str(begin, path);
        self.ends.insert(place, (begin, model));
        self.ends[place..].iter_mut().for_each(|(end, _)| *end += path.len());
    }

    fn remove(&mut self, place: usize) {
        let (begin, (end, _)) = (self.begin(place), self.ends[place]);
        self.text.replace_range(begin..end, "");
        self.ends.remove(place);
        self.ends[place..].iter_mut().for_each(|(later, _)| *later -= end - begin);
    }

    /// Gives the second half away.
    fn split(&mut self) -> Self {
        let half = self.ends.len() / 2;
        let begin = self.begin(half);
        let (text, mut ends) = (self.text.split_off(begin), self.ends.split_off(half));
        ends.iter_mut().for_each(|(end, _)| *end -= begin);
        Self { text, ends }
    }
}

#[cfg(test)]
mod tests {
    use super::Paths;
    use crate::model::ModelId;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn m8_paths_are_kept_like_an_ordered_map(
            steps in prop::collection::vec(("[ab]{1,10}", 0_u32..9, prop::bool::weighted(0.7)), 0..1500),
            first in "[ab]{0,4}",
        ) {
            let (mut paths, mut plain) = (Paths::default(), BTreeMap::new());
            for (path, model, kept) in steps {
                if kept {
                    paths.insert(&path, ModelId(model));
                    plain.insert(path, ModelId(model));
                } else {
                    paths.remove(&path);
                    plain.remove(&path);
                }
            }
            let all: Vec<_> = plain.range(first.clone()..).map(|(path, model)| (path.as_str(), *model)).collect();
            prop_assert_eq!(paths.from(&first).collect::<Vec<_>>(), all);
            prop_assert_eq!(paths.models().collect::<Vec<_>>(), plain.values().copied().collect::<Vec<_>>());
        }
    }
}
