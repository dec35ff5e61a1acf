//! What the programs of this package share.
//!
//! [`generator`] makes mailboxes, [`measure`] runs a program and says what it cost, [`bench`](mod@bench)
//! is the place where they meet: scratch folders, sibling programs, the facts of the machine; [`table`] runs them in
//! turn and tells what each cost.
//! How to run it and how to read the result stands in the README.md of this folder.

#[cfg(not(target_os = "linux"))]
compile_error!("the benchmarks measure with wait4 and /proc as Linux has them");

pub mod bench;
pub mod cgroup;
pub mod counts;
pub mod generator;
pub mod line;
pub mod measure;
pub mod peers;
pub mod size;
pub mod spread;
pub mod strace;
pub mod table;
