//! Globs over namespace paths (M8), held against regular expressions that mean the same.

use dmr_core::name::Glob;
use proptest::prelude::*;

fn by_regex(pattern: &str, path: &str) -> bool {
    let escaped: String = pattern
        .chars()
        .map(|letter| match letter {
            '*' => ".*".to_owned(),
            '?' => ".".to_owned(),
            other => regex::escape(&other.to_string()),
        })
        .collect();
    regex::Regex::new(&format!("^(?s:{escaped})$")).unwrap().is_match(path)
}

#[test]
fn m8_a_star_stands_for_any_characters_and_a_question_mark_for_one() {
    let path = "ns.models.shop.Product";
    let matches = |pattern: &str| Glob::new(pattern).matches(path);
    let those =
        ["*", "**", "ns.models.shop.Product", "ns.models.*", "*.shop.*", "*Product", "ns.*.Pro?uct", "ns*ns.models.shop.Product*", "?s.*"];
    assert_eq!(those.map(matches), [true, true, true, true, true, true, true, false, true]);
    let others = [
        "",
        "?",
        "ns.models.shop.Produc",
        "ns.models.shop.Product?",
        "*.shop",
        "*shop*shop*",
        "ns.models.shop.Product*?",
        "ns.models.shop.Produ*uct",
    ];
    assert_eq!(others.map(matches), [false; 8]);
    assert_eq!(Glob::new("ns.mo?els.*").prefix(), b"ns.mo");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]
    #[test]
    fn m8_a_glob_matches_what_the_regular_expression_does(pattern in "[ab.*?]{0,8}", path in "[ab.]{0,12}") {
        prop_assert_eq!(Glob::new(&pattern).matches(&path), by_regex(&pattern, &path), "{} {}", pattern, path);
    }
}
