//! Mailboxes made for these tests: every `From ` line of a body is quoted, so that all readers must agree on them.

const HEADERS: [&[u8]; 4] = [
    b"Subject: One\n",
    b"From: Ann <ann@example.org>\nTo: bob@example.org\nSubject: folded\n over\n\tthree lines\n",
    b"Received: from a.example by b.example; Mon, 1 Jan 2024 00:00:00 +0000\nSubject: caf\xe9\n",
    b"Subject: crlf\r\nTo: bob@example.org\r\n",
];

const BODIES: [&[u8]; 14] = [
    b"",
    b"One line.\n",
    b"\n\nEmpty lines around.\n\n\n",
    b"From here on, all is well.\n",
    b">From a reply\n>>From a reply to it\n> From is a word\nFromage\n",
    b"From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: quoted\n\nFrom bob to ann\n",
    b"8-bit \xe4\xf6\xfc and NUL \0 and a lone \r return\n",
    b"lines\r\nof\n\r\nboth kinds\r\n",
    b"From 79775881893806a3aab141b278cf4039673121d7 Mon Sep 17 00:00:00 2001\nFrom: ann\nSubject: [PATCH]\n\n---\n",
    b"The last line is a quotation\n>From the start",
    b"No end",
    b".\n",
    b"\t \n \n",
    b"From \n",
];

/// Every header with every body, each ending with a line end as a mailbox wants it.
pub(crate) fn messages() -> Vec<Vec<u8>> {
    let whole = |(header, body): (&[u8], &[u8])| {
        let end: &[u8] = if body.is_empty() || body.ends_with(b"\n") { b"" } else { b"\n" };
        [header, b"\n", body, end].concat()
    };
    HEADERS.iter().flat_map(|header| BODIES.iter().map(move |body| whole((header, body)))).collect()
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
