//! One ZIP archive being written: its entries one after another, then its directory.
//!
//! Reading is left to the crate `zip`, writing is not. Measured with its version 9.8.2 on two cores, one sink for each;
//! small mail is 160 MB of short messages, mixed mail 537 MB of ordinary ones:
//!
//! |                         | here, level 1 | `zip`, level 1 | `zip`, level 6 |
//! |-------------------------|---------------|----------------|----------------|
//! | small mail, CPU         | 1.02 s        | 2.7 to 3.0 s   | 4.3 to 9.3 s   |
//! | small mail, size        | 78.7 MB       | 98.8 MB        | 76.6 MB        |
//! | mixed mail, CPU         | 4.05 s        |                | 9.1 s          |
//! | mixed mail, size        | 402 MB        | 527 MB         |                |
//! | memory, 20 MB of mail   | bounded       | 2.35 GB        |                |
//!
//! - A file that is prepared on another thread (`PreparedZipFile`) is compressed by the crate itself: it cannot be made
//!   from what another compressor made. Here libdeflate packs as tightly at level 1 as zlib does at level 6.
//! - It keeps the directory in memory and its output has to be seekable; here the directory is in a file once it is long.
//! - Its many buffers fragment the heap (14.3 GB for 160 MB of mail; 13 MB if every block is mapped by itself).
//! - `par_append_data` appends in the order of completion, so that archives would differ from run to run.
//! - The size of the archive with one more entry has to be known before it is written, for the limits.
//!
//! Tests read every kind of volume with `zip`.

use std::ffi::OsStr;
use std::io::{self, BufWriter, Seek, Write};
use std::path::Path;

use mbox2eml::internals::{Target, to_u64};
use mbox2eml::sink::{Durability, VolumeName};
use tempfile::SpooledTempFile;

use super::Limits;
use super::packer::Packed;
use super::record::End;

/// A volume that is being written.
#[derive(Debug)]
pub(super) struct Volume {
    name: VolumeName,
    out: BufWriter<Target>,
    /// How many bytes were written.
    offset: u64,
    entries: u64,
    /// The directory, which grows with every entry: on the disk once it is large.
    directory: SpooledTempFile,
    directory_len: u64,
}

/// An entry's header before its data, and its record in the directory.
pub(super) struct Headers {
    local: Vec<u8>,
    central: Vec<u8>,
}

impl Volume {
    /// A directory longer than this goes to the disk.
    const SPOOL: usize = 4 << 20;
    /// Entries are written in blocks of this size.
    const BLOCK: usize = 256 << 10;

    /// A volume without entries; for a while the directory may be in a nameless file in `folder`.
    pub(super) fn new(target: Target, folder: &Path) -> Self {
        Self {
            name: VolumeName::default(),
            out: BufWriter::with_capacity(Self::BLOCK, target),
            offset: 0,
            entries: 0,
            directory: tempfile::spooled_tempfile_in(Self::SPOOL, folder),
            directory_len: 0,
        }
    }

    /// What it will be called.
    pub(super) fn name(&self) -> &VolumeName {
        &self.name
    }

    /// How many entries it has.
    pub(super) fn entries(&self) -> u64 {
        self.entries
    }

    /// Whether it is compared with one that is there.
    pub(super) fn existing(&self) -> Option<&OsStr> {
        match self.out.get_ref() {
            Target::Existing(existing) => Some(existing.name()),
            Target::Partial(_) => None,
        }
    }

    /// The headers of an entry if it comes next.
    pub(super) fn headers(&self, packed: &Packed) -> Headers {
        let mut headers = Headers { local: Vec::with_capacity(128), central: Vec::with_capacity(160) };
        packed.record.push_local(&mut headers.local);
        packed.record.push_central(self.offset, &mut headers.central);
        headers
    }

    /// Whether it would stay below the limits with one more entry.
    pub(super) fn has_room(&self, Headers { local, central }: &Headers, packed: &Packed, limits: Limits) -> bool {
        let directory = self.offset + to_u64(local.len() + packed.data.len());
        let length = self.directory_len + to_u64(central.len());
        let end = End { entries: self.entries + 1, directory, length };
        let size = directory + length + end.len();
        limits.max_size.is_none_or(|max| size <= max) && limits.max_entries.is_none_or(|max| end.entries <= max)
    }

    /// Adds an entry.
    pub(super) fn append(&mut self, Headers { local, central }: &Headers, packed: &Packed) -> io::Result<()> {
        self.out.write_all(local)?;
        self.out.write_all(&packed.data)?;
        self.directory.write_all(central)?;
        self.offset += to_u64(local.len() + packed.data.len());
        self.directory_len += to_u64(central.len());
        self.entries += 1;
        Ok(())
    }

    /// Writes the directory, and gives the volume its name.
    pub(super) fn finish(mut self, name: &Path, durability: Durability) -> io::Result<()> {
        self.directory.rewind()?;
        io::copy(&mut self.directory, &mut self.out)?;
        let end = End { entries: self.entries, directory: self.offset, length: self.directory_len };
        self.out.write_all(&end.to_bytes())?;
        let target = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        target.finish(name.file_name().unwrap_or_default(), durability)?;
        self.name.finish(name);
        Ok(())
    }
}
