//! Where bytes come from: a mapped file or any reader, seen through one [`Window`].

mod file_kind;
mod mapped;
mod memory;
mod origin;
mod read_at;
mod stream;

use std::fs::File;
use std::sync::Arc;

use bytes::Bytes;
pub use file_kind::FileKind;
pub(crate) use file_kind::leading_blank;
pub use mapped::MappedFile;
pub use memory::Memory;
pub use origin::Origin;
pub use read_at::{ReadAt, Requests};
pub use stream::Stream;

use crate::error::Result;

/// How many bytes a window shows at first.
///
/// Large enough that the work between two locks is long, small enough that a chunk is still in the cache when its
/// messages are written and that a few of them in flight cost little memory. Measured on two threads into a folder, 1
/// to 16 MiB take the same time within 3 %, and 512 KiB 4 to 8 % more, since each region that is given back interrupts
/// the other threads; on one thread that writes nothing, 1 MiB, which fits into the nearest caches, would take 11 %
/// less for small messages and the same for mixed mail.
pub(crate) const CHUNK: usize = 4 << 20;

/// How long the window after one of `shown` bytes is to be, if nothing was taken of that one.
///
/// It grows by a part of itself, so that a long message costs linear time, and by a small one, so that it costs little
/// memory beyond its own size.
fn longer(shown: usize, chunk: usize) -> usize {
    shown.saturating_add(chunk.max(shown / 4))
}

/// A mailbox's bytes, seen a window at a time.
///
/// ```
/// use mbox2eml::source::{Memory, Source};
///
/// let mut source = Memory::new("in", "From a Mon Jan  1 00:00:00 2024\n");
/// let window = source.window()?;
/// assert!(window.base == 0 && window.at_end);
/// assert_eq!(source.take(5), "From ");
/// assert_eq!(source.window()?.base, 5);
/// # Ok::<(), mbox2eml::Error>(())
/// ```
pub trait Source: Send {
    /// What it is called in messages to people.
    fn origin(&self) -> &Origin;

    /// Its whole size in bytes, if known beforehand.
    fn size(&self) -> Option<u64>;

    /// The bytes not yet taken, from the first one on: after [`take`](Self::take) a fresh window, and when nothing
    /// was taken since the last call a longer one, unless that one was at the end.
    ///
    /// # Errors
    /// When the input cannot be read on, or changed since it was opened.
    fn window(&mut self) -> Result<Window<'_>>;

    /// Hands out the first `count` bytes of the last window that were not taken yet, shared and immutable, and moves
    /// past them.
    ///
    /// `count` beyond the window takes all of it.
    fn take(&mut self, count: usize) -> Bytes;

    /// Checks, after the last byte, that the input was not truncated or modified while it was read.
    ///
    /// # Errors
    /// [`Error::Read`](crate::Error::Read) if reading broke off there, [`Error::Changed`](crate::Error::Changed) if the
    /// input was changed.
    fn finish(&mut self) -> Result<()> {
        Ok(())
    }

    /// Moves on to this offset, which is not before that of the next window. Default: takes all that is before it,
    /// which reads it. If the input ends before it, the next window is empty and at the end.
    ///
    /// # Errors
    /// As for [`window`](Self::window).
    fn begin_at(&mut self, offset: u64) -> Result<()> {
        skip_to(self, offset)
    }

    /// Checks, where no more is wanted although there is more, that the input was not modified while it was read.
    /// Default: does nothing.
    ///
    /// # Errors
    /// [`Error::Changed`](crate::Error::Changed) if it was.
    fn leave(&mut self) -> Result<()> {
        Ok(())
    }

    /// Whether the mailbox was to go on behind the last window, which was at the end: reading broke off there, or the
    /// input became shorter. [`finish`](Self::finish) then says why. Default: no.
    fn breaks_off(&self) -> bool {
        false
    }

    /// Detects truncation of a mapped file after its bytes were handed out, since they then read as zeros. Default:
    /// `None`.
    #[doc(hidden)]
    fn cut_check(&self) -> Option<CutCheck> {
        None
    }
}

/// Takes all that is before an offset.
fn skip_to<S: Source + ?Sized>(source: &mut S, offset: u64) -> Result<()> {
    loop {
        let Window { base, bytes, at_end } = source.window()?;
        let length = bytes.len();
        let count = usize::try_from(offset.saturating_sub(base)).unwrap_or(usize::MAX).min(length);
        if count > 0 {
            drop(source.take(count));
        }
        if count < length || at_end {
            return Ok(());
        }
    }
}

/// Some bytes of a mailbox and their place in it.
///
/// ```
/// use mbox2eml::source::Window;
///
/// let window = Window::new(4096, b"From a", false);
/// assert_eq!((window.base, window.bytes.len(), window.at_end), (4096, 6, false));
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Window<'a> {
    /// Offset of the first byte from the start of the mailbox.
    pub base: u64,
    /// The bytes.
    pub bytes: &'a [u8],
    /// Whether the mailbox ends with these bytes.
    pub at_end: bool,
}

impl<'a> Window<'a> {
    /// These bytes, the first of which is at `base`.
    pub fn new(base: u64, bytes: &'a [u8], at_end: bool) -> Self {
        Self { base, bytes, at_end }
    }
}

/// Checks whether a mapped file was truncated. The bytes after the new end read as zeros up to the end of their page,
/// without a signal, so the check is needed only where there are zeros.
#[derive(Clone, Debug)]
#[doc(hidden)]
pub struct CutCheck {
    file: Arc<File>,
    size: u64,
}

impl CutCheck {
    /// A check of `file`, which had `size` bytes when it was opened.
    pub fn new(file: Arc<File>, size: u64) -> Self {
        Self { file, size }
    }

    /// Whether the file is shorter now than it was when it was opened.
    pub fn is_cut(&self) -> bool {
        self.file.metadata().map_or(true, |now| now.len() < self.size)
    }
}

impl<S: Source + ?Sized> Source for Box<S> {
    fn origin(&self) -> &Origin {
        (**self).origin()
    }

    fn size(&self) -> Option<u64> {
        (**self).size()
    }

    fn window(&mut self) -> Result<Window<'_>> {
        (**self).window()
    }

    fn take(&mut self, count: usize) -> Bytes {
        (**self).take(count)
    }

    fn finish(&mut self) -> Result<()> {
        (**self).finish()
    }

    fn begin_at(&mut self, offset: u64) -> Result<()> {
        (**self).begin_at(offset)
    }

    fn leave(&mut self) -> Result<()> {
        (**self).leave()
    }

    fn breaks_off(&self) -> bool {
        (**self).breaks_off()
    }

    fn cut_check(&self) -> Option<CutCheck> {
        (**self).cut_check()
    }
}
