//! Ranges of a mailbox give what the whole gives, however it is planned and read.

use std::io::{self, Cursor, Write};

use mbox2eml::range::{Checkpoint, CheckpointError, MessageRange};
use mbox2eml::report::{ByteCounts, MessageCounts, Warning, WarningCounts};
use mbox2eml::select::Dedup;
#[cfg(unix)]
use mbox2eml::sink::{Directory, Durability};
use mbox2eml::source::{MappedFile, Memory, ReadAt, Requests, Source, Stream};
use mbox2eml::split::{Span, SplitRule};
use mbox2eml::transform::Unquote;
use mbox2eml::{Error, Mailbox, Mbox};
use proptest::prelude::*;
use tempfile::NamedTempFile;

use super::cases;
use super::choices::{rule, settings};
use super::mailbox::{hostile, vast};
#[cfg(unix)]
use super::reruns::contents;
use super::run::{self, Kept, Recorder, Settings, check_sums, stream};
use super::sources::Growing;

/// An object in a store, which gives a few bytes per request.
struct Object(Vec<u8>);

impl ReadAt for Object {
    fn size(&self) -> io::Result<u64> {
        Ok(u64::try_from(self.0.len()).unwrap())
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let start = usize::try_from(offset).unwrap().min(self.0.len());
        let count = buffer.len().min(self.0.len() - start).min(1000);
        buffer[..count].copy_from_slice(&self.0[start..start + count]);
        Ok(count)
    }
}

/// The ranges, after a way as text.
fn plan(source: impl Source, rule: SplitRule, every: u64) -> mbox2eml::Result<Vec<MessageRange>> {
    let ranges = Mbox::new(source).split(rule).plan(every).collect::<Result<Vec<_>, _>>()?;
    let again = |checkpoint: &Checkpoint| checkpoint.to_string().parse::<Checkpoint>().unwrap();
    for range in &ranges {
        assert_eq!(&MessageRange::new(again(range.start()), again(range.end())).unwrap(), range);
    }
    Ok(ranges)
}

/// Every source that there is; `file` has the mailbox, too.
fn sources(mailbox: &[u8], chunk: usize, file: &NamedTempFile) -> Vec<Box<dyn Source>> {
    #[allow(unsafe_code)]
    // SAFETY: the file is this test's own, and nothing writes to it while it is mapped.
    let mapped = unsafe { MappedFile::open(file.path()) }.unwrap();
    vec![
        Box::new(Memory::new("memory", mailbox.to_vec())),
        Box::new(Growing::new(mailbox, &[chunk])),
        Box::new(Stream::new("stream", Cursor::new(mailbox.to_vec())).chunk(chunk)),
        Box::new(Stream::seekable("seekable", Cursor::new(mailbox.to_vec())).unwrap().chunk(chunk)),
        Box::new(Stream::seekable("requests", Requests::new(Object(mailbox.to_vec()))).unwrap().chunk(chunk)),
        Box::new(Stream::open(file.path()).unwrap().chunk(chunk)),
        Box::new(mapped),
    ]
}

fn file(mailbox: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(mailbox).unwrap();
    file
}

/// What the plain reader says of a message.
type Read = (u64, u64, Span, Vec<u8>, Vec<u8>);

fn read(mbox: Mbox<impl Source>) -> Vec<Read> {
    let message = |message: mbox2eml::Result<mbox2eml::Message>| {
        let message = message.unwrap();
        let eml = message.eml().to_bytes().into_owned();
        (message.index(), message.offset(), message.span(), message.raw().from_line.to_vec(), eml)
    };
    mbox.messages().map(message).collect()
}

/// What a conversion gives.
#[derive(Debug, Default, PartialEq)]
struct Converted {
    messages: Vec<Kept>,
    warnings: Vec<Warning>,
    counts: MessageCounts,
    bytes: ByteCounts,
    deleted: u64,
    warned: WarningCounts,
}

impl Converted {
    fn add(&mut self, source: impl Source, range: Option<MessageRange>, settings: &Settings, threads: usize) {
        let recorder = Recorder::default();
        let mailbox = Mailbox::new(source);
        let mailbox = match range.clone() {
            Some(range) => mailbox.in_range(range),
            None => mailbox,
        };
        let converter = settings.converter(threads);
        let done = converter.convert_all([Ok(mailbox)].into_iter(), run::Memory::default(), &recorder);
        check_sums(&done);
        assert!(done.unopened.is_empty() && done.mailboxes[0].error.is_none(), "{done:?}");
        if let Some(range) = range {
            assert_eq!(done.mailboxes[0].range, Some(range.bytes()));
            assert_eq!(done.bytes().input, range.bytes().end - range.bytes().start);
            assert_eq!(done.messages().found, range.messages());
        }
        self.warnings.extend(recorder.warnings());
        self.counts += done.messages();
        self.bytes += done.bytes();
        self.deleted += done.mailboxes[0].deleted;
        self.warned += &done.warnings();
        self.messages.extend(done.receipt);
    }
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn reading_ranges_gives_what_reading_all_gives(
        mailbox in hostile(), rule in rule(), every in 0..3000_u64, chunk in 1..3000_usize,
    ) {
        let ranges = match plan(stream(&mailbox, chunk), rule, every) {
            Ok(ranges) => ranges,
            Err(Error::NotAnMbox { .. }) => {
                let refused = Mbox::from_bytes(mailbox.to_vec()).split(rule).messages().next();
                prop_assert!(matches!(refused, Some(Err(Error::NotAnMbox { .. }))), "{:?}", refused);
                return Ok(());
            }
            Err(error) => panic!("{error:?}"),
        };
        prop_assert_eq!(ranges.first().map(|range| range.bytes().start), Some(0));
        prop_assert_eq!(ranges.last().map(|range| range.bytes().end), Some(u64::try_from(mailbox.len()).unwrap()));
        for pair in ranges.windows(2) {
            prop_assert_eq!(pair[0].end(), pair[1].start());
            prop_assert!(pair[0].messages() > 0 && pair[0].bytes().end - pair[0].bytes().start >= every);
        }
        let whole = read(Mbox::from_bytes(mailbox.to_vec()).split(rule));
        let file = file(&mailbox);
        let parts = ranges.iter().enumerate().flat_map(|(number, range)| {
            let mut sources = sources(&mailbox, chunk, &file);
            let source = sources.swap_remove(number % sources.len());
            read(Mbox::new(source).in_range(range.clone()))
        });
        prop_assert_eq!(parts.collect::<Vec<_>>(), whole);
    }

    #[test]
    fn every_source_gives_the_same_range(mailbox in hostile(), chunk in 1..500_usize) {
        let Ok(ranges) = plan(Memory::new("memory", mailbox.to_vec()), SplitRule::Auto, 1) else { return Ok(()) };
        let file = file(&mailbox);
        for source in sources(&mailbox, chunk, &file) {
            let size = source.size();
            let planned = plan(source, SplitRule::Auto, 1).unwrap();
            if size.is_some() {
                prop_assert_eq!(&planned, &ranges);
            }
        }
        let range = &ranges[ranges.len() / 2];
        let expected = read(Mbox::from_bytes(mailbox.to_vec()).in_range(range.clone()));
        for source in sources(&mailbox, chunk, &file) {
            prop_assert_eq!(read(Mbox::new(source).in_range(range.clone())), expected.clone());
        }
    }

    #[test]
    fn converting_ranges_gives_what_converting_all_gives(
        mailbox in hostile(), settings in settings(), every in 0..3000_u64, chunk in 1..3000_usize, threads in 1..4_usize,
    ) {
        let settings = Settings { dedup: Dedup::Off, ..settings };
        let memory = || Memory::new("memory", mailbox.to_vec());
        let Ok(ranges) = plan(memory(), settings.rule, every) else { return Ok(()) };
        let (mut whole, mut parts) = (Converted::default(), Converted::default());
        whole.add(memory(), None, &settings, 2);
        for range in ranges {
            let source = Stream::seekable("seekable", Cursor::new(mailbox.to_vec())).unwrap().chunk(chunk);
            parts.add(source, Some(range), &settings, threads);
        }
        prop_assert_eq!(parts, whole);
    }

    #[test]
    fn another_mailbox_is_refused_or_has_the_same_messages(
        mailbox in hostile(), other in hostile(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let Ok(ranges) = plan(Memory::new("memory", mailbox.to_vec()), SplitRule::Auto, 1) else { return Ok(()) };
        let mut changed = mailbox.to_vec();
        if let Some(byte_there) = (!changed.is_empty()).then(|| at.index(changed.len())).and_then(|at| changed.get_mut(at)) {
            *byte_there = byte;
        }
        for range in ranges {
            let fits = |result: &mbox2eml::Result<mbox2eml::Message>| {
                matches!(result, Ok(_) | Err(Error::NotAsPlanned { .. } | Error::NotAnMbox { .. }))
            };
            for other in [&changed[..], &other[..], &mailbox[..mailbox.len() / 2]] {
                let results: Vec<_> = Mbox::from_bytes(other.to_vec()).in_range(range.clone()).messages().collect();
                prop_assert!(results.iter().all(fits), "{:?}", results);
                if results.iter().all(|result| result.is_ok()) {
                    prop_assert_eq!(u64::try_from(results.len()).unwrap(), range.messages());
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(30))]

    #[test]
    fn ranges_with_long_evidence(mailbox in vast(), chunk in 1000..70_000_usize, every in 1..300_000_u64) {
        let settings = Settings { unquote: Unquote::Auto, ..Settings::raw(SplitRule::Auto) };
        let source = || Stream::seekable("seekable", Cursor::new(mailbox.to_vec())).unwrap().chunk(chunk);
        let Ok(ranges) = plan(source(), settings.rule, every) else { return Ok(()) };
        let (mut whole, mut parts) = (Converted::default(), Converted::default());
        whole.add(source(), None, &settings, 2);
        ranges.into_iter().for_each(|range| parts.add(source(), Some(range), &settings, 2));
        prop_assert_eq!(parts, whole);
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn hostile_text_is_refused(mailbox in hostile(), at in any::<prop::sample::Index>(), junk in "[ -~é\n]{0,12}") {
        let Ok(ranges) = plan(Memory::new("memory", mailbox.to_vec()), SplitRule::Auto, 1) else { return Ok(()) };
        let text = ranges[ranges.len() / 2].start().to_string();
        let mut changed = text.clone();
        changed.replace_range(at.index(text.len())..=at.index(text.len()), &junk);
        if changed != text {
            prop_assert!(changed.parse::<Checkpoint>().is_err(), "{}", changed);
        }
        prop_assert!(junk.parse::<Checkpoint>().is_err());
        prop_assert!(text[..at.index(text.len())].parse::<Checkpoint>().is_err());
    }

    /// With a checksum that is right, whatever it claims.
    #[test]
    fn a_forged_checkpoint_is_refused_or_harmless(
        mailbox in hostile(), which in any::<prop::sample::Index>(),
        value in prop_oneof!["[0-9]{1,20}", "[a-f0-9]{1,8}", "-", "", "true", "18446744073709551615", "puhnsm"],
    ) {
        let Ok(ranges) = plan(Memory::new("memory", mailbox.to_vec()), SplitRule::Auto, 1) else { return Ok(()) };
        let range = &ranges[ranges.len() / 2];
        let text = range.start().to_string();
        let mut pairs: Vec<&str> = text.split(',').collect();
        pairs.pop();
        let which = which.index(pairs.len());
        let pair = format!("{}={value}", pairs[which].split_once('=').unwrap().0);
        pairs[which] = &pair;
        let forged = sealed(&pairs.join(","));
        if let Ok(start) = forged.parse::<Checkpoint>() {
            prop_assert_eq!(start.to_string(), forged);
            if let Ok(range) = MessageRange::new(start, range.end().clone()) {
                let settings = Settings { unquote: Unquote::Auto, ..Settings::raw(SplitRule::Auto) };
                let source = Mailbox::new(Memory::new("memory", mailbox.to_vec())).in_range(range);
                let sink = run::Memory::default();
                check_sums(&settings.converter(2).convert_all([Ok(source)].into_iter(), sink, &()));
            }
        }
    }
}

/// The text with its checksum.
fn sealed(text: &str) -> String {
    let sum = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{text},sum={sum:016x}")
}

#[test]
fn two_checkpoints_are_a_range_only_in_their_order_and_of_one_mailbox() {
    let mailbox = "From a Mon Jan  1 00:00:00 2024\nSubject: 1\n\n".repeat(4);
    let checkpoints = |mailbox: &str, rule| {
        let ranges = plan(Memory::new("memory", mailbox.to_owned()), rule, 1).unwrap();
        let last = ranges[ranges.len() - 1].end().clone();
        ranges.into_iter().map(|range| range.start().clone()).chain([last]).collect::<Vec<_>>()
    };
    let own = checkpoints(&mailbox, SplitRule::Auto);
    for (at, start) in own.iter().enumerate() {
        for (to, end) in own.iter().enumerate() {
            assert_eq!(MessageRange::new(start.clone(), end.clone()).is_ok(), at < to, "{at} {to}");
        }
    }
    for other in [checkpoints(&mailbox, SplitRule::Strict), checkpoints(&mailbox.repeat(2), SplitRule::Auto)] {
        let range = MessageRange::new(own[0].clone(), other[other.len() - 1].clone());
        assert_eq!(range, Err(CheckpointError::NoRange));
    }
}

/// Mailboxes of the same names, each with bodies of its own.
fn mailbox_of(writer: &str, messages: usize) -> String {
    let text = format!("This is what {writer} has to say.\n").repeat(40);
    format!("From a@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\n{text}\n").repeat(messages)
}

#[cfg(unix)]
#[test]
fn runs_side_by_side_write_every_message_once() {
    let mailbox = mailbox_of("ann", 60);
    let memory = || Memory::new("memory", mailbox.clone());
    let settings = Settings { eol: mbox2eml::transform::Eol::Crlf, ..Settings::raw(SplitRule::Auto) };
    let ranges = plan(memory(), SplitRule::Auto, 1).unwrap();
    let expected = tempfile::tempdir().unwrap();
    let sink = Directory::create(expected.path(), Durability::Cached).unwrap();
    check_sums(&settings.converter(1).convert(memory(), sink, &()));
    for _ in 0..8 {
        let folder = tempfile::tempdir().unwrap();
        // Each run converts all ranges, so that runs compete for every file.
        let run = |number: usize| {
            let mut written = 0;
            for at in 0..ranges.len() {
                let range = ranges[(at + number) % ranges.len()].clone();
                let sink = Directory::shared(folder.path(), Durability::Cached).unwrap();
                let part = Mailbox::new(memory()).in_range(range);
                let done = settings.converter(1).convert_all([Ok(part)].into_iter(), sink, &()).into_result().unwrap();
                check_sums(&done);
                written += done.messages().written;
            }
            written
        };
        let run = &run;
        let runs = std::thread::scope(|scope| {
            let runs: Vec<_> = (0..4).map(|number| scope.spawn(move || run(number / 2))).collect();
            runs.into_iter().map(|run| run.join().unwrap()).sum::<u64>()
        });
        assert_eq!(runs, 60);
        assert_eq!(contents(folder.path()), contents(expected.path()));
    }
}

#[cfg(unix)]
#[test]
fn runs_side_by_side_that_want_the_same_names_lose_nothing() {
    let mailboxes = ["ann", "bob", "cleo"].map(|writer| mailbox_of(writer, 30));
    let settings = Settings::raw(SplitRule::Auto);
    for _ in 0..8 {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for mailbox in &mailboxes {
                let (folder, settings) = (folder.path(), &settings);
                scope.spawn(move || {
                    let sink = Directory::shared(folder, Durability::Cached).unwrap();
                    let done = settings.converter(2).convert(Memory::new("memory", mailbox.clone()), sink, &());
                    assert_eq!(done.messages().written, 30);
                });
            }
        });
        let mut bodies: Vec<Vec<u8>> = contents(folder.path()).into_values().collect();
        bodies.sort();
        let mut expected: Vec<Vec<u8>> = mailboxes
            .iter()
            .flat_map(|mailbox| {
                read(Mbox::from_bytes(mailbox.clone()).eol(mbox2eml::transform::Eol::Keep))
                    .into_iter()
                    .map(|read| read.4)
            })
            .collect();
        expected.sort();
        assert!(bodies == expected, "{} files", bodies.len());
    }
}

#[test]
fn a_mailbox_without_messages_has_one_range() {
    let ranges = plan(Memory::new("memory", ""), SplitRule::Auto, 1).unwrap();
    assert_eq!(ranges.len(), 1);
    assert_eq!((ranges[0].bytes(), ranges[0].messages()), (0..0, 0));
    assert!(read(Mbox::from_bytes("").in_range(ranges[0].clone())).is_empty());
}

#[test]
fn what_depends_on_other_messages_is_refused_in_a_range() {
    use mbox2eml::Converter;
    use mbox2eml::name::{Charset, Layout, Namer};
    use mbox2eml::select::Sample;
    use mbox2eml::sink::Null;

    let mailbox = "From a Mon Jan  1 00:00:00 2024\nSubject: 1\n\n".repeat(2);
    let range = plan(Memory::new("memory", mailbox.clone()), SplitRule::Auto, 1).unwrap().remove(1);
    let names = |template: &str| Namer::new(template.parse().unwrap(), Charset::Ascii);
    let refuse = |builder: mbox2eml::ConverterBuilder| {
        let part = Mailbox::new(Memory::new("memory", mailbox.clone())).in_range(range.clone());
        let done = builder.build().convert_all([Ok(part)].into_iter(), Null, &());
        matches!(&done.unopened[..], [Error::RangeRefused { .. }])
    };
    assert!(!refuse(Converter::builder()));
    assert!(!refuse(Converter::builder().dedup(Dedup::Off).names(names("{hash}{index}"))));
    assert!(refuse(Converter::builder().dedup(Dedup::Id)));
    assert!(refuse(Converter::builder().dedup(Dedup::Content)));
    assert!(refuse(Converter::builder().sample(Sample::First(1))));
    assert!(refuse(Converter::builder().sample(Sample::Evenly(1))));
    assert!(refuse(Converter::builder().split(SplitRule::Strict)));
    assert!(refuse(Converter::builder().names(Namer::default().layout(Layout::Label))));
    assert!(refuse(Converter::builder().names(names("{hash}"))));
}
