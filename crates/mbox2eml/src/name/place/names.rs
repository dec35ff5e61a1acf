//! The folders of a place: portable, each its own, and short enough together.

use unicode_normalization::UnicodeNormalization;

use crate::fnv::fnv1a;
use crate::name::characters::{Charset, Style, cut, push_text};
use crate::name::component::push_folder;

/// The shortest that a folder is cut to.
const SHORTEST: usize = 64;

/// The shortest that one is cut to which is not the outermost, where there are too many for that.
const SHORTEST_OF_MANY: usize = 32;

/// The longest folder, in bytes: what every file system takes, with room for what may be added.
const LONGEST: usize = 200;

/// What a folder is called if nothing of its name is portable.
pub(super) const NAMELESS: &str = "mailbox";

/// How many hexadecimal digits a mark has.
const MARK: usize = 8;

/// How many a mark has where another name looks the same.
const LONG_MARK: usize = 16;

/// A folder of a place.
#[derive(Clone, Debug)]
pub(super) struct Name {
    portable: String,
    /// What is portable of the name.
    stem: String,
    /// The full original name, of which its mark is made.
    original: Vec<u8>,
    is_cut: bool,
}

impl Name {
    /// The folder for what is called `text`, or in full, by its own bytes, `original`.
    pub(super) fn new(text: &str, original: &[u8], charset: Charset) -> Self {
        let mut stem = String::new();
        push_text(&mut stem, text, Style::Folder, charset, LONGEST);
        let mut portable = String::new();
        push_folder(&mut portable, &stem);
        let is_same = text.nfc().eq(portable.chars());
        if stem.is_empty() {
            stem.push_str(NAMELESS);
        }
        let mut name = Self { portable, stem, original: original.to_owned(), is_cut: text.len() > LONGEST };
        if !is_same || name.portable.is_empty() {
            name.mark(MARK);
        }
        name
    }

    pub(super) fn as_str(&self) -> &str {
        &self.portable
    }

    /// Marks it as one of several with the same name; `full` is what distinguishes them.
    pub(super) fn mark_as_one_of_several(&mut self, full: &[u8]) {
        self.original = full.to_owned();
        self.mark(LONG_MARK);
    }

    /// Appends a mark made from the full original name, which is the same in every run. No portable text has a `~`.
    fn mark(&mut self, digits: usize) {
        let mark = format!("{:016x}", hash(&self.original));
        self.portable.clear();
        push_folder(&mut self.portable, &format!("{}~{}", self.stem, &mark[..digits]));
    }

    /// Cuts it to at most `room` bytes, which should be twice as many as a mark has.
    fn shorten(&mut self, room: usize) {
        let mark = self.portable.rsplit_once('~').map_or(MARK, |(_, mark)| mark.len());
        let trims = |c| Style::Folder.trims(c);
        while self.portable.len() > room && !self.stem.is_empty() {
            let excess = (self.stem.len() + 1 + mark).saturating_sub(room).max(1);
            let kept = cut(&self.stem, self.stem.len().saturating_sub(excess), char::len_utf8);
            self.stem.truncate(kept.trim_end_matches(trims).len());
            self.mark(mark);
        }
    }
}

/// One short name for a whole path, which no other path has.
pub(in crate::name) fn name_for_all(path: &str) -> String {
    let mut name = Name::new(&path.replace('/', "-"), path.as_bytes(), Charset::Unicode);
    name.mark(LONG_MARK);
    name.shorten(SHORTEST);
    name.portable
}

/// The path of the folders, from the outermost on, in at most `room` bytes; whether any had to be cut.
///
/// The innermost give way first, and each keeps [`SHORTEST`] bytes. Where there are too many for that, all but the outermost
/// keep [`SHORTEST_OF_MANY`]; or else the outermost and as many of the innermost as there is room for are left, and the
/// last one is marked as that of the whole path.
pub(super) fn join(mut names: Vec<Name>, room: usize) -> (String, bool) {
    let mut is_cut = names.iter().any(|name| name.is_cut);
    let mut length = names.iter().map(|name| name.portable.len() + 1).sum::<usize>().saturating_sub(1);
    for (spared, shortest) in [(0, SHORTEST), (1, SHORTEST_OF_MANY)] {
        for name in names.iter_mut().skip(spared).rev() {
            let before = name.portable.len();
            if length > room && before > shortest {
                name.shorten(before.saturating_sub(length - room).max(shortest));
                length -= before.saturating_sub(name.portable.len());
                is_cut = true;
            }
        }
    }
    if length > room {
        is_cut = true;
        names = few(names, room);
    }
    (names.iter().map(Name::as_str).collect::<Vec<_>>().join("/"), is_cut)
}

/// The first of the names and the last ones, in at most `room` bytes.
fn few(mut names: Vec<Name>, room: usize) -> Vec<Name> {
    let whole: Vec<u8> = names.iter().flat_map(|name| [name.original.as_slice(), b"/"]).flatten().copied().collect();
    let Some(mut last) = names.pop() else { return names };
    last.original = whole;
    last.mark(LONG_MARK);
    last.shorten(SHORTEST.min(room / 2));
    let mut left = room.saturating_sub(last.portable.len() + 1);
    let mut kept = vec![last];
    let mut names = names.into_iter();
    if let Some(mut first) = names.next() {
        first.shorten(left);
        left = left.saturating_sub(first.portable.len() + 1);
        for name in names.rev().take_while(|name| {
            let fits = left.checked_sub(name.portable.len() + 1);
            left = fits.unwrap_or(0);
            fits.is_some()
        }) {
            kept.push(name);
        }
        kept.push(first);
    }
    kept.reverse();
    kept
}

/// FNV-1a with its halves mixed, so that each part of it depends on every byte.
fn hash(bytes: &[u8]) -> u64 {
    let hash = fnv1a(bytes.iter().copied());
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ (mixed >> 29)
}
