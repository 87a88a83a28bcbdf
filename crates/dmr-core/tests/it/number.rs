//! Numbers, exactly (R2, M6): at the edges of doubles and of 64 bits, and beyond.

use dmr_core::number::{Decimal, as_f64, as_i64, text_of_f64};
use proptest::prelude::*;
use serde_json::Number;

use crate::values::{number_text, value};

fn number(text: &str) -> Number {
    match value(text) {
        dmr_core::Value::Number(number) => number,
        other => panic!("{other} is not a number"),
    }
}

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).unwrap()
}

#[test]
fn m6_integers_are_exact_in_any_spelling() {
    let read = |text: &str| as_i64(&number(text));
    for (text, integer) in [
        ("5", 5),
        ("5.0", 5),
        ("5e0", 5),
        ("1e3", 1000),
        ("1.25E2", 125),
        ("-0", 0),
        ("-0.0", 0),
        ("0e99999999999999999999", 0),
        ("100e-2", 1),
        ("9007199254740993", 9_007_199_254_740_993),
        ("9223372036854775807.000", i64::MAX),
        ("-9.223372036854775808e18", i64::MIN),
    ] {
        assert_eq!(read(text), Some(integer), "{text}");
    }
    for text in
        ["5.5", "1e-1", "9223372036854775808", "-9223372036854775809", "1e19", "1e400", "1e99999999999999999999", "1e-99999999999999999999"]
    {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn m6_doubles_overflow_to_infinity_and_know_no_minus_zero() {
    let bits = |text: &str| as_f64(&number(text)).to_bits();
    assert_eq!(bits("-0.0"), 0);
    assert_eq!(bits("1e400"), f64::INFINITY.to_bits());
    assert_eq!(bits("-1e400"), f64::NEG_INFINITY.to_bits());
    assert_eq!(bits("1e-400"), 0);
    assert_eq!(bits("1e308"), 1e308_f64.to_bits());
    assert_eq!(bits("9007199254740993"), bits("9007199254740992"));
    assert_ne!(bits("0.30000000000000004"), bits("0.3"));
}

#[test]
fn m6_a_double_has_one_text() {
    for (double, text) in [
        (10.0, Some("10")),
        (-0.0, Some("-0")),
        (0.1 + 0.2, Some("0.30000000000000004")),
        (1e20, Some("100000000000000000000")),
        (1e21, Some("1e21")),
        (1e308, Some("1e308")),
        (1.5e-10, Some("1.5e-10")),
        (f64::INFINITY, None),
    ] {
        assert_eq!(text_of_f64(double).as_deref(), text);
    }
}

#[test]
fn m6_decimals_are_exact() {
    let forty = "1234567890123456789012345678901234567890";
    assert!(decimal(&format!("{forty}.1")) > decimal(forty));
    assert!(decimal(&format!("-{forty}.1")) < decimal(&format!("-{forty}")));
    assert_eq!(decimal("1.50"), decimal("15e-1"));
    assert_eq!(decimal("-0.000"), decimal("0"));
    assert_ne!(decimal("9007199254740993"), decimal("9007199254740992"));
    assert!(decimal("1e400") > decimal("1e308"));
    assert!(decimal("-1e400") < decimal("-1e308"));
    assert!(decimal("1e-10000") > decimal("0"));
}

#[test]
fn m6_a_decimal_has_one_text() {
    for (text, canonical) in [
        ("12.50", "12.5"),
        ("-0.0", "0"),
        ("1e3", "1000"),
        ("-12e-3", "-0.012"),
        ("1234567890123456789012345678901234567890.10", "1234567890123456789012345678901234567890.1"),
        ("15e399", "1.5e400"),
        ("1e-400", "1e-400"),
        ("100", "100"),
        ("0.5", "0.5"),
    ] {
        assert_eq!(decimal(text).to_string(), canonical);
    }
}

#[test]
fn m6_what_is_no_decimal_is_refused() {
    for text in [
        "",
        "-",
        "+1",
        ".5",
        "5.",
        "1,5",
        "0x1",
        "1e",
        "01",
        " 1",
        "1 ",
        "NaN",
        "Infinity",
        "1e10001",
        "10e10000",
        "1e-10001",
        "1e99999999999999999999",
    ] {
        assert_eq!(Decimal::parse(text), None, "{text}");
    }
    assert!(Decimal::parse("1e10000").is_some());
    assert!(Decimal::parse("1e-10000").is_some());
    assert!(Decimal::parse("0e10001").is_some_and(|zero| zero.is_zero()));
}

proptest! {
    /// The judge is integer arithmetic: both numbers are brought to the same power of ten.
    #[test]
    fn m6_decimals_order_like_numbers(a in any::<i64>(), b in any::<i64>(), small in -30..30_i64, down in 0..8_u32, up in 0..8_u32, shift in any::<bool>()) {
        let (a, b) = if shift { (a, b) } else { (small, a % 30) };
        let exact = |mantissa: i64, places: u32| i128::from(mantissa) * 10_i128.pow(8 - places);
        let first = decimal(&format!("{a}e-{down}"));
        let second = decimal(&placed(b, up));
        prop_assert_eq!(first.cmp(&second), exact(a, down).cmp(&exact(b, up)));
        prop_assert_eq!(first == second, exact(a, down) == exact(b, up));
    }

    #[test]
    fn m6_a_decimals_text_is_the_decimal(text in number_text()) {
        let read = decimal(&text);
        prop_assert_eq!(&decimal(&read.text()), &read);
        prop_assert_eq!(decimal(&read.text()).text(), read.text());
    }

    #[test]
    fn m6_a_doubles_text_is_the_double(double in any::<f64>().prop_filter("finite", |double| double.is_finite())) {
        let text = text_of_f64(double).unwrap();
        prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), double.to_bits());
        prop_assert!(dmr_core::json::parse(text.as_bytes()).is_ok());
    }
}

/// A mantissa with a decimal point put in: 1250 with 3 places is 1.250.
fn placed(mantissa: i64, places: u32) -> String {
    let sign = if mantissa < 0 { "-" } else { "" };
    let power = 10_u64.pow(places);
    let (whole, fraction) = (mantissa.unsigned_abs() / power, mantissa.unsigned_abs() % power);
    if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction:0width$}", width = places as usize) }
}
