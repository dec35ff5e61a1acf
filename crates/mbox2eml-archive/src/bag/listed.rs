//! Files of checksums: a line for each file, with its path in the bag.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use mbox2eml::report::Digest;

/// No line is longer: paths have a few kilobytes at most.
const MAX_LINE: u64 = 64 << 10;

/// A file that a bag lists.
///
/// ```
/// use mbox2eml_archive::bag::Bag;
/// # let folder = tempfile::tempdir()?;
/// # let root = folder.path();
///
/// std::fs::write(root.join("bagit.txt"), "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")?;
/// std::fs::write(root.join("manifest-sha256.txt"), "0f  data/100%25.eml\n")?;
/// for listed in Bag::existing(root).unwrap().listed()? {
///     let listed = listed?;
///     assert_eq!((listed.path.as_str(), listed.sha256.as_str()), ("data/100%.eml", "0f"));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListedFile {
    /// Its path below the bag's root, with `/` between folders.
    pub path: String,
    /// Its SHA-256, in lower case.
    pub sha256: String,
}

/// The files that a bag lists: an iterator.
///
/// ```
/// use mbox2eml_archive::bag::Listed;
///
/// assert_eq!(Listed::default().count(), 0);
/// ```
#[derive(Debug, Default)]
pub struct Listed {
    file: Option<BufReader<File>>,
    name: String,
    line: u64,
}

impl Listed {
    pub(super) fn new(file: File, name: &str) -> Self {
        Self { file: Some(BufReader::new(file)), name: name.to_owned(), line: 0 }
    }

    fn parse(&self, line: &[u8]) -> Result<ListedFile, String> {
        let fault = |why: &str| format!("{}, line {}: {why}", self.name, self.line);
        let line = str::from_utf8(line).map_err(|_| fault("it is not UTF-8"))?.trim_end_matches(['\n', '\r']);
        let (sha256, path) = line.split_once([' ', '\t']).ok_or_else(|| fault("it has no path"))?;
        let path = path.trim_start_matches([' ', '\t']);
        // As sha256sum writes it for files that it read as binary.
        let path = decoded(path.strip_prefix('*').unwrap_or(path));
        if path.is_empty() {
            return Err(fault("it has no path"));
        }
        Ok(ListedFile { path, sha256: sha256.to_ascii_lowercase() })
    }
}

impl Iterator for Listed {
    type Item = Result<ListedFile, String>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut line = Vec::new();
            let read = self.file.as_mut()?.take(MAX_LINE).read_until(b'\n', &mut line);
            self.line += 1;
            match read {
                Ok(0) => return None,
                Ok(_) if line.trim_ascii().is_empty() => {}
                Ok(_) => return Some(self.parse(&line)),
                Err(error) => {
                    self.file = None;
                    return Some(Err(format!("{}, line {}: {error}", self.name, self.line)));
                }
            }
        }
    }
}

/// The line of a file.
pub(super) fn line(path: &str, digest: &Digest) -> String {
    format!("{}  {}\n", digest.hex(), encoded(path))
}

/// The path with its line ends and `%` as `%0A`, `%0D` and `%25` (RFC 8493, section 2.1.3).
fn encoded(path: &str) -> String {
    path.replace('%', "%25").replace('\n', "%0A").replace('\r', "%0D")
}

fn decoded(path: &str) -> String {
    let mut text = String::new();
    let mut rest = path;
    while let Some(at) = rest.find('%') {
        text += &rest[..at];
        let (character, length) = match rest.get(at..at + 3).map(str::to_ascii_uppercase).as_deref() {
            Some("%0A") => ('\n', 3),
            Some("%0D") => ('\r', 3),
            Some("%25") => ('%', 3),
            _ => ('%', 1),
        };
        text.push(character);
        rest = &rest[at + length..];
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_encoded_as_rfc_8493_requires_and_found_again() {
        for (path, written) in
            [("data/a b.eml", "data/a b.eml"), ("100%\r\n", "100%25%0D%0A"), ("%0A", "%250A"), ("%25é", "%2525é")]
        {
            assert_eq!(encoded(path), written);
            assert_eq!(decoded(written), path);
        }
        // Other programs do not encode all of them.
        for (written, path) in [("100%", "100%"), ("%0a%", "\n%"), ("%é5", "%é5"), ("%2", "%2")] {
            assert_eq!(decoded(written), path);
        }
    }
}
