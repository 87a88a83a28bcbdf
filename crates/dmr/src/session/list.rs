//! Lists: filtered, in order, by page or cursor, within a budget (R1, R2).

use super::expand::Expansion;
use super::{Session, budget};
use crate::cursor::Position;
use crate::page::Page;
use crate::pending::Pending;
use crate::seen::SeenModel;
use dmr_core::command::missing;
use dmr_core::gate::{Check, Guard, NumberStyle, Rendering, Selection, Use, write_record};
use dmr_core::permission::Operation;
use dmr_core::principal::Right;
use dmr_core::query::{Count, Deleted, Document, Parameters, Plan, PlanBy, Predicate, SortMember, bind, plan, sort_key};
use dmr_core::record::{PrincipalId, Record, RecordId, RecordRef};
use dmr_core::{Code, Issue, Place, Problem, Value};
use dmr_store::{Reader, Walk, WalkBy};
use std::collections::BinaryHeap;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// No list holds a read transaction longer than this; it goes on from where it stopped.
const SLICE: Duration = Duration::from_millis(200);
/// How far `page` may skip; further on a cursor is both faster and exact.
const MOST_SKIPPED: usize = 100_000;

impl Session {
    /// Lists records (R1, R2). Runs on the reader threads.
    pub fn list(&self, model: &str, parameters: Parameters) -> Pending<Page> {
        self.pending(|session| {
            let of = session.model_for(model, Operation::List)?;
            let listing = Listing::prepare(session.clone(), of, parameters)?;
            session.apart(move |_| listing.run())
        })
    }

    /// Lists records by a query document (R2).
    pub fn query(&self, model: &str, document: &Value, numbers: NumberStyle) -> Pending<Page> {
        match Document::read(document) {
            Ok(document) => {
                self.list(model, Parameters { document, numbers_as_text: numbers == NumberStyle::Text, ..Parameters::default() })
            }
            Err(issues) => self.pending(|session| {
                session.model_for(model, Operation::List)?;
                Err(refusal(issues))
            }),
        }
    }
}

/// A page of a list, on this thread: for what is itself run on a reader thread.
pub(super) fn listed(session: Session, of: SeenModel, parameters: Parameters) -> Result<Page, Problem> {
    Listing::prepare(session, of, parameters)?.run()
}

pub(super) fn refusal(issues: Vec<Issue>) -> Problem {
    let code = issues.first().map_or(Code::BodyShape, |issue| issue.code);
    Problem::of(code, issues)
}

/// A list, bound to its asker.
pub(super) struct Listing {
    pub session: Session,
    pub of: SeenModel,
    pub asker: PrincipalId,
    pub scope: Guard,
    pub predicate: Predicate,
    pub sort: Vec<SortMember>,
    pub selection: Option<Selection>,
    pub deleted: Deleted,
    pub limit: usize,
    pub skip: usize,
    pub after: Option<Position>,
    pub count: Count,
    pub question: Vec<u8>,
    pub numbers: NumberStyle,
    /// What is shown beside each record of what it refers to.
    expansion: Option<Expansion>,
}

impl Listing {
    pub fn prepare(session: Session, of: SeenModel, parameters: Parameters) -> Result<Self, Problem> {
        let document = parameters.document;
        if parameters.deleted != Deleted::Exclude {
            session.needs(Right::Deleted)?;
        }
        let mut issues = Vec::new();
        let predicate =
            document.filter.as_ref().map_or(Some(Predicate::everything()), |filter| bind(filter, &of.model, &of.view, &mut issues));
        let sort = bind_sort(&document, &of, &mut issues);
        let references = bind_fields(&document, &of, &mut issues);
        let numbers = if parameters.numbers_as_text { NumberStyle::Text } else { NumberStyle::Exact };
        let expansion = session.expansion(&of, &document.expand, numbers).unwrap_or_else(|wrong| {
            issues.extend(wrong);
            None
        });
        if !issues.is_empty() {
            return Err(refusal(issues));
        }
        let settings = &session.inner.settings().records;
        let limit = document.limit.unwrap_or(settings.page_size).min(settings.max_page_size);
        let skip = document.page.map_or(0, |page| (page - 1).saturating_mul(limit));
        if skip > MOST_SKIPPED {
            let issue = Issue::query("page", Code::ParameterValue, format!("pages reach to record {MOST_SKIPPED}"))
                .suggest("follow `next` as `cursor`");
            return Err(Problem::one(issue));
        }
        let question = format!("{:?}{:?}{:?}{:?}{:?}", of.model.id(), document.filter, document.sort, parameters.deleted, session.asker.id)
            .into_bytes();
        let after = document.cursor.as_deref().map(|cursor| session.inner.seal.open(&question, cursor)).transpose()?;
        Ok(Self {
            asker: session.asker.id,
            scope: of.view.scope(Operation::List, Check::RowsList),
            predicate: predicate.unwrap_or(Predicate::everything()),
            sort,
            selection: references.map(|references| Selection::of(&references)),
            deleted: parameters.deleted,
            limit,
            skip,
            after,
            count: document.count,
            question,
            numbers,
            expansion,
            session,
            of,
        })
    }

    fn run(self) -> Result<Page, Problem> {
        if self.scope == Guard::Never {
            return Err(missing(Operation::List));
        }
        let plan = self.plan(self.limit)?;
        self.session.inner.workloads.listed(self.of.model.id(), &plan, &self.predicate, &self.sort);
        match self.page(&plan) {
            Err(problem) if problem.code == Code::ScanBudget && plan.ordered && self.deleted == Deleted::Exclude => {
                let last = self.session.last_plan(&self.of.model, self.scope, &self.predicate, &self.sort)?;
                self.page(&last.ok_or(problem)?)
            }
            page => page,
        }
    }

    fn page(&self, plan: &Plan) -> Result<Page, Problem> {
        let mut page = if plan.ordered { self.in_order(plan)? } else { self.sorted(plan)? };
        page.count = self.total(plan)?;
        Ok(page)
    }

    /// How its records are walked, for so many of them.
    pub fn plan(&self, limit: usize) -> Result<Plan, Problem> {
        if self.deleted == Deleted::Exclude {
            return self.session.page_plan(&self.of.model, self.scope, &self.predicate, &self.sort, limit);
        }
        // Only living records are in an index.
        let plan = plan(&self.of.model, self.scope, self.asker, &self.predicate, &self.sort);
        Ok(Plan {
            by: PlanBy::Id,
            reverse: plan.reverse && plan.ordered && matches!(plan.by, PlanBy::Id),
            ordered: matches!(plan.by, PlanBy::Id) && plan.ordered,
        })
    }

    /// The walk is in the order that was asked for: it stops when the page is full.
    fn in_order(&self, plan: &Plan) -> Result<Page, Problem> {
        let mut page = Page::default();
        let (mut last, mut skipped, mut taken, mut more) = (None, 0, 0, false);
        let mut kept = Vec::new();
        self.walk(plan, self.start(plan), &mut |key, record| {
            if skipped < self.skip {
                skipped += 1;
                return ControlFlow::Continue(());
            }
            if taken == self.limit {
                more = true;
                return ControlFlow::Break(());
            }
            taken += 1;
            // What it refers to is read when this read is over.
            match &self.expansion {
                Some(_) => kept.push(record.to_owned()),
                None => page.items.push(self.render(record)),
            }
            if taken == self.limit {
                last = Some((key.to_vec(), sort_key(&self.sort, record, self.asker), record.id));
            }
            ControlFlow::Continue(())
        })?;
        if self.expansion.is_some() {
            page.items = self.items(kept.iter())?;
        }
        if let (true, Some((key, sort_key, id))) = (more, last) {
            let index = match &plan.by {
                PlanBy::Index { id, .. } => Some((*id, key)),
                PlanBy::Id => None,
            };
            page.next = Some(self.session.inner.seal.close(&self.question, &Position { sort_key, id: id.0, index }));
        }
        Ok(page)
    }

    /// The walk is in another order: the page is the smallest that fit, kept in a heap.
    fn sorted(&self, plan: &Plan) -> Result<Page, Problem> {
        let keep = self.skip + self.limit + 1;
        let mut heap: BinaryHeap<(Vec<u8>, Kept)> = BinaryHeap::with_capacity(keep.min(1024));
        self.walk(plan, None, &mut |_, record| {
            let key = sort_key(&self.sort, record, self.asker);
            let passed = self.after.as_ref().is_some_and(|after| key <= after.sort_key);
            let full = heap.len() >= keep && heap.peek().is_some_and(|(worst, _)| key >= *worst);
            if !passed && !full {
                heap.push((key, Kept(record.to_owned())));
                if heap.len() > keep {
                    heap.pop();
                }
            }
            ControlFlow::Continue(())
        })?;
        let mut rows: Vec<_> = heap.into_sorted_vec().into_iter().skip(self.skip).collect();
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let next = rows.last().filter(|_| more).map(|(key, kept)| {
            let position = Position { sort_key: key.clone(), id: kept.0.id.0, index: None };
            self.session.inner.seal.close(&self.question, &position)
        });
        Ok(Page { items: self.items(rows.iter().map(|(_, kept)| &kept.0))?, next, count: None })
    }

    fn total(&self, plan: &Plan) -> Result<Option<u64>, Problem> {
        if self.count == Count::None {
            return Ok(None);
        }
        if self.predicate.is_everything() && self.scope == Guard::Always {
            let mut counts = dmr_store::Counts::default();
            self.session.inner.store.read(false, &mut |reader| {
                counts = reader.counts(self.of.model.id())?;
                Ok(())
            })?;
            return Ok(Some(match self.deleted {
                Deleted::Exclude => counts.live,
                Deleted::Include => counts.live + counts.deleted,
                Deleted::Only => counts.deleted,
            }));
        }
        let mut count = 0;
        self.walk(plan, None, &mut |_, _| {
            count += 1;
            ControlFlow::Continue(())
        })?;
        Ok(Some(count))
    }

    /// Where a walk in order begins.
    fn start(&self, plan: &Plan) -> Option<Start> {
        let after = self.after.as_ref()?;
        Some(match (&plan.by, &after.index) {
            (PlanBy::Id, _) => Start::Id(RecordId(after.id)),
            (PlanBy::Index { id, .. }, Some((index, key))) if id == index => Start::Key(key.clone()),
            _ => Start::Order(after.sort_key.clone()),
        })
    }

    /// Walks the records that are selected, in slices, within the budget.
    fn walk(
        &self,
        plan: &Plan,
        start: Option<Start>,
        each: &mut dyn FnMut(&[u8], &RecordRef<'_>) -> ControlFlow<()>,
    ) -> Result<(), Problem> {
        let budget = &self.session.inner.settings().records.scan_budget;
        let began = Instant::now();
        let (mut by, order) = self.walk_by(plan, start);
        let (mut rows, mut spent) = (0_u64, false);
        loop {
            let slice = Instant::now();
            let (mut resume, mut finished) = (None, true);
            self.session.inner.store.read(false, &mut |reader: &dyn Reader| {
                let walk = Walk { model: &self.of.model, by: by.clone(), reverse: plan.reverse, hint: Some(&self.predicate) };
                let mut seen = 0_u32;
                reader.walk(&walk, &mut |key, record| {
                    seen += 1;
                    if self.visible(&record) {
                        rows += 1;
                        if rows > budget.rows {
                            spent = true;
                            return ControlFlow::Break(());
                        }
                        let passed = order.as_ref().is_some_and(|order| sort_key(&self.sort, &record, self.asker) <= *order);
                        if !passed && self.predicate.selects(&record, self.asker) && each(key, &record).is_break() {
                            return ControlFlow::Break(());
                        }
                    }
                    if seen.is_multiple_of(256) && slice.elapsed() > SLICE {
                        resume = Some(self.after_row(&by, plan.reverse, key, record.id));
                        finished = false;
                        return ControlFlow::Break(());
                    }
                    ControlFlow::Continue(())
                })
            })?;
            if spent || began.elapsed() > budget.time && !finished {
                return Err(budget::over(budget, rows, self.scope, &self.predicate, &self.sort));
            }
            match resume {
                Some(next) => by = next,
                None => return Ok(()),
            }
        }
    }

    fn walk_by(&self, plan: &Plan, start: Option<Start>) -> (WalkBy, Option<Vec<u8>>) {
        match (&plan.by, start) {
            (PlanBy::Id, Some(Start::Id(id))) => (WalkBy::Id { after: Some(id) }, None),
            (PlanBy::Id, start) => (WalkBy::Id { after: None }, order_of(start)),
            (PlanBy::Index { id, lower, upper, .. }, start) => {
                let by = WalkBy::Index { index: *id, lower: lower.clone(), upper: upper.clone() };
                match start {
                    Some(Start::Key(key)) => (self.after_row(&by, plan.reverse, &key, RecordId::default()), None),
                    start => (by, order_of(start)),
                }
            }
        }
    }

    /// The same walk, from after a row on.
    pub fn after_row(&self, by: &WalkBy, reverse: bool, key: &[u8], id: RecordId) -> WalkBy {
        match by {
            WalkBy::Id { .. } => WalkBy::Id { after: Some(id) },
            WalkBy::Index { index, lower, .. } if reverse => {
                WalkBy::Index { index: *index, lower: lower.clone(), upper: Some(key.to_vec()) }
            }
            WalkBy::Index { index, upper, .. } => WalkBy::Index { index: *index, lower: [key, &[0]].concat(), upper: upper.clone() },
        }
    }

    pub fn visible(&self, record: &RecordRef<'_>) -> bool {
        let asked = match self.deleted {
            Deleted::Exclude => record.deleted_at.is_none(),
            Deleted::Include => true,
            Deleted::Only => record.deleted_at.is_some(),
        };
        asked && self.scope.holds(record.owner, self.asker)
    }

    /// Records as they are shown, with what is expanded beside them.
    fn items<'a>(&self, records: impl Iterator<Item = &'a Record> + Clone) -> Result<Vec<Vec<u8>>, Problem> {
        let Some(expansion) = &self.expansion else { return Ok(records.map(|record| self.render(&record.as_ref())).collect()) };
        self.session.following(|followed| {
            let one = |record: &Record| {
                let mut out = self.render(&record.as_ref());
                expansion.add(&record.as_ref(), followed, &mut out)?;
                Ok(out)
            };
            records.clone().map(one).collect()
        })
    }

    fn render(&self, record: &RecordRef<'_>) -> Vec<u8> {
        let mut out = Vec::with_capacity(record.doc.len() + 320);
        let rendering = Rendering {
            model: &self.of.model,
            view: &self.of.view,
            asker: self.asker,
            selection: self.selection.as_ref(),
            numbers: self.numbers,
            system: true,
            old: &self.of.old_labels,
            check: Check::ColumnRender,
        };
        write_record(&rendering, record, &mut out);
        out
    }
}

enum Start {
    Id(RecordId),
    Key(Vec<u8>),
    Order(Vec<u8>),
}

fn order_of(start: Option<Start>) -> Option<Vec<u8>> {
    match start {
        Some(Start::Order(order)) => Some(order),
        _ => None,
    }
}

/// A record in the heap: ordered by its sort key alone, which ends with the id.
struct Kept(Record);

impl PartialEq for Kept {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Kept {}

impl PartialOrd for Kept {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Kept {
    fn cmp(&self, _: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

fn bind_sort(document: &Document, of: &SeenModel, issues: &mut Vec<Issue>) -> Vec<SortMember> {
    let mut sort = Vec::new();
    for asked in &document.sort {
        let names: Vec<&str> = asked.field.iter().map(String::as_str).collect();
        let (place, pointer) = placed(&asked.pointer);
        match of.view.reference(&of.model, &names, Use::Sort) {
            Ok(field) if field.kind.ordered() => sort.push(SortMember { field, descending: asked.descending }),
            Ok(field) => {
                // A name that is not declared may be one that is, misspelled.
                let near = if field.declared().is_none() { of.view.unknown(&of.model, &field.name).suggestions } else { Vec::new() };
                issues.push(Issue::at(place, pointer, Code::ParameterValue, field.unordered()).suggest_all(near));
            }
            Err(issue) => issues.push(Issue { place, pointer, ..issue }),
        }
    }
    sort
}

fn bind_fields(document: &Document, of: &SeenModel, issues: &mut Vec<Issue>) -> Option<Vec<dmr_core::gate::FieldRef>> {
    let fields = document.fields.as_ref()?;
    let mut references = Vec::with_capacity(fields.len());
    for (at, path) in fields.iter().enumerate() {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        let (place, pointer) = if document.is_body { placed(&format!("/fields/{at}")) } else { placed("fields") };
        match of.view.reference(&of.model, &names, Use::Select) {
            Ok(reference) => references.push(reference),
            Err(issue) => issues.push(Issue { place, pointer, ..issue }),
        }
    }
    Some(references)
}

fn placed(pointer: &str) -> (Place, String) {
    let place = if pointer.starts_with('/') { Place::Body } else { Place::Query };
    (place, pointer.to_owned())
}
