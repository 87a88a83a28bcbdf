//! The grammar of a JSON number.

/// Where a number that starts at the first byte ends; or where it goes wrong, and why.
///
/// What follows the number is the caller's to judge, except a digit after a leading zero.
pub(crate) fn scan(bytes: &[u8]) -> Result<usize, (usize, &'static str)> {
    let mut at = usize::from(bytes.first() == Some(&b'-'));
    match bytes.get(at) {
        Some(b'0') => {
            at += 1;
            if bytes.get(at).is_some_and(u8::is_ascii_digit) {
                return Err((at, "A number does not start with a zero"));
            }
        }
        Some(b'1'..=b'9') => at = digits(bytes, at + 1),
        _ => return Err((at, "A minus sign is followed by a digit")),
    }
    if bytes.get(at) == Some(&b'.') {
        let end = digits(bytes, at + 1);
        if end == at + 1 {
            return Err((end, "A decimal point is followed by a digit"));
        }
        at = end;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        let start = at + 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        at = digits(bytes, start);
        if at == start {
            return Err((at, "An exponent has a digit"));
        }
    }
    Ok(at)
}

fn digits(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    at
}
