//! The gate: the only maker of field references (invariant 4). It turns a principal, a model, a path and a use into
//! *unknown* or a reference that may be guarded; behind it nobody handles a name from outside.

mod check;
mod exports;
mod many;
mod reference;
mod render;
mod search;
mod view;

pub use check::Check;
pub use exports::{Exported, Exports, Gatekeeper};
pub use many::Many;
pub use reference::RefAt;
pub use reference::{FieldRef, Inside, Use};
pub(crate) use render::numbers_as_text;
pub use render::{NumberStyle, Rendering, Selection, write_record};
pub use view::{Access, Guard, View};
