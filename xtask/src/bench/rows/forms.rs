//! The form plan of a large schema, in process: of one made after the pattern of the largest in use, and of FHIR R4 where that is at hand.

use crate::bench::figure::{Demand, Line};
use crate::bench::plan::Plan;
use crate::command;
use crate::failure::Failure;
use serde_json::Value;

/// The file among the workloads: what is in <https://hl7.org/fhir/R4/fhir.schema.json.zip>.
const FHIR: &str = "fhir.schema.json";

/// The example `forms` of the library, once a round.
pub fn measure(plan: &Plan) -> Result<Vec<Line>, Failure> {
    let mut lines = Vec::new();
    if !plan.has("dmr") {
        return Ok(lines);
    }
    let file = plan.workloads.join(FHIR);
    let schemas = [("15,000 fields in 700 types", None), ("FHIR R4", file.is_file().then_some(file))];
    for (what, file) in schemas.into_iter().filter(|(what, file)| *what != "FHIR R4" || file.is_some()) {
        // What is asked for is asked of the largest schema in use.
        let demand = if file.is_some() { Demand::AtMost(50.0) } else { Demand::Nothing };
        let mut line = Line::new(format!("form plan of {what}, in process"), "ms", demand);
        for round in 1..=plan.rounds {
            let mut words = vec!["run", "--release", "--quiet", "--package", "dmr", "--example", "forms"];
            let path = file.as_ref().map(|file| file.display().to_string());
            words.extend(path.iter().flat_map(|path| ["--", path.as_str()]));
            let said = command::output(&mut command::cargo(&words))?;
            println!("round {round}: {what}: {}", said.trim());
            let figures: Value =
                serde_json::from_str(&said).map_err(|error| Failure::Missing(format!("the example told no figures: {error}")))?;
            let took = figures["plan_ms"].as_f64().ok_or_else(|| Failure::Missing("the example told no plan_ms".to_owned()))?;
            line.dmr.add(took, None);
        }
        lines.push(line);
    }
    Ok(lines)
}
