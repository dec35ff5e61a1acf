//! Volumes as another reader of ZIP sees them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use mbox2eml::name::{Charset, EntryName, MailboxPath, Namer, Place, Places, Template};
use mbox2eml::report::{MailboxSummary, Observer};
use mbox2eml::sink::{Directory, Durability};
use mbox2eml::source::Stream;
use mbox2eml::{Conversion, Converter, Error, Mailbox, RunEnd};
use proptest::prelude::*;
use tempfile::TempDir;
use zip::{ExtraField, ZipArchive, ZipReadOptions};

use super::deflate::{Backend, Deflater};
use super::record::{End, EntryRecord, Method};
use super::*;
use mbox2eml::internals::to_u64;

/// What a reader finds of an entry.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    name: String,
    bytes: Vec<u8>,
    modified: Option<i64>,
}

/// Reads an archive with the crate `zip`, which compares every local header with the directory.
fn read(path: &Path) -> Vec<Found> {
    let mut archive = ZipArchive::new(BufReader::new(File::open(path).unwrap())).unwrap();
    assert!(!archive.has_duplicate_names());
    let count = archive.len();
    let read = |index| {
        let options = ZipReadOptions::new().enforce_header_consistency(true);
        let mut entry = archive.by_index_with_options(index, options).unwrap();
        let name = entry.name().unwrap().into_owned();
        assert_eq!(entry.flags().as_u16(), if name.is_ascii() { 0 } else { 1 << 11 }, "{name}");
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        Found { name, bytes, modified: modified(entry.extra_data_fields()) }
    };
    (0..count).map(read).collect()
}

fn modified<'a>(mut fields: impl Iterator<Item = &'a ExtraField>) -> Option<i64> {
    fields.find_map(|field| match field {
        ExtraField::ExtendedTimestamp(times) => times.mod_time().map(i64::from),
        _ => None,
    })
}

fn mailbox(bodies: &[String]) -> Vec<u8> {
    let message = |(at, body): (usize, &String)| {
        format!("From ann@example.org Mon Jan  1 00:00:{:02} 2024\nSubject: Grüße {at}\n\n{body}\n\n", at % 60)
    };
    bodies.iter().enumerate().map(message).collect::<String>().into_bytes()
}

/// Text that can be compressed, another for each number.
fn text(number: usize, lines: usize) -> String {
    (0..lines).map(|line| format!("{} bottles hang on wall {line} of {number}\n", number * 7919 + line)).collect()
}

/// Characters that cannot be compressed to less than half.
fn noise(length: usize) -> String {
    let next =
        |state: &u32| Some([13, 17, 5].iter().fold(*state, |x, by| if *by == 17 { x ^ x >> by } else { x ^ x << by }));
    let numbers = std::iter::successors(Some(1), next);
    numbers.take(length).map(|number| char::from(b'!' + u8::try_from(number % 90).unwrap())).collect()
}

fn names<const N: usize>(names: [&str; N]) -> Vec<String> {
    names.map(str::to_owned).to_vec()
}

fn texts(number: usize) -> Vec<String> {
    (0..number).map(|number| text(number, 1 + number * 13 % 50)).collect()
}

struct Scratch(TempDir);

impl Scratch {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn volumes(&self, limits: Limits) -> Volumes {
        Volumes::at(self.path("out.zip")).limits(limits).create().unwrap()
    }

    fn convert(&self, mailbox: &[u8], limits: Limits) -> Conversion<Vec<PathBuf>> {
        convert(mailbox, self.volumes(limits), 2, &())
    }

    /// Converts where that must fail.
    fn convert_in_vain(&self, mailbox: &[u8], limits: Limits) {
        let done = Converter::builder().build().convert(Stream::new("mailbox", mailbox), self.volumes(limits), &());
        assert_eq!(done.ending, RunEnd::OutputFailed);
    }

    fn snapshot(&self) -> BTreeMap<String, Vec<u8>> {
        self.names().into_iter().map(|name| (name.clone(), fs::read(self.path(&name)).unwrap())).collect()
    }
}

fn convert(mailbox: &[u8], sink: Volumes, threads: usize, observer: &dyn Observer) -> Conversion<Vec<PathBuf>> {
    let converter = Converter::builder().threads(NonZeroUsize::new(threads).unwrap()).build();
    converter.convert(Stream::new("mailbox", mailbox).chunk(2000), sink, observer)
}

fn at_most(max_size: Option<u64>, max_entries: Option<u64>) -> Limits {
    Limits::default().max_size(max_size).max_entries(max_entries)
}

#[test]
fn entries_are_the_files_of_a_folder() {
    let (scratch, mailbox) = (Scratch::new(), mailbox(&texts(60)));
    let done = scratch.convert(&mailbox, Limits::default());
    assert_eq!((done.receipt, scratch.names()), (vec![scratch.path("out.zip")], names(["out.zip"])));

    let folder = Directory::create(scratch.path("folder"), Durability::Cached).unwrap();
    let _ = Converter::builder().build().convert(Stream::new("mailbox", &mailbox[..]), folder, &());
    let files = fs::read_dir(scratch.path("folder")).unwrap().map(|entry| {
        let entry = entry.unwrap();
        let modified = entry.metadata().unwrap().modified().unwrap();
        Found {
            name: entry.file_name().into_string().unwrap(),
            bytes: fs::read(entry.path()).unwrap(),
            modified: Some(modified.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs().try_into().unwrap()),
        }
    });
    let mut files: Vec<Found> = files.collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(read(&scratch.path("out.zip")), files);
}

#[test]
fn a_message_larger_than_a_volume_has_one_of_its_own_and_a_warning() {
    let scratch = Scratch::new();
    let bodies = [text(1, 3), noise(40_000), text(2, 3), text(3, 3)];
    let done = scratch.convert(&mailbox(&bodies), at_most(Some(5000), None));
    let entries: Vec<usize> = done.receipt.iter().map(|path| read(path).len()).collect();
    assert_eq!((scratch.names(), entries), (names(["out-001.zip", "out-002.zip", "out-003.zip"]), vec![1, 1, 2]));
    assert_eq!(done.warnings().of(WarningKind::OversizeVolume), 1);
}

#[test]
fn the_same_run_again_finds_all_there_and_changes_nothing() {
    for limits in [Limits::default(), at_most(None, Some(7))] {
        let (scratch, mailbox) = (Scratch::new(), mailbox(&texts(20)));
        let _ = scratch.convert(&mailbox, limits);
        let before = scratch.snapshot();
        let again = scratch.convert(&mailbox, limits);
        assert_eq!((again.messages().already_there, again.messages().written), (20, 0));
        assert_eq!(again.receipt.len(), before.len());
        assert_eq!(scratch.snapshot(), before);
    }
}

#[test]
fn an_interrupted_run_is_completed_by_the_next() {
    let (whole, mailbox) = (Scratch::new(), mailbox(&texts(20)));
    let limits = at_most(None, Some(6));
    let _ = whole.convert(&mailbox, limits);
    for kept in 0..4 {
        let scratch = Scratch::new();
        for name in whole.names().iter().take(kept) {
            fs::copy(whole.path(name), scratch.path(name)).unwrap();
        }
        let left = if kept == 0 {
            "out.zip.mbox2eml.partial".to_owned()
        } else {
            format!("out-{:03}.zip.mbox2eml.partial", kept + 1)
        };
        fs::write(scratch.path(&left), vec![b'x'; 1 << 20]).unwrap();
        let done = scratch.convert(&mailbox, limits);
        assert_eq!(done.messages().already_there, 6 * to_u64(kept));
        assert_eq!(scratch.snapshot(), whole.snapshot(), "{kept}");
    }
}

#[test]
fn something_else_is_never_overwritten() {
    let (limits, mailbox) = (at_most(None, Some(3)), mailbox(&texts(7)));
    for (name, bytes) in [
        ("out.zip", &b"mine"[..]),
        ("out-001.zip", b"mine"),
        ("out-002.zip", b"mine"),
        ("out-003.zip", b""),
        ("out-004.zip", b"of another run"),
    ] {
        let scratch = Scratch::new();
        fs::write(scratch.path(name), bytes).unwrap();
        scratch.convert_in_vain(&mailbox, limits);
        assert_eq!(fs::read(scratch.path(name)).unwrap(), bytes, "{name}");
        assert!(!scratch.names().iter().any(|name| name.ends_with(".partial")), "{:?}", scratch.names());
    }
}

#[test]
fn volumes_of_a_run_with_other_limits_are_an_error() {
    let mailbox = mailbox(&texts(7));
    for [first, second] in [[None, Some(3)], [Some(3), None], [Some(3), Some(4)], [Some(4), Some(3)]] {
        let scratch = Scratch::new();
        let _ = scratch.convert(&mailbox, at_most(None, first));
        let before = scratch.snapshot();
        scratch.convert_in_vain(&mailbox, at_most(None, second));
        assert_eq!(scratch.snapshot(), before, "{first:?} {second:?}");
    }
}

/// Stops a run after a number of messages.
struct StopAfter(std::sync::atomic::AtomicU64, u64);

impl Observer for StopAfter {
    fn advanced(&self, _: u64, messages: u64) {
        self.0.fetch_add(messages, std::sync::atomic::Ordering::Relaxed);
    }

    fn cancelled(&self) -> bool {
        self.0.load(std::sync::atomic::Ordering::Relaxed) >= self.1
    }
}

#[test]
fn what_stood_in_an_unfinished_volume_counts_as_failed() {
    for threads in [1, 3] {
        for stop in [1, 5, 11] {
            let scratch = Scratch::new();
            let sink = scratch.volumes(at_most(None, Some(4)));
            let done = convert(&mailbox(&texts(20)), sink, threads, &StopAfter(0.into(), stop));
            let messages = done.messages();
            let kept: usize = done.receipt.iter().map(|path| read(path).len()).sum();
            assert_eq!(done.ending, RunEnd::Cancelled);
            assert_eq!((messages.written, messages.found), (to_u64(kept), messages.accounted()));
            assert_eq!(scratch.names().len(), done.receipt.len());
        }
    }
}

#[test]
fn without_messages_there_is_no_archive() {
    let scratch = Scratch::new();
    let done = scratch.convert(b"", Limits::default());
    assert_eq!((done.receipt, scratch.names()), (vec![], vec![]));
}

#[test]
fn two_runs_do_not_share_an_archive() {
    let scratch = Scratch::new();
    let first = scratch.volumes(Limits::default());
    let second = Volumes::at(scratch.path("out.zip")).create();
    let Err(Error::Output { source, .. }) = second else { panic!("{second:?}") };
    assert_eq!(source.kind(), io::ErrorKind::ResourceBusy);
    drop(first);
    assert!(scratch.names().is_empty());
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let scratch = Scratch::new();
    fs::write(scratch.path("mine"), "mine").unwrap();
    for name in ["out.zip.mbox2eml.partial", "out.zip", "out-001.zip"] {
        std::os::unix::fs::symlink(scratch.path("mine"), scratch.path(name)).unwrap();
        assert!(Volumes::at(scratch.path("out.zip")).create().is_err(), "{name}");
        assert_eq!(fs::read(scratch.path("mine")).unwrap(), b"mine");
        fs::remove_file(scratch.path(name)).unwrap();
    }
}

#[test]
fn unfinished_volumes_are_known_by_their_names() {
    for name in ["out.zip.mbox2eml.partial", "out-002.zip.mbox2eml.partial"] {
        assert!(Volumes::is_unfinished(Path::new("out.zip"), Path::new(name)));
    }
    assert!(!Volumes::is_unfinished(Path::new("out.zip"), Path::new("out-002.zip")));
}

#[test]
fn two_entries_never_have_one_name() {
    let scratch = Scratch::new();
    let input = MailboxPath::of_inputs(&[Some("/mail".into())]).remove(0);
    let mut places = Places::new(&Namer::default(), &[], &[]);
    let mut next = |name: &str, mailbox: &'static [u8]| {
        Ok(Mailbox::new(Stream::new(name, mailbox)).in_folder(places.place(&input.join(name))))
    };
    let labelled = b"From a Mon Jan  1 00:00:00 2024\nX-Gmail-Labels: Work\nSubject: One\n\nfirst\n\n";
    let plain = b"From a Mon Jan  1 00:00:00 2024\nSubject: One\n\nsecond\n\n";
    let mailboxes = [next("Inbox", labelled), next("Inbox/Work", plain)];
    let template: Template = "{label}/{index}_{subject}".parse().unwrap();
    let converter = Converter::builder().names(Namer::new(template, Charset::Unicode)).build();
    let done = converter.convert_all(mailboxes.into_iter(), scratch.volumes(Limits::default()), &());
    let names: Vec<String> = read(&scratch.path("out.zip")).into_iter().map(|found| found.name).collect();
    assert_eq!(names, ["Inbox/Work/000001_One.eml", "Inbox/Work/000001_One~2.eml"]);
    let warned = |mailbox: &MailboxSummary| mailbox.warnings.of(WarningKind::NameTaken);
    assert_eq!(done.mailboxes.iter().map(warned).collect::<Vec<_>>(), [0, 1]);
}

fn name(index: u64) -> EntryName {
    Namer::default().name(&Place::root(""), index, &Default::default())
}

/// An archive of these entries, put together by hand: what they hold, how it is packed, and how.
fn archive_of(path: &Path, entries: &[(&[u8], &[u8], Method)]) {
    let (mut local, mut directory) = (Vec::new(), Vec::new());
    for (index, (bytes, data, method)) in (1..).zip(entries) {
        let (crc, size, packed) = (crc32fast::hash(bytes), to_u64(bytes.len()), to_u64(data.len()));
        let record = EntryRecord { name: name(index), received: Some(1), method: *method, crc, size, packed };
        record.push_central(to_u64(local.len()), &mut directory);
        record.push_local(&mut local);
        local.extend_from_slice(data);
    }
    let end = End { entries: to_u64(entries.len()), directory: to_u64(local.len()), length: to_u64(directory.len()) };
    fs::write(path, [local, directory, end.to_bytes()].concat()).unwrap();
}

/// Text, what cannot be compressed, and nothing, at every level.
fn is_read_at_every_level<B: Backend>() {
    let scratch = Scratch::new();
    let messages =
        [text(7, 300).into_bytes(), (0..=255_u8).cycle().map(|byte| byte.wrapping_mul(byte)).take(9).collect(), vec![]];
    for level in 0..=9 {
        let mut deflater = Deflater::<B>::new(Level::new(level).unwrap());
        let packed = messages.each_ref().map(|bytes| {
            let (data, is_packed) = deflater.deflate(bytes);
            (data.to_vec(), if is_packed { Method::Deflated } else { Method::Stored })
        });
        assert_eq!(packed[0].1 == Method::Deflated, level > 0);
        assert_eq!([packed[1].1, packed[2].1], [Method::Stored; 2]);
        let entries: Vec<_> =
            messages.iter().zip(&packed).map(|(bytes, (data, method))| (&bytes[..], &data[..], *method)).collect();
        archive_of(&scratch.path("out.zip"), &entries);
        let found = read(&scratch.path("out.zip")).into_iter().map(|found| found.bytes);
        assert!(found.eq(messages.iter().cloned()), "level {level}");
    }
}

#[test]
fn what_each_compressor_makes_is_read_at_every_level() {
    is_read_at_every_level::<super::deflate::Chosen>();
    is_read_at_every_level::<super::deflate::Zlib>();
}

/// Its bytes are a hole that takes no room on the disk; they are not read, for that takes a while.
#[test]
fn an_entry_of_more_than_four_gigabytes_is_found_and_so_is_the_next() {
    let scratch = Scratch::new();
    let mut file = File::create(scratch.path("large.zip")).unwrap();
    let (size, last) = (5_u64 << 30, b"Subject: 2\r\n\r\n");
    let entry = |index, crc, size| {
        let record =
            EntryRecord { name: name(index), received: Some(1), method: Method::Stored, crc, size, packed: size };
        let mut local = Vec::new();
        record.push_local(&mut local);
        (record, local)
    };
    let ((large, head), (small, second)) = (entry(1, 0, size), entry(2, crc32fast::hash(last), to_u64(last.len())));
    let offset = to_u64(head.len()) + size;
    file.write_all(&head).unwrap();
    file.seek(SeekFrom::Start(offset)).unwrap();
    file.write_all(&[&second[..], last].concat()).unwrap();
    let start = file.stream_position().unwrap();
    let mut directory = Vec::new();
    large.push_central(0, &mut directory);
    small.push_central(offset, &mut directory);
    let end = End { entries: 2, directory: start, length: to_u64(directory.len()) };
    file.write_all(&[directory, end.to_bytes()].concat()).unwrap();

    let mut archive = ZipArchive::new(BufReader::new(File::open(scratch.path("large.zip")).unwrap())).unwrap();
    let options = || ZipReadOptions::new().enforce_header_consistency(true);
    let found = archive.by_index_with_options(0, options()).unwrap();
    assert_eq!((found.size(), found.compressed_size(), found.data_start()), (size, size, Some(to_u64(head.len()))));
    drop(found);
    let mut bytes = Vec::new();
    archive.by_index_with_options(1, options()).unwrap().read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes, last);
}

/// An archive put together from records, with a hole of many gigabytes that takes no room on the disk.
#[test]
fn an_entry_beyond_four_gigabytes_is_found() {
    let scratch = Scratch::new();
    let mut file = File::create(scratch.path("large.zip")).unwrap();
    let mut directory = Vec::new();
    for (index, offset) in [(1, 0), (2, 0xFFFF_FFFF), (3, 6 << 30)] {
        let data = format!("Subject: {index}\r\n\r\n").into_bytes();
        let (crc, size) = (crc32fast::hash(&data), to_u64(data.len()));
        let record = EntryRecord { name: name(index), received: None, method: Method::Stored, crc, size, packed: size };
        let mut local = Vec::new();
        record.push_local(&mut local);
        record.push_central(offset, &mut directory);
        file.seek(SeekFrom::Start(offset)).unwrap();
        file.write_all(&local).unwrap();
        file.write_all(&data).unwrap();
    }
    let end = End { entries: 3, directory: file.stream_position().unwrap(), length: to_u64(directory.len()) };
    file.write_all(&directory).unwrap();
    assert_eq!(to_u64(end.to_bytes().len()), end.len());
    file.write_all(&end.to_bytes()).unwrap();
    let found = read(&scratch.path("large.zip"));
    let bytes: Vec<_> = found.iter().map(|found| std::str::from_utf8(&found.bytes).unwrap()).collect();
    assert_eq!(bytes, ["Subject: 1\r\n\r\n", "Subject: 2\r\n\r\n", "Subject: 3\r\n\r\n"]);
}

#[test]
fn more_entries_than_two_bytes_can_count() {
    let scratch = Scratch::new();
    for (entries, has_zip64) in [(65_534, false), (65_535, true), (70_000, true)] {
        let mailbox = b"From a Mon Jan  1 00:00:00 2024\n\n".repeat(entries);
        fs::remove_file(scratch.path("out.zip")).ok();
        let _ = scratch.convert(&mailbox, Limits::default());
        let bytes = fs::read(scratch.path("out.zip")).unwrap();
        let locator = bytes.len() - 22 - 20;
        assert_eq!(bytes[locator..].starts_with(b"PK\x06\x07"), has_zip64, "{entries}");
        let end = End { entries: to_u64(entries), directory: 0, length: 0 };
        assert_eq!(to_u64(end.to_bytes().len()), end.len(), "{entries}");
        assert_eq!(read(&scratch.path("out.zip")).len(), entries);
    }
}

#[test]
fn large_sizes_are_in_the_extra_field() {
    let (size, packed) = (5_000_000_000_u64, 4_999_999_999_u64);
    let record = EntryRecord { name: name(1), received: None, method: Method::Deflated, crc: 0, size, packed };
    let (mut local, mut central) = (Vec::new(), Vec::new());
    record.push_local(&mut local);
    record.push_central(7_000_000_000, &mut central);
    let numbers = |numbers: &[u64]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
    assert!(local.ends_with(&[&[1, 0, 16, 0][..], &numbers(&[size, packed])].concat()));
    assert!(central.ends_with(&[&[1, 0, 24, 0][..], &numbers(&[size, packed, 7_000_000_000])].concat()));
    assert_eq!((local[4], central[6], &local[18..26]), (45, 45, &[0xFF; 8][..]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn volumes_stay_within_their_limits_and_hold_everything_in_order(
        lines in proptest::collection::vec(0_usize..60, 1..30),
        max_size in proptest::option::of(300_u64..6000),
        max_entries in proptest::option::of(1_u64..8),
        threads in 1_usize..5,
    ) {
        let bodies: Vec<String> = lines.iter().enumerate().map(|(at, lines)| text(at, *lines)).collect();
        let mailbox = mailbox(&bodies);
        let (one, many) = (Scratch::new(), Scratch::new());
        let limits = at_most(max_size, max_entries);
        let single = convert(&mailbox, one.volumes(limits), 1, &());
        let several = convert(&mailbox, many.volumes(limits), threads, &());
        // The bytes do not depend on the number of threads.
        prop_assert_eq!(one.snapshot(), many.snapshot());
        prop_assert_eq!(single.receipt.len(), one.names().len());
        prop_assert_eq!(several.receipt.len() == 1, many.path("out.zip").exists());
        let mut oversize = 0;
        let mut bytes = Vec::new();
        for path in &several.receipt {
            let entries = read(path);
            prop_assert!(max_entries.is_none_or(|max| to_u64(entries.len()) <= max));
            if max_size.is_some_and(|max| fs::metadata(path).unwrap().len() > max) {
                prop_assert_eq!(entries.len(), 1);
                oversize += 1;
            }
            bytes.extend(entries.into_iter().map(|found| found.bytes));
        }
        prop_assert_eq!(several.warnings().of(WarningKind::OversizeVolume), oversize);
        prop_assert_eq!(bytes.len(), bodies.len());
        for (body, eml) in bodies.iter().zip(bytes) {
            let eml = String::from_utf8(eml).unwrap().replace("\r\n", "\n");
            let expected = format!("\n\n{body}\n");
            prop_assert!(eml.ends_with(&expected));
        }
    }
}
