//! CSV as it is found: what is a row, and what is set aside (D1, D5, invariant 11).

use crate::world::{look, read, rendered, split, text, told_aside};
use dmr_ingest::{Input, Options, Outcome, inspect, rows};

#[test]
fn d1_quoted_cells_hold_delimiters_line_ends_and_quotes() {
    let (rows, aside) = read(&text("x.csv", "a,b\n\"1,2\",\"say \"\"hi\"\"\"\r\n\"two\nlines\",x\"y\n\"ab\"c,\"\"\n"));
    insta::assert_snapshot!(rendered(&rows), @r#"
    2: {"a":"1,2","b":"say \"hi\""}
    3: {"a":"two\nlines","b":"x\"y"}
    5: {"a":"abc"}
    "#);
    assert_eq!(aside, []);
}

#[test]
fn d1_any_line_end_will_do_and_places_count_lines() {
    for end in ["\n", "\r\n", "\r"] {
        let content = ["a,b", "1,2", "", "\"x\ny\",3", "4"].join(end);
        let (rows, aside) = read(&text("x.csv", &content));
        let lines: Vec<u64> = rows.iter().map(|row| row.place.line).collect();
        assert_eq!(lines, [2, 4], "{end:?}");
        assert_eq!(aside[0].place.line, 6, "{end:?}");
    }
}

#[test]
fn d5_ragged_rows_are_set_aside_with_their_place_and_bytes() {
    let (rows, aside) = read(&text("x.csv", "a,b\n1,2\n3\n4,5,6\n7,8"));
    insta::assert_snapshot!(rendered(&rows), @r#"
    2: {"a":1,"b":2}
    5: {"a":7,"b":8}
    "#);
    insta::assert_snapshot!(told_aside(&aside), @r#"
    line 3 byte 8 ingest.cells: the row has 1 cell, too few: the header has 2 | "3\n"
    line 4 byte 10 ingest.cells: the row has 3 cells, too many: the header has 2 | "4,5,6\n"
    "#);
}

#[test]
fn d5_what_no_text_may_hold_is_set_aside() {
    let (rows, aside) = read(&Input::bytes("x.csv", *b"a,b\n1,\xFF\n2,x\0y\n3,z\n"));
    insta::assert_snapshot!(rendered(&rows), @r#"4: {"a":3,"b":"z"}"#);
    insta::assert_snapshot!(told_aside(&aside), @r#"
    line 2 byte 4 ingest.text: byte 3 of the row is not UTF-8 | "1,�\n"
    line 3 byte 8 ingest.text: byte 4 of the row is U+0000, which no text may hold | "2,x\0y\n"
    "#);
}

#[test]
fn d5_an_open_quote_costs_its_own_line_only() {
    let (rows, aside) = read(&text("x.csv", "a,b\n1,2\n\"open,3\n4,5\n6,7\n"));
    insta::assert_snapshot!(rendered(&rows), @r#"
    2: {"a":1,"b":2}
    4: {"a":4,"b":5}
    5: {"a":6,"b":7}
    "#);
    insta::assert_snapshot!(told_aside(&aside), @r#"line 3 byte 8 ingest.quote: the quote at byte 1 of the row is never closed; this line is set aside and reading goes on after it | "\"open,3\n""#);
}

#[test]
fn d5_an_open_quote_in_a_long_file_is_found_within_the_longest_record() {
    let mut content = "a,b\n\"open,3\n".to_owned();
    (0..100_000).for_each(|number| content.push_str(&format!("{number},x\n")));
    let input = text("x.csv", &content);
    let inspection = inspect(&input, &Options { longest: 1, ..Options::default() }, &mut |_| {}).unwrap();
    let (rows, aside) = split(&input, &inspection);
    assert_eq!(rows.len(), 100_000);
    insta::assert_snapshot!(told_aside(&aside), @r#"line 2 byte 4 ingest.quote: the quote at byte 1 of the row is not closed within 262144 bytes; this line is set aside and reading goes on after it | "\"open,3\n""#);
}

#[test]
fn d5_a_row_that_is_too_long_is_set_aside_and_cut() {
    let content = format!("a,b\n1,2\n{},{}\n3,4\n", "x".repeat(700_000), "y".repeat(300_000));
    let input = text("x.csv", &content);
    let inspection = inspect(&input, &Options { longest: 1, ..Options::default() }, &mut |_| {}).unwrap();
    let (rows, aside) = split(&input, &inspection);
    insta::assert_snapshot!(rendered(&rows), @r#"
    2: {"a":1,"b":2}
    4: {"a":3,"b":4}
    "#);
    insta::assert_snapshot!(told_aside(&aside), @r#"line 3 byte 8 ingest.too_large: the row is longer than the 262144 bytes allowed; only the first 65536 of its 1000002 bytes are kept | "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx""#);
    assert_eq!((aside[0].raw.len(), aside[0].length), (64 * 1024, 1_000_002));
}

#[test]
fn d5_a_long_ragged_row_is_cut_and_says_so() {
    let (_, aside) = read(&text("x.csv", format!("a,b\n{}\n", "x".repeat(100_000))));
    insta::assert_snapshot!(told_aside(&aside), @r#"line 2 byte 4 ingest.cells: the row has 1 cell, too few: the header has 2; only the first 65536 of its 100001 bytes are kept | "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx""#);
    assert_eq!((aside[0].raw.len(), aside[0].length), (64 * 1024, 100_001));
}

#[test]
fn d1_blank_lines_are_no_records_and_are_told() {
    let inspection = look(&text("x.csv", "\na,b\n\n1,2\n\n\n"));
    assert_eq!((inspection.rows, inspection.quarantined), (1, 0));
    assert_eq!(inspection.proposal.notices, ["4 blank lines left out"]);
}

#[test]
fn d1_a_header_that_cannot_be_read_refuses_the_file() {
    let problem = inspect(&Input::bytes("x.csv", *b"a,\xFF\n1,2\n"), &Options::default(), &mut |_| {}).unwrap_err();
    assert_eq!(problem.to_string(), "the header cannot be read: byte 3 of the row is not UTF-8 (ingest.format)");
}

#[test]
fn d1_a_file_that_is_not_there_is_a_problem() {
    let problem = inspect(&Input::path("no/such.csv"), &Options::default(), &mut |_| {}).unwrap_err();
    assert_eq!(problem.code.as_str(), "file.unreadable");
}

#[test]
fn d7_progress_is_told_on_the_way() {
    let mut content = "a\n".to_owned();
    (0..10_000).for_each(|number| content.push_str(&format!("{number}\n")));
    let mut told = Vec::new();
    let inspection = inspect(&text("x.csv", &content), &Options::default(), &mut |progress| told.push(progress)).unwrap();
    assert_eq!(told.iter().map(|progress| progress.rows).collect::<Vec<_>>(), [4096, 8192, 10_000]);
    let last = told.last().unwrap();
    assert_eq!((last.bytes, last.total_bytes), (content.len() as u64, Some(content.len() as u64)));
    assert_eq!(inspection.bytes, content.len() as u64);
}

#[test]
fn d5_a_file_that_changed_between_the_passes_is_refused_or_set_aside() {
    let inspection = look(&text("x.csv", "a,b\n1,2\n"));
    let wider = rows(&text("x.csv", "a,b,c\n1,2,3\n"), &inspection.layout).map(Iterator::count);
    assert_eq!(wider.unwrap_err().to_string(), "'x.csv' changed since it was looked at (ingest.format)");
    let other: Vec<_> = rows(&text("x.csv", "a,b\nx,2.5\n"), &inspection.layout).unwrap().map(Result::unwrap).collect();
    let [Outcome::Quarantined(aside)] = other.as_slice() else { panic!("{other:?}") };
    insta::assert_snapshot!(told_aside(std::slice::from_ref(aside)), @r#"line 2 byte 4 value.type: column 'a': not an integer (Digits only, with a minus sign in front where it is negative: -12); column 'b': not an integer (A whole number, without a fraction) | "x,2.5""#);
}
