//! One file, read at several places side by side.

use std::fs::File;
use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;

use mbox2eml::internals::to_u64;

use super::at_most;

/// Reads a range of a file, from a position of its own.
#[derive(Debug)]
pub(crate) struct FileRange {
    file: Arc<File>,
    position: u64,
    end: u64,
}

impl FileRange {
    pub(crate) fn new(file: &Arc<File>, range: Range<u64>) -> Self {
        Self { file: Arc::clone(file), position: range.start, end: range.end }
    }
}

impl Read for FileRange {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let fitting = at_most(self.end.saturating_sub(self.position), out.len());
        if fitting == 0 {
            return Ok(0);
        }
        let count = read_at(&self.file, &mut out[..fitting], self.position)?;
        self.position += to_u64(count);
        Ok(count)
    }
}

/// Offsets are those of the file.
impl Seek for FileRange {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(by) => self.end.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

/// A part of a file in memory, so that small things that are close to one another cost one read.
#[derive(Debug)]
pub(crate) struct Window {
    file: Arc<File>,
    start: u64,
    bytes: Vec<u8>,
}

impl Window {
    /// How many bytes are read at a time: the head of a member and its header, or some small members.
    const SIZE: usize = 16 << 10;

    pub(crate) fn new(file: Arc<File>) -> Self {
        Self { file, start: 0, bytes: Vec::new() }
    }

    pub(crate) fn file(&self) -> &Arc<File> {
        &self.file
    }

    /// `length` bytes from byte `at` of the file on, or as many as there are; more where they are known already.
    pub(crate) fn at(&mut self, at: u64, length: usize) -> io::Result<&[u8]> {
        let within = |window: &Self| {
            let skip = usize::try_from(at.checked_sub(window.start)?).ok()?;
            (window.bytes.len().checked_sub(skip)? >= length.max(1)).then_some(skip)
        };
        if within(self).is_none() {
            self.fill(at, length.max(Self::SIZE))?;
        }
        Ok(self.bytes.get(within(self).unwrap_or(0)..).unwrap_or_default())
    }

    fn fill(&mut self, at: u64, length: usize) -> io::Result<()> {
        self.bytes.clear();
        self.bytes.reserve(length);
        self.start = at;
        let mut range = FileRange::new(&self.file, at..at.saturating_add(to_u64(length)));
        range.read_to_end(&mut self.bytes).map(|_| ())
    }

    /// Reads a range of the file through the window.
    pub(crate) fn range(&mut self, range: Range<u64>) -> WindowRange<'_> {
        WindowRange { window: self, position: range.start, end: range.end }
    }
}

/// Reads a range of a file through a window.
#[derive(Debug)]
pub(crate) struct WindowRange<'a> {
    window: &'a mut Window,
    position: u64,
    end: u64,
}

impl Read for WindowRange<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for WindowRange<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let left = self.end.saturating_sub(self.position);
        if left == 0 {
            return Ok(&[]);
        }
        let bytes = self.window.at(self.position, 1)?;
        Ok(&bytes[..at_most(left, bytes.len())])
    }

    fn consume(&mut self, count: usize) {
        self.position += to_u64(count);
    }
}

#[cfg(unix)]
fn read_at(file: &File, out: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, out, at)
}

#[cfg(windows)]
fn read_at(file: &File, out: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, out, at)
}

/// Elsewhere there are no threads to share the file's own position with.
#[cfg(not(any(unix, windows)))]
fn read_at(mut file: &File, out: &mut [u8], at: u64) -> io::Result<usize> {
    file.seek(SeekFrom::Start(at))?;
    file.read(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_gives_what_is_in_the_file_and_no_more() {
        let mut file = tempfile::tempfile().unwrap();
        let bytes: Vec<u8> = (0..100_000_u32).map(|number| u8::try_from(number % 251).unwrap()).collect();
        io::Write::write_all(&mut file, &bytes).unwrap();
        let mut window = Window::new(Arc::new(file));
        for (at, length) in
            [(0, 30), (10, 5), (0, 20_000), (99_990, 30), (100_000, 1), (200_000, 5), (3, 0), (50_000, 60_000)]
        {
            let start = usize::try_from(at).unwrap().min(bytes.len());
            let found = window.at(at, length).unwrap();
            assert!(found.len() >= length.min(bytes.len() - start), "{at} {length}");
            assert!(bytes[start..].starts_with(found), "{at} {length}");
        }
        let mut read = Vec::new();
        window.range(20_000..90_001).read_to_end(&mut read).unwrap();
        assert_eq!(read, bytes[20_000..90_001]);
        let mut range = FileRange::new(window.file(), 5..9);
        assert_eq!(range.seek(SeekFrom::End(-2)).unwrap(), 7);
        read.clear();
        range.read_to_end(&mut read).unwrap();
        assert_eq!(read, bytes[7..9]);
        assert!(range.seek(SeekFrom::Current(-10)).is_err());
    }
}
