//! What a setting takes: how its text is read, which range it has, how it is shown.

use super::Secret;
use dmr_core::gate::Exports;
use dmr_core::name::{ModelName, Version};
use dmr_core::permission::{Operation, Operations};
use std::path::PathBuf;
use std::time::Duration;

/// What a setting takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A whole number, both bounds included.
    Count(u64, u64),
    /// A size in bytes: `65536`, `64 KiB`, `4 GiB`; both bounds included.
    Bytes(u64, u64),
    /// A time: `10 s`, `500 ms`, `2 min`; a bare number is seconds. Bounds in milliseconds, both included.
    Time(u64, u64),
    /// On or off.
    Switch,
    /// Words for operations on records: `read, list`, `all`, `none`.
    Operations,
    /// A semantic version.
    Version,
    /// A namespace: `app`, `shop.garden`.
    Namespace,
    /// Letters for a time as `strftime` has them.
    TimeFormat,
    /// An address or name of a host.
    Host,
    /// A path of a directory.
    Directory,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A path of a directory, or none.
    Folder,
    /// The address of a server, or none.
    Url,
    /// A text that is never shown, or none.
    Secret,
    /// An export list, or none.
    Exports,
}

/// What stands for nothing where a setting may be without a value.
const NONE: &str = "none";

/// A value of a setting, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// A number or size.
    Count(u64),
    /// A time.
    Time(Duration),
    /// On or off.
    Switch(bool),
    /// Operations on records.
    Operations(Operations),
    /// A semantic version.
    Version(Version),
    /// A text.
    Text(String),
    /// A path.
    Path(PathBuf),
    /// A text, where there is one.
    Perhaps(Option<String>),
    /// A text that is never shown, where there is one.
    Secret(Option<Secret>),
    /// An export list.
    Exports(Exports),
}

/// Why a text is not what a setting takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The end of a sentence that begins with the setting's name: "takes a whole number from 1 to 9".
    pub message: String,
}

impl Kind {
    /// Reads a text.
    ///
    /// # Errors
    /// What the setting takes, where the text is not that.
    pub fn read(self, text: &str) -> Result<Given, Fault> {
        let text = text.trim();
        let given = match self {
            Self::Count(..) => count(text).map(Given::Count),
            Self::Bytes(..) => bytes(text).map(Given::Count),
            Self::Time(..) => time(text).map(Given::Time),
            Self::Switch => switch(text).map(Given::Switch),
            Self::Operations => operations(text).map(Given::Operations),
            Self::Version => Version::parse(text).map(Given::Version),
            Self::Namespace | Self::TimeFormat | Self::Host => Some(Given::Text(text.to_owned())),
            Self::Directory => Some(Given::Path(PathBuf::from(text))),
            Self::Word(words) => words.iter().find(|word| word.eq_ignore_ascii_case(text)).map(|word| Given::Text((*word).to_owned())),
            Self::Folder | Self::Url => Some(Given::Perhaps(perhaps(text))),
            Self::Secret => Some(Given::Secret(perhaps(text).map(Secret))),
            Self::Exports => Exports::parse(text).map(Given::Exports),
        };
        given.filter(|given| self.admits(given)).ok_or_else(|| self.fault())
    }

    /// Whether a value that may have been set by a program is in range.
    pub fn admits(self, given: &Given) -> bool {
        match (self, given) {
            (Self::Count(least, most) | Self::Bytes(least, most), Given::Count(count)) => (least..=most).contains(count),
            (Self::Time(least, most), Given::Time(time)) => (u128::from(least)..=u128::from(most)).contains(&time.as_millis()),
            (Self::Namespace, Given::Text(text)) => ModelName::new(text, "X").is_ok(),
            (Self::TimeFormat, Given::Text(text)) => jiff::fmt::strtime::format(text, &jiff::Zoned::default()).is_ok() && !text.is_empty(),
            (Self::Host, Given::Text(text)) => !text.is_empty() && !text.contains(char::is_whitespace),
            (Self::Directory, Given::Path(path)) => !path.as_os_str().is_empty(),
            (Self::Url, Given::Perhaps(Some(text))) => !text.contains(char::is_whitespace),
            (Self::Secret, Given::Secret(Some(Secret(text)))) => !text.contains(char::is_whitespace),
            (Self::Folder, Given::Perhaps(_)) | (Self::Url, Given::Perhaps(None)) | (Self::Secret, Given::Secret(None)) => true,
            (Self::Word(words), Given::Text(text)) => words.contains(&text.as_str()),
            (Self::Switch, Given::Switch(_)) | (Self::Exports, Given::Exports(_)) => true,
            (Self::Operations, Given::Operations(_)) | (Self::Version, Given::Version(_)) => true,
            _ => false,
        }
    }

    /// What it takes, in words: "a whole number from 1 to 9".
    pub fn takes(self) -> String {
        match self {
            Self::Count(least, most) if most == u64::MAX => format!("a whole number from {least}"),
            Self::Count(least, most) => format!("a whole number from {least} to {most}"),
            Self::Bytes(least, most) => format!("a size from {} to {}", show_bytes(least), show_bytes(most)),
            Self::Time(least, most) => format!("a time from {} to {}", show_time(least), show_time(most)),
            Self::Switch => "`on` or `off`".to_owned(),
            Self::Operations => "a list of `create`, `read`, `update`, `delete`, `list`, or `all`, or `none`".to_owned(),
            Self::Version => "a version such as `1.0.0`".to_owned(),
            Self::Namespace => "a namespace such as `app` or `shop.garden`".to_owned(),
            Self::TimeFormat => "a format of `strftime` letters such as `%Y-%m-%d`".to_owned(),
            Self::Host => "an address or the name of a host".to_owned(),
            Self::Directory => "a path".to_owned(),
            Self::Word(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
            Self::Folder => "a path, or `none`".to_owned(),
            Self::Url => "an address such as `http://HOST:PORT`, or `none`".to_owned(),
            Self::Secret => "a text without spaces, or `none`; it is never shown".to_owned(),
            Self::Exports => "`ROLE = PATTERN, PATTERN; ROLE = PATTERN`, a table of such rows, or `none`".to_owned(),
        }
    }

    /// How a value of this kind is shown and can be read again.
    pub fn show(self, given: &Given) -> String {
        match given {
            Given::Count(count) if matches!(self, Self::Bytes(..)) => show_bytes(*count),
            Given::Count(count) => count.to_string(),
            Given::Time(time) => show_time(u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
            Given::Switch(on) => if *on { "on" } else { "off" }.to_owned(),
            Given::Operations(operations) => show_operations(*operations),
            Given::Version(version) => version.to_string(),
            Given::Text(text) => text.clone(),
            Given::Path(path) => path.display().to_string(),
            Given::Perhaps(Some(text)) => text.clone(),
            Given::Exports(exports) => exports.to_string(),
            Given::Secret(Some(_)) => Secret::SHOWN.to_owned(),
            Given::Perhaps(None) | Given::Secret(None) => NONE.to_owned(),
        }
    }

    fn fault(self) -> Fault {
        Fault { message: format!("takes {}", self.takes()) }
    }
}

const BYTE_UNITS: [(&str, u64); 8] =
    [("gib", 1 << 30), ("mib", 1 << 20), ("kib", 1 << 10), ("gb", 1_000_000_000), ("mb", 1_000_000), ("kb", 1000), ("bytes", 1), ("b", 1)];
const TIME_UNITS: [(&str, u64); 9] = [
    ("hours", 3_600_000),
    ("min", 60_000),
    ("ms", 1),
    ("seconds", 1000),
    ("sec", 1000),
    ("days", 86_400_000),
    ("h", 3_600_000),
    ("s", 1000),
    ("d", 86_400_000),
];

fn count(text: &str) -> Option<u64> {
    let digits: String = text.chars().filter(|c| !matches!(c, '_' | ',')).collect();
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'_' | b','));
    if plain && text.as_bytes().first().is_some_and(u8::is_ascii_digit) { digits.parse().ok() } else { None }
}

fn switch(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "on" | "true" | "yes" | "1" => Some(true),
        "off" | "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

fn perhaps(text: &str) -> Option<String> {
    (!text.is_empty() && text != NONE).then(|| text.to_owned())
}

fn scaled(text: &str, units: &[(&str, u64)], bare: u64) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    let (number, scale) = units
        .iter()
        .find_map(|(unit, scale)| lower.strip_suffix(unit).map(|number| (number.trim_end(), *scale)))
        .unwrap_or((lower.as_str(), bare));
    count(number)?.checked_mul(scale)
}

fn bytes(text: &str) -> Option<u64> {
    scaled(text, &BYTE_UNITS, 1)
}

fn time(text: &str) -> Option<Duration> {
    scaled(text, &TIME_UNITS, 1000).map(Duration::from_millis)
}

fn operations(text: &str) -> Option<Operations> {
    match text {
        "all" => return Some(Operations::ALL),
        "none" => return Some(Operations::NONE),
        _ => {}
    }
    let words = text.split([',', ' ']).filter(|word| !word.is_empty());
    let found: Option<Operations> =
        words.map(|word| Operation::ALL.into_iter().find(|operation| operation.as_str().eq_ignore_ascii_case(word))).collect();
    found.filter(|operations| !operations.is_empty())
}

fn show_bytes(bytes: u64) -> String {
    match BYTE_UNITS[..3].iter().find(|(_, scale)| bytes >= *scale && bytes.is_multiple_of(*scale)) {
        Some((unit, scale)) => format!("{} {}iB", bytes / scale, unit[..1].to_ascii_uppercase()),
        None => bytes.to_string(),
    }
}

fn show_time(milliseconds: u64) -> String {
    [("h", 3_600_000), ("min", 60_000), ("s", 1000)]
        .into_iter()
        .find(|(_, scale)| milliseconds >= *scale && milliseconds.is_multiple_of(*scale))
        .map_or_else(|| format!("{milliseconds} ms"), |(unit, scale)| format!("{} {unit}", milliseconds / scale))
}

fn show_operations(operations: Operations) -> String {
    if operations == Operations::ALL {
        return "all".to_owned();
    }
    if operations.is_empty() {
        return "none".to_owned();
    }
    operations.iter().map(Operation::as_str).collect::<Vec<_>>().join(", ")
}
