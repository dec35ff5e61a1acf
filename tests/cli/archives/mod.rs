//! Archives: mailboxes out of them, and messages into them.

mod bombs;
pub(crate) mod corpus;
mod cut;
mod damaged;
mod entries;
mod hostile;
mod importers;
#[cfg(unix)]
mod interrupted;
pub(crate) mod make;
mod named_alike;
pub(crate) mod oracles;
#[cfg(unix)]
mod output_faults;
pub(crate) mod read;
mod rerun;
mod same_tree;
mod skipped;
mod split;
pub(crate) mod takeout;
mod volumes;
