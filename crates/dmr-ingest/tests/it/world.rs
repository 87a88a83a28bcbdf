//! What the tests share: where the real files are, and how a proposal is told in lines.

use dmr_ingest::{Input, Inspection, Options, Outcome, Quarantined, Row, inspect, rows};
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
