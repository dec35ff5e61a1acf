//! Every field of a header, for programs that need more than a conversion does.

use super::address::{Address, addresses};
use super::line_end_of_header;
use super::text::text;
use crate::field::{MAX_HEADER, RawFields, lenient};
use crate::line_end::LineEnd;

/// The header of one message. Nothing is read until it is asked for.
///
/// Lines without a colon are skipped, and no more than 256 KiB of a header are read.
///
/// # Examples
///
/// ```
/// use mbox2eml::message::HeaderFields;
///
/// let message = b"To: Ann <ann@example.org>,\n bob@example.org\nX-Mailer: =?utf-8?Q?Caf=C3=A9?=\n\nSubject: body\n";
/// let headers = HeaderFields::of(message);
/// assert_eq!(headers.text("x-mailer").as_deref(), Some("Café"));
/// assert_eq!(headers.get("X-Mailer").unwrap().raw(), b" =?utf-8?Q?Caf=C3=A9?=\n");
/// assert_eq!(headers.get("To").unwrap().addresses()[1].address.as_deref(), Some("bob@example.org"));
/// assert!(headers.get("Subject").is_none());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct HeaderFields<'a> {
    message: &'a [u8],
    line_end: LineEnd,
}

impl<'a> HeaderFields<'a> {
    /// The header that `message` begins with.
    pub fn of(message: &'a [u8]) -> Self {
        let message = message.get(..MAX_HEADER).unwrap_or(message);
        Self { message, line_end: line_end_of_header(message) }
    }

    /// All fields, in their order.
    pub fn iter(&self) -> impl Iterator<Item = HeaderField<'a>> + use<'a> {
        let fields = RawFields::new(self.message, self.line_end).filter_map(lenient);
        fields.map(|(name, value)| HeaderField { name, value })
    }

    /// All fields of this name, in any case.
    pub fn get_all<'n>(&self, name: &'n str) -> impl Iterator<Item = HeaderField<'a>> + use<'a, 'n> {
        self.iter().filter(move |field| field.name.eq_ignore_ascii_case(name.as_bytes()))
    }

    /// The first field of this name, in any case.
    pub fn get(&self, name: &str) -> Option<HeaderField<'a>> {
        self.get_all(name).next()
    }

    /// The [text](HeaderField::text) of the first field of this name.
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name)?.text()
    }
}

/// One field of a header.
///
/// ```
/// use mbox2eml::message::HeaderFields;
///
/// let fields = HeaderFields::of(b"SUBJECT: =?utf-8?Q?Caf=C3=A9?=\n\n");
/// let subject = fields.get("Subject").unwrap();
/// assert_eq!((subject.name(), subject.raw().trim_ascii()), (&b"SUBJECT"[..], &b"=?utf-8?Q?Caf=C3=A9?="[..]));
/// assert_eq!(subject.text().as_deref(), Some("Café"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeaderField<'a> {
    name: &'a [u8],
    value: &'a [u8],
}

impl<'a> HeaderField<'a> {
    /// The name, as it is written, without the colon.
    pub fn name(&self) -> &'a [u8] {
        self.name
    }

    /// The bytes after the colon, folding and line ends included.
    pub fn raw(&self) -> &'a [u8] {
        self.value
    }

    /// The value on one line, its encoded words (RFC 2047) decoded; `None` if it is blank.
    pub fn text(&self) -> Option<String> {
        text(self.value)
    }

    /// The addresses (RFC 5322, 3.4), those of a group's members included.
    pub fn addresses(&self) -> Vec<Address> {
        addresses(self.value)
    }
}
