//! `GET /api/registry/models/{name}/statistics`: what the fields of a model hold (X1, X2).

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, Kind, PLAIN, Route, Shape, gives, query};
use crate::routes::NUMBERS;
use dmr::StatisticsFor;
use dmr::core::{Code, Problem};
use dmr_api::route;

pub static ROUTE: Route = Route {
    template: route::STATISTICS,
    operation: "model_statistics",
    family: Family::Models,
    about: "What the fields of a model hold, in the records one may list: how many values, nulls and different values, extremes, mean and \
            deviation, quantiles, histogram, most frequent values, sizes. Kept up beside the writing; `exact` says whether everything told \
            of a field is exact, and `estimates` how far off the rest can be.",
    parameters: &[
        query("field", Kind::Text, "only this field; fields inside others with dots"),
        query("refresh", Kind::Word(&["true", "false"]), "`true` reads the records again first, where estimates have suffered"),
        NUMBERS,
    ],
    gives: &[gives(200, Shape::Statistics, "the statistics")],
    codes: &[Code::RightMissing, Code::ModelUnknown, Code::FilterField, Code::ScanBudget, Code::StatisticsLate],
    run: |call| run(call, statistics),
    ..PLAIN
};

async fn statistics(call: Call) -> Result<Answer, Problem> {
    let given = call.parameters()?;
    let asked = StatisticsFor {
        field: given.text("field").map(|names| names.split('.').map(str::to_owned).collect()),
        refresh: given.switch("refresh")?,
        numbers: Call::numbers(&given)?,
    };
    let model = call.place(0)?;
    Ok(Answer::ok(&call.session.statistics(&model, asked).await?))
}
