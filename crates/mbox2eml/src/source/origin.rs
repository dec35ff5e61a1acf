//! The name of an input in messages and reports.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Names an input in messages, summaries and errors. Cheap to clone.
///
/// ```
/// use std::path::Path;
///
/// use mbox2eml::source::Origin;
///
/// assert_eq!(Origin::file("in/Sent.mbox").path(), Some(Path::new("in/Sent.mbox")));
/// assert_eq!(Origin::named("account 7").to_string(), "account 7");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin(Arc<Kind>);

#[derive(Debug, PartialEq, Eq, Hash)]
enum Kind {
    File(PathBuf),
    StandardInput,
    Named(String),
}

impl Origin {
    /// A file or folder.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self(Arc::new(Kind::File(path.into())))
    }

    /// The standard input.
    pub fn standard_input() -> Self {
        Self(Arc::new(Kind::StandardInput))
    }

    /// Anything else that has a name, such as an archive's member.
    pub fn named(name: impl Into<String>) -> Self {
        Self(Arc::new(Kind::Named(name.into())))
    }

    /// The path, if it is a file or folder.
    pub fn path(&self) -> Option<&Path> {
        match &*self.0 {
            Kind::File(path) => Some(path),
            Kind::StandardInput | Kind::Named(_) => None,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::File(path) => path.display().fmt(f),
            Kind::StandardInput => f.write_str("standard input"),
            Kind::Named(name) => f.write_str(name),
        }
    }
}

impl From<&Path> for Origin {
    fn from(path: &Path) -> Self {
        Self::file(path)
    }
}

impl From<&str> for Origin {
    fn from(name: &str) -> Self {
        Self::named(name)
    }
}
