//! The real files over the command line: ingested, queried and listed out again, cell by cell what Python's csv and json find in them.

use crate::world::World;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::process::Command;

fn real(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/real").join(name)
}

/// The reader that has nothing of this project in it.
fn judge(arguments: &[&str]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dmr/tests/it/python/judge.py");
    let output = Command::new("python3").arg(script).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Takes a file in, asks for it back, holds every cell against the file and each query's total against the judge's.
fn there_and_back(name: &str, queries: &[(&str, [&str; 3])]) -> String {
    let world = World::new();
    let path = real(name);
    let path = path.to_str().unwrap();
    let answer = world.words(&["ingest", path, "--format", "json"]).json();
    assert_eq!(answer["quarantined"], 0);
    let model = answer["model"].as_str().unwrap();
    let fields = answer["fields"].as_array().unwrap();
    let names: Map<String, Value> =
        fields.iter().map(|field| (field["source"].as_str().unwrap().to_owned(), field["name"].clone())).collect();
    let listed = world.words(&["query", model, "--all", "--sort", "_id", "--format", "ndjson"]);
    assert_eq!(listed.code, 0, "{}", listed.err);
    let listed = world.file("listed.ndjson", &listed.out);
    let verdict = judge(&["same", path, listed.to_str().unwrap(), &Value::Object(names).to_string()]);
    for (condition, [column, operator, given]) in queries {
        let count =
            world.words(&["query", model, "--where", condition, "--limit", "1", "--count", "--format", "json"]).json()["count"].to_string();
        assert_eq!(count, judge(&["count", path, column, operator, given]), "{condition}");
        assert_ne!(count, "0", "a query that finds nothing shows nothing: {condition}");
    }
    format!("{model} {verdict}")
}

#[test]
fn d1_mlb_players_csv_comes_out_as_it_went_in() {
    let queries = [("Team = BOS", ["Team", "eq", "BOS"]), ("Age >= 30", ["Age", "gte", "30"])];
    insta::assert_snapshot!(there_and_back("mlb_players.csv", &queries), @"dynamic.MlbPlayers 1034 rows, 6204 cells");
}

#[test]
fn d1_mlb_players_jsonl_comes_out_as_it_went_in() {
    let queries = [("Team = BOS", ["Team", "eq", "BOS"]), ("Position contains Pitcher", ["Position", "contains", "Pitcher"])];
    insta::assert_snapshot!(there_and_back("mlb_players.jsonl", &queries), @"dynamic.MlbPlayers 1034 rows, 6204 cells");
}

#[test]
fn d1_boston311_jsonl_comes_out_as_it_went_in() {
    let queries = [("neighborhood = Dorchester", ["neighborhood", "eq", "Dorchester"]), ("closed_dt is null", ["closed_dt", "isnull", ""])];
    insta::assert_snapshot!(there_and_back("boston311-100.jsonl", &queries), @"dynamic.Boston311_100 100 rows, 2900 cells");
}

#[test]
fn d1_github_issues_json_comes_out_as_it_went_in() {
    let queries = [("user.login contains a", ["user.login", "contains", "a"]), ("comments >= 3", ["comments", "gte", "3"])];
    insta::assert_snapshot!(there_and_back("github-issues.json", &queries), @"dynamic.GithubIssues 100 rows, 2850 cells");
}

#[test]
fn d1_the_four_files_are_served_by_dev_with_what_became_of_each() {
    let world = World::new();
    for name in ["boston311-100.jsonl", "mlb_players.csv", "github-issues.json"] {
        std::fs::copy(real(name), world.path().join(name)).unwrap();
    }
    // The fourth would be the model of the second: it comes under a name of its own.
    std::fs::copy(real("mlb_players.jsonl"), world.path().join("players.jsonl")).unwrap();
    let server = world.start("dev boston311-100.jsonl mlb_players.csv players.jsonl github-issues.json");
    let models = server.line["models"].as_array().unwrap();
    let told: Vec<String> = models.iter().map(|model| format!("{} {} {}", model["name"], model["records"], model["quarantined"])).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    "dynamic.Boston311_100" 100 0
    "dynamic.MlbPlayers" 1034 0
    "dynamic.Players" 1034 0
    "dynamic.GithubIssues" 100 0
    "#);
}
