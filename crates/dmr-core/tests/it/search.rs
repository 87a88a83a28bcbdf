//! Words, questions and ranks (R3).

use dmr_core::Value;
use dmr_core::search::{MOST_CHARACTERS, MOST_OF_WORD, MOST_WORDS, Question, fold_word, words};
use proptest::prelude::*;

fn folded(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    words(text, &mut |word| all.push(word.folded().into_owned()));
    all
}

fn joined(text: &str) -> String {
    folded(text).join("|")
}

/// Written by hand, from how the words are spelled and searched for, not from what the code gives.
#[test]
fn r3_real_texts_have_the_words_people_search_for() {
    let table = [
        ("Green tea, 250 g", "green|tea|250|g"),
        ("", ""),
        (" - / \u{2014} !?", ""),
        // Codes and numbers as they stand.
        ("AB-1234", "ab|1234"),
        ("SKU:AB_1234/7", "sku|ab|1234|7"),
        ("ISO9001", "iso9001"),
        ("3.14 and 1,234.50", "3.14|and|1,234.50"),
        ("10.0.0.1", "10.0.0.1"),
        ("v1.2.3", "v1.2.3"),
        ("Ends at 7. Begins at 8, or 9.", "ends|at|7|begins|at|8|or|9"),
        ("007", "007"),
        ("2024-05-01T10:30:00Z", "2024|05|01t10|30|00z"),
        // Addresses.
        ("anna.berg+x@mail.example.com", "anna|berg|x|mail|example|com"),
        ("https://example.com/a?b=c#d", "https|example|com|a|b|c|d"),
        // Apostrophes, of either kind.
        ("can't O\u{2019}Brien l'avion", "can|t|o|brien|l|avion"),
        // Case and accents, written as one character or as two.
        ("Caf\u{e9} CAFE\u{301} cafe", "cafe|cafe|cafe"),
        ("\u{c5}ngstr\u{f6}m \u{212b}", "angstrom|a"),
        ("Stra\u{df}e STRASSE \u{1e9e}", "strasse|strasse|ss"),
        ("na\u{ef}ve \u{153}uvre \u{c6}on", "naive|oeuvre|aeon"),
        ("\u{d8}rsted \u{141}\u{f3}d\u{17a} \u{110}\u{1ed3}ng", "orsted|lodz|dong"),
        // Turkish: all four letters meet, so that either capital finds either small one.
        ("\u{130}stanbul Istanbul \u{131}stanbul istanbul", "istanbul|istanbul|istanbul|istanbul"),
        ("DI\u{15e}\u{130} di\u{15f}i", "disi|disi"),
        // Greek, with either sigma; Cyrillic.
        (
            "\u{39f}\u{394}\u{3a5}\u{3a3}\u{3a3}\u{395}\u{3a5}\u{3a3} \u{3bf}\u{3b4}\u{3c5}\u{3c3}\u{3c3}\u{3b5}\u{3cd}\u{3c2}",
            "\u{3bf}\u{3b4}\u{3c5}\u{3c3}\u{3c3}\u{3b5}\u{3c5}\u{3c3}|\u{3bf}\u{3b4}\u{3c5}\u{3c3}\u{3c3}\u{3b5}\u{3c5}\u{3c3}",
        ),
        ("\u{401}\u{43b}\u{43a}\u{430}", "\u{435}\u{43b}\u{43a}\u{430}"),
        // Hebrew with points, Arabic with vowels.
        ("\u{5e9}\u{5c1}\u{5b8}\u{5dc}\u{5d5}\u{5b9}\u{5dd}", "\u{5e9}\u{5dc}\u{5d5}\u{5dd}"),
        ("\u{643}\u{650}\u{62a}\u{64e}\u{627}\u{628}", "\u{643}\u{62a}\u{627}\u{628}"),
        // Vowel signs of Hindi are letters: ki and ka are two words.
        ("\u{915}\u{940} \u{915}\u{93e}", "\u{915}\u{940}|\u{915}\u{93e}"),
        // Chinese a word a character, Japanese voicing kept, katakana together, Korean by spaces.
        ("\u{6771}\u{4eac}\u{90fd}", "\u{6771}|\u{4eac}|\u{90fd}"),
        ("\u{30ac}\u{30b9}\u{30bf}\u{30f3}\u{30c9}", "\u{30ac}\u{30b9}\u{30bf}\u{30f3}\u{30c9}"),
        ("\u{c11c}\u{c6b8} \u{d2b9}\u{bcc4}\u{c2dc}", "\u{c11c}\u{c6b8}|\u{d2b9}\u{bcc4}\u{c2dc}"),
        // Full width, ligatures, soft hyphens.
        ("\u{ff21}\u{ff22}\u{ff11}\u{ff12} \u{fb01}ne co\u{ad}operate", "ab12|fine|cooperate"),
        // Digits of other scripts stand as they are.
        ("\u{661}\u{662}\u{663}", "\u{661}\u{662}\u{663}"),
        ("tea\u{1f375}pot", "tea|pot"),
        ("a\u{301}", "a"),
    ];
    for (text, expected) in table {
        assert_eq!(joined(text), expected, "{text:?}");
    }
}

#[test]
fn r3_a_word_is_told_where_it_stands() {
    let text = "Caf\u{e9}: AB-12";
    let mut at = Vec::new();
    words(text, &mut |word| at.push((word.at.clone(), &text[word.at])));
    assert_eq!(at, [(0..5, "Caf\u{e9}"), (7..9, "AB"), (10..12, "12")]);
}

#[test]
fn r3_of_a_long_word_the_beginning_counts() {
    let long = "x".repeat(MOST_OF_WORD);
    assert_eq!(folded(&format!("{long}one")), std::slice::from_ref(&long));
    let long = "\u{e9}".repeat(MOST_OF_WORD + 9);
    assert_eq!(folded(&long), ["e".repeat(MOST_OF_WORD)]);
}

fn question(text: &str) -> Result<Vec<String>, Value> {
    let read = Question::read(text, "q").map_err(|issue| serde_json::to_value(issue).unwrap())?;
    Ok(read.terms.iter().map(|term| format!("{}{}", term.words.join(" "), if term.prefix { "*" } else { "" })).collect())
}

#[test]
fn r3_a_question_is_words_phrases_and_beginnings() {
    let table = [
        ("green tea", "green & tea"),
        ("  Gr\u{dc}N  ", "grun"),
        ("\"Green Tea\" pot", "green tea & pot"),
        ("gre*", "gre*"),
        ("AB-12*", "ab 12*"),
        ("\"no pre*\"", "no pre"),
        ("tea tea TEA", "tea"),
        ("tea tea*", "tea & tea*"),
        ("\u{201c}green tea\u{201d}", "green tea"),
        ("a\"b c\"d", "a & b c & d"),
        ("tea - & *", "tea"),
        ("10.0.*", "10.0*"),
        ("NEAR(a b) OR NOT c:d ^e", "near a & b & or & not & c d & e"),
    ];
    for (text, expected) in table {
        assert_eq!(question(text).unwrap().join(" & "), expected, "{text:?}");
    }
}

#[test]
fn r3_what_cannot_be_searched_for_is_told() {
    let empty = serde_json::json!({"in": "query", "pointer": "q", "code": "search.question", "message": "there is no word to search for", "suggestions": ["tea", "\"green tea\"", "gree*"]});
    for text in ["", "  ", "*", "\"\"", "--- !"] {
        assert_eq!(question(text).unwrap_err(), empty, "{text:?}");
    }
    assert_eq!(
        question("\"green tea").unwrap_err(),
        serde_json::json!({"in": "query", "pointer": "q", "code": "search.question", "message": "a quote is not closed", "suggestions": ["\"green tea\"", "green tea"]})
    );
    assert_eq!(
        question(&"x".repeat(MOST_CHARACTERS + 1)).unwrap_err()["message"],
        "a search takes at most 1000 characters; these are 1001"
    );
    let many: Vec<String> = (0..=MOST_WORDS).map(|at| format!("w{at}")).collect();
    assert_eq!(question(&many.join(" ")).unwrap_err()["message"], "a search takes at most 32 words; these are 33");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The short way for ASCII gives what Unicode's boundaries give: a text means the same beside one that is not ASCII.
    #[test]
    fn r3_plain_texts_have_the_same_words_beside_others(text in "[ -~]{0,40}") {
        let beside = folded(&format!("{text} \u{6771}"));
        prop_assert_eq!(folded(&text), &beside[..beside.len() - 1]);
    }

    #[test]
    fn r3_words_lie_in_the_text_in_order_and_are_never_empty(text in "\\PC{0,60}") {
        let (mut end, mut wrong) = (0, None);
        words(&text, &mut |word| {
            let fine = word.at.start >= end && text.get(word.at.clone()) == Some(word.text) && !word.folded().is_empty();
            if !fine {
                wrong = Some(format!("{word:?}"));
            }
            end = word.at.end;
        });
        prop_assert_eq!(wrong, None);
    }

    /// Any way of writing the same letters finds the same: case, and composed or not.
    #[test]
    fn r3_folding_forgets_case_and_composition(word in "[A-Za-zÀ-ÖØ-öø-ÿĀ-ſА-я]{1,12}") {
        use unicode_normalization::UnicodeNormalization;
        let once = fold_word(&word).into_owned();
        let apart: String = word.nfd().collect();
        prop_assert_eq!(fold_word(&apart), once.as_str());
        let small = word.to_lowercase();
        prop_assert_eq!(fold_word(&small), once.as_str());
        prop_assert_eq!(fold_word(&once), once.as_str());
    }

    #[test]
    fn r3_no_question_breaks_anything(text in "\\PC{0,60}") {
        if let Ok(terms) = question(&text) {
            prop_assert!(!terms.is_empty());
        }
    }
}
