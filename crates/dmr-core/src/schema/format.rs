//! Formats: those of the field types are what the types say they are; the others are the engine's.

use crate::types::FieldType;
use jsonschema::ValidationOptions;

/// Formats that are field types.
const TYPED: [(&str, FieldType); 6] = [
    ("date-time", FieldType::DateTime),
    ("local-date-time", FieldType::LocalDateTime),
    ("date", FieldType::Date),
    ("time", FieldType::Time),
    ("uuid", FieldType::Uuid),
    ("decimal", FieldType::Decimal),
];

/// Has formats asserted, in every draft alike.
pub(crate) fn asserted(options: ValidationOptions<'_>) -> ValidationOptions<'_> {
    TYPED.into_iter().fold(options.should_validate_formats(true), |options, (name, kind)| {
        options.with_format(name, move |text: &str| kind.read_text(text).is_ok())
    })
}

/// What a format asks for, for a person.
pub(crate) fn wanted(format: &str) -> String {
    let known = match format {
        "date-time" => "must be a date and time with an offset: 2024-01-31T10:15:00Z",
        "local-date-time" => "must be a date and time without an offset: 2024-01-31T10:15:00",
        "date" => "must be a date: 2024-01-31",
        "time" => "must be a time of day: 10:15:00",
        "duration" => "must be a duration: P1DT12H",
        "uuid" => "must be a UUID",
        "decimal" => "must be a decimal number, written as a text: \"12.50\"",
        "email" | "idn-email" => "must be an e-mail address",
        "hostname" | "idn-hostname" => "must be the name of a host",
        "ipv4" => "must be an IPv4 address",
        "ipv6" => "must be an IPv6 address",
        "uri" | "iri" => "must be a whole address with its scheme: https://example.org/",
        "uri-reference" | "iri-reference" => "must be an address or a part of one",
        "json-pointer" => "must be a JSON pointer: /a/b",
        "regex" => "must be a regular expression",
        other => return format!("must be of the format '{other}'"),
    };
    known.to_owned()
}
