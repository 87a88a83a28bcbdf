//! Settings that the source documents name and whose feature is not built: refused by name, never accepted without effect.

/// A key and its other spellings.
pub struct Unbuilt {
    /// The key it will have.
    pub key: &'static str,
    /// Its other spellings.
    pub aliases: &'static [&'static str],
}

const fn row(key: &'static str, aliases: &'static [&'static str]) -> Unbuilt {
    Unbuilt { key, aliases }
}

/// All of them, in the order of the reference. A row goes when its feature comes.
pub static UNBUILT: &[Unbuilt] = &[
    row("log.compression", &["AUDIT_COMPRESSION_ENABLED", "models.audit_compression"]),
    row("log.compression_level", &["AUDIT_COMPRESSION_LEVEL"]),
    row("log.max_entries", &["MAX_AUDIT_ENTRIES"]),
    row("log.rotation", &["rotation_policy"]),
    row("log.retention_days", &["models.audit_retention_days"]),
    row("log.access_level", &[]),
    row("records.max_in_memory", &["MAX_RECORDS_IN_MEMORY"]),
    row("fields.indexing", &["ENABLE_FIELD_INDEXING"]),
    row("fields.encryption", &["ENABLE_FIELD_ENCRYPTION"]),
    row("fields.mask_sensitive", &["MASK_SENSITIVE_FIELDS"]),
    row("console.date_format", &["models.ui.date_format"]),
    row("console.number_format", &["models.ui.number_format"]),
    row("functions.permissions", &["registry.functions.default_permissions"]),
    row(
        "functions.track_execution",
        &[
            "FUNCTION_REGISTRY_TRACK_CALLS",
            "registry.functions.track_execution",
            "registry.functions.track_performance",
            "FUNCTION_TRACK_PERFORMANCE",
        ],
    ),
    row("functions.timeout", &["FUNCTION_REGISTRY_TIMEOUT", "registry.functions.execution_timeout"]),
    row("functions.call_history", &["registry.functions.max_call_history", "FUNCTION_MAX_CALL_HISTORY"]),
    row("functions.auto_register", &["registry.auto_register_functions"]),
    row(
        "models.versioning",
        &["MODEL_REGISTRY_VERSIONING", "registry.models.track_versions", "registry.models.enable_versioning", "MODEL_TRACK_VERSIONS"],
    ),
    row("models.max_version_history", &["registry.models.max_version_history", "MODEL_MAX_VERSION_HISTORY"]),
    row("models.auto_ui", &["registry.models.auto_generate_ui"]),
    row("models.auto_register", &["registry.models.auto_register_on_import", "MODEL_AUTO_REGISTER"]),
    row("types.validators", &["registry.types.enable_validators"]),
    row("types.cache", &["TYPE_REGISTRY_VALIDATION_CACHE", "registry.types.cache_validated_values"]),
    row("types.cache_ttl", &["registry.types.validation_cache_ttl"]),
    row("types.strict", &["TYPE_REGISTRY_STRICT_MODE"]),
    row("types.validate_on_register", &["registry.types.validate_on_register", "TYPE_VALIDATE_ON_REGISTER"]),
    row("types.allow_override", &["registry.types.allow_override", "TYPE_ALLOW_OVERRIDE"]),
    row("registry.auto_discover", &["REGISTRY_AUTO_DISCOVER", "registry.auto_discover_models"]),
    row("registry.cache", &["REGISTRY_CACHE_ENABLED"]),
    row("registry.cache_ttl", &["REGISTRY_CACHE_TTL"]),
    row("registry.namespace_prefix", &["REGISTRY_NAMESPACE_PREFIX"]),
    row("enrichment.enabled", &["registry.enable_enrichment"]),
    row("enrichment.auto_refresh", &["ENRICHMENT_AUTO_REFRESH", "registry.enrichment.auto_refresh"]),
    row(
        "enrichment.interval",
        &[
            "ENRICHMENT_INTERVAL",
            "registry.enrichment.refresh_interval",
            "registry.enrichment_refresh_interval",
            "ENRICHMENT_REFRESH_INTERVAL",
        ],
    ),
    row("enrichment.sample_size", &["ENRICHMENT_SAMPLE_SIZE", "registry.enrichment.sample_size"]),
    row("enrichment.categorical_detection", &["registry.enrichment.enable_categorical_detection"]),
    row("enrichment.categorical_threshold", &["registry.enrichment.categorical_threshold"]),
    row("enrichment.match", &[]),
    row("gatekeeper.types_path", &["registry.import_control.types_path"]),
    row("validation_cache.max_size", &[]),
    row("validation_cache.ttl", &[]),
];
