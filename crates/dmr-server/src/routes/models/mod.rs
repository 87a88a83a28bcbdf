//! Models: registered, found, changed, compared.

pub mod list;
pub mod register;
pub mod get;
pub mod put;
pub mod change;
pub mod delete;
pub mod schema;
pub mod ui_schema;
pub mod versions;
pub mod diff;
pub mod statistics;
pub mod permissions;
pub mod advice;
pub mod job;

use crate::answer::Answer;
use dmr::Registered;
use http::StatusCode;

/// A model that was registered or changed: 201 where it is new, with its address.
fn registered(registered: Registered) -> Answer {
    if !registered.created {
        return Answer::ok(&registered.model).etag(registered.etag);
    }
    let at = dmr_api::route::fill(dmr_api::route::MODEL, &[&registered.name]);
    Answer::value(StatusCode::CREATED, &registered.model).location(at).etag(registered.etag)
}
