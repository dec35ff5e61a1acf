//! Mailboxes that were written before, for a comparison.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::line_end::LineEnd;
use crate::mbox::Mbox;
use crate::message::RawMessage;
use crate::report::Digest;
use crate::sink::folder::{FileKind, Folder, OpenFolders, Purpose};
use crate::sink::{Existing, ExistingFolder};
use crate::source::{FileKind as Contents, Source};
use crate::transform::{Eml, Eol, Quote, Quoting, Unquote};

/// The messages of all mailboxes in a folder and below. Each has a name: the path of its mailbox, `!`, and the byte at
/// which its From_ line begins.
///
/// All mailboxes are read when it is opened. Memory: about 60 bytes for each message.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::sink::{Existing, ExistingMailboxes, Mailboxes};
/// use mbox2eml::source::{Memory, Stream};
/// use mbox2eml::transform::Quote;
/// # let folder = tempfile::tempdir()?;
/// # let output = folder.path().join("out");
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
/// let sink = Mailboxes::below(&output).create()?;
/// let _ = Converter::builder().build().convert(Memory::new("in", mailbox), sink, &()).into_result()?;
///
/// let existing = ExistingMailboxes::open(&output, Quote::Mboxrd, &|path| Ok(Box::new(Stream::open(path)?)))?;
/// let mut eml = String::new();
/// existing.open("mailbox.mbox!0")?.unwrap().read_to_string(&mut eml)?;
/// assert_eq!(eml, "Subject: Lunch\r\n\r\nAt noon?\r\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ExistingMailboxes {
    root: PathBuf,
    folders: OpenFolders,
    mailboxes: BTreeMap<String, Arc<[Found]>>,
    /// The files that are no mailboxes.
    others: Vec<String>,
}

/// A message in a mailbox.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    /// Where its From_ line begins.
    pub(super) offset: u64,
    /// Where it begins itself, and ends.
    start: u64,
    end: u64,
    /// Of its bytes as they are there, with its From_ line.
    pub(super) hash: [u8; 16],
    quoting: Quoting,
    line_end: LineEnd,
}

impl Found {
    /// Where its bytes are, with its From_ line.
    pub(super) fn whole(&self) -> Range<u64> {
        self.offset..self.end
    }
}

impl fmt::Debug for ExistingMailboxes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExistingMailboxes").field("root", &self.root).finish_non_exhaustive()
    }
}

impl ExistingMailboxes {
    /// Reads the mailboxes below `root`, which were written with this quoting; `open` opens a file. Links are not
    /// followed.
    ///
    /// # Errors
    /// [`Error::Output`] if there is no such folder, or those of reading a mailbox.
    pub fn open(
        root: impl Into<PathBuf>,
        quote: Quote,
        open: &dyn Fn(&Path) -> Result<Box<dyn Source>>,
    ) -> Result<Self> {
        let root = root.into();
        let files = ExistingFolder::open(&root)?;
        let fail = |path: PathBuf, source| Error::Output { path, doing: "cannot read this mailbox", source };
        let folders = OpenFolders::below(&root).map_err(|source| fail(root.clone(), source))?;
        let mut existing = Self { root, folders, mailboxes: BTreeMap::new(), others: Vec::new() };
        let mut paths = Vec::new();
        files.list(&mut |path| paths.push(path))?;
        for path in paths {
            let whole = existing.root.join(&path);
            let is_mailbox = existing.file(&path).and_then(|file| {
                let Some(mut file) = file else { return Ok(Some(false)) };
                let mut head = [0; 5];
                let length = file.metadata()?.len();
                Ok((length > 0).then(|| file.read_exact(&mut head).is_ok() && head == *b"From "))
            });
            match is_mailbox.map_err(|source| fail(whole.clone(), source))? {
                Some(true) => drop(existing.mailboxes.insert(path, read(open(&whole)?, quote)?)),
                Some(false) => existing.others.push(path),
                // An empty one has no messages.
                None => {}
            }
        }
        Ok(existing)
    }

    /// The messages of the mailbox at this path, if there is one.
    pub(super) fn messages(&self, path: &str) -> Option<Arc<[Found]>> {
        self.mailboxes.get(path).cloned()
    }

    /// The paths of all mailboxes.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.mailboxes.keys().map(String::as_str)
    }

    /// The files that are no mailboxes. Thunderbird's indexes do not count.
    pub(super) fn others(&self) -> impl Iterator<Item = &str> {
        self.others.iter().map(String::as_str).filter(|path| !path.ends_with(".msf"))
    }

    /// The file at this path, if it is one.
    fn file(&self, path: &str) -> io::Result<Option<std::fs::File>> {
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let folder = self.folders.find(folder)?;
        match folder.kind_of(file)? {
            FileKind::File { .. } => folder.open_file(file, Purpose::Compare).map(Some),
            _ => Ok(None),
        }
    }

    /// These bytes of a mailbox.
    pub(super) fn bytes(&self, path: &str, Range { start, end }: Range<u64>) -> io::Result<impl Read + use<>> {
        let mut file = self.file(path)?.ok_or(io::ErrorKind::NotFound)?;
        file.seek(SeekFrom::Start(start))?;
        Ok(file.take(end.saturating_sub(start)))
    }
}

/// Finds the messages of a mailbox. What is no mailbox after all has none.
fn read(source: Box<dyn Source>, quote: Quote) -> Result<Arc<[Found]>> {
    let unquote = match quote {
        Quote::Mboxrd => Unquote::Auto,
        Quote::Mboxo => Unquote::Mboxo,
        Quote::None => Unquote::None,
    };
    let mut found = Vec::new();
    for message in Mbox::new(source).unquote(unquote).eol(Eol::Keep).messages() {
        let message = match message {
            Err(Error::NotAnMbox { kind: Contents::Unknown, .. }) => break,
            message => message?,
        };
        let (span, (quoting, line_end)) = (message.span(), message.form());
        let RawMessage { from_line, bytes, .. } = message.raw();
        let Digest { sha256, .. } = Digest::of_written(|hashing| {
            io::Write::write_all(hashing, from_line).and_then(|()| io::Write::write_all(hashing, bytes))
        });
        found.push(Found {
            offset: message.offset(),
            start: span.message().start,
            end: span.message().end,
            hash: short(sha256),
            quoting,
            line_end,
        });
    }
    Ok(found.into())
}

/// Half of a hash: enough to know a message again.
pub(super) fn short(sha256: [u8; 32]) -> [u8; 16] {
    let mut short = [0; 16];
    short.iter_mut().zip(sha256).for_each(|(byte, of)| *byte = of);
    short
}

impl Existing for ExistingMailboxes {
    fn open(&self, name: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        let place = name.rsplit_once('!').and_then(|(path, offset)| Some((path, offset.parse::<u64>().ok()?)));
        let Some((path, offset)) = place else { return Ok(None) };
        let Some(messages) = self.mailboxes.get(path) else { return Ok(None) };
        let Ok(at) = messages.binary_search_by_key(&offset, |found| found.offset) else { return Ok(None) };
        let found = &messages[at];
        let mut bytes = Vec::new();
        self.bytes(path, found.start..found.end)?.read_to_end(&mut bytes)?;
        let eml = Eml::with_line_end(&bytes, found.line_end, found.quoting, Eol::Keep).to_bytes().into_owned();
        Ok(Some(Box::new(Cursor::new(eml))))
    }

    fn list(&self, each: &mut dyn FnMut(String)) -> Result<()> {
        let messages = self
            .mailboxes
            .iter()
            .flat_map(|(path, messages)| messages.iter().map(move |found| format!("{path}!{}", found.offset)));
        messages.chain(self.others().map(str::to_owned)).for_each(each);
        Ok(())
    }
}
