//! The path of one EML below the output.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use thiserror::Error;

use super::characters::is_literal;
use super::component::{PATH, is_device};

/// The extension of every file named here.
pub(super) const EXTENSION: &str = ".eml";

/// A relative path that is safe on Windows, macOS and Linux: the only way to a path.
///
/// Its components are divided by `/`; none is empty, `.` or `..`, has a character that one of these systems forbids or
/// that people cannot see, ends in a dot or a space, or is the name of a device. A path has at most 240 bytes; of those
/// that a [`Namer`](super::Namer) makes the last component ends in `.eml`, and [alternatives](EntryName::alternative) up
/// to 999 are included.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryName(String);

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
        Ok(Self(path.to_owned()))
    }

    /// Takes over a path that was made here: its components are portable, and the last one ends in `.eml`.
    pub(super) fn made(path: String) -> Self {
        debug_assert!(path.ends_with(EXTENSION), "{path:?}");
        Self(path)
    }

    /// The whole path, with `/` between its components.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folders from the outermost on, then the file name.
    pub fn components(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/')
    }

    /// The last component, with its `.eml`.
    pub fn file_name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, file)| file)
    }

    /// The path of the file's folder; empty if the file is directly in the output.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The `n`th name for the same message, if another file has the name itself: `…~2.eml` for `n` = 2.
    ///
    /// A [`Namer`](super::Namer) never uses `~`, so an alternative never takes the name of another message.
    pub fn alternative(&self, n: u32) -> Self {
        match self.0.strip_suffix(EXTENSION) {
            Some(stem) => Self(format!("{stem}~{n}{EXTENSION}")),
            None => Self(format!("{self}~{n}")),
        }
    }
}

/// A short hash of a name, to remember many of them in eight bytes each. It is the same in every run of one build. Two names
/// can share one, by chance (1 in 10^19) or by a long search, so nothing may be lost when two are taken for one.
pub fn fingerprint(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

impl fmt::Display for EntryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<Path> for EntryName {
    fn as_ref(&self) -> &Path {
        Path::new(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_path() {
        let name = EntryName::made("Mail/Sent/000001_Hi.eml".into());
        assert_eq!(name.as_str(), "Mail/Sent/000001_Hi.eml");
        assert_eq!(name.to_string(), name.as_str());
        assert_eq!(name.components().collect::<Vec<_>>(), ["Mail", "Sent", "000001_Hi.eml"]);
        assert_eq!((name.folder(), name.file_name()), ("Mail/Sent", "000001_Hi.eml"));
        assert_eq!(name.alternative(2).as_str(), "Mail/Sent/000001_Hi~2.eml");
        assert_eq!(Path::new("out").join(&name), Path::new("out/Mail/Sent/000001_Hi.eml"));
    }

    #[test]
    fn a_path_without_folders() {
        let name = EntryName::made("000001.eml".into());
        assert_eq!((name.folder(), name.file_name()), ("", "000001.eml"));
        assert_eq!(name.alternative(17).as_str(), "000001~17.eml");
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
