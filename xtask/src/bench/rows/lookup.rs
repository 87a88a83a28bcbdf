//! Finding models in process: one of 10,000 by name and by path, with the asker's rights, and a glob over 100,000 paths; a hundred registered on disk and
//! read whole, which are the figures of M11.

use crate::bench::figure::{Demand, Line};
use crate::bench::plan::Plan;
use crate::command;
use crate::failure::Failure;
use serde_json::Value;

/// What the example prints, what it is, its unit and the most it may be.
const FIGURES: [(&str, &str, &str, f64); 5] = [
    ("by_name_ns", "lookup of one of 10,000 models by name, in process, with rights", "ns", 200.0),
    ("by_path_ns", "lookup of one of 10,000 models by path, in process, with rights", "ns", 200.0),
    ("hundred_ms", "100 models registered in a data directory, in process", "ms", 500.0),
    ("hundred_found_ms", "each of them looked up and read whole", "ms", 10.0),
    ("glob_ms", "glob over 100,000 paths, in process", "ms", 5.0),
];

/// The example `lookup` of the library, once a round.
pub fn measure(plan: &Plan) -> Result<Vec<Line>, Failure> {
    let mut lines = FIGURES.map(|(_, what, unit, most)| Line::new(what, unit, Demand::AtMost(most)));
    if plan.has("dmr") {
        for round in 1..=plan.rounds {
            let said = command::output(&mut command::cargo(&["run", "--release", "--quiet", "--package", "dmr", "--example", "lookup"]))?;
            println!("round {round}: {}", said.trim());
            let figures: Value =
                serde_json::from_str(&said).map_err(|error| Failure::Missing(format!("the example told no figures: {error}")))?;
            for (line, (name, ..)) in lines.iter_mut().zip(FIGURES) {
                let value = figures[name].as_f64().ok_or_else(|| Failure::Missing(format!("the example told no {name}")))?;
                line.dmr.add(value, None);
            }
        }
    }
    Ok(lines.into())
}
