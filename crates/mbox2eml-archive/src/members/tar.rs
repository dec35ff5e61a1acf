//! Tar archives: POSIX ustar and pax (IEEE Std 1003.1), and GNU's long names and sparse files.

use std::io::{self, Read};

use mbox2eml::internals::to_u64;
use tar::{EntryType, GnuExtSparseHeader, Header};

use super::at_most;
use super::names::MemberName;
use super::readers::{cut_off, damaged};
use super::sequence::{Content, Entry, Walk};

const BLOCK: usize = 512;

/// How long a name or a pax header may be.
const RECORD_LIMIT: u64 = 1 << 20;

/// How long the name of a member may be: as in a ZIP. Longer ones pack to nothing, and take memory and time.
const LONGEST_NAME: usize = 0xffff;

/// A reader that knows how far its file was read.
pub(super) trait Positioned: Read + Send {
    /// Offset in the file; `None` if it is just how many bytes were read.
    fn position(&self) -> Option<u64>;
}

/// Goes through a tar archive block by block.
#[derive(Debug)]
pub(super) struct Tar<R> {
    inner: R,
    /// How many bytes were read.
    offset: u64,
    /// How many bytes of this member are left.
    left: u64,
    /// How many bytes of padding come before the next header.
    padding: u64,
    /// What a global pax header says of all members.
    global: Pax,
}

/// What comes before a member's header and says more of it.
#[derive(Debug, Default)]
struct Extensions {
    gnu_name: Option<Vec<u8>>,
    pax: Pax,
}

impl<R: Positioned> Tar<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, offset: 0, left: 0, padding: 0, global: Pax::default() }
    }

    /// The next header; blocks of zeros end the archive, or one of several that were joined.
    fn header(&mut self) -> io::Result<Option<Header>> {
        loop {
            let mut block = [0; BLOCK];
            match self.fill(&mut block)? {
                0 => return Ok(None),
                BLOCK => {}
                _ => return Err(self.cut_off()),
            }
            if block.iter().any(|byte| *byte != 0) {
                let header = Header::from_byte_slice(&block).clone();
                if is_intact(&header) {
                    return Ok(Some(header));
                }
                // It is not counted as read, so that the error names its place.
                self.offset -= to_u64(BLOCK);
                return Err(damaged("no tar header where one is expected,", self.position()));
            }
        }
    }

    /// Reads as many bytes as there are for `out`.
    fn fill(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut count = 0;
        while count < out.len() {
            match self.inner.read(&mut out[count..]) {
                Ok(0) => break,
                Ok(read) => count += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.offset += to_u64(count);
        Ok(count)
    }

    /// Begins with the bytes that follow a header.
    fn begin(&mut self, size: u64) {
        let block = to_u64(BLOCK);
        (self.left, self.padding) = (size, (block - size % block) % block);
    }

    /// Moves past what is left of the member.
    fn leave(&mut self) -> io::Result<()> {
        io::copy(&mut Rest(self), &mut io::sink())?;
        let mut padding = [0; BLOCK];
        let padding = &mut padding[..at_most(self.padding, BLOCK)];
        self.padding = 0;
        if self.fill(padding)? < padding.len() { Err(self.cut_off()) } else { Ok(()) }
    }

    /// The bytes that follow the header of a name or of attributes.
    fn record(&mut self, header: &Header) -> io::Result<Vec<u8>> {
        let size = self.size(header)?;
        if size > RECORD_LIMIT {
            return Err(damaged("a tar header is too long,", self.position()));
        }
        self.begin(size);
        let mut bytes = Vec::new();
        Rest(self).read_to_end(&mut bytes)?;
        self.leave()?;
        Ok(bytes)
    }

    /// Takes what a header says that is not a member's own.
    fn extend(&mut self, header: &Header, extensions: &mut Extensions) -> io::Result<bool> {
        match header.entry_type() {
            EntryType::GNULongName => {
                let name = self.record(header)?;
                let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
                extensions.gnu_name = Some(name[..end].to_vec());
            }
            EntryType::GNULongLink => drop(self.record(header)?),
            EntryType::XHeader => {
                let record = self.record(header)?;
                extensions.pax.update(&record).ok_or_else(|| self.bad_pax())?;
            }
            EntryType::XGlobalHeader => {
                let record = self.record(header)?;
                self.global.update(&record).ok_or_else(|| self.bad_pax())?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The member of this header; `None` for a folder.
    fn member(&mut self, header: &Header, extensions: Extensions) -> io::Result<Option<Entry>> {
        let Extensions { gnu_name, pax } = extensions;
        let pax = pax.or(&self.global);
        let name = pax.path.or(gnu_name).unwrap_or_else(|| header.path_bytes().into_owned());
        if name.len() > LONGEST_NAME {
            return Err(damaged("the name in a tar header is too long,", self.position()));
        }
        let name = MemberName::in_tar(&name);
        let kind = header.entry_type();
        let size = match kind {
            // What links have there is the size of the file they point to.
            EntryType::Link | EntryType::Symlink => 0,
            _ => pax.size.map_or_else(|| self.size(header), Ok)?,
        };
        if kind == EntryType::GNUSparse {
            self.skip_sparse_map(header)?;
        }
        self.begin(size);
        Ok(match kind {
            EntryType::Directory => None,
            // Before POSIX, a folder was a file whose name ends so.
            EntryType::Regular | EntryType::Continuous if name.is_folder() && size == 0 => None,
            EntryType::Regular | EntryType::Continuous if !pax.sparse => {
                Some(Entry { name, content: Content::File(Some(size)) })
            }
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                let text = "it is stored with holes (a sparse file): unpack the archive first, and give the folder";
                Some(Entry { name, content: Content::Refused(io::Error::new(io::ErrorKind::Unsupported, text)) })
            }
            _ => Some(Entry { name, content: Content::Other }),
        })
    }

    /// The map of a sparse file may go on in blocks behind the header.
    fn skip_sparse_map(&mut self, header: &Header) -> io::Result<()> {
        let mut goes_on = header.as_gnu().is_some_and(|gnu| gnu.is_extended());
        while goes_on {
            let mut map = GnuExtSparseHeader::new();
            if self.fill(map.as_mut_bytes())? < BLOCK {
                return Err(self.cut_off());
            }
            goes_on = map.is_extended();
        }
        Ok(())
    }

    fn cut_off(&self) -> io::Error {
        cut_off(self.position())
    }

    fn bad_pax(&self) -> io::Error {
        damaged("a pax header is damaged,", self.position())
    }

    fn size(&self, header: &Header) -> io::Result<u64> {
        header.entry_size().map_err(|_| damaged("the size in a tar header is not a number,", self.position()))
    }
}

impl<R: Positioned> Walk for Tar<R> {
    fn advance(&mut self) -> io::Result<Option<Entry>> {
        let mut extensions = Extensions::default();
        loop {
            self.leave()?;
            let Some(header) = self.header()? else {
                return Ok(None);
            };
            if self.extend(&header, &mut extensions)? {
                continue;
            }
            if let Some(entry) = self.member(&header, std::mem::take(&mut extensions))? {
                return Ok(Some(entry));
            }
        }
    }

    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let fitting = at_most(self.left, out.len());
        let count = self.inner.read(&mut out[..fitting])?;
        self.left -= to_u64(count);
        self.offset += to_u64(count);
        if count == 0 && fitting > 0 { Err(self.cut_off()) } else { Ok(count) }
    }

    fn position(&self) -> u64 {
        self.inner.position().unwrap_or(self.offset)
    }
}

/// What is left of the member.
struct Rest<'a, R>(&'a mut Tar<R>);

impl<R: Positioned> Read for Rest<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out)
    }
}

/// Whether the header's checksum is right: the sum of its bytes, with blanks in place of itself.
fn is_intact(header: &Header) -> bool {
    let bytes = header.as_bytes();
    let sum: u32 = bytes[..148].iter().chain([b' '; 8].iter()).chain(&bytes[156..]).map(|byte| u32::from(*byte)).sum();
    header.cksum().is_ok_and(|stated| stated == sum)
}

/// What a pax header says of members (IEEE Std 1003.1, pax), as far as it matters here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Pax {
    path: Option<Vec<u8>>,
    size: Option<u64>,
    /// Whether it is one of GNU's sparse files, whose bytes are not the file's.
    sparse: bool,
}

impl Pax {
    /// Takes the attributes of a header; `None` if it is malformed.
    fn update(&mut self, mut header: &[u8]) -> Option<()> {
        while !header.is_empty() {
            let (key, value, rest) = pax_record(header)?;
            match key {
                // An empty value deletes the attribute.
                b"path" => self.path = (!value.is_empty()).then(|| value.to_vec()),
                b"size" => self.size = if value.is_empty() { None } else { Some(number(value)?) },
                _ => self.sparse |= key.starts_with(b"GNU.sparse."),
            }
            header = rest;
        }
        Some(())
    }

    /// These, and where nothing is said, `others`.
    fn or(self, others: &Self) -> Self {
        Self {
            path: self.path.or_else(|| others.path.clone()),
            size: self.size.or(others.size),
            sparse: self.sparse || others.sparse,
        }
    }
}

/// The first record, `LENGTH KEY=VALUE\n`, as key and value, and what follows it. The length counts itself; a value may
/// hold anything, line ends too.
fn pax_record(header: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let blank = header.iter().position(|byte| *byte == b' ')?;
    let length = usize::try_from(number(&header[..blank])?).ok()?;
    let (record, rest) = header.split_at_checked(length)?;
    let (b'\n', pair) = record.get(blank + 1..)?.split_last()? else {
        return None;
    };
    let equals = pair.iter().position(|byte| *byte == b'=')?;
    Some((&pair[..equals], &pair[equals + 1..], rest))
}

fn number(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_as_long_as_they_say() {
        let mut attributes = Pax::default();
        let header = b"12 path=a/b\n29 SCHILY.xattr.x=\n9 path=c\n\n15 size=123456\n";
        assert_eq!(attributes.update(header), Some(()));
        assert_eq!(attributes, Pax { path: Some(b"a/b".to_vec()), size: Some(123_456), sparse: false });
        assert_eq!(attributes.update(b"8 path=\n22 GNU.sparse.major=1\n"), Some(()));
        assert_eq!(attributes, Pax { path: None, size: Some(123_456), sparse: true });
    }

    #[test]
    fn malformed_records_are_refused() {
        for header in [
            &b"x"[..],
            b"5",
            b"0 a=b\n",
            b"2 a=b\n",
            b"3 a=b\n",
            b"-6 a=b\n",
            b"99 a=b\n",
            b"99999999999999999999999999 a=b\n",
            b"6 a=bc",
            b"5 ab\n",
            b"9 size=x\n",
        ] {
            assert_eq!(Pax::default().update(header), None, "{}", header.escape_ascii());
        }
    }
}
