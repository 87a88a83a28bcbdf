//! Which format an input has, from its name and its first bytes.

use crate::format::Format;
use crate::format::delimiter::{extension, sniff_delimiter};
use crate::format::extent::Extent;
use crate::input::HEAD;
use dmr_core::{Code, Problem, Value};

/// Lines that are looked at to tell NDJSON from JSON.
const LINES: usize = 10;

/// First bytes of formats that are known and not read, what they are, and what to do.
const SIGNATURES: [(&[u8], &str, &str); 13] = [
    (b"\xFF\xFE", "UTF-16 text", "Convert it to UTF-8 first: iconv -f UTF-16 -t UTF-8 IN > OUT"),
    (b"\xFE\xFF", "UTF-16 text", "Convert it to UTF-8 first: iconv -f UTF-16 -t UTF-8 IN > OUT"),
    (b"PAR1", "Parquet", "Export it as CSV or NDJSON first"),
    (b"\x1F\x8B", "gzip", "Unpack it first: gunzip FILE"),
    (b"\x28\xB5\x2F\xFD", "zstd", "Unpack it first: unzstd FILE"),
    (b"PK\x03\x04", "a ZIP archive, as Excel's files are", "Save the sheet as UTF-8 CSV, or unpack the archive, first"),
    (b"\xD0\xCF\x11\xE0", "an old Office file", "Save the sheet as UTF-8 CSV first"),
    (b"Obj\x01", "Avro", "Export it as NDJSON first"),
    (b"SQLite format 3\0", "an SQLite database", "Export its tables as CSV first"),
    (b"BZh91AY&SY", "bzip2", "Unpack it first: bunzip2 FILE"),
    (b"%PDF-", "PDF", "Export the tables in it as CSV first"),
    (b"<?xml", "XML", "Export it as CSV or NDJSON first"),
    (b"<!DOCTYPE", "HTML", "Export its tables as CSV first"),
];

/// The format of an input. `head` is its beginning: all of it, or at least [`HEAD`] bytes.
///
/// # Errors
/// `ingest.format` for what is recognised and not read, with what to do; `ingest.empty`.
pub fn sniff(name: &str, head: &[u8]) -> Result<Format, Problem> {
    refuse(name, head)?;
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let Some(first) = head.trim_ascii_start().first() else {
        return Err(Problem::new(Code::IngestEmpty, format!("'{name}' is empty")));
    };
    match extension(name).as_str() {
        "jsonl" | "ndjson" => Ok(if lines_of_objects(head) > 0 || !spans_lines(head) { Format::Ndjson } else { Format::Json }),
        "json" | "geojson" => Ok(json_or_lines(head)),
        "csv" | "tsv" | "tab" | "psv" => Ok(csv(name, head)),
        _ if *first == b'{' || (*first == b'[' && opens_a_list(head)) => Ok(json_or_lines(head)),
        _ => Ok(csv(name, head)),
    }
}

fn csv(name: &str, head: &[u8]) -> Format {
    Format::Csv { delimiter: sniff_delimiter(name, head, head.len() < HEAD - 3) }
}

fn refuse(name: &str, head: &[u8]) -> Result<(), Problem> {
    let found = SIGNATURES.iter().find(|(signature, ..)| head.starts_with(signature)).map(|(_, what, hint)| (*what, *hint));
    let found = found.or_else(|| {
        let ascii_in_two_bytes = head.len() >= 4 && head.get(..64.min(head.len())).is_some_and(every_other_is_zero);
        ascii_in_two_bytes.then_some(("UTF-16 text", "Convert it to UTF-8 first: iconv -f UTF-16LE -t UTF-8 IN > OUT"))
    });
    match found {
        Some((what, hint)) => {
            let detail = format!("'{name}' is {what}; CSV, JSON and NDJSON in UTF-8 are what is read");
            Err(Problem::new(Code::IngestFormat, detail).suggest(hint))
        }
        None => Ok(()),
    }
}

fn every_other_is_zero(bytes: &[u8]) -> bool {
    let zero = |from: usize| bytes.iter().skip(from).step_by(2).all(|byte| *byte == 0);
    zero(0) != zero(1)
}

fn json_or_lines(head: &[u8]) -> Format {
    if head.trim_ascii_start().starts_with(b"{") && lines_of_objects(head) > 1 { Format::Ndjson } else { Format::Json }
}

/// How many of the first lines are a whole object each.
fn lines_of_objects(head: &[u8]) -> usize {
    let lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    lines.take(LINES).filter(|line| line.starts_with(b"{") && matches!(dmr_core::json::parse(line), Ok(Value::Object(_)))).count()
}

/// Whether the first value goes over several lines.
fn spans_lines(head: &[u8]) -> bool {
    let head = head.trim_ascii_start();
    let end = Extent::default().feed(head).unwrap_or(head.len());
    head.get(..end).is_some_and(|value| value.contains(&b'\n'))
}

/// Whether what begins with a bracket is a JSON list of objects or an empty one, and not a text that begins so.
fn opens_a_list(head: &[u8]) -> bool {
    let inner = head.trim_ascii_start().get(1..).unwrap_or_default().trim_ascii_start();
    matches!(inner.first(), None | Some(b'{' | b']'))
}
