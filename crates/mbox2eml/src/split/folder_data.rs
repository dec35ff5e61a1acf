//! Pine's and UW IMAP's pseudo-message: folder data in the shape of a first message.

use super::fields::Fields;
use super::line_end::LineEnd;

const SUBJECT: &[u8] = b"DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA";

/// Whether the first message of a mailbox is folder data.
///
/// Both signs must be there: the subject alone may be a forwarded one, and `X-IMAPbase` marks a real message.
pub(super) fn is_folder_data(message: &[u8], line_end: LineEnd) -> bool {
    let field = |name| Fields::of(message, line_end).find(name);
    field("X-IMAP").is_some() && field("Subject").is_some_and(|subject| subject.trim_ascii() == SUBJECT)
}
