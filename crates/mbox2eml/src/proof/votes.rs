//! How a mailbox quotes, as its signed messages prove.

use crate::pairs::{PairReader, Pairs, Unreadable};
use crate::transform::Quoting;

/// Evidence for how a message was quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum QuotingEvidence {
    /// No evidence needed: the message has no line that quoting could have changed.
    Irrelevant,
    /// A signature matches the body in these readings, which all give the same bytes; the mailbox's own comes first.
    Proven(Vec<Quoting>),
    /// No usable signature matches.
    Unknown,
}

/// What the signed messages of a mailbox have proven so far. Unsigned messages are read the same way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct QuotingVotes {
    /// How many messages voted. A message that several readings restore votes for each of them.
    messages: u64,
    mboxrd: u64,
    mboxo: u64,
    none: u64,
    /// Whether a line was found that a program which quotes would have quoted.
    unquoted: bool,
}

impl QuotingVotes {
    /// Notes a line that starts with `From ` in a body: nothing is quoted from here on, unless signatures say
    /// otherwise.
    pub(crate) fn add_unquoted(&mut self) {
        self.unquoted = true;
    }

    /// Counts what a message proves, if anything.
    pub(crate) fn add(&mut self, evidence: &QuotingEvidence) {
        let QuotingEvidence::Proven(readings) = evidence else { return };
        self.messages += 1;
        for reading in readings {
            match reading {
                Quoting::Mboxrd => self.mboxrd += 1,
                Quoting::Mboxo | Quoting::Partly(_) => self.mboxo += 1,
                Quoting::None => self.none += 1,
            }
        }
    }

    /// The reading of the next message: the one its own signature proves, else the one that more than half of the
    /// signed messages before it agree on, else `own`, which the mailbox is believed to use.
    pub(crate) fn reading(&self, evidence: &QuotingEvidence, own: Quoting) -> Quoting {
        match evidence {
            QuotingEvidence::Proven(readings) => readings.first().copied().unwrap_or(own),
            QuotingEvidence::Irrelevant => own,
            QuotingEvidence::Unknown => self.winner(own),
        }
    }

    /// Writes them as text.
    pub(crate) fn write(&self, pairs: &mut Pairs) {
        let Self { messages, mboxrd, mboxo, none, unquoted } = self;
        pairs.add("voters", messages);
        pairs.add("mboxrd", mboxrd);
        pairs.add("mboxo", mboxo);
        pairs.add("none", none);
        pairs.add("unquoted", unquoted);
    }

    /// Reads what was written after `found` messages.
    pub(crate) fn read(pairs: &mut PairReader<'_>, found: u64) -> Result<Self, Unreadable> {
        let mut votes = |name, most| match pairs.value(name)? {
            votes if votes > most => Err(Unreadable(name)),
            votes => Ok(votes),
        };
        let messages = votes("voters", found)?;
        let (mboxrd, mboxo, none) = (votes("mboxrd", messages)?, votes("mboxo", messages)?, votes("none", messages)?);
        Ok(Self { messages, mboxrd, mboxo, none, unquoted: pairs.value("unquoted")? })
    }

    fn winner(&self, own: Quoting) -> Quoting {
        let Self { messages, mboxrd, mboxo, none, unquoted } = *self;
        let own = if unquoted { Quoting::None } else { own };
        let of = [(none, Quoting::None), (mboxo, Quoting::Mboxo), (mboxrd, Quoting::Mboxrd)];
        // In a tie the mailbox's own reading wins, else the last one: a mailbox that needs no quoting is rare.
        let winner = of.into_iter().max_by_key(|(votes, reading)| (*votes, *reading == own));
        winner.filter(|(votes, _)| *votes > messages / 2).map_or(own, |(_, reading)| reading)
    }
}

#[cfg(test)]
mod tests {
    use Quoting::{Mboxo, Mboxrd, None};

    use super::*;

    fn winner(ballots: &[&[Quoting]], own: Quoting) -> Quoting {
        let mut votes = QuotingVotes::default();
        ballots.iter().for_each(|readings| votes.add(&QuotingEvidence::Proven(readings.to_vec())));
        votes.add(&QuotingEvidence::Unknown);
        votes.add(&QuotingEvidence::Irrelevant);
        votes.reading(&QuotingEvidence::Unknown, own)
    }

    #[test]
    fn the_unsigned_follow_most_of_the_signed() {
        for own in [Mboxrd, Mboxo, None] {
            assert_eq!(winner(&[], own), own);
            assert_eq!(winner(&[&[Mboxo]], own), Mboxo);
            assert_eq!(winner(&[&[None], &[None], &[Mboxrd]], own), None);
            // A half is no majority.
            assert_eq!(winner(&[&[None], &[Mboxrd]], own), own);
        }
    }

    #[test]
    fn a_vote_for_two_readings_hinders_neither() {
        let both: &[Quoting] = &[Mboxrd, Mboxo];
        assert_eq!(winner(&[both, both, both, &[Mboxo]], Mboxrd), Mboxo);
        assert_eq!(winner(&[both], Mboxrd), Mboxrd);
        assert_eq!(winner(&[both], Mboxo), Mboxo);
        assert_eq!(winner(&[both, &[None]], Mboxo), Mboxo);
        assert_eq!(winner(&[&[Mboxo, None]], Mboxrd), Mboxo);
    }

    #[test]
    fn after_an_unquoted_line_nothing_is_quoted_unless_signatures_say_so() {
        let mut votes = QuotingVotes::default();
        votes.add_unquoted();
        assert_eq!(votes.reading(&QuotingEvidence::Unknown, Mboxrd), None);
        assert_eq!(votes.reading(&QuotingEvidence::Proven(vec![Mboxo]), Mboxrd), Mboxo);
        votes.add(&QuotingEvidence::Proven(vec![Mboxo]));
        assert_eq!(votes.reading(&QuotingEvidence::Unknown, Mboxrd), Mboxo);
    }

    #[test]
    fn a_signature_of_its_own_outvotes_all() {
        let mut votes = QuotingVotes::default();
        votes.add(&QuotingEvidence::Proven(vec![Mboxo]));
        assert_eq!(votes.reading(&QuotingEvidence::Proven(vec![None]), Mboxrd), None);
        assert_eq!(votes.reading(&QuotingEvidence::Irrelevant, Mboxrd), Mboxrd);
    }
}
