//! `--format mbox`: a mailbox for each folder.

#[cfg(target_os = "linux")]
mod faults;
mod flags;
mod hostile;
mod readers;
mod trees;
mod verify;

use crate::common::{Scratch, Tree};

/// A Takeout of four messages with these labels, which are in their subjects too.
fn labelled(labels: &[&str]) -> String {
    let one = |(number, label): (u64, &&str)| {
        let id = (1_711_972_800_000 + number * 1000) << 20;
        format!(
            "From {id}@xxx Mon Apr 01 12:00:{number:02} +0000 2024\r\nX-GM-THRID: 1\r\nX-Gmail-Labels: {label}\r\n\
             Subject: {label}\r\n\r\n>From here on\r\n\r\n"
        )
    };
    (0..).zip(labels).map(one).collect()
}

/// Writes mailboxes with these arguments, and reads them again into EML files in the folder `again`: their bytes.
#[track_caller]
fn read_again(scratch: &Scratch, output: &str) -> Vec<Vec<u8>> {
    let options = ["--eol", "keep", "--name", "{index}", "--deleted", "keep", "--dedup", "off"];
    scratch.run(options.iter().copied().chain([output, "again"])).ends(0);
    bytes_of(scratch.tree("again"))
}

/// The bytes of all files, in the order of the bytes.
fn bytes_of(tree: Tree) -> Vec<Vec<u8>> {
    let mut bytes: Vec<_> = tree.into_iter().filter(|(name, _)| !name.ends_with('/')).map(|(_, bytes)| bytes).collect();
    bytes.sort();
    bytes
}
