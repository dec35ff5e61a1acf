//! What counts of one message in [`Statistics`](super::Statistics).

use std::borrow::Cow;

use super::Entry;
use crate::message::Headers;
use crate::size::to_u64;
use crate::transform::{LineStats, Quoting};

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
    /// The subject, the sender and the labels; the first two are empty where there is none.
    texts: Texts,
}

impl Facts {
    pub(super) fn of(Entry { message, headers, eml, quoting, .. }: &Entry<'_>) -> Self {
        let (subject, sender) = (headers.subject.as_deref(), sender(headers));
        let texts = [subject.unwrap_or_default(), sender.as_deref().unwrap_or_default()].into_iter();
        let texts = Texts::new(texts.chain(headers.labels.iter().map(String::as_str)));
        Self {
            index: message.index,
            offset: message.offset,
            bytes: eml.len(),
            line_stats: *eml.line_stats(),
            quoting: *quoting,
            received: headers.received.map(|received| received.seconds),
            texts,
        }
    }

    pub(super) fn subject(&self) -> Option<&str> {
        self.texts.get(SUBJECT).filter(|subject| !subject.is_empty())
    }

    /// The sender's address, or name where there is no address, in lower case.
    pub(super) fn sender(&self) -> Option<&str> {
        self.texts.get(SENDER).filter(|sender| !sender.is_empty())
    }

    pub(super) fn labels(&self) -> impl Iterator<Item = &str> {
        (LABELS..).map_while(|at| self.texts.get(at))
    }

    /// About how many bytes of memory they take.
    pub(super) fn weight(&self) -> u64 {
        to_u64(size_of::<Self>() + self.texts.all.len() + size_of_val(&*self.texts.ends))
    }
}

/// The places of these texts.
const SUBJECT: usize = 0;
const SENDER: usize = 1;
const LABELS: usize = 2;

fn sender(headers: &Headers) -> Option<Cow<'_, str>> {
    // List archives replace the address by something like a name.
    let sender = headers.from_address.as_deref()?;
    let is_lower = sender.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    Some(if is_lower { sender.into() } else { sender.to_lowercase().into() })
}

/// Several texts in one: each message has some, and memory for each of them would take longer than all the counting.
#[derive(Clone, Debug)]
struct Texts {
    all: String,
    ends: Vec<usize>,
}

impl Texts {
    fn new<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> Self {
        let mut all = String::with_capacity(texts.clone().map(str::len).sum());
        let mut ends = Vec::with_capacity(texts.clone().count());
        for text in texts {
            all.push_str(text);
            ends.push(all.len());
        }
        Self { all, ends }
    }

    fn get(&self, at: usize) -> Option<&str> {
        let start = at.checked_sub(1).map_or(Some(&0), |before| self.ends.get(before))?;
        self.all.get(*start..*self.ends.get(at)?)
    }
}
