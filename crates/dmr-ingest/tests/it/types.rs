//! D2: which types are proposed, and the reason in words.

use crate::world::{look, text, told};

/// The type and reason of a column with these cells.
fn column(cells: &[&str]) -> String {
    let content: String =
        std::iter::once("a,b".to_owned()).chain(cells.iter().map(|cell| format!("\"{cell}\",x"))).collect::<Vec<_>>().join("\n");
    let field = look(&text("x.csv", content)).proposal.fields.remove(0);
    format!("{}: {}", field.field_type, field.reason)
}

#[test]
fn d2_the_type_of_a_column_gives_every_cell_back() {
    let columns: [&[&str]; 24] = [
        &["1", "-2", "9223372036854775807", ""],
        &["1", "2.50", "1e3", "-0"],
        &["true", "false"],
        &["2024-02-29", "2023-12-31"],
        &["2024-02-29T10:15:00Z", "2024-02-29T10:15:00.25+02:00"],
        &["2024-02-29T10:15:00", "2024-02-29T10:15:00.5"],
        &["00000000-0000-0000-0000-00000000000a", "A987FBC9-4BED-3078-CF07-9141BA07C9F3"],
        &["0123", "4567", "0001"],
        &["1", "9223372036854775808"],
        &["1.5", "1e400"],
        &["+1", "2"],
        &["1,000", "2"],
        &["1", "NA", "2", "NA"],
        &["1", "NA", "-", "2"],
        &["True", "False"],
        &["true", "yes"],
        &["2024-02-30", "2024-02-29"],
        &["2024-02-29", "2024-02-29T10:15:00Z"],
        &["2024-02-29 10:15:00"],
        &["10:15:00", "10:16"],
        &[".5", "5.", "1,5"],
        &[" 5", "6"],
        &["NA", "NA"],
        &["+1-555-0100", "Ana"],
    ];
    let told: Vec<String> = columns.iter().map(|cells| column(cells)).collect();
    insta::assert_snapshot!(told.join("\n"), @"
    integer: integers in all 3 cells; 1 cell empty
    number: numbers in all 4 cells, 1 of them whole; their digits are kept
    boolean: true or false in all 2 cells
    date: dates in all 2 cells
    date-time: times with an offset in all 2 cells
    local-date-time: dates with a time and no zone in all 2 cells
    uuid: UUIDs in all 2 cells
    text: leading zeros in 2 cells (first in line 2: '0123') and integers in 1 cell (first in line 3: '4567'); the column stays text
    text: numbers too big to count with in 1 cell (first in line 3: '9223372036854775808') and integers in 1 cell (first in line 2: '1'); the column stays text
    text: numbers too big to count with in 1 cell (first in line 3: '1e400') and numbers in 1 cell (first in line 2: '1.5'); the column stays text
    text: plus signs in 1 cell (first in line 2: '+1') and integers in 1 cell (first in line 3: '2'); the column stays text
    text: thousands separators in 1 cell (first in line 2: '1,000') and integers in 1 cell (first in line 3: '2'); the column stays text
    text: 2 of 4 cells are 'NA' (first in line 3) and integers in 2 cells (first in line 2: '1'); the column stays text
    text: 2 of 4 cells are marks such as 'NA' (first in line 3) and integers in 2 cells (first in line 2: '1'); the column stays text
    text: true and false in another spelling in 2 cells (first in line 2: 'True'); the column stays text
    text: words in 1 cell (first in line 3: 'yes') and true or false in 1 cell (first in line 2: 'true'); the column stays text
    text: dates or times in another writing in 1 cell (first in line 2: '2024-02-30') and dates in 1 cell (first in line 3: '2024-02-29'); the column stays text
    text: dates in 1 cell (first in line 2: '2024-02-29') and times with an offset in 1 cell (first in line 3: '2024-02-29T10:15:00Z'); the column stays text
    text: times with a blank inside and no zone in 1 cell (first in line 2: '2024-02-29 10:15:00'); the column stays text
    text: dates or times in another writing in 2 cells (first in line 2: '10:15:00'); the column stays text
    text: numbers in another writing in 3 cells (first in line 2: '.5'); the column stays text
    text: blanks around numbers in 1 cell (first in line 2: ' 5') and integers in 1 cell (first in line 3: '6'); the column stays text
    text: 2 of 2 cells are 'NA' (first in line 2); the column stays text
    text: words or free text
    ");
}

#[test]
fn d2_the_reason_counts_the_marks() {
    let mut cells: Vec<String> = (0..1031).map(|number| number.to_string()).collect();
    cells.splice(500..500, ["NA", "NA", "NA"].map(str::to_owned));
    let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
    insta::assert_snapshot!(column(&cells), @"text: 3 of 1,034 cells are 'NA' (first in line 502) and integers in 1,031 cells (first in line 2: '0'); the column stays text");
}

#[test]
fn d2_json_values_have_the_types_they_came_with() {
    let content = r#"
{"integer": 1, "number": 1, "big": 12345678901234567890123, "zero": -0, "bool": true, "text": "1", "date": "2024-02-29", "union": 1, "empty": "", "maybe": null, "list": [1, 2.5], "lists": [], "mixed": [1, "x"], "nothing": null}
{"integer": 2, "number": 2.50, "big": 1, "zero": 0, "bool": false, "text": "02", "date": null, "union": "x", "empty": "2024-02-29", "maybe": 1, "list": [], "lists": [], "mixed": [{"a": 1}], "nothing": null}
{"integer": 3, "number": 1e400, "big": 1, "zero": 0, "bool": true, "text": "x", "date": "2024-03-01", "union": {"a": 1}, "empty": "", "list": null, "lists": [], "mixed": [], "nothing": null, "late": true}
"#;
    let inspection = look(&text("x.jsonl", content));
    insta::assert_snapshot!(told(&inspection), @"
    X from NDJSON: 3 rows, 0 quarantined
    integer: integer - integers
    number: number - numbers, 1 of them whole; their digits are kept
    big: number - numbers, 2 of them whole; their digits are kept
    zero: number - numbers, 2 of them whole; their digits are kept
    bool: boolean - true or false
    text: text - texts, as the source has them
    date: date - dates in all 2 texts; 1 null
    union: any - several kinds of value: 1 object, 1 string and 1 integer
    empty: text - texts, as the source has them
    maybe: integer - integers; 1 null; 1 absent
    list: list of number - lists; 1 null
    lists: list of any - lists
    mixed: list of any - lists
    nothing: any - only nulls were seen: any value is taken; 3 null
    late: boolean - true or false; 2 absent
    ");
    insta::assert_snapshot!(dmr_core::json::to_string(&inspection.proposal.schema).replace("},", "},\n"), @r#"
    {"$schema":"https://json-schema.org/draft/2020-12/schema","title":"X","type":"object","properties":{"integer":{"type":"integer"},
    "number":{"type":"number"},
    "big":{"type":"number"},
    "zero":{"type":"number"},
    "bool":{"type":"boolean"},
    "text":{"type":"string"},
    "date":{"type":["string","null"],"format":"date"},
    "union":{"type":["object","string","integer"],"properties":{"a":{"type":"integer"}},
    "required":["a"]},
    "empty":{"type":"string"},
    "maybe":{"type":["integer","null"]},
    "list":{"type":["array","null"],"items":{"type":"number"}},
    "lists":{"type":"array"},
    "mixed":{"type":"array","items":{"type":["object","string","integer"],"properties":{"a":{"type":"integer"}},
    "required":["a"]}},
    "nothing":{},
    "late":{"type":"boolean"}},
    "required":["integer","number","big","zero","bool","text","date","union","empty","list","lists","mixed","nothing"]}
    "#);
}

#[test]
fn d2_objects_whose_names_are_data_stay_open() {
    let members: Vec<String> = (0..1500).map(|number| format!("\"k{number}\": 1")).collect();
    let inspection = look(&text("x.json", format!("[{{\"map\": {{{}}}}}]", members.join(","))));
    insta::assert_snapshot!(told(&inspection), @"
    X from JSON: 1 rows, 0 quarantined
    map: object - objects with too many names to list, or nested too deep: left open
    ");
    assert_eq!(inspection.proposal.schema["properties"]["map"], serde_json::json!({"type": "object"}));
}
