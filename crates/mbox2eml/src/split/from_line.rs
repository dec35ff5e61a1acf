//! The line that begins a message, taken apart.
//!
//! No standard holds for it: `From `, an envelope sender, and a date in one of a dozen forms. Mail
//! bodies have lines that begin `From ` too, so the [`Shape`] says how much one looks like a
//! separator. Only the line itself is looked at; what stands around it is weighed elsewhere.

mod date;
mod zone;

use super::profile::{self, Dialect};

/// Longest line taken for a separator, in bytes without the line end.
const LONGEST: usize = 1000;

/// How far the received time in a Gmail id may be from the date beside it and still be believed.
/// Vault's dates are wrong by up to twelve hours; an id that is not Gmail's is wrong by years.
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
    /// Neither: to all appearance a line of a body.
    Prose,
}

/// A line that begins with `From `, taken apart.
///
/// # Examples
///
/// ```
/// use mbox2eml::split::{FromLine, Profile, Shape};
///
/// let line = FromLine::parse(b"From ann@example.org  Mon Jan  5 08:50:15 2004 +0100\n").unwrap();
/// assert_eq!(line.shape(), Shape::Strong);
/// assert_eq!(line.sender(), b"ann@example.org");
/// assert_eq!(line.seconds(), Some(1_073_289_015));
/// assert_eq!(line.profile(), Profile::Generic);
///
/// let line = FromLine::parse(b"From then on nothing was the same.\n").unwrap();
/// assert_eq!(line.shape(), Shape::Prose);
///
/// assert!(FromLine::parse(b"From: ann@example.org\n").is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FromLine<'a> {
    /// What follows `From `, without the line end.
    text: &'a [u8],
    sender: &'a [u8],
    shape: Shape,
    profile: Dialect,
    /// What the date says, whether or not it means anything.
    date: Option<i64>,
    gmail_id: Option<u64>,
}

/// What a From_ line says of its message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FromLineFacts {
    /// When it was received: [`FromLine::seconds`].
    pub(crate) seconds: Option<i64>,
    /// Gmail's number of it: [`FromLine::gmail_id`].
    pub(crate) gmail_id: Option<u64>,
}

impl<'a> FromLine<'a> {
    /// Takes a line apart, with or without its line end (LF, CRLF or a lone CR). `None` if it does
    /// not begin with `From ` to the byte.
    ///
    /// The time it takes is bounded, whatever the length of the line.
    #[must_use]
    pub fn parse(line: &'a [u8]) -> Option<Self> {
        let text = without_line_end(line.strip_prefix(b"From ")?);
        let (sender, shape, profile) = (&b""[..], Shape::Prose, Dialect::Generic);
        let prose = Self { text, sender, shape, profile, date: None, gmail_id: None };
        if text.len() > LONGEST {
            return Some(prose);
        }
        let trimmed = text.trim_ascii();
        if let Some(dated) = date::at_end(trimmed) {
            let sender = dated.before.trim_ascii();
            let profile = Dialect::of(text, sender);
            let gmail_id = is_gmail(profile).then(|| leading_number(sender)).flatten();
            return Some(Self { text, sender, shape: Shape::Strong, profile, date: dated.seconds, gmail_id });
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

    /// The envelope sender: the text before the date, trimmed, as it stands there
    /// (`ann@example.org`, `-`, `ann at example.org`). It may be empty, and is if the line is prose.
    #[must_use]
    pub fn sender(&self) -> &'a [u8] {
        self.sender
    }

    /// How much the line looks like a separator.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Who writes such lines; [`Dialect::Generic`] unless the shape is strong.
    #[must_use]
    pub fn profile(&self) -> Dialect {
        self.profile
    }

    /// When the message was received or stored, in seconds since 1970-01-01T00:00:00Z.
    ///
    /// A date without a zone, or with one whose name is not certain, is read as UTC. Gmail's id
    /// goes before the date beside it, if the two are within a day of each other. `None` if the
    /// line gives no date that can be read, if its year is before 1900, or if it is one of the
    /// constant dates of public-inbox and git, which say nothing.
    #[must_use]
    pub fn seconds(&self) -> Option<i64> {
        match self.profile {
            Dialect::PublicInbox | Dialect::Git => None,
            profile if is_gmail(profile) => self.gmail_seconds().or(self.date),
            _ => self.date,
        }
    }

    /// Gmail's number of the message, in a line of Takeout or Vault. The same message has the same
    /// number under every label.
    #[must_use]
    pub fn gmail_id(&self) -> Option<u64> {
        self.gmail_id
    }

    /// Whether the line begins a patch of `git format-patch`: a full commit hash (SHA-1 or SHA-256)
    /// and git's constant date, whatever follows them. In a mailbox that is not git's such a line
    /// is the beginning of a pasted patch.
    #[must_use]
    pub fn is_git_magic(&self) -> bool {
        profile::is_git_magic(self.text)
    }

    /// What the line says of its message.
    pub(crate) fn facts(&self) -> FromLineFacts {
        FromLineFacts { seconds: self.seconds(), gmail_id: self.gmail_id }
    }

    /// The upper bits of Gmail's id are milliseconds since the epoch.
    fn gmail_seconds(&self) -> Option<i64> {
        let seconds = i64::try_from(self.gmail_id? >> 20).ok()? / 1000;
        (seconds.abs_diff(self.date?) <= GMAIL_TOLERANCE).then_some(seconds)
    }
}

fn is_gmail(profile: Dialect) -> bool {
    matches!(profile, Dialect::GoogleTakeout | Dialect::GoogleVault)
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
