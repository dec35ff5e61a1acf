//! Signed bodies come out as they were signed, unsigned ones follow them, and neither depends on threads or windows.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mbox2eml::Mbox;
use mbox2eml::split::SplitRule;
use mbox2eml::transform::{Eol, Unquote};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use sha2::{Digest, Sha256};

use super::cases;
use super::run::{Settings, check_sums, convert, stream};

/// Lines that a body may hold any of.
const LINES: [&str; 5] = ["text\n", "From a\n", ">From b\n", ">>From c\n", "> From d\n"];

/// How a mailbox quotes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Writer {
    Mboxrd,
    Mboxo,
    Nothing,
}

#[derive(Clone, Debug)]
struct Letter {
    lines: Vec<&'static str>,
    is_signed: bool,
}

impl Letter {
    fn body(&self) -> String {
        self.lines.concat()
    }

    /// The message in a mailbox.
    fn quoted(&self, writer: Writer) -> String {
        let hash = STANDARD.encode(Sha256::digest(self.body().replace('\n', "\r\n")));
        let signature = format!("DKIM-Signature: a=rsa-sha256; bh={hash}\n");
        let quote = |line: &&str| {
            let bare = line.trim_start_matches('>');
            let marked = match writer {
                Writer::Mboxrd => bare.starts_with("From "),
                Writer::Mboxo => line.starts_with("From "),
                Writer::Nothing => false,
            };
            format!("{}{line}", if marked { ">" } else { "" })
        };
        let body: String = self.lines.iter().map(quote).collect();
        let signature = if self.is_signed { &signature } else { "" };
        format!("From a@example.org Mon Apr  1 12:00:00 2024\nSubject: a\nTo: b@example.org\n{signature}\n{body}\n")
    }

    /// Whether a mailbox of mboxo seems not to quote at all by it: its only `>From ` was sent that way.
    fn misleads(&self, writer: Writer) -> bool {
        let has = |line| self.lines.contains(&line);
        writer == Writer::Mboxo && self.is_signed && has(">From b\n") && !has("From a\n")
    }

    /// Whether the mailbox shows by it how it quotes, so that those which follow are read so, too.
    fn reveals(&self, writer: Writer) -> bool {
        let own = match writer {
            Writer::Mboxrd => false,
            Writer::Mboxo => self.lines.contains(&">>From c\n"),
            Writer::Nothing => self.lines.contains(&">From b\n"),
        };
        self.is_signed && own
    }
}

fn letters() -> impl Strategy<Value = Vec<Letter>> {
    let letter = (subsequence(&LINES[..], 0..=LINES.len()), any::<bool>());
    prop::collection::vec(letter.prop_map(|(lines, is_signed)| Letter { lines, is_signed }), 1..12)
}

proptest! {
    #![proptest_config(cases(120))]

    #[test]
    fn signed_bodies_are_restored(
        letters in letters(),
        writer in select(&[Writer::Mboxrd, Writer::Mboxo, Writer::Nothing][..]),
        chunk in 1..400_usize,
    ) {
        let mailbox: String = letters.iter().map(|letter| letter.quoted(writer)).collect();
        let settings = Settings { eol: Eol::Keep, unquote: Unquote::Auto, ..Settings::raw(SplitRule::Auto) };
        let (done, _) = convert(stream(mailbox.as_bytes(), 1 << 20), &settings, 1);
        check_sums(&done);
        let emls: Vec<_> = done.receipt.iter().map(|kept| String::from_utf8_lossy(&kept.bytes)).collect();
        prop_assert_eq!(emls.len(), letters.len());
        let (mut shown, mut misled) = (writer == Writer::Mboxrd, false);
        for (letter, eml) in letters.iter().zip(&emls) {
            let (_, body) = eml.split_once("\n\n").expect("a header");
            if letter.is_signed {
                prop_assert_eq!(body, letter.body());
            } else if shown && !misled && (writer != Writer::Mboxo || !letter.lines.contains(&">From b\n")) {
                // A `>From ` of mboxo may have been sent so; without a signature there is no way to know.
                prop_assert_eq!(body, letter.body(), "unsigned, {:?}", writer);
            }
            shown |= letter.reveals(writer);
            misled |= letter.misleads(writer);
        }
        for threads in [1, 2, 4] {
            let again = convert(stream(mailbox.as_bytes(), chunk), &settings, threads).0.receipt;
            prop_assert_eq!(&again, &done.receipt, "{} threads", threads);
        }
        let one_by_one = Mbox::new(stream(mailbox.as_bytes(), chunk)).eol(Eol::Keep).messages();
        let one_by_one = one_by_one.map(|message| message.expect("it was read before").eml().to_bytes().to_vec());
        prop_assert!(one_by_one.eq(done.receipt.iter().map(|kept| kept.bytes.clone())));
    }
}
