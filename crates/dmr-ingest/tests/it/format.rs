//! D1: which format an input has, and what is refused by name.

use crate::world::{real, real_path, text};
use dmr_ingest::{Format, Options, inspect, sniff};

fn refused(name: &str) -> String {
    let problem = inspect(&real(name), &Options::default(), &mut |_| {}).unwrap_err();
    format!("{problem} -> {}", problem.suggestions.join(" "))
}

#[test]
fn d1_formats_not_read_yet_are_refused_by_name_with_what_to_do() {
    let names = [
        "Inpatients_MHA_Machine_readable_dataset_1011.csv",
        "NYC311-5.parquet",
        "excel-xlsx.xlsx",
        "boston311-100.csv.gz",
        "boston311-100.csv.zst",
    ];
    let told: Vec<String> = names.into_iter().map(refused).collect();
    insta::assert_snapshot!(told.join("\n"), @"
    'Inpatients_MHA_Machine_readable_dataset_1011.csv' is UTF-16 text; CSV, JSON and NDJSON in UTF-8 are what is read (ingest.format) -> Convert it to UTF-8 first: iconv -f UTF-16 -t UTF-8 IN > OUT
    'NYC311-5.parquet' is Parquet; CSV, JSON and NDJSON in UTF-8 are what is read (ingest.format) -> Export it as CSV or NDJSON first
    'excel-xlsx.xlsx' is a ZIP archive, as Excel's files are; CSV, JSON and NDJSON in UTF-8 are what is read (ingest.format) -> Save the sheet as UTF-8 CSV, or unpack the archive, first
    'boston311-100.csv.gz' is gzip; CSV, JSON and NDJSON in UTF-8 are what is read (ingest.format) -> Unpack it first: gunzip FILE
    'boston311-100.csv.zst' is zstd; CSV, JSON and NDJSON in UTF-8 are what is read (ingest.format) -> Unpack it first: unzstd FILE
    ");
}

#[test]
fn d1_utf16_without_a_mark_is_recognised() {
    let bytes: Vec<u8> = "name,age\nAna,3\nBob,4\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let problem = sniff("people.csv", &bytes).unwrap_err();
    assert_eq!(problem.detail, "'people.csv' is UTF-16 text; CSV, JSON and NDJSON in UTF-8 are what is read");
}

#[test]
fn d1_the_format_of_the_real_files_is_found() {
    let of = |name: &str| {
        let head = std::fs::read(real_path(name)).unwrap();
        sniff(name, &head).unwrap()
    };
    assert_eq!(of("mlb_players.csv"), Format::Csv { delimiter: ',' });
    assert_eq!(of("boston311-100-bad.tsv"), Format::Csv { delimiter: '\t' });
    assert_eq!(of("boston311-100.jsonl"), Format::Ndjson);
    assert_eq!(of("github-issues.json"), Format::Json);
}

#[test]
fn d1_the_content_decides_where_the_name_says_nothing() {
    let cases = [
        ("x.csv", "a;b;c\n1,5;2,5;3\n", Format::Csv { delimiter: ';' }),
        ("x.csv", "a|b\n1|2\n", Format::Csv { delimiter: '|' }),
        ("x.txt", "a\tb\n1,5\t2\n", Format::Csv { delimiter: '\t' }),
        ("x.csv", "\"a,b\";\"c\"\n\"1,2\";\"3\"\n", Format::Csv { delimiter: ';' }),
        ("x.csv", "name\nSmith, Ana\nKim, Bo\n", Format::Csv { delimiter: ',' }),
        ("x.tsv", "name\nAna\n", Format::Csv { delimiter: '\t' }),
        ("x", "{\"a\":1}\n{\"a\":2}\n", Format::Ndjson),
        ("x.json", "{\"a\":1}\n{\"a\":2}\n", Format::Ndjson),
        ("x.json", "{\"a\":1}\n", Format::Json),
        ("x.json", "[{\"a\":1}]", Format::Json),
        ("x.jsonl", "{\"a\":\n{\"a\":2}\n", Format::Ndjson),
        ("x.jsonl", "[\n{\"a\":\n2}\n]", Format::Json),
        ("x.txt", "[no referrer],b\n1,2\n", Format::Csv { delimiter: ',' }),
        ("x", "\u{feff}a;b\n1;2\n", Format::Csv { delimiter: ';' }),
    ];
    for (name, content, format) in cases {
        assert_eq!(sniff(name, content.as_bytes()), Ok(format), "{name}: {content:?}");
    }
}

#[test]
fn d1_an_input_without_records_is_refused() {
    for (name, content) in [("x.csv", ""), ("x.csv", "\n\n"), ("x.csv", "a,b\n"), ("x.json", "[]"), ("x.jsonl", " \n"), ("x", "\u{feff}")] {
        let problem = inspect(&text(name, content), &Options::default(), &mut |_| {}).unwrap_err();
        assert_eq!(problem.code.as_str(), "ingest.empty", "{name}: {content:?}");
    }
}
