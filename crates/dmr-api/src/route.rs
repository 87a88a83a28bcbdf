//! The routes, by their templates: the server builds its router from them, a client fills them.

/// One word while the process lives.
pub const HEALTH: &str = "/health";
/// One word while it takes requests.
pub const READY: &str = "/ready";
/// Figures of the running server.
pub const STATS: &str = "/stats";
/// The same figures for a collector of metrics.
pub const METRICS: &str = "/metrics";
/// The settings in force.
pub const SETTINGS: &str = "/api/settings";
/// Backups.
pub const BACKUPS: &str = "/api/backups";
/// A page for people.
pub const HOME: &str = "/";
/// The description of all routes.
pub const OPENAPI: &str = "/openapi.json";
/// The description of one model's routes.
pub const OPENAPI_MODEL: &str = "/openapi/{model}";

/// The models.
pub const MODELS: &str = "/api/registry/models";
/// A model.
pub const MODEL: &str = "/api/registry/models/{name}";
/// Its schema.
pub const SCHEMA: &str = "/api/registry/models/{name}/schema";
/// The plan of a form for its records.
pub const UI_SCHEMA: &str = "/api/registry/models/{name}/ui-schema";
/// Its versions.
pub const VERSIONS: &str = "/api/registry/models/{name}/versions";
/// What changed between two of them.
pub const DIFF: &str = "/api/registry/models/{name}/diff";
/// What its fields hold.
pub const STATISTICS: &str = "/api/registry/models/{name}/statistics";
/// What would make a model faster or plainer.
pub const ADVICE: &str = "/api/registry/models/{name}/advice";
/// A change of a model that runs.
pub const JOB: &str = "/api/jobs/{id}";
/// Who may do what with it.
pub const PERMISSIONS: &str = "/api/registry/models/{name}/permissions";

/// The records of a model.
pub const RECORDS: &str = "/api/records/{model}";
/// Several writes in one.
pub const BATCH: &str = "/api/records/{model}/batch";
/// A question as a document.
pub const QUERY: &str = "/api/records/{model}/query";
/// Groups of records and measures over them.
pub const AGGREGATE: &str = "/api/records/{model}/aggregate";
/// Words in records.
pub const SEARCH: &str = "/api/records/{model}/search";
/// Records as a file.
pub const EXPORT: &str = "/api/records/{model}/export";
/// A file as records.
pub const IMPORT: &str = "/api/records/{model}/import";
/// A record.
pub const RECORD: &str = "/api/records/{model}/{id}";
/// Its history.
pub const HISTORY: &str = "/api/records/{model}/{id}/history";
/// Makes a deleted record live again.
pub const RESTORE: &str = "/api/records/{model}/{id}/restore";
/// Takes a record back to an earlier version.
pub const REVERT: &str = "/api/records/{model}/{id}/revert";

/// The export list, and the folder of models.
pub const GATEKEEPER: &str = "/api/gatekeeper";
/// Who came to which model, or was kept from it.
pub const ACCESSES: &str = "/api/gatekeeper/log";
/// The models a role comes to.
pub const ROLE_MODELS: &str = "/api/gatekeeper/roles/{role}/models";
/// Whether it comes to one.
pub const ROLE_MODEL: &str = "/api/gatekeeper/roles/{role}/models/{name}";

/// The audit trail.
pub const AUDIT: &str = "/api/audit";

/// Principals.
pub const PRINCIPALS: &str = "/api/principals";
/// A principal.
pub const PRINCIPAL: &str = "/api/principals/{id}";
/// A principal's keys.
pub const KEYS: &str = "/api/principals/{id}/keys";
/// A key.
pub const KEY: &str = "/api/principals/{id}/keys/{key_id}";
/// A role.
pub const ROLE: &str = "/api/roles/{role}";
/// The roles.
pub const ROLES: &str = "/api/roles";
/// Who asks.
pub const ME: &str = "/api/me";

/// Takes a file.
pub const UPLOAD: &str = "/api/upload-dynamic";
/// Takes records as JSON.
pub const PROCESS: &str = "/api/dynamic-schema/process";
/// An ingest.
pub const INGEST: &str = "/api/ingests/{id}";
/// What an ingest set aside.
pub const QUARANTINE: &str = "/api/ingests/{id}/quarantine";

/// Fills the parameters of a template in order, percent-encoded: `fill(RECORD, &["shop.Product", "17"])`.
pub fn fill(template: &str, values: &[&str]) -> String {
    let mut out = String::with_capacity(template.len() + values.iter().map(|value| value.len()).sum::<usize>());
    let mut values = values.iter();
    for (i, segment) in template.split('/').enumerate() {
        if i > 0 {
            out.push('/');
        }
        match values.as_slice().first().filter(|_| segment.starts_with('{')) {
            Some(value) => {
                encode(value, &mut out);
                values.next();
            }
            None => out.push_str(segment),
        }
    }
    out
}

/// Writes pairs as a query string without its question mark.
pub fn query_string<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        encode(name, &mut out);
        out.push('=');
        encode(value, &mut out);
    }
    out
}

/// Everything but the characters that are unreserved (RFC 3986) is encoded.
fn encode(text: &str, out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(DIGITS[usize::from(byte >> 4)]));
            out.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}
