//! `GET /stats`: figures of the running server, for those who may operate it. Ids and numbers, no names, no values.

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{PLAIN, Route, Shape, gives};
use dmr::core::principal::Right;
use dmr::core::{Code, Object, Problem, Value};
use dmr::{Figure, Measure, Unit};
use dmr_api::route;

pub static ROUTE: Route = Route {
    template: route::STATS,
    operation: "stats",
    about: "Figures of the running server.",
    gives: &[gives(200, Shape::Figures, "the figures by name")],
    codes: &[Code::RightMissing],
    run: |call| run(call, stats),
    ..PLAIN
};

async fn stats(call: Call) -> Result<Answer, Problem> {
    let mut document = Object::new();
    for figure in figures(&call)?.iter().chain(&call.app.metrics.figures()) {
        let unit = match figure.unit {
            Unit::Things => "",
            Unit::Bytes => "_bytes",
            Unit::Micros => "_microseconds",
        };
        let name = format!("{}{unit}", figure.name);
        match &figure.measure {
            Measure::Gauge(number) | Measure::Counter(number) => drop(document.insert(name, (*number).into())),
            Measure::Spread(spread) => {
                document.insert(format!("{}_count", figure.name), spread.counts.iter().sum::<u64>().into());
                document.insert(format!("{name}_sum"), spread.sum.into());
            }
        }
    }
    Ok(Answer::ok(&Value::Object(document)))
}

/// The figures of the registry, for those who may operate the server.
pub fn figures(call: &Call) -> Result<Vec<Figure>, Problem> {
    call.parameters()?;
    if call.session.asker().may(Right::Operate) {
        return Ok(call.app.registry.figures());
    }
    Err(Problem::new(Code::RightMissing, "this takes the right `operate`"))
}
