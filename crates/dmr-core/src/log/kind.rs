//! What an entry says was done.

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident $code:literal $name:literal),* $(,)?) => {
        /// What an entry says was done. The numbers are stored and never change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum EntryKind { $($(#[$doc])* $variant = $code),* }

        impl EntryKind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// As it is spelled in the audit trail.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }
        }
    };
}

kinds! {
    /// A record was made.
    RecordCreate 1 "create",
    /// Some fields of a record were changed.
    RecordUpdate 2 "update",
    /// A record was replaced.
    RecordReplace 3 "replace",
    /// A record was deleted and can be restored.
    RecordDelete 4 "delete",
    /// A deleted record was restored.
    RecordRestore 5 "restore",
    /// A record was deleted for good.
    RecordPurge 6 "purge",
    /// A record was brought back to what an older version held.
    RecordRevert 7 "revert",
    /// A record was brought in with the times, users and owner it had elsewhere.
    RecordImport 8 "import",
    /// A model was registered.
    ModelRegister 16 "model.register",
    /// A model got its next version.
    ModelVersion 17 "model.version",
    /// A model was changed in place.
    ModelChange 18 "model.change",
    /// The permissions of a model were changed.
    ModelPermissions 19 "model.permissions",
    /// A model was deleted.
    ModelDelete 20 "model.delete",
    /// A version of a model, whole.
    VersionAdd 21 "version.add",
    /// A principal was made.
    PrincipalCreate 32 "principal.create",
    /// A principal was changed.
    PrincipalChange 33 "principal.change",
    /// A principal was deleted.
    PrincipalDelete 34 "principal.delete",
    /// A role was made or changed.
    RoleSet 35 "role.set",
    /// A key was made.
    KeyCreate 36 "key.create",
    /// A key was deleted.
    KeyDelete 37 "key.delete",
    /// A setting was changed at run time.
    SettingChange 48 "setting.change",
    /// Numbers of a sequence were reserved, or given back.
    SequenceReserve 49 "sequence.reserve",
    /// An ingest began or went on.
    IngestChange 64 "ingest.change",
    /// A row was set aside.
    QuarantineAdd 65 "quarantine.add",
    /// A row left quarantine.
    QuarantineRemove 66 "quarantine.remove",
    /// What a request with an idempotency key came to.
    OutcomeKeep 80 "outcome.keep",
    /// A fact: something was refused. No change of state.
    FactRefused 128 "refused",
}

impl EntryKind {
    /// The kind with this stored number.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| *kind as u8 == code)
    }

    /// The kind with this spelling.
    pub fn find(spelling: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == spelling)
    }

    /// Whether it is about a record.
    pub const fn is_record(self) -> bool {
        (self as u8) < 16
    }

    /// Whether a record begins with it.
    pub const fn begins_record(self) -> bool {
        matches!(self, Self::RecordCreate | Self::RecordImport)
    }

    /// Whether it tells a change of state; else it is a fact.
    pub const fn is_change(self) -> bool {
        (self as u8) < 128
    }
}
