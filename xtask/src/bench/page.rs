//! The table, as Markdown: printed, kept under `target/bench/`, written into `docs/benchmarks.md`.

use super::figure::{Demand, Line, Row, Series, median};
use super::{machine, rows};
use crate::failure::Failure;
use crate::tree;
use serde_json::Value;
use std::path::Path;

const HEAD: &str = "\
| what | dmr | floor | share | PocketBase | CPU a request above the floor | at least (goal) | met |
| --- | --- | --- | --- | --- | --- | --- | --- |
";
const BEGIN: &str = "<!-- measured: written by `cargo xtask bench --write` -->";
const END: &str = "<!-- end of measured -->";

/// A table of rows.
pub fn table(rows: &[Row]) -> String {
    let lines: String = rows.iter().flat_map(|row| &row.lines).map(rendered).collect();
    format!("{HEAD}{lines}")
}

/// Keeps a row for the page.
pub fn keep(folder: &Path, row: &Row) -> Result<(), Failure> {
    let path = folder.join(format!("{}.json", row.name));
    let lines: String = row.lines.iter().map(rendered).collect();
    std::fs::write(&path, format!("{:#}\n", row.to_json(&lines))).map_err(Failure::file(&path))
}

/// Writes every row that was kept between the page's marks.
pub fn write(folder: &Path) -> Result<(), Failure> {
    let page = tree::top().join("docs/benchmarks.md");
    let text = std::fs::read_to_string(&page).map_err(Failure::file(&page))?;
    let (before, rest) = text.split_once(BEGIN).ok_or_else(|| without_marks(&page))?;
    let (_, after) = rest.split_once(END).ok_or_else(|| without_marks(&page))?;
    let measured = measured(folder)?;
    std::fs::write(&page, format!("{before}{BEGIN}\n{measured}{END}{after}")).map_err(Failure::file(&page))
}

fn measured(folder: &Path) -> Result<String, Failure> {
    let mut table = String::from(HEAD);
    let mut commands = String::new();
    for (name, _) in rows::ALL {
        let Ok(text) = std::fs::read_to_string(folder.join(format!("{name}.json"))) else { continue };
        let row: Value = serde_json::from_str(&text).unwrap_or_default();
        let word = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        table += &word("rendered");
        commands += &format!("- {} at commit {}: `{}`\n", word("date"), word("commit"), word("command"));
    }
    Ok(format!("\nMachine: {}.\n\n{table}\n{commands}\n", machine::told()?))
}

fn without_marks(page: &Path) -> Failure {
    Failure::Missing(format!("{}: the marks `{BEGIN}` and `{END}` are not there", page.display()))
}

fn rendered(line: &Line) -> String {
    let value = |series: &Series| series.median().map_or_else(String::new, |value| amount(value, line.unit));
    let share = line.share().map_or_else(String::new, |share| format!("{:.0} %", share * 100.0));
    let met = match line.met() {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    };
    let cells =
        [line.what.clone(), value(&line.dmr), value(&line.floor), share, value(&line.peer), cpu(line), demanded(line), met.to_owned()];
    format!("| {} |\n", cells.join(" | "))
}

/// CPU time a request of dmr, and how much of it the floor does not need.
fn cpu(line: &Line) -> String {
    match (median(&line.dmr.cpu), median(&line.floor.cpu)) {
        (Some(dmr), Some(floor)) => format!("{:.1} µs ({dmr:.1} - {floor:.1})", dmr - floor),
        (Some(dmr), None) => format!("({dmr:.1} µs)"),
        (None, Some(floor)) => format!("(floor {floor:.1} µs)"),
        (None, None) => String::new(),
    }
}

fn demanded(line: &Line) -> String {
    match line.demand {
        Demand::Share(least, Some(goal)) => format!("{:.0} % ({:.0} %)", least * 100.0, goal * 100.0),
        Demand::Share(least, None) => format!("{:.0} %", least * 100.0),
        Demand::AtMost(most) => format!("at most {}", amount(most, line.unit)),
        Demand::Nothing => String::new(),
    }
}

/// A value with its unit: whole numbers with separators, small ones with three digits that matter.
fn amount(value: f64, unit: &str) -> String {
    let number = match value.abs() {
        size if size >= 100.0 => grouped(&format!("{value:.0}")),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    };
    if unit.starts_with('/') { format!("{number}{unit}") } else { format!("{number} {unit}") }
}

fn grouped(digits: &str) -> String {
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
