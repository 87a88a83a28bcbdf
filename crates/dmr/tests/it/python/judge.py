#!/usr/bin/env python3
"""An independent reader of the files that are ingested: Python's csv and json, and nothing of dmr.

judge.py same FILE RECORDS NAMES           every cell of FILE is in RECORDS (NDJSON, as listed), in order, and nothing else
judge.py count FILE COLUMN OPERATOR VALUE  how many records of FILE hold a condition

NAMES is a JSON object from names of the source to names of fields, for those that differ. A COLUMN is a path: `user.login`.
"""
import csv
import json
import sys


class Digits(str):
    """A number as it is spelled: 34.00 is not 34.0."""


def load(text):
    return json.loads(text, parse_float=Digits, parse_int=Digits)


def plain(value):
    """Numbers by their spelling, apart from texts; booleans apart from numbers."""
    if isinstance(value, Digits):
        return ("number", str(value))
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return (type(value).__name__, value)


def rows(path):
    if path.endswith((".csv", ".tsv")):
        with open(path, newline="", encoding="utf-8") as source:
            return list(csv.DictReader(source, delimiter="\t" if path.endswith(".tsv") else ",")), True
    text = open(path, encoding="utf-8").read()
    if path.endswith(".jsonl"):
        return [load(line) for line in text.split("\n") if line.strip()], False
    return load(text), False


def spelled(value):
    """The cell a value is written as."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def same(path, records_path, names):
    source, cells = rows(path)
    listed = [load(line) for line in open(records_path, encoding="utf-8").read().split("\n") if line]
    if len(source) != len(listed):
        sys.exit(f"{len(source)} rows in the file, {len(listed)} records listed")
    compared = 0
    for number, (row, record) in enumerate(zip(source, listed), 1):
        record = {name: value for name, value in record.items() if not name.startswith("_")}
        row = {names.get(name, name): value for name, value in row.items()}
        if cells:
            row = {name: cell for name, cell in row.items() if cell != ""}
            record = {name: spelled(value) for name, value in record.items()}
        else:
            row, record = plain(row), plain(record)
        if row != record:
            sys.exit(f"row {number} differs:\n  file:   {row}\n  listed: {record}")
        compared += len(row)
    print(f"{len(source)} rows, {compared} cells")


def at(value, path):
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


OPERATORS = {
    "eq": lambda value, given: value is not None and spelled(value) == given,
    "gte": lambda value, given: value not in (None, "") and float(value) >= float(given),
    "isnull": lambda value, given: value in (None, ""),
    "contains": lambda value, given: value is not None and given in value,
}


def main():
    what, path, *rest = sys.argv[1:]
    if what == "same":
        same(path, rest[0], json.loads(rest[1]))
    else:
        column, operator, given = rest
        print(sum(1 for row in rows(path)[0] if OPERATORS[operator](at(row, column), given)))


main()
