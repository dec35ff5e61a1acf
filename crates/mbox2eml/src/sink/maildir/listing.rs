//! The messages that a folder of a Maildir has. They are found by what no program changes of their names, whatever
//! flags they have by now.
//!
//! Memory: about 20 bytes for each message, and the whole names of those to which another program has added more than
//! flags.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::message::Flags;
use crate::name::fingerprint;
use crate::name::maildir::{MaildirFile, flags, identity, with_flags};
use crate::sink::difference::Difference;
use crate::sink::directory::NAMES_TRIED;

/// Where messages are in a folder, those of others first.
pub(super) const CUR: &str = "cur";
pub(super) const NEW: &str = "new";

/// The messages of a folder, by the fingerprints of their names.
#[derive(Debug, Default)]
pub(super) struct Listing {
    messages: HashMap<u64, Message>,
    /// The paths of files below the folder whose names have more than flags.
    renamed: HashMap<u64, String>,
    /// The first copy of a message that may be free, for those of which there are several.
    next_copies: HashMap<u64, u32>,
}

#[derive(Clone, Copy, Debug)]
struct Message {
    place: Place,
    /// Whether a message of this run is in the file.
    is_claimed: bool,
}

/// Where the file of a message is.
#[derive(Clone, Copy, Debug)]
enum Place {
    Cur(Flags),
    New,
    /// Where [`Listing::renamed`] says.
    Renamed,
    /// This run puts it there.
    Unwritten,
}

/// What is known of a name.
enum Known {
    /// Nothing had it. Now the message has.
    Free,
    /// Another message of this run has it.
    Claimed,
    /// The file at this path below the folder has it.
    At(String),
}

/// Where a message is.
#[derive(Debug)]
pub(super) enum Found {
    /// In the file at this path below the folder.
    There(String),
    /// The file at this path has the beginning of it.
    Begun(String),
    /// It is not there, and this is what its name begins with.
    Nowhere(String),
}

/// What was found of a message.
#[derive(Debug)]
pub(super) struct Search {
    pub(super) found: Found,
    /// The first file that has its name and other bytes.
    pub(super) other: Option<(String, Difference)>,
}

impl Listing {
    /// Takes the names of the files in `cur` or `new`.
    pub(super) fn add<N: AsRef<str>>(&mut self, folder: &str, names: impl IntoIterator<Item = N>) {
        for name in names {
            let name = name.as_ref();
            let Some(base) = identity(name) else { continue };
            let key = fingerprint(base);
            let after = name.get(base.len()..).unwrap_or_default();
            let place = match (folder, flags(after)) {
                (CUR, Some(flags)) => Place::Cur(flags),
                (NEW, _) if after.is_empty() => Place::New,
                _ => {
                    self.renamed.insert(key, format!("{folder}/{name}"));
                    Place::Renamed
                }
            };
            self.messages.insert(key, Message { place, is_claimed: false });
        }
    }

    /// The path below the folder of the file whose name begins with this.
    pub(super) fn path(&self, base: &str) -> Option<String> {
        let key = fingerprint(base);
        match self.messages.get(&key)?.place {
            Place::Cur(flags) => Some(format!("{CUR}/{}", with_flags(base, flags))),
            Place::New => Some(format!("{NEW}/{base}")),
            Place::Renamed => self.renamed.get(&key).cloned(),
            Place::Unwritten => None,
        }
    }

    /// What is known of a name with this fingerprint; if nothing is, it is claimed.
    fn look(&mut self, key: u64, base: &str) -> Known {
        match self.messages.entry(key) {
            Entry::Occupied(known) if known.get().is_claimed => Known::Claimed,
            Entry::Occupied(_) => self.path(base).map_or(Known::Claimed, Known::At),
            Entry::Vacant(free) => {
                free.insert(Message { place: Place::Unwritten, is_claimed: true });
                Known::Free
            }
        }
    }

    /// Claims the file whose name has this fingerprint; `false` if another message has.
    fn claim(&mut self, key: u64) -> bool {
        let message = self.messages.get_mut(&key);
        message.is_some_and(|message| !std::mem::replace(&mut message.is_claimed, true))
    }
}

/// Finds a message. No file counts for two; `None` if a thousand files have its name and other bytes.
pub(super) fn find(
    listing: &Mutex<Listing>,
    file: MaildirFile,
    difference: impl Fn(&str) -> Option<Difference>,
) -> Option<Search> {
    let own_base = file.base();
    let own = fingerprint(&own_base);
    let first = lock(listing).next_copies.get(&own).copied().unwrap_or(1);
    let mut other = None;
    let mut only_claimed = true;
    for copy in (first..).take(usize::try_from(NAMES_TRIED).unwrap_or(usize::MAX)) {
        let (key, base) = match copy {
            1 => (own, own_base.clone()),
            _ => {
                let base = file.copy(copy).base();
                (fingerprint(&base), base)
            }
        };
        let known = lock(listing).look(key, &base);
        let found = match known {
            Known::Free => Some(Found::Nowhere(base)),
            Known::Claimed => None,
            Known::At(path) => match difference(&path) {
                None => lock(listing).claim(key).then_some(Found::There(path)),
                Some(Difference::Ends(_)) => lock(listing).claim(key).then_some(Found::Begun(path)),
                Some(difference) => {
                    only_claimed = false;
                    other.get_or_insert((path, difference));
                    None
                }
            },
        };
        if let Some(found) = found {
            if only_claimed && copy > first {
                lock(listing).next_copies.insert(own, copy.saturating_add(1));
            }
            return Some(Search { found, other });
        }
    }
    None
}

fn lock(listing: &Mutex<Listing>) -> MutexGuard<'_, Listing> {
    listing.lock().unwrap_or_else(PoisonError::into_inner)
}
