//! The real files, ingested, queried and listed out again: cell by cell what an independent reader finds in them (D1, D2, D4, R2).

use super::{File, file, lines, real};
use crate::world::{Outcome, Person, on_both};
use dmr::Value;
use dmr::core::json;
use dmr::core::registration::StorageAsked;
use std::cell::RefCell;
use std::path::Path;
use std::process::Command;

/// The tests need `python3`, as the README says: a reader that has nothing of this project in it.
fn judge(arguments: &[&str]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/python/judge.py");
    let output = Command::new("python3").arg(script).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn listed(admin: &Person, model: &str) -> File {
    let mut text = Vec::new();
    for record in admin.all(model) {
        json::write(&record, &mut text);
        text.push(b'\n');
    }
    file("listed.ndjson", text)
}

/// Ingests a file on both stores in both layouts, holds the list against it, and each query's count against the judge's.
fn there_and_back(name: &str, queries: &[(&str, [&str; 3])]) -> String {
    let path = real(name);
    let path_text = path.to_str().unwrap();
    let verdicts = RefCell::new(Vec::new());
    on_both(|world| {
        for storage in [StorageAsked::Flexible, StorageAsked::Structured] {
            let admin = world.admin();
            let answer = admin.takes_in_as(&path, storage).done();
            let model = answer["model"].as_str().unwrap();
            assert_eq!(answer["quarantined"], 0);
            let names: serde_json::Map<String, Value> = answer["fields"]
                .as_array()
                .unwrap()
                .iter()
                .map(|field| (field["source"].as_str().unwrap().to_owned(), field["name"].clone()))
                .collect();
            let listed = listed(&admin, model);
            let names = Value::Object(names).to_string();
            let verdict = judge(&["same", path_text, listed.path.to_str().unwrap(), &names]);
            assert_eq!(answer["records"].as_u64().unwrap(), verdict.split(' ').next().unwrap().parse::<u64>().unwrap());
            for (filter, [column, operator, given]) in queries {
                let expected = judge(&["count", path_text, column, operator, given]);
                assert_eq!(admin.counts(model, filter).to_string(), expected, "{filter}");
                assert_ne!(expected, "0", "a query that finds nothing shows nothing: {filter}");
            }
            admin.delete_model(model, true).done();
            verdicts.borrow_mut().push(format!("{} {verdict}", answer["model"].as_str().unwrap()));
        }
    });
    let mut verdicts = verdicts.into_inner();
    verdicts.dedup();
    verdicts.join("; ")
}

#[test]
fn d1_mlb_players_csv_comes_out_as_it_went_in() {
    let queries = [
        ("Team=BOS", ["Team", "eq", "BOS"]),
        ("Age__gte=30", ["Age", "gte", "30"]),
        ("Position__contains=Pitcher", ["Position", "contains", "Pitcher"]),
        ("where={\"field\":[\"Weight(lbs)\"],\"op\":\"gte\",\"value\":250}", ["Weight(lbs)", "gte", "250"]),
    ];
    insta::assert_snapshot!(there_and_back("mlb_players.csv", &queries), @"dynamic.MlbPlayers 1034 rows, 6204 cells");
}

#[test]
fn d1_mlb_players_jsonl_comes_out_as_it_went_in() {
    let queries = [("Team=BOS", ["Team", "eq", "BOS"]), ("Age__gte=30", ["Age", "gte", "30"])];
    insta::assert_snapshot!(there_and_back("mlb_players.jsonl", &queries), @"dynamic.MlbPlayers 1034 rows, 6204 cells");
}

#[test]
fn d1_boston311_jsonl_comes_out_as_it_went_in() {
    let queries = [
        ("neighborhood=Dorchester", ["neighborhood", "eq", "Dorchester"]),
        ("case_enquiry_id__gte=101004120000", ["case_enquiry_id", "gte", "101004120000"]),
        ("closed_dt__isnull=true", ["closed_dt", "isnull", ""]),
        ("case_title__contains=Parking", ["case_title", "contains", "Parking"]),
    ];
    insta::assert_snapshot!(there_and_back("boston311-100.jsonl", &queries), @"dynamic.Boston311_100 100 rows, 2900 cells");
}

#[test]
fn d1_github_issues_json_comes_out_as_it_went_in() {
    let queries = [
        ("state=open", ["state", "eq", "open"]),
        ("user.login__contains=a", ["user.login", "contains", "a"]),
        ("comments__gte=3", ["comments", "gte", "3"]),
        ("milestone__isnull=true", ["milestone", "isnull", ""]),
    ];
    insta::assert_snapshot!(there_and_back("github-issues.json", &queries), @"dynamic.GithubIssues 100 rows, 2850 cells");
}

#[test]
fn d5_ragged_rows_of_boston311_are_set_aside_and_the_others_are_records() {
    on_both(|world| {
        let admin = world.admin();
        let answer = admin.takes_in(&real("boston311-100-bad.tsv")).done();
        insta::assert_snapshot!(format!("{} {} {}", answer["model"], answer["records"], answer["quarantined"]), @r#""dynamic.Boston311_100Bad" 99 1"#);
        insta::assert_snapshot!(lines(&admin.set_aside(&answer["ingest"])), @r#"line 41 byte 18292 ingest.cells: the row has 30 cells, too many: the header has 29 | Some("101004113615\t2022-01-01 16:14:44\t2022-01-04 08:30:00\t2022-01")"#);
        assert_eq!(admin.all("dynamic.Boston311_100Bad").len(), 99);
    });
}
