//! R3 over the command line.

use crate::world::World;

impl World {
    /// With a model whose texts are searched.
    fn with_books() -> Self {
        let world = Self::new();
        world.file(
            "book.json",
            r#"{"name": "Book", "schema": {"type": "object", "properties": {
                "title": {"type": "string"}, "tags": {"type": "array", "items": {"type": "string"}},
                "maker": {"type": "object", "properties": {"city": {"type": "string"}}}, "pages": {"type": "integer"}}},
                "fields": {"title": {"behaviours": ["SEARCHABLE"]}, "tags": {"behaviours": ["SEARCHABLE"]}, "maker.city": {"behaviours": ["SEARCHABLE"]}}}"#,
        );
        world.dmr("register book.json").done();
        for record in [
            r#"{"title": "The green house", "tags": ["old", "Green"], "pages": 7}"#,
            r#"{"title": "Greenland", "maker": {"city": "Nuuk"}, "pages": 9}"#,
            r#"{"title": "One sentence that is so long that the green word in it would be cut off if it were shown from its beginning"}"#,
        ] {
            world.with(&[], record, &["record", "create", "Book", "--file", "-"]).done();
        }
        world
    }
}

#[test]
fn r3_records_are_found_by_their_words_best_first() {
    let world = World::with_books();
    insta::assert_snapshot!(world.dmr("search Book GREEN").done(), @r#"
    ┌─┬─┬─┬─┬─┬─┐
    │ score ┆ _id ┆ title ┆ tags ┆ maker ┆ pages │
    ╞─╪─╪─╪─╪─╪─╡
    │ 1.277777 ┆ <id> ┆ The green house ┆ old, Green ┆ ┆ 7 │
    │ 1.014492 ┆ <id> ┆ One sentence that is so long that the green word … ┆ ┆ ┆ │
    └─┴─┴─┴─┴─┴─┘
    2 records
    "#);
    insta::assert_snapshot!(world.dmr("search Book gre* --in title --fields title --limit 2").done(), @r#"
    ┌─┬─┬─┐
    │ score ┆ _id ┆ title │
    ╞─╪─╪─╡
    │ 1 ┆ <id> ┆ Greenland │
    │ 0.333333 ┆ <id> ┆ The green house │
    └─┴─┴─┘
    2 records; there are more (--limit N, --all)
    "#);
    insta::assert_snapshot!(world.dmr("search Book nuuk").done(), @r#"
    ┌─┬─┬─┬─┬─┬─┬─┐
    │ score ┆ _id ┆ title ┆ tags ┆ maker ┆ pages ┆ maker.city │
    ╞─╪─╪─╪─╪─╪─╪─╡
    │ 1.333333 ┆ <id> ┆ Greenland ┆ ┆ {"city":"Nuuk"} ┆ 9 ┆ Nuuk │
    └─┴─┴─┴─┴─┴─┴─┘
    1 record
    "#);
    insta::assert_snapshot!(world.words(&["search", "Book", "\"green word\""]).done().lines().count(), @r#"6"#);
    insta::assert_snapshot!(world.dmr("search Book blue").done(), @r#"
    no record
    0 records
    "#);
}

#[test]
fn r3_hits_are_bold_where_colours_are_shown() {
    let world = World::with_books();
    let lines = |env: &[(&str, &str)]| world.with(env, "", &["search", "Book", "gre*", "house", "--fields", "title,tags"]).done();
    insta::assert_snapshot!(lines(&[("CLICOLOR_FORCE", "1")]).replace('\u{1b}', "<esc>"), @r#"
    ┌─┬─┬─┬─┐
    │ score ┆ _id ┆ title ┆ tags │
    ╞─╪─╪─╪─╡
    │ 1.388888 ┆ <id> ┆ The <esc>[1mgreen<esc>[22m <esc>[1mhouse<esc>[22m ┆ old, <esc>[1mGreen<esc>[22m │
    └─┴─┴─┴─┘
    1 record
    "#);
    assert!(!lines(&[]).contains('\u{1b}'), "a file gets no marks");
    assert!(!lines(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]).contains('\u{1b}'));
}

#[test]
fn r3_every_format_tells_what_was_found() {
    let world = World::with_books();
    insta::assert_snapshot!(world.dmr("search Book gre* --fields title --limit 1 --format ndjson").done(), @r#"{"record":{"_id":"<id>","title":"Greenland"},"score":0.333333,"highlights":{"title":[[0,9]]}}"#);
    let page = world.dmr("search Book gre* --limit 1 --format json").json();
    assert_eq!((page["items"].as_array().unwrap().len(), page["next"].is_string()), (1, true));
    let next = page["next"].as_str().unwrap();
    let page = world.words(&["search", "Book", "gre*", "--cursor", next, "--format", "json"]).json();
    assert_eq!((page["items"].as_array().unwrap().len(), page["next"].is_null()), (2, true));
    insta::assert_snapshot!(world.dmr("search Book gre* --all --fields title --format csv").done(), @r#"
    _score,_id,title
    0.333333,<id>,Greenland
    0.277777,<id>,The green house
    0.014492,<id>,One sentence that is so long that the green word in it would be cut off if it were shown from its beginning
    "#);
}

#[test]
fn r3_what_cannot_be_searched_for_is_told() {
    let world = World::with_books();
    insta::assert_snapshot!(world.words(&["search", "Book", "\"green"]).failed(3), @r#"
    search.question

      × a quote is not closed
      help: "green"
            green
    "#);
    insta::assert_snapshot!(world.dmr("search Book green --in titel").failed(3), @r#"
    search.field

      × in: `titel` is not searched
      help: title
    "#);
    assert_eq!(world.dmr("search Boök green").code, 4);
}
