//! Shared code of the floor and the peers.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The mailboxes of `input`, which is a mailbox or a folder of mailboxes.
///
/// # Errors
///
/// The folder cannot be read.
pub fn mailboxes(input: &Path) -> io::Result<Vec<PathBuf>> {
    if !input.is_dir() {
        return Ok(vec![input.to_owned()]);
    }
    fs::read_dir(input)?.map(|entry| Ok(entry?.path())).collect()
}

/// The folder for the messages of `mailbox`: `out` if it is the whole input, else a folder in `out`, which is created.
///
/// # Errors
///
/// The folder cannot be created.
pub fn folder_of(mailbox: &Path, input: &Path, out: &Path) -> io::Result<PathBuf> {
    if mailbox == input {
        return Ok(out.to_owned());
    }
    let folder = out.join(mailbox.file_stem().unwrap_or_default());
    fs::create_dir(&folder)?;
    Ok(folder)
}

/// Runs a peer as `NAME IN OUTDIR`: calls `split` with each mailbox and the folder for its messages.
///
/// # Errors
///
/// Those of `split`, and a wrong command line.
pub fn run(split: impl Fn(&Path, &Path) -> io::Result<()>) -> io::Result<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [input, out] = arguments.as_slice() else {
        return Err(io::Error::other("usage: IN OUTDIR"));
    };
    mailboxes(input)?.iter().try_for_each(|mailbox| split(mailbox, &folder_of(mailbox, input, out)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mailbox_of_a_folder_has_a_folder_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let (input, out) = (folder.path().join("in"), folder.path().join("out"));
        fs::create_dir(&input).unwrap();
        fs::create_dir(&out).unwrap();
        let mailbox = input.join("a.mbox");
        fs::write(&mailbox, "").unwrap();
        assert_eq!(mailboxes(&input).unwrap(), std::slice::from_ref(&mailbox));
        assert_eq!(folder_of(&mailbox, &input, &out).unwrap(), out.join("a"));
        assert!(out.join("a").is_dir());
        assert_eq!(mailboxes(&mailbox).unwrap(), std::slice::from_ref(&mailbox));
        assert_eq!(folder_of(&mailbox, &mailbox, &out).unwrap(), out);
    }
}
