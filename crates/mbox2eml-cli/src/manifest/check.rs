//! Checks files against their manifest.

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::io;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use mbox2eml::internals::fingerprint;
use mbox2eml::report::{Digest, Observer, Status};
use mbox2eml::sink::{Differences, Existing};
use serde::Serialize;

use super::{CATALOGUE, MessageFiles, Row, Rows, names_in};
use crate::number::{count, plural, to_u64};

/// The result of checking files against a manifest.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Checked {
    /// How many rows the manifest has.
    pub(crate) rows: u64,
    /// How many files match it.
    pub(crate) same: u64,
    /// How many bytes these have.
    pub(crate) bytes: u64,
    pub(crate) differences: ManifestDifferences,
    /// Whether the check was stopped before its end.
    #[serde(skip)]
    pub(crate) interrupted: bool,
}

/// In what an output and its manifest differ.
#[derive(Debug, Default, Serialize)]
pub(crate) struct ManifestDifferences {
    /// How many differences and faults there are; of each kind at most [`Differences::LISTED`] are listed.
    pub(crate) number: u64,
    /// Files that are not there.
    pub(crate) missing: Vec<String>,
    /// Files that differ.
    pub(crate) different: Vec<DifferentFile>,
    /// Files that it does not list.
    pub(crate) extra: Vec<String>,
    /// Messages and mailboxes that failed in the conversion.
    pub(crate) failed: Vec<FailedRow>,
    /// What is wrong with the manifest itself.
    pub(crate) faults: Vec<String>,
}

/// A file that differs from its row.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct DifferentFile {
    pub(crate) path: String,
    pub(crate) why: String,
}

/// A message or a mailbox that failed in the conversion.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct FailedRow {
    pub(crate) what: String,
    pub(crate) why: String,
}

/// Checks every file of manifests against its row, by size and SHA-256.
pub(crate) fn check(
    manifests: Vec<Rows>,
    output: &Path,
    existing: &impl Existing,
    threads: NonZeroUsize,
    observer: &dyn Observer,
) -> io::Result<Checked> {
    let rows = Mutex::new(Reading { manifests: manifests.into(), ..Reading::default() });
    let checking = Checking { existing, observer, state: Mutex::default() };
    thread::scope(|scope| {
        for _ in 1..threads.get() {
            // Where the system gives no more threads, those there are suffice.
            if thread::Builder::new().spawn_scoped(scope, || checking.run(&rows)).is_err() {
                break;
            }
        }
        checking.run(&rows);
    });
    let State { known, mut checked, .. } = checking.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    let Reading { faults, faulty, mailboxes, is_catalogue, .. } =
        rows.into_inner().unwrap_or_else(PoisonError::into_inner);
    if is_catalogue {
        return Err(io::Error::new(io::ErrorKind::InvalidData, CATALOGUE));
    }
    (checked.differences.faults, checked.differences.number) = (faults, checked.differences.number + faulty);
    checked.interrupted = observer.cancelled();
    if !checked.interrupted {
        let files = MessageFiles::new(output, mailboxes.iter().flat_map(|mailbox| files_of(mailbox)));
        let listed = existing.list(&mut |name| {
            if !files.is_input(&name) && !known.contains(&fingerprint(&existing.identity(&name))) {
                note(&mut checked.differences.number, &mut checked.differences.extra, name);
            }
        });
        listed.map_err(io::Error::other)?;
    }
    checked.differences.missing.sort();
    checked.differences.failed.sort();
    checked.differences.different.sort();
    Ok(checked)
}

fn note<T>(number: &mut u64, these: &mut Vec<T>, one: T) {
    *number += 1;
    if these.len() < Differences::LISTED {
        these.push(one);
    }
}

/// The file that a mailbox may be: an archive in which it is, or itself.
fn files_of(mailbox: &str) -> impl Iterator<Item = &str> {
    mailbox.match_indices('!').filter_map(|(at, _)| mailbox.get(..at)).chain([mailbox])
}

/// The rows as they are read, one after another.
#[derive(Default)]
struct Reading {
    /// The manifests that are not read to their end.
    manifests: VecDeque<Rows>,
    /// The mailbox of the last row of this manifest, and the number and the offset of the message that follows there.
    next: Option<(String, (u64, u64))>,
    /// What is wrong with the rows, as far as it is listed, and how often.
    faults: Vec<String>,
    faulty: u64,
    /// The mailboxes that rows name.
    mailboxes: BTreeSet<String>,
    /// Whether it is a catalogue, which lists no files.
    is_catalogue: bool,
}

impl Reading {
    /// The next row that can be read. Faults in it, and in rows that were skipped, are noted.
    fn next(&mut self) -> Option<Row<'static>> {
        loop {
            let Some(row) = self.manifests.front_mut()?.next() else {
                self.manifests.pop_front();
                self.next = None;
                continue;
            };
            match row {
                Err(fault) => note(&mut self.faulty, &mut self.faults, fault),
                Ok(row) => {
                    self.is_catalogue |= row.is_found();
                    if !self.mailboxes.contains(&*row.mailbox) {
                        self.mailboxes.insert(row.mailbox.clone().into_owned());
                    }
                    if let Some(fault) = self.follow(&row) {
                        note(&mut self.faulty, &mut self.faults, fault);
                    }
                    return Some(row);
                }
            }
        }
    }

    /// Rows of a mailbox follow one another without a gap, in numbers and in bytes. The first row of a manifest may be that of
    /// any message, since the run may have been one over a range.
    fn follow(&mut self, row: &Row) -> Option<String> {
        if row.is_of_mailbox() {
            return None;
        }
        let here = (row.index, row.offset);
        let after = (row.index.saturating_add(1), row.offset.saturating_add(row.length));
        let fault = match &mut self.next {
            // The same mailbox may be given twice.
            Some((mailbox, place)) if *mailbox == row.mailbox && row.index != 1 => {
                let expected = std::mem::replace(place, after);
                (expected != here).then_some(expected)
            }
            next => {
                let is_first = next.replace((row.mailbox.clone().into_owned(), after)).is_none();
                (row.index != 1 && !is_first).then_some((1, row.offset))
            }
        };
        fault.map(|(index, offset)| {
            format!("{}: expected message {index} at byte {offset}, found {} at {}", row.mailbox, here.0, here.1)
        })
    }
}

/// What the workers share.
struct Checking<'a, S> {
    existing: &'a S,
    observer: &'a dyn Observer,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The fingerprints of the files that rows list.
    known: HashSet<u64>,
    /// Those of files that are missing or different: several manifests may list them.
    faulty: HashSet<u64>,
    checked: Checked,
}

impl<S: Existing> Checking<'_, S> {
    fn run(&self, rows: &Mutex<Reading>) {
        while !self.observer.cancelled() {
            let Some(row) = rows.lock().unwrap_or_else(PoisonError::into_inner).next() else { break };
            self.check(&row);
        }
    }

    fn check(&self, row: &Row) {
        {
            let Checked { rows, differences, .. } = &mut self.state().checked;
            *rows += 1;
            if row.status == Status::Failed.as_str() {
                let what = match row.is_of_mailbox() {
                    true => row.mailbox.clone().into_owned(),
                    false => format!("{}: message {}", row.mailbox, row.index),
                };
                note(
                    &mut differences.number,
                    &mut differences.failed,
                    FailedRow { what, why: row.reason.clone().into_owned() },
                );
            }
        }
        for path in &*row.path.0 {
            let (name, found) = self.open(path);
            let State { known, faulty, checked } = &mut *self.state();
            let file = fingerprint(&self.existing.identity(name));
            let is_new = known.insert(file);
            let Checked { same, bytes, differences: ManifestDifferences { number, missing, different, .. }, .. } =
                checked;
            let why = match found {
                Ok(Some(digest)) => match difference(&digest, row) {
                    Some(why) => Some(why),
                    None => {
                        if is_new {
                            (*same, *bytes) = (*same + 1, *bytes + digest.size);
                        }
                        continue;
                    }
                },
                Ok(None) => None,
                Err(error) => Some(error.to_string()),
            };
            match why {
                _ if !faulty.insert(file) => {}
                Some(why) => note(number, different, DifferentFile { path: path.to_owned(), why }),
                None => note(number, missing, path.to_owned()),
            }
        }
        self.observer.advanced(row.length, 1);
    }

    /// The file at a path of the manifest, read, and its name in the output.
    fn open<'p>(&self, path: &'p str) -> (&'p str, io::Result<Option<Digest>>) {
        let open = |name| self.existing.open(name).and_then(|file| file.map(Digest::of_file).transpose());
        let mut found = names_in(path).map(|name| (name, open(name)));
        found.find(|(_, found)| !matches!(found, Ok(None))).unwrap_or((path, Ok(None)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn difference(digest: &Digest, row: &Row) -> Option<String> {
    match row.eml_size {
        Some(size) if size != digest.size => Some(format!("{} instead of {size}", count(digest.size, "byte"))),
        _ if digest.hex() != row.sha256 => Some("different content (SHA-256)".to_owned()),
        _ => None,
    }
}

impl Checked {
    /// Whether everything was checked and nothing differs.
    pub(crate) fn is_complete(&self) -> bool {
        !self.interrupted && self.differences.number == 0
    }

    /// Adds what is wrong with the manifest beyond its rows.
    pub(crate) fn add_faults(&mut self, faults: Vec<String>) {
        let ManifestDifferences { number, faults: known, .. } = &mut self.differences;
        faults.into_iter().for_each(|fault| note(number, known, fault));
    }

    /// A line for each difference: what it is, a tab, the path, and what differs; then what is wrong with the manifest.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (&'static str, &str, &str)> {
        let ManifestDifferences { missing, different, extra, failed, faults, .. } = &self.differences;
        let missing = missing.iter().map(|path| ("missing", path.as_str(), ""));
        let different = different.iter().map(|file| ("different", file.path.as_str(), file.why.as_str()));
        let extra = extra.iter().map(|path| ("extra", path.as_str(), ""));
        let faults = faults.iter().map(|fault| ("manifest", fault.as_str(), ""));
        let failed = failed.iter().map(|row| ("failed", row.what.as_str(), row.why.as_str()));
        missing.chain(different).chain(extra).chain(failed).chain(faults)
    }

    /// How many of each kind were found, as far as they are listed.
    pub(crate) fn numbers(&self) -> [(u64, &'static str); 5] {
        let ManifestDifferences { missing, different, extra, failed, faults, .. } = &self.differences;
        let [missing, different, extra, failed, faults] =
            [missing.len(), different.len(), extra.len(), failed.len(), faults.len()].map(to_u64);
        [
            (missing, "missing"),
            (different, "different"),
            (extra, "extra"),
            (failed, "failed in the conversion"),
            (faults, plural(faults, "manifest error", "manifest errors")),
        ]
    }
}
