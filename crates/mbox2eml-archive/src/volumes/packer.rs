//! The half of the sink that runs on any worker: a message becomes an entry, header and all.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use mbox2eml::WriteError;
use mbox2eml::sink::{Encode, Entry};

use super::deflate::{Deflater, Level};
use super::record::{EntryRecord, Method};
use crate::size::to_u64;

/// A message as an entry of an archive, without its place in one.
#[derive(Debug)]
pub struct Packed {
    pub(super) record: EntryRecord,
    pub(super) data: Vec<u8>,
}

/// Compresses messages.
pub struct Packer {
    level: Level,
    /// The compressors that no worker uses at this moment.
    idle: Mutex<Vec<Deflater>>,
}

impl fmt::Debug for Packer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packer").field("level", &self.level).finish_non_exhaustive()
    }
}

impl Packer {
    pub(super) fn new(level: Level) -> Self {
        Self { level, idle: Mutex::default() }
    }

    /// Lends a compressor.
    fn with_deflater<T>(&self, work: impl FnOnce(&mut Deflater) -> T) -> T {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let lent = idle().pop();
        let mut deflater = lent.unwrap_or_else(|| Deflater::new(self.level));
        let result = work(&mut deflater);
        idle().push(deflater);
        result
    }
}

impl Encode for Packer {
    type Item = Packed;

    fn encode(&self, entry: Entry<'_>) -> Result<Packed, WriteError> {
        let eml = entry.eml.to_bytes();
        let mut data = Vec::new();
        let is_packed = self.with_deflater(|deflater| deflater.append(&eml, &mut data));
        let record = EntryRecord {
            name: entry.name,
            received: entry.received.map(|received| received.seconds),
            method: if is_packed { Method::Deflated } else { Method::Stored },
            crc: crc32fast::hash(&eml),
            size: to_u64(eml.len()),
            packed: to_u64(data.len()),
        };
        Ok(Packed { record, data })
    }

    fn weight(packed: &Packed) -> u64 {
        to_u64(packed.data.capacity())
    }
}
