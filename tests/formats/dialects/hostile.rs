//! Messages made to be hard on a mailbox.

const HEADERS: [&[u8]; 5] = [
    b"Subject: One\n",
    b"From: Ann <ann@example.org>\nTo: bob@example.org\nSubject: folded\n over\n\tthree lines\n",
    b"Received: from a.example by b.example; Mon, 1 Jan 2024 00:00:00 +0000\nSubject: caf\xe9\n",
    b"Subject: crlf\r\nTo: bob@example.org\r\n",
    b"To: bob@example.org\nSubject: stray \r return\nContent-Type: multipart/mixed; boundary=\"part\"\n",
];

/// Whole messages, or what is left of them.
const FRAGMENTS: [&[u8]; 4] = [
    b"Subject: header only\nTo: bob@example.org\n",
    b"Subject: header only, cut\nTo: bob@example.org",
    b"To: bob@example.org\nSubject: a line of the header is none\nnot a field\n\nFrom then on\n",
    b"To: bob@example.org\nSubject: folded into nothing\n \n\nFrom then on\n",
];

const BODIES: [&[u8]; 24] = [
    b"",
    b"\n",
    b"\n\n\n",
    b"One line.\n",
    b"No end",
    b"\n\nEmpty lines around.\n\n\n",
    b"\r\nEmpty lines of the other kind\r\n\r\n",
    b"From here on, all is well.\n",
    b"Text.\n\nFrom here on, all is well.\n",
    b">From a reply\n",
    b">>From a reply to a reply\n",
    b"From a\n>From b\n>>From c\n>>>From d\n> From e\nFromage\n",
    b">From no end",
    b"From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: quoted\n\nText\n",
    b"Forwarded:\n\nFrom - Mon Jan  1 00:00:00 2024\nSubject: quoted\nTo: bob@example.org\n\nText\n\n",
    b"From 1628424719502045299@xxx Tue Mar 19 09:13:51 +0000 2019\r\nX-GM-THRID: 1\r\nSubject: x\r\n\r\nText\r\n",
    b"We met\n\nFrom Mon Jan  1 00:00:00 2024\nuntil the evening.\n",
    b"From 79775881893806a3aab141b278cf4039673121d7 Mon Sep 17 00:00:00 2001\nFrom: ann\nSubject: [PATCH]\n\n---\n",
    b"8-bit \xe4\xf6\xfc \xff\xfe\n",
    b"NUL \0 and \0\0\n",
    b"a lone \r return\n\rFrom the left\n",
    b"--part\n\nleft open\n\nFrom inside\n",
    b"--part\n\nFrom inside\n--part--\n",
    b"\nFrom \nFrom\nFrom\t\n",
];

/// Each header with each body, some fragments, and five messages quoted whole in the body of one.
pub(crate) fn messages() -> Vec<Vec<u8>> {
    let pairs = HEADERS.iter().flat_map(|header| BODIES.iter().map(move |body| [header, &b"\n"[..], body].concat()));
    let fragments = FRAGMENTS.iter().map(|fragment| fragment.to_vec());
    pairs.chain(fragments).chain([[HEADERS[1], b"\nAll of it:\n\n", &mailbox_of_five()].concat()]).collect()
}

/// A mailbox of five messages, which quotes nothing.
pub(crate) fn mailbox_of_five() -> Vec<u8> {
    let from_line = b"From bob@example.org  Tue Apr  2 10:00:00 2024\n";
    let message = [from_line, HEADERS[2], b"\nHello\n\n"].concat();
    message.repeat(5)
}
