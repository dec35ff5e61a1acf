//! Every message of real and of made mailboxes as a range of its own.

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;
use mbox2eml::name::{Charset, Layout, Namer, Template};
use mbox2eml::range::{Checkpoint, MessageRange};
use mbox2eml::report::Warning;
use mbox2eml::sink::{Encode, Entry, Placed, Sink, WriteStatus};
use mbox2eml::source::Memory;
use mbox2eml::split::SplitRule;
use mbox2eml::{Converter, Mailbox, Mbox, WriteError};

use super::corpus::{folder, for_each_file};
use super::warnings::Warnings;

/// Keeps the names and the bytes of all messages.
#[derive(Default)]
struct Kept(BTreeMap<String, Vec<u8>>);

struct Copy;

impl Encode for Copy {
    type Item = (Placed, Vec<u8>);

    fn encode(&self, entry: Entry<'_>) -> Result<Self::Item, WriteError> {
        let bytes = entry.eml.to_bytes().into_owned();
        Ok((Placed::new(entry.name, WriteStatus::Written), bytes))
    }
}

impl Sink for Kept {
    type Encoder = Copy;
    type Receipt = BTreeMap<String, Vec<u8>>;

    fn encoder(&self) -> Copy {
        Copy
    }

    fn put(&mut self, (placed, bytes): (Placed, Vec<u8>)) -> Result<Placed, WriteError> {
        self.0.insert(placed.name.to_string(), bytes);
        Ok(placed)
    }

    fn finish(self) -> Self::Receipt {
        self.0
    }
}

type Converted = (BTreeMap<String, Vec<u8>>, Vec<Warning>, String);

/// Converts these ranges one after another, or all.
fn convert(mailbox: &Bytes, ranges: &[Option<MessageRange>]) -> Converted {
    // Names that depend on the account's language.
    let template: Template = "{index}_{date}_{subject}_{from_name}_{label}".parse().unwrap();
    let converter = Converter::builder()
        .names(Namer::new(template, Charset::Ascii).layout(Layout::Year))
        .import_checks(true)
        .build();
    let (mut files, warnings) = (BTreeMap::new(), Warnings::default());
    let (mut messages, mut bytes) = Default::default();
    for range in ranges {
        let mut part = Mailbox::new(Memory::new("mailbox", mailbox.clone()));
        part.range = range.clone();
        let done = converter.convert_all([Ok(part)].into_iter(), Kept::default(), &warnings).into_result().unwrap();
        messages = [messages, done.messages()].into_iter().sum();
        bytes = [bytes, done.bytes()].into_iter().sum();
        files.extend(done.receipt);
    }
    (files, warnings.into_inner(), format!("{messages:?} {bytes:?}"))
}

/// Compares the mailbox with all its messages as ranges; how many these are, or none if it is no mailbox.
fn check(path: &Path, mailbox: &[u8]) -> Option<usize> {
    let mailbox = Bytes::copy_from_slice(mailbox);
    let plan = Mbox::from_bytes(mailbox.clone()).split(SplitRule::Auto).plan(1).collect::<Result<Vec<_>, _>>().ok()?;
    let again = |checkpoint: &Checkpoint| checkpoint.to_string().parse::<Checkpoint>().unwrap();
    let ranges: Vec<_> =
        plan.iter().map(|range| Some(MessageRange::new(again(range.start()), again(range.end())).unwrap())).collect();
    let (parts, whole) = (convert(&mailbox, &ranges), convert(&mailbox, &[None]));
    assert!(parts == whole, "{}: {:?} {:?}", path.display(), (&parts.1, &parts.2), (&whole.1, &whole.2));
    Some(ranges.len())
}

#[test]
fn every_message_of_the_fixtures_as_a_range() {
    let (mut mailboxes, mut ranges) = (0, 0);
    for_each_file(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata"), &mut |path, mailbox| {
        if path.extension().is_some_and(|extension| extension == "mbox") {
            mailboxes += 1;
            ranges += check(path, mailbox).unwrap_or_default();
        }
    });
    assert!(mailboxes > 40 && ranges > 100, "{mailboxes} mailboxes, {ranges} ranges");
}

#[test]
fn every_message_of_the_corpus_as_a_range() {
    let Some(folder) = folder() else { return };
    let (mut mailboxes, mut ranges) = (0, 0);
    for_each_file(&folder, &mut |path, mailbox| {
        if let Some(number) = check(path, mailbox) {
            mailboxes += 1;
            ranges += number;
        }
    });
    assert!(mailboxes > 200 && ranges > 1500, "{mailboxes} mailboxes, {ranges} ranges");
}
