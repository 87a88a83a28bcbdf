//! Each rule of tidy finds a bad sample, and lets a good one pass. The last test holds this repository to the rules.

use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const CODE_MAP: (&str, &str) = ("ARCHITECTURE.md", "# Architecture\n\n## Code map\n- `crates/dmr-core/`\n");
const LIB: (&str, &str) = ("crates/dmr-core/src/lib.rs", "//! The core.\n");

/// What tidy says about a repository with these files, and whether it passed.
fn tidy(files: &[(&str, &str)]) -> String {
    said(house(files).path(), &[])
}

fn house(files: &[(&str, &str)]) -> TempDir {
    let top = TempDir::new().unwrap();
    for (path, text) in files {
        let path = top.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    top
}

fn said(top: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask")).args(["tidy", "--top"]).arg(top).args(arguments).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.success(), said.contains("nothing to mend"), "{said}");
    said
}

fn function(name: &str, lines: usize) -> String {
    format!("fn {name}() {{\n{}}}\n", "    step();\n".repeat(lines - 2))
}

#[test]
fn a_good_house_passes() {
    let lib = "//! The core; `todo!` in a comment is fine.\nmod parts;\n\
        /// Says why.\n#[allow(unused, reason = \"shows the form\")]\n\
        pub fn good<'a>(text: &'a str) -> Result<String, std::fmt::Error> {\n    \
        let marks = (r#\"todo!() \" \"#, \"dbg!() \\\" {\", '{', '\\'', 'é', b'\\\\', br\"FIXME\");\n    Ok(text.to_owned())\n}\n";
    insta::assert_snapshot!(tidy(&[CODE_MAP, ("crates/dmr-core/src/lib.rs", lib), ("crates/dmr-core/src/parts.rs", "")]), @"tidy: 3 files, nothing to mend");
}

#[test]
fn lengths_are_bounded_outside_tests() {
    let long = function("long", 61);
    let lib = format!("mod tall;\n{}{long}#[cfg(test)]\nmod tests {{\n{long}}}\n", function("fits", 60));
    let tall = "// A line.\n".repeat(501);
    insta::assert_snapshot!(tidy(&[
        CODE_MAP,
        ("crates/dmr-core/src/lib.rs", &lib),
        ("crates/dmr-core/src/tall.rs", &tall),
        ("crates/dmr-core/tests/it/main.rs", &long),
    ]), @"
    crates/dmr-core/src/lib.rs:62: `long` has 61 lines, 60 are allowed: cut it into parts that each do one thing
    crates/dmr-core/src/tall.rs: the file has 501 lines, 500 are allowed: cut it into parts that each do one thing
    xtask: tidy: 2 to mend
    ");
}

#[test]
fn the_ledger_excuses_what_it_names_and_no_line_more() {
    let lib = function("long", 70) + &function("longer", 80);
    let ledger = "fn crates/dmr-core/src/lib.rs long 70\nfn crates/dmr-core/src/lib.rs longer 79\nfn crates/dmr-core/src/lib.rs gone 90\n";
    let top = house(&[CODE_MAP, ("crates/dmr-core/src/lib.rs", &lib), ("xtask/ledger.txt", ledger)]);
    insta::assert_snapshot!(said(top.path(), &[]), @"
    crates/dmr-core/src/lib.rs:71: `longer` has 80 lines, 60 are allowed: cut it into parts that each do one thing
    xtask/ledger.txt: `gone` in crates/dmr-core/src/lib.rs is shorter than its entry says: run `cargo xtask tidy --shrink`
    xtask: tidy: 2 to mend
    ");

    std::fs::write(top.path().join("crates/dmr-core/src/lib.rs"), function("long", 65)).unwrap();
    insta::assert_snapshot!(said(top.path(), &["--shrink"]), @"tidy: 3 files, nothing to mend");
    insta::assert_snapshot!(std::fs::read_to_string(top.path().join("xtask/ledger.txt")).unwrap(), @"fn crates/dmr-core/src/lib.rs long 65");
}

#[test]
fn the_ledger_may_only_shrink() {
    let entry = |lines: usize| format!("fn crates/dmr-core/src/lib.rs long {lines}\n");
    let top = house(&[CODE_MAP, ("crates/dmr-core/src/lib.rs", &function("long", 70)), ("xtask/ledger.txt", &entry(70))]);
    git(top.path(), &["init", "--quiet"]);
    commit(top.path());
    insta::assert_snapshot!(said(top.path(), &[]), @"tidy: 3 files, nothing to mend");

    std::fs::write(top.path().join("crates/dmr-core/src/lib.rs"), function("long", 75)).unwrap();
    std::fs::write(top.path().join("xtask/ledger.txt"), entry(75)).unwrap();
    let grown = said(top.path(), &[]);
    insta::assert_snapshot!(grown, @"
    xtask/ledger.txt: the ledger may only shrink, and `fn crates/dmr-core/src/lib.rs long 75` was not in it
    xtask: tidy: 1 to mend
    ");
    commit(top.path());
    assert_eq!(said(top.path(), &[]), grown, "committing it does not excuse it");
}

fn commit(top: &Path) {
    git(top, &["add", "--all"]);
    git(top, &["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "--message", "A state"]);
}

fn git(top: &Path, arguments: &[&str]) {
    assert!(Command::new("git").arg("-C").arg(top).args(arguments).status().unwrap().success());
}

#[test]
fn names_that_say_nothing_are_refused() {
    let lib = "mod string_utils; mod data; mod database; mod common;\n";
    insta::assert_snapshot!(tidy(&[
        ("ARCHITECTURE.md", "## Code map\n`crates/dmr-core/` `common/`\n"),
        ("crates/dmr-core/Cargo.toml", ""),
        ("crates/dmr-core/src/lib.rs", lib),
        ("crates/dmr-core/src/string_utils.rs", ""),
        ("crates/dmr-core/src/data.rs", ""),
        ("crates/dmr-core/src/database.rs", ""),
        ("crates/dmr-core/src/common/mod.rs", ""),
    ]), @"
    crates/dmr-core/src/common: `common` says nothing: name it after what it holds
    crates/dmr-core/src/data.rs: `data` says nothing: name it after what it holds
    crates/dmr-core/src/string_utils.rs: `string_utils` says nothing: name it after what it holds
    xtask: tidy: 3 to mend
    ");
}

#[test]
fn an_exception_from_a_lint_needs_a_reason() {
    let lib = "#![allow(dead_code)]\n#[expect(unused, reason = \"\")]\nfn a() {}\n#[cfg_attr(test, allow(unused))]\nfn b() {}\n\
        #[allow(\n    unused,\n    reason = \"told\"\n)]\nfn c() {}\n";
    insta::assert_snapshot!(tidy(&[CODE_MAP, ("crates/dmr-core/src/lib.rs", lib)]), @r#"
    crates/dmr-core/src/lib.rs:1: an exception from a lint needs a `reason = "..."`
    crates/dmr-core/src/lib.rs:2: an exception from a lint needs a `reason = "..."`
    crates/dmr-core/src/lib.rs:4: an exception from a lint needs a `reason = "..."`
    xtask: tidy: 3 to mend
    "#);
}

#[test]
fn nothing_is_left_half_done() {
    let marks = ["to", "do"].concat();
    let lib = format!("fn a() {{\n    {marks}!()\n}}\n// {}: later\n#[test]\n#[{}]\nfn b() {{}}\n", marks.to_uppercase(), "ignore");
    insta::assert_snapshot!(tidy(&[CODE_MAP, ("crates/dmr-core/src/lib.rs", &lib)]), @"
    crates/dmr-core/src/lib.rs:2: `todo!`: build it, or refuse it by name
    crates/dmr-core/src/lib.rs:4: `TODO`: do it now, or say it in an issue
    crates/dmr-core/src/lib.rs:6: `#[ignore`: a test runs or goes
    xtask: tidy: 3 to mend
    ");
}

#[test]
fn an_error_is_never_a_text() {
    let lib = "fn a() -> Result<Vec<(u8, String)>, String> { x }\nfn b() -> Result<HashMap<u8, String>, Problem> { x }\n\
        fn c() -> Result<u8, &'static str> { x }\nfn d() -> Result<fn(u8) -> String, Problem> { x }\n";
    insta::assert_snapshot!(tidy(&[CODE_MAP, ("crates/dmr-core/src/lib.rs", lib)]), @"
    crates/dmr-core/src/lib.rs:1: an error is an enum or struct with a code and facts, never a text
    crates/dmr-core/src/lib.rs:3: an error is an enum or struct with a code and facts, never a text
    xtask: tidy: 2 to mend
    ");
}

#[test]
fn every_file_is_named_by_a_module() {
    insta::assert_snapshot!(tidy(&[
        CODE_MAP,
        LIB,
        ("crates/dmr-core/src/forgotten.rs", ""),
        ("crates/dmr-core/tests/it/main.rs", "mod named;\n"),
        ("crates/dmr-core/tests/it/named.rs", ""),
        ("crates/dmr-core/tests/it/unnamed.rs", ""),
        ("crates/dmr-core/examples/shop.rs", "fn main() {}\n"),
    ]), @"
    crates/dmr-core/src/forgotten.rs: no module names this file: nobody compiles or runs it
    crates/dmr-core/tests/it/unnamed.rs: no module names this file: nobody compiles or runs it
    xtask: tidy: 2 to mend
    ");
}

#[test]
fn dependencies_run_one_way() {
    insta::assert_snapshot!(tidy(&[
        ("ARCHITECTURE.md", "## Code map\n`crates/dmr-core/` `crates/dmr-cli/`\n"),
        ("crates/dmr-core/src/lib.rs", "use std::time::SystemTime;\n"),
        ("crates/dmr-core/Cargo.toml", "[dependencies]\nserde.workspace = true\ndmr-store.workspace = true\n"),
        ("crates/dmr-cli/src/main.rs", ""),
        ("crates/dmr-cli/Cargo.toml", "[dependencies]\ndmr.workspace = true\ndmr-store = { path = \"../dmr-store\" }\n[dev-dependencies]\ndmr-store.workspace = true\n"),
    ]), @"
    crates/dmr-cli/Cargo.toml:3: `dmr-cli` must not know `dmr-store`: dependencies run one way
    crates/dmr-core/Cargo.toml:3: `dmr-core` must not know `dmr-store`: dependencies run one way
    crates/dmr-core/src/lib.rs:1: `SystemTime`: the core knows no clock, file, SQL, HTTP or async runtime; take it as an argument
    xtask: tidy: 3 to mend
    ");
}

#[test]
fn the_code_map_names_what_is_there_and_nothing_else() {
    let map = "# Architecture\n## Code map\n- `crates/dmr-core/`: `types/`, `gone/`\n## Other\n`not/looked/at`\n";
    let files = [
        ("ARCHITECTURE.md", map),
        ("crates/dmr-core/Cargo.toml", ""),
        ("crates/dmr-core/src/lib.rs", "mod types; mod gate;"),
        ("crates/dmr-core/src/types/mod.rs", ""),
        ("crates/dmr-core/src/gate/mod.rs", ""),
    ];
    insta::assert_snapshot!(tidy(&files), @"
    ARCHITECTURE.md: the code map does not name `crates/dmr-core/src/gate/`
    ARCHITECTURE.md:3: the code map names `gone`, which does not exist
    xtask: tidy: 2 to mend
    ");
    insta::assert_snapshot!(tidy(&files[1..]), @"
    ARCHITECTURE.md: is missing: it holds the invariants, the code map and the walkthroughs
    xtask: tidy: 1 to mend
    ");
}

#[test]
fn this_repository_is_tidy() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let said = said(top, &[]);
    assert!(said.contains("nothing to mend"), "{said}");
}
