//! What may be a component of a path on Windows, macOS and Linux alike, and how long it may be.

use unicode_normalization::UnicodeNormalization;

use super::characters::Style;

/// The longest file name, and the longest folder that a template makes, in bytes.
pub(super) const COMPONENT: usize = 100;

/// The longest path below the output, in bytes.
pub(super) const PATH: usize = 240;

/// What the file name keeps of it, however long the folders are.
const FILE: usize = 60;

/// The longest path of all folders together, in bytes.
pub(super) const FOLDERS: usize = PATH - FILE - 1;

/// What [`push_folder`] may add to a name, in bytes.
pub(super) const FOLDER_MARKS: usize = 2;

/// The largest share for each of several texts so that together they are at most `room` long:
/// the longest give way first.
pub(super) fn fair_share(lengths: &[usize], room: usize) -> usize {
    let longest = lengths.iter().copied().max().unwrap_or(0);
    let together = |share: usize| lengths.iter().map(|length| share.min(*length)).sum::<usize>();
    (0..=longest).rev().find(|share| together(*share) <= room).unwrap_or(0)
}

/// Appends a folder of this name to `path`, or nothing if nothing is left of the name.
///
/// Adds at most [`FOLDER_MARKS`] bytes to the name: for a device's name, and for one that looks
/// like a file of ours and might take its place.
pub(super) fn push_folder(path: &mut String, name: &str) {
    let name = name.trim_matches(|c| Style::Folder.trims(c));
    if name.is_empty() {
        return;
    }
    if !path.is_empty() {
        path.push('/');
    }
    if is_device(name) {
        path.push('_');
    }
    path.push_str(name);
    if name.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("eml")) {
        path.push('_');
    }
}

/// Whether Windows would open a device instead of a file of this name, whatever its extension.
pub(super) fn is_device(name: &str) -> bool {
    let base = name.split_once('.').map_or(name, |(base, _)| base).trim_end_matches(' ');
    let whole = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];
    let numbered = |prefix: &str| {
        let (start, number) = base.split_at_checked(prefix.len()).unwrap_or_default();
        let mut number = number.chars();
        start.eq_ignore_ascii_case(prefix)
            && matches!(number.next(), Some('0'..='9' | '¹' | '²' | '³'))
            && number.next().is_none()
    };
    whole.iter().any(|device| base.eq_ignore_ascii_case(device)) || numbered("COM") || numbered("LPT")
}

/// What two names have in common if a file system without case takes them for one.
///
/// Stricter than any of them: it also folds `ß` with `ss`. So it keeps apart rather too much.
pub(crate) fn caseless(name: &str) -> String {
    let folded = name.nfd().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    folded.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices() {
        let devices = [
            "CON",
            "con.txt",
            "Prn",
            "aUx.tar.gz",
            "NUL ",
            "nul .x",
            "COM1",
            "com0",
            "LPT9.eml",
            "COM¹",
            "lpt².x",
            "COM³",
            "CONIN$",
            "conout$.txt",
        ];
        for name in devices {
            assert!(is_device(name), "{name}");
        }
        for name in ["CONS", "CON_", "_CON", "xCON", "COM", "COM10", "COMX", "COM⁴", "LP1", "NU", "", ".CON", "語"] {
            assert!(!is_device(name), "{name}");
        }
    }

    #[test]
    fn the_longest_give_way() {
        assert_eq!(fair_share(&[10, 20, 30], 60), 30);
        assert_eq!(fair_share(&[10, 20, 30], 50), 20);
        assert_eq!(fair_share(&[10, 20, 30], 49), 19);
        assert_eq!(fair_share(&[10, 20, 30], 2), 0);
        assert_eq!(fair_share(&[], 5), 0);
    }

    #[test]
    fn without_case() {
        for (one, other) in [("Inbox", "INBOX"), ("ÄÖ", "a\u{308}ö"), ("ς", "Σ"), ("ſ", "S"), ("ß", "SS"), ("ǅ", "Ǆ")]
        {
            assert_eq!(caseless(one), caseless(other), "{one} {other}");
        }
        assert_ne!(caseless("a"), caseless("ä"));
    }
}
