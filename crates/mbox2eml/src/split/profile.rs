//! Who writes such From_ lines.

use crate::keyword::keywords;

/// The program or service that writes From_ lines of a certain form.
///
/// A mailbox whose profile is known can be split by that one form alone, which no line of a body
/// imitates by chance.
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
    /// `git format-patch`: a commit's hash and `Mon Sep 17 00:00:00 2001`.
    Git,
    /// Everybody else.
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
    Generic = "generic",
);

/// The date `git format-patch` gives to every patch.
const GIT_DATE: &[u8] = b" Mon Sep 17 00:00:00 2001";

impl Dialect {
    /// The writer of a line with a valid date: the `text` after `From `, which begins with `sender`
    /// unless further blanks stand before it.
    pub(super) fn of(text: &[u8], sender: &[u8]) -> Self {
        let Some(date) = text.strip_prefix(sender) else {
            return Self::Generic;
        };
        if sender == b"-" {
            Self::Thunderbird
        } else if is_takeout(sender, date) {
            Self::GoogleTakeout
        } else if is_pipermail(sender) && is_asctime(date) {
            Self::Pipermail
        } else if is_vault(sender) && is_asctime(date) {
            Self::GoogleVault
        } else if sender == b"mboxrd@z" && date == b" Thu Jan  1 00:00:00 1970" {
            Self::PublicInbox
        } else if git_hash(text) == Some(GIT_DATE) {
            Self::Git
        } else {
            Self::Generic
        }
    }
}

/// A commit's hash and git's constant date, whatever follows them.
pub(super) fn is_git_magic(text: &[u8]) -> bool {
    git_hash(text).is_some_and(|after| after.starts_with(GIT_DATE))
}

/// What follows the SHA-1 or SHA-256 hash at the head of `text`.
fn git_hash(text: &[u8]) -> Option<&[u8]> {
    [40, 64].into_iter().find_map(|digits| {
        let (hash, after) = text.split_at_checked(digits)?;
        (after.starts_with(b" ") && hash.iter().all(u8::is_ascii_hexdigit)).then_some(after)
    })
}

/// Takeout's line stands in millions of mailboxes without the least variation.
fn is_takeout(sender: &[u8], date: &[u8]) -> bool {
    after_id(sender) == Some(b"@xxx") && laid_out(date, b" Aaa Aaa 99 99:99:99 +0000 9999")
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

/// Three words with `at` in the middle: Mailman hides one address so, and never a longer phrase.
fn is_pipermail(sender: &[u8]) -> bool {
    let mut words = sender.split(|&byte| byte == b' ');
    let mut word = || words.next().filter(|word| !word.is_empty());
    word().is_some() && word() == Some(b"at") && word().is_some() && words.next().is_none()
}

/// The date of C's `asctime`, one or two blanks before it, the day padded with a blank or a zero.
fn is_asctime(date: &[u8]) -> bool {
    let layout = b" Aaa Aaa _9 99:99:99 9999";
    laid_out(date, layout) || date.strip_prefix(b" ").is_some_and(|date| laid_out(date, layout))
}

/// Whether `text` has this layout: `A` is an upper and `a` a lower case letter, `9` a digit, `_` a
/// digit or blank, `#` a hexadecimal digit; other bytes stand for themselves.
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
