//! Archives: mailboxes out of them, and messages into them.

mod bombs;
mod corpus;
mod cut;
mod damaged;
mod entries;
mod hostile;
mod importers;
#[cfg(unix)]
mod interrupted;
mod make;
mod oracles;
#[cfg(unix)]
mod output_faults;
mod passed_over;
mod read;
mod rerun;
mod same_tree;
mod takeout;
mod volumes;
