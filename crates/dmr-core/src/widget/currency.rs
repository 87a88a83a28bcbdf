//! `currency`: an amount of money.

use super::{Asked, Kind, is_number, name::Name};
use crate::types::FieldType;

pub(super) struct Currency;

impl Kind for Currency {
    fn name(&self) -> &'static str {
        "currency"
    }

    fn spellings(&self) -> &'static [&'static str] {
        &["money", "price", "amount"]
    }

    fn sets(&self, kind: &FieldType) -> bool {
        is_number(kind)
    }

    fn by_name(&self, asked: &Asked<'_>, name: &Name) -> Option<String> {
        const SYNONYMS: [&str; 12] =
            ["price", "cost", "amount", "fee", "salary", "wage", "revenue", "budget", "balance", "payment", "income", "money"];
        if self.sets(asked.kind) { name.says(&SYNONYMS) } else { None }
    }

    fn placeholder(&self, _kind: &FieldType) -> Option<&'static str> {
        Some("0.00")
    }
}
