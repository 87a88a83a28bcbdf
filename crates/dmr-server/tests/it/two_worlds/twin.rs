//! The twin of the suite: each check of rights has a name, and with any one of them switched off a law is broken. A switch is the whole
//! process's, so each is tried in a process of its own: this same test binary, with one test in it.

use super::LAW;
use dmr_core::gate::Check;
use std::process::Command;
use std::sync::Mutex;
use std::thread;

/// The variable that names the check which does not stand.
pub const SWITCHED_OFF: &str = "DMR_TEST_SWITCHED_OFF";

const SUITE: &str = "two_worlds::p3_what_is_hidden_changes_no_answer_in_memory";

/// Runs the suite without a check. What it told, where no law was broken.
fn unnoticed(check: Check) -> Option<String> {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", SUITE, "--nocapture", "--test-threads=1"])
        .env(SWITCHED_OFF, check.as_str())
        .env("RUST_BACKTRACE", "0")
        .output()
        .unwrap();
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let noticed = !output.status.success() && told.contains(LAW);
    (!noticed).then(|| format!("{}:\n{told}", check.as_str()))
}

#[test]
fn p6_without_any_one_check_of_rights_a_law_is_broken() {
    let left = Mutex::new(Check::ALL.iter());
    let found = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(check) = { left.lock().unwrap().next() } {
                    let told = unnoticed(*check);
                    found.lock().unwrap().extend(told);
                }
            });
        }
    });
    let found = found.into_inner().unwrap();
    assert!(found.is_empty(), "nothing noticed that these checks were gone:\n{}", found.join("\n\n"));
}
