//! The folder of models is watched: files that come and change while everything runs (M10).

use crate::world::{Outcome, Person};
use dmr::{Code, FileState, Registry, Settings};
use serde_json::json;
use std::path::Path;
use std::time::{Duration, Instant};

/// A registry that follows a folder.
struct Followed {
    folder: tempfile::TempDir,
    registry: Registry,
}

impl Followed {
    fn new() -> Self {
        Self::with(&Settings::default())
    }

    fn with(settings: &Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let registry = Registry::builder().settings(settings.clone()).models_path(folder.path()).open().unwrap();
        Self { folder, registry }
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn admin(&self) -> Person {
        Person(self.registry.session(self.registry.local().unwrap()))
    }

    /// The state of a file; none: it is not known of.
    fn state(&self, name: &str) -> Option<FileState> {
        let folder = self.registry.models_folder().unwrap();
        folder.files.iter().find(|file| file.path == self.folder.path().join(name)).map(|file| file.state.clone())
    }

    #[track_caller]
    fn until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let end = Instant::now() + Duration::from_secs(30);
        while !is_so(self) {
            assert!(Instant::now() < end, "{what}: {:?}", self.registry.models_folder());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn version(&self, model: &str) -> Option<String> {
        self.admin().get_model(model).ok().map(|model| model["version"].as_str().unwrap().to_owned())
    }
}

fn schema(fields: &[&str]) -> String {
    let fields: serde_json::Map<String, dmr::Value> =
        fields.iter().map(|field| ((*field).to_owned(), json!({ "type": "string" }))).collect();
    json!({ "type": "object", "properties": fields }).to_string()
}

#[test]
fn m10_a_file_that_comes_registers_its_model_and_one_that_changes_the_next_version() {
    let world = Followed::new();
    world.write("Pen.json", &schema(&["ink"]));
    world.until("registered", |world| world.version("Pen").as_deref() == Some("1.0.0"));
    world.write("Pen.json", &schema(&["ink", "width"]));
    world.until("the next version", |world| world.version("Pen").as_deref() == Some("1.1.0"));
    assert_eq!(world.state("Pen.json"), Some(FileState::Registered("Pen".into())));
    assert!(world.registry.start_summary().registered.is_empty(), "at the start there was none");
    let pen = world.admin().creates("Pen", json!({ "ink": "blue", "width": "m" })).done();
    std::fs::remove_file(world.folder.path().join("Pen.json")).unwrap();
    world.until("gone", |world| world.state("Pen.json").is_none());
    assert_eq!(world.admin().gets("Pen", &crate::world::id(&pen)).done()["ink"], "blue", "a model stays when its file goes");
}

#[test]
fn m10_a_file_that_is_wrong_is_told_and_taken_when_it_is_right_again() {
    let world = Followed::new();
    world.write("Pen.json", &schema(&["ink"]));
    world.until("registered", |world| world.version("Pen").is_some());
    world.write("Pen.json", "{\"type\": ");
    world.until("wrong", |world| matches!(world.state("Pen.json"), Some(FileState::Failed(_))));
    let Some(FileState::Failed(problem)) = world.state("Pen.json") else { panic!("it failed") };
    assert_eq!(problem.code, Code::JsonSyntax);
    assert_eq!(world.version("Pen").as_deref(), Some("1.0.0"), "what it was stays");
    world.write("Cup.json", &schema(&["size"]));
    world.until("others go on", |world| world.version("Cup").is_some());
    world.write("Pen.json", &schema(&["ink", "width"]));
    world.until("right again", |world| world.version("Pen").as_deref() == Some("1.1.0"));
}

#[test]
fn m10_hidden_files_and_others_are_left_out() {
    let world = Followed::new();
    for name in ["_Draft.json", ".Hidden.json", "notes.txt", "Pen.json.swp"] {
        world.write(name, &schema(&["a"]));
    }
    std::fs::create_dir(world.folder.path().join("Sub.json")).unwrap();
    world.write("Pen.json", &schema(&["ink"]));
    world.until("registered", |world| world.version("Pen").is_some());
    assert_eq!(world.registry.models_folder().unwrap().files.len(), 1);
    assert_eq!(world.admin().list_models(None).done(), ["Pen"]);
    std::fs::rename(world.folder.path().join("_Draft.json"), world.folder.path().join("Draft.json")).unwrap();
    world.until("no draft any more", |world| world.version("Draft").is_some());
}

#[test]
fn m10_a_file_is_read_once_and_again_only_when_it_changes() {
    let world = Followed::new();
    world.write("Pen.json", &schema(&["ink"]));
    world.until("registered", |world| world.version("Pen").is_some());
    world.admin().delete_model("Pen", false).wait().done();
    // Another file is taken by later looks, which find this one as it was.
    world.write("Cup.json", &schema(&["size"]));
    world.until("registered", |world| world.version("Cup").is_some());
    world.write("Mug.json", &schema(&["size"]));
    world.until("registered", |world| world.version("Mug").is_some());
    assert_eq!(world.version("Pen"), None, "what somebody deleted does not come back by itself");
    let log = world.admin().trail(dmr::AuditFilter { operation: Some("model.register".into()), ..Default::default() });
    assert_eq!(log.len(), 3);
}

#[test]
fn m10_two_files_of_one_model_are_told() {
    let world = Followed::new();
    world.write("Pen.json", &schema(&["ink"]));
    world.until("registered", |world| world.version("Pen").is_some());
    world.write("other.json", &format!("{{\"name\": \"Pen\", \"schema\": {}}}", schema(&["colour"])));
    world.until("told", |world| matches!(world.state("other.json"), Some(FileState::Failed(_))));
    assert_eq!(world.version("Pen").as_deref(), Some("1.0.0"));
    std::fs::remove_file(world.folder.path().join("Pen.json")).unwrap();
    world.until("with the first gone the second is taken", |world| world.version("Pen").as_deref() == Some("2.0.0"));
}

#[test]
fn m10_models_are_described_in_toml_too() {
    let world = Followed::new();
    world.write(
        "pen.toml",
        "name = \"Pen\"\nnamespace = \"shop\"\ntags = [\"office\"]\n\n[schema]\ntype = \"object\"\nrequired = [\"ink\"]\n\n\
         [schema.properties]\nink = { type = \"string\", maxLength = 20 }\nprice = { type = \"number\", minimum = 0.5 }\n\n\
         [fields.ink]\nbehaviours = [\"SEARCHABLE\"]\n",
    );
    world.until("registered", |world| world.version("shop.Pen").is_some());
    let model = world.admin().get_model("shop.Pen").done();
    assert_eq!((&model["tags"], &model["path"], &model["source"]), (&json!(["office"]), &json!("ns.models.shop.Pen"), &json!("external")));
    assert_eq!(model["schema"]["properties"]["price"]["minimum"].to_string(), "0.5");
    let names: Vec<&String> = model["schema"]["properties"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["ink", "price"]);
    world.write("Cup.toml", "type = \"object\"\n[properties\n");
    world.until("told", |world| matches!(world.state("Cup.toml"), Some(FileState::Failed(_))));
    let Some(FileState::Failed(problem)) = world.state("Cup.toml") else { panic!("it failed") };
    assert_eq!(problem.code, Code::FileUnreadable);
}

#[test]
fn m10_m8_folders_in_the_folder_are_namespaces() {
    let world = Followed::new();
    let within = |names: &[&str]| names.iter().fold(world.folder.path().to_owned(), |path, name| path.join(name));
    for folder in [&["shop", "archive"][..], &["_drafts"], &["not a name"]] {
        std::fs::create_dir_all(within(folder)).unwrap();
    }
    for (file, text) in [
        (&["shop", "Sale.json"][..], schema(&["a"])),
        (&["shop", "archive", "Sale.json"], schema(&["a"])),
        (&["shop", "titled.json"], schema(&["a"]).replacen('{', "{\"title\": \"Offer\",", 1)),
        (&["shop", "elsewhere.json"], format!("{{\"name\": \"Item\", \"namespace\": \"news\", \"schema\": {}}}", schema(&["a"]))),
        (&["shop", "dotted.json"], format!("{{\"name\": \"press.Note\", \"schema\": {}}}", schema(&["a"]))),
        (&["_drafts", "Draft.json"], schema(&["a"])),
        (&["not a name", "Odd.json"], schema(&["a"])),
    ] {
        std::fs::write(within(file), text).unwrap();
    }
    world.until("all are read", |world| {
        let folder = world.registry.models_folder().unwrap();
        folder.files.len() == 6 && folder.files.iter().all(|file| file.state != FileState::Waiting)
    });
    assert_eq!(world.admin().list_models(None).done(), ["news.Item", "press.Note", "shop.Offer", "shop.Sale", "shop.archive.Sale"]);
    let told = world.admin().gatekeeper().done();
    let file = told["folder"]["files"].as_array().unwrap().iter().find(|file| file["state"] == "failed").unwrap();
    assert_eq!((&file["file"], &file["problem"]["code"]), (&json!("not a name/Odd.json"), &json!("name.invalid")));
}

#[test]
fn m10_a_folder_that_comes_later_is_followed() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join("models");
    let registry = Registry::builder().models_path(&path).open().unwrap();
    assert_eq!(registry.models_folder().unwrap().fault.as_ref().unwrap().code, Code::FileUnreadable);
    std::fs::create_dir(&path).unwrap();
    std::fs::write(path.join("Pen.json"), schema(&["ink"])).unwrap();
    let admin = registry.session(registry.local().unwrap());
    let end = Instant::now() + Duration::from_secs(30);
    while admin.get_model("Pen").is_err() {
        assert!(Instant::now() < end, "{:?}", registry.models_folder());
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(registry.models_folder().unwrap().fault, None);
}

fn open(folder: &Path, change: impl FnOnce(&mut Settings)) -> Registry {
    let settings =
        Settings::builder().with(|settings| settings.gatekeeper.models_path = Some(folder.to_owned())).with(change).build().unwrap();
    Registry::builder().settings(settings).open().unwrap()
}

#[test]
fn m10_the_settings_name_the_folder_and_say_when_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("Pen.json"), schema(&["ink"])).unwrap();
    let started = open(folder.path(), |_| {});
    assert_eq!(started.start_summary().registered.len(), 1);
    let unwatched = open(folder.path(), |settings| settings.gatekeeper.watch = false);
    assert_eq!((unwatched.start_summary().registered.len(), unwatched.models_folder().unwrap().watched), (1, false));
    let later = open(folder.path(), |settings| settings.gatekeeper.discover_on_startup = false);
    assert!(later.start_summary().registered.is_empty());
    std::fs::write(folder.path().join("Cup.json"), schema(&["size"])).unwrap();
    let admin = Person(later.session(later.local().unwrap()));
    let end = Instant::now() + Duration::from_secs(30);
    while admin.list_models(None).done() != ["Cup"] {
        assert!(Instant::now() < end, "{:?}", later.models_folder());
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(Registry::memory().unwrap().models_folder().is_none());
}

#[test]
fn m10_a_registry_that_follows_a_folder_closes_and_its_directory_can_be_opened_again() {
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for at in 0..5 {
        let registry = Registry::builder().data(data.path()).models_path(folder.path()).open().unwrap();
        std::fs::write(folder.path().join("Pen.json"), schema(&["ink", &format!("f{at}")])).unwrap();
        registry.close();
    }
    let registry = Registry::builder().data(data.path()).open().unwrap();
    assert!(registry.models_folder().is_none());
}
