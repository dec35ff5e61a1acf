//! Which messages are wanted.
//!
//! [`Filter`] looks at one message alone; [`Dedup`] and [`Seen`] at those before it, and [`Sample`] at its place in the
//! mailbox. All of them are pure, and the last two want the messages in order.

mod content;
mod dedup;
mod filter;
mod pattern;
mod period;
mod sample;
mod seen;

pub use dedup::{Dedup, DuplicateKey};
pub use filter::Filter;
pub use pattern::Pattern;
pub use period::{Period, PeriodError};
pub use sample::Sample;
pub use seen::Seen;

use crate::message::Headers;
use crate::split::Profile;

/// What becomes of messages that Thunderbird marked as deleted and has not yet removed from the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Deleted {
    /// They are counted and left behind. The default.
    #[default]
    Skip,
    /// They are taken like all others.
    Keep,
}

/// The choice among the messages of a mailbox.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Selection {
    /// Whether deleted messages are taken.
    pub(crate) deleted: Deleted,
    /// How many messages of each mailbox are read at most; all of them by default.
    pub(crate) limit: Option<u64>,
}

impl Selection {
    /// Whether a message is left behind because Thunderbird marked it as deleted.
    ///
    /// In a mailbox of another program the flags came with the mail, and anybody can send such a header.
    pub(crate) fn drops_deleted(&self, headers: &Headers, profile: Profile) -> bool {
        self.deleted == Deleted::Skip
            && matches!(profile, Profile::Thunderbird | Profile::Generic)
            && headers.mozilla_status.deleted()
    }
}
