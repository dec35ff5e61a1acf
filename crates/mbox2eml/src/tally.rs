//! A number of messages and their size.

/// A number of messages, and how many bytes they have together.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::sink::DryRun;
/// use mbox2eml::source::Memory;
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
/// let done = Converter::builder().build().convert(Memory::new("in", mailbox), DryRun::default(), &());
/// let tally = done.receipt[""];
/// assert_eq!((tally.messages, tally.bytes), (1, 28));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Tally {
    /// How many there are.
    pub messages: u64,
    /// Their size in bytes.
    pub bytes: u64,
}

impl Tally {
    /// Counts one more.
    pub(crate) fn add(&mut self, bytes: u64) {
        *self += Self { messages: 1, bytes };
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.messages += other.messages;
        self.bytes += other.bytes;
    }
}

impl std::ops::SubAssign for Tally {
    fn sub_assign(&mut self, other: Self) {
        self.messages -= other.messages;
        self.bytes -= other.bytes;
    }
}
