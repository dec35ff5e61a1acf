//! The mailboxes of the corpus, compared with what their own projects say about them.

use mbox2eml::internals::Splitter;
use mbox2eml::report::WarningKind;
use mbox2eml::source::Window;
use mbox2eml::split::SplitRule;
use mbox2eml::transform::Unquote;
use mbox2eml::{Error, Message};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::corpus::{Case, Corpus};
use crate::mailbox::{read, tiles, without_separator};

/// How many messages a mailbox has; `None` if it is not an mbox.
type Count = Option<u64>;

const NO_HEADER: &str = "MBOX.md 3.3: no header field follows the dated lines, so they are lines of a body";
const NOT_BEGUN: &str = "the first line is no 'From ' line: not an mbox, which we say, while the tools find nothing";

/// The mailboxes in which we find another number of messages, that number, and why it is right.
const DEVIATIONS: &[(&str, Count, &str)] = &[
    ("rubymail/test/data/mbox.odd", Some(1), NO_HEADER),
    ("node-mbox/test/test-attached.mbox", None, NOT_BEGUN),
    ("mlarchive/tests/data/mailbox-x-envelope-from", None, NOT_BEGUN),
    ("mlarchive/tests/data/mailbox_date", None, NOT_BEGUN),
    ("mlarchive/tests/data/mailbox_from", None, NOT_BEGUN),
    ("mlarchive/tests/data/mailbox_received", None, NOT_BEGUN),
    ("mlarchive/tests/data/mailbox_return-path", None, NOT_BEGUN),
    ("mlarchive/tests/data/mailbox_to", None, NOT_BEGUN),
];

#[test]
fn every_mailbox_has_as_many_messages_as_its_project_says() {
    let Some(corpus) = Corpus::find() else { return };
    let cases = corpus.cases();
    let mut failures = Vec::new();
    for case in &cases {
        let (ours, theirs) = (count(case), case.expected_count());
        let row = DEVIATIONS.iter().find(|(file, ..)| case.file.ends_with(file));
        let expected = row.map_or(theirs, |(_, listed, _)| *listed);
        if ours != expected {
            failures.push(format!("{}: {ours:?}, expected {expected:?}", case.file));
        }
        if let Some((_, _, why)) = row.filter(|_| ours == theirs) {
            failures.push(format!("{}: no longer deviates ({why})", case.file));
        }
    }
    for (file, ..) in DEVIATIONS {
        if cases.iter().filter(|case| case.file.ends_with(file)).count() != 1 {
            failures.push(format!("{file}: a row must be of one mailbox"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(cases.len() > 200, "{} mailboxes", cases.len());
}

#[test]
fn every_byte_belongs_to_one_place() {
    let Some(corpus) = Corpus::find() else { return };
    for case in corpus.mailboxes() {
        for rule in [SplitRule::Auto, SplitRule::Strict, SplitRule::Any] {
            let window = Window::new(0, &case.bytes, true);
            let (mut spans, mut doubts) = (Vec::new(), Vec::new());
            Splitter::new(rule).advance(&window, &mut spans, &mut doubts).unwrap();
            assert!(tiles(&case.bytes, &spans), "{}, {rule:?}: {spans:?}", case.file);
            let preamble = spans.first().map_or(0, |span| usize::try_from(span.whole().start).unwrap());
            let folder_data = doubts.iter().any(|doubt| doubt.kind == WarningKind::FolderData);
            let blank = case.bytes[..preamble].iter().all(|byte| b"\xef\xbb\xbf\r\n".contains(byte));
            assert!(blank || folder_data, "{}, {rule:?}: {preamble} bytes before the first message", case.file);
            let messages = read(&case.bytes, rule, Unquote::Auto).unwrap();
            assert!(spans.iter().eq(messages.iter().map(Message::span).collect::<Vec<_>>().iter()), "{}", case.file);
            assert!(messages.iter().all(|message| is_whole(message, &case.bytes)), "{}, {rule:?}", case.file);
        }
    }
}

/// Whether the message's bytes are those of its span, and its separator is at most one empty line.
fn is_whole(message: &Message, mailbox: &[u8]) -> bool {
    let place = |offset: u64| usize::try_from(offset).unwrap();
    let span = message.span();
    let (raw, at) = (message.raw(), place(span.message().start));
    let separator = &mailbox[place(span.message().end)..place(span.whole().end)];
    raw.from_line == &mailbox[place(span.whole().start)..at]
        && raw.bytes == &mailbox[at..place(span.message().end)]
        && matches!(separator, b"" | b"\n" | b"\r\n" | b"\r")
}

fn count(case: &Case) -> Count {
    match read(&case.bytes, SplitRule::Auto, Unquote::Auto) {
        Ok(messages) => Some(u64::try_from(messages.len()).unwrap()),
        Err(Error::NotAnMbox { .. }) => None,
        Err(error) => panic!("{}: {error}", case.file),
    }
}

fn case(corpus: &Corpus, file: &str) -> Case {
    corpus.cases().into_iter().find(|case| case.file.ends_with(file)).unwrap()
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}

fn numbers(list: &Value) -> Vec<u64> {
    list.as_array().unwrap().iter().map(|item| item.as_u64().unwrap()).collect()
}

/// mail-parser keeps the empty line before a separator in the message, and unquotes headers too.
#[test]
fn mail_parsers_messages_without_a_header() {
    let Some(corpus) = Corpus::find() else { return };
    let case = case(&corpus, "mail-parser-rs/parse_mbox.mbox");
    let files = strings(&case.listed["expected_message_files"]);
    let messages = read(&case.bytes, SplitRule::Any, Unquote::Auto).unwrap();
    assert_eq!(messages.len(), files.len());
    for (message, file) in messages.iter().zip(&files) {
        let theirs = corpus.read(file);
        let theirs = without_separator(&theirs);
        // The third has no empty line. So all of it counts as header here, and no header is quoted.
        let ours = message.eml().to_bytes().into_owned();
        if file.ends_with("/2.eml") {
            assert_eq!(ours, b"Message 3\n>From hello\n>>From world\n>>>From test\n");
            assert_eq!(theirs, b"Message 3\nFrom hello\n>From world\n>>From test\n");
        } else {
            assert_eq!(ours, theirs, "{file}");
        }
    }
}

/// rubymail drops the separator as we do, keeps the From_ line, and gives a last line without an end one.
#[test]
fn rubymails_chunks() {
    let Some(corpus) = Corpus::find() else { return };
    for file in ["rubymail/test/data/mbox.simple", "rubymail/test/data/mbox.odd"] {
        let case = case(&corpus, file);
        let chunks = strings(&case.listed["expected_chunks"]);
        let messages = read(&case.bytes, SplitRule::Any, Unquote::Auto).unwrap();
        let mut ours: Vec<_> = messages.iter().map(|m| [m.raw().from_line, m.raw().bytes].concat()).collect();
        if !case.bytes.ends_with(b"\n") {
            ours.last_mut().unwrap().push(b'\n');
        }
        assert_eq!(ours, chunks.iter().map(|chunk| chunk.as_bytes().to_vec()).collect::<Vec<_>>(), "{file}");
    }
}

#[test]
fn mimekits_offsets() {
    let Some(corpus) = Corpus::find() else { return };
    let case = case(&corpus, "mbox/simple.mbox.txt");
    let spans = read(&case.bytes, SplitRule::Auto, Unquote::Auto).unwrap().into_iter().map(|m| m.span());
    let (starts, bodies): (Vec<_>, Vec<_>) = spans.map(|span| (span.whole().start, span.message().start)).unzip();
    assert_eq!(starts, numbers(&case.listed["offsets"]));
    assert_eq!(bodies, numbers(&case.listed["begin_offsets"]));
}

#[test]
fn go_mboxs_first_message() {
    let Some(corpus) = Corpus::find() else { return };
    let expected = corpus.read("src/_extracted/go-mbox/first.expected.crlf.eml");
    let files = ["OneMessage", "ThreeMessages", "StartingLF", "ThreeMessagesMalformedButValid"];
    for file in files {
        let mailbox = corpus.read(&format!("src/_extracted/go-mbox/mboxWith{file}.mbox"));
        let stream = mbox2eml::source::Stream::new(file, &mailbox[..]);
        let first = mbox2eml::Mbox::new(stream).messages().next().unwrap().unwrap();
        assert_eq!(first.eml().to_bytes(), expected, "{file}");
    }
}

#[test]
fn concatenated_real_messages_have_their_place_and_hash() {
    let Some(corpus) = Corpus::find() else { return };
    for file in ["large/spamassassin/hard-ham-1.mbox", "large/spamassassin/spam-1.mbox"] {
        let mailbox = corpus.read(file);
        let index = String::from_utf8(corpus.read(&format!("{file}.index.tsv"))).unwrap();
        let rows: Vec<_> = index.lines().filter(|line| !line.starts_with('#')).collect();
        let messages = read(&mailbox, SplitRule::Auto, Unquote::None).unwrap();
        assert_eq!(messages.len(), rows.len(), "{file}");
        for (message, row) in messages.iter().zip(rows) {
            let [_, start, body, length, hash, ..] = row.split('\t').collect::<Vec<_>>()[..] else { panic!("{row}") };
            let span = message.span();
            assert_eq!(
                [start, body],
                [span.whole().start.to_string(), span.message().start.to_string()],
                "{file}: {row}"
            );
            // Of a file that ended with an empty line, the index counts this one as the message's.
            let end = if length == (span.whole().end - span.message().start).to_string() {
                span.whole().end
            } else {
                span.message().end
            };
            assert_eq!(length, (end - span.message().start).to_string(), "{file}: {row}");
            let place = |offset: u64| usize::try_from(offset).unwrap();
            assert_eq!(hash, sha256(&mailbox[place(span.message().start)..place(end)]), "{file}: {row}");
        }
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
