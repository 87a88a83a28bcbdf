//! Every check of rights has a name. A check is made where it always was, and asks here whether it stands; outside of tests the answer is
//! the constant *yes* and nothing is left of the question. A build for tests (feature `test-switches`) can take one check away by its
//! name, to show that the suites notice.

use crate::permission::Operation;
use crate::principal::Right;

macro_rules! checks {
    ($($(#[$about:meta])* $check:ident = $name:literal,)*) => {
        /// A check of rights.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Check {
            $($(#[$about])* $check,)*
        }

        impl Check {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$check,)*];

            /// Its name.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$check => $name,)*
                }
            }
        }
    };
}

checks! {
    /// That a role may create.
    OperationCreate = "operation.create",
    /// That a role may read.
    OperationRead = "operation.read",
    /// That a role may list.
    OperationList = "operation.list",
    /// That a role may update.
    OperationUpdate = "operation.update",
    /// That a role may delete.
    OperationDelete = "operation.delete",
    /// That a model nobody gave the asker anything of does not exist.
    ModelKnown = "model.known",
    /// That a model the export list keeps from the asker does not exist.
    ModelExported = "model.exported",
    /// The row rule when one record is read.
    RowsGet = "rows.get",
    /// The row rule of a list.
    RowsList = "rows.list",
    /// The row rule of an aggregate.
    RowsAggregate = "rows.aggregate",
    /// The row rule of statistics.
    RowsStatistics = "rows.statistics",
    /// The row rule of a search.
    RowsSearch = "rows.search",
    /// The row rule of a change.
    RowsUpdate = "rows.update",
    /// The row rule of a deletion.
    RowsDelete = "rows.delete",
    /// The row rule of a history.
    RowsHistory = "rows.history",
    /// The row rule of a record as it was.
    RowsAsOf = "rows.as_of",
    /// The row rule of the audit trail.
    RowsAudit = "rows.audit",
    /// The row rule of the records that a writer may name.
    RowsReference = "rows.reference",
    /// The row rule of records that are expanded.
    RowsExpand = "rows.expand",
    /// That only who sees every row is told how many there are.
    RowsCount = "rows.count",
    /// The column rules of what is shown.
    ColumnRender = "column.render",
    /// The column rules of conditions.
    ColumnFilter = "column.filter",
    /// The column rules of orders.
    ColumnSort = "column.sort",
    /// The column rules of what an aggregate groups by.
    ColumnGroup = "column.group",
    /// The column rules of what an aggregate measures.
    ColumnMeasure = "column.measure",
    /// The column rules of statistics.
    ColumnStatistics = "column.statistics",
    /// The column rules of searches.
    ColumnSearch = "column.search",
    /// The column rules of selections.
    ColumnSelect = "column.select",
    /// The column rules of references that are expanded.
    ColumnExpand = "column.expand",
    /// The column rules of a history's states.
    ColumnHistory = "column.history",
    /// The column rules of what the audit trail says has changed.
    ColumnAudit = "column.audit",
    /// The column rules of schemas and descriptions of models.
    ColumnSchema = "column.schema",
    /// The column rules of versions, diffs and plans.
    ColumnDiff = "column.diff",
    /// The column rules of OpenAPI documents.
    ColumnOpenapi = "column.openapi",
    /// The column rules of what is told of an invalid record.
    ColumnProblem = "column.problem",
    /// The column rules of suggestions.
    ColumnSuggest = "column.suggest",
    /// The column rules of what is set.
    ColumnWrite = "column.write",
    /// The column rule of all undeclared properties, when they are read.
    UndeclaredRead = "undeclared.read",
    /// The same, when they are set.
    UndeclaredWrite = "undeclared.write",
    /// That WRITE_ONLY fields are never shown.
    WriteOnly = "behaviour.write_only",
    /// That READ_ONLY fields are never accepted.
    ReadOnly = "behaviour.read_only",
    /// That a unique constraint over what is hidden is closed until it is disclosed.
    UniqueUndisclosed = "unique.undisclosed",
    /// That a record which others refer to is deleted only by those who may be told so.
    ReferenceUndisclosed = "reference.undisclosed",
    /// The right to register.
    RightRegister = "right.register",
    /// The right to see figures of the server.
    RightOperate = "right.operate",
    /// The right to the audit trail.
    RightAudit = "right.audit",
    /// The right over principals, roles and keys.
    RightPrincipals = "right.principals",
    /// The right to what is deleted.
    RightDeleted = "right.deleted",
    /// The right to settings.
    RightSettings = "right.settings",
    /// The right to what the system keeps beside records.
    RightSystem = "right.system",
    /// Who may know of an ingest.
    IngestKnown = "ingest.known",
}

impl Check {
    /// The check of an operation.
    pub(crate) const fn of_operation(operation: Operation) -> Self {
        match operation {
            Operation::Create => Self::OperationCreate,
            Operation::Read => Self::OperationRead,
            Operation::Update => Self::OperationUpdate,
            Operation::Delete => Self::OperationDelete,
            Operation::List => Self::OperationList,
        }
    }

    /// The check of a right; none for one that opens nothing yet.
    pub(crate) const fn of_right(right: Right) -> Option<Self> {
        match right {
            Right::Register => Some(Self::RightRegister),
            Right::Operate => Some(Self::RightOperate),
            Right::Audit => Some(Self::RightAudit),
            Right::Principals => Some(Self::RightPrincipals),
            Right::Deleted => Some(Self::RightDeleted),
            Right::Settings => Some(Self::RightSettings),
            Right::System => Some(Self::RightSystem),
        }
    }

    /// Whether it stands: always.
    #[cfg(not(feature = "test-switches"))]
    #[inline]
    pub const fn stands(self) -> bool {
        true
    }

    /// Whether it stands: unless it was switched off.
    #[cfg(feature = "test-switches")]
    pub fn stands(self) -> bool {
        OFF.load(std::sync::atomic::Ordering::Relaxed) & (1 << self as u64) == 0
    }

    /// Takes it away, for this process and for good; before anything was asked, since views are kept.
    #[cfg(feature = "test-switches")]
    pub fn switch_off(self) {
        OFF.fetch_or(1 << self as u64, std::sync::atomic::Ordering::Relaxed);
    }
}

#[cfg(feature = "test-switches")]
static OFF: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
