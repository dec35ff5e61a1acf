//! Rows that wait until the archive or mailbox with their messages is finished.

use std::collections::{HashMap, VecDeque};
use std::io::{self, BufRead, BufReader, Seek, Write};
use std::iter;
use std::path::{Path, PathBuf};

use mbox2eml::report::{Location, Status};
use mbox2eml::sink::VolumeName;
use serde::{Deserialize, Serialize};
use tempfile::SpooledTempFile;

use super::{List, Row};
use crate::kept::folder_of;

/// Why a row fails whose archive was never finished.
const UNFINISHED: &str = "its archive or mailbox was not finished";

/// More than this waits on the disk, in a nameless file beside the manifest.
const IN_MEMORY: usize = 4 << 20;

/// The rows that wait, in their order.
pub(super) struct PendingRows {
    folder: PathBuf,
    queues: VecDeque<Queue>,
    /// Every archive that a row names; rows refer to them by their number here.
    volumes: Vec<VolumeName>,
    numbers: HashMap<VolumeName, usize>,
}

/// Archives are written one after another, mailboxes all at once: the rows of most wait together.
const QUEUES: usize = 8;

/// The rows that wait for these archives, and those that came after them.
struct Queue {
    volumes: Vec<VolumeName>,
    rows: SpooledTempFile,
}

/// A row, and where its message will be: the number of an archive, and its place in it.
#[derive(Serialize, Deserialize)]
struct PendingRow<'a> {
    row: Row<'a>,
    places: Vec<(usize, Place)>,
}

/// Where a message is in an archive or a mailbox.
#[derive(Serialize, Deserialize)]
enum Place {
    /// The name of an entry of an archive.
    Entry(String),
    /// The whole path of a place in a mailbox.
    Whole(String),
}

impl PendingRows {
    pub(super) fn new(manifest: &Path) -> Self {
        Self {
            folder: folder_of(manifest).to_owned(),
            queues: VecDeque::new(),
            volumes: Vec::new(),
            numbers: HashMap::new(),
        }
    }

    /// Whether the row of a message in these places has to wait.
    pub(super) fn must_wait(&self, places: &[Location]) -> bool {
        !self.queues.is_empty() || unfinished(places).next().is_some()
    }

    /// Adds a row that has to wait.
    pub(super) fn push(&mut self, row: Row<'_>, places: &[Location]) -> io::Result<()> {
        for volume in unfinished(places).filter(|volume| !self.numbers.contains_key(*volume)).collect::<Vec<_>>() {
            self.number_of(volume);
            let are_many = self.queues.len() >= QUEUES;
            match self.queues.back_mut() {
                Some(queue) if are_many => queue.volumes.push(volume.clone()),
                _ => {
                    let rows = tempfile::spooled_tempfile_in(IN_MEMORY, &self.folder);
                    self.queues.push_back(Queue { volumes: vec![volume.clone()], rows });
                }
            }
        }
        let place = |place: &Location| {
            let number = self.number_of(place.volume.as_ref()?);
            let there = match place.offset {
                Some(_) => Place::Whole(path_of(place)),
                None => Place::Entry(place.name.to_string()),
            };
            Some((number, there))
        };
        let places = places.iter().filter_map(place).collect();
        let pending = PendingRow { row, places };
        let Some(queue) = self.queues.back_mut() else { return Ok(()) };
        // In one piece: the file has no buffer.
        let mut line = serde_json::to_vec(&pending)?;
        line.push(b'\n');
        queue.rows.write_all(&line)
    }

    fn number_of(&mut self, volume: &VolumeName) -> usize {
        let Self { volumes, numbers, .. } = self;
        *numbers.entry(volume.clone()).or_insert_with(|| {
            volumes.push(volume.clone());
            volumes.len() - 1
        })
    }

    /// Hands over the rows whose archives are finished.
    pub(super) fn release_finished(&mut self, mut take: impl FnMut(&Row<'_>) -> io::Result<()>) -> io::Result<()> {
        while self.queues.front().is_some_and(Queue::is_finished)
            && let Some(queue) = self.queues.pop_front()
        {
            self.hand_over(queue, &mut take)?;
        }
        Ok(())
    }

    /// Hands over all rows: archives that are not finished by now never will be.
    pub(super) fn release_all(&mut self, mut take: impl FnMut(&Row<'_>) -> io::Result<()>) -> io::Result<()> {
        while let Some(queue) = self.queues.pop_front() {
            self.hand_over(queue, &mut take)?;
        }
        Ok(())
    }

    fn hand_over(&self, queue: Queue, take: &mut impl FnMut(&Row<'_>) -> io::Result<()>) -> io::Result<()> {
        let mut rows = queue.rows;
        rows.rewind()?;
        for line in BufReader::new(rows).lines() {
            let pending: PendingRow = serde_json::from_str(&line?)?;
            take(&self.finished_row(pending))?;
        }
        Ok(())
    }

    /// The row, now that its archives are finished or abandoned.
    fn finished_row<'a>(&self, PendingRow { mut row, places }: PendingRow<'a>) -> Row<'a> {
        let path = |(volume, place): &(usize, Place)| {
            let volume = self.volumes.get(*volume).and_then(VolumeName::path)?;
            Some(match place {
                Place::Entry(name) => in_volume(volume, name),
                Place::Whole(path) => path.clone(),
            })
        };
        let there: Vec<String> = places.iter().filter_map(path).collect();
        if there.len() < places.len() {
            row.status = Status::Failed.as_str().into();
            row.reason = UNFINISHED.into();
            (row.proof, row.vault) = ("".into(), "".into());
        }
        if there.is_empty() && !places.is_empty() {
            (row.eml_size, row.sha256) = (None, "".into());
        }
        row.path = List::new(there);
        row
    }
}

impl Queue {
    fn is_finished(&self) -> bool {
        self.volumes.iter().all(|volume| volume.path().is_some())
    }
}

/// The path of one place; without the archive while that has no name.
pub(crate) fn path_of(place: &Location) -> String {
    match (place.offset, place.volume.as_ref().and_then(VolumeName::path)) {
        (Some(offset), _) => format!("{}!{offset}", place.name),
        (None, Some(volume)) => in_volume(volume, place.name.as_str()),
        (None, None) => place.name.to_string(),
    }
}

fn in_volume(volume: &Path, name: &str) -> String {
    format!("{}!{name}", volume.file_name().unwrap_or_default().to_string_lossy())
}

/// The names that the file at a path of a manifest may have in the output: the path, and where the output is archives or a
/// folder that was made of them, the path without that of its archive.
pub(crate) fn names_in(path: &str) -> impl Iterator<Item = &str> {
    let in_archive = path.match_indices('!').filter_map(|(at, _)| {
        let (archive, name) = (path.get(..at)?, path.get(at + 1..)?);
        let end = archive.len().checked_sub(".zip".len()).and_then(|start| archive.get(start..))?;
        end.eq_ignore_ascii_case(".zip").then_some(name)
    });
    iter::once(path).chain(in_archive)
}

/// The archives of these places that are not finished.
fn unfinished(places: &[Location]) -> impl Iterator<Item = &VolumeName> {
    places.iter().filter_map(|place| place.volume.as_ref()).filter(|volume| volume.path().is_none())
}

#[cfg(test)]
mod tests {
    use mbox2eml::name::EntryName;
    use mbox2eml::report::{Observer, Record, Records};
    use mbox2eml::sink::{Encode, Entry, Placed, Sink, WriteStatus};
    use mbox2eml::source::{Origin, Stream};
    use mbox2eml::{Converter, WriteError};
    use std::sync::Mutex;

    use super::*;

    /// A sink that places each entry in the next of these archives.
    struct Said(VecDeque<Option<VolumeName>>);

    struct Names;

    impl Encode for Names {
        type Item = EntryName;

        fn encode(&self, entry: Entry<'_>) -> Result<EntryName, WriteError> {
            Ok(entry.name)
        }
    }

    impl Sink for Said {
        type Encoder = Names;
        type Receipt = ();

        fn encoder(&self) -> Names {
            Names
        }

        fn put(&mut self, name: EntryName) -> Result<Placed, WriteError> {
            let mut placed = Placed::new(name, WriteStatus::Written);
            placed.volume = self.0.pop_front().flatten();
            Ok(placed)
        }

        fn finish(self) {}
    }

    #[derive(Default)]
    struct Places(Mutex<Vec<Location>>);

    impl Observer for Places {
        fn recorded(&self, _: &Origin, record: &Record) {
            self.0.lock().unwrap().extend_from_slice(&record.locations);
        }
    }

    /// A place in each of these archives.
    fn places(volumes: &[&VolumeName]) -> Vec<Location> {
        let mailbox = "From a@example.org Mon Apr  1 12:00:00 2024\nA: b\n\n".repeat(volumes.len());
        let source = Stream::new(Origin::named("in"), mailbox.as_bytes());
        let said = volumes.iter().map(|volume| Some((*volume).clone())).collect();
        let observer = Places::default();
        let done = Converter::builder().records(Records::All).build().convert(source, Said(said), &observer);
        assert!(!done.has_failures());
        observer.0.into_inner().unwrap()
    }

    fn row(index: u64) -> Row<'static> {
        let status = Status::Written.as_str().into();
        Row { index, status, eml_size: Some(1), sha256: "x".into(), ..Row::default() }
    }

    /// Adds the row as a manifest does; says whether it has to wait.
    fn add(pending: &mut PendingRows, index: u64, places: &[Location]) -> bool {
        let must_wait = pending.must_wait(places);
        if must_wait {
            pending.push(row(index), places).unwrap();
        }
        must_wait
    }

    /// The rows that are handed over: number, status, volumes.
    fn taken(hand_over: impl FnOnce(&mut dyn FnMut(&Row<'_>) -> io::Result<()>) -> io::Result<()>) -> Vec<String> {
        let mut rows = Vec::new();
        hand_over(&mut |row| {
            let volumes: Vec<&str> = row.path.0.iter().filter_map(|path| Some(path.split_once('!')?.0)).collect();
            let is_lost = volumes.is_empty() && row.status == Status::Failed.as_str();
            assert_eq!((row.sha256.is_empty(), row.eml_size.is_none()), (is_lost, is_lost));
            rows.push(format!("{} {} {}", row.index, row.status, volumes.join("+")));
            Ok(())
        })
        .unwrap();
        rows
    }

    #[test]
    fn rows_wait_for_their_archive_and_keep_their_order() {
        let [first, second] = [VolumeName::default(), VolumeName::default()];
        let mut pending = PendingRows::new(Path::new("m.csv"));
        // A message in no archive waits only behind others.
        assert!(!add(&mut pending, 1, &[]));
        assert!(add(&mut pending, 2, &places(&[&first])));
        assert!(add(&mut pending, 3, &[]));
        // It has a copy in each.
        assert!(add(&mut pending, 4, &places(&[&first, &second])));
        assert!(add(&mut pending, 5, &places(&[&second])));
        assert!(taken(|take| pending.release_finished(take)).is_empty());
        // The second archive alone releases nothing.
        second.finish(Path::new("z/m-002.zip"));
        assert!(taken(|take| pending.release_finished(take)).is_empty());
        first.finish(Path::new("z/m-001.zip"));
        let expected = ["2 written m-001.zip", "3 written ", "4 written m-001.zip+m-002.zip", "5 written m-002.zip"];
        let rows = taken(|take| pending.release_finished(&mut *take));
        assert_eq!(rows, expected);
        assert!(!add(&mut pending, 6, &places(&[&second])), "that one is finished");
    }

    #[test]
    fn rows_of_archives_that_are_never_finished_fail() {
        let [first, second] = [VolumeName::default(), VolumeName::default()];
        let mut pending = PendingRows::new(Path::new("m.csv"));
        add(&mut pending, 1, &places(&[&first]));
        add(&mut pending, 2, &places(&[&first, &second]));
        add(&mut pending, 3, &places(&[&second]));
        first.finish(Path::new("m-001.zip"));
        assert_eq!(taken(|take| pending.release_finished(take)), ["1 written m-001.zip"]);
        assert_eq!(taken(|take| pending.release_all(take)), ["2 failed m-001.zip", "3 failed "]);
        assert!(taken(|take| pending.release_all(take)).is_empty());
    }
}
