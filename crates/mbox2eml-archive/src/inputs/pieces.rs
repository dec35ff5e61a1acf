//! Pieces of a mailbox that was cut up, as `split` does it: only the first one begins with a From_ line.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use mbox2eml::internals::{Shape, field_name, to_u64};
use mbox2eml::source::FileKind;
use mbox2eml::split::FromLine;
use memchr::memmem;

/// How many bytes of a file are searched for a message: more than the longest one that mail servers accept.
const SEARCHED: usize = 64 << 20;

/// How many bytes are read at a time.
const BLOCK: usize = 1 << 20;

/// No From_ line with the header field below it is longer.
const LONGEST: usize = 2 << 10;

/// Whether the file at `path` begins in the middle of a mailbox: no From_ line at its start, and a dated one with a
/// header field below it after an empty line further on.
///
/// At most 64 MiB are read, and of a file that is no text only its start. What cannot be read is no piece.
pub(super) fn is_piece(path: &Path, kind: FileKind) -> bool {
    // What these begin with is not found in the middle of a mailbox by chance, and a message of its own may quote one.
    let may_be = matches!(
        kind,
        FileKind::Unknown
            | FileKind::SingleMessage
            | FileKind::FromLine
            | FileKind::Html
            | FileKind::Json
            | FileKind::Emlx
    );
    let is_message =
        ["eml", "emlx"].iter().any(|kind| path.extension().is_some_and(|end| end.eq_ignore_ascii_case(kind)));
    may_be && !is_message && File::open(path).and_then(has_message_further_on).unwrap_or(false)
}

/// Whether the file at `path` is a mailbox although no header field is below its first From_ line: that line has a date, and
/// a message begins further on.
pub(super) fn is_headless_mailbox(path: &Path, kind: FileKind) -> bool {
    let has_date = |mut file: File| {
        let mut head = Vec::with_capacity(LONGEST);
        file.by_ref().take(to_u64(LONGEST)).read_to_end(&mut head)?;
        let begin = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head).trim_ascii_start();
        let line = begin.split(|byte| *byte == b'\n').next().and_then(FromLine::parse);
        io::Result::Ok(line.is_some_and(|line| line.shape() == Shape::Strong))
    };
    kind == FileKind::FromLine
        && File::open(path).and_then(has_date).unwrap_or(false)
        && File::open(path).and_then(has_message_further_on).unwrap_or(false)
}

fn has_message_further_on(mut file: impl Read) -> io::Result<bool> {
    let mut bytes = Vec::with_capacity(BLOCK + LONGEST);
    let mut searched = 0;
    while searched < SEARCHED {
        let kept = bytes.len();
        let read = file.by_ref().take(to_u64(BLOCK)).read_to_end(&mut bytes)?;
        if searched == 0 && bytes.iter().take(FileKind::HEAD).any(|byte| *byte == 0) {
            return Ok(false);
        }
        if has_message(&bytes, read == 0) {
            return Ok(true);
        }
        if read == 0 {
            break;
        }
        searched += read;
        let overlap = LONGEST.min(kept + read);
        bytes.drain(..kept + read - overlap);
    }
    Ok(false)
}

/// Whether a message begins in `bytes`, after an empty line.
fn has_message(bytes: &[u8], at_end: bool) -> bool {
    let is_message = |at: usize| {
        let after_empty_line = bytes[..at].ends_with(b"\n\n") || bytes[..at].ends_with(b"\n\r\n");
        let mut lines = bytes[at..].split_inclusive(|byte| *byte == b'\n');
        let line = lines.next().unwrap_or_default();
        let below = lines.find(|line| !line.starts_with(b">From ")).unwrap_or_default();
        let is_whole = at_end || below.ends_with(b"\n");
        after_empty_line
            && is_whole
            && field_name(below).is_some()
            && FromLine::parse(line).is_some_and(|line| line.shape() == Shape::Strong)
    };
    memmem::find_iter(bytes, b"\nFrom ").any(|at| is_message(at + 1))
}

/// The files that `path` was cut into together with, by their names and in order, `path` included: `big.mbox.aa`,
/// `big.mbox.ab` and so on, or `x00`, `x01`. Only files that are there are given; alone if there are no others.
pub(super) fn pieces_around(path: &Path) -> Vec<PathBuf> {
    let walk = |step| std::iter::successors(neighbour(path, step), move |piece| neighbour(piece, step));
    let mut pieces: Vec<PathBuf> = walk(Step::Back).collect();
    pieces.reverse();
    // Spelled as the others, before whose names the separator is that of the system.
    pieces.push(path.file_name().map_or_else(|| path.to_owned(), |name| path.with_file_name(name)));
    pieces.extend(walk(Step::On));
    pieces
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Back,
    On,
}

/// The file whose name counts one less or one more, if it is there.
fn neighbour(path: &Path, step: Step) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    // A suffix of one letter would be the end of any word; more than four would be a word.
    (2..=4)
        .filter_map(|width| counted(name, width, step))
        .map(|name| path.with_file_name(name))
        .find(|path| path.is_file())
}

/// The name that counts one less or one more in its last `width` letters or digits.
fn counted(name: &str, width: usize, step: Step) -> Option<String> {
    let start = name.len().checked_sub(width).filter(|start| *start > 0)?;
    let (stem, suffix) = name.split_at_checked(start)?;
    let mut suffix = suffix.as_bytes().to_vec();
    let (first, last) = match suffix.first()? {
        b'0'..=b'9' => (b'0', b'9'),
        _ => (b'a', b'z'),
    };
    if !suffix.iter().all(|digit| (first..=last).contains(digit)) {
        return None;
    }
    let (edge, wrapped) = if step == Step::Back { (first, last) } else { (last, first) };
    let place = suffix.iter().rposition(|digit| *digit != edge)?;
    suffix[place + 1..].fill(wrapped);
    suffix[place] = if step == Step::Back { suffix[place] - 1 } else { suffix[place] + 1 };
    Some(format!("{stem}{}", String::from_utf8(suffix).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_with(bytes: impl AsRef<[u8]>, is_one: fn(&Path, FileKind) -> bool) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, bytes).unwrap();
        is_one(&path, FileKind::of_file(&path).unwrap())
    }

    fn is_piece_with(bytes: impl AsRef<[u8]>) -> bool {
        is_with(bytes, is_piece)
    }

    const MESSAGE: &str = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Hello\n\nBody\n\n";

    #[test]
    fn what_is_a_piece() {
        for start in [
            "dy\n\n",
            "ct: x\n\nbody\n\n",
            "Subject: x\n\nbody\n\n",
            "<p>\n\n",
            // As the head of a file of Apple Mail, by chance.
            "4711\nContent-Type: text/plain\n\nbody\n\n",
            "{}\r\n\r\n",
            " 12:00:00 2024\nTo: a\n\n\n",
        ] {
            assert!(is_piece_with(format!("{start}{MESSAGE}")), "{start:?}");
        }
        for length in [BLOCK - 70, BLOCK - 40, BLOCK - 1, BLOCK, 3 * BLOCK + 1] {
            assert!(is_piece_with(format!("{}\n\n{MESSAGE}", "x".repeat(length))), "{length}");
        }
        for end in ["", "To: x", "To: x\n", "From b@example.org Mon Jan  1 00:00:00 2024\nTo: "] {
            let text = format!("text\n\nFrom ann@example.org Mon Jan  1 00:00:00 2024\n{end}");
            assert_eq!(is_piece_with(&text), end.starts_with("To"), "{end:?}");
        }
    }

    #[test]
    fn what_is_no_piece() {
        for other in [
            "",
            "text\n",
            MESSAGE,
            "text\n\nFrom then on: nothing\nwas: so\n",
            "text\n\nFrom ann@example.org Mon Jan  1 00:00:00 2024\n\nno header\n",
            "text\nFrom ann@example.org Mon Jan  1 00:00:00 2024\nSubject: no empty line\n",
            "text\n\n>From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: quoted\n",
        ] {
            assert!(!is_piece_with(other), "{other:?}");
        }
        assert!(!is_piece_with(format!("\0binary\n\n{MESSAGE}")));
    }

    #[test]
    fn a_mailbox_may_begin_with_a_message_without_a_header() {
        let dated = "From bob@example.org Mon Jan  1 00:00:00 2024\n";
        for (start, is_mailbox) in [
            (format!("{dated}\nno header\n\n"), true),
            (format!("\n{dated}no header\n\n"), true),
            (format!("\u{feff}{dated}\r\n\r\n"), true),
            ("From the office of the director\n\nno header\n\n".to_owned(), false),
            ("text\n\n".to_owned(), false),
        ] {
            assert_eq!(is_with(format!("{start}{MESSAGE}"), is_headless_mailbox), is_mailbox, "{start:?}");
        }
        assert!(!is_with(format!("{dated}\nno header\n"), is_headless_mailbox));
    }

    #[test]
    fn pieces_are_found_by_their_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &&str| folder.path().join(name);
        for group in [
            &["big.mbox.aa", "big.mbox.ab", "big.mbox.ac"][..],
            &["xay", "xaz", "xba"],
            &["m00", "m01", "m02"],
            &["part.099", "part.100", "part.101"],
            &["alone.mbox"],
        ] {
            let paths: Vec<PathBuf> = group.iter().map(path).collect();
            paths.iter().for_each(|path| std::fs::write(path, "").unwrap());
            for path in &paths {
                assert_eq!(pieces_around(path), paths, "{}", path.display());
            }
            // However a path is spelled, the first piece is spelled alike: one set of pieces is known for one by it.
            let spelled = |name: &&str| format!("{}//{name}", folder.path().display());
            let first = |name| pieces_around(Path::new(&spelled(name)))[0].display().to_string();
            let firsts: Vec<String> = group.iter().map(first).collect();
            assert!(firsts.iter().all(|other| *other == firsts[0]), "{firsts:?}");
        }
    }
}
