//! Holds another program's messages against ours, mailbox by mailbox.

use crate::corpus::Case;

/// A mailbox of the corpus that a peer reads otherwise, and why we do not.
pub(crate) type Deviation = (&'static str, &'static str);

const PROSE: &str = "a line of prose that starts 'From '; readers without a rule for the date split there";
const NO_HEADER: &str = "MBOX.md 3.3: no header field follows the dated lines, so they are lines of a body";

/// Bodies with a line of prose that starts `From `, for peers that split at any such line.
pub(crate) const SPLIT_AT_PROSE: &[Deviation] =
    &[("go-mbox/DISABLED-UnescapedFromInsideMultipart.mbox", PROSE), ("spamassassin-tests/t/data/spam/008", PROSE)];

/// Dated lines without a header below, for peers that do not look there.
pub(crate) const SPLIT_WITHOUT_HEADER: &[Deviation] = &[("rubymail/test/data/mbox.odd", NO_HEADER)];

/// Compares each mailbox's messages, byte for byte, with those of a peer, `None` where it cannot read the mailbox;
/// answers how many were compared.
pub(crate) fn compare(
    cases: &[Case],
    theirs: impl Iterator<Item = Option<Vec<Vec<u8>>>>,
    ours: fn(&[u8]) -> Vec<Vec<u8>>,
    deviations: &[&[Deviation]],
) -> usize {
    let mut compared = 0;
    let mut deviating = Vec::new();
    for (case, theirs) in cases.iter().zip(theirs) {
        let Some(theirs) = theirs else { continue };
        compared += 1;
        if ours(&case.bytes) != theirs {
            deviating.push(case.file.as_str());
        }
    }
    let rows: Vec<_> = deviations.iter().copied().flatten().collect();
    let unknown = deviating.iter().filter(|file| !rows.iter().any(|(row, _)| file.ends_with(row)));
    assert_eq!(unknown.collect::<Vec<_>>(), <[&&str; 0]>::default(), "read otherwise, and no row says why");
    let stale = rows.iter().filter(|(row, _)| !deviating.iter().any(|file| file.ends_with(row)));
    assert_eq!(stale.collect::<Vec<_>>(), <[&&Deviation; 0]>::default(), "no longer read otherwise");
    compared
}
