//! The power fails, the disk fails, the disk is full: nothing that was acknowledged is missing, nothing is half done (invariant 7).

mod cut;
mod disk;
mod faults;
mod vfs;
