//! Measures dmr beside the floor and a peer, in turn, on this machine; one row of the table a file under `rows/`.
//!
//! `cargo xtask bench [ROW...] [--rounds N] [--seconds N] [--rows N] [--without dmr,floor,pocketbase] [--write]`

mod figure;
mod floor;
mod load;
mod machine;
mod page;
mod plan;
mod pocketbase;
mod rows;
mod stored;

pub use rows::bare_inserts;

use crate::failure::Failure;
use figure::Row;
use plan::Plan;

/// Measures the rows that were asked for, prints them, keeps each under `target/bench/`, and writes the page when told to.
pub fn run(arguments: &[String]) -> Result<(), Failure> {
    let plan = Plan::parse(arguments)?;
    std::fs::create_dir_all(&plan.folder).map_err(Failure::file(&plan.folder))?;
    plan.build()?;
    let chosen = rows::ALL.iter().filter(|(name, _)| plan.names.is_empty() || plan.names.iter().any(|chosen| chosen == name));
    for (name, measure) in chosen {
        println!("\n== {name}");
        let lines = measure(&plan)?;
        let row = Row { name: (*name).to_owned(), command: plan.told(name), date: machine::date()?, commit: machine::commit(), lines };
        page::keep(&plan.folder, &row)?;
        println!("{}", page::table(std::slice::from_ref(&row)));
    }
    if plan.write { page::write(&plan.folder) } else { Ok(()) }
}
