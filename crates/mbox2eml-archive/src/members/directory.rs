//! The members of a ZIP, by the directory at its end (APPNOTE 4.3.12), in the order of their names: the reliable way.

use std::sync::Arc;
use std::{io, vec};

use mbox2eml::source::{FileKind, Stream};
use mbox2eml::{Error, Result};
use rawzip::{CompressionMethod, FileReader, MAX_CENTRAL_DIRECTORY_RECORD_SIZE, ZipFileHeaderRecord, ZipLocator};

use super::checked::{Checked, Claim};
use super::classify::Headed;
use super::damage::cut_off;
use super::local_header::LocalHeader;
use super::names::{MemberName, Place, Version};
use super::zip_member::{BUFFER, Data, Method};
use super::{InflateLimit, Member};

/// How much memory the directory may take: that of more than a million photos.
const DIRECTORY_LIMIT: usize = 256 << 20;

/// How many packed bytes are read to judge a member by.
const HEAD_BUFFER: usize = FileKind::HEAD;

/// What the directory says of a member.
#[derive(Debug)]
struct Record {
    name: MemberName,
    method: CompressionMethod,
    encrypted: bool,
    header: u64,
    packed: u64,
    claim: Claim,
}

impl Record {
    fn new(record: &ZipFileHeaderRecord<'_>) -> Self {
        Self {
            name: MemberName::in_zip(record.file_path().as_ref()),
            method: record.compression_method(),
            encrypted: record.flags().is_encrypted(),
            header: record.local_header_offset(),
            packed: record.compressed_size_hint(),
            claim: Claim { crc: record.crc32(), size: record.uncompressed_size_hint() },
        }
    }

    /// A folder has no bytes.
    fn is_folder(&self) -> bool {
        self.name.is_folder() && self.claim.size == 0
    }
}

/// A mailbox, or what may be one and cannot be read.
#[derive(Debug)]
struct Found {
    name: MemberName,
    content: Result<(Data, Claim)>,
}

/// The members, mailboxes first.
#[derive(Debug)]
pub(super) struct Directory {
    place: Place,
    version: Version,
    /// None until a member is asked for, so that archives that wait for their turn keep no file open.
    file: Option<Arc<FileReader>>,
    limit: InflateLimit,
    mailboxes: vec::IntoIter<Found>,
    passed_over: vec::IntoIter<MemberName>,
}

impl Directory {
    /// Reads the directory of `file`, and looks at every member's head.
    ///
    /// `None` if there is none, or if it cannot be believed.
    pub(super) fn read(place: &Place, file: &Arc<FileReader>, version: Version, limit: InflateLimit) -> Option<Self> {
        let length = version.length;
        let mut records = records(file, length)?;
        // In the order of the file, so that a disk is read in one direction.
        records.sort_by_key(|record| record.header);
        let mut survey = Inspect { place, file, length, limit, end: 0, mailboxes: Vec::new(), passed_over: Vec::new() };
        records.into_iter().for_each(|record| survey.add(record));
        let Inspect { mut mailboxes, passed_over, .. } = survey;
        mailboxes.sort_by_cached_key(|found| found.name.path());
        Some(Self {
            place: place.clone(),
            version,
            file: None,
            limit,
            mailboxes: mailboxes.into_iter(),
            passed_over: passed_over.into_iter(),
        })
    }

    /// How many mailboxes there are, with those that cannot be read.
    pub(super) fn mailboxes(&self) -> usize {
        self.mailboxes.len()
    }

    /// How many bytes they have, by what the directory says.
    pub(super) fn size(&self) -> u64 {
        let sizes = self.mailboxes.as_slice().iter().filter_map(|found| found.content.as_ref().ok());
        sizes.fold(0, |sum, (_, claim)| sum.saturating_add(claim.size))
    }

    /// How many bytes of memory it takes.
    pub(super) fn memory(&self) -> usize {
        let mailboxes = self.mailboxes.as_slice().iter().map(|found| size_of::<Found>() + found.name.as_str().len());
        let passed_over = self.passed_over.as_slice().iter().map(|name| size_of::<MemberName>() + name.as_str().len());
        mailboxes.chain(passed_over).sum()
    }

    fn file(&mut self) -> Result<&Arc<FileReader>> {
        let file = match self.file.take() {
            Some(file) => file,
            None => {
                let (file, version) = self.place.open()?;
                if version != self.version {
                    // What is known of its members is not true any more.
                    (self.mailboxes, self.passed_over) = Default::default();
                    let (was, now) = (self.version.length, version.length);
                    return Err(Error::Changed { origin: self.place.origin(), was, now });
                }
                Arc::new(FileReader::from(file))
            }
        };
        Ok(self.file.insert(file))
    }

    fn open(&mut self, found: Found) -> Result<Member> {
        let (data, claim) = found.content?;
        let limit = self.limit;
        let bytes = Checked::new(data.read(self.file()?, limit, BUFFER), claim);
        let stream = Stream::new(self.place.member(&found.name), bytes).sized(claim.size);
        Ok(Member::Mailbox { name: found.name.mailbox(), source: Box::new(stream) })
    }
}

impl Iterator for Directory {
    type Item = Result<Member>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(found) = self.mailboxes.next() {
            return Some(self.open(found));
        }
        self.passed_over.next().map(|name| Ok(Member::PassedOver(self.place.member(&name))))
    }
}

/// All records but those of folders, if they can be believed.
fn records(file: &Arc<FileReader>, length: u64) -> Option<Vec<Record>> {
    let mut buffer = vec![0; MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
    let archive = ZipLocator::new().locate_in_reader(Arc::clone(file), &mut buffer, length).ok()?;
    let (mut records, mut count, mut memory, mut first) = (Vec::new(), 0_u64, 0, u64::MAX);
    let mut entries = archive.entries(&mut buffer);
    while let Some(entry) = entries.next_entry().ok()? {
        let record = Record::new(&entry);
        count += 1;
        first = first.min(record.header);
        memory += size_of::<Record>() + record.name.as_str().len();
        if memory > DIRECTORY_LIMIT {
            return None;
        }
        if !record.is_folder() {
            records.push(record);
        }
    }
    // Where a download broke off behind a ZIP within the ZIP, that one's directory is found; its members do not begin
    // where the file does. And without ZIP64 some count only to 65,535 and begin anew.
    let is_of_this_file = count == 0 || first == 0;
    let is_whole = archive.entries_hint() == count || archive.entries_hint() == count % (1 << 16);
    (is_of_this_file && is_whole).then_some(records)
}

/// The look at every member.
struct Inspect<'a> {
    place: &'a Place,
    file: &'a Arc<FileReader>,
    length: u64,
    limit: InflateLimit,
    /// Where the data of the last mailbox ends.
    end: u64,
    mailboxes: Vec<Found>,
    passed_over: Vec<MemberName>,
}

impl Inspect<'_> {
    fn add(&mut self, record: Record) {
        match self.look(&record) {
            Ok(Some(data)) => {
                self.end = self.end.max(data.start + data.packed);
                self.mailboxes.push(Found { name: record.name, content: Ok((data, record.claim)) });
            }
            Ok(None) => self.passed_over.push(record.name),
            Err(error) => self.mailboxes.push(Found { name: record.name, content: Err(error) }),
        }
    }

    /// Where the bytes of the member are, if it is a mailbox.
    fn look(&self, record: &Record) -> Result<Option<Data>> {
        let refuse = |source| Error::Open { origin: self.place.member(&record.name), source };
        let method = match Method::of(record.method, record.encrypted) {
            Ok(method) => method,
            Err(refusal) if record.name.may_be_mailbox() => return Err(refuse(refusal)),
            Err(_) => return Ok(None),
        };
        let data = self.locate(record, method).map_err(refuse)?;
        let mut head = Headed::new(data.read(self.file, self.limit, HEAD_BUFFER));
        if record.name.is_mailbox(head.kind()) {
            return if data.start < self.end { Err(refuse(overlap())) } else { Ok(Some(data)) };
        }
        match head.undecided(&record.name) {
            Some((byte, source)) => Err(Error::Read { origin: self.place.member(&record.name), byte, source }),
            None => record.name.misnamed(self.place, head.kind()).map_or(Ok(None), Err),
        }
    }

    fn locate(&self, record: &Record, method: Method) -> io::Result<Data> {
        let header = LocalHeader::read(self.file, self.length, record.header)?;
        if header.method != record.method {
            let text = "the archive contradicts itself on how it is packed";
            return Err(io::Error::new(io::ErrorKind::InvalidData, text));
        }
        let data = Data { method, start: header.data, packed: record.packed };
        let fits = data.start.checked_add(data.packed).is_some_and(|end| end <= self.length);
        if fits { Ok(data) } else { Err(cut_off(self.length)) }
    }
}

fn overlap() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "it shares its bytes with another member, as only a trap does")
}
