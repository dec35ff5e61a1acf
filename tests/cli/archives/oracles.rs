//! Other programs read every volume, and find in it what is there.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::make::crc;
use super::read::{Entry, entries};
use super::takeout::{takeout, unpack};
use crate::common::{Ran, Scratch, clean, large_mailbox, mailbox};
use crate::program::is_installed;

/// Archives of every sort that the program makes.
fn archives(scratch: &Scratch) -> Vec<PathBuf> {
    unpack(scratch, "in", &takeout());
    scratch.write("large.mbox", large_mailbox(300));
    scratch.write("many.mbox", mailbox(&vec![("Many", "x"); 2000]));
    for (name, args) in [
        ("default", &["in"][..]),
        ("zoho", &["--for", "zoho", "in"]),
        ("stored", &["--compression", "0", "in", "large.mbox"]),
        ("tight", &["--compression", "9", "large.mbox"]),
        ("volumes", &["--zip-max-size", "30kB", "in", "large.mbox"]),
        ("short", &["--zip-max-entries", "700", "many.mbox"]),
    ] {
        let out = format!("zips/{name}.zip");
        scratch.run(args.iter().chain(&[out.as_str()])).ends(0);
    }
    let paths: Vec<PathBuf> = scratch.names("zips").iter().map(|name| scratch.path("zips").join(name)).collect();
    assert!(paths.len() > 9, "{paths:?}");
    paths
}

pub(crate) fn runs(program: &str) -> bool {
    is_installed(program, if program == "unzip" { "-v" } else { "--version" })
}

/// Runs the program on these archives.
pub(crate) fn output(scratch: &Scratch, program: &str, args: &[&str], paths: &[PathBuf]) -> Ran {
    Ran::of(clean(Command::new(program), &scratch.path(".")).args(args).args(paths)).ends(0)
}

/// A line for each entry: its name, size and checksum.
fn lines(paths: &[PathBuf]) -> Vec<String> {
    let line = |Entry { name, bytes, .. }: Entry| format!("{name}\t{}\t{}", bytes.len(), crc(&bytes));
    paths.iter().flat_map(|path| entries(path)).map(line).collect()
}

#[test]
fn unzip_finds_no_error() {
    if !runs("unzip") {
        return;
    }
    let scratch = Scratch::new();
    for path in archives(&scratch) {
        let ran = output(&scratch, "unzip", &["-tq"], std::slice::from_ref(&path));
        assert!(ran.stdout.starts_with("No errors detected in "), "{ran:#?}");
    }
}

#[test]
fn unzip_unpacks_the_files_that_a_folder_gets() {
    if !runs("unzip") {
        return;
    }
    let scratch = Scratch::new();
    unpack(&scratch, "in", &takeout());
    scratch.run(["in", "expected"]).ends(0);
    scratch.run(["in", "mail.zip"]).ends(0);
    let mut command = clean(Command::new("unzip"), &scratch.path("."));
    Ran::of(command.args(["-qq", "-d", "unpacked", "mail.zip"]).env("LC_ALL", "C.UTF-8")).ends(0);
    // Names, bytes and file times, to the second.
    assert!(scratch.state("unpacked") == scratch.state("expected"));
}

#[test]
fn python_finds_every_entry_and_no_error() {
    const SCRIPT: &str = "\
import sys, zipfile
sys.stdout.reconfigure(encoding='utf-8')
for path in sys.argv[1:]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None, path
        for entry in archive.infolist():
            print(entry.filename, entry.file_size, entry.CRC, sep='\\t')
";
    if !runs("python3") {
        return;
    }
    let scratch = Scratch::new();
    let paths = archives(&scratch);
    let ran = output(&scratch, "python3", &["-c", SCRIPT], &paths);
    assert_eq!(ran.stdout.lines().collect::<Vec<_>>(), lines(&paths));
}

#[test]
fn java_finds_every_entry_while_it_reads_on() {
    if !runs("java") {
        return;
    }
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cli/archives/ReadZip.java");
    let scratch = Scratch::new();
    let paths = archives(&scratch);
    let ran = output(&scratch, "java", &[program.to_str().unwrap()], &paths);
    assert_eq!(ran.stdout.lines().collect::<Vec<_>>(), lines(&paths));
}
