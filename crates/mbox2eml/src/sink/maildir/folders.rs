//! The folders of a Maildir.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::listing::{CUR, Listing};
use crate::name::EntryName;
use crate::name::maildir::{MaildirFolder, maildir_folder};
use crate::sink::SinkWarning;
use crate::warning::WarningKind;

/// A folder of a Maildir.
#[derive(Debug)]
pub(in crate::sink) struct Mailfolder {
    /// Its path below the output.
    pub(super) path: String,
    /// The path of its messages.
    pub(super) cur: String,
    /// What people call it, with that of the account.
    pub(super) shown: Arc<str>,
    /// The inbox of its account; `None` if it is one.
    pub(super) inbox: Option<Arc<Mailfolder>>,
    /// Whether it is for mail that was deleted.
    pub(super) is_trash: bool,
    is_cut: AtomicBool,
    state: Mutex<Option<Arc<State>>>,
}

/// What is known of a folder once a message comes for it.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) listing: Mutex<Listing>,
    /// Whether it was there before the run, so that other programs may be reading it.
    pub(super) is_live: bool,
}

impl Mailfolder {
    fn new(account: &str, inbox: Option<Arc<Self>>, folder: MaildirFolder) -> Self {
        let MaildirFolder { name, shown, is_cut, is_trash } = folder;
        let path = join(account, &name);
        Self {
            cur: join(&path, CUR),
            path,
            shown: join(account, &shown).into(),
            inbox,
            is_trash,
            is_cut: is_cut.into(),
            state: Mutex::default(),
        }
    }

    /// The path of what has this name in it.
    pub(super) fn at(&self, name: &str) -> String {
        join(&self.path, name)
    }

    /// What is known of it; `find_out` is called the first time.
    pub(super) fn state(&self, find_out: impl FnOnce() -> io::Result<State>) -> io::Result<Arc<State>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(state) = &*state {
            return Ok(Arc::clone(state));
        }
        let found = Arc::new(find_out()?);
        *state = Some(Arc::clone(&found));
        Ok(found)
    }

    /// The warning that its name had to be cut, the first time.
    pub(in crate::sink) fn warning(&self) -> Option<SinkWarning> {
        let is_cut = self.is_cut.swap(false, Ordering::Relaxed);
        is_cut.then(|| {
            let why = format!("folder name shortened because it would be too long for a Maildir: {}", self.shown);
            SinkWarning::new(WarningKind::CutFolder, why)
        })
    }

    pub(in crate::sink) fn shown(&self) -> Arc<str> {
        Arc::clone(&self.shown)
    }
}

/// The folders of all accounts.
#[derive(Debug, Default)]
pub(super) struct Mailfolders(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// By the length of the account's path, and the folder of the names.
    of_names: HashMap<usize, HashMap<String, Arc<Mailfolder>>>,
    /// By their paths: folders of several names are one if servers have one for them.
    all: HashMap<String, Arc<Mailfolder>>,
}

impl Mailfolders {
    /// The folder for an entry of this name.
    pub(super) fn of(&self, name: &EntryName) -> Arc<Mailfolder> {
        let (account, folder) = (name.account(), name.folder());
        let Known { of_names, all } = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = of_names.entry(account.len()).or_default();
        // Looked up first: a string is made for each folder, not for each message.
        if let Some(folder) = known.get(folder) {
            return Arc::clone(folder);
        }
        let below = folder.get(account.len()..).unwrap_or_default().trim_start_matches('/');
        let found = keep(all, Mailfolder::new(account, None, maildir_folder("")));
        let found = match maildir_folder(below) {
            inbox if inbox.name.is_empty() => found,
            folder => keep(all, Mailfolder::new(account, Some(found), folder)),
        };
        known.insert(folder.to_owned(), Arc::clone(&found));
        found
    }
}

/// The folder at the path of this one.
fn keep(all: &mut HashMap<String, Arc<Mailfolder>>, folder: Mailfolder) -> Arc<Mailfolder> {
    Arc::clone(all.entry(folder.path.clone()).or_insert_with(|| Arc::new(folder)))
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() || name.is_empty() { format!("{folder}{name}") } else { format!("{folder}/{name}") }
}
