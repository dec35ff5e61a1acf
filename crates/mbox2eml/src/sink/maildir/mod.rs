//! Maildir++: a file for each message, with its flags in its name, in folders that mail servers read.

mod examine;
mod existing;
mod folders;
mod listing;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use twox_hash::xxhash3_128::Hasher;

pub(super) use self::examine::Deliveries;
pub use self::existing::ExistingMaildir;
pub(super) use self::folders::Mailfolder;
use self::folders::{Mailfolders, State};
use self::listing::{CUR, Found, Listing, NEW, Search, find};
use super::compare::place;
use super::difference::Difference;
use super::folder::{Folder, OpenFolder, Purpose};
use super::output_folder::{Access, OutputFolder};
use super::{Durability, Encode, Entry, Placed, Sink, WriteStatus};
use crate::error::Result;
use crate::message::{Field, Flags};
use crate::name::EntryName;
use crate::name::maildir::{MaildirFile, with_flags};
use crate::transform::Eml;
use crate::write_error::WriteError;

/// Where a message is written that is not to be seen before it is complete.
const TMP: &str = "tmp";

/// Marks a folder that is not an account's inbox.
const MAILDIRFOLDER: &str = "maildirfolder";

/// An EML of at most this length is made once, for its hash and its file.
const MADE_ONCE: u64 = 1 << 20;

/// Writes Maildir++ folders: one Maildir for each [account](EntryName::account), which is its inbox, with the others in
/// it, such as `.Work.Clients`. Their names are in modified UTF-7, as Dovecot and Courier expect.
///
/// The name of a message (`1711972800.0f3c…e1,S=2345:2,FS`) has when it was received, a hash and the size of its EML,
/// and its [`Flags`]. So a further run finds it again, even if a mail program has changed the flags since; what is
/// there already is not written again, and a file that an interrupted run left is completed. Equal messages of one
/// folder are all kept, as `…_2` and so on. Nothing is overwritten.
///
/// A folder that was there before may be in use by a server: messages for it are written in its `tmp` and then moved.
/// In a folder that this run creates they are written in place, which takes less time.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::sink::{Durability, Maildir};
/// use mbox2eml::source::Memory;
/// use mbox2eml::transform::Eol;
/// # let folder = tempfile::tempdir()?;
/// # let output = folder.path().join("Maildir");
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\nStatus: RO\n\nAt noon?\n";
/// let converter = Converter::builder().eol(Eol::Lf).build();
/// for expected in [(1, 0), (0, 1)] {
///     let sink = Maildir::create(&output, Durability::Cached)?;
///     let messages = converter.convert(Memory::new("in", mailbox), sink, &()).into_result()?.messages();
///     assert_eq!((messages.written, messages.already_there), expected);
/// }
/// let name = std::fs::read_dir(output.join("cur"))?.next().unwrap()?.file_name().into_string().unwrap();
/// assert!(name.starts_with("1704067200.") && name.ends_with("2,S"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Maildir(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    output: OutputFolder,
    folders: Mailfolders,
}

/// The half of a [`Maildir`] that writes files.
#[derive(Debug)]
pub struct Deliverer(Arc<Shared>);

/// A message that is in its folder.
#[derive(Debug)]
pub struct Delivered {
    name: EntryName,
    status: WriteStatus,
    /// Whether another file has the name that it should have.
    is_moved: bool,
    folder: Arc<Mailfolder>,
}

impl Maildir {
    /// Uses the folder at `root`, which is created if it does not exist; it may be a link itself.
    ///
    /// Where the system can, it locks the folder against other runs for as long as this value lives.
    ///
    /// # Errors
    /// [`Error::Output`](crate::Error::Output) if it cannot be created, is not a folder, or another run is writing to
    /// it.
    pub fn create(root: impl Into<PathBuf>, durability: Durability) -> Result<Self> {
        let output = OutputFolder::create(root.into(), durability, Access::Exclusive)?;
        Ok(Self(Arc::new(Shared { output, folders: Mailfolders::default() })))
    }
}

impl Sink for Maildir {
    type Encoder = Deliverer;
    type Receipt = ();

    fn encoder(&self) -> Deliverer {
        Deliverer(Arc::clone(&self.0))
    }

    fn fields(&self) -> Vec<Field> {
        vec![Field::Flags]
    }

    fn put(&mut self, Delivered { name, status, is_moved, folder }: Delivered) -> Result<Placed, WriteError> {
        Ok(place(name, status, is_moved, Some(&folder)))
    }

    fn close(&mut self) -> Result<()> {
        self.0.output.sync_folders()
    }

    fn finish(self) {}
}

impl Encode for Deliverer {
    type Item = Delivered;

    fn encode(&self, entry: Entry<'_>) -> Result<Delivered, WriteError> {
        let folder = self.0.folders.of(&entry.name);
        let bytes = if entry.eml.len() <= MADE_ONCE { Some(entry.eml.to_bytes()) } else { None };
        let entry = match &bytes {
            Some(bytes) => Entry { eml: entry.eml.made(bytes), ..entry },
            None => entry,
        };
        let flags = flags_in(&folder, &entry);
        let file = file_of(&entry);
        match self.0.deliver(&folder, &entry, file, flags) {
            Ok((path, status, is_moved)) => {
                Ok(Delivered { name: EntryName::of_maildir(folder.at(&path)), status, is_moved, folder })
            }
            Err(source) => {
                let path = folder.at(&format!("{CUR}/{}", with_flags(&file.base(), flags)));
                Err(WriteError::new("cannot write", EntryName::of_maildir(path), source))
            }
        }
    }
}

impl Shared {
    /// Puts the entry into its folder: the path of its file, and whether another file has its name.
    fn deliver(
        &self,
        folder: &Mailfolder,
        entry: &Entry<'_>,
        file: MaildirFile,
        flags: Flags,
    ) -> io::Result<(String, WriteStatus, bool)> {
        let state = self.state(folder)?;
        let difference = |path: &str| match self.open(folder, path) {
            Ok(file) => Difference::of(file, &entry.eml),
            Err(error) => Some(Difference::Unreadable(error)),
        };
        let mut is_moved = false;
        while let Some(Search { found, other }) = find(&state.listing, file, difference) {
            is_moved |= other.is_some();
            let (path, status) = match found {
                Found::There(path) => return Ok((path, WriteStatus::AlreadyThere, is_moved)),
                Found::Begun(path) => {
                    let (inner, name) = path.split_once('/').unwrap_or((CUR, &path));
                    let status = self.output.complete(&*self.output.find(&folder.at(inner))?, name, entry)?;
                    (path, status)
                }
                Found::Nowhere(base) => {
                    let name = with_flags(&base, flags);
                    let status = if state.is_live {
                        self.write_and_move(folder, &base, &name, entry)?
                    } else {
                        self.output.write(&*self.output.enter(&folder.cur)?, &name, entry)?
                    };
                    (format!("{CUR}/{name}"), status)
                }
            };
            match status {
                Some(status) => return Ok((path, status, is_moved)),
                // Another program has put something else there since.
                None => is_moved = true,
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    fn open(&self, folder: &Mailfolder, path: &str) -> io::Result<std::fs::File> {
        let (inner, name) = path.split_once('/').unwrap_or((CUR, path));
        self.output.find(&folder.at(inner))?.open_file(name, Purpose::Compare)
    }

    /// Writes an entry where no mail program looks, and moves it to its folder. What an interrupted run left is
    /// completed.
    fn write_and_move(
        &self,
        folder: &Mailfolder,
        base: &str,
        name: &str,
        entry: &Entry<'_>,
    ) -> io::Result<Option<WriteStatus>> {
        let (tmp, cur) = (self.output.enter(&folder.at(TMP))?, self.output.enter(&folder.at(CUR))?);
        let written = match self.output.write(&tmp, base, entry)? {
            None => self.output.complete(&tmp, base, entry)?,
            written => written,
        };
        if written.is_none() {
            return Ok(None);
        }
        match tmp.move_to(base, &cur, name) {
            Ok(()) => Ok(Some(WriteStatus::Written)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What is known of a folder. The first time, it is listed, or created with all that belongs to it.
    fn state(&self, folder: &Mailfolder) -> io::Result<Arc<State>> {
        folder.state(|| {
            if let Some(inbox) = &folder.inbox {
                self.state(inbox)?;
            }
            let there = match self.output.find(&folder.at(CUR)) {
                Ok(cur) => Some(cur),
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                Err(error) => return Err(error),
            };
            for name in [TMP, NEW, CUR] {
                self.output.enter(&folder.at(name))?;
            }
            if folder.inbox.is_some() {
                mark(&*self.output.enter(&folder.path)?)?;
            }
            let is_live = there.is_some();
            let mut listing = Listing::default();
            if let Some(cur) = there {
                listing.add(NEW, names(&*self.output.find(&folder.at(NEW))?)?);
                listing.add(CUR, names(&cur)?);
            }
            Ok(State { listing: listing.into(), is_live })
        })
    }
}

/// Marks a folder as one within a Maildir.
fn mark(folder: &OpenFolder) -> io::Result<()> {
    match folder.create_new(MAILDIRFOLDER) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn names(folder: &OpenFolder) -> io::Result<impl Iterator<Item = String>> {
    Ok(folder.files()?.into_iter().map(|(name, _)| name))
}

/// The flags of an entry in a folder. A message in the folder for deleted mail is not marked as deleted, too: servers
/// would remove it for good at the next chance.
fn flags_in(folder: &Mailfolder, entry: &Entry<'_>) -> Flags {
    let flags = entry.headers.flags;
    if folder.is_trash { flags.without('T') } else { flags }
}

/// What the name of an entry is made of.
fn file_of(entry: &Entry<'_>) -> MaildirFile {
    MaildirFile::new(entry.received(), hash(&entry.eml), entry.eml.len())
}

fn hash(eml: &Eml<'_>) -> u128 {
    if eml.len() <= MADE_ONCE {
        return Hasher::oneshot(&eml.to_bytes());
    }
    let mut hash = Hash(Hasher::new());
    // Writing to memory cannot fail.
    let _ = eml.write_to(&mut hash);
    hash.0.finish_128()
}

/// Hashes what is written to it.
struct Hash(Hasher);

impl Write for Hash {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::{Eol, Quoting};

    #[test]
    fn a_hash_does_not_depend_on_how_the_message_is_made() {
        for length in [0, 100, 300_000, 1_200_000] {
            let message = [b"Subject: x\n\n".as_slice(), &b">From here on\n".repeat(length / 13)].concat();
            for (quoting, eol) in [(Quoting::None, Eol::Lf), (Quoting::Mboxrd, Eol::Crlf)] {
                let eml = Eml::new(&message, quoting, eol);
                let bytes = eml.to_bytes();
                assert_eq!(hash(&eml), hash(&eml.made(&bytes)), "{length}");
                assert_eq!(hash(&eml), Hasher::oneshot(&bytes), "{length}");
            }
        }
    }
}
