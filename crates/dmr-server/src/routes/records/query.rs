//! `POST /api/records/{model}/query`: a list by a query document (R2).

use super::{lines, list};
use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, Method, PLAIN, Route, Shape, Takes, gives};
use crate::routes::NUMBERS;
use dmr::core::Problem;
use dmr_api::{media, route};

pub static ROUTE: Route = Route {
    method: Method::Post,
    template: route::QUERY,
    operation: "query_records",
    family: Family::Records,
    about: "Lists records by a query document.",
    parameters: &[NUMBERS],
    takes: Some(Takes { shape: Shape::Query, media: &[media::JSON] }),
    gives: &[gives(200, Shape::Records, "the page")],
    codes: list::ROUTE.codes,
    run: |call| run(call, query),
    ..PLAIN
};

async fn query(mut call: Call) -> Result<Answer, Problem> {
    let numbers = Call::numbers(&call.parameters()?)?;
    let document = call.json().await?;
    let model = call.place(0)?.into_owned();
    if call.wants_lines() {
        return lines::of_query(call.session, model, document, numbers, call.app.registry.settings().records.max_page_size).await;
    }
    let page = call.session.query(&model, &document, numbers).await?;
    let mut text = Vec::new();
    page.write_json(&mut text);
    Ok(Answer::json(http::StatusCode::OK, text))
}
