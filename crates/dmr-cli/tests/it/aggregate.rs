//! R1's aggregates over the command line.

use crate::world::World;

#[test]
fn r1_groups_are_measured_at_the_terminal() {
    let world = World::with_products();
    let measures = ["count", "sum(price)", "mean=avg(price)", "p90=quantile(price, 0.9)"];
    let words = |more: &[&str]| [&["aggregate", "Product", "--by", "vegan"][..], &measures[..], more].concat();
    insta::assert_snapshot!(world.words(&words(&[])).done(), @"");
    insta::assert_snapshot!(world.words(&words(&["--having", "count >= 1 and vegan is not null", "--sort", "-sum_price", "--limit", "1"])).done(), @"");
    insta::assert_snapshot!(world.words(&words(&["--format", "json"])).done(), @"");
    insta::assert_snapshot!(world.words(&words(&["--format", "ndjson"])).done(), @"");
    insta::assert_snapshot!(world.words(&words(&["--format", "csv"])).done(), @"");
}

#[test]
fn r1_without_groups_and_measures_records_are_counted() {
    let world = World::with_products();
    insta::assert_snapshot!(world.words(&["aggregate", "Product"]).done(), @"");
    insta::assert_snapshot!(world.words(&["aggregate", "Product", "--where", "price > 1000", "--by", "name"]).done(), @"");
}

#[test]
fn r1_a_measure_that_cannot_be_is_told() {
    let world = World::with_products();
    insta::assert_snapshot!(world.words(&["aggregate", "Product", "sum(name)"]).failed(3), @"");
    insta::assert_snapshot!(world.words(&["aggregate", "Product", "max(prise)"]).failed(3), @"");
    insta::assert_snapshot!(world.words(&["aggregate", "Product", "averag(price)"]).failed(2), @"");
    insta::assert_snapshot!(world.words(&["aggregate", "Product", "sum(price"]).failed(2), @"");
}
