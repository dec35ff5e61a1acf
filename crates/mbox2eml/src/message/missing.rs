//! Attachments that were not in the mailbox any more when it was converted. Users report them as faults of the
//! converter.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use memchr::memrchr2;

/// A message of another program is only searched for Thunderbird's marks up to this size, in bytes: without its
/// attachments it is small.
const SMALL: usize = 64 << 10;

/// How many of the last lines that are not empty are searched for Eudora's notes.
const LAST_LINES: usize = 8;

static MOZILLA: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("X-Mozilla-"));

/// Why `message` lacks an attachment that it once had, if so. `is_thunderbirds` if Thunderbird wrote the mailbox.
pub(crate) fn missing_attachment(message: &[u8], is_thunderbirds: bool) -> Option<&'static str> {
    let last = last_lines(message).next()?;
    // So a message with MIME parts ends.
    let is_multipart = last.starts_with(b"--") && last.ends_with(b"--") && message.len() <= SMALL;
    if (is_multipart || is_thunderbirds) && has_detached_part(message) {
        return Some("an attachment was already missing: Thunderbird detached or deleted it");
    }
    let is_note = |line: &[u8]| line.starts_with(b"Attachment Converted:");
    let has_note = last_lines(message).take(LAST_LINES).any(is_note);
    has_note.then_some("an attachment was already missing: Eudora saved it as a separate file")
}

/// The lines of `message` that are not empty, the last one first.
fn last_lines(message: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = message;
    std::iter::from_fn(move || {
        rest = &rest[..rest.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r'))? + 1];
        let start = memrchr2(b'\n', b'\r', rest).map_or(0, |at| at + 1);
        let (before, line) = rest.split_at(start);
        rest = before;
        Some(line)
    })
}

/// Whether a part has one of the fields that Thunderbird puts in place of an attachment.
fn has_detached_part(message: &[u8]) -> bool {
    MOZILLA.find_iter(message).any(|at| {
        let (before, field) = message.split_at(at);
        let field = field.get(MOZILLA.needle().len()..).unwrap_or_default();
        matches!(before.last(), Some(b'\n' | b'\r'))
            && (field.starts_with(b"Altered:") || field.starts_with(b"External-Attachment-URL:"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detached_and_converted_attachments() {
        let part =
            "--b\nContent-Type: text/plain; name=\"Deleted: a.pdf\"\nX-Mozilla-Altered: AttachmentDeleted\n\n--b--\n";
        let detached = part.replace("Altered: AttachmentDeleted", "External-Attachment-URL: file:///a.pdf");
        let note = "Attachment Converted: \"C:\\EUDORA\\ATTACH\\A.DOC\"\n";
        let big = format!("{}{part}", "x\n".repeat(SMALL));
        for (message, is_thunderbirds, missing) in [
            (part, false, true),
            (&*detached, false, true),
            (&part.replace('\n', "\r\n"), false, true),
            (&part.replace('\n', "\r"), false, true),
            (&format!("{part}A footer\n"), true, true),
            (&format!("Subject: a\n\nText\n\n{note}{note}\n"), false, true),
            (&format!("{note}</x-html>\n\n"), false, true),
            (&big, true, true),
            (&big, false, false),
            (&part.replace("--b--\n", ""), false, false),
            ("X-Mozilla-Status: 0001\nX-Mozilla-Keys:\n", true, false),
            ("I wrote X-Mozilla-Altered: in a mail\n", true, false),
            (&format!("> {note}"), false, false),
            (&format!("{note}{}", "text\n".repeat(LAST_LINES)), false, false),
            ("", true, false),
        ] {
            let found = missing_attachment(message.as_bytes(), is_thunderbirds);
            assert_eq!(found.is_some(), missing, "{is_thunderbirds} {message:.80}");
        }
    }
}
