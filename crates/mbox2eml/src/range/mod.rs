//! Ranges of a mailbox, each of which is read or converted by itself, with the same result as in the whole.
//!
//! A [`Plan`] reads a mailbox once and cuts it into [`MessageRange`]s. Each begins and ends at a [`Checkpoint`], which
//! has all that the messages before it have shown. So ranges can be worked on in any order, in other processes and on
//! other machines: messages have the same bytes, numbers, names and warnings as in the whole, and the sums of all
//! ranges are those of the mailbox.
//!
//! ```
//! use mbox2eml::Mbox;
//! use mbox2eml::range::{Checkpoint, MessageRange};
//!
//! let mailbox = "From a Mon Jan  1 00:00:00 2024\nSubject: 1\n\nFrom b Mon Jan  1 00:00:00 2024\nSubject: 2\n\n";
//! let ranges: Vec<MessageRange> = Mbox::from_bytes(mailbox).plan(1).collect::<Result<_, _>>()?;
//! assert_eq!(ranges.len(), 2);
//!
//! // On another machine:
//! let text = [ranges[1].start().to_string(), ranges[1].end().to_string()];
//! let [start, end] = text.map(|text| text.parse::<Checkpoint>().unwrap());
//! let range = MessageRange::new(start, end)?;
//! for message in Mbox::from_bytes(mailbox).in_range(range).messages() {
//!     let message = message?;
//!     assert_eq!((message.index(), message.offset()), (2, 44));
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What depends on other messages of the mailbox cannot be done in a range: duplicates, limits and samples, folders of
//! labels, whose spelling is that of the first message with the label, and names without a number.

mod checkpoint;
mod message_range;
mod plan;

pub(crate) use checkpoint::Fingerprint;
pub use checkpoint::{Checkpoint, CheckpointError};
pub use message_range::MessageRange;
pub use plan::Plan;
