//! Mailboxes made for these tests: every `From ` line of a body is quoted, so that all readers must agree on them.

use crate::hostile;

/// The messages, each ending with a line end as in a mailbox.
pub(crate) fn messages() -> Vec<Vec<u8>> {
    let mut messages = hostile::messages();
    for message in &mut messages {
        if !message.ends_with(b"\n") {
            message.push(b'\n');
        }
    }
    messages
}

/// The messages in a mailbox, quoted the mboxrd way.
pub(crate) fn mboxrd(messages: &[Vec<u8>]) -> Vec<u8> {
    let mut mailbox = Vec::new();
    for message in messages {
        mailbox.extend_from_slice(b"From ann@example.org Mon Jan  1 00:00:00 2024\n");
        for line in message.split_inclusive(|byte| *byte == b'\n') {
            let bare = &line[line.iter().take_while(|byte| **byte == b'>').count()..];
            mailbox.extend_from_slice(if bare.starts_with(b"From ") { b">" } else { b"" });
            mailbox.extend_from_slice(line);
        }
        mailbox.push(b'\n');
    }
    mailbox
}
