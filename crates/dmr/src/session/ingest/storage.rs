//! Which storage a new model gets, and why (D4).

use dmr_core::advice::{MANY_COLUMNS, MANY_RECORDS};
use dmr_core::model::Storage;
use dmr_core::registration::StorageAsked;
use dmr_core::words::count;
use dmr_ingest::{Inspection, RowsAt};
use serde::{Deserialize, Serialize};

/// The storage of a model and why, in words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct StorageChosen {
    /// How records are laid out.
    pub method: Storage,
    /// Why, for a person.
    pub reasons: Vec<String>,
}

/// Chooses for a new model.
pub(super) fn choose(asked: StorageAsked, inspection: &Inspection) -> StorageChosen {
    match asked {
        StorageAsked::Flexible => StorageChosen { method: Storage::Flexible, reasons: vec!["it was asked for".into()] },
        StorageAsked::Structured => StorageChosen { method: Storage::Structured, reasons: vec!["it was asked for".into()] },
        StorageAsked::Auto => recommended(inspection),
    }
}

/// What an existing model has stays.
pub(super) fn kept(method: Storage, asked: StorageAsked) -> StorageChosen {
    let mut reasons = vec!["the model exists and is stored so".to_owned()];
    let other = matches!((asked, method), (StorageAsked::Flexible, Storage::Structured) | (StorageAsked::Structured, Storage::Flexible));
    if other {
        reasons.push("another storage was asked for; the storage of an existing model is not changed by an ingest".into());
    }
    StorageChosen { method, reasons }
}

/// Flexible after all, where no further table fits.
pub(super) fn fallen_back(mut chosen: StorageChosen) -> StorageChosen {
    chosen.method = Storage::Flexible;
    chosen.reasons.push("but no further table fits into this database (storage.max_structured)".into());
    chosen
}

fn recommended(inspection: &Inspection) -> StorageChosen {
    let fields = &inspection.proposal.fields;
    let plain = fields.iter().filter(|field| field.field_type.has_native()).count();
    let (records, columns) = (count(inspection.rows, "record"), fields.len() as u64);
    let size = match fields.len() == plain {
        true => format!("{records} of {}", count(columns, "plain column")),
        false => format!("{records} of {}, {plain} of them plain", count(columns, "column")),
    };
    let nested = plain * 2 < fields.len() || matches!(inspection.layout.rows_at, RowsAt::Member { .. }) && plain < fields.len();
    if inspection.rows > MANY_RECORDS && plain >= MANY_COLUMNS && !nested {
        let why = "so large a table is scanned many times faster in typed columns of its own";
        return StorageChosen { method: Storage::Structured, reasons: vec![size, why.into()] };
    }
    let why = match () {
        () if nested => "most of what is in a record is nested, which one document a record holds best".to_owned(),
        () => format!("a table of its own pays for more than {MANY_RECORDS} records of at least {MANY_COLUMNS} plain columns"),
    };
    StorageChosen { method: Storage::Flexible, reasons: vec![size, why] }
}
