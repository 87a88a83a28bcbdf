//! Laws, on random inputs: nothing is lost, nothing panics, every cell comes back.

use crate::world::{cells, look, plain_csv, split};
use dmr_core::FieldType;
use dmr_ingest::{Input, Inspection, Options, inspect};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value};

/// Cells that look like values of the types, or nearly.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        any::<i64>().prop_map(|number| number.to_string()),
        "[+-]?[0-9]{1,22}(\\.[0-9]{0,4})?([eE][+-]?[0-9]{1,4})?",
        "[0-9]{1,3}(,[0-9]{3}){0,2}",
        "(true|false|True|NA|-|null)",
        "[0-9]{4}-[01][0-9]-[0-3][0-9]",
        "[0-9]{4}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,8})?(Z|z|[+-][0-2][0-9]:[0-6][0-9])?",
        "[0-9a-fA-F]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "[ \t]?[a-zß\u{301}é,;\"\r\n]{0,8}[ ]?",
    ]
}

/// Columns that are mostly of one kind, as real ones are.
fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    let column = (vec(cell(), 1..3), vec(any::<prop::sample::Index>(), 12))
        .prop_map(|(kinds, picks)| picks.iter().map(|pick| kinds[pick.index(kinds.len())].clone()).collect::<Vec<_>>());
    (vec(column, 2..5), 1..12_usize)
        .prop_map(|(columns, rows)| (0..rows).map(|row| columns.iter().map(|column| column[row].clone()).collect()).collect())
}

fn look_at(name: &str, bytes: &[u8]) -> Option<(Input, Inspection)> {
    let input = Input::bytes(name, bytes);
    inspect(&input, &Options::default(), &mut |_| {}).ok().map(|inspection| (input, inspection))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// D2, invariant 10: whatever types are proposed, the cells of the rows are those an independent reader reads.
    #[test]
    fn d2_every_cell_comes_back(table in table(), end in prop_oneof![Just("\n"), Just("\r\n"), Just("\r")]) {
        let header = (0..table[0].len()).map(|at| format!("c{at}")).collect::<Vec<_>>();
        let terminator = match end { "\r\n" => csv::Terminator::CRLF, "\r" => csv::Terminator::Any(b'\r'), _ => csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new().terminator(terminator).from_writer(Vec::new());
        writer.write_record(&header).unwrap();
        table.iter().for_each(|row| writer.write_record(row).unwrap());
        let bytes = writer.into_inner().unwrap();
        let input = Input::bytes("x.csv", bytes.as_slice());
        let options = Options { format: Some(dmr_ingest::Format::Csv { delimiter: ',' }), ..Options::default() };
        let inspection = inspect(&input, &options, &mut |_| {}).unwrap();
        let ours = cells(&input, &inspection);
        prop_assert_eq!(&ours, &plain_csv(&bytes, b','));
        prop_assert_eq!(&ours, &table);
    }

    /// D5, invariant 11: in random CSV each record is a row or set aside, and what is whole reads as under another reader.
    #[test]
    fn d5_no_record_of_a_random_csv_is_lost(text in "[ab1,\"\n\r]{0,60}") {
        let text = format!("x,y\n{text}");
        if let Some((input, inspection)) = look_at("x.csv", text.as_bytes()) {
            let (rows, aside) = split(&input, &inspection);
            let mut places: Vec<(u64, u64)> = rows.iter().map(|row| (row.place.byte, row.raw.len() as u64)).collect();
            places.extend(aside.iter().map(|item| (item.place.byte, item.length)));
            places.sort_unstable();
            let mut at = 4;
            for (byte, length) in places {
                let between = &text.as_bytes()[usize::try_from(at).unwrap()..usize::try_from(byte).unwrap()];
                prop_assert!(between.iter().all(|byte| matches!(byte, b'\n' | b'\r')), "lost: {between:?}");
                at = byte + length;
            }
            let rest = &text.as_bytes()[usize::try_from(at).unwrap()..];
            prop_assert!(rest.iter().all(|byte| matches!(byte, b'\n' | b'\r')), "lost: {rest:?}");
            if aside.is_empty() {
                prop_assert_eq!(cells(&input, &inspection), plain_csv(text.as_bytes(), b','));
            }
        }
    }

    /// D5: random bytes under any name: both passes count alike (`split` compares them) and nothing panics.
    #[test]
    fn d5_random_bytes_do_no_harm(bytes in vec(any::<u8>(), 0..400), name in "x\\.(csv|tsv|json|jsonl|bin)") {
        if let Some((input, inspection)) = look_at(&name, &bytes) {
            split(&input, &inspection);
        }
    }

    /// D5: the same for what is nearly JSON, and no byte of it is lost.
    #[test]
    fn d5_no_byte_of_broken_json_is_lost(text in "([\\[\\]{}:,\"\\\\\n ]|1|null|\"a\":|\\{\"a\":1\\}){0,40}", name in "x\\.jsonl?") {
        if let Some((input, inspection)) = look_at(&name, text.as_bytes())
            && inspection.layout.rows_at == dmr_ingest::RowsAt::Top
        {
            let (rows, aside) = split(&input, &inspection);
            let kept: usize = rows.iter().map(|row| row.raw.len()).chain(aside.iter().map(|item| item.raw.len())).sum();
            let blank = text.bytes().filter(u8::is_ascii_whitespace).count();
            let structure = text.bytes().filter(|byte| matches!(byte, b'[' | b']' | b',')).count();
            prop_assert!(kept + blank + structure >= text.len(), "{kept} of {} bytes in {rows:?} {aside:?}", text.len());
        }
    }

    /// D2: JSON values come back as they came, in every wrapping, and satisfy the proposed schema.
    #[test]
    fn d2_json_records_come_back_and_satisfy_the_schema(records in vec(record(), 1..6)) {
        let lines: String = records.iter().map(|record| format!("{}\n", Value::Object(record.clone()))).collect();
        let list = Value::Array(records.iter().cloned().map(Value::Object).collect()).to_string();
        let validator_of = |schema: &Value| jsonschema::options().should_validate_formats(true).build(schema).unwrap();
        for input in [Input::bytes("x.jsonl", lines.as_bytes()), Input::bytes("x.json", list.as_bytes())] {
            let inspection = look(&input);
            let validator = validator_of(&inspection.proposal.schema);
            let (rows, aside) = split(&input, &inspection);
            prop_assert_eq!(aside.len(), 0);
            let values: Vec<Map<String, Value>> = rows.into_iter().map(|row| row.values).collect();
            prop_assert_eq!(&values, &records);
            for row in values {
                prop_assert!(validator.is_valid(&Value::Object(row)));
            }
        }
    }

    /// D2: the row of a CSV satisfies the proposed schema too, and its values are of the proposed types.
    #[test]
    fn d2_rows_are_of_the_proposed_types(table in table()) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record((0..table[0].len()).map(|at| format!("c{at}"))).unwrap();
        table.iter().for_each(|row| writer.write_record(row).unwrap());
        let input = Input::bytes("x.csv", writer.into_inner().unwrap());
        let options = Options { format: Some(dmr_ingest::Format::Csv { delimiter: ',' }), ..Options::default() };
        let inspection = inspect(&input, &options, &mut |_| {}).unwrap();
        let (rows, aside) = split(&input, &inspection);
        prop_assert_eq!(aside.len(), 0);
        for row in rows {
            for column in &inspection.layout.columns {
                let Some(value) = row.values.get(&column.name) else { continue };
                let read = column.field_type.read(value.clone());
                prop_assert_eq!(read.as_ref().map(Value::to_string), Ok(value.to_string()), "{}", column.field_type);
                prop_assert!(column.field_type != FieldType::Any);
            }
        }
    }
}

fn record() -> impl Strategy<Value = Map<String, Value>> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,6})?".prop_map(|text| serde_json::from_str(&text).unwrap()),
        cell().prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec(("[a-d]", inner), 0..4).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    vec(("[a-e]", value), 0..5).prop_map(|members| members.into_iter().collect())
}
