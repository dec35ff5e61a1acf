//! What the user can do about an error, with this command line and this output.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use mbox2eml::source::FileKind;
use mbox2eml::split::SplitRule;
use mbox2eml::{Error, ErrorScope};
use mbox2eml_archive::bag::Bag;
use mbox2eml_archive::inputs::is_named_first_piece;
#[cfg(unix)]
use rustix::io::Errno;

use crate::failures::file_of;
use crate::number::to_u64;
use crate::paths::is_only_eml;
use crate::shell::{joining, quoted_path};

/// How many bytes of a file are searched for separators.
const SEARCHED: u64 = 1 << 24;

/// Gives advice on errors.
#[derive(Debug)]
pub(crate) struct Advice {
    output: Written,
    split: SplitRule,
}

/// What a run writes.
#[derive(Debug)]
pub(crate) enum Written {
    /// Nothing.
    Nothing,
    /// Files in a folder, which the next run completes.
    Folder,
    /// These ZIPs, which no run adds to.
    Zip(PathBuf),
    /// Mailboxes in this folder, which no run adds to.
    Mailboxes(PathBuf),
}

impl Advice {
    /// Advice for a run that writes there.
    pub(crate) fn new(output: Written) -> Self {
        Self { output, split: SplitRule::default() }
    }

    /// The same, for a run with this rule.
    pub(crate) fn split(self, split: SplitRule) -> Self {
        Self { split, ..self }
    }

    /// What to do about an error, where there is something to do.
    pub(crate) fn on(&self, error: &Error) -> Option<String> {
        let again = self.again();
        Some(match error {
            Error::Open { source, .. } | Error::Search { source, .. } => match source.kind() {
                io::ErrorKind::NotFound => "check the path".to_owned(),
                io::ErrorKind::PermissionDenied => "check its permissions, or run as its owner".to_owned(),
                io::ErrorKind::Unsupported => {
                    "unpack the archive first, with its password if it has one, and give the folder".to_owned()
                }
                _ => on_system(source)?.to_owned(),
            },
            Error::NoMailbox { origin } if origin.path().and_then(Bag::existing).is_some() => {
                let bag = origin.path().map(quoted_path).unwrap_or_default();
                format!("it is a bag, whose messages are converted already: 'mbox2eml verify {bag}' checks it")
            }
            Error::NoMailbox { origin } if origin.path().is_some_and(is_only_eml) => {
                "it contains EML files, which need no conversion: if it is the OUTPUT of a conversion, give the INPUT"
                    .to_owned()
            }
            Error::NoMailbox { origin } if origin.path().is_some_and(Path::is_dir) => {
                "check that this is the folder with the mail; -v lists what is in it. A mailbox begins with a line 'From …'"
                    .to_owned()
            }
            Error::NoMailbox { .. } => {
                "check that mail was chosen for this export; if another part has it, give all parts together".to_owned()
            }
            Error::OnlyArchives { .. } => {
                "unpack it, and give the folder with the archives that were in it instead".to_owned()
            }
            Error::AppleMail { .. } => {
                "export the mailboxes in Apple Mail (Mailbox > Export Mailbox), and give the folder that they are exported to"
                    .to_owned()
            }
            Error::Piece { pieces, .. } => self.join(pieces),
            Error::ArchivePiece { pieces, .. } => match pieces.as_slice() {
                [first, .., last] if is_zip_volume(first) => self.join_volumes(last),
                [_, _, ..] => self.join(pieces),
                _ => format!("copy or download all pieces again, into one folder, {again}"),
            },
            Error::Read { source, byte, .. } if source.kind() == io::ErrorKind::FileTooLarge => {
                format!("{}if you trust the archive, raise the limit with --inflate-limit", self.before(*byte))
            }
            Error::Read { source, byte, .. } if source.kind() == io::ErrorKind::OutOfMemory => {
                format!("{}allow more memory, or give a plain file, which is mapped, {again}", self.before(*byte))
            }
            Error::Read { origin, byte, .. } if is_named_first_piece(Path::new(&file_of(origin))) => {
                format!(
                    "{}it is named as the first piece of a split archive: find the pieces after it, join all in order into \
                     one file, and move them away, {again}",
                    self.before(*byte)
                )
            }
            Error::Read { byte, .. } => {
                format!("{}copy the file from a good disk or download it again, {again}", self.before(*byte))
            }
            Error::NotAsPlanned { .. } => "make a new plan, and convert all ranges of this mailbox from it".to_owned(),
            Error::RangeRefused { .. } => {
                "leave out that option, or give it as when planning, or convert the whole mailbox".to_owned()
            }
            Error::NoSample { .. } => "give it as a plain file, or use --limit".to_owned(),
            Error::NotAnMbox { kind: FileKind::Empty, .. } => {
                format!("if it should hold mail, copy or download it again, {again}; if not, remove it")
            }
            Error::NotAnMbox { kind: FileKind::Html, .. } | Error::NotAnArchive { kind: FileKind::Html, .. } => {
                format!("a web page was saved instead, perhaps a sign-in page: download it again, {again}")
            }
            Error::NotAnMbox { kind: FileKind::Unknown, origin }
                if self.split == SplitRule::Any || origin.path().is_some_and(has_no_separator) =>
            {
                "it has no line that begins with 'From ', as each message in an mbox does: check that it is the right file"
                    .to_owned()
            }
            Error::NotAnMbox { kind, .. } => on_kind(*kind)?.to_owned(),
            Error::NotAnArchive { kind, .. } => match on_kind(*kind) {
                Some(hint) if *kind != FileKind::Unknown => hint.to_owned(),
                _ => format!("the download may have failed: download it again, {again}"),
            },
            Error::Changed { .. } => format!("close the program that writes to it, or copy it first, {again}"),
            Error::MessageTooLong { .. } => {
                "save the input to a file and convert that without --no-mmap: mapped files have no such limit"
                    .to_owned()
            }
            Error::Message { source, .. } if source.scope == ErrorScope::Input => {
                let promise = if matches!(self.output, Written::Nothing) { "" } else { ": it writes this message" };
                format!("copy the input from a good disk or download it again, {again}{promise}")
            }
            Error::Message { source, .. } => source.io_error().and_then(on_writing)?,
            Error::Output { source, .. } if source.kind() == io::ErrorKind::NotFound => "check the path".to_owned(),
            Error::Output { source, .. } => on_writing(source)?,
            Error::Unbalanced { .. } => "this is a bug in mbox2eml: please keep the input and report it".to_owned(),
            _ => return None,
        })
    }

    /// What became of the input before the byte at which reading it failed, if there is anything.
    fn before(&self, byte: u64) -> &'static str {
        match self.output {
            _ if byte == 0 => "",
            Written::Nothing => "the messages before that byte were read; ",
            _ => "the messages before that byte were converted; ",
        }
    }

    /// What to do once the input is repaired.
    pub(crate) fn again(&self) -> String {
        match &self.output {
            Written::Zip(path) | Written::Mailboxes(path) => {
                format!("move away what this run wrote to {}, then run the same command again", path.display())
            }
            Written::Nothing | Written::Folder => "then run the same command again".to_owned(),
        }
    }

    /// How to put the pieces of a mailbox or an archive together.
    fn join(&self, pieces: &[PathBuf]) -> String {
        let again = self.again();
        let [first, _, ..] = pieces else {
            return format!("find the pieces before it, join all in order into one file, and move them away, {again}");
        };
        let size = |path: &Path| path.metadata().map_or(0, |there| there.len());
        let mut whole = first.with_extension("");
        if whole.exists() {
            if size(&whole) == pieces.iter().map(|piece| size(piece)).sum::<u64>() {
                return format!("{} has the size of all pieces: move the pieces away, {again}", whole.display());
            }
            let extension = whole.extension().unwrap_or(OsStr::new("mbox"));
            whole = whole.with_extension(format!("joined.{}", extension.display()));
        }
        format!(
            "join the pieces into one file and move them away, {again}, giving {} instead of the pieces: {}",
            quoted_path(&whole),
            joining(pieces, &whole)
        )
    }

    /// How to make one ZIP of volumes, of which the last one is called `.zip`: they cannot be put one after the other, since
    /// places in the archive are counted in each.
    fn join_volumes(&self, last: &Path) -> String {
        let again = self.again();
        if is_zip_volume(last) {
            return format!("copy or download all pieces again, into one folder, {again}: the last one ends in .zip");
        }
        let (last, whole) = (quoted_path(last), quoted_path(&last.with_extension("joined.zip")));
        format!(
            "join the pieces into one file and move them away, {again}, giving {whole} instead of the pieces: \
             zip -s 0 {last} --out {whole}"
        )
    }
}

/// Whether no line of a plain file begins as a separator does; not known of what is compressed or large.
fn has_no_separator(path: &Path) -> bool {
    if !path.is_file() || !FileKind::of_file(path).is_ok_and(|kind| kind == FileKind::Unknown) {
        return false;
    }
    let Ok(file) = File::open(path) else { return false };
    let mut text = Vec::new();
    let is_whole = file.take(SEARCHED).read_to_end(&mut text).is_ok_and(|read| to_u64(read) < SEARCHED);
    is_whole && !text.starts_with(b"From ") && !text.windows(6).any(|bytes| bytes == b"\nFrom ")
}

/// Whether a file has the name of a volume of a split ZIP that is not the last one: `mail.z01`.
fn is_zip_volume(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().as_encoded_bytes();
    matches!(extension, [b'z' | b'Z', b'0'..=b'9', ..])
}

/// What to do with an input that is no mbox.
fn on_kind(kind: FileKind) -> Option<&'static str> {
    Some(match kind {
        kind if kind.is_archive() => "give the archive as a file, not through a pipe, or unpack it first",
        FileKind::SevenZip => "unpack it first, with 7-Zip for example, and give the folder",
        FileKind::Rar => "unpack it first, with unrar or 7-Zip for example, and give the folder",
        FileKind::SingleMessage => "it is a single message and needs no conversion; name it .eml",
        FileKind::Emlx => "Apple Mail writes mailboxes with Mailbox > Export Mailbox; give what it exports",
        FileKind::CompoundFile => "msgconvert turns Outlook messages (.msg) into .eml files",
        FileKind::Pdf | FileKind::Json => "this is not mail; if it should be, export the mail again, as mbox",
        FileKind::Mmdf => "MMDF mailboxes are not supported; a mail program such as mutt can save them as mbox",
        FileKind::Pst | FileKind::Ost => "readpst turns Outlook data files into mbox",
        FileKind::Dbx => "readdbx turns Outlook Express folders into mbox",
        FileKind::Unknown => {
            "if it is a mailbox whose start was cut off, '--split any' begins at its first 'From ' line"
        }
        _ => return None,
    })
}

fn on_writing(error: &io::Error) -> Option<String> {
    let advice = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "free some space, then run the same command again: it completes what is there"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => "choose an output that you may write to",
        io::ErrorKind::ResourceBusy => "wait until it ends, or use another output",
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "choose another name, or move away what is there"
        }
        io::ErrorKind::InvalidFilename if cfg!(windows) => {
            "choose an output with a shorter path, or without any of < > : \" | ? * in its names"
        }
        io::ErrorKind::InvalidFilename => "choose an output with a shorter path, or shorter names",
        _ => on_system(error)?,
    };
    Some(advice.to_owned())
}

/// What to do about an error that only one system has.
#[cfg(unix)]
fn on_system(error: &io::Error) -> Option<&'static str> {
    match Errno::from_io_error(error)? {
        Errno::MFILE | Errno::NFILE => Some("allow more open files ('ulimit -n 256'), then run the same command again"),
        _ => None,
    }
}

#[cfg(windows)]
fn on_system(error: &io::Error) -> Option<&'static str> {
    const SHARING_VIOLATION: i32 = 32;
    const LOCK_VIOLATION: i32 = 33;
    match error.raw_os_error()? {
        SHARING_VIOLATION | LOCK_VIOLATION => {
            Some("close the program that has it open, then run the same command again")
        }
        _ => None,
    }
}

#[cfg(not(any(unix, windows)))]
fn on_system(_error: &io::Error) -> Option<&'static str> {
    None
}

#[cfg(test)]
mod tests {
    use mbox2eml::source::Origin;

    use super::*;

    #[test]
    fn a_first_piece_alone_is_known_by_its_name() {
        for (name, is_piece) in [("mail.zip.001", true), ("mail.tar.gz.aa", true), ("mail.zip", false)] {
            let source = io::ErrorKind::UnexpectedEof.into();
            let error = Error::Read { origin: Origin::file(name), byte: 3, source };
            let advice = Advice::new(Written::Folder).on(&error).unwrap();
            assert_eq!(advice.contains("join all in order into one file"), is_piece, "{advice}");
            assert!(advice.ends_with("then run the same command again"), "{advice}");
        }
    }

    #[test]
    fn advice_fits_the_output() {
        let error = Error::NotAnArchive { origin: "a.zip".into(), kind: FileKind::Empty };
        let on = |output| Advice::new(output).on(&error).unwrap();
        assert!(on(Written::Folder).ends_with("download it again, then run the same command again"));
        assert!(on(Written::Zip("out.zip".into())).contains("move away what this run wrote to out.zip, then"));
        for (byte, before) in [(0, ""), (1, "the messages before that byte were converted; ")] {
            let error = Error::Read { origin: "a.mbox".into(), byte, source: io::ErrorKind::InvalidData.into() };
            let advice = Advice::new(Written::Folder).on(&error).unwrap();
            assert!(advice.starts_with(&format!("{before}copy the file from a good disk")), "{advice}");
        }
        let pieces = ["in/my mail.mbox.aa", "in/my mail.mbox.ab"].map(PathBuf::from).to_vec();
        let error = Error::Piece { origin: "in/my mail.mbox.ab".into(), pieces };
        for output in [Written::Folder, Written::Zip("out.zip".into()), Written::Nothing] {
            let advice = Advice::new(output).on(&error).unwrap();
            let command =
                joining(&["in/my mail.mbox.aa", "in/my mail.mbox.ab"].map(PathBuf::from), Path::new("in/my mail.mbox"));
            assert!(
                advice.ends_with(&format!(": {command}")) && advice.contains("run the same command again"),
                "{advice}"
            );
        }
    }
}
