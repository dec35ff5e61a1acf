//! A Maildir that was written before, and may have been read by mail programs since.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::listing::{CUR, Listing, NEW};
use crate::error::Result;
use crate::name::maildir::identity;
use crate::sink::{Existing, ExistingFolder};

/// A Maildir that was written before. A message counts under the name that it was given, whatever flags it has by now.
/// Files that are not messages, such as the indexes of a server, are not listed.
///
/// ```
/// use mbox2eml::sink::{Existing, ExistingMaildir};
/// # let folder = tempfile::tempdir()?;
/// # let output = folder.path();
///
/// let name = "1704067200.0123456789abcdef0123456789abcdef,S=18";
/// std::fs::create_dir(output.join("cur"))?;
/// std::fs::write(output.join(format!("cur/{name};2,RS")), "Subject: Lunch\n\n")?;
/// let existing = ExistingMaildir::open(output)?;
/// assert!(existing.open(&format!("cur/{name};2,"))?.is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ExistingMaildir {
    folder: ExistingFolder,
    /// The messages of the folders that were looked at.
    listings: Mutex<HashMap<String, Arc<Listing>>>,
}

impl ExistingMaildir {
    /// The Maildir at `root`.
    ///
    /// # Errors
    /// [`Error::Output`](crate::Error::Output) if there is no folder.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self> {
        Ok(Self { folder: ExistingFolder::open(root)?, listings: Mutex::default() })
    }

    /// The path that the message of this name has by now.
    fn renamed(&self, name: &str) -> io::Result<Option<String>> {
        let Some((folder, file)) = parts(name) else { return Ok(None) };
        let Some(base) = identity(file) else { return Ok(None) };
        let listing = self.listing(folder)?;
        Ok(listing.path(base).map(|path| format!("{folder}{path}")))
    }

    fn listing(&self, folder: &str) -> io::Result<Arc<Listing>> {
        let mut listings = self.listings.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(listing) = listings.get(folder) {
            return Ok(Arc::clone(listing));
        }
        let mut listing = Listing::default();
        for inner in [NEW, CUR] {
            match self.folder.files(&format!("{folder}{inner}")) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                files => listing.add(inner, files?.into_iter().map(|(name, _)| name)),
            }
        }
        let listing = Arc::new(listing);
        listings.insert(folder.to_owned(), Arc::clone(&listing));
        Ok(listing)
    }
}

impl Existing for ExistingMaildir {
    fn open(&self, name: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        match self.folder.open(name)? {
            Some(file) => Ok(Some(file)),
            None => self.renamed(name)?.map_or(Ok(None), |name| self.folder.open(&name)),
        }
    }

    fn list(&self, each: &mut dyn FnMut(String)) -> Result<()> {
        self.folder.list(&mut |name| {
            if parts(&name).is_some() {
                each(name);
            }
        })
    }

    fn files(&self, folder: &str) -> io::Result<Vec<(String, u64)>> {
        self.folder.files(folder)
    }

    fn identity<'n>(&self, name: &'n str) -> Cow<'n, str> {
        let lasting = parts(name).and_then(|(folder, file)| Some(format!("{folder}{}", identity(file)?)));
        lasting.map_or(Cow::Borrowed(name), Cow::Owned)
    }
}

/// The path of a message's folder, with a `/` if it is not empty, and the name of its file in `cur` or `new`.
fn parts(path: &str) -> Option<(&str, &str)> {
    let (around, file) = path.rsplit_once('/')?;
    let (folder, inner) = around.split_at(around.rfind('/').map_or(0, |at| at + 1));
    matches!(inner, CUR | NEW).then_some((folder, file))
}
