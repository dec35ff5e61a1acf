//! Why an entry could not be written.

use std::io;

use crate::name::EntryName;

/// Why one entry could not be put into the output.
///
/// ```
/// use mbox2eml::WriteError;
/// use mbox2eml::message::Headers;
/// use mbox2eml::name::{Namer, Place};
///
/// let name = Namer::default().name(&Place::root("in"), 1, &Headers::default());
/// let error = WriteError::new("cannot upload", name, "the server refused it");
/// assert_eq!(error.with_causes(), "cannot upload 000001.eml: the server refused it");
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{doing}{}", in_output(name, *scope))]
#[non_exhaustive]
pub struct WriteError {
    /// What could not be done, as in `cannot write`.
    pub doing: &'static str,
    /// The entry's name in the output. An error of the input does not show it: there is no such file.
    pub name: EntryName,
    /// The reason: an [`io::Error`], or whatever the place of the messages reports.
    pub source: Box<dyn std::error::Error + Send + Sync>,
    /// What it concerns.
    pub scope: ErrorScope,
}

/// What an error in writing concerns.
///
/// ```
/// use mbox2eml::name::EntryName;
/// use mbox2eml::{ErrorScope, WriteError};
///
/// let error = WriteError::new("cannot upload", EntryName::new("in/1.eml")?, "the account is closed");
/// assert!(!error.stops_the_run());
/// assert!(error.with_scope(ErrorScope::Output).stops_the_run());
/// # Ok::<(), mbox2eml::name::EntryNameError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorScope {
    /// Only this entry, as far as is known. The default.
    #[default]
    Entry,
    /// The whole output: no further entry can be written.
    Output,
    /// The input, which does not have all of the entry. The output is not at fault.
    Input,
}

impl WriteError {
    /// An error that concerns this entry only ([`ErrorScope::Entry`]).
    pub fn new(
        doing: &'static str,
        name: EntryName,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { doing, name, source: source.into(), scope: ErrorScope::Entry }
    }

    /// The same error with another scope.
    #[must_use]
    pub fn with_scope(self, scope: ErrorScope) -> Self {
        Self { scope, ..self }
    }

    /// The reason, if the system gave it.
    pub fn io_error(&self) -> Option<&io::Error> {
        self.source.downcast_ref()
    }

    /// The error and its cause on one line.
    pub fn with_causes(&self) -> String {
        format!("{self}: {}", self.source)
    }

    /// Whether every further message would fail too: the output is broken, the disk or the quota is full, or the file
    /// system is read-only.
    pub fn stops_the_run(&self) -> bool {
        self.scope == ErrorScope::Output
            || matches!(
                self.io_error().map(io::Error::kind),
                Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::ReadOnlyFilesystem)
            )
    }
}

fn in_output(name: &EntryName, scope: ErrorScope) -> String {
    if scope == ErrorScope::Input { String::new() } else { format!(" {name}") }
}
