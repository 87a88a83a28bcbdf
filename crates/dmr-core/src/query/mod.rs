//! Questions over the records of a model: conditions as they are asked, predicates as they are evaluated, and which index serves them
//! (R2).

mod bind;
mod condition;
mod operator;
mod order;
mod parameters;
mod plan;
mod predicate;

pub use bind::bind;
pub(crate) use bind::bind_to;
pub(crate) use condition::read_sort;
pub use condition::{Condition, Count, Document, Expand, MOST_DEPTH, MOST_PARTS, Sort, read_condition, read_count, read_path, sort_of};
pub use operator::Operator;
pub use order::{SortMember, sort_key};
pub use parameters::{Deleted, Parameters, read_parameters, whole, whole_value};
pub use plan::{Plan, PlanBy, in_order, plan, stretches};
pub use predicate::{Operand, Predicate, Test};
