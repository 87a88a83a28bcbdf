//! Which texts are numbers, and which only look like them.

use super::kind::Kind;

/// The digits that surely fit 64 bits, and the ones that surely fit a double.
const SAFE_INTEGER: usize = 18;
const SAFE_NUMBER: usize = 300;

/// The kind of a text that is a number in some writing.
pub(crate) fn kind(bytes: &[u8]) -> Option<Kind> {
    let unsigned = match bytes.first()? {
        b'+' => return plus(bytes.get(1..)?),
        b'-' => bytes.get(1..)?,
        _ => bytes,
    };
    let whole = leading_digits(unsigned);
    if whole == 0 {
        return point_first(unsigned);
    }
    let rest = unsigned.get(whole..)?;
    let leading_zero = whole > 1 && unsigned.first() == Some(&b'0');
    if rest.is_empty() {
        return Some(match whole {
            _ if leading_zero => Kind::LeadingZero,
            1..=SAFE_INTEGER if bytes != b"-0" => Kind::Integer,
            1..=SAFE_INTEGER => Kind::Number,
            _ if text(bytes).parse::<i64>().is_ok() => Kind::Integer,
            _ => Kind::BigNumber,
        });
    }
    if rest.first() == Some(&b',') {
        return with_commas(unsigned, whole);
    }
    if rest == b"." || rest == b"%" {
        return Some(Kind::OtherNumber);
    }
    let after = fraction(rest)?;
    let exponent = exponent(after)?;
    Some(match () {
        () if leading_zero => Kind::LeadingZero,
        () if !exponent && bytes.len() <= SAFE_NUMBER => Kind::Number,
        () if text(bytes).parse::<f64>().is_ok_and(f64::is_finite) => Kind::Number,
        () => Kind::BigNumber,
    })
}

/// A plus sign and a number.
fn plus(rest: &[u8]) -> Option<Kind> {
    rest.first()?.is_ascii_digit().then(|| kind(rest)).flatten().map(|_| Kind::PlusSign)
}

/// `.5`
fn point_first(unsigned: &[u8]) -> Option<Kind> {
    let digits = unsigned.strip_prefix(b".")?;
    (!digits.is_empty() && leading_digits(digits) == digits.len()).then_some(Kind::OtherNumber)
}

/// What follows a fraction; all of it where there is none.
fn fraction(rest: &[u8]) -> Option<&[u8]> {
    let Some(digits) = rest.strip_prefix(b".") else { return Some(rest) };
    let count = leading_digits(digits);
    if count == 0 { None } else { digits.get(count..) }
}

/// Whether an exponent stands here; none where something else does.
fn exponent(rest: &[u8]) -> Option<bool> {
    let Some((b'e' | b'E', digits)) = rest.split_first() else {
        return rest.is_empty().then_some(false);
    };
    let digits = digits.strip_prefix(b"+").or_else(|| digits.strip_prefix(b"-")).unwrap_or(digits);
    (!digits.is_empty() && leading_digits(digits) == digits.len()).then_some(true)
}

/// `9,508,234`, `27,275.25`; with fewer digits than three after the comma it is a decimal comma.
fn with_commas(unsigned: &[u8], whole: usize) -> Option<Kind> {
    let point = unsigned.iter().position(|byte| *byte == b'.').unwrap_or(unsigned.len());
    let (before, after) = unsigned.split_at_checked(point)?;
    let decimals = after.is_empty() || (after.len() > 1 && leading_digits(after.get(1..)?) == after.len() - 1);
    let groups = before.split(|byte| *byte == b',').skip(1);
    if !decimals || groups.clone().any(|group| group.is_empty() || leading_digits(group) != group.len()) {
        return None;
    }
    if whole <= 3 && groups.clone().all(|group| group.len() == 3) {
        return Some(Kind::Thousands);
    }
    (groups.count() == 1 && after.is_empty()).then_some(Kind::OtherNumber)
}

fn leading_digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}
