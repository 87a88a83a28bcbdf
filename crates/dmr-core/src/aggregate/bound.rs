//! An aggregate that has gone through the gate: names are references by now.

use super::asked::{Asked, AskedField, AskedMeasure};
use super::columns::{Column, Columns, Reckoned};
use super::measure::{Needs, Op};
use crate::gate::{FieldRef, Guard, RefAt, Use, View};
use crate::model::Model;
use crate::number::Decimal;
use crate::path::SystemField;
use crate::projection::Projection;
use crate::query::{Predicate, SortMember, bind, bind_to};
use crate::{Code, FieldType, Issue};

/// An aggregate, bound to what its asker sees.
#[derive(Debug, Clone)]
pub struct Aggregate {
    /// Which records.
    pub filter: Predicate,
    /// What is read of each.
    pub projection: Projection,
    pub(super) groups: Vec<FieldRef>,
    pub(super) measures: Vec<BoundMeasure>,
    /// Where the value of each group field comes from, then that of each measure.
    pub(super) sources: Vec<Source>,
    pub(super) columns: Columns,
    pub(super) having: Option<Predicate>,
    pub(super) sort: Vec<SortMember>,
    pub(super) limit: usize,
}

/// A measure with its field.
#[derive(Debug, Clone)]
pub(super) struct BoundMeasure {
    pub op: Op,
    pub field: Option<FieldRef>,
    pub share: Option<Decimal>,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Source {
    /// Nowhere: a count of records needs none.
    Nowhere,
    /// A cell of the projection.
    Cell(usize),
    /// Beside the document.
    System(SystemField),
}

/// How much an aggregate may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Groups.
    pub groups: usize,
    /// Bytes, about.
    pub bytes: usize,
}

impl Aggregate {
    /// Binds an aggregate for an asker's view.
    ///
    /// # Errors
    /// Everything that is wrong, at once: fields that are not there for this asker, measures that cannot be taken of a field.
    pub fn bind(asked: &Asked, model: &Model, view: &View) -> Result<Self, Vec<Issue>> {
        let mut issues = Vec::new();
        let find = |field: &AskedField, wanted: Use, issues: &mut Vec<Issue>| {
            let names: Vec<&str> = field.path.iter().map(String::as_str).collect();
            let found = view.reference(model, &names, wanted);
            found.map_err(|issue| issues.push(Issue { place: crate::Place::Body, pointer: field.pointer.clone(), ..issue })).ok()
        };
        let groups: Vec<FieldRef> = asked.group_by.iter().filter_map(|field| find(field, Use::Group, &mut issues)).collect();
        let filter = asked.filter.as_ref().map_or(Some(Predicate::everything()), |filter| bind(filter, model, view, &mut issues));
        let mut measures = Vec::with_capacity(asked.measures.len());
        for measure in &asked.measures {
            let field = measure.field.as_ref().map(|field| find(field, Use::Measure, &mut issues));
            match field {
                Some(None) => {}
                Some(Some(field)) => measures.extend(bind_measure(measure, Some(field), &mut issues)),
                None => measures.extend(bind_measure(measure, None, &mut issues)),
            }
        }
        let (Some(filter), true) = (filter, issues.is_empty()) else { return Err(issues) };
        let columns = columns(asked, &groups, &measures)?;
        let (having, sort) = bind_answer(asked, &columns)?;
        let mut projection = Projection::default();
        let fields = groups.iter().map(Some).chain(measures.iter().map(|measure| measure.field.as_ref()));
        let sources = fields.map(|field| field.map_or(Source::Nowhere, |field| source(&mut projection, field))).collect();
        projection.add_tested(&filter);
        // Whose a record is decides what is seen of guarded fields, and inside of objects.
        let all = groups.iter().chain(measures.iter().filter_map(|measure| measure.field.as_ref()));
        projection.system |= all.into_iter().any(|field| field.guard != Guard::Always || !field.kind.ordered());
        let limit = asked.limit.unwrap_or(usize::MAX);
        Ok(Self { filter, projection, groups, measures, sources, columns, having, sort, limit })
    }

    /// The fields that are grouped by, and those that are measured; a count of records has none.
    pub fn fields(&self) -> impl Iterator<Item = &FieldRef> {
        self.groups.iter().chain(self.measures.iter().filter_map(|measure| measure.field.as_ref()))
    }

    pub(super) fn field(&self, slot: usize) -> Option<&FieldRef> {
        match slot.checked_sub(self.groups.len()) {
            None => self.groups.get(slot),
            Some(at) => self.measures.get(at)?.field.as_ref(),
        }
    }
}

fn source(projection: &mut Projection, field: &FieldRef) -> Source {
    match (projection.add(field), &field.at) {
        (Some(at), _) => Source::Cell(at),
        (None, RefAt::System(system)) => Source::System(*system),
        (None, RefAt::Document { .. }) => Source::Nowhere,
    }
}

fn bind_measure(asked: &AskedMeasure, field: Option<FieldRef>, issues: &mut Vec<Issue>) -> Option<BoundMeasure> {
    if let Some(field) = &field
        && !asked.op.fits(&field.kind)
    {
        let lacks = if asked.op.needs() == Needs::Order { "which has no order" } else { "which is no number" };
        let message = format!("`{}` cannot be taken of `{}`: it holds {}, {lacks}", asked.op.as_str(), field.name, field.kind.name());
        let others = Op::ALL.into_iter().filter(|op| op.fits(&field.kind)).map(|op| op.as_str().to_owned());
        issues.push(Issue::body(format!("{}/op", asked.pointer), Code::FilterOperator, message).suggest_all(others));
        return None;
    }
    Some(BoundMeasure { op: asked.op, field, share: asked.share.clone() })
}

/// The members of the answer; two cannot have one name.
fn columns(asked: &Asked, groups: &[FieldRef], measures: &[BoundMeasure]) -> Result<Columns, Vec<Issue>> {
    let mut columns = Columns::default();
    let mut issues = Vec::new();
    for (field, asked) in groups.iter().zip(&asked.group_by) {
        if columns.0.iter().any(|column| column.name == field.name) {
            let message = format!("`{}` stands twice in what is grouped by", field.name);
            issues.push(Issue::body(asked.pointer.clone(), Code::ParameterValue, message));
        }
        columns.0.push(Column { name: field.name.clone(), kind: field.kind.clone(), reckoned: None });
    }
    for (measure, asked) in measures.iter().zip(&asked.measures) {
        if columns.0.iter().any(|column| column.name == asked.name) {
            let message = format!("`{}` is what is grouped by: the measure needs another name", asked.name);
            let other = format!("{}_{}", asked.op.as_str(), asked.name);
            issues.push(Issue::body(asked.pointer.clone(), Code::ParameterValue, message).suggest(other));
        }
        let of = measure.field.as_ref().map_or(FieldType::Any, |field| field.kind.clone());
        let reckoned =
            (measure.op.needs() == Needs::Numbers).then_some(if of == FieldType::Decimal { Reckoned::Text } else { Reckoned::Number });
        columns.0.push(Column { name: asked.name.clone(), kind: measure.op.gives(&of), reckoned });
    }
    if issues.is_empty() { Ok(columns) } else { Err(issues) }
}

fn bind_answer(asked: &Asked, columns: &Columns) -> Result<(Option<Predicate>, Vec<SortMember>), Vec<Issue>> {
    let mut issues = Vec::new();
    let spelled = asked.having.as_ref().map(|having| columns.spelled(having));
    let having = spelled.and_then(|having| bind_to(&having, &|names| columns.find(names), &mut issues));
    let mut sort = Vec::with_capacity(asked.sort.len());
    for member in &asked.sort {
        let names: Vec<&str> = member.field.iter().map(String::as_str).collect();
        match columns.find(&names) {
            Ok(field) if field.kind.ordered() => sort.push(SortMember { field, descending: member.descending }),
            Ok(field) => {
                let message = format!("`{}` holds {}, which has no order", field.name, field.kind.name());
                issues.push(Issue::body(member.pointer.clone(), Code::ParameterValue, message));
            }
            Err(issue) => issues.push(Issue { pointer: member.pointer.clone(), ..issue }),
        }
    }
    if issues.is_empty() { Ok((having, sort)) } else { Err(issues) }
}
