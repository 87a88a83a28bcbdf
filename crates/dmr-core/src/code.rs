//! The table of codes: each thing that can go wrong, its HTTP status, its exit code on the command line.
//! `docs/errors.md` is generated from it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! codes {
    ($($variant:ident $code:literal $status:literal $title:literal),* $(,)?) => {
        /// A stable code, as it travels.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $(#[doc = $title] $variant),* }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Code] = &[$(Code::$variant),*];

            /// The code as it travels: `field.unknown`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $code),* }
            }

            /// The HTTP status that goes with it.
            pub const fn status(self) -> u16 {
                match self { $(Code::$variant => $status),* }
            }

            /// A few words for a person.
            pub const fn title(self) -> &'static str {
                match self { $(Code::$variant => $title),* }
            }
        }
    };
}

codes! {
    // What was sent cannot be read.
    JsonSyntax "json.syntax" 400 "The text is not JSON",
    JsonDuplicateKey "json.duplicate_key" 400 "A key stands twice in one object",
    JsonDepth "json.depth" 400 "The JSON is nested too deep",
    JsonText "json.text" 400 "A text holds what no text may hold (U+0000, a lone surrogate, bytes that are not UTF-8)",
    BodyShape "body.shape" 400 "The body is not of the shape this route takes",
    BodyType "body.type" 415 "The media type of the body is not one this route takes",
    BodyTooLarge "body.too_large" 413 "The body is larger than allowed",
    RequestLate "request.late" 408 "The request did not arrive in time",
    UrlEncoding "url.encoding" 400 "The address is not percent-encoded UTF-8",
    HostRefused "host.refused" 421 "The server does not answer to this name",
    UrlTooLong "url.too_long" 414 "The address is longer than allowed",
    // Parameters.
    ParameterUnknown "parameter.unknown" 400 "There is no such parameter",
    ParameterValue "parameter.value" 400 "The value of a parameter is not what it takes",
    FilterField "field.unknown" 400 "There is no such field",
    FilterOperator "filter.operator" 400 "There is no such operator for this field",
    FilterValue "filter.value" 400 "The value to compare with is not of the field's type",
    FilterDepth "filter.depth" 400 "The condition is nested too deep or has too many parts",
    SearchQuestion "search.question" 400 "The search holds no word, a quote that is not closed, or too much",
    SearchField "search.field" 400 "The field is not one that is searched",
    CursorInvalid "cursor.invalid" 400 "The cursor is not one of this list",
    HeaderValue "header.value" 400 "The value of a header is not what it takes",
    // Names and registration.
    NameInvalid "name.invalid" 422 "The name is not one that can be used",
    NameReserved "name.reserved" 422 "The name is taken by the system",
    SchemaInvalid "schema.invalid" 422 "The schema is not valid",
    SchemaReference "schema.reference" 422 "A reference of the schema leads nowhere",
    SchemaDefault "schema.default" 422 "A default does not satisfy the schema it stands in",
    SchemaUnsupported "schema.unsupported" 422 "The schema asks for what is not supported",
    DefinitionInvalid "definition.invalid" 422 "The description of the model is not valid",
    BehaviourUnavailable "behaviour.unavailable" 422 "This is not built yet",
    BehaviourContradiction "behaviour.contradiction" 422 "These behaviours exclude each other",
    PermissionsInvalid "permissions.invalid" 422 "The permissions are not valid",
    PermissionsUnreachable "permissions.unreachable" 422 "A role could create but never fill a required field",
    DisclosureUndeclared "disclosure.undeclared" 422 "A constraint would let hidden data influence an answer",
    ModelExists "model.exists" 409 "The path is taken",
    ModelNotEmpty "model.not_empty" 409 "The model has live records",
    ModelUnknown "model.unknown" 404 "There is no such model",
    ModelAmbiguous "model.ambiguous" 409 "The short name belongs to several entries",
    VersionUnknown "version.unknown" 404 "There is no such version",
    StorageLimit "storage.limit" 422 "No further structured model fits",
    // Records.
    ValueInvalid "record.invalid" 422 "The record does not satisfy its model",
    FieldUnknown "field.undeclared" 422 "The model has no such field",
    FieldReadOnly "field.read_only" 422 "The field is never accepted from a client",
    FieldRequired "field.required" 422 "A required field is missing",
    ValueType "value.type" 422 "The value is not of the field's type",
    ValueRule "value.rule" 422 "The value breaks a rule of the schema",
    ValueRange "value.range" 422 "The value does not fit its type",
    PatternBudget "value.pattern_budget" 422 "A pattern needed more steps than allowed",
    UniqueTaken "unique.taken" 409 "Another record has this value",
    ReferenceUnknown "reference.unknown" 422 "The value names no record that the caller may read",
    ReferenceHeld "reference.held" 409 "Others refer to it",
    RecordUnknown "record.unknown" 404 "There is no such record",
    RecordVersion "record.version" 412 "The record has changed since",
    PatchTest "patch.test" 409 "A test of a JSON Patch failed",
    PatchPath "patch.path" 409 "An operation of a JSON Patch leads to nothing in the record",
    RecordDeleted "record.deleted" 409 "The record is deleted",
    RecordNotDeleted "record.not_deleted" 409 "The record is not deleted",
    BulkTooMany "bulk.too_many" 422 "More rows than one request may hold",
    ExpandBudget "expand.budget" 422 "More records would be expanded than one answer holds",
    ScanBudget "scan.budget" 422 "No index serves this and the scan passes its budget",
    AggregateGroups "aggregate.groups" 422 "The aggregate has more groups than allowed",
    AggregateMemory "aggregate.memory" 422 "The aggregate needs more memory than allowed",
    StatisticsLate "statistics.late" 503 "The statistics are still being worked out",
    // Who asks.
    CredentialMissing "credential.missing" 401 "A credential is needed",
    CredentialInvalid "credential.invalid" 401 "The credential is not valid",
    RightMissing "right.missing" 403 "A right is missing",
    RowRefused "row.refused" 403 "The record would be outside what you may write",
    PrincipalUnknown "principal.unknown" 404 "There is no such principal",
    PrincipalInvalid "principal.invalid" 422 "The description of the principal is not valid",
    RoleUnknown "role.unknown" 404 "There is no such role",
    RoleInvalid "role.invalid" 422 "The description of the role is not valid",
    KeyUnknown "key.unknown" 404 "There is no such key",
    RouteUnknown "route.unknown" 404 "There is nothing at this address",
    MethodUnknown "method.unknown" 405 "This address does not take this method",
    JobUnknown "job.unknown" 404 "There is no such job",
    // Ingestion.
    IngestFormat "ingest.format" 422 "The format of the file is not known",
    IngestEmpty "ingest.empty" 422 "There is no record in the input",
    IngestUnknown "ingest.unknown" 404 "There is no such ingest",
    IngestRow "ingest.row" 422 "A row could not be read",
    IngestCells "ingest.cells" 422 "A row has more or fewer cells than the header",
    IngestQuote "ingest.quote" 422 "A quote is never closed",
    IngestText "ingest.text" 422 "A row holds what no text may hold (U+0000, bytes that are not UTF-8)",
    IngestElement "ingest.element" 422 "A record is not an object",
    IngestQuarantine "ingest.quarantine" 422 "Too many rows of the input do not fit the model",
    IngestRunning "ingest.running" 409 "The same file is being ingested",
    IngestTooLarge "ingest.too_large" 422 "A record is longer than allowed",
    // Retry and load.
    IdempotencyMismatch "idempotency.mismatch" 422 "The idempotency key was used with another request",
    IdempotencyRunning "idempotency.running" 409 "The first request with this key still runs",
    QueueFull "queue.full" 503 "Too much is waiting to be written",
    ModelMoved "model.moved" 503 "The model changes too fast",
    // Settings and the data directory.
    SettingUnknown "setting.unknown" 422 "There is no such setting",
    SettingValue "setting.value" 422 "The value of a setting is not what it takes",
    SettingConflict "setting.conflict" 422 "Settings say different things",
    SettingFixed "setting.fixed" 422 "The setting cannot change while the registry is open",
    SecretsReadable "secrets.readable" 422 "Others can read the file of secrets",
    ServerAddress "server.address" 500 "The address cannot be listened on",
    DataUnknown "data.unknown" 404 "There is no data directory here",
    DataOwned "data.owned" 409 "Another process owns the data directory",
    DataNewer "data.newer" 500 "The database was written by a newer version",
    DataDamaged "data.damaged" 500 "The database is damaged",
    DataNotEmpty "data.not_empty" 409 "There is something in the directory already",
    BackupUnknown "backup.unknown" 404 "There is no backup here",
    BackupDamaged "backup.damaged" 422 "The backup is damaged",
    BackupExists "backup.exists" 409 "There is something where the backup is to be",
    BackupNowhere "backup.nowhere" 409 "No directory for backups is set",
    StoreFull "store.full" 507 "The disk is full or cannot be written",
    StoreFailed "store.failed" 500 "The store failed",
    StoreClosed "store.closed" 503 "The store is closing",
    FileUnreadable "file.unreadable" 422 "A file cannot be read",
    // Where the answer should have come from.
    ServerUnreachable "server.unreachable" 503 "The server does not answer",
    ServerAnswer "server.answer" 502 "The server answered what it should not",
    Internal "internal" 500 "Something that should never happen did",
}

impl Code {
    /// The code with this spelling.
    pub fn find(spelling: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == spelling)
    }

    /// Exit code of the command line: 1 failed, 3 bad input, 4 not found, 5 refused, 6 conflict.
    pub const fn exit(self) -> u8 {
        match self.status() {
            401 | 403 => 5,
            404 => 4,
            409 | 412 => 6,
            400 | 405..=499 => 3,
            _ => 1,
        }
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spelling = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::find(&spelling).ok_or_else(|| serde::de::Error::custom("an unknown problem code"))
    }
}
