//! `GET /`: a page for people who opened the address in a browser.

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Access, PLAIN, Route, Shape, gives};
use dmr::core::Problem;
use dmr_api::{media, route};
use http::StatusCode;

pub static ROUTE: Route = Route {
    template: route::HOME,
    operation: "home",
    about: "A page for people.",
    access: Access::Open,
    gives: &[gives(200, Shape::Page, "the page")],
    run: |call| run(call, home),
    ..PLAIN
};

/// It holds nothing of the registry: whoever opens it has shown no credential.
static PAGE: &str = include_str!("home.html");

async fn home(call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
    Ok(Answer::of(StatusCode::OK, media::HTML, PAGE).with(http::header::CONTENT_SECURITY_POLICY, policy))
}
