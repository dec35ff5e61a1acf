//! Which program writes From_ lines of a certain form.

use crate::keyword::keywords;

/// The program or service that writes From_ lines of a certain form.
///
/// A mailbox whose dialect is known can be split by that one form alone, which no line of a body has by chance.
///
/// ```
/// use mbox2eml::split::{Dialect, FromLine};
///
/// let dialect = |line: &[u8]| FromLine::parse(line).unwrap().dialect();
/// assert_eq!(dialect(b"From - Mon Jan  1 00:00:00 2024\n"), Dialect::Thunderbird);
/// assert_eq!(dialect(b"From a@example.org Mon Jan  1 00:00:00 2024\n"), Dialect::Generic);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// Google Takeout: `1628424719502045299@xxx Tue Mar 19 09:13:51 +0000 2019`.
    GoogleTakeout,
    /// Google Vault: `<id>-<uuid>.mbox@xxx Tue Apr 16 12:00:40 2019`.
    GoogleVault,
    /// Thunderbird: `- Fri Sep 12 09:34:18 2014`.
    Thunderbird,
    /// public-inbox: `mboxrd@z Thu Jan  1 00:00:00 1970` on every message.
    PublicInbox,
    /// Mailman's archives: `ann at example.org  Thu Apr 12 17:39:09 2007`.
    Pipermail,
    /// `git format-patch`: any sender, mostly a commit's hash, and `Mon Sep 17 00:00:00 2001`.
    Git,
    /// The mailboxes that are written here: an address, three blanks and
    /// `Mon Jan  1 00:00:00 2024`. A fourth blank marks a message that does not end in a line end of its own.
    Mbox2eml,
    /// All others.
    Generic,
}

keywords!(
    Dialect,
    "dialect",
    GoogleTakeout = "google-takeout",
    GoogleVault = "google-vault",
    Thunderbird = "thunderbird",
    PublicInbox = "public-inbox",
    Pipermail = "pipermail",
    Git = "git",
    Mbox2eml = "mbox2eml",
    Generic = "generic",
);

/// The date `git format-patch` gives to every patch.
const GIT_DATE: &[u8] = b" Mon Sep 17 00:00:00 2001";

/// What a sender and a date of this program's have between them, besides the blank that belongs to the date.
pub(crate) const OWN_BLANKS: &[u8] = b"  ";

/// The same for a message to which a line end was added.
pub(crate) const OWN_BLANKS_UNENDED: &[u8] = b"   ";

/// The date of C's `asctime` and a blank before it, the day padded with a blank or a zero.
const ASCTIME: &[u8] = b" Aaa Aaa _9 99:99:99 9999";

impl Dialect {
    /// Whether the program quotes every line of a body that starts with `From `.
    pub(crate) fn quotes_all(self) -> bool {
        matches!(self, Self::GoogleTakeout | Self::GoogleVault | Self::PublicInbox | Self::Mbox2eml)
    }

    /// Whether the program's lines are certain: nothing in a message, be it hostile, can look like one, or say anything
    /// about how the message is quoted or how long it is.
    pub(crate) fn is_certain(self) -> bool {
        self == Self::Mbox2eml
    }

    /// The writer of a line with a valid date: the `text` after `From `, which begins with `sender` unless there are
    /// further blanks before it.
    pub(super) fn of(text: &[u8], sender: &[u8]) -> Self {
        if text.strip_prefix(sender).is_some_and(|date| is_own(sender, date)) {
            return Self::Mbox2eml;
        }
        if is_git_date(text.trim_ascii_start().strip_prefix(sender).unwrap_or_default()) {
            return Self::Git;
        }
        let Some(date) = text.strip_prefix(sender) else {
            return Self::Generic;
        };
        if sender == b"-" {
            Self::Thunderbird
        } else if is_takeout(sender, date) {
            Self::GoogleTakeout
        } else if is_pipermail(sender) && is_pipermail_date(date) {
            Self::Pipermail
        } else if is_vault(sender) && laid_out(date, ASCTIME) {
            Self::GoogleVault
        } else if sender == b"mboxrd@z" && date == b" Thu Jan  1 00:00:00 1970" {
            Self::PublicInbox
        } else {
            Self::Generic
        }
    }
}

/// Whether a line begins with a commit's hash (SHA-1 or SHA-256) and git's date, whatever follows.
pub(super) fn is_git_magic(text: &[u8]) -> bool {
    [40, 64]
        .into_iter()
        .filter_map(|digits| text.split_at_checked(digits))
        .any(|(hash, after)| after.starts_with(GIT_DATE) && hash.iter().all(u8::is_ascii_hexdigit))
}

/// Git's date, with a zone behind it or not.
fn is_git_date(date: &[u8]) -> bool {
    let after = date.trim_ascii_start().strip_prefix(GIT_DATE.trim_ascii_start());
    after.map(<[u8]>::trim_ascii).is_some_and(|zone| matches!(zone.first(), None | Some(b'+' | b'-')))
}

/// A sender of one word that is no address, and Mailman's date: what Mailman writes where there is no address to hide.
pub(super) fn is_pipermail_word(sender: &[u8], date: &[u8]) -> bool {
    let is_word = !sender.is_empty() && !sender.iter().any(|byte| matches!(byte, b'@' | b' ' | b'\t'));
    is_word && is_pipermail_date(date) && !is_git_date(date)
}

/// Takeout's line is the same in millions of mailboxes, to the byte.
fn is_takeout(sender: &[u8], date: &[u8]) -> bool {
    after_id(sender) == Some(b"@xxx") && laid_out(date, b" Aaa Aaa 99 99:99:99 +0000 9999")
}

/// Whether a sender is one of Takeout or Vault.
pub(super) fn is_of_google(sender: &[u8]) -> bool {
    after_id(sender) == Some(b"@xxx") || is_vault(sender)
}

fn is_vault(sender: &[u8]) -> bool {
    let uuid = b"-########-####-####-####-############.mbox@xxx";
    after_id(sender).is_some_and(|rest| laid_out(rest, uuid))
}

/// What follows the decimal number at the head of a sender.
fn after_id(sender: &[u8]) -> Option<&[u8]> {
    let digits = sender.iter().position(|byte| !byte.is_ascii_digit())?;
    sender.get(digits..).filter(|_| digits > 0)
}

/// Three words with `at` in the middle: that is how Mailman hides an address, never a longer phrase.
fn is_pipermail(sender: &[u8]) -> bool {
    let mut words = sender.split(|&byte| byte == b' ');
    let mut word = || words.next().filter(|word| !word.is_empty());
    word().is_some() && word() == Some(b"at") && word().is_some() && words.next().is_none()
}

/// Mailman separates sender and date by two blanks; one blank is another program's line.
fn is_pipermail_date(date: &[u8]) -> bool {
    date.strip_prefix(b" ").is_some_and(|date| laid_out(date, ASCTIME))
}

/// Whether this program writes such a line.
fn is_own(sender: &[u8], date: &[u8]) -> bool {
    let is_dated = |blanks: &[u8]| date.strip_prefix(blanks).is_some_and(|date| laid_out(date, ASCTIME));
    is_own_sender(sender) && (is_dated(OWN_BLANKS) || is_dated(OWN_BLANKS_UNENDED))
}

/// Whether this program writes such a sender: one word that looks like an address, or the one for lack of it.
pub(crate) fn is_own_sender(sender: &[u8]) -> bool {
    let is_address = sender.contains(&b'@') && sender.iter().all(u8::is_ascii_graphic);
    is_address && sender.len() <= LONGEST_SENDER || sender == NO_SENDER
}

/// The longest sender that this program writes (RFC 5321, 4.5.3.1.3).
const LONGEST_SENDER: usize = 254;

/// What is written for lack of a sender.
pub(crate) const NO_SENDER: &[u8] = b"MAILER-DAEMON";

/// Whether `text` has this layout: `A` is an upper and `a` a lower case letter, `9` a digit, `_` a
/// digit or blank, `#` a hexadecimal digit; other bytes are themselves.
fn laid_out(text: &[u8], layout: &[u8]) -> bool {
    let fits = |(byte, place): (&u8, &u8)| match place {
        b'A' => byte.is_ascii_uppercase(),
        b'a' => byte.is_ascii_lowercase(),
        b'9' => byte.is_ascii_digit(),
        b'_' => *byte == b' ' || byte.is_ascii_digit(),
        b'#' => byte.is_ascii_hexdigit(),
        literal => byte == literal,
    };
    text.len() == layout.len() && text.iter().zip(layout).all(fits)
}
