//! How many of the wanted messages of a mailbox are converted.

/// How many of the wanted messages of each mailbox are converted.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::select::Sample;
/// use mbox2eml::sink::Null;
/// use mbox2eml::source::Memory;
///
/// let mailbox = "From a Mon Jan  1 00:00:00 2024\nSubject: x\n\nHello\n\n".repeat(100);
/// let done = Converter::builder().sample(Sample::First(10)).build().convert(Memory::new("in", mailbox), Null, &());
/// assert_eq!(done.messages().written, 10);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sample {
    /// All of them. The default.
    #[default]
    All,
    /// The first ones, this many. The mailbox is not read beyond the last of them, and nothing there counts as found.
    First(u64),
    /// This many, spread evenly over the bytes of the mailbox, the same ones every time.
    ///
    /// The choice is made message by message: in the first tenth of the bytes a tenth of the number is due, and what is
    /// missing there, because there are fewer messages, is made up for later. So there are never more, and there are
    /// fewer only if large messages leave too few after them.
    Evenly(u64),
}

/// What remains of a sample in the current mailbox.
#[derive(Debug)]
pub(crate) enum Remaining {
    All,
    First { left: u64 },
    Evenly(Evenly),
}

impl Remaining {
    /// The whole sample of a mailbox of `size` bytes.
    pub(crate) fn new(sample: Sample, size: u64) -> Self {
        match sample {
            Sample::All => Self::All,
            Sample::First(left) => Self::First { left },
            Sample::Evenly(messages) => Self::Evenly(Evenly::new(messages, size)),
        }
    }

    /// Whether the wanted message that begins at this offset is in the sample. To be called once per message, in order.
    pub(crate) fn take(&mut self, offset: u64) -> bool {
        match self {
            Self::All => true,
            Self::First { left } => {
                let is_taken = *left > 0;
                *left = left.saturating_sub(1);
                is_taken
            }
            Self::Evenly(evenly) => evenly.take(offset),
        }
    }

    /// Whether no further message of the mailbox can be in the sample.
    pub(crate) fn is_used_up(&self) -> bool {
        matches!(self, Self::First { left: 0 })
    }
}

/// The choice of [`Sample::Evenly`].
#[derive(Debug)]
pub(crate) struct Evenly {
    messages: u64,
    size: u64,
    taken: u64,
}

impl Evenly {
    fn new(messages: u64, size: u64) -> Self {
        Self { messages, size, taken: 0 }
    }

    fn take(&mut self, start: u64) -> bool {
        let before = u128::from(start) * u128::from(self.messages) / u128::from(self.size.max(1));
        let take = self.taken < self.messages && u128::from(self.taken) <= before;
        self.taken += u64::from(take);
        take
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The indexes of the messages that are taken from a mailbox of messages of these sizes.
    fn taken(messages: u64, sizes: &[u64]) -> Vec<usize> {
        let mut sample = Evenly::new(messages, sizes.iter().sum());
        let starts = sizes.iter().scan(0, |next, size| Some(std::mem::replace(next, *next + size)));
        starts.enumerate().filter(|(_, start)| sample.take(*start)).map(|(index, _)| index).collect()
    }

    #[test]
    fn what_is_missing_is_made_up_for() {
        assert_eq!(taken(4, &[10; 8]), [0, 2, 4, 6]);
        assert_eq!(taken(4, &[70, 2, 2, 2, 2, 2]), [0, 1, 2, 3]);
        assert_eq!(taken(2, &[1, 1, 1, 1, 1, 95]), [0]);
        assert_eq!(taken(9, &[10; 3]), [0, 1, 2]);
        assert_eq!(taken(1, &[10; 3]), [0]);
        assert_eq!(taken(0, &[10; 3]), [0; 0]);
    }

    #[test]
    fn extreme_sizes() {
        let mut empty = Evenly::new(2, 0);
        assert_eq!([0, 0, 5, 9].map(|start| empty.take(start)), [true, false, true, false]);
        let mut grown = Evenly::new(2, 10);
        assert_eq!([0, 100, 200, 300].map(|start| grown.take(start)), [true, true, false, false]);
        let mut huge = Evenly::new(u64::MAX, u64::MAX);
        assert_eq!([0, u64::MAX, u64::MAX].map(|start| huge.take(start)), [true; 3]);
    }

    proptest! {
        #[test]
        fn even_mailboxes_give_exactly_the_number(number in 0..400_u64, messages in 0..400_u64, size in 1..9999_u64) {
            let sizes = vec![size; usize::try_from(messages).unwrap()];
            prop_assert_eq!(taken(number, &sizes).len(), usize::try_from(number.min(messages)).unwrap());
        }

        #[test]
        fn even_samples_are_even(number in 1..50_usize, messages in 50..400_usize) {
            let taken = taken(u64::try_from(number).unwrap(), &vec![100; messages]);
            let gaps = taken.windows(2).map(|pair| pair[1] - pair[0]);
            let fair = messages / number;
            for gap in gaps.chain([messages - taken[number - 1]]) {
                prop_assert!(gap == fair || gap == fair + 1, "{taken:?}");
            }
        }

        #[test]
        fn never_more_than_the_number_nor_than_is_due(number in 0..40_u64, sizes in prop::collection::vec(1..5000_u64, 0..120)) {
            let taken = taken(number, &sizes);
            let size: u64 = sizes.iter().sum();
            prop_assert!(taken.len() <= usize::try_from(number).unwrap());
            prop_assert_eq!(taken.first(), (number > 0 && !sizes.is_empty()).then_some(&0));
            for (before, index) in taken.iter().enumerate() {
                let start: u64 = sizes[..*index].iter().sum();
                prop_assert!(u64::try_from(before).unwrap() * size <= start * number, "{taken:?}");
            }
        }
    }
}
