//! What holds for a Maildir: the same tree for any threads and windows, and further runs find everything again, whatever
//! became of it.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::path::Path;

use mbox2eml::Conversion;
use mbox2eml::name::{Layout, Namer};
use mbox2eml::sink::{Compare, Durability, ExistingMaildir, Maildir};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::cases;
use super::choices::settings;
use super::mailbox::hostile;
use super::run::{Settings, check_sums, stream};

/// Converts the mailbox into the Maildir.
fn fill(folder: &Path, mailbox: &[u8], settings: &Settings, threads: usize, chunk: usize) -> Conversion<()> {
    let sink = Maildir::create(folder, Durability::Cached).unwrap();
    let converter = settings.builder(threads).names(Namer::default().layout(Layout::Label)).build();
    let done = converter.convert(stream(mailbox, chunk), sink, &());
    check_sums(&done);
    done
}

/// The files below a folder.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.file_type().unwrap().is_dir() {
            files.extend(tree(&entry.path()).into_iter().map(|(below, bytes)| (format!("{name}/{below}"), bytes)));
        } else {
            files.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    files
}

/// The messages among them.
fn messages(folder: &Path) -> Vec<String> {
    tree(folder).into_keys().filter(|name| name.contains(",S=")).collect()
}

/// What becomes of a file between two runs.
#[derive(Debug, Clone)]
enum Fate {
    Left,
    CutAt(Index),
    Removed,
    Read,
    New,
    Numbered,
}

fn fates() -> impl Strategy<Value = Vec<Fate>> {
    let fate = prop_oneof![
        1 => Just(Fate::Left),
        2 => any::<Index>().prop_map(Fate::CutAt),
        1 => Just(Fate::Removed),
        1 => Just(Fate::Read),
        1 => Just(Fate::New),
        1 => Just(Fate::Numbered),
    ];
    vec(fate, 1..8)
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn neither_threads_nor_windows_matter(mailbox in hostile(), settings in settings(), chunk in 1..900_usize) {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let written = fill(one.path(), &mailbox, &settings, 1, 500).messages().written;
        prop_assert_eq!(u64::try_from(messages(one.path()).len()).unwrap(), written);
        let _ = fill(other.path(), &mailbox, &settings, 3, chunk);
        prop_assert_eq!(tree(one.path()), tree(other.path()));
    }

    #[test]
    fn a_second_run_changes_nothing_and_verify_finds_nothing(
        mailbox in hostile(), settings in settings(), threads in 1..3_usize,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let first = fill(folder.path(), &mailbox, &settings, 1, 500).messages();
        let before = tree(folder.path());
        let second = fill(folder.path(), &mailbox, &settings, threads, 500).messages();
        prop_assert_eq!((second.written, second.already_there), (0, first.written));
        prop_assert_eq!(tree(folder.path()), before);
        let sink = Compare::maildir(ExistingMaildir::open(folder.path()).unwrap());
        let converter = settings.builder(threads).names(Namer::default().layout(Layout::Label)).build();
        prop_assert_eq!(converter.convert(stream(&mailbox, 500), sink, &()).receipt.number, 0);
    }

    #[test]
    fn a_second_run_completes_what_was_damaged_and_leaves_what_was_read(
        mailbox in hostile(), settings in settings(), fates in fates(), threads in 1..3_usize,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let _ = fill(folder.path(), &mailbox, &settings, 1, 500);
        let mut expected = tree(folder.path());
        let mut written = 0;
        for (name, fate) in messages(folder.path()).into_iter().zip(fates.iter().cycle()) {
            let path = folder.path().join(&name);
            let bytes = expected[&name].clone();
            let (base, _) = name.split_once(":2,").unwrap_or((&name, ""));
            let mut rename = |to: String| {
                fs::rename(&path, folder.path().join(&to)).unwrap();
                expected.remove(&name);
                expected.insert(to, bytes.clone());
            };
            match fate {
                Fate::Left => {}
                Fate::Removed => {
                    fs::remove_file(&path).unwrap();
                    written += 1;
                }
                Fate::CutAt(at) => {
                    let length = at.index(bytes.len() + 1);
                    OpenOptions::new().write(true).open(&path).unwrap().set_len(u64::try_from(length).unwrap()).unwrap();
                    written += u64::from(length < bytes.len());
                }
                Fate::Read => rename(format!("{base}:2,RSab")),
                Fate::New => rename(base.replacen("cur/", "new/", 1)),
                Fate::Numbered => rename(format!("{base},U=7:2,S")),
            }
        }
        let done = fill(folder.path(), &mailbox, &settings, threads, 500);
        prop_assert_eq!(tree(folder.path()), expected);
        prop_assert_eq!(done.messages().written, written);
    }

    #[test]
    fn a_later_mailbox_adds_only_what_is_new(one in hostile(), other in hostile(), mut settings in settings()) {
        settings.dedup = mbox2eml::select::Dedup::Off;
        let folder = tempfile::tempdir().unwrap();
        let first = fill(folder.path(), &one, &settings, 1, 500).messages().written;
        let before = tree(folder.path());
        let _ = fill(folder.path(), &other, &settings, 2, 500);
        let after = tree(folder.path());
        prop_assert!(before.iter().all(|(name, bytes)| after.get(name) == Some(bytes)));
        let again = fill(folder.path(), &one, &settings, 1, 500).messages();
        prop_assert_eq!((again.written, again.already_there), (0, first));
    }
}
