//! The path of one EML below the output.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

/// The extension of every file named here.
pub(super) const EXTENSION: &str = ".eml";

/// A relative path that is safe on Windows, macOS and Linux: the only door to a path.
///
/// Its components are divided by `/`; none is empty, `.` or `..`, and the last ends in `.eml`.
/// A component has at most 100 bytes, the path at most 180 characters (UTF-16 units, as Windows
/// counts them), [alternatives](EntryName::alternative) up to 999 included.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryName(String);

impl EntryName {
    /// Takes over a path whose folders are portable and whose last component ends in `.eml`.
    pub(super) fn new(path: String) -> Self {
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

    /// The path of the folder the file stands in; empty if it stands directly in the output.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The `n`th name for the same message, for when the name itself is somebody else's file:
    /// `…~2.eml` for `n` = 2.
    ///
    /// No message's own file name has a `~`, so an alternative never takes the name of another message.
    pub fn alternative(&self, n: u32) -> Self {
        let stem = self.0.strip_suffix(EXTENSION).unwrap_or(&self.0);
        Self(format!("{stem}~{n}{EXTENSION}"))
    }
}

/// A number that stands for a name where many are remembered: eight bytes each. The same in every run of one build; two
/// names share one by chance in 10^19, or by somebody's long search, so nothing may be lost by taking two for one.
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
        let name = EntryName::new("Mail/Sent/000001_Hi.eml".into());
        assert_eq!(name.as_str(), "Mail/Sent/000001_Hi.eml");
        assert_eq!(name.to_string(), name.as_str());
        assert_eq!(name.components().collect::<Vec<_>>(), ["Mail", "Sent", "000001_Hi.eml"]);
        assert_eq!((name.folder(), name.file_name()), ("Mail/Sent", "000001_Hi.eml"));
        assert_eq!(name.alternative(2).as_str(), "Mail/Sent/000001_Hi~2.eml");
        assert_eq!(Path::new("out").join(&name), Path::new("out/Mail/Sent/000001_Hi.eml"));
    }

    #[test]
    fn a_path_without_folders() {
        let name = EntryName::new("000001.eml".into());
        assert_eq!((name.folder(), name.file_name()), ("", "000001.eml"));
        assert_eq!(name.alternative(17).as_str(), "000001~17.eml");
    }
}
