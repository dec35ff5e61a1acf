//! A few messages out of many.

/// The choice of a number of messages, spread evenly over the bytes of a mailbox and the same every
/// time.
///
/// It is made message by message, in the mailbox's order and without knowing how many are to come:
/// of the first tenth of the bytes a tenth of the number is due, and what was not met there, since
/// there were fewer messages, is made up for later. So never more than the number are taken, and in
/// a mailbox of messages of one size exactly as many, if it has them; fewer only if large messages
/// leave too few behind them.
///
/// # Examples
///
/// ```
/// use mbox2eml::select::Sample;
///
/// let mut sample = Sample::new(3, 900);
/// let taken: Vec<u64> = (0..9).map(|message| message * 100).filter(|start| sample.take(*start)).collect();
/// assert_eq!(taken, [0, 300, 600]);
/// ```
#[derive(Clone, Debug)]
pub struct Sample {
    messages: u64,
    size: u64,
    taken: u64,
}

impl Sample {
    /// A choice of so many messages of a mailbox of `size` bytes.
    pub fn new(messages: u64, size: u64) -> Self {
        Self { messages, size, taken: 0 }
    }

    /// Whether the message is taken that starts at this byte of the mailbox. To be asked once for each message that is
    /// wanted otherwise, in order.
    pub fn take(&mut self, start: u64) -> bool {
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

    /// The indexes of the messages that are taken, messages of these sizes lying one behind the other.
    fn taken(messages: u64, sizes: &[u64]) -> Vec<usize> {
        let mut sample = Sample::new(messages, sizes.iter().sum());
        let starts = sizes.iter().scan(0, |next, size| Some(std::mem::replace(next, *next + size)));
        starts.enumerate().filter(|(_, start)| sample.take(*start)).map(|(index, _)| index).collect()
    }

    #[test]
    fn what_was_not_met_is_made_up_for() {
        assert_eq!(taken(4, &[10; 8]), [0, 2, 4, 6]);
        assert_eq!(taken(4, &[70, 2, 2, 2, 2, 2]), [0, 1, 2, 3]);
        assert_eq!(taken(2, &[1, 1, 1, 1, 1, 95]), [0]);
        assert_eq!(taken(9, &[10; 3]), [0, 1, 2]);
        assert_eq!(taken(1, &[10; 3]), [0]);
        assert_eq!(taken(0, &[10; 3]), [0; 0]);
    }

    #[test]
    fn sizes_that_are_no_sizes() {
        let mut empty = Sample::new(2, 0);
        assert_eq!([0, 0, 5, 9].map(|start| empty.take(start)), [true, false, true, false]);
        let mut grown = Sample::new(2, 10);
        assert_eq!([0, 100, 200, 300].map(|start| grown.take(start)), [true, true, false, false]);
        let mut huge = Sample::new(u64::MAX, u64::MAX);
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
