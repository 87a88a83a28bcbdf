//! What is written is what others read, and what others wrote is read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on should say where")]

use dmr_core::{FieldType, json};
use dmr_parquet::{Column, Reader, Writer};
use parquet::basic::{LogicalType, Type as Physical};
use parquet::file::reader::{FileReader, SerializedFileReader};
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

fn column(name: &str, kind: FieldType) -> Column {
    Column { name: name.to_owned(), kind, exact: true }
}

fn file(bytes: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn written(columns: &[Column], rows: &[&[Option<&str>]]) -> NamedTempFile {
    let mut writer = Writer::new(columns.to_vec(), "*", vec![("dmr.model".to_owned(), "ns.models.app.Odd".to_owned())]).unwrap();
    for row in rows {
        writer.row(|at| row[at].map(str::as_bytes), None).unwrap();
    }
    writer.finish().unwrap();
    assert!(!writer.is_empty());
    file(&writer.ready())
}

/// The rows of a file as JSON, each cell under the type of its column; the last column as it stands.
fn read(path: &Path, kinds: &[FieldType]) -> Vec<Vec<String>> {
    let mut reader = Reader::open(path).unwrap();
    let mut rows = Vec::new();
    while let Some(cells) = reader.read().unwrap() {
        let told = |(at, (_, cell))| {
            let kind = kinds.get(at).unwrap_or(&FieldType::Object);
            reader.value(at, cell, kind).map_or_else(String::new, |value| json::to_string(&value))
        };
        rows.push(cells.into_iter().enumerate().map(told).collect());
    }
    rows
}

#[test]
fn r7_columns_are_typed_and_what_they_do_not_give_back_stands_beside_them() {
    let kinds = [
        FieldType::Integer,
        FieldType::Number,
        FieldType::Boolean,
        FieldType::Date,
        FieldType::Time,
        FieldType::DateTime,
        FieldType::LocalDateTime,
        FieldType::Text,
        FieldType::Decimal,
        FieldType::Any,
    ];
    let names = ["int", "num", "flag", "day", "hour", "at", "local", "text", "dec", "any"];
    let columns: Vec<Column> = names.iter().zip(&kinds).map(|(name, kind)| column(name, kind.clone())).collect();
    let plain: [Option<&str>; 10] = [
        Some("-7"),
        Some("1.5"),
        Some("true"),
        Some("\"2024-02-29\""),
        Some("\"10:15:00\""),
        Some("\"2024-02-29T10:15:00.5Z\""),
        Some("\"2024-02-29T10:15:00\""),
        Some("\"é\\n\""),
        Some("\"12345678901234567890123456789012345678.90\""),
        Some("[1.50,{\"a\":null}]"),
    ];
    let odd: [Option<&str>; 10] = [
        Some("null"),
        Some("1e400"),
        None,
        Some("null"),
        Some("\"23:00:00-02:00\""),
        Some("\"2024-02-29T10:15:00+02:00\""),
        None,
        Some("5"),
        None,
        Some("null"),
    ];
    let file = written(&columns, &[&plain, &odd, &[None; 10]]);

    let low = SerializedFileReader::new(file.reopen().unwrap()).unwrap();
    let metadata = low.metadata().file_metadata();
    assert_eq!(metadata.num_rows(), 3);
    let notes = metadata.key_value_metadata().unwrap();
    assert!(notes.iter().any(|note| note.key == "dmr.model" && note.value.as_deref() == Some("ns.models.app.Odd")));
    let physical: Vec<Physical> = metadata.schema().get_fields().iter().map(|field| field.get_physical_type()).collect();
    use Physical::{BOOLEAN, BYTE_ARRAY, DOUBLE, INT32, INT64};
    assert_eq!(physical, [INT64, DOUBLE, BOOLEAN, INT32, INT64, INT64, INT64, BYTE_ARRAY, BYTE_ARRAY, BYTE_ARRAY, BYTE_ARRAY]);
    let logical = |at: usize| metadata.schema().get_fields()[at].get_basic_info().logical_type_ref().cloned();
    assert_eq!((logical(3), logical(7), logical(10)), (Some(LogicalType::Date), Some(LogicalType::String), Some(LogicalType::Json)));
    let mut rows = low.get_row_iter(None).unwrap();
    let first = rows.next().unwrap().unwrap().to_string();
    assert_eq!(
        first,
        "{int: -7, num: 1.5, flag: true, day: 2024-02-29, hour: 10:15:00.000000, at: 2024-02-29 10:15:00.500000 +00:00, \
         local: 2024-02-29 10:15:00.000000 +00:00, text: \"é\n\", dec: \"12345678901234567890123456789012345678.90\", \
         any: \"[1.50,{\"a\":null}]\", *: null}"
    );

    let mut expected: Vec<String> = plain.iter().map(|cell| cell.unwrap().to_owned()).collect();
    expected.push(String::new());
    let told = read(file.path(), &kinds);
    assert_eq!(told[0], expected);
    assert_eq!(
        told[1][10],
        "{\"int\":null,\"num\":1e400,\"day\":null,\"hour\":\"23:00:00-02:00\",\"at\":\"2024-02-29T10:15:00+02:00\",\"text\":5,\"any\":null}"
    );
    assert_eq!(told[1][5], "\"2024-02-29T08:15:00Z\"", "others see the instant");
    assert!(told[2].iter().all(String::is_empty));
}

#[test]
fn r7_a_large_file_has_row_groups_of_bounded_size() {
    let columns = [column("n", FieldType::Integer), column("t", FieldType::Text)];
    let mut writer = Writer::new(columns.to_vec(), "*", Vec::new()).unwrap();
    let mut bytes = Vec::new();
    let long = format!("\"{}\"", "x".repeat(1000));
    for at in 0..120_000_u32 {
        let number = at.to_string();
        writer
            .row(
                |column| {
                    Some(if column == 0 {
                        number.as_bytes()
                    } else if at < 1000 {
                        long.as_bytes()
                    } else {
                        b"\"y\""
                    })
                },
                None,
            )
            .unwrap();
        bytes.extend(writer.ready());
    }
    writer.finish().unwrap();
    bytes.extend(writer.ready());
    let file = file(&bytes);
    let low = SerializedFileReader::new(file.reopen().unwrap()).unwrap();
    assert!(low.num_row_groups() >= 3);
    let mut reader = Reader::open(file.path()).unwrap();
    let mut rows = 0;
    while reader.read().unwrap().is_some() {
        rows += 1;
    }
    assert_eq!(rows, 120_000);
}

#[test]
fn r7_what_is_no_parquet_file_or_a_damaged_one_is_told() {
    assert_eq!(Reader::open(file(b"no,parquet\n").path()).err().unwrap().code, dmr_core::Code::IngestFormat);
    let columns = [column("n", FieldType::Integer), column("t", FieldType::Text)];
    let rows: Vec<[Option<&str>; 2]> = (0..100).map(|_| [Some("7"), Some("\"text\"")]).collect();
    let rows: Vec<&[Option<&str>]> = rows.iter().map(<[_; 2]>::as_slice).collect();
    let whole = std::fs::read(written(&columns, &rows).path()).unwrap();
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        let file = file(&damaged);
        // Whatever it says, it says it: nothing panics, nothing goes on for ever.
        let Ok(mut reader) = Reader::open(file.path()) else { continue };
        let mut rows = 0;
        while let Ok(Some(_)) = reader.read() {
            rows += 1;
            assert!(rows <= 1000, "byte {at}");
        }
    }
}

fn real(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/real").join(name)
}

#[test]
fn r7_files_of_other_writers_are_read() {
    let mut reader = Reader::open(&real("mlb_players.parquet")).unwrap();
    let names: Vec<String> = reader.columns().map(str::to_owned).collect();
    let lines = std::fs::read_to_string(real("mlb_players.jsonl")).unwrap();
    let mut rows = 0;
    for line in lines.lines() {
        let Some(cells) = reader.read().unwrap() else { break };
        let expected: serde_json::Value = serde_json::from_str(line).unwrap();
        for (at, (name, cell)) in cells.into_iter().enumerate() {
            assert_eq!(name, names[at]);
            let told = reader.value(at, cell, &FieldType::Any).unwrap_or_default();
            let known = expected.get(&name).cloned().unwrap_or_default();
            let same = told == known || told.as_f64().is_some() && told.as_f64() == known.as_f64();
            assert!(same, "row {rows}, {name}: {told} for {known}");
        }
        rows += 1;
    }
    assert!(rows > 100, "{rows}");
    let mut reader = Reader::open(&real("NYC311-5.parquet")).unwrap();
    let mut rows = 0;
    while reader.read().unwrap().is_some() {
        rows += 1;
    }
    assert!(rows > 0);
}
