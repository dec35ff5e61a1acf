//! Messages packed into a mailbox of each dialect come out as they went in, byte for byte.

mod boundaries;
mod hostile;
mod originals;
mod pack;

use std::fs;

use mbox2eml::source::Stream;
use mbox2eml::split::Profile;
use mbox2eml::transform::{Eol, Unquote};
use mbox2eml::{Mbox, Message};

use crate::corpus;
use pack::{Dialect, LineEnds, Packed, Quoting, rules};

/// What the other dialects differ from: mboxrd, by nobody known.
const MBOXRD: Dialect = Dialect {
    name: "mboxrd",
    profile: Profile::Generic,
    from_line: |_| "From ann@example.org Mon Apr  1 12:00:00 2024".into(),
    top: |_, _| String::new(),
    quoting: Quoting::Mboxrd,
    line_ends: LineEnds::Kept,
    preamble: b"",
    separated: true,
    unquote: Unquote::Auto,
    carries: rules::begins_with_field,
};

const TAKEOUT: Dialect = Dialect {
    name: "Takeout",
    profile: Profile::GoogleTakeout,
    from_line: |number| format!("From {}@xxx Mon Apr 01 12:00:00 +0000 2024", 1_795_132_800_000_000_000 + number),
    top: |number, _| format!("X-GM-THRID: {}\nX-Gmail-Labels: Inbox,Important\n", 1_795_132_800_000_000_000 + number),
    line_ends: LineEnds::Crlf,
    carries: rules::anything,
    ..MBOXRD
};

const THUNDERBIRD: Dialect = Dialect {
    name: "Thunderbird",
    profile: Profile::Thunderbird,
    from_line: |_| "From - Mon Apr  1 12:00:00 2024".into(),
    top: |_, _| "X-Mozilla-Status: 0001\nX-Mozilla-Status2: 00000000\n".into(),
    carries: rules::anything,
    ..MBOXRD
};

const DIALECTS: &[Dialect] = &[
    MBOXRD,
    TAKEOUT,
    Dialect { name: "Takeout with LF", line_ends: LineEnds::Kept, ..TAKEOUT },
    THUNDERBIRD,
    Dialect { name: "Thunderbird with CRLF", line_ends: LineEnds::Crlf, ..THUNDERBIRD },
    Dialect { name: "mboxo", quoting: Quoting::Mboxo, unquote: Unquote::Mboxo, carries: rules::mboxo, ..MBOXRD },
    Dialect { name: "mboxo, not known to be", quoting: Quoting::Mboxo, carries: rules::mboxo_as_mboxrd, ..MBOXRD },
    Dialect {
        name: "pipermail",
        profile: Profile::Pipermail,
        from_line: |_| "From ann at example.org  Mon Apr  1 12:00:00 2024".into(),
        quoting: Quoting::Mboxo,
        carries: rules::mboxo,
        ..MBOXRD
    },
    Dialect {
        name: "public-inbox",
        profile: Profile::PublicInbox,
        from_line: |_| "From mboxrd@z Thu Jan  1 00:00:00 1970".into(),
        ..MBOXRD
    },
    Dialect {
        name: "Vault",
        profile: Profile::GoogleVault,
        from_line: |number| {
            let id = 1_795_132_800_000_000_000 + number;
            format!("From {id}-69497506-4572-48b2-8318-0e9943d18493.mbox@xxx Mon Apr 01 12:00:00 2024")
        },
        line_ends: LineEnds::Crlf,
        ..MBOXRD
    },
    Dialect {
        name: "mboxcl2",
        top: |_, length| format!("Content-Length: {length}\n"),
        quoting: Quoting::None,
        carries: rules::content_length,
        ..MBOXRD
    },
    Dialect {
        name: "mboxcl",
        top: |_, length| format!("Content-Length: {length}\n"),
        quoting: Quoting::Mboxo,
        unquote: Unquote::Mboxo,
        carries: rules::content_length_and_mboxo,
        ..MBOXRD
    },
    Dialect { name: "CR only", line_ends: LineEnds::Cr, carries: rules::no_return, ..MBOXRD },
    Dialect { name: "no empty lines", separated: false, carries: rules::needs_no_empty_line, ..MBOXRD },
    Dialect { name: "byte order mark", preamble: b"\xef\xbb\xbf", ..MBOXRD },
    Dialect { name: "leading empty lines", preamble: b"\n\r\n\n", ..MBOXRD },
];

/// The messages of a mailbox, and who wrote it.
fn read(mailbox: &[u8], unquote: Unquote, eol: Eol) -> (Vec<Message>, Option<Profile>) {
    let mut messages = Mbox::new(Stream::new("mailbox", mailbox)).unquote(unquote).eol(eol).messages();
    (messages.by_ref().map(Result::unwrap).collect(), messages.profile())
}

/// Every bare LF, and every CR of a mailbox that has no LF, becomes CRLF.
fn to_crlf(message: &[u8], line_ends: LineEnds) -> Vec<u8> {
    let lf = if line_ends == LineEnds::Cr {
        message.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect()
    } else {
        message.to_vec()
    };
    let mut crlf = Vec::with_capacity(lf.len());
    for byte in lf {
        if byte == b'\n' && crlf.last() != Some(&b'\r') {
            crlf.push(b'\r');
        }
        crlf.push(byte);
    }
    crlf
}

fn assert_comes_out(dialect: &Dialect, packed: &Packed) {
    let name = dialect.name;
    for (eol, expected) in [
        (Eol::Keep, packed.messages.clone()),
        (Eol::Crlf, packed.messages.iter().map(|message| to_crlf(message, dialect.line_ends)).collect::<Vec<_>>()),
    ] {
        let (messages, profile) = read(&packed.mailbox, dialect.unquote, eol);
        assert_eq!(profile, Some(dialect.profile), "{name}");
        let differs = messages.iter().zip(&expected).position(|(ours, original)| ours.eml().to_bytes() != *original);
        if let Some(at) = differs {
            let ours = messages[at].eml().to_bytes();
            panic!("{name}, {eol:?}, message {at}:\n{:?}\nbecame\n{:?}", shown(&expected[at]), shown(&ours));
        }
        assert_eq!(messages.len(), expected.len(), "{name}, {eol:?}");
    }
}

fn shown(message: &[u8]) -> String {
    message[..message.len().min(2000)].escape_ascii().to_string()
}

#[test]
fn hostile_messages_come_out_of_every_dialect() {
    let originals = hostile::messages();
    for dialect in DIALECTS {
        let packed = dialect.pack(&originals);
        assert!(packed.messages.len() * 3 > originals.len(), "{}: carries {}", dialect.name, packed.messages.len());
        assert_comes_out(dialect, &packed);
    }
}

#[test]
fn real_messages_come_out_of_every_dialect() {
    let originals = originals::real();
    for dialect in DIALECTS {
        let packed = dialect.pack(&originals);
        assert!(packed.messages.len() * 3 > originals.len(), "{}: carries {}", dialect.name, packed.messages.len());
        if !originals.is_empty() {
            eprintln!("{}: {} of {}", dialect.name, packed.messages.len(), originals.len());
            assert_comes_out(dialect, &packed);
        }
    }
}
