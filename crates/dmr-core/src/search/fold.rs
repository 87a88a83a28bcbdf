//! What stays of a word when case, accents and ways of writing the same letter do not matter.

use super::words::MOST_OF_WORD;
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Folds a word: compatibility forms (`ﬁ`, full-width letters) become plain ones, case is folded (`ß` to `ss`), accents are taken off, and
/// letters that are plain ones with a stroke become those (`ø`, `ł`, `ı`). At most [`MOST_OF_WORD`] characters stay. Empty where nothing
/// of it is a letter or digit.
///
/// Marks that make another letter stay: vowel signs of Indic scripts, voicing marks of Japanese, tones of Thai.
pub fn fold_word(word: &str) -> Cow<'_, str> {
    if word.is_ascii() {
        let word = word.get(..MOST_OF_WORD).unwrap_or(word);
        let plain = !word.bytes().any(|byte| byte.is_ascii_uppercase());
        return if plain { Cow::Borrowed(word) } else { Cow::Owned(word.to_ascii_lowercase()) };
    }
    let plain: String = word.nfkd().filter(|char| !is_accent(*char)).collect();
    let folded = caseless::default_case_fold_str(&plain);
    let stays = |char: &char| !is_accent(*char) && (char.is_alphanumeric() || is_combining_mark(*char) || matches!(char, '.' | ','));
    let mut out = String::with_capacity(folded.len());
    for char in folded.nfkd().filter(stays) {
        match stroked(char) {
            Some(letters) => out.push_str(letters),
            None => out.push(char),
        }
    }
    if !out.contains(char::is_alphanumeric) {
        return Cow::Borrowed("");
    }
    Cow::Owned(out.nfc().take(MOST_OF_WORD).collect())
}

/// Whether a mark is one that people leave out when they search: accents of Latin, Greek and Cyrillic, points of Hebrew, vowels of Arabic.
fn is_accent(char: char) -> bool {
    matches!(u32::from(char),
        0x0300..=0x036F | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF | 0xFE20..=0xFE2F
        | 0x0591..=0x05BD | 0x05BF | 0x05C1..=0x05C2 | 0x05C4..=0x05C5 | 0x05C7
        | 0x0610..=0x061A | 0x064B..=0x065F | 0x0670)
}

/// Letters that Unicode does not take apart and people do.
const fn stroked(char: char) -> Option<&'static str> {
    Some(match char {
        'ı' => "i",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ŧ' => "t",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        _ => return None,
    })
}
