//! A file beside the payload: written under another name, and renamed when it is whole.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use mbox2eml::report::Digest;
use tempfile::{Builder, NamedTempFile};

const PREFIX: &str = ".mbox2eml-bag-";
const SUFFIX: &str = ".tmp";

/// Whether a file of this name was being written when its program was killed.
pub(super) fn is_temporary(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX))
}

/// A file beside the payload that is being written.
pub(super) struct TagFile {
    file: BufWriter<NamedTempFile>,
    path: PathBuf,
}

impl TagFile {
    /// Begins the file of this name.
    pub(super) fn create(folder: &Path, name: &str) -> io::Result<Self> {
        let mut builder = Builder::new();
        builder.prefix(PREFIX).suffix(SUFFIX);
        // As for any new file, and not for the owner only.
        #[cfg(unix)]
        builder.permissions(<fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666));
        // The error would name the temporary file, which the user does not know.
        let file = builder.tempfile_in(folder).map_err(|error| named(error.kind().into(), name))?;
        Ok(Self { file: BufWriter::new(file), path: folder.join(name) })
    }

    /// Writes all of a file, unless it is there with these bytes.
    pub(super) fn replace(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
        if fs::read(folder.join(name)).is_ok_and(|there| there == bytes) {
            return Ok(());
        }
        let mut file = Self::create(folder, name)?;
        file.write_all(bytes)?;
        file.persist()
    }

    /// The digest of what is written so far.
    pub(super) fn digest(&mut self) -> io::Result<Digest> {
        self.file.flush()?;
        digest(self.file.get_ref().path())
    }

    /// Whether the earlier file has the same bytes as far as written.
    pub(super) fn is_same(&mut self) -> io::Result<bool> {
        match digest(&self.path) {
            Ok(earlier) => Ok(earlier == self.digest()?),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Gives it its name, in the place of an earlier one.
    pub(super) fn persist(mut self) -> io::Result<()> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.file.flush().map_err(|error| named(error, &name))?;
        let file = self.file.into_inner().map_err(|error| named(error.into_error(), &name))?;
        file.as_file().sync_all().map_err(|error| named(error, &name))?;
        file.persist(&self.path).map(drop).map_err(|error| named(error.error, &name))
    }
}

impl Write for TagFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn digest(path: &Path) -> io::Result<Digest> {
    fs::File::open(path).and_then(Digest::of_file)
}

fn named(error: io::Error, name: &str) -> io::Error {
    io::Error::new(error.kind(), format!("cannot write {name}: {error}"))
}
