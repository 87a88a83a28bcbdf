//! The real files, whole: what is proposed, what is set aside, and that every cell comes out as it went in.

use crate::world::{cells, look, plain_csv, read, real, real_path, split, told, told_aside};
use dmr_ingest::Input;
use serde_json::Value;

#[test]
fn d2_mlb_players_csv() {
    let input = real("mlb_players.csv");
    let inspection = look(&input);
    insta::assert_snapshot!(told(&inspection), @"
    MlbPlayers from CSV: 1034 rows, 0 quarantined
    Name: text - words or free text
    Team: text - words or free text
    Position: text - words or free text
    Height(inches): integer - integers in all 1,034 cells
    Weight(lbs): integer - integers in all 1,034 cells
    Age: number - numbers in all 1,034 cells, 5 of them whole; their digits are kept
    ");
    insta::assert_json_snapshot!(inspection.proposal.schema, @r#"
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "MlbPlayers",
      "type": "object",
      "properties": {
        "Name": {
          "type": "string"
        },
        "Team": {
          "type": "string"
        },
        "Position": {
          "type": "string"
        },
        "Height(inches)": {
          "type": "integer"
        },
        "Weight(lbs)": {
          "type": "integer"
        },
        "Age": {
          "type": "number"
        }
      },
      "required": [
        "Name",
        "Team",
        "Position",
        "Height(inches)",
        "Weight(lbs)",
        "Age"
      ]
    }
    "#);
    insta::assert_json_snapshot!(inspection.proposal.fields[5], @r#"
    {
      "name": "Age",
      "source": "Age",
      "seen": 1034,
      "nulls": 0,
      "absent": 0,
      "type": "number",
      "reason": "numbers in all 1,034 cells, 5 of them whole; their digits are kept",
      "sample": [
        "22.99",
        "34.69",
        "30.78",
        "35.43",
        "35.71"
      ]
    }
    "#);
    let (rows, _) = split(&input, &inspection);
    assert_eq!(
        dmr_core::json::to_string(&Value::Object(rows[0].values.clone())),
        r#"{"Name":"Adam Donachie","Team":"BAL","Position":"Catcher","Height(inches)":74,"Weight(lbs)":180,"Age":22.99}"#
    );
}

#[test]
fn d2_mlb_players_ndjson() {
    insta::assert_snapshot!(told(&look(&real("mlb_players.jsonl"))), @"
    MlbPlayers from NDJSON: 1034 rows, 0 quarantined
    Name: text - texts, as the source has them
    Team: text - texts, as the source has them
    Position: text - texts, as the source has them
    Height(inches): integer - integers
    Weight(lbs): integer - integers
    Age: integer - integers
    ");
}

#[test]
fn d2_boston311_ndjson() {
    insta::assert_snapshot!(told(&look(&real("boston311-100.jsonl"))), @"
    Boston311_100 from NDJSON: 100 rows, 0 quarantined
    case_enquiry_id: integer - integers
    open_dt: text - texts, as the source has them
    target_dt: text - texts, as the source has them; 11 null
    closed_dt: text - texts, as the source has them; 15 null
    ontime: text - texts, as the source has them
    case_status: text - texts, as the source has them
    closure_reason: text - texts, as the source has them; 15 null
    case_title: text - texts, as the source has them
    subject: text - texts, as the source has them
    reason: text - texts, as the source has them
    type: text - texts, as the source has them
    queue: text - texts, as the source has them
    department: text - texts, as the source has them
    submittedphoto: text - texts, as the source has them; 58 null
    closedphoto: any - only nulls were seen: any value is taken; 100 null
    location: text - texts, as the source has them; 1 null
    fire_district: text - texts, as the source has them; 1 null
    pwd_district: text - texts, as the source has them; 1 null
    city_council_district: text - texts, as the source has them; 1 null
    police_district: text - texts, as the source has them; 1 null
    neighborhood: text - texts, as the source has them; 1 null
    neighborhood_services_district: text - texts, as the source has them; 1 null
    ward: text - texts, as the source has them; 1 null
    precinct: text - texts, as the source has them; 2 null
    location_street_name: text - texts, as the source has them; 1 null
    location_zipcode: text - texts, as the source has them; 17 null
    latitude: number - numbers; their digits are kept
    longitude: number - numbers; their digits are kept
    source: text - texts, as the source has them
    ");
}

#[test]
fn d2_boston311_csv() {
    insta::assert_snapshot!(told(&look(&real("boston311-100-with-nonascii.csv"))), @"
    Boston311_100WithNonascii from CSV: 100 rows, 0 quarantined
    case_enquiry_id: integer - integers in all 100 cells
    open_dt: text - times with a blank inside and no zone in 100 cells (first in line 2: '2022-01-21 13:47:00'); the column stays text
    target_dt: text - times with a blank inside and no zone in 89 cells (first in line 2: '2022-02-04 13:47:30'); the column stays text; 11 cells empty
    closed_dt: text - times with a blank inside and no zone in 85 cells (first in line 3: '2022-01-19 11:42:16'); the column stays text; 15 cells empty
    ontime: text - words or free text
    case_status: text - words or free text
    closure_reason: text - words or free text
    case_title: text - words or free text
    subject: text - words or free text
    reason: text - words or free text
    type: text - words or free text
    queue: text - words or free text
    department: text - words or free text
    submittedphoto: text - words or free text; 58 cells empty
    closedphoto: text - no cell holds anything; text takes whatever comes; 100 cells empty
    location: text - words or free text
    fire_district: text - only blanks in 1 cell (first in line 2) and integers in 99 cells (first in line 3: '3'); the column stays text
    pwd_district: text - leading zeros in 57 cells (first in line 4: '06'), only blanks in 1 cell (first in line 2) and words in 42 cells (first in line 3: '1B'); the column stays text
    city_council_district: text - only blanks in 1 cell (first in line 2) and integers in 99 cells (first in line 3: '1'); the column stays text
    police_district: text - words or free text
    neighborhood: text - words or free text
    neighborhood_services_district: text - only blanks in 1 cell (first in line 2) and integers in 99 cells (first in line 3: '3'); the column stays text
    ward: text - leading zeros in 7 cells (first in line 3: '03'), only blanks in 1 cell (first in line 2), words in 70 cells (first in line 4: 'Ward 20') and others; the column stays text
    precinct: text - leading zeros in 56 cells (first in line 3: '0303'), only blanks in 1 cell (first in line 2) and integers in 42 cells (first in line 4: '2004'); the column stays text; 1 cell empty
    location_street_name: text - words or free text; 1 cell empty
    location_zipcode: text - leading zeros in 83 cells (first in line 3: '02113'); the column stays text; 17 cells empty
    latitude: number - numbers in all 100 cells; their digits are kept
    longitude: number - numbers in all 100 cells; their digits are kept
    source: text - words or free text
    ");
}

#[test]
fn d2_day_first_dates_stay_text() {
    let told = told(&look(&real("boston311-dmy-100.csv")));
    let dates: Vec<&str> = told.lines().filter(|line| line.contains("_dt:")).collect();
    insta::assert_snapshot!(dates.join("\n"), @"
    open_dt: text - dates or times in another writing in 100 cells (first in line 2: '21/01/2022 13:47:00'); the column stays text
    target_dt: text - dates or times in another writing in 89 cells (first in line 2: '04/02/2022 13:47:30'); the column stays text; 11 cells empty
    closed_dt: text - dates or times in another writing in 85 cells (first in line 3: '19/01/2022 11:42:16'); the column stays text; 15 cells empty
    ");
}

#[test]
fn d5_a_ragged_row_of_a_tsv_is_set_aside() {
    let (rows, aside) = read(&real("boston311-100-bad.tsv"));
    assert_eq!(rows.len(), 99);
    insta::assert_snapshot!(told_aside(&aside), @r#"line 41 byte 18292 ingest.cells: the row has 30 cells, too many: the header has 29 | "101004113615\t2022-01-01 16:14:44\t2022-01-04 08:30:00\t2022-01""#);
    let file = std::fs::read(real_path("boston311-100-bad.tsv")).unwrap();
    let place = usize::try_from(aside[0].place.byte).unwrap();
    assert_eq!(file.get(place..place + aside[0].raw.len()), Some(aside[0].raw.as_slice()), "the bytes are those at the place");
}

#[test]
fn d2_carriage_returns_and_thousands_separators() {
    insta::assert_snapshot!(told(&look(&real("311011.csv"))), @"
    File311011 from CSV: 39627 rows, 0 quarantined
    #: integer - integers in all 39,627 cells
    Referrer: text - words or free text
    Referrals: text - thousands separators in 349 cells (first in line 2: '9,508,234') and integers in 39,278 cells (first in line 351: '995'); the column stays text
    ");
}

#[test]
fn d2_byte_order_mark_padded_header_money() {
    let input = real("spendover25kdownloadSep.csv");
    let inspection = look(&input);
    insta::assert_snapshot!(told(&inspection), @"
    Spendover25kdownloadSep from CSV: 189 rows, 0 quarantined
    ! ' Amount in Sterling ' is the field 'Amount in Sterling'
    Department: text - words or free text
    Entity: text - words or free text
    Date of Payment: text - dates or times in another writing in 189 cells (first in line 2: '23-Sep-11'); the column stays text
    Expense Type: text - words or free text
    Expense Area: text - words or free text
    Supplier: text - words or free text
    Transaction No: text - leading zeros in 114 cells (first in line 3: '0081135561') and words in 75 cells (first in line 2: 'Exeter 23/09/2011'); the column stays text
    Amount in Sterling: text - thousands separators in 189 cells (first in line 2: ' 27,275.25 '); the column stays text
    ");
    insta::assert_json_snapshot!(inspection.proposal.schema["properties"]["Amount in Sterling"], @r#"
    {
      "type": "string",
      "title": "Amount in Sterling",
      "x-dmr-alias": " Amount in Sterling "
    }
    "#);
    assert_eq!(split(&input, &inspection).0[0].values["Amount in Sterling"], " 27,275.25 ");
}

#[test]
fn d2_japanese_names_and_sparse_columns() {
    insta::assert_snapshot!(told(&look(&real("utf8-japanesedata.csv"))), @"
    Utf8Japanesedata from CSV: 62 rows, 0 quarantined
    番号: integer - integers in all 62 cells
    植物名: text - words or free text
    上: integer - integers in all 17 cells; 45 cells empty
    正: integer - integers in all 43 cells; 19 cells empty
    下: integer - integers in all 19 cells; 43 cells empty
    植物銘板で表示する名称: text - words or free text
    付属情報: text - words or free text; 59 cells empty
    科名: text - words or free text
    属名: text - words or free text
    学名表記: text - words or free text
    エバーグリーン植物図鑑: text - words or free text; 21 cells empty
    趣味の園芸: text - words or free text; 45 cells empty
    時期（花壇のみ）: text - no cell holds anything; text takes whatever comes; 62 cells empty
    1月: text - no cell holds anything; text takes whatever comes; 62 cells empty
    2月: integer - integers in the only cell; 61 cells empty
    3月: integer - integers in the only cell; 61 cells empty
    4月: integer - integers in all 6 cells; 56 cells empty
    5月: integer - integers in all 10 cells; 52 cells empty
    6月: integer - integers in all 6 cells; 56 cells empty
    7月: integer - integers in all 5 cells; 57 cells empty
    8月: integer - integers in all 9 cells; 53 cells empty
    9月: integer - integers in all 6 cells; 56 cells empty
    10月: text - no cell holds anything; text takes whatever comes; 62 cells empty
    11月: text - no cell holds anything; text takes whatever comes; 62 cells empty
    12月: text - no cell holds anything; text takes whatever comes; 62 cells empty
    解説: text - words or free text; 26 cells empty
    ");
}

#[test]
fn d2_nested_github_issues() {
    let inspection = look(&real("github-issues.json"));
    insta::assert_snapshot!(told(&inspection), @"
    GithubIssues from JSON: 100 rows, 0 quarantined
    url: text - texts, as the source has them
    repository_url: text - texts, as the source has them
    labels_url: text - texts, as the source has them
    comments_url: text - texts, as the source has them
    events_url: text - texts, as the source has them
    html_url: text - texts, as the source has them
    id: integer - integers
    node_id: text - texts, as the source has them
    number: integer - integers
    title: text - texts, as the source has them
    user: object - objects with 18 members
    labels: list of object - lists
    state: text - texts, as the source has them
    locked: boolean - true or false
    assignee: object - objects with 18 members; 69 null
    assignees: list of object - lists
    milestone: any - only nulls were seen: any value is taken; 100 null
    comments: integer - integers
    created_at: date-time - times with an offset in all 100 texts
    updated_at: date-time - times with an offset in all 100 texts
    closed_at: date-time - times with an offset in all 85 texts; 15 null
    author_association: text - texts, as the source has them
    active_lock_reason: any - only nulls were seen: any value is taken; 100 null
    body: text - texts, as the source has them; 1 null
    reactions: object - objects with 10 members
    timeline_url: text - texts, as the source has them
    performed_via_github_app: any - only nulls were seen: any value is taken; 100 null
    state_reason: text - texts, as the source has them; 40 null
    draft: boolean - true or false; 75 absent
    pull_request: object - objects with 5 members; 75 absent
    ");
    let properties = &inspection.proposal.schema["properties"];
    insta::assert_json_snapshot!(properties["labels"], @r#"
    {
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "id": {
            "type": "integer"
          },
          "node_id": {
            "type": "string"
          },
          "url": {
            "type": "string"
          },
          "name": {
            "type": "string"
          },
          "color": {
            "type": "string"
          },
          "default": {
            "type": "boolean"
          },
          "description": {
            "type": "string"
          }
        },
        "required": [
          "id",
          "node_id",
          "url",
          "name",
          "color",
          "default",
          "description"
        ]
      }
    }
    "#);
    insta::assert_json_snapshot!(properties["assignee"]["type"], @r#"
    [
      "object",
      "null"
    ]
    "#);
    insta::assert_json_snapshot!(properties["pull_request"], @r#"
    {
      "type": "object",
      "properties": {
        "url": {
          "type": "string"
        },
        "html_url": {
          "type": "string"
        },
        "diff_url": {
          "type": "string"
        },
        "patch_url": {
          "type": "string"
        },
        "merged_at": {
          "type": [
            "string",
            "null"
          ],
          "format": "date-time"
        }
      },
      "required": [
        "url",
        "html_url",
        "diff_url",
        "patch_url",
        "merged_at"
      ]
    }
    "#);
    insta::assert_json_snapshot!(properties["closed_at"], @r#"
    {
      "type": [
        "string",
        "null"
      ],
      "format": "date-time"
    }
    "#);
}

/// D2, invariant 10: the cells that come out of the rows are the ones an independent reader reads.
#[test]
fn d2_every_cell_of_the_real_csvs_comes_out_as_it_went_in() {
    let names = [
        ("mlb_players.csv", b','),
        ("boston311-dmy-100.csv", b','),
        ("boston311-100-with-nonascii.csv", b','),
        ("spendover25kdownloadSep.csv", b','),
        ("utf8-japanesedata.csv", b','),
        ("311011.csv", b','),
    ];
    for (name, delimiter) in names {
        let input = real(name);
        let inspection = look(&input);
        let ours = cells(&input, &inspection);
        assert_eq!(ours, plain_csv(&std::fs::read(real_path(name)).unwrap(), delimiter), "{name}");
    }
}

/// D2: the same for JSON, value by value under a stock parser that keeps digits.
#[test]
fn d2_every_value_of_the_real_json_comes_out_as_it_went_in() {
    for name in ["mlb_players.jsonl", "boston311-100.jsonl"] {
        let file = std::fs::read_to_string(real_path(name)).unwrap();
        let expected: Vec<Value> = file.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let ours: Vec<Value> = read(&real(name)).0.into_iter().map(|row| Value::Object(row.values)).collect();
        assert_eq!(ours, expected, "{name}");
    }
    let file = std::fs::read(real_path("github-issues.json")).unwrap();
    let expected: Vec<Value> = serde_json::from_slice(&file).unwrap();
    let ours: Vec<Value> = read(&real("github-issues.json")).0.into_iter().map(|row| Value::Object(row.values)).collect();
    assert_eq!(ours, expected);
}

/// D1: an upload that was spooled keeps its own name.
#[test]
fn d1_a_spooled_upload_is_called_after_its_own_name() {
    let input = Input::spooled("mlb_players.csv", real_path("mlb_players.csv"));
    assert_eq!(look(&input), look(&real("mlb_players.csv")));
}
