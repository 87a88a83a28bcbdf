//! What is particular to a database on a server: other sessions, lost connections, takeovers, long keys. The conformance suite runs on it
//! as on every store.

use crate::server::{Cut, Database, Wire};
use crate::world::{
    ANN, BEGINNING, Draft, Emit, Told, World, change, create, delete, id, new_record, product, purge, registration, restore, update,
};
use dmr_core::Code;
use dmr_core::decide::{Decision, Read, Reads, WorkFault};
use dmr_core::log::{Entry, EntryKind};
use dmr_core::model::{Model, Storage};
use dmr_core::record::Record;
use dmr_store::postgres::{self, Options};
use dmr_store::{LogRange, WalkBy};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

/// How often a writer took the database over.
const TAKEN_OVER: &str = "SELECT epoch FROM dmr_counter";

fn refused(told: Told) -> Code {
    match told {
        Err(WorkFault::Problem(problem)) => problem.code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn d4_a_structured_model_is_refused_by_name_and_alone() {
    let world = World::postgres();
    let model = world.model(1, product());
    let structured = Draft::new(2, product()).stored(Storage::Structured).compile();
    let told = [
        world.start(create(&model, 1, &json!({}))),
        world.start(Emit::now(registration(EntryKind::ModelRegister, None, &structured))),
        world.start(create(&model, 2, &json!({}))),
    ];
    let [before, structured, after] = told.map(|told| told.recv().unwrap());
    assert!(before.is_ok() && after.is_ok());
    assert_eq!(refused(structured), Code::BehaviourUnavailable);
    assert_eq!(world.log(&LogRange::default()).len(), 4);
}

#[test]
fn l1_what_was_committed_is_there_when_the_database_is_opened_again() {
    let database = Database::new();
    let world = World::on(&database.config(), |_| {});
    let model = world.registered(Draft::new(1, product()).index(1, &["stock"]));
    world.create(&model, 1, json!({"stock": 5}));
    world.store.set_note("secret", Some(&json!("s"))).unwrap();
    let (dump, log) = (world.dump(), world.log(&LogRange::default()));
    drop(world);
    let world = World::on(&database.config(), |options| options.clock = Arc::new(|| 7));
    assert_eq!((world.dump(), world.log(&LogRange::default())), (dump, log));
    assert_eq!(world.read(|reader| reader.note("secret")), Some(json!("s")));
    world.create(&model, 2, json!({"stock": 4}));
    assert_eq!(world.ordered(&model, 1), [2, 1]);
    let times: Vec<i64> = world.log(&LogRange::default()).iter().map(|entry| entry.time).collect();
    assert!(times.is_sorted() && times[0] >= BEGINNING, "a clock that was set back does not set the log back: {times:?}");
}

#[test]
fn i6_who_opens_a_database_takes_it_over_from_whoever_wrote_to_it() {
    let database = Database::new();
    let first = World::on(&database.config(), |_| {});
    let model = first.model(1, product());
    first.create(&model, 1, json!({}));
    let second = World::on(&database.config(), |_| {});
    let told = first.run(create(&model, 2, &json!({})));
    assert_eq!(refused(told), Code::DataOwned);
    assert_eq!(refused(first.run(create(&model, 3, &json!({})))), Code::DataOwned, "for good");
    second.create(&model, 2, json!({"name": "second"}));
    assert_eq!(first.values(&model, id(2)), Some(json!({"name": "second"})), "it may still read");
    assert_eq!(first.counts(&model).live, 2);
}

#[test]
fn a_database_of_a_newer_program_is_refused_and_left_as_it_is() {
    let database = Database::new();
    drop(World::on(&database.config(), |_| {}));
    let other = database.session();
    other.run("UPDATE dmr_meta SET value = 99");
    let epoch = other.number("SELECT epoch FROM dmr_counter");
    let opened = postgres::open(&database.config(), Options::new(Arc::new(|| 0), Arc::new(|_| {})));
    assert_eq!(opened.err().unwrap().code, Code::DataNewer);
    assert_eq!(other.number("SELECT epoch FROM dmr_counter"), epoch);
}

#[test]
fn a_server_that_is_not_there_and_a_string_that_is_none_are_told() {
    let open = |config: &str| postgres::open(config, Options::new(Arc::new(|| 0), Arc::new(|_| {}))).err().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let absent = open(&format!("host={} user=dmr dbname=dmr", folder.path().display()));
    assert_eq!(absent.code, Code::StoreFailed);
    assert_eq!(absent.suggestions, ["See whether the server runs and can be reached"]);
    assert_eq!(open("nonsense").code, Code::SettingValue);
}

/// Lets the server say of inserted records, where a condition holds, that other transactions came between.
fn disturb(database: &Database, condition: &str, state: &str) {
    // A sequence goes on where a transaction is taken back.
    database.session().run(&format!(
        "CREATE SEQUENCE disturbed; \
         CREATE FUNCTION disturb() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             IF {condition} THEN RAISE EXCEPTION 'somebody came between' USING ERRCODE = '{state}'; END IF; RETURN NEW; END $$; \
         CREATE TRIGGER disturb BEFORE INSERT ON dmr_record FOR EACH ROW EXECUTE FUNCTION disturb()"
    ));
}

#[test]
fn a_batch_that_others_came_between_is_decided_and_written_again() {
    for state in ["40001", "40P01"] {
        let database = Database::new();
        let world = World::on(&database.config(), |_| {});
        let model = world.model(1, product());
        disturb(&database, "nextval('disturbed') <= 3", state);
        let (of, mut decided) = (model.clone(), 0);
        let told = world.run(Emit::new(Vec::new(), move |_, now| {
            decided += 1;
            let made = new_record(&of, 1, &json!({"stock": decided}), now);
            Decision::Changes(vec![change(EntryKind::RecordCreate, &of, None, Some(made))])
        }));
        assert_eq!(told.unwrap().position, 3);
        assert_eq!(world.values(&model, id(1)), Some(json!({"stock": 4})), "{state}: three times in vain");
    }
}

#[test]
fn a_command_that_others_always_come_between_is_refused_alone_and_may_come_again() {
    let database = Database::new();
    let world = World::on(&database.config(), |_| {});
    let model = world.model(1, product());
    disturb(&database, "get_byte(NEW.id, 15) = 2", "40001");
    let told: Vec<_> = (1..=3).map(|number| world.start(create(&model, number, &json!({})))).collect();
    let [one, two, three] = told.try_into().map(|all: [mpsc::Receiver<Told>; 3]| all.map(|told| told.recv().unwrap())).unwrap();
    assert!(one.is_ok() && three.is_ok());
    let Err(WorkFault::Problem(problem)) = two else { panic!("{two:?}") };
    assert_eq!((problem.code, problem.retry_after), (Code::StoreFailed, Some(1)));
    assert_eq!(world.counts(&model).live, 2);
}

#[test]
fn commands_that_wait_together_are_written_together() {
    let database = Database::new();
    let world = World::on(&database.config(), |_| {});
    let model = world.model(1, product());
    let (begins, began) = mpsc::channel();
    let (gate, opens) = mpsc::channel::<()>();
    let holder = world.start(Emit::new(Vec::new(), move |_, _| {
        begins.send(()).unwrap();
        opens.recv().unwrap();
        Decision::Changes(Vec::new())
    }));
    began.recv().unwrap();
    let told: Vec<_> = (0..100).map(|number| world.start(create(&model, number, &json!({"stock": number})))).collect();
    gate.send(()).unwrap();
    holder.recv().unwrap().unwrap();
    told.into_iter().for_each(|told| drop(told.recv().unwrap().unwrap()));
    let transactions = "SELECT count(DISTINCT xmin::text) FROM dmr_record";
    assert_eq!(database.session().number(transactions), 2, "64 commands, and 36");
    assert_eq!(world.counts(&model).live, 100);
}

#[test]
fn i7_a_commit_whose_answer_was_lost_is_found_again() {
    let (database, wire) = (Database::new(), Wire::new());
    let world = World::on(&database.config_by(wire.folder.path()), |_| {});
    let model = world.model(1, product());
    wire.cut(Cut::AfterCommit);
    let made = world.create(&model, 1, json!({"name": "chair"}));
    assert_eq!(database.session().number(TAKEN_OVER), 2, "the connection was cut, and the counter taken over again");
    assert_eq!(world.record(&model, id(1)), Some(made), "acknowledged, and there");
    world.create(&model, 2, json!({}));
    let log = world.log(&LogRange::default());
    assert_eq!(log.iter().map(|entry| entry.position).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert!(log.iter().all(Entry::is_intact));
}

#[test]
fn i7_a_commit_that_never_came_to_be_is_not_acknowledged() {
    let (database, wire) = (Database::new(), Wire::new());
    let world = World::on(&database.config_by(wire.folder.path()), |_| {});
    let model = world.model(1, product());
    wire.cut(Cut::BeforeCommit);
    assert_eq!(refused(world.run(create(&model, 1, &json!({})))), Code::StoreFailed);
    assert_eq!(database.session().number(TAKEN_OVER), 2, "the connection was cut, and the counter taken over again");
    assert_eq!(world.record(&model, id(1)), None);
    world.create(&model, 1, json!({}));
    assert_eq!(world.log(&LogRange::default()).len(), 3);
}

#[test]
fn connections_that_end_between_commands_are_made_again() {
    let database = Database::new();
    let world = World::on(&database.config(), |_| {});
    let model = world.model(1, product());
    world.create(&model, 1, json!({}));
    assert_eq!(world.counts(&model).live, 1);
    let other = database.session();
    let ours = "FROM pg_stat_activity WHERE application_name = current_schema()";
    assert_eq!(other.number(&format!("SELECT count(pg_terminate_backend(pid)) {ours}")), 2, "the writer's and a reader's");
    until("they have ended", || other.number(&format!("SELECT count(*) {ours}")) == 0);
    world.create(&model, 2, json!({}));
    assert_eq!(world.counts(&model).live, 2);
}

#[test]
fn m5_keys_may_be_longer_than_a_page_of_the_server_holds() {
    let (world, memory) = (World::postgres(), World::memory());
    let model = Draft::new(1, product()).index(1, &["name"]).index(2, &["-name"]).unique(3, &["name"]).compile();
    // Alike for longer than what stands in an index; one is short.
    let long = "ä".repeat(5_000);
    let names = [format!("{long}b"), long.clone(), format!("{long}a"), "ä".to_owned(), format!("{long}a{long}"), "b".repeat(1024)];
    for world in [&world, &memory] {
        world.commit(registration(EntryKind::ModelRegister, None, &model));
        for (number, name) in names.iter().enumerate() {
            world.create(&model, number as u128, json!({"name": name}));
        }
        world.update(&model, 5, json!({"name": format!("{long}c")}));
        world.delete(&model, 0);
    }
    assert_eq!(world.ordered(&model, 1), [3, 1, 2, 4, 5]);
    assert_eq!(world.dump(), memory.dump());
    let key = model.uniques[0].key(&world.record(&model, id(4)).unwrap().doc).unwrap();
    assert_eq!(world.read(|reader| reader.unique(model.id(), 3, &key)), Some(id(4)));
    assert_eq!(refused(world.run(create(&model, 9, &json!({"name": names[4]})))), Code::Internal, "a long key is held, too");
    let lower = model.indexes[0].key(&world.record(&model, id(2)).unwrap().as_ref());
    let upper = model.indexes[0].key(&world.record(&model, id(5)).unwrap().as_ref());
    let by = WalkBy::Index { index: 1, lower, upper: Some(upper) };
    assert_eq!(world.walk(&model, by.clone(), true), memory.walk(&model, by, true));
}

#[test]
fn a_reader_that_finds_every_connection_taken_waits_for_one_and_not_for_ever() {
    let database = Database::new();
    let world = World::on(&database.config(), |options| (options.readers, options.patience) = (1, Duration::from_millis(50)));
    let model = world.model(1, product());
    let inner = world.store.read(true, &mut |_| world.store.read(false, &mut |reader| reader.counts(model.id()).map(drop)));
    assert_eq!(inner.unwrap_err().code, Code::QueueFull);
    assert_eq!(world.counts(&model).live, 0, "the connection came back");
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::yield_now();
    }
}

/// Something that happens to one of few records.
#[derive(Debug, Clone)]
enum Event {
    Create(u8, Value),
    Update(u8, Value),
    Delete(u8),
    Restore(u8),
    Purge(u8),
    /// Asks for what only the server knows.
    Recall(u8),
}

impl Event {
    fn work(&self, model: &Arc<Model>) -> Emit {
        match self.clone() {
            Self::Create(number, values) => create(model, number.into(), &values),
            Self::Update(number, values) => update(model, number.into(), &values),
            Self::Delete(number) => delete(model, number.into()),
            Self::Restore(number) => restore(model, number.into()),
            Self::Purge(number) => purge(model, number.into()),
            Self::Recall(number) => {
                let (of, id) = (model.clone(), id(number.into()));
                Emit::new(vec![Read::Record(model.clone(), id)], move |snapshot, now| {
                    let Some(Some(before)) = snapshot.record(&(of.id(), id)).cloned() else { return Decision::Changes(Vec::new()) };
                    let Some(history) = snapshot.history(&(of.id(), id, before.version)) else {
                        return Decision::Need(Reads(vec![Read::History(of.id(), id, before.version), Read::All(of.clone(), 100)]));
                    };
                    let all = snapshot.all(&of.id()).unwrap();
                    let values = json!({"stock": history.len(), "price": all.len()});
                    let after = new_record(&of, number.into(), &values, now);
                    let after = Record { version: before.version + 1, deleted_at: before.deleted_at, doc: after.doc, ..before.clone() };
                    Decision::Changes(vec![change(EntryKind::RecordUpdate, &of, Some(before), Some(after))])
                })
            }
        }
        .by(ANN)
    }
}

fn event() -> impl Strategy<Value = Event> {
    let number = 0..5_u8;
    let values = (0..4_i64, "[a-c]{1,2}").prop_map(|(stock, name)| json!({"stock": stock, "name": name}));
    prop_oneof![
        4 => (number.clone(), values.clone()).prop_map(|(number, values)| Event::Create(number, values)),
        4 => (number.clone(), values).prop_map(|(number, values)| Event::Update(number, values)),
        1 => number.clone().prop_map(Event::Delete),
        1 => number.clone().prop_map(Event::Restore),
        1 => number.clone().prop_map(Event::Purge),
        1 => number.prop_map(Event::Recall),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Commands come in bursts, so that batches have many; some do not fit (they make what is there), so that batches are taken back and
    /// their commands run singly. The time stands still: a command that is decided twice must not differ by it.
    #[test]
    fn i13_random_changes_in_bursts_give_the_state_that_memory_has(bursts in prop::collection::vec(prop::collection::vec(event(), 1..30), 1..6)) {
        let model = Draft::new(1, product()).index(1, &["stock"]).index(2, &["-name", "_updated_at"]).compile();
        let worlds = [World::memory_by(Arc::new(|| BEGINNING)), World::on(&Database::new().config(), |options| options.clock = Arc::new(|| BEGINNING))];
        for world in &worlds {
            world.commit(registration(EntryKind::ModelRegister, None, &model));
        }
        for burst in &bursts {
            let [memory, postgres] = worlds.each_ref().map(|world| {
                let told: Vec<_> = burst.iter().map(|event| world.start(event.work(&model))).collect();
                told.into_iter().map(|told| told.recv().unwrap().map(|committed| committed.position).ok()).collect::<Vec<_>>()
            });
            prop_assert_eq!(memory, postgres);
        }
        let [memory, postgres] = &worlds;
        prop_assert_eq!(memory.dump(), postgres.dump());
        prop_assert_eq!(memory.log(&LogRange::default()), postgres.log(&LogRange::default()));
        let replayed = postgres.read(dmr_store::replay_of);
        prop_assert_eq!(dmr_store::dump(&replayed).unwrap(), postgres.dump());
    }
}
