//! Which texts are dates and times, and which only look like them. What is accepted here is accepted by the core's types;
//! a property test holds the two together.

use super::kind::Kind;

const MONTHS: [&[u8]; 12] = [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];

/// The kind of a text that begins as `2024-` does.
pub(crate) fn kind(bytes: &[u8]) -> Option<Kind> {
    let (date, rest) = bytes.split_at_checked(10)?;
    if !is_date(date) {
        return None;
    }
    let Some((between, rest)) = rest.split_first() else { return Some(Kind::Date) };
    if !matches!(between, b'T' | b' ') {
        return None;
    }
    let zone = after_clock(rest)?;
    Some(match (between, zone) {
        (b'T', b"") => Kind::LocalDateTime,
        (b'T', zone) if is_offset(zone) => Kind::DateTime,
        (b' ', b"") => Kind::SpacedDateTime,
        _ => Kind::OtherDate,
    })
}

fn is_date(date: &[u8]) -> bool {
    let &[y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = date else { return false };
    let (Some(century), Some(year), Some(month), Some(day)) = (two(y0, y1), two(y2, y3), two(m0, m1), two(d0, d1)) else {
        return false;
    };
    let year = u16::from(century) * 100 + u16::from(year);
    (1..=days_of_month(year, month)).contains(&day)
}

fn days_of_month(year: u16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 0,
    }
}

/// What follows `10:15:00` and its fraction. Leap seconds are left to text: few of them are real.
fn after_clock(bytes: &[u8]) -> Option<&[u8]> {
    let (clock, rest) = bytes.split_at_checked(8)?;
    let &[h0, h1, b':', m0, m1, b':', s0, s1] = clock else { return None };
    if two(h0, h1)? > 23 || two(m0, m1)? > 59 || two(s0, s1)? > 59 {
        return None;
    }
    let Some(fraction) = rest.strip_prefix(b".") else { return Some(rest) };
    let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 { None } else { fraction.get(digits..) }
}

fn is_offset(zone: &[u8]) -> bool {
    match *zone {
        [b'Z'] => true,
        [b'+' | b'-', h0, h1, b':', m0, m1] => {
            two(h0, h1).is_some_and(|hours| hours < 24) && two(m0, m1).is_some_and(|minutes| minutes < 60)
        }
        _ => false,
    }
}

fn two(tens: u8, ones: u8) -> Option<u8> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + (ones - b'0'))
}

/// Whether a text that begins with a digit is a date or time in some other writing: three groups, of digits or a month's
/// name, with the same sign between them; or hours and minutes.
pub(crate) fn looks_like_a_date(bytes: &[u8]) -> bool {
    let first = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let Some(sign @ (b'/' | b'-' | b'.' | b' ' | b':')) = bytes.get(first).copied() else { return false };
    let head = bytes.get(..bytes.len().min(24)).unwrap_or_default();
    if sign == b':' {
        return first <= 2 && head.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.' | b' ' | b'A' | b'P' | b'M'));
    }
    let mut groups = head.splitn(3, |byte| *byte == sign);
    let (Some(one), Some(two), Some(three)) = (groups.next(), groups.next(), groups.next()) else { return false };
    let length = |group: &[u8]| group.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let short = |group: &[u8]| (1..=2).contains(&length(group)) && length(group) == group.len();
    let last = length(three);
    let ends = three.get(last).is_none_or(|byte| matches!(byte, b' ' | b'T' | b','));
    let year = |digits: usize| digits == 2 || digits == 4;
    let named = two.get(..3).is_some_and(|start| MONTHS.iter().any(|month| start.eq_ignore_ascii_case(month)));
    ends && ((short(one) && (short(two) || named) && year(last)) || (one.len() == 4 && (short(two) || named) && (1..=2).contains(&last)))
}
