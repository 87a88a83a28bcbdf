//! Text folding for operators that do not mind case.

use std::borrow::Cow;

/// Unicode full case folding: two texts that differ only in case fold to the same text, and `ß` folds to `ss`.
///
/// Nothing is normalised: `é` as one character and as two stay different. Folding has no language: `I` folds to `i` in Turkish too.
pub fn fold(text: &str) -> Cow<'_, str> {
    if !text.is_ascii() {
        return Cow::Owned(caseless::default_case_fold_str(text));
    }
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) { Cow::Owned(text.to_ascii_lowercase()) } else { Cow::Borrowed(text) }
}
