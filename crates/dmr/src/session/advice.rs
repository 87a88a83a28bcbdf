//! Advice on a model: its storage, its indexes, its names and bounds (M5, D4).

use super::Session;
use dmr_core::advice::{Facts, Workload, advise, storage};
use dmr_core::model::ModelId;
use dmr_core::principal::Right;
use dmr_core::query::{Plan, PlanBy, Predicate, SortMember, Test};
use dmr_core::{Problem, Value};
use parking_lot::Mutex;
use serde_json::json;
use std::collections::HashMap;

/// What was asked of each model's records since the start.
#[derive(Default)]
pub(crate) struct Workloads {
    /// Protects the counts; held for a moment by each list that is no point read.
    of: Mutex<HashMap<ModelId, Workload>>,
}

impl Workloads {
    /// Counts a list by how it was planned.
    pub(super) fn listed(&self, model: ModelId, plan: &Plan, predicate: &Predicate, sort: &[SortMember]) {
        let mut of = self.of.lock();
        let workload = of.entry(model).or_default();
        let narrowed = match &plan.by {
            PlanBy::Index { lower, upper, .. } => !lower.is_empty() || upper.is_some(),
            PlanBy::Id => false,
        };
        // A walk in the order that was asked for ends when the page is full; with a condition it can lead through every record.
        if narrowed || plan.ordered && predicate.is_everything() {
            workload.served += 1;
            return;
        }
        let mut by = Vec::new();
        let declared = |test: &Test| test.field.declared().and_then(|ids| ids.first().filter(|_| ids.len() == 1)).copied();
        tests(predicate, &mut |test| by.extend(declared(test)));
        by.extend(sort.iter().filter_map(|member| member.field.declared().and_then(|ids| ids.first().copied())));
        let mut fields = Vec::with_capacity(by.len());
        by.into_iter().for_each(|id| {
            if !fields.contains(&id) {
                fields.push(id);
            }
        });
        workload.scanned(fields);
    }

    /// Counts an aggregate that reads every record.
    pub(super) fn aggregated(&self, model: ModelId) {
        self.of.lock().entry(model).or_default().aggregates += 1;
    }
}

/// The conditions that hold together: those that an index can serve.
fn tests(predicate: &Predicate, each: &mut dyn FnMut(&Test)) {
    match predicate {
        Predicate::And(parts) => parts.iter().for_each(|part| tests(part, each)),
        Predicate::Test(test) => each(test),
        _ => {}
    }
}

impl Session {
    /// What would make a model faster or plainer: `{storage: {now, advised, reasons}, items: [{kind, field?, message, reasons, patch?}]}`,
    /// where `patch` is the merge patch of the model that does it. It rests on the model, on how many records there are, and on what was
    /// asked of them since the start; it speaks only of fields that the asker sees in every record.
    ///
    /// # Errors
    /// [`dmr_core::Code::ModelUnknown`], [`dmr_core::Code::RightMissing`]: it is for those who may change the model.
    pub fn advice(&self, model: &str) -> Result<Value, Problem> {
        let session = self.current()?;
        let (_, seen) = session.find(model)?;
        session.needs(Right::Register)?;
        let workload = session.inner.workloads.of.lock().get(&seen.model.id()).cloned().unwrap_or_default();
        let records = session.count_records(&seen)?;
        let facts = Facts { model: &seen.model, view: &seen.view, records, workload: &workload };
        let (advised, reasons) = storage(&facts);
        Ok(json!({
            "storage": { "now": seen.model.storage(), "advised": advised, "reasons": reasons },
            "items": advise(&facts),
        }))
    }
}
