"""What schemathesis is taught beside its configuration: one check more, and keys that do not come again."""

import itertools
import re

import schemathesis

NUMBERS = itertools.count()

# Settings under which requests that are right would be refused: they stay as they are while others ask.
BOUNDS = (
    "server.max_body",
    "server.max_upload",
    "records.max_bulk",
    "records.max_page_size",
    "records.scan_budget.rows",
    "records.scan_budget.time",
    "records.aggregate.groups",
    "records.aggregate.memory",
)


@schemathesis.check
def named_code(ctx, response, case):
    """Each code of a refusal is one that the document names for that operation, the refusal's own under its status."""
    if response.headers.get("content-type", [""])[0] != "application/problem+json":
        return
    answers = case.operation.definition.raw.get("responses", {})
    named = {status: set(answer.get("x-codes", [])) for status, answer in answers.items()}
    problem = response.json()
    if problem["code"] not in named.get(str(response.status_code), {problem["code"]}):
        raise AssertionError(f"the document does not name {problem['code']} for status {response.status_code}")
    missing = {error["code"] for error in problem["errors"]}.difference(*named.values())
    if missing:
        raise AssertionError(f"the document does not name {', '.join(sorted(missing))} for this operation")


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """A valid idempotency key is used once: schemathesis likes short ones, and the same with another request is refused."""
    key = (case.headers or {}).get("Idempotency-Key", "")
    if re.fullmatch("[!-~]{1,240}", key):
        case.headers["Idempotency-Key"] = f"{key}-{next(NUMBERS)}"
    if case.operation.path == "/api/settings" and isinstance(case.body, dict):
        for name in BOUNDS:
            if isinstance(case.body.get(name, []), (str, int, type(None))):
                del case.body[name]
