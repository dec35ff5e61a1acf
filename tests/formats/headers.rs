//! The headers of real messages.

use std::fs;

use mbox2eml::internals::header_len;
use mbox2eml::message::{Address, Field, HeaderReader, Headers, ReceivedSource};
use mbox2eml::split::FromLine;

use crate::corpus;

const ALL: [Field; 11] = [
    Field::Flags,
    Field::Subject,
    Field::From,
    Field::To,
    Field::FromText,
    Field::ToText,
    Field::CcText,
    Field::BccText,
    Field::MessageId,
    Field::GmailThread,
    Field::Labels,
];

fn headers_of(path: &str) -> Option<Vec<Headers>> {
    let mailbox = fs::read(corpus::folder()?.join(path)).unwrap();
    let reader = HeaderReader::new(&ALL);
    let messages = corpus::messages(&mailbox);
    Some(messages.iter().map(|message| reader.read(message)).collect())
}

fn name_and_address(found: &Option<Address>) -> Option<(&str, &str)> {
    let found = found.as_ref()?;
    Some((found.name.as_deref().unwrap_or_default(), found.address.as_deref()?))
}

#[test]
fn takeout() {
    let Some(headers) = headers_of(corpus::TAKEOUT[0]) else {
        return;
    };
    assert_eq!(headers.len(), 12);
    let ubuntu = &headers[5];
    assert_eq!(ubuntu.subject.as_deref(), Some("get-iplayer Snap"));
    assert_eq!(name_and_address(&ubuntu.to), Some(("ubuntu-users", "ubuntu-users@lists.ubuntu.com")));
    assert_eq!(ubuntu.message_id.as_deref(), Some("15a253ba-723e-3ce0-9063-061daa71fcb0@gmail.com"));
    assert_eq!(ubuntu.gmail_id, Some(1_628_109_762_561_869_333));
    assert_eq!(ubuntu.gmail_thread, Some(1_628_109_762_561_869_333));
    assert!(headers.iter().all(|headers| headers.received.unwrap().source == ReceivedSource::GmailId));
}

#[test]
fn gmails_ids_show_the_date_of_the_from_line() {
    let Some(folder) = corpus::folder() else {
        return;
    };
    for path in &corpus::TAKEOUT[..2] {
        let mailbox = fs::read(folder.join(path)).unwrap();
        for message in corpus::messages(&mailbox) {
            let received = HeaderReader::default().read(&message).received.unwrap();
            // The same date, read without an id beside it.
            let line = String::from_utf8(message.from_line.to_vec()).unwrap();
            let date = line.split_once("@xxx ").unwrap().1;
            let dated = FromLine::parse(format!("From a@b {date}").as_bytes()).unwrap().seconds();
            assert!(received.seconds.abs_diff(dated.unwrap()) <= 1, "{line}");
        }
    }
}

#[test]
fn thunderbird() {
    let Some(headers) = headers_of("src/chtc-usage-tools/sample.mbox") else {
        return;
    };
    assert!(!headers.is_empty());
    for headers in headers {
        assert_eq!(headers.flags.to_string(), "S");
        // Some were moved into this folder days after they had been received.
        let moved = headers.has_two_dates;
        let expected = if moved { ReceivedSource::ReceivedField } else { ReceivedSource::FromLine };
        assert_eq!(headers.received.unwrap().source, expected);
    }
}

#[test]
fn every_header_of_the_corpus_is_read_cleanly() {
    let Some(folder) = corpus::folder() else {
        return;
    };
    let reader = HeaderReader::new(&ALL);
    let [mut with_subject, mut messages, mut unlike] = [0_u32; 3];
    corpus::for_each_file(&folder, &mut |path, bytes| {
        for message in corpus::messages(bytes) {
            let header = header_len(message.bytes);
            assert_eq!(message.bytes[header..], *message.body());
            assert!(message.header().len() <= header);
            let headers = reader.read(&message);
            let addresses = [&headers.from, &headers.to].into_iter().flatten();
            let texts = addresses.flat_map(|address| [&address.name, &address.address]);
            let fields = [&headers.from_text, &headers.to_text, &headers.cc_text, &headers.bcc_text];
            for text in texts.chain([&headers.subject, &headers.message_id]).chain(fields).flatten() {
                assert!(!text.trim().is_empty() && text.trim() == text, "{}: {text:?}", path.display());
            }
            for (first, all) in [(&headers.from, &headers.from_text), (&headers.to, &headers.to_text)] {
                let address = first.as_ref().and_then(|first| first.address.as_deref());
                let is_in = |address: &str| all.as_deref().is_some_and(|all| all.contains(address));
                unlike += u32::from(!address.is_none_or(is_in));
            }
            messages += 1;
            with_subject += u32::from(headers.subject.is_some());
        }
    });
    // Only an address with a comment inside it is not in the text.
    assert!(unlike * 200 < messages, "{unlike} first addresses are not in the whole text");
    assert!(messages > 2000, "{messages} messages");
    assert!(with_subject > messages / 2, "{with_subject} subjects in {messages} messages");
}
