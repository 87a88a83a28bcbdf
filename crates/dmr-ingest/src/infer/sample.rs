//! A few distinct values of a field, to show with a proposal.

/// The most values that are shown.
const MOST: usize = 5;
/// The longest text that is shown, in characters.
const LONGEST: usize = 100;

/// The first distinct values of a field.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sample(Vec<String>);

impl Sample {
    /// Takes a value, unless it is there or there are enough.
    pub(crate) fn add(&mut self, text: &str) {
        if self.0.len() < MOST && !self.0.iter().any(|kept| kept == text) {
            self.0.push(text.to_owned());
        }
    }

    /// As [`Sample::add`], for a value whose text is costly: asked for only while there are too few.
    pub(crate) fn add_with(&mut self, text: impl FnOnce() -> String) {
        if self.0.len() < MOST {
            self.add(&text());
        }
    }

    /// The values, long ones cut.
    pub(crate) fn shown(&self) -> Vec<String> {
        self.0
            .iter()
            .map(|text| if text.chars().count() > LONGEST { text.chars().take(LONGEST).chain(['…']).collect() } else { text.clone() })
            .collect()
    }
}
