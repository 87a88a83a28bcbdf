//! Days and clocks as RFC 3339 writes them, in the proleptic Gregorian calendar, years 0000 to 9999.

pub(super) const MICROS_OF_SECOND: i64 = 1_000_000;
pub(super) const MICROS_OF_MINUTE: i64 = 60 * MICROS_OF_SECOND;
pub(super) const MICROS_OF_DAY: i64 = 1440 * MICROS_OF_MINUTE;

/// A time of day as it was written.
pub(super) struct Clock {
    /// Minutes since midnight.
    pub minutes: i64,
    /// 0 to 60; 60 is a leap second.
    pub second: i64,
    /// 0 to 999,999; further digits are cut.
    pub micros: i64,
}

impl Clock {
    /// Microseconds since midnight. A leap second is the last microsecond before it, so that it stays in order.
    pub fn since_midnight(&self) -> i64 {
        let (second, micros) = if self.second == 60 { (59, MICROS_OF_SECOND - 1) } else { (self.second, self.micros) };
        self.minutes * MICROS_OF_MINUTE + second * MICROS_OF_SECOND + micros
    }

    /// Whether a leap second stands where one can: in the last minute of a day in UTC.
    pub fn leap_fits(&self, offset: i64) -> bool {
        self.second < 60 || (self.minutes - offset).rem_euclid(1440) == 1439
    }
}

/// The day, as days since 1970-01-01, that `YYYY-MM-DD` at the start of the text says; and what follows.
pub(super) fn day(text: &[u8]) -> Option<(i64, &[u8])> {
    let (date, rest) = text.split_first_chunk::<10>()?;
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = *date else { return None };
    let year = two(y0, y1)? * 100 + two(y2, y3)?;
    let (month, day) = (two(m0, m1)?, two(d0, d1)?);
    if !(1..=12).contains(&month) || day < 1 || day > days_of_month(year, month) {
        return None;
    }
    Some((days_since_1970(year, month, day), rest))
}

/// The clock that `HH:MM:SS` with an optional fraction at the start of the text says; and what follows.
pub(super) fn clock(text: &[u8]) -> Option<(Clock, &[u8])> {
    let (clock, rest) = text.split_first_chunk::<8>()?;
    let [h0, h1, b':', m0, m1, b':', s0, s1] = *clock else { return None };
    let (hour, minute, second) = (two(h0, h1)?, two(m0, m1)?, two(s0, s1)?);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let minutes = hour * 60 + minute;
    let Some(fraction) = rest.strip_prefix(b".") else {
        return Some((Clock { minutes, second, micros: 0 }, rest));
    };
    let length = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if length == 0 {
        return None;
    }
    let (digits, rest) = fraction.split_at_checked(length)?;
    let padded = digits.iter().chain(std::iter::repeat(&b'0')).take(6);
    let micros = padded.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    Some((Clock { minutes, second, micros }, rest))
}

/// The offset from UTC in minutes that the whole text says: `Z` or `+02:00`.
pub(super) fn offset(text: &[u8]) -> Option<i64> {
    match *text {
        [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), h0, h1, b':', m0, m1] => {
            let (hours, minutes) = (two(h0, h1)?, two(m0, m1)?);
            let size = hours * 60 + minutes;
            (hours <= 23 && minutes <= 59).then_some(if sign == b'-' { -size } else { size })
        }
        _ => None,
    }
}

/// Whether a day is the last of its month.
pub(super) fn ends_month(days: i64) -> bool {
    date_of(days + 1).2 == 1
}

/// `YYYY-MM-DD`.
pub(super) fn day_text(days: i64) -> String {
    let (year, month, day) = date_of(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// `HH:MM:SS`, with as many digits of a fraction as are needed.
pub(super) fn clock_text(micros: i64) -> String {
    let (seconds, fraction) = (micros / MICROS_OF_SECOND, micros % MICROS_OF_SECOND);
    let text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if fraction == 0 { text } else { format!("{text}.{fraction:06}").trim_end_matches('0').to_owned() }
}

/// `YYYY-MM-DDTHH:MM:SS` with a fraction where needed, of microseconds since 1970.
pub(super) fn moment_text(micros: i64) -> String {
    format!("{}T{}", day_text(micros.div_euclid(MICROS_OF_DAY)), clock_text(micros.rem_euclid(MICROS_OF_DAY)))
}

fn two(tens: u8, ones: u8) -> Option<i64> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

// Both ways count in years that begin in March, so that the leap day is a year's last, and in eras of 400 years (146,097 days).

fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(719_468);
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}
