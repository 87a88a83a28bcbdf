//! The operators of filters.

/// An operator: `eq`, or one of the suffixes of R2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// Equal.
    Eq,
    /// Not equal; not true of null.
    Ne,
    /// Greater.
    Gt,
    /// Greater or equal.
    Gte,
    /// Less.
    Lt,
    /// Less or equal.
    Lte,
    /// Equal to one of several.
    In,
    /// Equal to none of several; not true of null.
    Nin,
    /// Holds a text; of a list: has that element.
    Contains,
    /// Holds a text, whatever the case.
    Icontains,
    /// Begins with a text.
    Startswith,
    /// Ends with a text.
    Endswith,
    /// From one value to another, both included.
    Between,
    /// Null or absent (`true`), or neither (`false`).
    Isnull,
    /// Matches a regular expression anywhere.
    Regex,
}

impl Operator {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Eq,
        Self::Ne,
        Self::Gt,
        Self::Gte,
        Self::Lt,
        Self::Lte,
        Self::In,
        Self::Nin,
        Self::Contains,
        Self::Icontains,
        Self::Startswith,
        Self::Endswith,
        Self::Between,
        Self::Isnull,
        Self::Regex,
    ];

    /// As it is spelled.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::In => "in",
            Self::Nin => "nin",
            Self::Contains => "contains",
            Self::Icontains => "icontains",
            Self::Startswith => "startswith",
            Self::Endswith => "endswith",
            Self::Between => "between",
            Self::Isnull => "isnull",
            Self::Regex => "regex",
        }
    }

    /// The operator with this spelling.
    pub fn find(spelling: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operator| operator.as_str() == spelling)
    }

    /// Whether it takes several values.
    pub const fn takes_several(self) -> bool {
        matches!(self, Self::In | Self::Nin | Self::Between)
    }

    /// Whether it compares order.
    pub const fn needs_order(self) -> bool {
        matches!(self, Self::Gt | Self::Gte | Self::Lt | Self::Lte | Self::Between)
    }

    /// Whether it looks into texts.
    pub const fn is_textual(self) -> bool {
        matches!(self, Self::Icontains | Self::Startswith | Self::Endswith | Self::Regex)
    }
}
