//! C7: backups are made while everybody writes, are of one moment, and are restored or refused.

use dmr::core::log::Entry;
use dmr::{BackupTo, Code, Problem, Registry, Session, Settings, Value, Write};
use dmr_store::sqlite::{self, Options};
use dmr_store::{LogRange, Reader, Store, dump, replay_of};
use serde_json::json;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use tempfile::TempDir;

fn admin(registry: &Registry) -> Session {
    registry.session(registry.local().unwrap())
}

fn registers(who: &Session, name: &str, storage: &str) {
    let schema = json!({ "type": "object", "properties": { "n": { "type": "integer" }, "t": { "type": "string" } } });
    let body = json!({ "name": name, "schema": schema, "storage": storage, "indexes": [["-n"]], "unique": [["t"]] });
    who.register(body).wait().unwrap();
}

/// Waits for a job; its manifest, or why there is none.
fn ended(who: &Session, job: &Value) -> Result<Value, Value> {
    let id = job["id"].as_str().unwrap();
    loop {
        let job = who.job(id).unwrap();
        match job["state"].as_str().unwrap() {
            "running" => thread::yield_now(),
            "done" => return Ok(job["backup"].clone()),
            _ => return Err(job["problem"].clone()),
        }
    }
}

fn backed_up(who: &Session, to: &Path) -> Value {
    ended(who, &who.begin_backup(&BackupTo::Directory(to.to_owned())).unwrap()).unwrap()
}

/// The log of a database that nobody has open, after it was held against what is stored.
fn log_of(data: &Path) -> Vec<Entry> {
    let store = sqlite::open(&data.join("dmr.db"), Options::new(Arc::new(|| 0), Arc::new(|_| {}))).unwrap();
    let mut entries = Vec::new();
    let mut read = |reader: &dyn Reader| {
        assert_eq!(dump(&replay_of(reader)?)?, dump(reader)?, "the log, replayed (left), and what is stored (right)");
        reader.log(&LogRange::default(), &mut |entry| {
            entries.push(entry.clone());
            ControlFlow::Continue(())
        })
    };
    store.read(true, &mut read).unwrap();
    store.close();
    entries
}

/// Writes until it is told to stop: new records, changes, deletions, and now and then a model.
fn writes(registry: &Registry, of: usize, stop: &AtomicBool, done: &AtomicU64) {
    let who = admin(registry);
    let mut ids: Vec<String> = Vec::new();
    for n in 0.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let model = if n % 2 == 0 { "Doc" } else { "Tab" };
        let pending: Vec<_> = (0..16)
            .map(|at| who.create_value(model, json!({ "n": n, "t": format!("{of}-{n}-{at}-{}", "x".repeat(200)) }), Write::default()))
            .collect();
        for pending in pending {
            ids.push(format!("{model} {}", pending.wait().unwrap().id()));
            done.fetch_add(1, Ordering::Relaxed);
        }
        let (model, id) = ids[(n * 7) % ids.len()].split_once(' ').map(|(model, id)| (model.to_owned(), id.to_owned())).unwrap();
        let patch = format!("{{\"n\": {}}}", n + 1);
        // It may be deleted already.
        let _ = who.update(&model, &id, dmr::Patch::Merge(patch.as_bytes()), Write::default()).wait();
        if n % 5 == 0 {
            let _ = who.delete(&model, &id, n % 10 == 0, Write::default()).wait();
        }
        if n % 40 == 0 {
            registers(&who, &format!("New{of}x{n}"), if n % 80 == 0 { "structured" } else { "flexible" });
        }
    }
}

#[test]
fn c7_backups_beside_writers_are_a_prefix_of_the_log_and_restore_to_it() {
    let folder = TempDir::new().unwrap();
    let registry = Registry::open(folder.path().join("data")).unwrap();
    let owner = admin(&registry);
    registers(&owner, "Doc", "flexible");
    registers(&owner, "Tab", "structured");
    let (stop, done) = (AtomicBool::new(false), AtomicU64::new(0));
    let mut manifests = Vec::new();
    thread::scope(|scope| {
        for of in 0..3 {
            let (registry, stop, done) = (&registry, &stop, &done);
            scope.spawn(move || writes(registry, of, stop, done));
        }
        for at in 0..3 {
            let before = done.load(Ordering::Relaxed);
            while done.load(Ordering::Relaxed) < before + 1_000 {
                thread::yield_now();
            }
            let to = folder.path().join(format!("backup-{at}"));
            manifests.push((backed_up(&owner, &to), to));
        }
        stop.store(true, Ordering::Relaxed);
    });
    registry.close();
    drop((registry, owner));
    let whole = log_of(&folder.path().join("data"));
    let mut last = 0;
    for (manifest, backup) in manifests {
        let position = manifest["position"].as_u64().unwrap();
        assert!(position > last && position <= whole.len() as u64, "writers went on: {position} of {}", whole.len());
        last = position;
        assert_eq!(Registry::verify_backup(&backup).unwrap().to_value(), manifest);
        let again = folder.path().join(format!("again-{position}"));
        assert_eq!(Registry::restore(&backup, &again).unwrap().to_value(), manifest);
        let log = log_of(&again);
        assert_eq!(log, whole[..log.len()], "the restored log is a prefix");
        assert_eq!(log.len() as u64, position);
        // It is a registry like any: who had a right still has it, and what is written goes on.
        let restored = Registry::open(&again).unwrap();
        admin(&restored).create_value("Doc", json!({ "n": -1, "t": "after" }), Write::default()).wait().unwrap();
        assert_eq!(manifest["records"].as_u64().unwrap() + 1, live(&restored));
        restored.close();
    }
}

fn live(registry: &Registry) -> u64 {
    let figures = registry.figures();
    match figures.iter().find(|figure| figure.name == "records").unwrap().measure {
        dmr::Measure::Gauge(number) => number,
        _ => panic!("a gauge"),
    }
}

/// A small backup, and the folder it is in.
fn small() -> (TempDir, std::path::PathBuf) {
    let folder = TempDir::new().unwrap();
    let registry = Registry::open(folder.path().join("data")).unwrap();
    let owner = admin(&registry);
    registers(&owner, "Doc", "flexible");
    for n in 0..50 {
        owner.create_value("Doc", json!({ "n": n, "t": format!("{n}") }), Write::default()).wait().unwrap();
    }
    let backup = folder.path().join("backup");
    backed_up(&owner, &backup);
    registry.close();
    (folder, backup)
}

fn told(problem: &Problem, backup: &Path) -> String {
    problem.to_string().replace(&backup.display().to_string(), "BACKUP")
}

#[test]
fn c7_a_damaged_backup_is_refused_and_what_is_damaged_is_named() {
    let (folder, backup) = small();
    let (database, manifest) = (backup.join("dmr.db"), backup.join("manifest.json"));
    let (bytes, text) = (std::fs::read(&database).unwrap(), std::fs::read_to_string(&manifest).unwrap());
    let refused = || {
        let problem = Registry::verify_backup(&backup).unwrap_err();
        let data = folder.path().join("never");
        assert_eq!(Registry::restore(&backup, &data).unwrap_err(), problem);
        assert!(!data.exists(), "nothing is left of it");
        told(&problem, &backup)
    };
    for at in [0, 100, 5_000, bytes.len() / 2, bytes.len() - 1] {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        std::fs::write(&database, damaged).unwrap();
        insta::allow_duplicates! {
            insta::assert_snapshot!(refused(), @"BACKUP/dmr.db: its bytes are not those that were written (backup.damaged)");
        }
    }
    std::fs::write(&database, &bytes[..bytes.len() - 4096]).unwrap();
    assert!(refused().contains("it has"), "{}", refused());
    std::fs::remove_file(&database).unwrap();
    insta::assert_snapshot!(refused(), @"BACKUP/dmr.db: it is missing (backup.damaged)");
    std::fs::write(&database, &bytes).unwrap();
    std::fs::write(&manifest, text.replace("\"records\": 50", "\"records\": 51")).unwrap();
    insta::assert_snapshot!(refused(), @"BACKUP/manifest.json: it is not what was written (backup.damaged)");
    std::fs::write(&manifest, "{").unwrap();
    insta::assert_snapshot!(refused(), @"BACKUP/manifest.json: this is not JSON (backup.damaged)");
    std::fs::remove_file(&manifest).unwrap();
    insta::assert_snapshot!(refused(), @"BACKUP is not a backup: it has no manifest.json (backup.unknown)");
}

#[test]
fn c7_a_directory_with_something_in_it_is_left_as_it_is() {
    let (folder, backup) = small();
    let refusal = |data: &Path| Registry::restore(&backup, data).unwrap_err().code;
    let there = folder.path().join("there");
    std::fs::create_dir(&there).unwrap();
    std::fs::write(there.join("mine"), "x").unwrap();
    assert_eq!(refusal(&there), Code::DataNotEmpty);
    assert_eq!(std::fs::read_dir(&there).unwrap().count(), 1);
    let registry = Registry::open(folder.path().join("owned")).unwrap();
    assert_eq!(refusal(&folder.path().join("owned")), Code::DataNotEmpty);
    let to = BackupTo::Directory(there);
    assert_eq!(admin(&registry).begin_backup(&to).unwrap_err().code, Code::BackupExists);
}

#[test]
fn c7_p1_only_operators_make_backups_and_only_the_owner_says_where() {
    let folder = TempDir::new().unwrap();
    let backups = folder.path().join("backups");
    let settings = Settings::builder().with(|settings| settings.backup.directory = Some(backups.clone())).build().unwrap();
    let registry = Registry::builder().data(folder.path().join("data")).settings(settings).open().unwrap();
    let with_key = registry.session(registry.authenticate(Some(&registry.administrator_key("k").unwrap())).unwrap());
    let elsewhere = BackupTo::Directory(folder.path().join("elsewhere"));
    assert_eq!(with_key.begin_backup(&elsewhere).unwrap_err().code, Code::RightMissing);
    for name in ["..", "a/b", "", ".hidden", "a\0", &"x".repeat(65)] {
        assert_eq!(with_key.begin_backup(&BackupTo::Named(Some(name.to_owned()))).unwrap_err().code, Code::NameInvalid, "{name:?}");
    }
    let job = with_key.begin_backup(&BackupTo::Named(Some("one".into()))).unwrap();
    assert_eq!((&job["kind"], &job["name"], &job["by"]), (&json!("backup"), &json!("one"), &json!(with_key.asker().id.to_string())));
    let manifest = ended(&with_key, &job).unwrap();
    let by_time = ended(&with_key, &with_key.begin_backup(&BackupTo::Named(None)).unwrap()).unwrap();
    let listed = with_key.backups().unwrap();
    assert_eq!(listed["items"].as_array().unwrap().iter().map(|item| &item["backup"]).collect::<Vec<_>>(), [&by_time, &manifest]);
    assert_eq!(with_key.begin_backup(&BackupTo::Named(Some("one".into()))).unwrap_err().code, Code::BackupExists);
    let nobody = registry.session(registry.authenticate(None).unwrap());
    assert_eq!(nobody.begin_backup(&BackupTo::Named(None)).unwrap_err().code, Code::CredentialMissing);
    assert_eq!(nobody.backups().unwrap_err().code, Code::CredentialMissing);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(backups.join("one")).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o700, "nobody else looks into it");
    }
    let memory = Registry::memory().unwrap();
    assert_eq!(admin(&memory).begin_backup(&elsewhere).unwrap_err().code, Code::BehaviourUnavailable);
    let nowhere = Registry::open(folder.path().join("other")).unwrap();
    assert_eq!(admin(&nowhere).begin_backup(&BackupTo::Named(None)).unwrap_err().code, Code::BackupNowhere);
}

#[test]
fn c7_a_backup_of_a_registry_that_closes_is_none() {
    let folder = TempDir::new().unwrap();
    let registry = Registry::open(folder.path().join("data")).unwrap();
    let owner = admin(&registry);
    registers(&owner, "Doc", "flexible");
    let to = folder.path().join("backup");
    owner.begin_backup(&BackupTo::Directory(to.clone())).unwrap();
    registry.close();
    drop((registry, owner));
    // It was whole before that, or it is nothing.
    let manifest = Registry::verify_backup(&to);
    assert!(manifest.is_ok() || manifest.is_err_and(|problem| problem.code == Code::BackupUnknown));
    assert!(!log_of(&folder.path().join("data")).is_empty());
}
