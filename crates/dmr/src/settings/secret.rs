//! A value that is used and never shown.

/// A text that is used and never shown: not in `Debug`, not in messages, not where settings are printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl Secret {
    /// What stands in its place.
    pub const SHOWN: &'static str = "(secret)";

    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(Self::SHOWN)
    }
}
