//! The output depends neither on threads nor on the kind of source.

use std::collections::BTreeMap;
use std::io::Write;
use std::num::NonZeroUsize;
use std::time::{Duration, SystemTime};

use mbox2eml::Converter;
use mbox2eml::name::{Charset, Namer};
use mbox2eml::sink::{Directory, Durability};
use mbox2eml::source::{MappedFile, Source, Stream};
use mbox2eml::split::SplitRule;
use proptest::prelude::*;
use tempfile::NamedTempFile;

use super::cases;
use super::choices::settings;
use super::mailbox::hostile;
use super::reruns::tree;
use super::run::{Kept, Report, Settings, check_sums, convert, stream};
use super::sources::Trickle;

/// The messages and what was reported, except a size that only some sources know.
fn output(source: impl Source, settings: &Settings, threads: usize) -> (Vec<Kept>, Vec<Report>) {
    let (done, recorder) = convert(source, settings, threads);
    check_sums(&done);
    let reports = recorder.reports().into_iter().filter(|report| !matches!(report, Report::Started(_))).collect();
    (done.receipt, reports)
}

/// Files with their times, where a message's date gives them one.
type Files = BTreeMap<String, (Vec<u8>, Option<SystemTime>)>;

/// The files that these messages are to become.
fn expected_files(messages: Vec<Kept>) -> Files {
    let time = |seconds: i64| {
        let distance = Duration::from_secs(seconds.unsigned_abs());
        if seconds < 0 { SystemTime::UNIX_EPOCH - distance } else { SystemTime::UNIX_EPOCH + distance }
    };
    let file = |kept: Kept| (kept.name.to_string(), (kept.bytes, kept.received.map(|received| time(received.seconds))));
    messages.into_iter().map(file).collect()
}

/// The files that come of the mailbox, seen as `expected` ones are.
fn files(source: impl Source, settings: &Settings, threads: usize, expected: &Files) -> Files {
    let folder = tempfile::tempdir().unwrap();
    let sink = Directory::create(folder.path(), Durability::Cached).unwrap();
    check_sums(&settings.converter(threads).convert(source, sink, &()));
    let is_dated = |name: &str| expected.get(name).is_some_and(|(_, time)| time.is_some());
    let actual = tree(folder.path()).into_iter();
    actual.map(|(name, (bytes, time))| (name.clone(), (bytes, is_dated(&name).then_some(time)))).collect()
}

fn file(mailbox: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(mailbox).unwrap();
    file
}

#[allow(unsafe_code)]
fn mapped(file: &NamedTempFile) -> MappedFile {
    // SAFETY: the file is this test's own, and nothing writes to it while it is mapped.
    unsafe { MappedFile::open(file.path()) }.unwrap()
}

fn read(file: &NamedTempFile, chunk: usize) -> Stream<std::fs::File> {
    Stream::open(file.path()).unwrap().chunk(chunk)
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn messages_and_totals_do_not_depend_on_threads(mailbox in hostile(), settings in settings(), chunk in 1..800_usize) {
        let expected = output(stream(&mailbox, 1 << 20), &settings, 1);
        for threads in [1, 2, 4] {
            prop_assert_eq!(&output(stream(&mailbox, chunk), &settings, threads), &expected, "{} threads", threads);
        }
        prop_assert_eq!(&output(Stream::new("memory", Trickle::new(&mailbox)), &settings, 2), &expected);
    }
}

proptest! {
    #![proptest_config(cases(30))]

    #[test]
    fn folders_do_not_depend_on_threads_or_source(mailbox in hostile(), settings in settings(), chunk in 1..800_usize) {
        let expected = expected_files(output(stream(&mailbox, 1 << 20), &settings, 1).0);
        for threads in [1, 2, 4] {
            let actual = files(stream(&mailbox, chunk), &settings, threads, &expected);
            prop_assert_eq!(&actual, &expected, "{} threads", threads);
        }
        let file = file(&mailbox);
        prop_assert_eq!(&files(mapped(&file), &settings, 2, &expected), &expected, "mapped");
        prop_assert_eq!(&files(read(&file, chunk), &settings, 2, &expected), &expected, "read");
    }
}

/// Their name is that of their bytes. A worker waits for another that writes the file.
#[test]
fn equal_messages_of_one_name_make_one_file() {
    let message = |number: usize| {
        let head = format!("From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: {number}\n\n");
        [head.as_bytes(), &b"text of a long message\n".repeat(4000), b"\n"].concat()
    };
    let mailbox = [message(1).repeat(60), message(2).repeat(60)].concat();
    let namer = Namer::new("{hash}".parse().unwrap(), Charset::Unicode);
    let files = |threads: usize| {
        let folder = tempfile::tempdir().unwrap();
        let sink = Directory::create(folder.path(), Durability::Cached).unwrap();
        let converter = Converter::builder().threads(NonZeroUsize::new(threads)).names(namer.clone()).build();
        let done = converter.convert(stream(&mailbox, 200_000), sink, &());
        assert_eq!((done.messages().written, done.messages().already_there), (2, 118));
        tree(folder.path())
    };
    let expected = files(1);
    assert_eq!(expected.len(), 2);
    assert!(files(8) == expected, "8 threads");
}

proptest! {
    // A case takes a second, so that a search for the least one would take an hour.
    #![proptest_config(ProptestConfig { max_shrink_iters: 20, ..cases(3) })]

    /// Longer than one window of 4 MiB, so that a mapped file is cut up too.
    #[test]
    fn a_long_mapped_file_gives_what_a_stream_gives(mailbox in hostile(), lines in 50_000..80_000_usize) {
        let head = b"From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: long\n\n";
        let line = b"text of a long message, which goes on and on and on and on and on and on\n";
        let long = [&head[..], &line.repeat(lines), b"\n"].concat();
        let mailbox = [&long, &mailbox[..], b"\n", &long, b"\n", &mailbox].concat();
        let (file, settings) = (file(&mailbox), Settings::raw(SplitRule::Auto));
        let expected = output(read(&file, 64 << 20), &settings, 1);
        // No `prop_assert_eq`, which would print megabytes.
        prop_assert!(expected == output(mapped(&file), &settings, 2), "mapped");
        prop_assert!(expected == output(read(&file, 4 << 20), &settings, 2), "read");
        prop_assert!(expected == output(read(&file, 100_000), &settings, 4), "read in small portions");
    }
}
