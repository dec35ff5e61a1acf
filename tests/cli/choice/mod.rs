//! What is chosen of mailboxes, how it is laid out in folders, and the look at them beforehand.

pub(crate) mod combinations;
mod copies;
mod corpus;
mod duplicates;
mod filters;
mod inspect;
mod inspect_faults;
mod inspect_hostile;
mod known;
mod layouts;
mod limits;
mod samples;
pub(crate) mod totals;
#[cfg(unix)]
mod users;
