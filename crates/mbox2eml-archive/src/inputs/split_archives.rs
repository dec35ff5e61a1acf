//! Pieces of an archive that was cut up: `takeout.zip.001` and `.002`, `mail.tgz.aa` and `.ab`, `mail.z01` and `.zip`.

use std::iter::successors;
use std::path::{Path, PathBuf};

use mbox2eml::source::FileKind;

use super::pieces::pieces_around;
use crate::file_names::has_archive_name;

/// The pieces of the archive that the file at `path`, of this kind, is a piece of, in order; the file itself if the first
/// one is not there. None if it is no piece: another name, or an archive by itself, which begins as one and has no next
/// piece.
pub(super) fn archive_pieces(path: &Path, kind: FileKind) -> Option<Vec<PathBuf>> {
    let pieces = if is_in_volumes(path) {
        volumes(path)
    } else if path.file_stem().is_some_and(|name| has_archive_name(Path::new(name))) {
        cut_archive(path)
    } else {
        return None;
    };
    match pieces {
        Some(pieces) if pieces.contains(&path.to_owned()) => (pieces.len() > 1).then_some(pieces),
        _ => (kind == FileKind::Unknown && is_numbered(path)).then(|| vec![path.to_owned()]),
    }
}

/// The pieces that `split` made, or another program that cuts anywhere: from the one before that begins as an archive.
fn cut_archive(path: &Path) -> Option<Vec<PathBuf>> {
    let around = pieces_around(path);
    let at = around.iter().position(|piece| piece == path)?;
    let first = around[..=at].iter().rposition(|piece| begins_an_archive(piece))?;
    let next = around[first + 1..].iter().take_while(|piece| !begins_an_archive(piece));
    Some([&around[first]].into_iter().chain(next).cloned().collect())
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
