//! What counts of one message in [`Statistics`](super::Statistics).

use crate::message::Headers;
use crate::size::to_u64;
use crate::transform::{LineStats, Quoting};

use super::Entry;

/// What counts of one message.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Its number and its offset in the mailbox.
    pub(super) index: u64,
    pub(super) offset: u64,
    /// The size of its EML in bytes.
    pub(super) bytes: u64,
    pub(super) line_stats: LineStats,
    pub(super) quoting: Quoting,
    /// When it was received, in seconds since 1970.
    pub(super) received: Option<i64>,
    pub(super) subject: Option<String>,
    /// The sender's address, or name where there is no address, in lower case.
    pub(super) sender: Option<String>,
    pub(super) labels: Vec<String>,
}

impl Facts {
    pub(super) fn of(Entry { message, headers, eml, quoting, .. }: &Entry<'_>) -> Self {
        Self {
            index: message.index,
            offset: message.offset,
            bytes: eml.len(),
            line_stats: *eml.line_stats(),
            quoting: *quoting,
            received: headers.received.map(|received| received.seconds),
            subject: headers.subject.clone(),
            sender: sender(headers),
            labels: headers.labels.clone(),
        }
    }

    /// About how many bytes of memory they take.
    pub(super) fn weight(&self) -> u64 {
        let texts = self.subject.iter().chain(&self.sender).chain(&self.labels);
        to_u64(size_of::<Self>() + texts.map(|text| size_of::<String>() + text.len()).sum::<usize>())
    }
}

fn sender(headers: &Headers) -> Option<String> {
    let from = headers.from.as_ref()?;
    // A list archive hides the address, and leaves something like a name.
    from.address.as_ref().or(from.name.as_ref()).map(|address| address.to_lowercase())
}
