//! The half of the sink that runs on any worker: a message becomes an entry.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use mbox2eml::WriteError;
use mbox2eml::internals::{Blocks, to_u64};
use mbox2eml::sink::{Encode, Entry};

use super::deflate::{Deflater, Level};
use super::record::{EntryRecord, Method};

/// A message as an entry of an archive, without its place in one.
#[derive(Debug)]
pub struct Packed {
    pub(super) record: EntryRecord,
    pub(super) data: Bytes,
}

/// Compresses messages.
pub struct Packer {
    level: Level,
    shared: Mutex<Shared>,
}

/// What workers leave to one another.
#[derive(Default)]
struct Shared {
    /// The workspaces that no worker uses at this moment.
    idle: Vec<Workspace>,
    blocks: Blocks,
}

/// What one worker needs to compress messages one after another.
struct Workspace {
    deflater: Deflater,
    /// Compressed messages, and room for more.
    block: BytesMut,
}

impl fmt::Debug for Packer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packer").field("level", &self.level).finish_non_exhaustive()
    }
}

impl Packer {
    pub(super) fn new(level: Level) -> Self {
        Self { level, shared: Mutex::default() }
    }

    /// The message's data and whether they are compressed.
    fn compress(&self, eml: &[u8]) -> (Bytes, bool) {
        let shared = || self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = shared().idle.pop();
        let fresh = || Workspace { deflater: Deflater::new(self.level), block: BytesMut::with_capacity(Blocks::SIZE) };
        let mut workspace = idle.unwrap_or_else(fresh);
        let Workspace { deflater, block } = &mut workspace;
        let (data, is_packed) = deflater.deflate(eml);
        let bytes = if data.len() > Blocks::SIZE {
            Bytes::copy_from_slice(data)
        } else {
            if block.capacity() < data.len() {
                *block = shared().blocks.exchange(std::mem::take(block));
            }
            block.extend_from_slice(data);
            block.split().freeze()
        };
        deflater.relax();
        shared().idle.push(workspace);
        (bytes, is_packed)
    }
}

impl Encode for Packer {
    type Item = Packed;

    fn encode(&self, entry: Entry<'_>) -> Result<Packed, WriteError> {
        let eml = entry.eml.to_bytes();
        let (data, is_packed) = self.compress(&eml);
        let record = EntryRecord {
            received: entry.received().map(|received| received.seconds),
            name: entry.name,
            method: if is_packed { Method::Deflated } else { Method::Stored },
            crc: crc32fast::hash(&eml),
            size: to_u64(eml.len()),
            packed: to_u64(data.len()),
        };
        Ok(Packed { record, data })
    }

    fn copy(&self, entry: Entry<'_>, first: &Packed) -> Result<Packed, WriteError> {
        Ok(Packed { record: EntryRecord { name: entry.name, ..first.record.clone() }, data: first.data.clone() })
    }

    fn weight(packed: &Packed) -> u64 {
        to_u64(packed.data.len())
    }
}
