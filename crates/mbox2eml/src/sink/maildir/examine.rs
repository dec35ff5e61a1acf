//! Compares messages with those of a Maildir that is there.

use std::io;
use std::sync::Arc;

use super::folders::{Mailfolders, State};
use super::listing::{CUR, Found, Listing, NEW, Search, find};
use super::{file_of, flags_in};
use crate::error::Result;
use crate::message::Field;
use crate::name::EntryName;
use crate::name::maildir::with_flags;
use crate::sink::Entry;
use crate::sink::compare::{Examine, Examined, Existing, difference};
use crate::sink::difference::Difference;

/// Where a [`Maildir`](super::Maildir) puts messages, or has put them.
pub(in crate::sink) struct Deliveries<S> {
    existing: S,
    folders: Mailfolders,
}

impl<S: Existing> Deliveries<S> {
    pub(in crate::sink) fn new(existing: S) -> Self {
        Self { existing, folders: Mailfolders::default() }
    }

    fn names(&self, folder: &str) -> io::Result<impl Iterator<Item = String>> {
        let files = match self.existing.files(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            files => files?,
        };
        Ok(files.into_iter().map(|(name, _)| name))
    }
}

impl<S: Existing> Examine for Deliveries<S> {
    fn examine(&self, entry: &Entry<'_>) -> Examined {
        let folder = self.folders.of(&entry.name);
        let file = file_of(entry);
        let state = folder.state(|| {
            let mut listing = Listing::default();
            listing.add(NEW, self.names(&folder.at(NEW))?);
            listing.add(CUR, self.names(&folder.at(CUR))?);
            Ok(State { listing: listing.into(), is_live: true })
        });
        let compare = |path: &str| difference(&self.existing, &folder.at(path), &entry.eml);
        let search = state.map(|state| find(&state.listing, file, compare));
        let own = || format!("{CUR}/{}", with_flags(&file.base(), flags_in(&folder, entry)));
        let (path, is_moved, difference) = match search {
            Ok(Some(Search { found: Found::There(path), other })) => (path, other.is_some(), None),
            Ok(Some(Search { other: Some((path, difference)), .. })) => (path, false, Some(difference)),
            Ok(Some(Search { found: Found::Begun(path), .. })) => {
                let difference = compare(&path);
                (path, false, difference)
            }
            Ok(Some(Search { found: Found::Nowhere(base), .. })) => {
                (format!("{CUR}/{}", with_flags(&base, flags_in(&folder, entry))), false, Some(Difference::Missing))
            }
            Ok(None) => (own(), false, Some(Difference::Unreadable(io::ErrorKind::AlreadyExists.into()))),
            Err(error) => (own(), false, Some(Difference::Unreadable(error))),
        };
        let name = EntryName::of_maildir(folder.at(&path));
        Examined { name, moved: is_moved, difference, folder: Some(Arc::clone(&folder)) }
    }

    fn list(&self, each: &mut dyn FnMut(String)) -> Result<()> {
        self.existing.list(each)
    }

    fn fields(&self) -> Vec<Field> {
        vec![Field::Flags]
    }
}
