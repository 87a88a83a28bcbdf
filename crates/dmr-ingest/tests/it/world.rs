//! What the tests share: where the real files are, and how a proposal is told in lines.

use dmr_ingest::{Input, Inspection, Options, Outcome, Quarantined, Row, inspect, rows};
use serde_json::Value;
use std::fmt::Write as _;
use std::path::PathBuf;

/// A file of the real data.
pub fn real(name: &str) -> Input {
    Input::path(real_path(name))
}

pub fn real_path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/real").join(name)
}

pub fn text(name: &str, text: impl AsRef<[u8]>) -> Input {
    Input::bytes(name, text.as_ref())
}

pub fn look(input: &Input) -> Inspection {
    inspect(input, &Options::default(), &mut |_| {}).unwrap()
}

/// All rows and all that was set aside, by the proposal's own layout.
pub fn read(input: &Input) -> (Vec<Row>, Vec<Quarantined>) {
    split(input, &look(input))
}

pub fn split(input: &Input, inspection: &Inspection) -> (Vec<Row>, Vec<Quarantined>) {
    let mut kept = Vec::new();
    let mut aside = Vec::new();
    for outcome in rows(input, &inspection.layout).unwrap() {
        match outcome.unwrap() {
            Outcome::Row(row) => kept.push(row),
            Outcome::Quarantined(quarantined) => aside.push(quarantined),
        }
    }
    assert_eq!((kept.len() as u64, aside.len() as u64), (inspection.rows, inspection.quarantined), "both passes count alike");
    (kept, aside)
}

/// The evidence of an inspection, a line a field.
pub fn told(inspection: &Inspection) -> String {
    let mut out = String::new();
    let Inspection { proposal, layout, rows, quarantined, .. } = inspection;
    writeln!(out, "{} from {}: {rows} rows, {quarantined} quarantined", proposal.name, layout.format.name()).unwrap();
    for notice in &proposal.notices {
        writeln!(out, "! {notice}").unwrap();
    }
    for field in &proposal.fields {
        writeln!(out, "{}: {} - {}", field.name, field.field_type, field.reason).unwrap();
    }
    out
}

pub fn told_aside(aside: &[Quarantined]) -> String {
    aside.iter().fold(String::new(), |mut out, item| {
        let raw = String::from_utf8_lossy(&item.raw).chars().take(60).collect::<String>();
        writeln!(out, "line {} byte {} {}: {} | {raw:?}", item.place.line, item.place.byte, item.code.as_str(), item.message).unwrap();
        out
    })
}

/// The rows of an input as texts, column by column; what is absent is an empty text.
pub fn cells(input: &Input, inspection: &Inspection) -> Vec<Vec<String>> {
    let cell = |row: &Row, name: &str| match row.values.get(name) {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let (rows, _) = split(input, inspection);
    rows.iter().map(|row| inspection.layout.columns.iter().map(|column| cell(row, &column.name)).collect()).collect()
}

/// The same under an independent reader.
pub fn plain_csv(bytes: &[u8], delimiter: u8) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(bytes);
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// Rows as JSON, a line each, with the line they stand in.
pub fn rendered(rows: &[Row]) -> String {
    let line = |row: &Row| format!("{}: {}\n", row.place.line, dmr_core::json::to_string(&Value::Object(row.values.clone())));
    rows.iter().map(line).collect()
}
