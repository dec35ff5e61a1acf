//! Messages packed into a mailbox of each dialect come out as they went in, byte for byte.

mod boundaries;
mod hostile;
mod inserted;
mod originals;
mod pack;

use std::fs;

use mbox2eml::Mbox;
use mbox2eml::source::Stream;
use mbox2eml::split::Dialect;
use mbox2eml::transform::{Eol, Unquote};
use pack::{LineEnds, Packed, Packing, Quoting, rules};

use crate::corpus;

/// What the other dialects differ from: mboxrd by an unknown writer.
const MBOXRD: Packing<'_> = Packing {
    name: "mboxrd",
    profile: Dialect::Generic,
    from_line: "From ann@example.org Mon Apr  1 12:00:00 2024",
    top: "",
    quoting: Quoting::Mboxrd,
    line_ends: LineEnds::Kept,
    preamble: b"",
    separated: true,
    unquote: Unquote::Auto,
    carries: rules::begins_with_field,
};

const TAKEOUT: Packing<'_> = Packing {
    name: "Takeout",
    profile: Dialect::GoogleTakeout,
    from_line: "From {id}@xxx Mon Apr 01 12:00:00 +0000 2024",
    top: "X-GM-THRID: {id}\nX-Gmail-Labels: Inbox,Important\n",
    line_ends: LineEnds::Crlf,
    carries: rules::anything,
    ..MBOXRD
};

const THUNDERBIRD: Packing<'_> = Packing {
    name: "Thunderbird",
    profile: Dialect::Thunderbird,
    from_line: "From - Mon Apr  1 12:00:00 2024",
    top: "X-Mozilla-Status: 0001\nX-Mozilla-Status2: 00000000\n",
    carries: rules::anything,
    ..MBOXRD
};

const DIALECTS: &[Packing<'_>] = &[
    MBOXRD,
    TAKEOUT,
    Packing { name: "Takeout with LF", line_ends: LineEnds::Kept, ..TAKEOUT },
    THUNDERBIRD,
    Packing { name: "Thunderbird with CRLF", line_ends: LineEnds::Crlf, ..THUNDERBIRD },
    Packing { name: "mboxo", quoting: Quoting::Mboxo, unquote: Unquote::Mboxo, carries: rules::mboxo, ..MBOXRD },
    Packing { name: "mboxo, not known to be", quoting: Quoting::Mboxo, carries: rules::mboxo_as_mboxrd, ..MBOXRD },
    Packing {
        name: "pipermail",
        profile: Dialect::Pipermail,
        from_line: "From ann at example.org  Mon Apr  1 12:00:00 2024",
        quoting: Quoting::Mboxo,
        carries: rules::mboxo,
        ..MBOXRD
    },
    Packing {
        name: "public-inbox",
        profile: Dialect::PublicInbox,
        from_line: "From mboxrd@z Thu Jan  1 00:00:00 1970",
        ..MBOXRD
    },
    Packing {
        name: "Vault",
        profile: Dialect::GoogleVault,
        from_line: "From {id}-69497506-4572-48b2-8318-0e9943d18493.mbox@xxx Mon Apr 01 12:00:00 2024",
        line_ends: LineEnds::Crlf,
        ..MBOXRD
    },
    Packing {
        name: "mboxcl2",
        top: "Content-Length: {length}\n",
        quoting: Quoting::None,
        carries: rules::content_length,
        ..MBOXRD
    },
    Packing {
        name: "mboxcl",
        top: "Content-Length: {length}\n",
        quoting: Quoting::Mboxo,
        unquote: Unquote::Mboxo,
        carries: rules::content_length_and_mboxo,
        ..MBOXRD
    },
    Packing { name: "CR only", line_ends: LineEnds::Cr, carries: rules::no_return, ..MBOXRD },
    Packing { name: "no empty lines", separated: false, carries: rules::no_empty_line_at_the_end, ..MBOXRD },
    Packing { name: "byte order mark", preamble: b"\xef\xbb\xbf", ..MBOXRD },
    Packing { name: "leading empty lines", preamble: b"\n\r\n\n", ..MBOXRD },
];

/// The messages that come out of a mailbox, and who wrote it.
fn read(mailbox: &[u8], unquote: Unquote, eol: Eol) -> (Vec<Vec<u8>>, Option<Dialect>) {
    let mut messages = Mbox::new(Stream::new("mailbox", mailbox)).unquote(unquote).eol(eol).messages();
    let emls = messages.by_ref().map(|message| message.unwrap().eml().to_bytes().into_owned()).collect();
    (emls, messages.dialect())
}

/// Every bare LF becomes CRLF, and so does every CR where lines end in CR.
fn to_crlf(message: &[u8], line_ends: LineEnds) -> Vec<u8> {
    let mut crlf = Vec::with_capacity(message.len());
    for byte in message {
        match byte {
            b'\n' if crlf.last() != Some(&b'\r') => crlf.extend_from_slice(b"\r\n"),
            b'\r' if line_ends == LineEnds::Cr => crlf.extend_from_slice(b"\r\n"),
            _ => crlf.push(*byte),
        }
    }
    crlf
}

fn assert_comes_out(dialect: &Packing<'_>, packed: &Packed, eol: Eol) {
    let name = dialect.name;
    let (messages, profile) = read(&packed.mailbox, dialect.unquote, eol);
    assert_eq!(profile, Some(dialect.profile), "{name}");
    for (number, (ours, original)) in messages.iter().zip(&packed.messages).enumerate() {
        let original = if eol == Eol::Crlf { &to_crlf(original, dialect.line_ends) } else { original };
        if ours != original {
            let [original, ours] = [original, ours].map(|message| message.escape_ascii().to_string());
            panic!("{name}, {eol:?}, message {number}:\n{original}\nbecame\n{ours}");
        }
    }
    assert_eq!(messages.len(), packed.messages.len(), "{name}, {eol:?}");
}

#[test]
fn hostile_messages_come_out_of_every_dialect() {
    let originals = hostile::messages();
    for dialect in DIALECTS {
        let packed = dialect.pack(&originals);
        assert!(packed.messages.len() * 3 > originals.len(), "{}: carries {}", dialect.name, packed.messages.len());
        for eol in [Eol::Keep, Eol::Crlf] {
            assert_comes_out(dialect, &packed, eol);
        }
    }
}

#[test]
fn real_messages_come_out_of_every_dialect() {
    let originals = originals::real();
    if originals.is_empty() {
        return;
    }
    for dialect in DIALECTS {
        let packed = dialect.pack(&originals);
        assert!(packed.messages.len() > 200, "{}: carries {}", dialect.name, packed.messages.len());
        assert_comes_out(dialect, &packed, if dialect.line_ends == LineEnds::Kept { Eol::Keep } else { Eol::Crlf });
    }
}

/// Lines of the list that are no separators: prose, and a patch pasted into a web page.
const NO_SEPARATORS: [&str; 2] = ["From <no date>", "From word Www Mmm dd hh:mm:ss yyyy<br>"];

#[test]
fn messages_come_out_whatever_the_date_and_zone_of_their_separators() {
    let Some(corpus) = corpus::folder() else { return };
    let list = fs::read_to_string(corpus.join("from_shapes.tsv")).unwrap();
    let rows = list.lines().filter(|row| !row.starts_with('#')).map(|row| row.split('\t').collect::<Vec<_>>());
    let mut shapes = 0;
    for row in rows.filter(|row| !NO_SEPARATORS.contains(&row[2])) {
        // One example goes on past the lone CR that ends its line.
        let line = row[3].split('\r').next().unwrap();
        let dialect = Packing { from_line: line, carries: rules::begins_with_two_fields, ..MBOXRD };
        let packed = dialect.pack(&hostile::messages());
        let (messages, _) = read(&packed.mailbox, Unquote::Mboxrd, Eol::Keep);
        assert!(messages == packed.messages, "{line:?}");
        shapes += 1;
    }
    assert_eq!(shapes, 55);
}

#[test]
fn a_last_message_without_a_line_end_comes_out_without_one() {
    let (ended, cut): (Vec<_>, Vec<_>) = hostile::messages().into_iter().partition(|message| message.ends_with(b"\n"));
    assert!(cut.len() > 5);
    for original in &cut {
        let mut packed = MBOXRD.pack(&[ended[0].clone(), original.clone()]);
        packed.mailbox.truncate(packed.mailbox.len() - 2);
        packed.messages.last_mut().unwrap().pop();
        assert_eq!(packed.messages.last(), Some(original));
        assert_comes_out(&MBOXRD, &packed, Eol::Keep);
    }
}

#[test]
fn a_body_without_a_line_end_comes_out_without_one_where_its_length_is_known() {
    let mailbox = b"From a@example.org Mon Apr  1 12:00:00 2024\nContent-Length: 11\n\n>From a\nend\n\
        From a@example.org Mon Apr  1 12:00:00 2024\nSubject: two\n\n>From b\n\n";
    let (messages, _) = read(mailbox, Unquote::Auto, Eol::Keep);
    assert_eq!(messages, [&b"Content-Length: 11\n\n>From a\nend"[..], b"Subject: two\n\nFrom b\n"]);
}
