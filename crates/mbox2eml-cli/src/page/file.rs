//! The file of a page: written whole or not at all, and never over another file.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::document::{GENERATOR, render};
use super::model::Page;
use crate::kept::{OwnFile, folder_of};

/// What distinguishes a report from other files.
pub(crate) const REPORT: OwnFile = OwnFile { noun: "report of mbox2eml", looks_like_one };

/// The generator is named within so many bytes.
const HEAD: u64 = 4 << 10;

fn looks_like_one(path: &Path) -> io::Result<bool> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    Ok(head.is_empty() || String::from_utf8_lossy(&head).contains(GENERATOR))
}

/// Whether the name is that of a page.
pub(crate) fn is_page(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| extension == "html" || extension == "htm")
}

/// Checks before a run that a page can be written there at its end.
pub(crate) fn check(path: &Path) -> io::Result<()> {
    REPORT.is_there(path)?;
    temporary(path).map(drop)
}

/// Writes a page; returns where that of an earlier run is kept, if there was one.
pub(crate) fn write(path: &Path, page: &Page) -> io::Result<Option<PathBuf>> {
    let mut file = temporary(path)?;
    file.write_all(render(page)?.as_bytes())?;
    file.as_file().sync_all()?;
    let kept = REPORT.keep_earlier(path)?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(kept)
}

/// A file beside it, which is removed unless it gets its name.
fn temporary(path: &Path) -> io::Result<NamedTempFile> {
    let folder = folder_of(path);
    if !folder.is_dir() {
        let (kind, what) = match folder.try_exists()? {
            true => (ErrorKind::NotADirectory, "is not a folder"),
            false => (ErrorKind::NotFound, "does not exist"),
        };
        return Err(io::Error::new(kind, format!("{} {what}", folder.display())));
    }
    let mut builder = Builder::new();
    builder.prefix(".mbox2eml-report-").suffix(".tmp");
    // As for any new file, and not for the owner only.
    #[cfg(unix)]
    builder.permissions(<std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666));
    // The error would name the temporary file, which the user does not know.
    builder.tempfile_in(folder).map_err(|error| error.kind().into())
}
