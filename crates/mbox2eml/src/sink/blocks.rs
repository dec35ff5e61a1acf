//! Memory for what workers leave to the ordered half of a sink.

use std::collections::VecDeque;

use bytes::BytesMut;

/// Blocks of memory that are full, from the oldest on. They are used again when their messages are written: taking new
/// ones from the system and giving them back costs more than a message does otherwise.
#[derive(Debug, Default)]
pub struct Blocks(VecDeque<BytesMut>);

impl Blocks {
    /// The size of a block; a longer message has memory of its own.
    pub const SIZE: usize = 4 << 20;

    /// An empty block in place of a full one.
    pub fn exchange(&mut self, full: BytesMut) -> BytesMut {
        self.0.push_back(full);
        let oldest_is_free = self.0.front_mut().is_some_and(|oldest| oldest.try_reclaim(Self::SIZE));
        let free = if oldest_is_free { self.0.pop_front() } else { None };
        free.unwrap_or_else(|| BytesMut::with_capacity(Self::SIZE))
    }
}
