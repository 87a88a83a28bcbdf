//! The command line itself.

use std::process::Command;

#[test]
fn an_unknown_task_is_refused_with_the_list_of_tasks() {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask")).arg("paint").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.starts_with("xtask: there is no task `paint`\n\ncargo xtask TASK"), "{said}");
}
