//! Numbers in sentences: one thing, or several.

/// `1 record`, `2 records`; the noun is said as one.
pub fn count(number: u64, noun: &str) -> String {
    format!("{number} {}", of(number, noun))
}

/// The noun for so many: `record`, `records`.
pub fn of(number: u64, noun: &str) -> String {
    format!("{noun}{}", either(number, "", "s"))
}

/// What is said of one, or of several: `does`, `do`.
pub const fn either<'w>(number: u64, one: &'w str, several: &'w str) -> &'w str {
    if number == 1 { one } else { several }
}
