//! `GET /api/gatekeeper`: the export list, and the folder models come from (M9, M10).

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, PLAIN, Route, Shape, gives};
use dmr::core::{Code, Problem};
use dmr_api::route;

pub static ROUTE: Route = Route {
    template: route::GATEKEEPER,
    operation: "get_gatekeeper",
    family: Family::Gatekeeper,
    about: "Tells the export list and how it is held to, and what became of each file of the folder of models. The list is the setting \
            `gatekeeper.exports`.",
    gives: &[gives(200, Shape::Gatekeeper, "the list and the folder")],
    codes: &[Code::RightMissing],
    run: |call| run(call, show),
    ..PLAIN
};

async fn show(call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    Ok(Answer::ok(&call.session.gatekeeper()?))
}
