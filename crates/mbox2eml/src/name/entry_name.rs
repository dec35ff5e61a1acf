//! The path of one EML below the output.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use thiserror::Error;

use super::characters::is_literal;
use super::component::{PATH, is_device};

/// The extension of every file named here.
pub(crate) const EXTENSION: &str = ".eml";

/// A relative path that is safe on Windows, macOS and Linux: the only way to a path.
///
/// Its components are divided by `/`; none is empty, `.` or `..`, has a character that one of these systems forbids or
/// that people cannot see, ends in a dot or a space, or is the name of a device. A path has at most 240 bytes; of those
/// that a [`Namer`](super::Namer) makes the last component ends in `.eml`, and [alternatives](EntryName::alternative)
/// up to 999 are included.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryName {
    path: String,
    /// Where the file name begins.
    file: usize,
    /// Where in the file name the message's number is, if a [`Namer`](super::Namer) put it there.
    index: Option<IndexAt>,
    /// Where the path of the account's folder ends. No path is so long that this is too small.
    account: u16,
}

/// At which end of a file name a message's number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum IndexAt {
    Start,
    End,
}

impl IndexAt {
    /// The number in a file name without its extension, and the rest of the name; `None` if there is no number of at
    /// least six digits.
    pub(crate) fn split(self, stem: &str) -> Option<(u64, &str)> {
        let digit = |byte: &u8| byte.is_ascii_digit();
        let (digits, rest) = match self {
            Self::Start => stem.split_at(stem.bytes().take_while(digit).count()),
            Self::End => {
                let (rest, digits) = stem.split_at(stem.len() - stem.bytes().rev().take_while(digit).count());
                (digits, rest)
            }
        };
        // Written otherwise, it would not be found by its number.
        let is_usual = digits.len() == 6 || digits.len() > 6 && !digits.starts_with('0');
        is_usual.then(|| digits.parse().ok()).flatten().map(|number| (number, rest))
    }

    fn join(self, number: u64, rest: &str) -> String {
        match self {
            Self::Start => format!("{number:06}{rest}{EXTENSION}"),
            Self::End => format!("{rest}{number:06}{EXTENSION}"),
        }
    }
}

/// Why a path is no [`EntryName`].
///
/// ```
/// use mbox2eml::name::{EntryName, EntryNameError};
///
/// assert!(matches!(EntryName::new("../1.eml"), Err(EntryNameError::Component(_))));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EntryNameError {
    /// A component is empty, `.` or `..`, the name of a device, or ends in a dot or a space.
    #[error("{0:?} is not a portable name for a file or folder")]
    Component(String),
    /// A character that some systems forbid, or that cannot be seen.
    #[error("{0:?} cannot be part of a portable path")]
    Character(char),
    /// It has more bytes than a portable path may have.
    #[error("the path has {0} bytes, more than {PATH}")]
    Length(usize),
}

impl EntryName {
    /// Checks a path, such as one that a sink of your own makes.
    ///
    /// # Errors
    /// If the path is not safe on every system.
    ///
    /// # Examples
    ///
    /// ```
    /// use mbox2eml::name::EntryName;
    ///
    /// assert_eq!(EntryName::new("cur/1711972800.M1.example")?.folder(), "cur");
    /// assert!(EntryName::new("../../etc/passwd").is_err());
    /// # Ok::<(), mbox2eml::name::EntryNameError>(())
    /// ```
    pub fn new(path: &str) -> Result<Self, EntryNameError> {
        if path.len() > PATH {
            return Err(EntryNameError::Length(path.len()));
        }
        for component in path.split('/') {
            if let Some(c) = component.chars().find(|c| *c != '~' && !is_literal(*c)) {
                return Err(EntryNameError::Character(c));
            }
            if component.trim_matches([' ', '.']).is_empty() || component.ends_with([' ', '.']) || is_device(component)
            {
                return Err(EntryNameError::Component(component.to_owned()));
            }
        }
        Ok(Self::at(path.to_owned(), None))
    }

    /// Takes over a path that was made here: its components are portable, and the last one ends in `.eml`; where its
    /// number is, if it has one.
    pub(super) fn made(path: String, index: Option<IndexAt>) -> Self {
        debug_assert!(path.ends_with(EXTENSION), "{path:?}");
        Self::at(path, index)
    }

    /// Takes over a path in a Maildir that was made here: its folder is portable, but the file's name has the flags of
    /// the message after a colon where the system allows one, and the path may be longer than others.
    pub(crate) fn of_maildir(path: String) -> Self {
        Self::at(path, None)
    }

    fn at(path: String, index: Option<IndexAt>) -> Self {
        let file = path.rfind('/').map_or(0, |slash| slash + 1);
        Self { path, file, index, account: 0 }
    }

    /// The same name, of which this start of its folders is the folder of an account.
    pub(super) fn of_account(self, account: Option<&str>) -> Self {
        let is_around = |account: &&str| {
            self.folder().strip_prefix(*account).is_some_and(|rest| matches!(rest.as_bytes(), [] | [b'/', ..]))
        };
        let account = account.filter(is_around).and_then(|account| account.len().try_into().ok()).unwrap_or(0);
        Self { account, ..self }
    }

    /// Takes over the path of a mailbox, whose components are portable.
    pub(super) fn of_mailbox(path: String) -> Self {
        Self::at(path, None)
    }

    /// Where the message's number is, if the name has one.
    pub(crate) fn index_at(&self) -> Option<IndexAt> {
        self.index
    }

    /// The message's number, if the name has one.
    pub(crate) fn number(&self) -> Option<u64> {
        self.index?.split(self.stem()).map(|(number, _)| number)
    }

    /// The file name without its extension.
    fn stem(&self) -> &str {
        self.file_name().strip_suffix(EXTENSION).unwrap_or(self.file_name())
    }

    /// The same name with another number, if it has one.
    pub(crate) fn with_number(&self, number: u64) -> Self {
        let file = self.index.and_then(|at| Some(at.join(number, at.split(self.stem())?.1)));
        let folder = &self.path[..self.file];
        file.map_or_else(|| self.clone(), |file| Self { path: format!("{folder}{file}"), ..*self })
    }

    /// The whole path, with `/` between its components.
    pub fn as_str(&self) -> &str {
        &self.path
    }

    /// The folders from the outermost on, then the file name.
    pub fn components(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.path.split('/')
    }

    /// The last component, with its `.eml`.
    pub fn file_name(&self) -> &str {
        &self.path[self.file..]
    }

    /// The path of the file's folder; empty if the file is directly in the output.
    pub fn folder(&self) -> &str {
        &self.path[..self.file.saturating_sub(1)]
    }

    /// The folder of the account that the mail is from, where that is known: the place of a Google export
    /// ([`Place::export`](super::Place::export)). It is the start of [`folder`](Self::folder); empty for the output
    /// itself.
    ///
    /// A sink that writes something for each account, such as a Maildir with all its folders, puts it there.
    ///
    /// ```
    /// use mbox2eml::message::Headers;
    /// use mbox2eml::name::{Layout, MailboxPath, Namer, Places};
    ///
    /// let input = MailboxPath::of_inputs(&[Some("/mail".into())]).remove(0);
    /// let mailbox = input.join("ann/takeout-20260101T000000Z-001.zip").member("Takeout/Mail/All mail.mbox");
    /// let namer = Namer::default().layout(Layout::Label);
    /// let place = Places::new(&namer, std::slice::from_ref(&mailbox), &[]).place(&mailbox);
    ///
    /// let mut headers = Headers::default();
    /// headers.labels = vec!["Work/Clients".into()];
    /// let name = namer.name(&place, 1, &headers);
    /// assert_eq!((name.account(), name.folder()), ("ann", "ann/Work/Clients"));
    /// ```
    pub fn account(&self) -> &str {
        &self.path[..usize::from(self.account)]
    }

    /// The `n`th name for the same message, if another file has the name itself: `…~2.eml` for `n` = 2.
    ///
    /// A [`Namer`](super::Namer) never uses `~`, so an alternative never takes the name of another message.
    pub fn alternative(&self, n: u32) -> Self {
        let path = match self.path.strip_suffix(EXTENSION) {
            Some(stem) => format!("{stem}~{n}{EXTENSION}"),
            None => format!("{self}~{n}"),
        };
        Self { path, index: None, ..*self }
    }
}

/// A short hash of a name, to remember many of them in eight bytes each. It is the same in every run of one build. Two
/// names can share one, by chance (1 in 10^19) or by a long search, so nothing may be lost when two are taken for one.
pub fn fingerprint(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

impl fmt::Display for EntryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)
    }
}

impl AsRef<Path> for EntryName {
    fn as_ref(&self) -> &Path {
        Path::new(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_path() {
        let name = EntryName::made("Mail/Sent/000001_Hi.eml".into(), Some(IndexAt::Start));
        assert_eq!(name.as_str(), "Mail/Sent/000001_Hi.eml");
        assert_eq!(name.to_string(), name.as_str());
        assert_eq!(name.components().collect::<Vec<_>>(), ["Mail", "Sent", "000001_Hi.eml"]);
        assert_eq!((name.folder(), name.file_name()), ("Mail/Sent", "000001_Hi.eml"));
        assert_eq!(name.alternative(2).as_str(), "Mail/Sent/000001_Hi~2.eml");
        assert_eq!(Path::new("out").join(&name), Path::new("out/Mail/Sent/000001_Hi.eml"));
    }

    #[test]
    fn a_path_without_folders() {
        let name = EntryName::made("000001.eml".into(), Some(IndexAt::End));
        assert_eq!((name.folder(), name.file_name()), ("", "000001.eml"));
        assert_eq!(name.alternative(17).as_str(), "000001~17.eml");
    }

    #[test]
    fn numbers() {
        for (path, at, number, other) in [
            ("a/000001_Hi.eml", IndexAt::Start, Some(1), "a/000042_Hi.eml"),
            ("a/b/Hi_2024_1234567.eml", IndexAt::End, Some(1_234_567), "a/b/Hi_2024_000042.eml"),
            ("000007.eml", IndexAt::End, Some(7), "000042.eml"),
            ("00001.eml", IndexAt::Start, None, "00001.eml"),
            ("0000001.eml", IndexAt::Start, None, "0000001.eml"),
        ] {
            let name = EntryName::made(path.into(), Some(at));
            assert_eq!((name.number(), name.with_number(42).as_str()), (number, other));
        }
        assert_eq!(EntryName::new("000001.eml").unwrap().number(), None);
    }

    #[test]
    fn only_portable_paths() {
        for path in ["a", "a/b.eml", "Work~1a2b3c/000001~2.eml", ".hidden", "Почта/1.eml", &"x".repeat(240)] {
            assert_eq!(EntryName::new(path).unwrap().as_str(), path);
        }
        use EntryNameError::{Character, Component, Length};
        let component = |name: &str| Component(name.to_owned());
        for (path, error) in [
            ("", component("")),
            ("/a", component("")),
            ("a//b", component("")),
            ("a/", component("")),
            (".", component(".")),
            ("a/../b", component("..")),
            ("a./b", component("a.")),
            ("a ", component("a ")),
            ("con/x", component("con")),
            ("a/NUL.eml", component("NUL.eml")),
            ("a:b", Character(':')),
            (r"a\b", Character('\\')),
            ("a\0", Character('\0')),
            ("a\u{202E}", Character('\u{202E}')),
            (&"x".repeat(241), Length(241)),
        ] {
            assert_eq!(EntryName::new(path), Err(error), "{path:?}");
        }
    }
}
