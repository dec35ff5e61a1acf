//! The members of a ZIP, by the directory at its end (APPNOTE 4.3.12), in the order of their names: the reliable way.
//!
//! The crate `zip` finds the directory and reads its records, as a stream of them: its `ZipArchive` keys members by
//! name, so that of two with one name only the last is left, and it allocates memory for as
//! many entries as the directory says it has.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::vec;

use mbox2eml::source::{Origin, Stream};
use mbox2eml::{Error, Result};
use zip::read::{ArchiveOffset, Config, ZipFile, ZipFileEntry};
use zip::result::{ZipError, ZipResult};
use zip::unstable::format::compression::Compression;
use zip::unstable::read::ZipIterable;
use zip::unstable::stream::{ZipStreamReader, ZipStreamVisitor};

use super::classify::Peeked;
use super::file::{FileRange, Window};
use super::names::{MemberName, Place, Version};
use super::readers::{Expected, Verified, cut_off};
use super::salvage::LocalHeader;
use super::zip_member::{BUFFER, Data, Method};
use super::{InflateLimit, Member};
use crate::vault::Sidecar;

/// How much memory the directory may take: that of more than a million photos.
const DIRECTORY_LIMIT: usize = 256 << 20;

/// A record of the directory.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) name: MemberName,
    pub(crate) fields: Fields,
}

/// What the directory says of a member, apart from its name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    /// The number of its compression method.
    method: u16,
    encrypted: bool,
    /// Offset of its local header in the archive.
    header: u64,
    packed: u64,
    pub(crate) expected: Expected,
}

impl Record {
    fn new(entry: &ZipFileEntry<'_>) -> Self {
        let fields = Fields {
            method: Compression::from(entry.compression()).as_u16(),
            encrypted: entry.encrypted(),
            header: entry.header_start(),
            packed: entry.compressed_size(),
            expected: Expected { crc: entry.crc32(), size: entry.size() },
        };
        Self { name: MemberName::in_zip(entry.name_raw()), fields }
    }

    /// A folder has no bytes.
    pub(crate) fn is_folder(&self) -> bool {
        self.name.is_folder() && self.fields.expected.size == 0
    }
}

impl Fields {
    pub(crate) fn method(&self) -> io::Result<Method> {
        Method::of(self.method, self.encrypted)
    }

    /// Where its bytes are in `file`, which is `length` bytes long.
    pub(crate) fn locate(&self, file: &mut Window, length: u64, method: Method) -> io::Result<Data> {
        let header = LocalHeader::read(file, length, self.header)?;
        if header.method != self.method {
            let text = "the archive contradicts itself on how it is packed";
            return Err(io::Error::new(io::ErrorKind::InvalidData, text));
        }
        let data = Data { method, start: header.data, packed: self.packed };
        let fits = data.start.checked_add(data.packed).is_some_and(|end| end <= length);
        if fits { Ok(data) } else { Err(cut_off(length)) }
    }
}

/// A mailbox, or what may be one and cannot be read.
#[derive(Debug)]
struct Found {
    name: MemberName,
    content: Result<(Data, Expected)>,
}

/// The members, mailboxes first.
#[derive(Debug)]
pub(super) struct Directory {
    place: Place,
    version: Version,
    /// None until a member is asked for, so that archives that wait for their turn keep no file open.
    file: Option<Arc<File>>,
    limit: InflateLimit,
    mailboxes: vec::IntoIter<Found>,
    others: vec::IntoIter<Other>,
    /// What may belong to a Vault export. It is not among the members.
    sidecars: Vec<SidecarMember>,
}

/// A member that may belong to a Vault export, found in its directory.
#[derive(Debug)]
pub(crate) struct SidecarMember {
    place: Place,
    version: Version,
    name: MemberName,
    data: Data,
    expected: Expected,
    limit: InflateLimit,
}

impl SidecarMember {
    /// Its path in the archive.
    pub(crate) fn path(&self) -> String {
        self.name.normal().into()
    }

    pub(crate) fn origin(&self) -> Origin {
        self.place.member(&self.name)
    }

    /// Opens it.
    pub(crate) fn open(self) -> Result<Box<dyn Read>> {
        let (file, version) = self.place.open()?;
        if version != self.version {
            let (was, now) = (self.version.length, version.length);
            return Err(Error::Changed { origin: self.place.origin(), was, now });
        }
        Ok(Box::new(Verified::new(self.data.read(&Arc::new(file), self.limit), self.expected)))
    }
}

impl Directory {
    /// Reads the directory of `file`, and classifies every member by its head.
    ///
    /// `None` if there is none, or if it cannot be believed.
    pub(super) fn read(place: &Place, file: &Arc<File>, version: Version, limit: InflateLimit) -> Option<Self> {
        let length = version.length;
        let mut records = records(file, length)?;
        // In the order of the file, so that a disk is read in one direction.
        records.sort_by_key(|record| record.fields.header);
        let file = Window::new(Arc::clone(file));
        let (mailboxes, others, sidecars) = Default::default();
        let mut inspect = Inspect { place, version, file, length, limit, end: 0, mailboxes, others, sidecars };
        records.into_iter().for_each(|record| inspect.add(record));
        let Inspect { mut mailboxes, others, sidecars, .. } = inspect;
        mailboxes.sort_by_cached_key(|found| found.name.path());
        Some(Self {
            place: place.clone(),
            version,
            file: None,
            limit,
            mailboxes: mailboxes.into_iter(),
            others: others.into_iter(),
            sidecars,
        })
    }

    /// How many bytes the mailboxes have, by what the directory says.
    pub(super) fn size(&self) -> u64 {
        let sizes = self.mailboxes.as_slice().iter().filter_map(|found| found.content.as_ref().ok());
        sizes.fold(0, |sum, (_, expected)| sum.saturating_add(expected.size))
    }

    /// The paths of its mailboxes.
    pub(super) fn mailbox_paths(&self) -> Vec<String> {
        self.mailboxes.as_slice().iter().map(|found| found.name.normal().into()).collect()
    }

    /// What may belong to a Vault export.
    pub(super) fn take_sidecars(&mut self) -> Vec<SidecarMember> {
        std::mem::take(&mut self.sidecars)
    }

    /// How many bytes of memory it takes.
    pub(super) fn memory(&self) -> usize {
        let mailboxes = self.mailboxes.as_slice().iter().map(|found| size_of::<Found>() + found.name.as_str().len());
        let others = self.others.as_slice().iter().map(|other| size_of::<Other>() + other.name.as_str().len());
        mailboxes.chain(others).sum()
    }

    fn file(&mut self) -> Result<&Arc<File>> {
        let file = match self.file.take() {
            Some(file) => file,
            None => {
                let (file, version) = self.place.open()?;
                if version != self.version {
                    // What is known of its members is not true any more.
                    (self.mailboxes, self.others) = Default::default();
                    let (was, now) = (self.version.length, version.length);
                    return Err(Error::Changed { origin: self.place.origin(), was, now });
                }
                Arc::new(file)
            }
        };
        Ok(self.file.insert(file))
    }

    fn open(&mut self, found: Found) -> Result<Member> {
        let (data, expected) = found.content?;
        let limit = self.limit;
        let bytes = Verified::new(data.read(self.file()?, limit), expected);
        let stream = Stream::new(self.place.member(&found.name), bytes).sized(expected.size);
        Ok(Member::Mailbox { path: found.name.normal().into(), source: Box::new(stream) })
    }
}

impl Iterator for Directory {
    type Item = Result<Member>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(found) = self.mailboxes.next() {
            return Some(self.open(found));
        }
        let Other { name, is_readable } = self.others.next()?;
        let origin = self.place.member(&name);
        Some(Ok(if is_readable { Member::Other(origin) } else { Member::Unreadable(origin) }))
    }
}

/// All records but those of folders, if they can be believed.
fn records(file: &Arc<File>, length: u64) -> Option<Vec<Record>> {
    let (mut records, mut memory) = (Vec::new(), 0);
    each_record(file, length, |record| {
        memory += size_of::<Record>() + record.name.as_str().len();
        if !record.is_folder() {
            records.push(record);
        }
        memory <= DIRECTORY_LIMIT
    })?;
    Some(records)
}

/// Hands the records of the directory to `take`, until that says no; `None` if it does, or if there is no directory that
/// can be believed.
pub(crate) fn each_record(file: &Arc<File>, length: u64, take: impl FnMut(Record) -> bool) -> Option<()> {
    let mut reader = BufReader::with_capacity(BUFFER, FileRange::new(file, 0..length));
    let mut zip = ZipIterable::try_new(&mut reader, Config { archive_offset: ArchiveOffset::Known(0) }).ok()?;
    let stated = zip.len();
    // Moves to the start of the directory.
    zip.files().ok()?;
    if stated == 0 {
        seek_directory(&mut reader).ok()?;
    }
    let mut listing = Listing { take, count: 0, first: u64::MAX };
    ZipStreamReader::new(reader).visit(&mut listing).ok()?;
    let Listing { count, first, .. } = listing;
    // Where a download broke off behind a ZIP within the ZIP, that one's directory is found; its members do not begin
    // where the file does. And without ZIP64 some count only to 65,535 and begin anew.
    let is_of_this_file = count == 0 || first == 0;
    let is_whole = stated == count || stated == count % (1 << 16);
    (is_of_this_file && is_whole).then_some(())
}

/// Moves from the record at the end to the directory. Where that record counts no members, `zip` expects no directory,
/// but old programs count 65,536 as none.
fn seek_directory(reader: &mut (impl Read + Seek)) -> io::Result<()> {
    // Its last fields are the directory's offset and the length of a comment (APPNOTE 4.3.16).
    reader.seek_relative(16)?;
    let mut offset = [0; 4];
    reader.read_exact(&mut offset)?;
    reader.seek(SeekFrom::Start(u32::from_le_bytes(offset).into())).map(|_| ())
}

/// The way through a directory.
struct Listing<F> {
    take: F,
    count: usize,
    /// Where the first member begins.
    first: u64,
}

impl<F: FnMut(Record) -> bool> ZipStreamVisitor for Listing<F> {
    fn visit_file<R: Read>(&mut self, _: &mut ZipFile<'_, R>) -> ZipResult<()> {
        Err(ZipError::InvalidArchive("a member is where the directory should be".into()))
    }

    fn visit_additional_metadata(&mut self, entry: &ZipFileEntry<'_>) -> ZipResult<()> {
        let record = Record::new(entry);
        self.count += 1;
        self.first = self.first.min(record.fields.header);
        if (self.take)(record) { Ok(()) } else { Err(ZipError::UnsupportedArchive("no more records are wanted")) }
    }
}

/// A member that is no mailbox.
#[derive(Debug)]
struct Other {
    name: MemberName,
    /// Whether it is neither encrypted nor packed in an unknown way.
    is_readable: bool,
}

/// Classifies every member.
struct Inspect<'a> {
    place: &'a Place,
    version: Version,
    file: Window,
    length: u64,
    limit: InflateLimit,
    /// Where the data of the last member that is read ends.
    end: u64,
    mailboxes: Vec<Found>,
    others: Vec<Other>,
    sidecars: Vec<SidecarMember>,
}

/// What a member holds.
enum Content {
    Mailbox(Data),
    /// What may belong to a Vault export.
    Sidecar(Data),
    Other {
        is_readable: bool,
    },
}

impl Inspect<'_> {
    fn add(&mut self, record: Record) {
        let Record { name, fields } = &record;
        match self.look(name, fields) {
            Ok(Content::Mailbox(data)) => {
                self.mailboxes.push(Found { content: Ok((data, fields.expected)), name: record.name });
            }
            Ok(Content::Sidecar(data)) => {
                let (place, version, limit) = (self.place.clone(), self.version, self.limit);
                let expected = fields.expected;
                self.sidecars.push(SidecarMember { place, version, name: record.name, data, expected, limit });
            }
            Ok(Content::Other { is_readable }) => self.others.push(Other { name: record.name, is_readable }),
            Err(error) => self.mailboxes.push(Found { name: record.name, content: Err(error) }),
        }
    }

    /// What the member of this name holds.
    fn look(&mut self, name: &MemberName, fields: &Fields) -> Result<Content> {
        let place = self.place;
        let refuse = |source| Error::Open { origin: place.member(name), source };
        let method = match fields.method() {
            Ok(method) => method,
            Err(refusal) if name.may_be_mailbox() => return Err(refuse(refusal)),
            Err(_) => return Ok(Content::Other { is_readable: false }),
        };
        let data = fields.locate(&mut self.file, self.length, method).map_err(refuse)?;
        let mut head = Peeked::new(data.unpack(self.file.range(data.start..data.end()), self.limit));
        let content = if name.is_mailbox(head.kind()) {
            Content::Mailbox(data)
        } else if let Some((byte, source)) = head.undecided(name) {
            return Err(Error::Read { origin: place.member(name), byte, source });
        } else if let Some(error) = name.misnamed(place, head.kind()) {
            return Err(error);
        } else if Sidecar::is_one(&name.path()) {
            Content::Sidecar(data)
        } else {
            return Ok(Content::Other { is_readable: true });
        };
        if data.start < self.end {
            return Err(refuse(overlap()));
        }
        self.end = data.end();
        Ok(content)
    }
}

fn overlap() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "it shares its bytes with another member, as in a ZIP bomb")
}
