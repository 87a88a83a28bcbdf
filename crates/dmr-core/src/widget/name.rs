//! The words of a field's name, and what they say.

use super::Asked;

/// Last words that say that the name is about something else: `phone_type` is no telephone number.
const ABOUT: [&str; 17] = [
    "type", "kind", "status", "state", "name", "label", "format", "template", "subject", "provider", "code", "category", "domain",
    "scheme", "prefix", "suffix", "id",
];

/// The words of a name: `customerEmail`, `customer_email` and `customer-email` have the same two; acronyms stay in one piece.
pub fn words(name: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for piece in name.split(|c: char| !c.is_alphanumeric()).filter(|piece| !piece.is_empty()) {
        let chars: Vec<(usize, char)> = piece.char_indices().collect();
        let mut from = 0;
        for at in 1..chars.len() {
            let (before, here) = (chars[at - 1].1, chars[at].1);
            let after = chars.get(at + 1).map(|(_, c)| *c);
            let hump = !before.is_uppercase() && here.is_uppercase();
            let acronym_ends = before.is_uppercase() && here.is_uppercase() && after.is_some_and(char::is_lowercase);
            if hump || acronym_ends {
                words.push(&piece[chars[from].0..chars[at].0]);
                from = at;
            }
        }
        words.extend(piece.get(chars.get(from).map_or(0, |(start, _)| *start)..));
    }
    words
}

/// Why a name is one of these: one of its words is, its plural is, or, of long ones, ends with it (`useremail`).
pub(super) fn says(asked: &Asked<'_>, synonyms: &[&str]) -> Option<String> {
    let words: Vec<String> = words(asked.name).iter().map(|word| word.to_lowercase()).collect();
    if words.len() > 1 && words.last().is_some_and(|last| ABOUT.contains(&last.as_str())) {
        return None;
    }
    let fits = |word: &str, synonym: &str| {
        word == synonym || word.strip_suffix('s') == Some(synonym) || (synonym.len() >= 5 && word.ends_with(synonym))
    };
    // Words that are written with a mark between: `e-mail`.
    let pairs: Vec<String> = words.windows(2).map(|pair| pair.concat()).collect();
    let said = words.iter().find(|word| synonyms.iter().any(|synonym| fits(word, synonym)));
    let said = said.or_else(|| pairs.iter().find(|pair| synonyms.contains(&pair.as_str())))?;
    Some(format!("its name has the word `{said}`"))
}
