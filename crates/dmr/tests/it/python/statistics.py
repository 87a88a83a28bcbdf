#!/usr/bin/env python3
"""An independent computation of what statistics tell: Python's fractions and plain loops, and nothing of dmr.

statistics.py RECORDS TOLD    RECORDS: NDJSON, as listed; TOLD: the answer, with numbers as they are

What is told as exact must be equal; what is estimated within the bounds that are told beside it.
"""
import json
import math
import sys
from collections import Counter
from datetime import datetime
from fractions import Fraction

KINDS = {bool: "boolean", int: "integer", list: "list", dict: "object", str: "text"}
WRITTEN = {"decimal", "date", "time", "date-time", "local-date-time", "uuid"}


class Number(str):
    """A number as it is spelled."""

    def fraction(self):
        return Fraction(self)


def load(text):
    return json.loads(text, parse_float=Number, parse_int=Number)


def kind_of(value, declared):
    if isinstance(value, Number):
        return "integer" if str(value).lstrip("-").isdigit() else "number"
    if isinstance(value, str) and declared in WRITTEN:
        return declared
    return KINDS[type(value)]


def identity(value, declared):
    """What makes two values of a field the same."""
    if declared == "decimal" and isinstance(value, str):
        return ("number", Fraction(value))
    if isinstance(value, Number):
        return ("number", float(value) if declared == "number" else value.fraction())
    if declared == "date-time" and isinstance(value, str):
        return ("time", datetime.fromisoformat(value.replace("Z", "+00:00")))
    if isinstance(value, (list, dict)):
        return ("json", json.dumps(value, sort_keys=True))
    return (type(value).__name__, value)


def at(record, path):
    """The value on a path, and whether it is there."""
    value = record
    for name in path.split("."):
        if not isinstance(value, dict) or name not in value:
            return None, False
        value = value[name]
    return value, True


def numbers(values, declared):
    if declared == "decimal":
        return [Fraction(value) for value in values if isinstance(value, str)]
    if declared in ("integer", "number", "any"):
        return [value.fraction() for value in values if isinstance(value, Number)]
    return []


def fraction(told):
    return None if told is None else Fraction(told)


def close(told, true, digits, what):
    """Equal up to so many significant digits: quotients that never end are cut."""
    told = Fraction(told)
    if abs(told - true) > abs(true) * Fraction(1, 10 ** digits):
        sys.exit(f"{what}: told {told}, is {true}")


def same(told, true, what):
    if told != true:
        sys.exit(f"{what}: told {told}, is {true}")


def quantile(ordered, share):
    place = Fraction(share, 100) * (len(ordered) - 1)
    at = math.floor(place)
    high = ordered[min(at + 1, len(ordered) - 1)]
    return ordered[at] + (high - ordered[at]) * (place - at)


def histogram(ordered):
    doubles = [float(number) for number in ordered]
    low, high = doubles[0], doubles[-1]
    bins = min(max((len(doubles) - 1).bit_length() + 1, 10), 20) if high > low else 1
    counts = [0] * bins
    for number in doubles:
        counts[min(int((number - low) / (high - low) * bins), bins - 1) if high > low else 0] += 1
    return counts


def check_numbers(field, ordered, exact, name):
    total = sum(ordered)
    same(Fraction(field["sum"]), total, f"{name} sum")
    close(field["mean"], total / len(ordered), 33, f"{name} mean")
    if len(ordered) > 1:
        variance = (sum(number * number for number in ordered) - total * total / len(ordered)) / (len(ordered) - 1)
        if abs(float(field["deviation"]) - math.sqrt(variance)) > 1e-14 * math.sqrt(variance):
            sys.exit(f"{name} deviation: told {field['deviation']}, is {math.sqrt(variance)}")
    if exact:
        for share, told in field["quantiles"].items():
            same(Fraction(told), quantile(ordered, int(share[1:])), f"{name} {share}")
        same([int(count) for count in field["histogram"]["counts"]], histogram(ordered), f"{name} histogram")
        return
    error = float(field["estimates"]["quantiles"]["rank_error"])
    for share, told in field["quantiles"].items():
        wanted = int(share[1:]) / 100
        below = sum(1 for number in ordered if float(number) < float(told)) / len(ordered)
        up_to = sum(1 for number in ordered if float(number) <= float(told)) / len(ordered)
        if not below - error - 0.001 <= wanted <= up_to + error + 0.001:
            sys.exit(f"{name} {share}: told {told}, which is at {below} to {up_to}, off by more than {error}")
    counted = sum(int(count) for count in field["histogram"]["counts"])
    if abs(counted - len(ordered)) > 20:
        sys.exit(f"{name} histogram: {counted} of {len(ordered)}")


def check_top(field, counted, exact, most, name):
    declared = field["type"]
    told = [(identity(item["value"], declared), int(item["count"])) for item in field["top"] if "cut" not in item]
    if exact:
        if not any("cut" in item for item in field["top"]):
            same([count for _, count in told], [count for _, count in counted.most_common(most)], f"{name} top")
        for value, count in told:
            same(count, counted[value], f"{name} {value}")
        return
    more = int(field["estimates"]["top"]["at_most_more"])
    for value, count in told:
        if not count <= counted[value] <= count + more:
            sys.exit(f"{name} {value}: told {count} and at most {more} more, is {counted[value]}")
    # Nothing that is certainly more frequent is missing.
    least = min((count for _, count in told), default=0)
    for value, count in counted.items():
        if len(told) < most and count > 2 * more or len(told) == most and count > least + 2 * more:
            if value not in dict(told):
                sys.exit(f"{name}: {value} occurs {count} times and is not told")


def check(field, records, most):
    name, declared = field["field"], field["type"]
    found = [at(record, name) for record in records]
    values = [value for value, there in found if there and value is not None]
    nulls = sum(1 for value, there in found if there and value is None)
    same(int(field["count"]), len(values), f"{name} count")
    same(int(field["nulls"]), nulls, f"{name} nulls")
    same(int(field["absent"]), len(records) - len(values) - nulls, f"{name} absent")
    if "exact" not in field:
        return None
    exact = field["exact"]
    same({kind: int(count) for kind, count in field["kinds"].items()}, dict(Counter(kind_of(value, declared) for value in values)), f"{name} kinds")
    counted = Counter(identity(value, declared) for value in values)
    distinct = int(field["distinct"])
    if exact:
        same(distinct, len(counted), f"{name} distinct")
    else:
        bounds = field["estimates"]["distinct"]
        if not int(bounds["low"]) <= len(counted) <= int(bounds["high"]):
            sys.exit(f"{name} distinct: told {bounds}, is {len(counted)}")
    if values:
        share = distinct / len(values)
        same(field["cardinality"], "low" if share < 0.05 else "medium" if share <= 0.5 else "high", f"{name} cardinality")
    if "min" in field and values and "range_lost" not in field.get("estimates", {}):
        comparable = [identity(value, declared) for value in values if declared != "text" or len(json.dumps(value, ensure_ascii=False).encode()) < 200]
        if len(comparable) == len(values):
            same(identity(field["min"], declared), min(comparable), f"{name} min")
            same(identity(field["max"], declared), max(comparable), f"{name} max")
    ordered = sorted(numbers(values, declared))
    if ordered:
        check_numbers(field, ordered, exact, name)
    check_top(field, counted, exact, most, name)
    return exact


def main():
    records = [load(line) for line in open(sys.argv[1], encoding="utf-8").read().split("\n") if line]
    told = load(open(sys.argv[2], encoding="utf-8").read())
    same(int(told["rows"]), len(records), "rows")
    checked = [check(field, records, 10) for field in told["fields"]]
    print(f"{len(records)} records, {checked.count(True)} fields exact, {checked.count(False)} estimated")


main()
