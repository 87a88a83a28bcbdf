//! `docs/errors.md` says what the table of codes says. `cargo xtask docs` writes it anew.

use dmr_core::Code;
use std::path::Path;

const HEAD: &str = "\
# Codes

Each thing that can go wrong has a code. It stands in `code` of a problem document and of each of its `errors`, goes out with this HTTP status,
and ends the command line with this exit code. A code keeps its meaning for ever.

This page is generated from `crates/dmr-core/src/code.rs` by `cargo xtask docs`.

| code | status | exit | what it says |
| --- | --- | --- | --- |
";

#[test]
fn the_page_of_codes_is_the_table_of_codes() {
    let lines: String = Code::ALL
        .iter()
        .map(|code| format!("| `{}` | {} | {} | {} |\n", code.as_str(), code.status(), code.exit(), code.title()))
        .collect();
    let page = HEAD.to_owned() + &lines;

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors.md");
    if std::env::var_os("DMR_DOCS").is_some_and(|wish| wish == "write") {
        std::fs::write(&path, &page).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), page, "`cargo xtask docs` writes it anew");
}
