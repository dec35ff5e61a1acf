//! Exit codes.

use std::process::ExitCode;

/// How a run ended, as an exit code. Other programs rely on the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All done; there may be warnings.
    Done,
    /// Finished, but a message or a mailbox failed.
    SomeFailed,
    /// The job could not be done, or the command line is invalid.
    CouldNot,
    /// Stopped by the user; what was written is complete.
    Interrupted,
}

impl Exit {
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::SomeFailed => 1,
            Self::CouldNot => 2,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
