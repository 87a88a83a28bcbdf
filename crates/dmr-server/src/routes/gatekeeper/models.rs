//! `GET /api/gatekeeper/roles/{role}/models`: the models a role comes to (M9).

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, PLAIN, Route, Shape, gives};
use crate::routes::{CURSOR, LIMIT, page};
use dmr::AccessibleFilter;
use dmr::core::{Code, Problem};
use dmr_api::route;

pub static ROUTE: Route = Route {
    template: route::ROLE_MODELS,
    operation: "list_role_models",
    family: Family::Gatekeeper,
    about: "Lists the models a role comes to, with what it may do with their records: by the export list and by their permissions. Of one's own roles, \
            and of any with the right `register`.",
    parameters: &[LIMIT, CURSOR],
    gives: &[gives(200, Shape::RoleModels, "the models").with(&["Link"])],
    codes: &[Code::RightMissing, Code::NameInvalid, Code::CursorInvalid],
    run: |call| run(call, list),
    ..PLAIN
};

async fn list(call: Call) -> Result<Answer, Problem> {
    let given = call.parameters()?;
    let filter = AccessibleFilter { limit: given.number("limit")?, cursor: given.cursor().map(str::to_owned) };
    let list = call.session.accessible_models(Some(&call.place(0)?), &filter)?;
    Ok(page(&call.head.uri, &list))
}
