//! The examples are true: each tells a story and holds every step against what it should be.

#[path = "../../examples/product_catalogue.rs"]
mod product_catalogue;
#[path = "../../examples/user_management.rs"]
mod user_management;

use crate::world::Outcome;

#[test]
fn s0_m1_the_product_catalogue_is_a_struct() {
    product_catalogue::run().done();
}

#[test]
fn s0_p2_user_management_shows_each_its_own() {
    user_management::run().done();
}
