//! What an export says of its messages in a file of its own: labels, dates, sizes, hashes.
//!
//! [`Metadata`] is filled by an application that can read such a file, and handed to a run with its
//! [`Mailbox`](crate::Mailbox). Each message is looked up by what it has in common with its record, a [`Key`]. Then the
//! record's labels count as those of the message, and the message is compared with the size and the MD5 of its record.

mod check;
mod key;
mod records;

pub use check::Check;
pub(crate) use check::{Joined, Original};
pub use key::Key;
pub(crate) use key::KeyHash;
pub(crate) use records::Found;
pub use records::{Added, Facts, Metadata};

#[cfg(test)]
mod tests;
