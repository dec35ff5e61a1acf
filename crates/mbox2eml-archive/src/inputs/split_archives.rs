//! Pieces of an archive that was cut up: `takeout.zip.001` and `.002`, `mail.tgz.aa` and `.ab`, `mail.z01` and `.zip`.

use std::collections::HashMap;
use std::iter::successors;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mbox2eml::source::FileKind;

use super::pieces::pieces_around;
use crate::file_names::has_archive_name;

/// The archives that were cut up among files. Each is looked for once, for it may have thousands of pieces.
#[derive(Debug, Default)]
pub(super) struct SplitArchives {
    /// The pieces that each of these files is one of; none if the first one is not there.
    known: HashMap<PathBuf, Option<Arc<[PathBuf]>>>,
}

impl SplitArchives {
    /// The pieces of the archive that the file at `path`, of this kind, is a piece of, in order; the file itself if the
    /// first one is not there. None if it is no piece: another name, or an archive by itself, which begins as one and has
    /// no next piece.
    pub(super) fn pieces(&mut self, path: &Path, kind: FileKind) -> Option<Vec<PathBuf>> {
        if !self.known.contains_key(path) {
            if is_in_volumes(path) {
                volumes(path).into_iter().for_each(|pieces| self.know(pieces, true));
            } else if is_of_archive(path) {
                self.know_cut_archives(path);
            } else {
                return None;
            }
        }
        match self.known.get(path) {
            Some(Some(pieces)) => (pieces.len() > 1).then(|| pieces.to_vec()),
            _ => (kind == FileKind::Unknown && is_numbered(path)).then(|| vec![path.to_owned()]),
        }
    }

    /// The pieces that `split` made, or another program that cuts anywhere: each archive from a file that begins as one to
    /// the next.
    fn know_cut_archives(&mut self, path: &Path) {
        let (mut pieces, mut has_first) = (Vec::new(), false);
        for piece in pieces_around(path) {
            if begins_an_archive(&piece) {
                self.know(std::mem::take(&mut pieces), has_first);
                has_first = true;
            }
            pieces.push(piece);
        }
        self.know(pieces, has_first);
    }

    fn know(&mut self, pieces: Vec<PathBuf>, has_first: bool) {
        let pieces: Arc<[PathBuf]> = pieces.into();
        let known = pieces.iter().map(|piece| (piece.clone(), has_first.then(|| Arc::clone(&pieces))));
        self.known.extend(known);
    }
}

/// Whether the name without its last extension is that of an archive.
fn is_of_archive(path: &Path) -> bool {
    path.file_stem().is_some_and(|name| has_archive_name(Path::new(name)))
}

/// Whether the name says that a file is the first piece of an archive that was cut up: `mail.zip.001`, `mail.tgz.aa`,
/// `mail.z01`. Where no other piece is beside it, it reads as one that is cut off.
pub fn is_named_first_piece(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    let extension = extension.as_encoded_bytes();
    let is_first_letters = (2..=4).contains(&extension.len()) && extension.iter().all(|letter| *letter == b'a');
    let is_first_number = |digits: &[u8]| {
        let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<u16>().ok());
        are_digits(digits) && number.is_some_and(|number| number <= 1)
    };
    extension.strip_prefix(b"z").is_some_and(is_first_number)
        || (is_first_letters || is_first_number(extension)) && is_of_archive(path)
}

/// The volumes of a split ZIP: the last one is called `.zip`.
fn volumes(path: &Path) -> Option<Vec<PathBuf>> {
    let is_upper = path.extension()?.as_encoded_bytes().starts_with(b"Z");
    let named = |extension: &str| {
        path.with_extension(if is_upper { extension.to_ascii_uppercase() } else { extension.to_owned() })
    };
    let numbered = |number: &u32| named(&format!("z{number:02}")).is_file();
    let mut pieces: Vec<PathBuf> = successors(Some(1), |number| Some(number + 1))
        .take_while(numbered)
        .map(|number: u32| named(&format!("z{number:02}")))
        .collect();
    let last = named("zip");
    if last.is_file() && !begins_an_archive(&last) {
        pieces.push(last);
    }
    (pieces.len() > 1).then_some(pieces)
}

/// Whether it has the name of a volume of a split ZIP: `.z01`, or `.zip`.
fn is_in_volumes(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    extension == "zip" || extension.as_encoded_bytes().strip_prefix(b"z").is_some_and(are_digits)
}

/// Whether the name ends in a number: `.002`, `.z02`. Letters may be a word.
fn is_numbered(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    let extension = extension.as_encoded_bytes();
    are_digits(extension.strip_prefix(b"z").unwrap_or(extension))
}

fn are_digits(text: &[u8]) -> bool {
    (2..=4).contains(&text.len()) && text.iter().all(u8::is_ascii_digit)
}

/// Whether a file begins as an archive does, and so is not the next piece of another. The next piece may begin with a
/// message, if the ZIP is not compressed. What cannot be read does not begin so.
fn begins_an_archive(path: &Path) -> bool {
    FileKind::of_file(path).is_ok_and(|kind| kind.is_archive() || matches!(kind, FileKind::SevenZip | FileKind::Rar))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_first_pieces() {
        for name in
            ["mail.zip.001", "mail.tar.gz.aa", "mail.TGZ.AAA", "mail.mbox.gz.00", "mail.z01", "mail.Z01", "a.7z.0001"]
        {
            assert!(is_named_first_piece(Path::new(name)), "{name}");
        }
        for name in
            ["mail.zip", "mail.zip.002", "mail.tgz.ab", "mail.tgz.a", "mail.zip.old", "mail.001", "mail.z02", "x.aa"]
        {
            assert!(!is_named_first_piece(Path::new(name)), "{name}");
        }
    }

    #[test]
    fn each_archive_has_its_pieces() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &&str| folder.path().join(name);
        let files: [(&str, &[u8]); 8] = [
            ("a.zip.001", b"text"),
            ("a.zip.002", b"PK\x03\x04"),
            ("a.zip.003", b"text"),
            ("a.zip.004", b"PK\x03\x04"),
            ("b.tgz.ab", b"text"),
            ("c.z01", b"PK\x03\x04"),
            ("c.z02", b"text"),
            ("c.z04", b"text"),
        ];
        files.iter().for_each(|(name, bytes)| std::fs::write(path(name), bytes).unwrap());
        let mut archives = SplitArchives::default();
        for (name, expected) in [
            ("a.zip.003", &["a.zip.002", "a.zip.003"][..]),
            ("a.zip.001", &["a.zip.001"]),
            ("a.zip.002", &["a.zip.002", "a.zip.003"]),
            ("a.zip.004", &[]),
            ("b.tgz.ab", &[]),
            ("c.z02", &["c.z01", "c.z02"]),
            ("c.z01", &["c.z01", "c.z02"]),
            ("c.z04", &["c.z04"]),
        ] {
            let kind = FileKind::of_file(&path(&name)).unwrap();
            let pieces = archives.pieces(&path(&name), kind).unwrap_or_default();
            assert_eq!(pieces, expected.iter().map(path).collect::<Vec<_>>(), "{name}");
        }
    }
}
