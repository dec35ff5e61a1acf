//! Archives that belong together: the parts of one export, and second copies of a download. By their names; whether a
//! copy is one is decided by its content.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use mbox2eml::internals::{Compared, Comparison, without_copy_mark};

use crate::file_names::has_extension;

/// How many bytes of two files are compared at a time.
const BLOCK: usize = 256 << 10;

/// The name of an archive, taken apart: `takeout-20240101T000000Z-001 (1).zip`.
#[derive(Debug, PartialEq, Eq)]
struct ArchiveName<'a> {
    /// What the parts have in common: `takeout-20240101T000000Z`.
    export: &'a str,
    /// The number of the part: 1.
    part: Option<u32>,
    /// Whether it is marked as a second copy: ` (1)`.
    is_copy: bool,
    extension: &'a str,
}

impl<'a> ArchiveName<'a> {
    fn of(path: &'a Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let (stem, _) = name.rsplit_once('.')?;
        let inner = stem.rsplit_once('.').filter(|_| has_extension(Path::new(stem), &["tar", "mbox"]));
        let stem = inner.map_or(stem, |(stem, _)| stem);
        let extension = &name[stem.len()..];
        let original = without_copy_mark(stem);
        let (export, part) = match original.rsplit_once('-') {
            Some((export, part)) if is_part(part) && !export.is_empty() => (export, part.parse().ok()),
            _ => (original, None),
        };
        Some(Self { export, part, is_copy: original.len() < stem.len(), extension })
    }
}

fn is_part(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether Google named an export so: `takeout-` and the time at which it was made.
fn is_takeout(export: &str) -> bool {
    export.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("takeout-"))
}

/// The export that the archive at `path` is a part of: the same for all its parts, and like no other path.
pub(super) fn export(path: &Path) -> PathBuf {
    match ArchiveName::of(path) {
        // Behind the time there may be the number of a group of parts.
        Some(name) if is_takeout(name.export) => {
            let end = name.export[8..].find('-').map_or(name.export.len(), |at| 8 + at);
            path.with_file_name(&name.export[..end])
        }
        Some(ArchiveName { export, part: Some(_), .. }) => path.with_file_name(export),
        _ => path.to_owned(),
    }
}

/// Parts of an export that are not there.
///
/// ```
/// use mbox2eml_archive::inputs::{Found, Inputs};
/// # let folder = tempfile::tempdir()?;
///
/// let part = folder.path().join("takeout-20240101T000000Z-003.zip");
/// std::fs::write(&part, "PK\x05\x06")?;
/// for found in Inputs::builder().find(&[part]) {
///     if let Found::MissingParts(parts) = found {
///         assert_eq!(parts.missing, [1, 2]);
///     }
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MissingParts {
    /// One of the parts that are there.
    pub archive: PathBuf,
    /// The numbers that are missing before the highest one.
    pub missing: Vec<u32>,
}

/// The exports among these archives of which parts are missing, by the numbers of those that are there.
pub(super) fn missing_parts<'a>(archives: impl Iterator<Item = &'a Path>) -> Vec<MissingParts> {
    let mut exports: BTreeMap<(PathBuf, String), (BTreeSet<u32>, PathBuf)> = BTreeMap::new();
    for path in archives {
        let Some(ArchiveName { export, part: Some(part), extension, .. }) = ArchiveName::of(path) else { continue };
        let key = (path.with_file_name(export), extension.to_ascii_lowercase());
        exports.entry(key).or_insert_with(|| (BTreeSet::new(), path.to_owned())).0.insert(part);
    }
    let gaps = exports.into_iter().filter_map(|((export, _), (parts, archive))| {
        // A single number of another program's may mean anything.
        let name = export.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let first = if is_takeout(name) { 1 } else { *parts.first()? };
        let missing: Vec<u32> = (first..*parts.last()?).filter(|part| !parts.contains(part)).collect();
        (!missing.is_empty()).then_some(MissingParts { archive, missing })
    });
    gaps.collect()
}

/// The second copies among these files, each with the file that has the same content.
pub(super) fn second_copies(paths: &[PathBuf]) -> BTreeMap<PathBuf, PathBuf> {
    let mut alike: BTreeMap<PathBuf, Vec<(bool, &PathBuf)>> = BTreeMap::new();
    for path in paths {
        let Some(ArchiveName { export, part, is_copy, extension }) = ArchiveName::of(path) else { continue };
        let part = part.map(|part| format!("-{part:03}")).unwrap_or_default();
        alike.entry(path.with_file_name(format!("{export}{part}{extension}"))).or_default().push((is_copy, path));
    }
    let mut copies = BTreeMap::new();
    for mut files in alike.into_values().filter(|files| files.len() > 1) {
        files.sort();
        let mut kept: Vec<&PathBuf> = Vec::new();
        for (is_copy, path) in files {
            match kept.iter().find(|other| is_copy && have_same_content(other, path)) {
                Some(other) => drop(copies.insert(path.clone(), (*other).clone())),
                None => kept.push(path),
            }
        }
    }
    copies
}

/// Whether two files have the same bytes. What cannot be read is like no other.
fn have_same_content(one: &Path, other: &Path) -> bool {
    let size = |path: &Path| fs::metadata(path).ok().map(|metadata| metadata.len());
    size(one).is_some() && size(one) == size(other) && compare(one, other).unwrap_or(false)
}

fn compare(one: &Path, other: &Path) -> io::Result<bool> {
    let (mut one, mut other) = (File::open(one)?, Comparison::new(File::open(other)?));
    let mut block = vec![0; BLOCK];
    loop {
        match one.read(&mut block)? {
            0 => return other.is_at_end(),
            count if other.next(&block[..count])? == Compared::Equal => {}
            _ => return Ok(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        for (name, export, part, is_copy, extension) in [
            ("takeout-20240101T000000Z-001.zip", "takeout-20240101T000000Z", Some(1), false, ".zip"),
            ("takeout-20240101T000000Z-012 (1).zip", "takeout-20240101T000000Z", Some(12), true, ".zip"),
            ("takeout-20240101T000000Z-1-003(2).tgz", "takeout-20240101T000000Z-1", Some(3), true, ".tgz"),
            ("mail-2024.tar.gz", "mail-2024", None, false, ".tar.gz"),
            ("mail copy.tar.gz", "mail", None, true, ".tar.gz"),
            ("mail copy 2.zip", "mail", None, true, ".zip"),
            ("mail - Copy.zip", "mail", None, true, ".zip"),
            ("mail - Copy (2).zip", "mail", None, true, ".zip"),
            ("(1).zip", "(1)", None, false, ".zip"),
            ("mail (a).zip", "mail (a)", None, false, ".zip"),
            ("-001.zip", "-001", None, false, ".zip"),
            ("Sent (1).mbox.gz", "Sent", None, true, ".mbox.gz"),
        ] {
            assert_eq!(
                ArchiveName::of(Path::new(name)),
                Some(ArchiveName { export, part, is_copy, extension }),
                "{name}"
            );
        }
    }

    #[test]
    fn parts_have_one_export() {
        for (path, of) in [
            ("a/takeout-20240101T000000Z-001.zip", "a/takeout-20240101T000000Z"),
            ("a/takeout-20240101T000000Z-2-001 (1).tgz", "a/takeout-20240101T000000Z"),
            ("a/takeout-20240101T000000Z.zip", "a/takeout-20240101T000000Z"),
            ("a/backup-002.zip", "a/backup"),
            ("a/backup.zip", "a/backup.zip"),
        ] {
            assert_eq!(export(Path::new(path)), Path::new(of));
        }
    }

    #[test]
    fn gaps_in_the_numbers_are_found() {
        let missing = |names: &[&str]| {
            let gaps = missing_parts(names.iter().map(Path::new));
            gaps.into_iter().map(|gap| (gap.archive.display().to_string(), gap.missing)).collect::<Vec<_>>()
        };
        assert_eq!(missing(&["t-001.zip", "t-002.zip"]), []);
        assert_eq!(missing(&["t-003.zip", "t-001.zip"]), [("t-003.zip".to_owned(), vec![2])]);
        assert_eq!(missing(&["t-003.zip"]), [], "the number may mean anything");
        assert_eq!(missing(&["a/takeout-1Z-003.zip"]), [("a/takeout-1Z-003.zip".to_owned(), vec![1, 2])]);
        assert_eq!(missing(&["a/t-001.zip", "b/t-003.zip", "a/t-002 (1).zip", "t-009.tgz"]), []);
    }

    #[test]
    fn copies_are_known_by_their_content() {
        let folder = tempfile::tempdir().unwrap();
        let files = [
            ("a-001.zip", "same"),
            ("a-001 (1).zip", "same"),
            ("a-001 (2).zip", "else"),
            ("a-001 (3).zip", "else"),
            ("a-002.zip", "same"),
            ("b (1).zip", "same"),
            ("b (2).zip", "same"),
            ("c.zip", "same"),
            ("c (1).tgz", "same"),
        ];
        let path = |name: &str| folder.path().join(name);
        files.iter().for_each(|(name, bytes)| fs::write(path(name), bytes).unwrap());
        let paths: Vec<PathBuf> = files.iter().rev().map(|(name, _)| path(name)).collect();
        let copies = [("a-001 (1).zip", "a-001.zip"), ("a-001 (3).zip", "a-001 (2).zip"), ("b (2).zip", "b (1).zip")];
        assert_eq!(second_copies(&paths), copies.map(|(copy, of)| (path(copy), path(of))).into());
    }
}
