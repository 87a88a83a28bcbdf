//! A reading made anew from the records of a model, all at one moment.

use dmr_core::model::Model;
use dmr_core::projection::{Projection, Scanned};
use dmr_core::statistics::{Bounds, Reading, Shape};
use dmr_core::{Code, Problem};
use dmr_store::{LogRange, Reader, Scan, Store};
use std::ops::ControlFlow;
use std::sync::Arc;

/// What a scan for statistics reads: whole documents, whose they are, and their ids.
pub(crate) fn projection(model: &Model) -> Projection {
    Projection { cells: Vec::new(), system: true, tested: Some(model.fields.iter().map(|field| field.id).collect()) }
}

/// The reading, and the position and time of the newest entry of the log at that moment.
pub(super) fn read(
    store: &dyn Store,
    model: &Arc<Model>,
    bounds: Bounds,
    goes_on: &(dyn Fn() -> bool + Sync),
) -> Result<(Reading, u64, i64), Problem> {
    const LOOK_EVERY: u64 = 1024;
    let mut reading = Reading::new(Arc::new(Shape::of(model)));
    let (mut position, mut time) = (0, 0);
    let mut left = false;
    let projection = projection(model);
    store.read(true, &mut |reader: &dyn Reader| {
        let range = LogRange { reverse: true, ..LogRange::default() };
        reader.log(&range, &mut |entry| {
            (position, time) = (entry.position, entry.time);
            ControlFlow::Break(())
        })?;
        let deleted = reader.counts(model.id())?.deleted;
        reading.count_deleted_rows(deleted);
        let scan = Scan { model, stretch: None, hint: None, projection: &projection, goes_on };
        reader.scan(&scan, &mut |row: &dyn Scanned| {
            let record = row.record();
            reading.add(record.id, record.doc, bounds);
            if reading.rows().is_multiple_of(LOOK_EVERY) && !goes_on() {
                left = true;
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        })
    })?;
    if left {
        return Err(Problem::new(Code::StoreClosed, "the registry is closing"));
    }
    Ok((reading, position, time))
}
