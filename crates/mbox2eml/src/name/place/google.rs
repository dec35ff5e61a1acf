//! The names that Google gives to the archives of an export, and which of them are parts of one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// The name of one archive of a Takeout, such as `takeout-20261122T091502Z-001`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ArchiveName {
    /// `takeout-20261122T091502Z`: when the export was made. All its archives have this in common.
    pub(super) export: String,
    /// The numbers after it. The last one counts the parts.
    numbers: Vec<u32>,
}

impl ArchiveName {
    /// Reads `takeout-20261122T091502Z-001`, `takeout-20261122T091502Z-1-001` and, as second copies are called,
    /// `takeout-20261122T091502Z-001 (1)`. The extension is expected to be gone.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let name = without_copy_mark(name);
        let stamped =
            name.get(..PREFIX.len()).filter(|prefix| prefix.eq_ignore_ascii_case(PREFIX))?.len() + STAMP.len();
        let (export, numbers) = name.split_at_checked(stamped)?;
        is_stamp(&export[PREFIX.len()..]).then_some(())?;
        let mut parts = numbers.split('-');
        parts.next().filter(|before| before.is_empty())?;
        let numbers: Vec<u32> = parts.map(number).collect::<Option<_>>()?;
        let stamp = export[PREFIX.len()..].to_ascii_uppercase();
        (numbers.len() <= 2).then(|| Self { export: format!("{PREFIX}{stamp}"), numbers })
    }
}

const PREFIX: &str = "takeout-";

/// The form of a time stamp; `0` is any digit.
const STAMP: &str = "00000000T000000Z";

fn is_stamp(text: &str) -> bool {
    let fits =
        |(byte, form): (u8, u8)| if form == b'0' { byte.is_ascii_digit() } else { byte.eq_ignore_ascii_case(&form) };
    text.len() == STAMP.len() && text.bytes().zip(STAMP.bytes()).all(fits)
}

fn number(digits: &str) -> Option<u32> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// The name without what browsers and file managers add to that of a second copy: ` (1)`, `(1)`, ` copy`, ` - Copy`,
/// and numbers after these.
pub fn without_copy_mark(name: &str) -> &str {
    let in_brackets = name.strip_suffix(')').and_then(|name| name.rsplit_once('('));
    let unnumbered = match in_brackets {
        Some((before, number)) if is_number(number) => before.trim_end_matches(' '),
        _ => match name.rsplit_once(' ') {
            Some((before, number)) if is_number(number) && without_end(before, " copy").is_some() => before,
            _ => name,
        },
    };
    let original = [" - copy", " copy"].iter().find_map(|mark| without_end(unnumbered, mark)).unwrap_or(unnumbered);
    if original.is_empty() { name } else { original }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What comes before this end, in any case.
fn without_end<'a>(text: &'a str, end: &str) -> Option<&'a str> {
    let (before, last) = text.split_at_checked(text.len().checked_sub(end.len())?)?;
    last.eq_ignore_ascii_case(end).then_some(before)
}

/// The archives of Google's in one folder, and which of them belong together.
#[derive(Clone, Debug, Default)]
pub(super) struct Siblings {
    /// The numbers of every archive, by its export's name. A second copy has those of the first.
    parts: BTreeMap<String, BTreeSet<Vec<u32>>>,
    /// Whether the numbers of all follow one another, once that is known.
    is_one_series: OnceLock<bool>,
}

impl Siblings {
    pub(super) fn add(&mut self, archive: ArchiveName) {
        self.parts.entry(archive.export).or_default().insert(archive.numbers);
        self.is_one_series.take();
    }

    /// The name of the export that an archive belongs to: the one that is made of its time, or if the numbers of all
    /// archives in the folder follow one another, whatever their times, the first of theirs.
    pub(super) fn export<'a>(&'a self, archive: &'a ArchiveName) -> &'a str {
        match self.parts.first_key_value() {
            Some((first, _)) if self.is_one_series() && self.parts.contains_key(&archive.export) => first,
            _ => &archive.export,
        }
    }

    fn is_one_series(&self) -> bool {
        *self.is_one_series.get_or_init(|| self.follow_one_another())
    }

    fn follow_one_another(&self) -> bool {
        let mut numbers: Vec<&[u32]> = self.parts.values().flatten().map(Vec::as_slice).collect();
        numbers.sort_unstable();
        let follows = |pair: &[&[u32]]| match (pair[0].split_last(), pair[1].split_last()) {
            (Some((one, before)), Some((next, before_next))) => {
                before == before_next && one.checked_add(1) == Some(*next)
            }
            _ => false,
        };
        numbers.windows(2).all(follows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_archives() {
        for name in [
            "takeout-20261122T091502Z-001",
            "takeout-20261122T091502Z-1-001",
            "takeout-20261122T091502Z",
            "Takeout-20261122t091502z-001",
            "takeout-20261122T091502Z-001 (1)",
            "takeout-20261122T091502Z-001(12)",
            "takeout-20261122T091502Z-002 copy",
            "takeout-20261122T091502Z-002 copy 2",
            "takeout-20261122T091502Z-002 - Copy",
            "takeout-20261122T091502Z-002 - Copy (2)",
        ] {
            let archive = ArchiveName::parse(name);
            assert_eq!(archive.map(|archive| archive.export).as_deref(), Some("takeout-20261122T091502Z"), "{name}");
        }
        for name in [
            "",
            "takeout",
            "takeout-",
            "takeout-001",
            "takeout-2026112XT091502Z-001",
            "takeout-20261122T091502Z-",
            "takeout-20261122T091502Z001",
            "takeout-20261122T091502Z-ann",
            "takeout-20261122T091502Z-1-2-3",
            "takeout-20261122T091502Z-99999999999",
            "takeout-20261122T091502Z-001 (a)",
            "takeout-20261122T091502Z-001 ()",
            "takeout-20261122T091502Z-001 2",
            "my-takeout-20261122T091502Z-001",
            "takeöut-20261122T091502Z-001",
            "takeout-20261122T09150ü",
        ] {
            assert_eq!(ArchiveName::parse(name), None, "{name}");
        }
    }

    #[test]
    fn parts_of_one_export() {
        let (one, other) = ("takeout-20261122T091502Z", "takeout-20261122T093000Z");
        let [early, late] = ["T0915", "T0930"];
        let exports = |parts: &[(&str, &str)]| -> Vec<String> {
            let parse = |(export, part): &(&str, &str)| ArchiveName::parse(&format!("{export}{part}")).unwrap();
            let archives: Vec<ArchiveName> = parts.iter().map(parse).collect();
            let mut siblings = Siblings::default();
            archives.iter().cloned().for_each(|archive| siblings.add(archive));
            archives.iter().map(|archive| siblings.export(archive)[16..21].to_owned()).collect()
        };
        let check = |parts: &[(&str, &str)], expected: &[&str]| assert_eq!(exports(parts), expected, "{parts:?}");
        check(&[(one, "-001"), (other, "-002")], &[early, early]);
        check(&[(other, "-1-002"), (one, "-1-001")], &[early, early]);
        check(&[(one, "-002"), (other, "-001")], &[early, early]);
        check(&[(one, "-001 (1)"), (one, "-001"), (other, "-002")], &[early, early, early]);
        // One export, gap or not.
        check(&[(one, "-001"), (one, "-003")], &[early, early]);
        // These are two exports.
        check(&[(one, "-001"), (other, "-001")], &[early, late]);
        check(&[(one, "-001"), (other, "-003")], &[early, late]);
        check(&[(one, "-1-001"), (other, "-2-002")], &[early, late]);
        check(&[(one, ""), (other, "")], &[early, late]);
    }
}
