//! Finds messages that an earlier run has written under other numbers.
//!
//! Where the numbers in names run on over several mailboxes, another mailbox before a message changes its number. So a
//! message that is not there under its own name is looked for among the files that its folder had before the run: one
//! whose name differs in the number only, with the same bytes. No file counts for two messages.
//!
//! Memory: about 40 bytes for each numbered file that the folders had before the run.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::difference::Difference;
use crate::name::{EXTENSION, EntryName, IndexAt, fingerprint};
use crate::transform::Eml;

/// At most this many files of equal length are compared with one message, those with the nearest numbers first.
const TRIED: usize = 1000;

/// The first try, which is nearly always enough.
const FEW: usize = 8;

/// The files that the folders of an output had before the run.
#[derive(Debug, Default)]
pub(super) struct Renumbered(Mutex<HashMap<String, Arc<Mutex<Listing>>>>);

/// The numbered files of a folder.
#[derive(Debug, Default)]
struct Listing {
    /// By their names without the number and their length; in the order of their numbers.
    files: HashMap<u64, Vec<Listed>>,
    /// The last message's number minus that of its file: most often the same for the next one.
    shift: i64,
}

#[derive(Debug)]
struct Listed {
    file: Numbered,
    /// The number of the message that it counts for.
    counts_for: Option<u64>,
}

/// A number, and which of the names with it: 1, or 2 for `~2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Numbered {
    number: u64,
    variant: u32,
}

impl Numbered {
    /// The number in the name of a file, and the rest of the name.
    fn split(file: &str, at: IndexAt) -> Option<(Self, &str)> {
        let stem = file.strip_suffix(EXTENSION)?;
        let (stem, variant) = match stem.rsplit_once('~') {
            Some((stem, variant)) => (stem, variant.parse().ok().filter(|variant| *variant > 1)?),
            None => (stem, 1),
        };
        let (number, rest) = at.split(stem)?;
        Some((Self { number, variant }, rest))
    }

    /// The name with this number.
    fn name(self, like: &EntryName) -> EntryName {
        let name = like.with_number(self.number);
        if self.variant > 1 { name.alternative(self.variant) } else { name }
    }
}

/// Where a message is, or should be.
#[derive(Debug)]
pub(super) enum Settled {
    /// It is there, under this name. `is_moved`: under its own number, but as `~2` or the like, since its own name is
    /// taken.
    There { name: EntryName, is_moved: bool },
    /// It is not there. It gets its own name, or this one if the file of its own counts for an equal message.
    NotThere(Option<EntryName>),
}

impl Renumbered {
    /// Finds a message. The first call for a folder has it listed, so nothing of this run may be in it by then:
    /// `list` gives the names and lengths of its files. `difference` compares one with the message.
    pub(super) fn find(
        &self,
        own: &EntryName,
        eml: &Eml<'_>,
        list: impl FnOnce() -> io::Result<Vec<(String, u64)>>,
        difference: impl Fn(&EntryName) -> Option<Difference>,
    ) -> Settled {
        let Some(at) = own.index_at() else { return Settled::NotThere(None) };
        let listing = self.listing(own.folder(), at, list);
        if lock(&listing).files.is_empty() {
            return Settled::NotThere(None);
        }
        let Some(own_number) = own.number() else { return Settled::NotThere(None) };
        let mut name = own.clone();
        let mut number = own_number;
        let key = key(Numbered::split(name.file_name(), at).map_or("", |(_, rest)| rest), eml.len());
        // Its file may count for an equal message whose own name was free. Then it takes that name in exchange.
        for _ in 0..TRIED {
            if difference(&name).is_some() {
                break;
            }
            match count(&listing, key, Numbered { number, variant: 1 }, own_number) {
                Ok(()) => return Settled::There { name, is_moved: false },
                Err(other) => (name, number) = (name.with_number(other), other),
            }
        }
        for most in [FEW, TRIED] {
            for other in nearest(&listing, key, number, most) {
                let there = other.name(&name);
                if difference(&there).is_none() && count(&listing, key, other, own_number).is_ok() {
                    lock(&listing).shift = number.cast_signed().wrapping_sub(other.number.cast_signed());
                    return Settled::There { name: there, is_moved: other.number == own_number };
                }
            }
        }
        Settled::NotThere((name != *own).then_some(name))
    }

    fn listing(
        &self,
        folder: &str,
        at: IndexAt,
        list: impl FnOnce() -> io::Result<Vec<(String, u64)>>,
    ) -> Arc<Mutex<Listing>> {
        let mut folders = lock(&self.0);
        if let Some(listing) = folders.get(folder) {
            return Arc::clone(listing);
        }
        // A folder that cannot be listed is as good as empty: its files are found by their own names.
        let mut listing = Listing::default();
        for (name, length) in list().unwrap_or_default() {
            if let Some((file, rest)) = Numbered::split(&name, at) {
                listing.files.entry(key(rest, length)).or_default().push(Listed { file, counts_for: None });
            }
        }
        listing.files.values_mut().for_each(|files| files.sort_unstable_by_key(|listed| listed.file));
        let listing = Arc::new(Mutex::new(listing));
        folders.insert(folder.to_owned(), Arc::clone(&listing));
        listing
    }

    /// Whether a file that is the next name of a message may count for it: it counts for no other message.
    pub(super) fn is_free(&self, own: &EntryName, variant: u32, eml: &Eml<'_>) -> bool {
        let (Some(at), Some(number)) = (own.index_at(), own.number()) else { return true };
        let listing = lock(&self.0).get(own.folder()).map(Arc::clone);
        let rest = Numbered::split(own.file_name(), at).map_or("", |(_, rest)| rest);
        let file = Numbered { number, variant };
        listing.is_none_or(|listing| count(&listing, key(rest, eml.len()), file, number).is_ok())
    }
}

fn key(rest: &str, length: u64) -> u64 {
    fingerprint(&format!("{length} {rest}"))
}

/// Notes that a file counts for the message with this number; the number of another message if it does for that one.
fn count(listing: &Mutex<Listing>, key: u64, file: Numbered, message: u64) -> Result<(), u64> {
    let mut listing = lock(listing);
    let Some(files) = listing.files.get_mut(&key) else { return Ok(()) };
    match files.binary_search_by_key(&file, |listed| listed.file) {
        Ok(at) => match files.get_mut(at) {
            Some(Listed { counts_for: Some(other), .. }) if *other != message => Err(*other),
            Some(file) => {
                file.counts_for = Some(message);
                Ok(())
            }
            None => Ok(()),
        },
        // This run has written it.
        Err(_) => Ok(()),
    }
}

/// The files that count for no message yet, nearest number first, out of `most` on each side of the expected one.
fn nearest(listing: &Mutex<Listing>, key: u64, number: u64, most: usize) -> Vec<Numbered> {
    let listing = lock(listing);
    let expected = number.wrapping_sub(listing.shift.cast_unsigned());
    let files = listing.files.get(&key).map(Vec::as_slice).unwrap_or_default();
    let (before, after) = files.split_at(files.partition_point(|listed| listed.file.number < expected));
    let free = |listed: &&Listed| listed.counts_for.is_none();
    let around = before.iter().rev().take(most).chain(after.iter().take(most));
    let mut nearest: Vec<Numbered> = around.filter(free).map(|listed| listed.file).collect();
    nearest.sort_by_key(|file| (file.number.abs_diff(expected), file.variant));
    nearest
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
