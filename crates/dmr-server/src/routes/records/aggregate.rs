//! `POST /api/records/{model}/aggregate`: groups of records and measures over them (R1).

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, Method, PLAIN, Route, Shape, Takes, gives};
use crate::routes::NUMBERS;
use dmr::core::{Code, Problem};
use dmr_api::{media, route};

pub static ROUTE: Route = Route {
    method: Method::Post,
    template: route::AGGREGATE,
    operation: "aggregate_records",
    family: Family::Records,
    about: "Groups records and measures the groups: `count`, `count_distinct`, `sum`, `avg`, `min`, `max`, `median`, `quantile`. Sums and \
            means are exact; `having` and `sort` speak of what is grouped by and of the measures. With `Accept: application/x-ndjson` a \
            group comes a line.",
    parameters: &[NUMBERS],
    takes: Some(Takes { shape: Shape::Aggregate, media: &[media::JSON] }),
    gives: &[gives(200, Shape::Groups, "the groups, in the order of what is grouped by where no other is asked for")],
    codes: &[
        Code::RightMissing,
        Code::ModelUnknown,
        Code::FilterField,
        Code::FilterOperator,
        Code::FilterValue,
        Code::FilterDepth,
        Code::ScanBudget,
        Code::AggregateGroups,
        Code::AggregateMemory,
    ],
    run: |call| run(call, aggregate),
    ..PLAIN
};

async fn aggregate(mut call: Call) -> Result<Answer, Problem> {
    let numbers = Call::numbers(&call.parameters()?)?;
    let document = call.json().await?;
    let model = call.place(0)?.into_owned();
    let lines = call.wants_lines();
    let groups = call.session.aggregate(&model, &document, numbers).await?;
    let mut text = Vec::new();
    if lines {
        groups.write_lines(&mut text);
        return Ok(Answer::of(http::StatusCode::OK, media::NDJSON, text));
    }
    groups.write_json(&mut text);
    Ok(Answer::json(http::StatusCode::OK, text))
}
