//! `docs/settings.md` says what the table of settings says. `cargo xtask docs` writes it anew.

use std::path::Path;

#[test]
fn c6_the_page_of_settings_is_the_table_of_settings() {
    let page = dmr::settings::reference();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/settings.md");
    if std::env::var_os("DMR_DOCS").is_some_and(|wish| wish == "write") {
        std::fs::write(&path, &page).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), page, "`cargo xtask docs` writes it anew");
}
