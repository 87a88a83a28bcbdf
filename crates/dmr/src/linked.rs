//! Models that code describes, found when the program is linked (M10): wherever in it, and in the crates it uses, a struct stands under
//! [`model!`](crate::model), [`Builder::linked_models`](crate::Builder::linked_models) registers its model.

use crate::registry::Registry;
use crate::session::{Registered, Session};
use dmr_core::registration::Registration;
use dmr_core::{Code, Problem};
use std::collections::HashMap;

#[doc(hidden)]
pub use crate::session::registration_of as describe;
#[doc(hidden)]
pub use inventory::submit;

/// A struct under [`model!`](crate::model).
#[doc(hidden)]
pub struct Declared {
    type_name: fn() -> &'static str,
    describe: fn() -> Result<Registration, Problem>,
}

impl Declared {
    pub const fn new(type_name: fn() -> &'static str, describe: fn() -> Result<Registration, Problem>) -> Self {
        Self { type_name, describe }
    }
}

inventory::collect!(Declared);

/// Has the model of a struct registered by every registry of this program that is opened with
/// [`Builder::linked_models`](crate::Builder::linked_models) (M10). Stands beside the struct, in whatever module or crate; with options where the
/// model has more than the struct says.
///
/// ```
/// use dmr::{Registry, StructOptions};
///
/// /// What is sold.
/// #[derive(schemars::JsonSchema)]
/// struct Product {
///     sku: String,
/// }
/// dmr::model!(Product, StructOptions::new().namespace("shop").key("sku"));
///
/// # fn main() -> Result<(), dmr::Problem> {
/// let registry = Registry::builder().memory().linked_models().open()?;
/// let linked = registry.linked_models();
/// assert_eq!(linked.len(), 1);
/// assert_eq!(linked[0].came.as_ref().map(|model| model.name.as_str()), Ok("shop.Product"));
/// # Ok(())
/// # }
/// ```
#[macro_export]
macro_rules! model {
    ($model:ty) => {
        $crate::model!($model, $crate::StructOptions::new());
    };
    ($model:ty, $options:expr) => {
        $crate::linked::submit! {
            $crate::linked::Declared::new(::core::any::type_name::<$model>, || $crate::linked::describe::<$model>($options))
        }
    };
}

/// What a struct under [`model!`](crate::model) came to when the registry was opened.
#[derive(Debug, Clone)]
pub struct LinkedModel {
    /// The path of the struct.
    pub type_name: &'static str,
    /// Its model; or why it is none. The others are there all the same.
    pub came: Result<Registered, Problem>,
}

impl Registry {
    /// What the structs under [`model!`](crate::model) came to, in order of path; empty where the registry was opened without
    /// [`Builder::linked_models`](crate::Builder::linked_models).
    pub fn linked_models(&self) -> &[LinkedModel] {
        self.inner.linked.get().map_or(&[], Vec::as_slice)
    }

    pub(crate) fn register_linked(&self) {
        self.inner.linked.get_or_init(|| register_all(&self.system()));
    }
}

/// Registers all of them; one that rests on another, which comes later, is tried again.
fn register_all(system: &Session) -> Vec<LinkedModel> {
    let mut open: Vec<&Declared> = inventory::iter::<Declared>().collect();
    // The linker's order means nothing.
    open.sort_by_key(|declared| (declared.type_name)());
    let (mut done, mut names) = (Vec::new(), HashMap::new());
    loop {
        let before = open.len();
        let mut failed = Vec::new();
        for declared in std::mem::take(&mut open) {
            let type_name = (declared.type_name)();
            match register(declared, type_name, &mut names, system) {
                Ok(model) => done.push(LinkedModel { type_name, came: Ok(model) }),
                Err(problem) => failed.push((declared, problem)),
            }
        }
        if failed.is_empty() || failed.len() == before {
            done.extend(failed.into_iter().map(|(declared, problem)| {
                let type_name = (declared.type_name)();
                tracing::warn!(target: "dmr::linked", type_name, problem = problem.detail, "a model that code describes cannot be used");
                LinkedModel { type_name, came: Err(problem) }
            }));
            done.sort_by_key(|linked| linked.type_name);
            return done;
        }
        open.extend(failed.into_iter().map(|(declared, _)| declared));
    }
}

fn register(
    declared: &Declared,
    type_name: &'static str,
    names: &mut HashMap<String, &'static str>,
    system: &Session,
) -> Result<Registered, Problem> {
    let registration = (declared.describe)()?;
    let name = registration.name.to_string();
    match names.get(&name) {
        // Each start would register the one and then the other.
        Some(twin) if *twin != type_name => {
            return Err(Problem::new(Code::ModelExists, format!("{twin} describes the model `{name}` too")));
        }
        _ => names.insert(name, type_name),
    };
    system.declare(registration).wait()
}
