//! The table of routes. Adding one is a file beside these and a line here.

mod audit;
mod gatekeeper;
mod ingestion;
mod models;
mod principals;
mod records;
mod service;

use crate::answer::Answer;
use crate::route::{Kind, Parameter, Route, header, query};
use http::{HeaderName, StatusCode};

/// Every route, in the order of the documentation.
pub static ALL: &[&Route] = &[
    &service::home::ROUTE,
    &service::health::ROUTE,
    &service::ready::ROUTE,
    &service::stats::ROUTE,
    &service::metrics::ROUTE,
    &service::backups::LIST,
    &service::backups::POST,
    &service::settings::GET,
    &service::settings::PATCH,
    &service::openapi::ALL,
    &service::openapi::MODEL,
    &models::list::ROUTE,
    &models::register::ROUTE,
    &models::get::ROUTE,
    &models::put::ROUTE,
    &models::change::ROUTE,
    &models::delete::ROUTE,
    &models::schema::ROUTE,
    &models::ui_schema::ROUTE,
    &models::versions::ROUTE,
    &models::advice::ROUTE,
    &models::diff::ROUTE,
    &models::statistics::ROUTE,
    &models::permissions::GET,
    &models::permissions::PUT,
    &models::job::ROUTE,
    &gatekeeper::show::ROUTE,
    &gatekeeper::models::ROUTE,
    &gatekeeper::check::ROUTE,
    &gatekeeper::log::ROUTE,
    &records::list::ROUTE,
    &records::create::ROUTE,
    &records::batch::ROUTE,
    &records::query::ROUTE,
    &records::aggregate::ROUTE,
    &records::search::ROUTE,
    &records::export::ROUTE,
    &records::import::ROUTE,
    &records::get::ROUTE,
    &records::replace::ROUTE,
    &records::update::ROUTE,
    &records::delete::ROUTE,
    &records::history::ROUTE,
    &records::restore::ROUTE,
    &records::revert::ROUTE,
    &audit::list::ROUTE,
    &principals::me::ROUTE,
    &principals::list::ROUTE,
    &principals::create::ROUTE,
    &principals::get::ROUTE,
    &principals::change::ROUTE,
    &principals::delete::ROUTE,
    &principals::keys::CREATE,
    &principals::keys::DELETE,
    &principals::roles::LIST,
    &principals::roles::GET,
    &principals::roles::PUT,
    &ingestion::upload::ROUTE,
    &ingestion::posted::ROUTE,
    &ingestion::get::ROUTE,
    &ingestion::quarantine::ROUTE,
];

const NUMBERS: Parameter = query("numbers", Kind::Word(&["number", "string"]), "`string` gives every number as a string");
const ON_ERROR: Parameter = query("on_error", Kind::Word(&["stop", "report"]), "`report` writes what can be written and tells the rest");
const LIMIT: Parameter = query("limit", Kind::Number, "at most so many");
const CURSOR: Parameter = query("cursor", Kind::Text, "where the list goes on: `next` of the page before");
const FIELDS: Parameter = query("fields", Kind::Text, "names of fields, joined by commas");
const EXPAND: Parameter = query(
    "expand",
    Kind::Text,
    "references to show the records of under `_expand`, joined by commas: `customer,lines.product`; three deep",
);
const DELETED: Parameter =
    query("deleted", Kind::Word(&["exclude", "include", "only"]), "whether deleted records are shown; a right of its own");
const IF_MATCH: Parameter = header("If-Match", Kind::Tag, "only while the version is this one");
const IF_NONE_MATCH: Parameter = header("If-None-Match", Kind::Text, "304 while the version is this one");
const IDEMPOTENCY_KEY: Parameter = header("Idempotency-Key", Kind::Key, "makes this write safe to try again for 24 hours");

const PREFER: Parameter = header("Prefer", Kind::Text, "`respond-async`: 202 at once with the address of what runs");

/// Where a page has a next one: the same address with its cursor.
fn next_link(uri: &http::Uri, next: Option<&str>) -> Option<String> {
    let kept = uri.query().unwrap_or_default().split('&').filter(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        !matches!(name, "" | "cursor" | "page")
    });
    let cursor = dmr_api::route::query_string([("cursor", next?)]);
    let pairs: Vec<&str> = kept.chain([cursor.as_str()]).collect();
    Some(format!("<{}?{}>; rel=\"next\"", uri.path(), pairs.join("&")))
}

/// What runs, with its address; `asked` where the caller preferred that to waiting.
fn accepted(running: &dmr::core::Value, at: String, asked: bool) -> Answer {
    let answer = Answer::value(StatusCode::ACCEPTED, running).location(at);
    if asked { answer.with(HeaderName::from_static("preference-applied"), "respond-async") } else { answer }
}

/// Whether the caller would rather not wait (RFC 7240).
fn prefers_async(call: &crate::call::Call) -> bool {
    let values = call.head.headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|preference| preference.trim().eq_ignore_ascii_case("respond-async"))
}

/// A list that the registry gives whole, as an answer with its link.
fn page(uri: &http::Uri, list: &dmr::core::Value) -> Answer {
    let answer = Answer::ok(list);
    match next_link(uri, list.get("next").and_then(dmr::core::Value::as_str)) {
        Some(link) => answer.with(http::header::LINK, link),
        None => answer,
    }
}
