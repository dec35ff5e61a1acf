//! Rows that wait until the archive is finished in which their messages stand.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Seek, Write};
use std::path::{Path, PathBuf};

use mbox2eml::report::{Place, Status};
use mbox2eml::sink::VolumeName;
use serde::{Deserialize, Serialize};
use tempfile::SpooledTempFile;

use super::Row;
use super::file::folder_of;

/// Why a row fails whose archive was never finished.
const UNFINISHED: &str = "the archive it was to stand in was not finished";

/// More than this waits on the disk, in a nameless file beside the manifest.
const IN_MEMORY: usize = 4 << 20;

/// The rows that wait, in their order.
pub(super) struct Waiting {
    folder: PathBuf,
    queues: VecDeque<Queue>,
    /// Every archive that a row spoke of; rows know them by their number here.
    volumes: Vec<VolumeName>,
}

/// The rows that wait for one archive, and those that came after them.
struct Queue {
    volume: VolumeName,
    rows: SpooledTempFile,
}

/// A row, and where its message will be: the number of an archive, and the name in it.
#[derive(Serialize, Deserialize)]
struct Parked {
    row: Row,
    places: Vec<(usize, String)>,
}

impl Waiting {
    pub(super) fn new(manifest: &Path) -> Self {
        Self { folder: folder_of(manifest).to_owned(), queues: VecDeque::new(), volumes: Vec::new() }
    }

    /// Whether a row of a message that stands there has to wait.
    pub(super) fn must_wait(&self, places: &[Place]) -> bool {
        !self.queues.is_empty() || unfinished(places).is_some()
    }

    /// Adds a row that has to wait.
    pub(super) fn push(&mut self, row: Row, places: &[Place]) -> io::Result<()> {
        if let Some(volume) = unfinished(places)
            && self.queues.back().is_none_or(|queue| queue.volume != *volume)
        {
            let rows = tempfile::spooled_tempfile_in(IN_MEMORY, &self.folder);
            self.queues.push_back(Queue { volume: volume.clone(), rows });
        }
        let places = places.iter().filter_map(|place| {
            let volume = place.volume.as_ref()?;
            Some((self.number_of(volume), place.name.to_string()))
        });
        let parked = Parked { row, places: places.collect() };
        let Some(queue) = self.queues.back_mut() else { return Ok(()) };
        serde_json::to_writer(&mut queue.rows, &parked)?;
        queue.rows.write_all(b"\n")
    }

    fn number_of(&mut self, volume: &VolumeName) -> usize {
        // The last ones are asked for again and again.
        let known = self.volumes.iter().rposition(|other| other == volume);
        known.unwrap_or_else(|| {
            self.volumes.push(volume.clone());
            self.volumes.len() - 1
        })
    }

    /// Hands over the rows whose archives are finished.
    pub(super) fn settle(&mut self, mut take: impl FnMut(&Row) -> io::Result<()>) -> io::Result<()> {
        while let Some(queue) = self.queues.pop_front_if(|queue| queue.volume.path().is_some()) {
            self.hand_over(queue, &mut take)?;
        }
        Ok(())
    }

    /// Hands over all rows: archives that are not finished by now will never be.
    pub(super) fn give_up(&mut self, mut take: impl FnMut(&Row) -> io::Result<()>) -> io::Result<()> {
        while let Some(queue) = self.queues.pop_front() {
            self.hand_over(queue, &mut take)?;
        }
        Ok(())
    }

    fn hand_over(&self, queue: Queue, take: &mut impl FnMut(&Row) -> io::Result<()>) -> io::Result<()> {
        let mut rows = queue.rows;
        rows.rewind()?;
        for line in BufReader::new(rows).lines() {
            let parked: Parked = serde_json::from_str(&line?)?;
            take(&self.settled(parked))?;
        }
        Ok(())
    }

    /// The row as it is now that its archives are finished or given up.
    fn settled(&self, Parked { mut row, places }: Parked) -> Row {
        let path = |(volume, name): &(usize, String)| {
            let volume = self.volumes.get(*volume).and_then(VolumeName::path)?;
            Some(in_volume(volume, name))
        };
        let there: Vec<String> = places.iter().filter_map(path).collect();
        if there.len() < places.len() {
            row.status = Status::Failed.as_str().to_owned();
            row.reason = UNFINISHED.to_owned();
        }
        if there.is_empty() {
            (row.eml_size, row.sha256) = (None, String::new());
        }
        row.path = there.join("|");
        row
    }
}

/// The path of a message that is where it should be. No path has a `|` in it.
pub(super) fn path(places: &[Place]) -> String {
    let path = |place: &Place| match place.volume.as_ref().and_then(VolumeName::path) {
        Some(volume) => in_volume(volume, &place.name.to_string()),
        None => place.name.to_string(),
    };
    places.iter().map(path).collect::<Vec<_>>().join("|")
}

fn in_volume(volume: &Path, name: &str) -> String {
    format!("{}!{name}", volume.file_name().unwrap_or_default().to_string_lossy())
}

/// The last archive of these places, if it is not finished. They are in the order of the archives.
fn unfinished(places: &[Place]) -> Option<&VolumeName> {
    places.last()?.volume.as_ref().filter(|volume| volume.path().is_none())
}
