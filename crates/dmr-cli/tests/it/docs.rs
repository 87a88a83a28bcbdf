//! `docs/cli.md` says what the parser takes. `cargo xtask docs` writes it anew.

use crate::world::World;
use std::path::Path;

#[test]
fn the_page_of_commands_is_what_the_parser_takes() {
    let page = World::new().dmr("config commands").out;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cli.md");
    if std::env::var_os("DMR_DOCS").is_some_and(|wish| wish == "write") {
        std::fs::write(&path, &page).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), page, "`cargo xtask docs` writes it anew");
}
