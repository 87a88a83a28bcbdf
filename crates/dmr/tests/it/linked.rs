//! Models that code describes, found when the program is linked (M10).

use crate::world::Outcome;
use dmr::core::model::OnDelete;
use dmr::{Registry, StructOptions, Value};
use schemars::JsonSchema;
use serde_json::json;

/// Comes before what it rests on.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema counts")]
struct Arrival {
    berth: String,
}
dmr::model!(Arrival, StructOptions::new().namespace("port").references("berth", "port.Berth", OnDelete::Keep));

mod further_in {
    #[derive(schemars::JsonSchema)]
    #[expect(dead_code, reason = "only its schema counts")]
    struct Berth {
        number: String,
        depth: f64,
    }
    dmr::model!(Berth, dmr::StructOptions::new().namespace("port").key("number"));

    #[derive(schemars::JsonSchema)]
    #[expect(dead_code, reason = "only its schema counts")]
    struct Crane {
        lifts: u32,
    }
    dmr::model!(Crane);
}

mod twin {
    /// It calls itself what another is.
    #[derive(schemars::JsonSchema)]
    #[expect(dead_code, reason = "only its schema counts")]
    struct Quay {
        length: f64,
    }
    dmr::model!(Quay, dmr::StructOptions::new().namespace("port").name("Berth"));
}

fn told(registry: &Registry) -> Vec<String> {
    let told = |linked: &dmr::LinkedModel| match &linked.came {
        Ok(model) => {
            format!("{} is {}, {}", linked.type_name, model.name, if model.created { "new" } else { "as it was" })
        }
        Err(problem) => format!("{}: {} {}", linked.type_name, problem.code.as_str(), problem.detail),
    };
    registry.linked_models().iter().map(told).collect()
}

#[test]
fn m10_models_that_code_describes_are_found_when_it_is_linked() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Registry::builder().data(folder.path()).linked_models().open().unwrap();
    let registry = open();
    insta::assert_snapshot!(told(&registry).join("\n"), @r"
    it::linked::Arrival is port.Arrival, new
    it::linked::further_in::Berth is port.Berth, new
    it::linked::further_in::Crane is it.linked.further_in.Crane, new
    it::linked::twin::Quay: model.exists it::linked::further_in::Berth describes the model `port.Berth` too
    ");
    let session = registry.session(registry.local().unwrap());
    let sources: Vec<Value> =
        ["port.Arrival", "port.Berth", "it.linked.further_in.Crane"].map(|name| session.model(name).done().0["source"].clone()).into();
    assert_eq!(sources, [json!("static"), json!("static"), json!("static")]);
    registry.close();
    drop((session, registry));
    let again = open();
    insta::assert_snapshot!(told(&again).join("\n"), @r"
    it::linked::Arrival is port.Arrival, as it was
    it::linked::further_in::Berth is port.Berth, as it was
    it::linked::further_in::Crane is it.linked.further_in.Crane, as it was
    it::linked::twin::Quay: model.exists it::linked::further_in::Berth describes the model `port.Berth` too
    ");
}

#[test]
fn m10_nobody_who_does_not_ask_for_them_gets_them() {
    let registry = Registry::memory().unwrap();
    assert_eq!(told(&registry), [""; 0]);
    let session = registry.session(registry.local().unwrap());
    assert!(session.model("port.Berth").is_err());
}
