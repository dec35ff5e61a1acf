//! One record of a message, from XML or from a table.

use mbox2eml::metadata::{Added, Facts, Key, Metadata};

use super::labels::labels;
use super::time::milliseconds;

/// The longest text of a record: a list of labels may be as long as a header.
pub(super) const LONGEST_TEXT: usize = 256 << 10;

/// The longest text that can be a key.
const LONGEST_KEY: usize = 4 << 10;

/// What a record says, as it is written there.
#[derive(Debug, Default)]
pub(super) struct RecordText {
    /// The number of the record in its export, or its Gmail id.
    pub(super) id: String,
    /// The name of the message in the export, which is the sender of its From_ line.
    pub(super) file_name: String,
    pub(super) message_id: String,
    pub(super) account: String,
    pub(super) labels: String,
    pub(super) received: String,
    pub(super) size: String,
    pub(super) md5: String,
    /// Whether a part of it could not be read.
    pub(super) is_damaged: bool,
}

/// Why a record was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// A part of it cannot be read, or nothing says which message it is about.
    Unreadable,
    /// It repeats an earlier one.
    Repeated,
    /// There are too many.
    Full,
}

impl RecordText {
    /// What it is called in reports.
    pub(super) fn name(&self) -> &str {
        let names = [&self.file_name, &self.message_id, &self.id];
        names.into_iter().find(|name| !name.is_empty()).map_or("", |name| name)
    }

    /// Adds it to the records.
    pub(super) fn add_to(&self, metadata: &mut Metadata) -> Result<(), Refused> {
        let message_id = self.message_id.trim().trim_start_matches('<').trim_end_matches('>');
        let (file_name, account) = (self.file_name.trim(), self.account.trim());
        let is_key = |text: &str| !text.is_empty() && text.len() <= LONGEST_KEY;
        let mut keys = Vec::new();
        if is_key(file_name) {
            keys.push(Key::Sender(file_name));
        }
        keys.extend(gmail_id(&self.id).map(Key::GmailId));
        if is_key(message_id) {
            keys.push(Key::MessageId(message_id));
            if is_key(account) {
                keys.push(Key::MessageIdIn { id: message_id, account });
            }
        }
        if self.is_damaged || keys.is_empty() || self.labels.len() > LONGEST_TEXT {
            return Err(Refused::Unreadable);
        }
        let mut facts = Facts::default();
        facts.labels = labels(&self.labels);
        facts.received = known(&self.received, milliseconds)?;
        facts.size = known(&self.size, |size| size.parse().ok())?;
        facts.md5 = known(&self.md5, md5)?;
        match metadata.add(self.name(), &keys, facts) {
            Added::Repeated => Err(Refused::Repeated),
            Added::Full => Err(Refused::Full),
            _ => Ok(()),
        }
    }
}

/// A value that may be missing, but not unreadable.
fn known<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Refused> {
    match text.trim() {
        "" => Ok(None),
        text => read(text).map(Some).ok_or(Refused::Unreadable),
    }
}

/// Gmail's id in decimal, as From_ lines have it, or in hexadecimal, as Gmail's pages do.
fn gmail_id(text: &str) -> Option<u64> {
    let text = text.trim();
    match text.len() {
        17..=19 => text.parse().ok(),
        16 => u64::from_str_radix(text, 16).ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_hexdigit())),
        _ => None,
    }
}

/// 16 bytes in hexadecimal digits.
fn md5(text: &str) -> Option<[u8; 16]> {
    let is_hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = u128::from_str_radix(text, 16).ok().filter(|_| is_hex);
    number.map(u128::to_be_bytes)
}
