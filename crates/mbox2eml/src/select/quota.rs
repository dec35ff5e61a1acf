//! How many messages of a mailbox are taken.

use super::Sample;

/// How many of the wanted messages of each mailbox are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Quota {
    /// All of them. The default.
    #[default]
    All,
    /// The first so many; nothing behind the last of them is read, and nothing there counts as found.
    First(u64),
    /// So many, spread evenly over the bytes of the mailbox, the same ones every time.
    Spread(u64),
}

/// What is left of a quota in the mailbox in work.
#[derive(Debug)]
pub(crate) enum Remaining {
    All,
    First { left: u64 },
    Spread(Sample),
}

impl Remaining {
    /// The whole quota of a mailbox of so many bytes.
    pub(crate) fn new(quota: Quota, size: u64) -> Self {
        match quota {
            Quota::All => Self::All,
            Quota::First(left) => Self::First { left },
            Quota::Spread(messages) => Self::Spread(Sample::new(messages, size)),
        }
    }

    /// Whether the wanted message at that offset is taken.
    pub(crate) fn take(&mut self, offset: u64) -> bool {
        match self {
            Self::All => true,
            Self::First { left } => {
                let is_taken = *left > 0;
                *left = left.saturating_sub(1);
                is_taken
            }
            Self::Spread(sample) => sample.take(offset),
        }
    }

    /// Whether no further message of the mailbox matters.
    pub(crate) fn is_used_up(&self) -> bool {
        matches!(self, Self::First { left: 0 })
    }
}
