//! Any header is read without a panic, and the value of a field does not depend on which others are requested.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;
use mbox2eml::internals::header_len;
use mbox2eml::message::{Field, HeaderReader};

fuzz_target!(|data: &[u8]| {
    const FIELDS: [Field; 13] = [
        Field::Subject,
        Field::From,
        Field::FromAddress,
        Field::To,
        Field::MessageId,
        Field::GmailThread,
        Field::Labels,
        Field::FromText,
        Field::ToText,
        Field::CcText,
        Field::BccText,
        Field::Date,
        Field::Flags,
    ];
    let message = common::message(data);
    let all = HeaderReader::new(&FIELDS).read(&message);
    let subject = HeaderReader::new(&[Field::Subject]).read(&message);
    assert_eq!((&subject.subject, subject.received), (&all.subject, all.received));
    assert!(all.subject.is_none_or(|subject| !subject.trim().is_empty()));

    let length = header_len(message.bytes);
    assert_eq!(message.body(), &message.bytes[length..]);
    assert!(message.bytes.starts_with(message.header()) && message.header().len() <= length);
});
