//! What the tests need beside Rust. Installs it where it may, else says exactly what is missing and how to get it.

mod debian;
pub mod schemathesis;

use crate::command;
use crate::failure::Failure;
use std::path::PathBuf;

/// Something the tests call.
struct Need {
    /// What it is called and what for.
    what: &'static str,
    /// Debian's packages that have it.
    packages: &'static [&'static str],
    /// Whether it is here.
    is_here: fn() -> bool,
}

const NEEDS: [Need; 5] = [
    Need { what: "a C compiler, for the bundled SQLite", packages: &["gcc", "libc6-dev"], is_here: || command::find("cc").is_some() },
    Need { what: "the PostgreSQL server, for its store's tests", packages: &["postgresql"], is_here: || postgres_folder().is_some() },
    Need { what: "Python 3 with venv, for the independent readers", packages: &["python3", "python3-venv"], is_here: has_python },
    Need { what: "curl, for the README's examples", packages: &["curl"], is_here: || command::find("curl").is_some() },
    Need { what: "wrk, for the bench", packages: &["wrk"], is_here: || command::find("wrk").is_some() },
];

/// Installs what is missing.
pub fn run() -> Result<(), Failure> {
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| !(need.is_here)()).collect();
    if !missing.is_empty() {
        let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages).copied().collect();
        debian::install(&packages).map_err(|why| refusal(&missing, &packages, &why))?;
        let still: Vec<&Need> = NEEDS.iter().filter(|need| !(need.is_here)()).collect();
        if !still.is_empty() {
            let packages: Vec<&str> = still.iter().flat_map(|need| need.packages).copied().collect();
            return Err(refusal(&still, &packages, &Failure::Missing("they were installed and are still not found".to_owned())));
        }
    }
    schemathesis::install()?;
    println!("setup: everything the tests need is here");
    Ok(())
}

/// The folder with the PostgreSQL server's programs: on the search path, or the newest where Debian puts them.
pub fn postgres_folder() -> Option<PathBuf> {
    if let Some(folder) = command::find("initdb").and_then(|path| path.parent().map(PathBuf::from)) {
        return Some(folder);
    }
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(Result::ok);
    let folders = versions.map(|version| version.path().join("bin")).filter(|folder| folder.join("initdb").exists());
    folders.max_by_key(|folder| folder.parent().and_then(|version| version.file_name()?.to_str()?.parse::<u32>().ok()))
}

/// Where downloads are kept, outside the clone.
pub fn cache() -> PathBuf {
    let home = || std::env::var_os("HOME").map_or_else(std::env::temp_dir, PathBuf::from).join(".cache");
    std::env::var_os("XDG_CACHE_HOME").map_or_else(home, PathBuf::from).join("dmr")
}

fn has_python() -> bool {
    let imports = std::process::Command::new("python3").args(["-c", "import venv, ensurepip"]).output();
    imports.is_ok_and(|output| output.status.success())
}

fn refusal(missing: &[&Need], packages: &[&str], why: &Failure) -> Failure {
    let lines: String = missing.iter().map(|need| format!("  - {} ({})\n", need.what, need.packages.join(", "))).collect();
    Failure::Missing(format!(
        "this machine lacks\n{lines}and they could not be installed: {why}\nOn Debian or Ubuntu: apt-get install {}\nElsewhere: the same under your system's names.",
        packages.join(" ")
    ))
}
