//! What one text looks like. Each text is of exactly one kind; the kinds of a whole column decide its type.

use super::{numeric, temporal};

/// What a text looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An integer of 64 bits, written as JSON writes it.
    Integer,
    /// Another number that JSON writes so, within a double's range.
    Number,
    /// `true` or `false`.
    Boolean,
    /// `2024-02-29`.
    Date,
    /// `2024-02-29T10:15:00Z`, with its offset.
    DateTime,
    /// `2024-02-29T10:15:00`, without a zone.
    LocalDateTime,
    /// Five groups of hexadecimal digits.
    Uuid,
    /// An integer of more than 64 bits, or a number beyond a double's range.
    BigNumber,
    /// Digits after a leading zero.
    LeadingZero,
    /// A number after a plus sign.
    PlusSign,
    /// A number with commas between groups of three digits.
    Thousands,
    /// A number that JSON writes in another way: `.5`, `5.`, `1,5`, `5%`.
    OtherNumber,
    /// A number with blanks around it.
    Padded,
    /// `True`, `FALSE`.
    OtherBoolean,
    /// Date and time without a zone and with a blank between them.
    SpacedDateTime,
    /// A date or time in another order or with other signs: `23-Sep-11`, `21/01/2022 13:47`.
    OtherDate,
    /// A word or sign that stands for nothing: `NA`, `-`.
    Mark,
    /// Blanks only.
    Blank,
    /// Anything else.
    Text,
}

/// The number of kinds.
pub(crate) const KINDS: usize = Kind::Text as usize + 1;

const MARKS: [&str; 16] = ["NA", "N/A", "n/a", "na", "#N/A", "-", "--", "?", ".", "null", "NULL", "None", "nan", "NaN", "nil", "(null)"];
const LONGEST_MARK: usize = 6;

/// What a text looks like; it is not empty.
pub(crate) fn kind(text: &str) -> Kind {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return Kind::Text };
    if is_blank(*first) || is_blank(*last) {
        return padded(text);
    }
    if bytes.len() == 36 && bytes.get(8) == Some(&b'-') && is_uuid(bytes) {
        return Kind::Uuid;
    }
    match first {
        b'0'..=b'9' => digits(bytes),
        b'-' | b'+' | b'.' => numeric::kind(bytes).or_else(|| mark(text)).unwrap_or(Kind::Text),
        b't' | b'f' | b'T' | b'F' => boolean(bytes),
        b'n' | b'N' | b'#' | b'?' | b'(' => mark(text).unwrap_or(Kind::Text),
        _ => Kind::Text,
    }
}

fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

fn padded(text: &str) -> Kind {
    let inner = text.trim_matches([' ', '\t']);
    if inner.is_empty() {
        return Kind::Blank;
    }
    match kind(inner) {
        Kind::Integer | Kind::Number | Kind::LeadingZero | Kind::PlusSign | Kind::OtherNumber | Kind::BigNumber => Kind::Padded,
        kept @ (Kind::Thousands | Kind::Mark) => kept,
        _ => Kind::Text,
    }
}

/// A text that begins with a digit.
fn digits(bytes: &[u8]) -> Kind {
    if bytes.get(4) == Some(&b'-')
        && let Some(kind) = temporal::kind(bytes)
    {
        return kind;
    }
    if let Some(kind) = numeric::kind(bytes) {
        return kind;
    }
    if temporal::looks_like_a_date(bytes) { Kind::OtherDate } else { Kind::Text }
}

fn boolean(bytes: &[u8]) -> Kind {
    match bytes {
        b"true" | b"false" => Kind::Boolean,
        _ if bytes.eq_ignore_ascii_case(b"true") || bytes.eq_ignore_ascii_case(b"false") => Kind::OtherBoolean,
        _ => Kind::Text,
    }
}

fn mark(text: &str) -> Option<Kind> {
    (text.len() <= LONGEST_MARK && MARKS.contains(&text)).then_some(Kind::Mark)
}

fn is_uuid(bytes: &[u8]) -> bool {
    bytes.iter().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    })
}
