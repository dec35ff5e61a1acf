//! How much may be unpacked: a few kilobytes can be made to inflate to more than any disk holds.

use std::io::{self, Read};

use super::at_most;
use crate::size::to_u64;

/// How many bytes a member of a ZIP, or a whole gzip stream, may inflate to.
///
/// ```
/// use mbox2eml_archive::members::InflateLimit;
///
/// assert_eq!(InflateLimit::default().of(1 << 20), 1 << 30);
/// assert_eq!(InflateLimit::default().of(1 << 30), 100 << 30);
/// assert_eq!(InflateLimit::Bytes(5).of(1 << 30), 5);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum InflateLimit {
    /// 100 times its packed size, or 1 GiB, whichever is more. Mail deflates to a half or a tenth.
    #[default]
    Automatic,
    /// So many bytes.
    Bytes(u64),
}

impl InflateLimit {
    /// The limit in bytes of what is `packed` bytes long.
    pub fn of(self, packed: u64) -> u64 {
        match self {
            Self::Automatic => packed.saturating_mul(100).max(1 << 30),
            Self::Bytes(bytes) => bytes,
        }
    }

    fn exceeded(self) -> io::Error {
        let text = match self {
            Self::Automatic => {
                "it inflates to more than 1 GiB and over 100 times its packed size, as only a trap does".to_owned()
            }
            Self::Bytes(bytes) => format!("it inflates to more than the {bytes} bytes that were allowed"),
        };
        io::Error::new(io::ErrorKind::FileTooLarge, text)
    }
}

/// A reader that fails at the limit, if there is more behind it.
#[derive(Debug)]
pub(crate) struct Limited<R> {
    inner: R,
    left: u64,
    limit: InflateLimit,
}

impl<R> Limited<R> {
    /// Reads `inner`, whose packed size is `packed`.
    pub(super) fn new(inner: R, limit: InflateLimit, packed: u64) -> Self {
        Self { inner, left: limit.of(packed), limit }
    }

    pub(super) fn get_ref(&self) -> &R {
        &self.inner
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 && !out.is_empty() {
            return match self.inner.read(&mut [0])? {
                0 => Ok(0),
                _ => Err(self.limit.exceeded()),
            };
        }
        let fitting = at_most(self.left, out.len());
        let count = self.inner.read(&mut out[..fitting])?;
        self.left -= to_u64(count);
        Ok(count)
    }
}
