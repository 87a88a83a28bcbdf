//! The words of a field's name, and what they say.

/// Last words that say that the name is about something else: `phone_type` is no telephone number.
const ABOUT: [&str; 17] = [
    "type", "kind", "status", "state", "name", "label", "format", "template", "subject", "provider", "code", "category", "domain",
    "scheme", "prefix", "suffix", "id",
];

/// The words of a name: `customerEmail`, `customer_email` and `customer-email` have the same two; acronyms stay in one piece.
pub fn words(name: &str) -> Vec<&str> {
    let mut words = Vec::with_capacity(4);
    for piece in name.split(|c: char| !c.is_alphanumeric()).filter(|piece| !piece.is_empty()) {
        let mut from = 0;
        let mut before: Option<char> = None;
        let mut chars = piece.char_indices().peekable();
        while let Some((at, here)) = chars.next() {
            let after = chars.peek().map(|(_, c)| *c);
            let ends = before.is_some_and(|before| {
                let hump = !before.is_uppercase() && here.is_uppercase();
                let acronym_ends = before.is_uppercase() && here.is_uppercase() && after.is_some_and(char::is_lowercase);
                hump || acronym_ends
            });
            if ends {
                words.push(&piece[from..at]);
                from = at;
            }
            before = Some(here);
        }
        words.push(&piece[from..]);
    }
    words
}

/// What a field's name says.
pub(super) struct Name {
    /// In lower case; none where the name is about something else.
    words: Vec<String>,
    /// Words that are written with a mark between: `e-mail`.
    pairs: Vec<String>,
}

impl Name {
    pub fn of(name: &str) -> Self {
        let words: Vec<String> = words(name).into_iter().map(str::to_lowercase).collect();
        if words.len() > 1 && words.last().is_some_and(|last| ABOUT.contains(&last.as_str())) {
            return Self { words: Vec::new(), pairs: Vec::new() };
        }
        Self { pairs: words.windows(2).map(|pair| pair.concat()).collect(), words }
    }

    /// Why it is one of these: one of its words is, its plural is, or, of long ones, ends with it (`useremail`).
    pub fn says(&self, synonyms: &[&str]) -> Option<String> {
        let fits = |word: &str, synonym: &str| {
            word == synonym || word.strip_suffix('s') == Some(synonym) || (synonym.len() >= 5 && word.ends_with(synonym))
        };
        let said = self.words.iter().find(|word| synonyms.iter().any(|synonym| fits(word, synonym)));
        let said = said.or_else(|| self.pairs.iter().find(|pair| synonyms.contains(&pair.as_str())))?;
        Some(format!("its name has the word `{said}`"))
    }
}
