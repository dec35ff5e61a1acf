//! Shared code of the programs in this package.
//!
//! [`generator`] generates mailboxes, [`measure`] runs a program and measures it, [`bench`](mod@bench) has what all
//! programs need (scratch folders, sibling programs, facts about the machine), and [`table`] runs programs in turn and
//! prints their costs. The README.md of this folder explains how to run the benchmarks and how to read the results.

#[cfg(not(target_os = "linux"))]
compile_error!("the benchmarks need wait4 and /proc of Linux");

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
