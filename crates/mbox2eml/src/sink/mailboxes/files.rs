//! The mailboxes of an output, any number of which are being written at a time.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use super::WrittenMailbox;
use crate::name::EntryName;
use crate::sink::folder::{FileKind, Folder, OpenFolder, OpenFolders};
use crate::sink::target::{Target, TargetFolder};
use crate::sink::{Durability, VolumeName, WriteStatus};
use crate::size::to_u64;
use crate::tally::Tally;

/// What is written to a mailbox is collected in blocks of this size.
const BLOCK: usize = 256 << 10;

/// A mailbox.
#[derive(Debug)]
pub(super) struct MailboxFile {
    pub(super) name: EntryName,
    /// The folder that it is for, as people call it.
    pub(super) folder: Arc<str>,
    pub(super) volume: VolumeName,
    /// None if it is a new one that is not written, in a dry run.
    target: Option<Target>,
    is_there: bool,
    tally: Tally,
    buffer: Vec<u8>,
}

impl MailboxFile {
    /// What was written to it.
    pub(super) fn tally(&self) -> Tally {
        self.tally
    }

    /// Counts one more message.
    pub(super) fn end_message(&mut self) {
        self.tally.messages += 1;
    }

    pub(super) fn status(&self) -> WriteStatus {
        if self.is_there { WriteStatus::AlreadyThere } else { WriteStatus::Written }
    }

    fn flush_buffer(&mut self) -> io::Result<()> {
        if let Some(target) = &mut self.target {
            target.write_all(&self.buffer)?;
        }
        self.buffer.clear();
        Ok(())
    }

    /// Closes it until it is needed again.
    fn suspend(&mut self) -> io::Result<()> {
        self.flush_buffer()?;
        self.buffer = Vec::new();
        if let Some(target) = &mut self.target {
            target.suspend();
        }
        Ok(())
    }

    /// Gives it its name.
    fn finish(&mut self, root: &Path, durability: Durability) -> io::Result<()> {
        self.flush_buffer()?;
        self.buffer = Vec::new();
        if let Some(target) = self.target.take() {
            target.finish(OsStr::new(self.name.file_name()), durability)?;
        }
        self.volume.finish(&root.join(&self.name));
        Ok(())
    }
}

impl Write for MailboxFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.buffer.len() + bytes.len() > BLOCK {
            self.flush_buffer()?;
        }
        match &mut self.target {
            Some(target) if bytes.len() >= BLOCK => target.write_all(bytes)?,
            _ => {
                self.buffer.reserve_exact(BLOCK.saturating_sub(self.buffer.len()));
                self.buffer.extend_from_slice(bytes);
            }
        }
        self.tally.bytes += to_u64(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// All mailboxes, in the order in which they were begun. Few are open at a time: those last written to.
#[derive(Debug)]
pub(super) struct MailboxFiles {
    /// None if there is no output yet, in a dry run.
    folders: Option<Arc<OpenFolders>>,
    is_dry_run: bool,
    files: Vec<MailboxFile>,
    /// Those that are open, by their numbers, the last used first.
    open: Vec<usize>,
}

impl MailboxFiles {
    pub(super) fn below(folders: Option<Arc<OpenFolders>>, is_dry_run: bool) -> Self {
        Self { folders, is_dry_run, files: Vec::new(), open: Vec::new() }
    }

    /// Begins another one; returns its number.
    pub(super) fn begin(&mut self, name: EntryName, folder: &str) -> io::Result<usize> {
        let (target, is_there) = self.target(&name)?;
        self.files.push(MailboxFile {
            name,
            folder: folder.into(),
            volume: VolumeName::default(),
            target,
            is_there,
            tally: Tally::default(),
            buffer: Vec::new(),
        });
        Ok(self.files.len() - 1)
    }

    /// Where its bytes go, and whether there is one already.
    fn target(&self, name: &EntryName) -> io::Result<(Option<Target>, bool)> {
        let Some(folders) = &self.folders else { return Ok((None, false)) };
        let folder = match folders.find(name.folder()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.is_dry_run => return Ok((None, false)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => folders.enter(name.folder())?,
            found => found?,
        };
        let file = OsStr::new(name.file_name());
        let is_there = match folder.kind_of(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            kind => kind.map(|_| true)?,
        };
        let folder = TargetFolder::below(folders, name.folder());
        Ok(match (is_there, self.is_dry_run) {
            (false, true) => (None, false),
            (true, true) => (Some(Target::compare(folder, file)?), true),
            (_, false) => (Some(Target::open(folder, file, is_there.then_some(file))?), is_there),
        })
    }

    /// The one with this number, to be written to.
    pub(super) fn open(&mut self, number: usize) -> io::Result<Option<&mut MailboxFile>> {
        match self.open.iter().position(|open| *open == number) {
            Some(at) => self.open[..=at].rotate_right(1),
            None => {
                self.open.insert(0, number);
                let closed = self.open.get(OpenFolder::affordable().max(1)..).unwrap_or_default().to_vec();
                self.open.truncate(OpenFolder::affordable().max(1));
                for number in closed {
                    self.files.get_mut(number).map_or(Ok(()), MailboxFile::suspend)?;
                }
            }
        }
        Ok(self.files.get_mut(number))
    }

    /// Gives all of them their names. One that fails does not keep the others from theirs; the first failure is
    /// returned.
    pub(super) fn finish(&mut self, root: &Path, durability: Durability) -> Result<(), (EntryName, io::Error)> {
        let mut failed = None;
        for file in &mut self.files {
            if let Err(error) = file.finish(root, durability) {
                failed = failed.or_else(|| Some((file.name.clone(), error)));
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Makes an empty mailbox of this name where there is none.
    pub(super) fn make_empty(&self, path: &str) -> io::Result<()> {
        let Some(folders) = self.folders.as_ref().filter(|_| !self.is_dry_run) else { return Ok(()) };
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let folder = folders.enter(folder)?;
        match folder.create_new(file) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => match folder.kind_of(file)? {
                FileKind::File { .. } => Ok(()),
                _ => Err(io::Error::new(error.kind(), format!("{path} exists and is not a file"))),
            },
            made => made.map(drop),
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &EntryName> {
        self.files.iter().map(|file| &file.name)
    }

    /// Those that are complete.
    pub(super) fn finished(self, root: &Path) -> Vec<WrittenMailbox> {
        let finished = self.files.into_iter().filter(|file| file.volume.path().is_some());
        let written = |MailboxFile { name, folder, tally, .. }: MailboxFile| WrittenMailbox {
            path: root.join(name),
            folder: folder.to_string(),
            tally,
        };
        finished.map(written).collect()
    }
}
