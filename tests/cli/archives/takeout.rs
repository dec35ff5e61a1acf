//! A small Takeout as the tests need it, unpacked or packed in every way.

use std::fs;

use super::make::{self, Member};
use crate::common::{Scratch, mailbox, testdata};

/// Files by their paths, in the order in which a walk through the folder meets them.
pub(crate) type Files = Vec<(String, Vec<u8>)>;

/// Mailboxes in several languages, with what lies beside them.
pub(crate) fn takeout() -> Files {
    let mail = fs::read(testdata().join("takeout/takeout.mbox")).unwrap();
    let sent = mailbox(&[("One", "Hello\n>From here on"), ("Grüße aus München", "Hi"), ("One", "again")]);
    let nested = mailbox(&[("Deep", "x")]);
    let files: [(&str, &[u8]); 7] = [
        ("Takeout/Mail/Alle E-Mails einschließlich Spam- und P.mbox", &mail),
        ("Takeout/Mail/Bücher/Roman.mbox", nested.as_bytes()),
        ("Takeout/Mail/Empty.mbox", b""),
        ("Takeout/Mail/Sent.mbox", sent.as_bytes()),
        ("Takeout/Mail/User Settings/Filters.json", b"{\"filters\": []}"),
        ("Takeout/Photos/Holiday.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF"),
        ("Takeout/archive_browser.html", b"<!DOCTYPE html><title>Takeout</title>"),
    ];
    files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect()
}

/// Makes a member of a file's name and bytes.
pub(crate) type Pack = fn(&str, &[u8]) -> Member;

/// A ZIP of these files, each packed in that way.
pub(crate) fn zip_of(files: &[(String, Vec<u8>)], pack: Pack) -> Vec<u8> {
    make::zip(&files.iter().map(|(name, bytes)| pack(name, bytes)).collect::<Vec<_>>())
}

/// Every archive that these files may come in, with its name.
pub(crate) fn archives(files: &[(String, Vec<u8>)]) -> Vec<(&'static str, Vec<u8>)> {
    let mut backwards = files.to_vec();
    backwards.reverse();
    let tar = make::tar(files);
    vec![
        ("deflated.zip", zip_of(files, |name, bytes| Member::deflated(name, bytes))),
        ("stored.zip", zip_of(files, |name, bytes| Member::stored(name, bytes))),
        ("zip64.zip", zip_of(files, |name, bytes| Member::zip64(name, bytes))),
        ("streamed.zip", zip_of(files, |name, bytes| Member::streamed(name, bytes))),
        ("backwards.zip", zip_of(&backwards, |name, bytes| Member::deflated(name, bytes))),
        ("of no known name", zip_of(files, |name, bytes| Member::deflated(name, bytes))),
        ("packed.tgz", make::gzip(&tar)),
        ("packed.tar.gz", make::gzip(&tar)),
        ("plain.tar", tar),
    ]
}

/// Unpacks the files into a folder.
pub(crate) fn unpack(scratch: &Scratch, folder: &str, files: &[(String, Vec<u8>)]) {
    files.iter().for_each(|(name, bytes)| scratch.write(format!("{folder}/{name}"), bytes));
}
