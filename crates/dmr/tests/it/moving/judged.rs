//! Files are read by somebody else: Python's own readers see what was stored (R7).

use crate::world::{Outcome, on_both};
use dmr::FileFormat;
use serde_json::json;
use std::io::Write;
use std::process::{Command, Stdio};

/// Reads a file of a format from its standard input and writes the records as JSON lines, each member a text or what stands there.
const READER: &str = r#"
import csv, io, json, sys
text = sys.stdin.buffer.read().decode("utf-8")
kind = sys.argv[1]
if kind == "json":
    rows = json.loads(text, parse_int=str, parse_float=str)
elif kind == "ndjson":
    rows = [json.loads(line, parse_int=str, parse_float=str) for line in text.splitlines()]
else:
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
print(json.dumps(rows, sort_keys=True))
"#;

fn read(format: FileFormat, bytes: &[u8]) -> serde_json::Value {
    let mut python =
        Command::new("python3").args(["-c", READER, format.as_str()]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    python.stdin.take().unwrap().write_all(bytes).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn r7_pythons_readers_see_what_was_stored() {
    on_both(|world| {
        let admin = world.admin();
        admin
            .registers(json!({ "name": "Odd", "schema": { "type": "object", "additionalProperties": false, "properties": {
                "text": { "type": "string" }, "n": { "type": "number" }, "d": { "type": "string", "format": "decimal" },
                "l": { "type": "array" }, "o": { "type": "object", "properties": { "a": { "type": "string" } } }, "b": { "type": "boolean" },
            } } }))
            .done();
        let texts = [
            "plain",
            "",
            "=1",
            "+1",
            "-1",
            "@x",
            "'x",
            "''",
            "a,b",
            "a\"b",
            "a\nb",
            "a\r\nb\r",
            " spaced ",
            "日本 é e\u{301}",
            "\t=1",
            "null",
            "\u{feff}x",
        ];
        for text in texts {
            let big = "12345678901234567890123456789012345678.90";
            admin
                .creates_text(
                    "Odd",
                    &format!(
                        "{{\"text\":{},\"n\":-1.50e3,\"d\":\"-{big}\",\"l\":[1,\"=x\"],\"o\":{{\"a\":\"=y\"}},\"b\":true}}",
                        json!(text)
                    ),
                )
                .done();
        }
        for format in [FileFormat::Json, FileFormat::Ndjson] {
            let rows = read(format, &admin.exports("Odd", format, "").unwrap());
            let expected: Vec<_> = texts
                .iter()
                .map(|text| json!({ "text": text, "n": "-1.50e3", "d": "-12345678901234567890123456789012345678.90", "l": ["1", "=x"], "o": { "a": "=y" }, "b": true }))
                .collect();
            assert_eq!(rows, json!(expected));
        }
        let guarded =
            |text: &str| if text.is_empty() || text.starts_with(['=', '+', '-', '@', '\'']) { format!("'{text}") } else { text.to_owned() };
        let expected: Vec<_> = texts
            .iter()
            .map(|text| json!({ "text": guarded(text), "n": "-1.50e3", "d": "-12345678901234567890123456789012345678.90", "l": "[1,\"=x\"]", "o": "{\"a\":\"=y\"}", "b": "true" }))
            .collect();
        assert_eq!(read(FileFormat::Csv, &admin.exports("Odd", FileFormat::Csv, "").unwrap()), json!(expected));
    });
}
