//! How numbers and values are written in reasons and messages.

/// `1,034 cells`, `1 cell`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    format!("{} {}", grouped(number), dmr_core::words::of(number, noun))
}

/// A number with commas between groups of three digits.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A value as a reason shows it: at most 40 characters, in quotes.
pub(crate) fn shown(text: &str) -> String {
    if text.chars().count() > 40 { format!("'{}…'", text.chars().take(40).collect::<String>()) } else { format!("'{text}'") }
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}
