//! What mail programs recorded about a message: read, replied to, and so on.

use std::fmt::{self, Write as _};
use std::ops::BitOrAssign;

use super::{MozillaStatus, SystemLabel};

/// The state of a message, as the letters of Maildir.
///
/// They come from `Status` and `X-Status`, which many programs write, from Thunderbird's flags and from Gmail's labels,
/// in any language. A field that the sender wrote looks the same as one that a mail program wrote.
///
/// | letter | meaning | from |
/// |---|---|---|
/// | D | draft | `X-Status: T`, label Drafts |
/// | F | flagged | `X-Status: F`, X-Mozilla-Status 0004, label Starred |
/// | P | passed, that is forwarded | X-Mozilla-Status 1000 |
/// | R | replied | `X-Status: A`, X-Mozilla-Status 0002 |
/// | S | seen | `Status: R`, X-Mozilla-Status 0001, labels of Gmail's own without Unread |
/// | T | trashed | `X-Status: D`, X-Mozilla-Status 0008, label Trash |
///
/// ```
/// use mbox2eml::message::{Field, HeaderReader, RawMessage};
///
/// let bytes = b"Status: RO\nX-Status: AF\n\n";
/// let message = RawMessage::new(b"From -\n", bytes);
/// assert_eq!(HeaderReader::new(&[Field::Flags]).read(&message).flags.to_string(), "FRS");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(u8);

/// The letters in their order, each with its bit.
const LETTERS: [char; 6] = ['D', 'F', 'P', 'R', 'S', 'T'];

impl Flags {
    /// The flags of all these sources together.
    pub(super) fn new(status: &[u8], x_status: &[u8], mozilla: MozillaStatus, labels: &[String]) -> Self {
        let has = |field: &[u8], letter: u8| field.contains(&letter);
        let system: Vec<SystemLabel> = labels.iter().filter_map(|label| SystemLabel::of(label)).collect();
        let labelled = |wanted| system.contains(&wanted);
        let mut flags = Self::default();
        for (letter, is_set) in [
            ('D', has(x_status, b'T') || labelled(SystemLabel::Drafts)),
            ('F', has(x_status, b'F') || mozilla.flagged() || labelled(SystemLabel::Starred)),
            ('P', mozilla.forwarded()),
            ('R', has(x_status, b'A') || mozilla.replied()),
            ('S', has(status, b'R') || mozilla.is_read() || is_read(&system)),
            ('T', has(x_status, b'D') || mozilla.deleted() || labelled(SystemLabel::Trash)),
        ] {
            flags.set(letter, is_set);
        }
        flags
    }

    /// The flags of Gmail's labels alone.
    #[cfg(feature = "convert")]
    pub(super) fn of_labels(labels: &[String]) -> Self {
        Self::new(b"", b"", MozillaStatus::default(), labels)
    }

    /// Reads letters in their order, each once.
    #[cfg(feature = "convert")]
    pub(crate) fn parse(letters: &str) -> Option<Self> {
        let mut flags = Self::default();
        for letter in letters.chars() {
            flags.set(LETTERS.into_iter().find(|known| *known == letter)?, true);
        }
        (flags.to_string() == letters).then_some(flags)
    }

    /// The same without one of them.
    #[cfg(feature = "convert")]
    pub(crate) fn without(self, letter: char) -> Self {
        let Self(all) = self;
        let mut one = Self::default();
        one.set(letter, true);
        Self(all & !one.0)
    }

    /// Whether this flag is set.
    #[cfg(feature = "convert")]
    pub(crate) fn has(self, letter: char) -> bool {
        self != self.without(letter)
    }

    fn set(&mut self, letter: char, is_set: bool) {
        let bit = LETTERS.iter().position(|other| *other == letter).unwrap_or_default();
        self.0 |= u8::from(is_set) << bit;
    }
}

/// Gmail marks what is unread, and every message has a label of Gmail's own: `Opened` is not on mail that was sent, and
/// stays on a message that was marked as unread later. Where no label is known, its word for `Unread` is not either.
fn is_read(system: &[SystemLabel]) -> bool {
    !system.is_empty() && !system.contains(&SystemLabel::Unread)
}

impl BitOrAssign for Flags {
    fn bitor_assign(&mut self, others: Self) {
        self.0 |= others.0;
    }
}

impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = LETTERS.iter().enumerate().filter(|(bit, _)| self.0 >> bit & 1 == 1);
        set.map(|(_, letter)| *letter).try_for_each(|letter| f.write_char(letter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_source_has_its_letters() {
        for (status, x_status, mozilla, labels, expected) in [
            ("", "", "", &[][..], ""),
            ("RO", "", "", &[], "S"),
            ("O", "", "", &[], ""),
            ("", "ADFT", "", &[], "DFRT"),
            ("", "", "100f", &[], "FPRST"),
            ("", "", "", &["Opened", "Posteingang"], "S"),
            ("", "", "", &["Opened", "Unread"], ""),
            ("", "", "", &["Sent"], "S"),
            ("", "", "", &["Work", "Posteingang"], "S"),
            ("", "", "", &["Work", "Входящие"], ""),
            ("", "", "", &["Markiert", "Brouillons"], "DFS"),
            ("", "", "", &["Papierkorb", "Geöffnet"], "ST"),
            ("R", "", "", &["Unread"], "S"),
        ] {
            let labels: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
            let mozilla = MozillaStatus::parse(mozilla.as_bytes(), b"");
            let flags = Flags::new(status.as_bytes(), x_status.as_bytes(), mozilla, &labels);
            assert_eq!(flags.to_string(), expected, "{status} {x_status} {labels:?}");
        }
    }
}
