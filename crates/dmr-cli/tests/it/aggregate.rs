//! R1's aggregates over the command line.

use crate::world::World;

#[test]
fn r1_groups_are_measured_at_the_terminal() {
    let world = World::with_products();
    let measures = ["count", "sum(price)", "mean=avg(price)", "p90=quantile(price, 0.9)"];
    let words = |more: &[&'static str]| [&["aggregate", "Product", "--by", "vegan"][..], &measures[..], more].concat();
    insta::assert_snapshot!(world.words(&words(&[])).done(), @r#"
    ┌─┬─┬─┬─┬─┐
    │ vegan ┆ count ┆ sum_price ┆ mean ┆ p90 │
    ╞─╪─╪─╪─╪─╡
    │ null ┆ 2 ┆ 3.2 ┆ 3.2 ┆ 3.2 │
    │ true ┆ 1 ┆ 4.5 ┆ 4.5 ┆ 4.5 │
    └─┴─┴─┴─┴─┘
    2 groups
    "#);
    insta::assert_snapshot!(world.words(&words(&["--having", "count >= 1 and vegan is not null", "--sort", "-sum_price", "--limit", "1"])).done(), @r#"
    ┌─┬─┬─┬─┬─┐
    │ vegan ┆ count ┆ sum_price ┆ mean ┆ p90 │
    ╞─╪─╪─╪─╪─╡
    │ true ┆ 1 ┆ 4.5 ┆ 4.5 ┆ 4.5 │
    └─┴─┴─┴─┴─┘
    1 group
    "#);
    insta::assert_snapshot!(world.words(&words(&["--format", "json"])).done(), @r#"{"items":[{"vegan":null,"count":2,"sum_price":3.2,"mean":3.2,"p90":3.2},{"vegan":true,"count":1,"sum_price":4.5,"mean":4.5,"p90":4.5}],"count":2}"#);
    insta::assert_snapshot!(world.words(&words(&["--format", "ndjson"])).done(), @r#"
    {"vegan":null,"count":2,"sum_price":3.2,"mean":3.2,"p90":3.2}
    {"vegan":true,"count":1,"sum_price":4.5,"mean":4.5,"p90":4.5}
    "#);
    insta::assert_snapshot!(world.words(&words(&["--format", "csv"])).done(), @r#"
    vegan,count,sum_price,mean,p90
    ,2,3.2,3.2,3.2
    true,1,4.5,4.5,4.5
    "#);
}

#[test]
fn r1_without_groups_and_measures_records_are_counted() {
    let world = World::with_products();
    insta::assert_snapshot!(world.words(&["aggregate", "Product"]).done(), @r#"
    ┌─┐
    │ count │
    ╞─╡
    │ 3 │
    └─┘
    1 group
    "#);
    insta::assert_snapshot!(world.words(&["aggregate", "Product", "--where", "price > 1000", "--by", "name"]).done(), @r#"
    no group
    0 groups
    "#);
}

#[test]
fn r1_a_measure_that_cannot_be_is_told() {
    let world = World::with_products();
    insta::assert_snapshot!(world.words(&["aggregate", "Product", "sum(name)"]).failed(3), @r#"
    filter.operator

      × /measures/sum_name/op: `sum` cannot be taken of `name`: it holds text, which is no number
      help: count
            count_distinct
            min
            max
    "#);
    insta::assert_snapshot!(world.words(&["aggregate", "Product", "max(prise)"]).failed(3), @r#"
    field.unknown

      × /measures/max_prise/field: there is no field `prise`
      help: price
    "#);
    insta::assert_snapshot!(world.words(&["aggregate", "Product", "averag(price)"]).failed(2), @r#"
    error: invalid value 'averag(price)' for '[MEASURE]...': there are count, count_distinct, sum, avg, min, max, median, quantile

    For more information, try '--help'.
    "#);
    insta::assert_snapshot!(world.words(&["aggregate", "Product", "sum(price"]).failed(2), @r#"
    error: invalid value 'sum(price' for '[MEASURE]...': a measure is written OP, OP(FIELD) or NAME=OP(FIELD): mean=avg(price)

    For more information, try '--help'.
    "#);
}
