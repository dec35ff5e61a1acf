//! A second run into the same folder: nothing that is there is lost, and what is missing is added.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::path::Path;
use std::time::SystemTime;

use mbox2eml::Conversion;
use mbox2eml::report::WarningKind;
use mbox2eml::sink::{Directory, Durability};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::cases;
use super::choices::settings;
use super::mailbox::hostile;
use super::run::{Settings, check_sums, stream};

/// Every file of a folder, with its bytes and its time.
pub(crate) type Tree = BTreeMap<String, (Vec<u8>, SystemTime)>;

/// The tree at `folder`, which has no folders below it.
pub(crate) fn tree(folder: &Path) -> Tree {
    let file = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        (name, (fs::read(entry.path()).unwrap(), entry.metadata().unwrap().modified().unwrap()))
    };
    fs::read_dir(folder).unwrap().map(|entry| file(entry.unwrap())).collect()
}

/// The same without times, for messages without a date.
pub(crate) fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    tree(folder).into_iter().map(|(name, (bytes, _))| (name, bytes)).collect()
}

/// Converts the mailbox into the folder.
pub(crate) fn fill(folder: &Path, mailbox: &[u8], settings: &Settings, threads: usize) -> Conversion<()> {
    let sink = Directory::create(folder, Durability::Cached).unwrap();
    let done = settings.converter(threads).convert(stream(mailbox, 500), sink, &());
    check_sums(&done);
    done
}

/// What happens to a file between two runs.
#[derive(Debug, Clone)]
enum WriteStatus {
    Left,
    CutAt(Index),
    Removed,
    Replaced,
}

fn fates() -> impl Strategy<Value = Vec<WriteStatus>> {
    let fate = prop_oneof![
        1 => Just(WriteStatus::Left),
        2 => any::<Index>().prop_map(WriteStatus::CutAt),
        1 => Just(WriteStatus::Removed),
        1 => Just(WriteStatus::Replaced),
    ];
    vec(fate, 1..8)
}

/// No message's beginning, since none begins with such a byte.
const ANOTHER_FILE: &[u8] = b"\x7f another program's file";

/// The name of a message whose own is taken.
fn second(name: &str) -> String {
    format!("{}~2.eml", name.strip_suffix(".eml").unwrap())
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn a_second_run_changes_nothing(mailbox in hostile(), settings in settings(), threads in 1..3_usize) {
        let folder = tempfile::tempdir().unwrap();
        let first = fill(folder.path(), &mailbox, &settings, 1).messages();
        let before = tree(folder.path());
        prop_assert_eq!(u64::try_from(before.len()).unwrap(), first.written);
        let second = fill(folder.path(), &mailbox, &settings, threads).messages();
        prop_assert_eq!((second.written, second.already_there), (0, first.written));
        prop_assert_eq!(tree(folder.path()), before);
    }

    #[test]
    fn a_second_run_completes_what_was_damaged(
        mailbox in hostile(), settings in settings(), fates in fates(), threads in 1..3_usize,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let _ = fill(folder.path(), &mailbox, &settings, 1);
        let mut expected = contents(folder.path());
        let (mut written, mut moved) = (0, 0);
        for ((name, bytes), fate) in expected.clone().into_iter().zip(fates.iter().cycle()) {
            let path = folder.path().join(&name);
            match fate {
                WriteStatus::Left => {}
                WriteStatus::Removed => {
                    fs::remove_file(path).unwrap();
                    written += 1;
                }
                WriteStatus::CutAt(at) => {
                    let length = at.index(bytes.len() + 1);
                    OpenOptions::new().write(true).open(path).unwrap().set_len(u64::try_from(length).unwrap()).unwrap();
                    written += u64::from(length < bytes.len());
                }
                WriteStatus::Replaced => {
                    fs::write(path, ANOTHER_FILE).unwrap();
                    expected.insert(second(&name), bytes);
                    expected.insert(name, ANOTHER_FILE.to_vec());
                    written += 1;
                    moved += 1;
                }
            }
        }
        let done = fill(folder.path(), &mailbox, &settings, threads);
        prop_assert_eq!(contents(folder.path()), expected);
        prop_assert_eq!(done.messages().written, written);
        let warned = done.warnings().iter().find(|(kind, _)| *kind == WarningKind::NameTaken).map_or(0, |(_, count)| count);
        prop_assert_eq!(warned, moved);

        let before = tree(folder.path());
        let third = fill(folder.path(), &mailbox, &settings, threads).messages();
        prop_assert_eq!((third.written, third.failed), (0, 0));
        prop_assert_eq!(tree(folder.path()), before);
    }
}
