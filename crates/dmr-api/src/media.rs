//! Media types and header names of the API.

/// One JSON document.
pub const JSON: &str = "application/json";
/// One JSON text a line. A list ends with a line `{"count": n}` or `{"problem": ...}`.
pub const NDJSON: &str = "application/x-ndjson";
/// Cells under a header (RFC 4180).
pub const CSV: &str = "text/csv";
/// Typed columns.
pub const PARQUET: &str = "application/vnd.apache.parquet";
/// A problem document (RFC 9457).
pub const PROBLEM: &str = "application/problem+json";
/// A merge patch (RFC 7396).
pub const MERGE_PATCH: &str = "application/merge-patch+json";
/// A JSON Patch (RFC 6902).
pub const JSON_PATCH: &str = "application/json-patch+json";
/// A file with what to do with it.
pub const MULTIPART: &str = "multipart/form-data";
/// A page for people.
pub const HTML: &str = "text/html; charset=utf-8";
/// One word for people and probes.
pub const TEXT: &str = "text/plain; charset=utf-8";

/// Makes a write safe to try again.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// Asks for how long the steps of a request take (with the right `operate`).
pub const DEBUG_TRACE: &str = "x-debug-trace";
/// Names a request in answers and logs.
pub const REQUEST_ID: &str = "x-request-id";
