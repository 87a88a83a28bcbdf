//! What operators are told: metrics that a strict reader takes, and how long the steps of a request take (C2).

use crate::world::World;
use dmr_api::client::Request;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// A line of the exposition format: name, labels, value.
type Sample = (String, BTreeMap<String, String>, f64);

/// The classes of each histogram: upper end, how many up to there.
type Classes = BTreeMap<(String, BTreeMap<String, String>), Vec<(f64, f64)>>;

/// Reads the text form as its specification has it, and nothing more lenient: each name has one HELP and one TYPE before its lines, its lines
/// stand together, no line comes twice, histograms rise and end with `+Inf`, which is the count.
fn read(text: &str) -> Vec<Sample> {
    assert!(text.ends_with('\n'), "the last line ends");
    let (mut helped, mut kinds, mut closed) = (BTreeSet::new(), BTreeMap::new(), BTreeSet::new());
    let (mut samples, mut current, mut seen) = (Vec::new(), String::new(), BTreeSet::new());
    for line in text.lines() {
        assert!(line.trim() == line && !line.is_empty(), "{line:?}");
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, about) = rest.split_once(' ').unwrap();
            assert!(helped.insert(name.to_owned()) && !about.is_empty(), "{line}");
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(["counter", "gauge", "histogram"].contains(&kind) && helped.contains(name), "{line}");
            assert!(kinds.insert(name.to_owned(), kind.to_owned()).is_none() && !closed.contains(name), "{line}");
            closed.insert(std::mem::replace(&mut current, name.to_owned()));
        } else {
            let sample = sample(line);
            let parts = ["_bucket", "_sum", "_count"];
            let base = parts
                .iter()
                .find_map(|part| sample.0.strip_suffix(part))
                .filter(|base| kinds.get(*base).is_some_and(|kind| kind == "histogram"));
            assert_eq!(base.unwrap_or(&sample.0), current, "{line}: its lines stand under its head");
            let kind = &kinds[&current];
            assert!(kind != "counter" || (sample.0.ends_with("_total") && sample.2 >= 0.0), "{line}");
            assert!(seen.insert(line.rsplit_once(' ').unwrap().0.to_owned()), "{line} comes twice");
            samples.push(sample);
        }
    }
    check_histograms(&samples);
    samples
}

fn sample(line: &str) -> Sample {
    let (head, value) = line.rsplit_once(' ').unwrap();
    let value: f64 = value.parse().unwrap();
    let (name, labels) = head.split_once('{').map_or((head, None), |(name, labels)| (name, Some(labels.strip_suffix('}').unwrap())));
    assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && !name.as_bytes()[0].is_ascii_digit(), "{line}");
    let mut read = BTreeMap::new();
    for label in labels.into_iter().flat_map(|labels| labels.split("\",")) {
        let (label, text) = label.split_once("=\"").unwrap();
        let text = text.strip_suffix('"').unwrap_or(text);
        assert!(!text.contains(['"', '\\', '\n']), "{line}");
        assert!(read.insert(label.to_owned(), text.to_owned()).is_none(), "{line}");
    }
    (name.to_owned(), read, value)
}

fn check_histograms(samples: &[Sample]) {
    let mut buckets = Classes::new();
    for (name, labels, value) in samples {
        if let (Some(base), Some(le)) = (name.strip_suffix("_bucket"), labels.get("le")) {
            let mut others = labels.clone();
            others.remove("le");
            let end = if le == "+Inf" { f64::INFINITY } else { le.parse().unwrap() };
            buckets.entry((base.to_owned(), others)).or_default().push((end, *value));
        }
    }
    assert!(!buckets.is_empty());
    for ((base, labels), buckets) in buckets {
        assert!(buckets.is_sorted_by(|one, other| one.0 < other.0 && one.1 <= other.1), "{base} {labels:?} {buckets:?}");
        let last = buckets.last().unwrap();
        let count = samples.iter().find(|(name, of, _)| *name == format!("{base}_count") && *of == labels).unwrap();
        assert!(last.0.is_infinite() && last.1 == count.2, "{base} {labels:?}");
        assert!(samples.iter().any(|(name, of, _)| *name == format!("{base}_sum") && *of == labels), "{base} {labels:?}");
    }
}

fn value(samples: &[Sample], name: &str, labels: &[(&str, &str)]) -> f64 {
    let found = samples
        .iter()
        .find(|(known, of, _)| known == name && labels.iter().all(|(label, text)| of.get(*label).is_some_and(|given| given == text)));
    found.unwrap_or_else(|| panic!("{name} {labels:?}")).2
}

#[test]
fn c2_metrics_are_what_a_strict_reader_takes_and_count_what_was_asked() {
    let world = World::with_products();
    let admin = world.admin();
    for n in 0..3 {
        admin.post("/api/records/Product", &json!({ "name": "hush", "price": n })).must(201);
    }
    admin.get("/api/records/Product?name=hush").must(200);
    admin.get("/api/records/Product?nme=hush").must(400);
    world.nobody().get("/api/nothing/hush").must(404);
    let text = admin.get("/metrics").must(200).text().to_owned();
    let samples = read(&text);
    let records = [("route", "/api/records/{model}"), ("method", "POST")];
    let listed = [("route", "/api/records/{model}"), ("method", "GET")];
    assert_eq!(value(&samples, "dmr_http_requests_total", &[&records[..], &[("status", "201")]].concat()), 3.0);
    assert_eq!(value(&samples, "dmr_http_requests_total", &[&listed[..], &[("status", "400")]].concat()), 1.0);
    assert_eq!(value(&samples, "dmr_http_requests_total", &[("route", ""), ("status", "404")]), 1.0);
    assert_eq!(value(&samples, "dmr_http_request_duration_seconds_count", &listed), 2.0);
    for (name, least) in [
        ("dmr_records", 3.0),
        ("dmr_models", 1.0),
        ("dmr_principals", 1.0),
        ("dmr_keys", 1.0),
        ("dmr_log_position", 5.0),
        ("dmr_batch_commands_count", 4.0),
        ("dmr_commit_seconds_count", 4.0),
        ("dmr_database_bytes", 4096.0),
        ("dmr_http_requests_running", 1.0),
        ("dmr_views_found_total", 1.0),
        ("process_resident_memory_bytes", 1_000_000.0),
        ("process_open_fds", 3.0),
        ("dmr_build_info", 1.0),
    ] {
        assert!(value(&samples, name, &[]) >= least, "{name}: {}", value(&samples, name, &[]));
    }
    assert!(!text.contains("hush") && !text.contains("Product"), "no names, no values:\n{text}");
    let stats = admin.get("/stats").must(200).json();
    assert_eq!((&stats["records"], &stats["models"]), (&json!(3), &json!(1)));
    assert!(stats["commit_count"].as_u64() >= Some(4) && stats["commit_microseconds_sum"].as_u64() > Some(0), "{stats}");
}

/// The steps of a `Server-Timing` header with their milliseconds.
fn steps(header: &str) -> Vec<(String, f64)> {
    let step = |step: &str| {
        let (name, time) = step.split_once(";dur=").unwrap();
        (name.to_owned(), time.parse().unwrap())
    };
    header.split(", ").map(step).collect()
}

#[test]
fn c2_an_operator_is_told_how_long_each_step_takes_and_nobody_else() {
    let world = World::with_products();
    let user = world.person("ana", &["user"]);
    let admin = world.admin();
    let traced = |request: Request| request.header("x-debug-trace", "true");
    let made = admin.send(traced(Request::post("/api/records/Product").json(&json!({ "name": "tea", "price": 1 })))).must(201);
    let told = steps(made.header("server-timing"));
    let names: Vec<&str> = told.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["authenticate", "gate", "prepare", "queue", "decide", "commit", "render", "total"]);
    let time = |of: &str| told.iter().find(|(name, _)| name == of).unwrap().1;
    let parts = ["authenticate", "prepare", "queue", "decide", "commit", "render"].map(time).iter().sum::<f64>();
    assert!(parts <= time("total") && time("gate") <= time("prepare"), "{told:?}");
    let listed = admin.send(traced(Request::get("/api/records/Product"))).must(200);
    let names: Vec<String> = steps(listed.header("server-timing")).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["authenticate", "gate", "read", "render", "total"]);
    assert_eq!(admin.get("/api/records/Product").header("server-timing"), "", "not where it was not asked for");
    for who in [&user, &world.nobody()] {
        assert_eq!(who.send(traced(Request::get("/api/records/Product"))).header("server-timing"), "");
    }
    admin.patch("/api/settings", &json!({ "debug": true })).must(200);
    assert_eq!(user.get("/api/records/Product").must(200).header("server-timing"), "", "the setting tells the log, not who asks");
}

#[test]
fn c7_backups_are_made_by_name_as_jobs_and_only_there() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::with_products();
    let user = world.person("ana", &["user"]);
    let admin = world.admin();
    assert_eq!(admin.post("/api/backups", &json!({})).refusal(), "409 backup.nowhere");
    assert_eq!(admin.post("/api/backups", &json!({ "directory": folder.path() })).refusal(), "403 right.missing");
    assert_eq!(admin.post("/api/backups", &json!({ "directory": "here" })).refusal(), "400 body.shape [body /directory body.shape]");
    assert_eq!(admin.post("/api/backups", &json!({ "nme": "x" })).refusal(), "400 body.shape [body /nme body.shape]");
    for asked in [user.get("/api/backups"), user.post("/api/backups", &json!({}))] {
        assert_eq!(asked.refusal(), "403 right.missing");
    }
    let local = world.registry.session(world.registry.local().unwrap());
    let to = folder.path().join("one");
    let job = local.begin_backup(&dmr::BackupTo::Directory(to.clone())).unwrap();
    let at = format!("/api/jobs/{}", job["id"].as_str().unwrap());
    let done = loop {
        let job = admin.get(&at).must(200).json();
        if job["state"] != "running" {
            break job;
        }
    };
    assert_eq!((&done["state"], &done["kind"], &done["name"]), (&json!("done"), &json!("backup"), &json!("one")));
    assert_eq!(dmr::Registry::verify_backup(to).unwrap().to_value(), done["backup"]);
}
