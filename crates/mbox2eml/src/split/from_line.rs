//! Parses the line that begins a message.
//!
//! No standard is followed by all programs: `From `, an envelope sender, and a date in one of a dozen forms. Mail
//! bodies have lines that begin with `From ` too, so the [`Shape`] says how much one looks like a separator. Only the
//! line itself is looked at; what is around it is weighed elsewhere.

mod date;
mod zone;

pub(crate) use zone::zone_minutes;

use super::dialect::{self, Dialect};

/// Longest line taken for a separator, in bytes without the line end.
const LONGEST: usize = 1000;

/// How far the received time in a Gmail id may be from the date beside it. Vault's dates are wrong by up to twelve
/// hours; the numbers of Google Groups are no such times, and wrong by years.
const GMAIL_TOLERANCE: u64 = 86_400;

/// How much a line that begins with `From ` looks like the separator of a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Shape {
    /// It ends with a date that exists: shape A.
    Strong,
    /// It has nothing after `From `, or only `-` or one address, or a date in a language that is
    /// not English: shape B.
    Weak,
    /// Neither: probably a line of a body.
    Prose,
}

/// A line that begins with `From `, parsed.
///
/// # Examples
///
/// ```
/// use mbox2eml::split::{Dialect, FromLine};
///
/// let line = FromLine::parse(b"From ann@example.org  Mon Jan  5 08:50:15 2004 +0100\n").unwrap();
/// assert_eq!(line.sender(), b"ann@example.org");
/// assert_eq!(line.seconds(), Some(1_073_289_015));
/// assert_eq!(line.dialect(), Dialect::Generic);
///
/// let line = FromLine::parse(b"From then on nothing was the same.\n").unwrap();
/// assert_eq!((line.sender(), line.seconds()), (&b""[..], None));
///
/// assert!(FromLine::parse(b"From: ann@example.org\n").is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FromLine<'a> {
    /// What follows `From `, without the line end.
    text: &'a [u8],
    sender: &'a [u8],
    shape: Shape,
    dialect: Dialect,
    /// The date, even if it means nothing.
    date: Option<i64>,
    gmail_id: Option<u64>,
}

/// What a From_ line says about its message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FromLineFacts {
    /// When it was received: [`FromLine::seconds`].
    pub(crate) seconds: Option<i64>,
    /// Gmail's id of it: [`FromLine::gmail_id`].
    pub(crate) gmail_id: Option<u64>,
    /// Whether the sender is one that programs write for lack of a real one: `-`, `MAILER-DAEMON`, `???@???`. They
    /// write the time at which they stored the message.
    pub(crate) is_of_program: bool,
    /// Whether the date was found with all that is known of the message, when the line was written here.
    pub(crate) is_settled: bool,
    /// Whether a line end was added to the message.
    pub(crate) is_unended: bool,
}

impl<'a> FromLine<'a> {
    /// Parses a line with or without its line end (LF, CRLF or a lone CR). `None` if it does not begin with exactly
    /// `From `.
    ///
    /// The time it takes is bounded, whatever the length of the line.
    #[must_use]
    pub fn parse(line: &'a [u8]) -> Option<Self> {
        let text = without_line_end(line.strip_prefix(b"From ")?);
        let (sender, shape, dialect) = (&b""[..], Shape::Prose, Dialect::Generic);
        let prose = Self { text, sender, shape, dialect, date: None, gmail_id: None };
        if text.len() > LONGEST {
            return Some(prose);
        }
        let trimmed = text.trim_ascii();
        if let Some(dated) = date::at_end(trimmed) {
            let sender = dated.before.trim_ascii();
            let dialect = Dialect::of(text, sender);
            let gmail_id = is_gmail(dialect, sender).then(|| gmail_id(sender, dated.seconds)).flatten();
            return Some(Self { text, sender, shape: Shape::Strong, dialect, date: dated.seconds, gmail_id });
        }
        let weak = Self { shape: Shape::Weak, ..prose };
        Some(if trimmed.is_empty() || is_lone_sender(trimmed) {
            Self { sender: trimmed, ..weak }
        } else if date::is_localised(trimmed) {
            Self { sender: first_word(trimmed).filter(|word| is_lone_sender(word)).unwrap_or(b""), ..weak }
        } else {
            prose
        })
    }

    /// The envelope sender: the text before the date, trimmed and otherwise unchanged (`ann@example.org`, `-`,
    /// `ann at example.org`). It may be empty, and is if the line is prose.
    #[must_use]
    pub fn sender(&self) -> &'a [u8] {
        self.sender
    }

    /// How much the line looks like a separator.
    #[doc(hidden)]
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The program that writes such lines; [`Dialect::Generic`] unless the shape is strong.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// When the message was received or stored, in seconds since 1970-01-01T00:00:00Z.
    ///
    /// A date without a zone, or with one whose name is not certain, is read as UTC. Gmail's id is preferred to the
    /// date beside it. `None` if the line has no date that can be read, if its year is before 1900, or if it is one of
    /// the constant dates of public-inbox and git, which mean nothing.
    #[must_use]
    pub fn seconds(&self) -> Option<i64> {
        match self.dialect {
            Dialect::PublicInbox | Dialect::Git => None,
            _ => self.gmail_id.and_then(gmail_seconds).or(self.date),
        }
    }

    /// Gmail's id of the message, in a line of Takeout or Vault. The same message has the same id under every label.
    ///
    /// The upper bits of an id are the time of reception. A number whose time is more than a day from the date beside
    /// it is no id: Google Groups writes such numbers, and different messages share them.
    #[must_use]
    pub fn gmail_id(&self) -> Option<u64> {
        self.gmail_id
    }

    /// Whether the line begins a patch of `git format-patch`: it ends in git's constant date, or a full commit hash
    /// (SHA-1 or SHA-256) and that date are at its start, whatever follows them. In a mailbox that is not git's such a
    /// line is the first one of a pasted patch.
    pub(crate) fn is_git_magic(&self) -> bool {
        self.dialect == Dialect::Git || dialect::is_git_magic(self.text)
    }

    /// Whether Mailman writes such a line for a sender without an address.
    pub(super) fn is_pipermail_word(&self) -> bool {
        self.shape == Shape::Strong && dialect::is_pipermail_word(self.sender, self.after_sender())
    }

    /// What lines of the same writer have in common where the shape is not known: the words with digits at the end,
    /// each number as one `9`. Without such words it is the number of words.
    pub(super) fn pattern(&self) -> Vec<u8> {
        let words = || self.text.split(|byte| date::is_blank(*byte)).filter(|word| !word.is_empty());
        let has_digit = |word: &&[u8]| word.iter().any(u8::is_ascii_digit);
        let dated = words().rev().take_while(has_digit).count();
        if dated == 0 {
            return words().count().to_string().into_bytes();
        }
        let mut pattern: Vec<u8> = words().skip(words().count() - dated).collect::<Vec<_>>().join(&b' ');
        pattern.iter_mut().filter(|byte| byte.is_ascii_digit()).for_each(|digit| *digit = b'9');
        pattern.dedup_by(|next, last| *next == b'9' && *last == b'9');
        pattern
    }

    /// The facts about the message that the line gives.
    pub(crate) fn facts(&self) -> FromLineFacts {
        let is_of_program = matches!(self.sender, b"-" | b"MAILER-DAEMON" | b"\"MAILER-DAEMON\"" | b"???@???");
        let is_settled = self.dialect == Dialect::Mbox2eml;
        let after = self.text.get(self.sender.len()..).unwrap_or_default();
        let is_unended = is_settled && after.starts_with(&[dialect::OWN_BLANKS_UNENDED, b" "].concat());
        FromLineFacts { seconds: self.seconds(), gmail_id: self.gmail_id, is_of_program, is_settled, is_unended }
    }

    /// What follows the sender where the line has a date.
    fn after_sender(&self) -> &'a [u8] {
        let text = self.text.trim_ascii_start().strip_prefix(self.sender);
        text.filter(|_| self.shape == Shape::Strong).unwrap_or_default()
    }
}

/// The number that a sender of Google's begins with, if its time is about that of the date.
fn gmail_id(sender: &[u8], date: Option<i64>) -> Option<u64> {
    let date = date?;
    leading_number(sender).filter(|id| gmail_seconds(*id).is_some_and(|time| time.abs_diff(date) <= GMAIL_TOLERANCE))
}

fn gmail_seconds(id: u64) -> Option<i64> {
    gmail_milliseconds(id).map(|milliseconds| milliseconds / 1000)
}

/// The upper bits of Gmail's id are milliseconds since the epoch.
pub(crate) fn gmail_milliseconds(id: u64) -> Option<i64> {
    i64::try_from(id >> 20).ok()
}

/// Whether the number that a sender begins with may be an id of Gmail's.
fn is_gmail(dialect: Dialect, sender: &[u8]) -> bool {
    match dialect {
        Dialect::GoogleTakeout | Dialect::GoogleVault => true,
        Dialect::Mbox2eml => dialect::is_of_google(sender),
        _ => false,
    }
}

/// The decimal number that `text` begins with; `None` if there is none or it is too large.
fn leading_number(text: &[u8]) -> Option<u64> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit());
    let mut number = None;
    for digit in digits {
        number = Some(number.unwrap_or(0_u64).checked_mul(10)?.checked_add(u64::from(digit - b'0'))?);
    }
    number
}

fn without_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    // A second one where line ends were converted twice.
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// `-`, or one word with `@` inside.
fn is_lone_sender(text: &[u8]) -> bool {
    let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
    text == b"-" || (inner.contains(&b'@') && !text.iter().any(|byte| date::is_blank(*byte)))
}

fn first_word(text: &[u8]) -> Option<&[u8]> {
    text.split(|byte| date::is_blank(*byte)).next().map(<[u8]>::trim_ascii)
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
