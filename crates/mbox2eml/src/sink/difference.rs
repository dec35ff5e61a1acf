//! How a file differs from the message that should be in it.

use std::io::{self, Read, Write};

use super::comparison::{Compared, Comparison};
use crate::transform::Eml;

/// Why a file is not the one that a conversion would write.
#[derive(Debug)]
pub(super) enum Difference {
    /// There is none.
    Missing,
    /// It has another byte at this offset.
    Byte(u64),
    /// It ends at this offset, before the message does: it is the beginning of the message.
    Ends(u64),
    /// It continues behind the end of the message.
    GoesOn(u64),
    /// It cannot be read.
    Unreadable(io::Error),
}

impl Difference {
    /// How what `file` gives differs from the EML, if it does.
    pub(super) fn of(file: impl Read, eml: &Eml<'_>) -> Option<Self> {
        Self::of_written(file, |writer| eml.write_to(writer))
    }

    /// The same of what is written.
    pub(super) fn of_written<R: Read>(
        file: R,
        write: impl FnOnce(&mut CompareWriter<R>) -> io::Result<()>,
    ) -> Option<Self> {
        let mut writer = CompareWriter { comparison: Comparison::new(file), difference: None };
        if let Err(error) = write(&mut writer) {
            return Some(writer.difference.unwrap_or(Self::Unreadable(error)));
        }
        match writer.comparison.is_at_end() {
            Ok(true) => None,
            Ok(false) => Some(Self::GoesOn(writer.comparison.equal())),
            Err(error) => Some(Self::Unreadable(error)),
        }
    }
}

/// Compares what is written to it with what a reader gives.
#[derive(Debug)]
pub(super) struct CompareWriter<R> {
    comparison: Comparison<R>,
    difference: Option<Difference>,
}

impl<R: Read> Write for CompareWriter<R> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let compared = self.comparison.next(bytes)?;
        let at = self.comparison.equal();
        self.difference = Some(match compared {
            Compared::Equal => return Ok(bytes.len()),
            Compared::Differs => Difference::Byte(at),
            Compared::Ended(_) => Difference::Ends(at),
        });
        Err(io::ErrorKind::InvalidData.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
