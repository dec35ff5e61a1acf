//! What a search has found, for other processes that convert parts of it.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::OnceLock;

use mbox2eml::name::{MailboxPath, Namer, Places};
use mbox2eml::range::MessageRange;

use super::search::Ways;
use super::{Failure, Input, Inputs, InputsBuilder, Kind, MailFound, Packed, Unit};
use crate::vault::{Exports, Given, Sidecar};

/// All that a search has found, from which other processes and machines that see the same files open a part. There it has the
/// folders and the names that it has in the whole.
///
/// With the feature `serde` it can be serialized.
///
/// ```
/// use mbox2eml::name::Namer;
/// use mbox2eml_archive::inputs::{Found, Inputs};
/// # let folder = tempfile::tempdir()?;
/// # let users = folder.path();
///
/// for name in ["ann/Sent.mbox", "bob/Sent.mbox"] {
///     let path = users.join(name);
///     std::fs::create_dir(path.parent().unwrap())?;
///     std::fs::write(path, "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Hello\n\n")?;
/// }
/// let survey = Inputs::builder().find(&[users]).survey();
/// let groups = survey.groups(&Namer::default());
/// assert_eq!(groups, [[0], [1]]);
///
/// // In another process:
/// let mut part = Inputs::builder().open(&survey, &groups[1], None);
/// let Some(Found::Mailbox(mailbox)) = part.next() else { unreachable!() };
/// assert_eq!(mailbox.folder.as_str(), "bob/Sent");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Survey {
    found: Vec<Surveyed>,
    sidecars: Vec<SurveyedSidecar>,
    /// The places among all, for the names of the first part that was opened.
    #[cfg_attr(feature = "serde", serde(skip))]
    places: OnceLock<Places>,
}

#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Surveyed {
    #[cfg_attr(feature = "serde", serde(with = "super::path_text"))]
    path: PathBuf,
    way: MailboxPath,
    /// None if it cannot be read; its path counts nevertheless.
    kind: Option<Kind>,
}

/// A file that may belong to a Vault export.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct SurveyedSidecar {
    #[cfg_attr(feature = "serde", serde(with = "super::path_text"))]
    path: PathBuf,
    given: Given,
}

impl Survey {
    /// These inputs, which are not read from files.
    pub(super) fn of(found: &[Input]) -> Self {
        let found = found.iter().map(|Input { path, way, kind, .. }| {
            let kind = kind.as_ref().ok().cloned();
            Surveyed { path: path.clone(), way: way.clone(), kind }
        });
        Self { found: found.collect(), sidecars: Vec::new(), places: OnceLock::new() }
    }
}

impl Inputs {
    /// What was found, for other processes.
    pub fn survey(&self) -> Survey {
        let sidecars = self.exports.files().map(|(path, given)| SurveyedSidecar { path: path.to_owned(), given });
        Survey { sidecars: sidecars.collect(), ..Survey::of(self.inputs.as_slice()) }
    }

    /// Takes out what cannot be read, in its order.
    pub fn take_unreadable(&mut self) -> Vec<Failure> {
        let (unreadable, found): (Vec<Input>, Vec<Input>) = self.inputs.by_ref().partition(|input| input.kind.is_err());
        self.inputs = found.into_iter();
        unreadable.into_iter().filter_map(|input| input.into_failure(&self.builder.namer)).collect()
    }
}

impl Survey {
    /// What was found, in its order, but for what cannot be read, and the number of each.
    pub fn units(&self) -> impl Iterator<Item = (usize, Unit<'_>)> {
        let units = self.found.iter().enumerate();
        units.filter_map(|(number, found)| {
            Some((number, Unit { path: &found.path, kind: found.kind.as_ref()?.for_unit() }))
        })
    }

    /// How many bytes a mailbox file has, or the mailboxes in an archive, if that is known.
    pub fn size(&self, number: usize) -> Option<u64> {
        self.found.get(number)?.kind.as_ref()?.size()
    }

    /// The numbers of what one process has to convert together, in this order, so that the result is that of one run over
    /// all. Most are alone. Together are archives that may hold mailboxes of the same place, as far as their members are
    /// not known; and, where exports are merged ([`Layout::Label`](mbox2eml::name::Layout::Label)), what may be of one
    /// export.
    pub fn groups(&self, namer: &Namer) -> Vec<Vec<usize>> {
        let mut places = self.places(namer);
        let mut folders = SharedFolders::default();
        for (number, Surveyed { way, kind, .. }) in self.found.iter().enumerate() {
            let Some(kind) = kind else { continue };
            folders.add(number);
            if let Kind::Archive(Packed { is_sequential: true, .. }) = kind {
                folders.may_have_all_in(number, places.around_members(way));
            } else if namer.merges_exports() {
                let members = kind.mailboxes(way);
                for mailbox in &members {
                    let place = places.place(mailbox);
                    if let Some(shared) = namer.shared_place(&place) {
                        folders.may_have(number, shared.to_lowercase());
                    }
                }
            }
        }
        folders.groups()
    }

    fn places(&self, namer: &Namer) -> Places {
        let new = || Ways::of(self.found.iter().map(|Surveyed { way, kind, .. }| (way, kind.as_ref()))).places(namer);
        let known = self.places.get_or_init(new);
        if known.are_for(namer) { known.clone() } else { new() }
    }
}

impl InputsBuilder {
    /// Opens a part of what a search has found, by its numbers, or a range of one mailbox. Nothing is searched again. The
    /// names must be made as they are elsewhere: see [`names`](Self::names).
    pub fn open(self, survey: &Survey, numbers: &[usize], range: Option<MessageRange>) -> Inputs {
        let mut mail = MailFound::default();
        for (number, Surveyed { path, kind, .. }) in survey.found.iter().enumerate() {
            match kind {
                Some(Kind::File { .. }) => mail.add_plain(path),
                // Those of this part are added when they were found.
                Some(Kind::Archive(packed)) if !packed.members.is_empty() && !numbers.contains(&number) => {
                    mail.add(path)
                }
                _ => {}
            }
        }
        let mut exports = Exports::default();
        survey.sidecars.iter().for_each(|file| exports.add(Sidecar::file(&file.path, file.given)));
        let part = numbers.iter().filter_map(|number| {
            let Surveyed { path, way, kind } = survey.found.get(*number)?;
            Some(Input { path: path.clone(), way: way.clone(), kind: Ok(kind.clone()?), opened: None })
        });
        let places = survey.places(&self.namer);
        let mut inputs = Inputs::of(self, part.collect(), survey.found.len() > 1, places, exports, mail);
        inputs.set_range(range);
        inputs
    }
}

/// The folders in which inputs may have mailboxes, and which inputs these make one group of.
#[derive(Debug, Default)]
struct SharedFolders {
    /// The first member of the group that each input is in.
    first: BTreeMap<usize, usize>,
    /// The inputs that have a folder, and whether they may have any folder in it, too.
    inputs: BTreeMap<String, Vec<(usize, bool)>>,
}

impl SharedFolders {
    fn add(&mut self, number: usize) {
        self.first.insert(number, number);
    }

    /// The input has mailboxes in this folder.
    fn may_have(&mut self, number: usize, folder: String) {
        self.inputs.entry(folder).or_default().push((number, false));
    }

    /// The input may have mailboxes in this folder and in all that it holds.
    fn may_have_all_in(&mut self, number: usize, folder: String) {
        self.inputs.entry(folder).or_default().push((number, true));
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.first_of(one), self.first_of(other));
        self.first.insert(one.max(other), one.min(other));
    }

    fn first_of(&mut self, mut number: usize) -> usize {
        while let Some(first) = self.first.get(&number).copied().filter(|first| *first != number) {
            // The way becomes shorter each time, so that no input is far from its first one.
            let next = self.first.get(&first).copied().unwrap_or(first);
            self.first.insert(number, next);
            number = next;
        }
        number
    }

    fn groups(mut self) -> Vec<Vec<usize>> {
        let folders = std::mem::take(&mut self.inputs);
        // The first one that may have anything in a folder, by that folder.
        let mut open: HashMap<&str, usize> = HashMap::new();
        for (folder, inputs) in &folders {
            for (number, is_open) in inputs {
                inputs.first().into_iter().for_each(|(first, _)| self.join(*first, *number));
                if *is_open {
                    open.entry(folder).or_insert(*number);
                }
            }
        }
        for (folder, inputs) in &folders {
            let Some((first, _)) = inputs.first() else { continue };
            for outer in outwards(folder) {
                if let Some(number) = open.get(outer) {
                    self.join(*first, *number);
                }
            }
        }
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for number in self.first.keys().copied().collect::<Vec<_>>() {
            groups.entry(self.first_of(number)).or_default().push(number);
        }
        groups.into_values().collect()
    }
}

/// The folders around a folder, from the innermost outwards.
fn outwards(folder: &str) -> impl Iterator<Item = &str> {
    fn outer<'a>(folder: &&'a str) -> Option<&'a str> {
        (!folder.is_empty()).then_some(folder.rsplit_once('/').map_or("", |(outer, _)| outer))
    }
    std::iter::successors(Some(folder), outer).skip(1)
}

#[cfg(test)]
mod tests {
    use mbox2eml::name::Layout;

    use super::*;
    use crate::inputs::Found;

    fn groups(claims: &[(&str, bool)]) -> Vec<Vec<usize>> {
        let mut folders = SharedFolders::default();
        for (number, (folder, is_open)) in claims.iter().enumerate() {
            folders.add(number);
            match is_open {
                true => folders.may_have_all_in(number, (*folder).to_owned()),
                false => folders.may_have(number, (*folder).to_owned()),
            }
        }
        folders.groups()
    }

    const MAIL: &str =
        "From ann@example.org Mon Jan  1 00:00:00 2024\nX-Gmail-Labels: Work\nSubject: Hello\n\nBody\n\n";

    fn tar(names: &[&str]) -> Vec<u8> {
        let mut archive = ::tar::Builder::new(Vec::new());
        for name in names {
            let mut header = ::tar::Header::new_ustar();
            header.set_size(MAIL.len().try_into().unwrap());
            archive.append_data(&mut header, name, MAIL.as_bytes()).unwrap();
        }
        archive.into_inner().unwrap()
    }

    /// The mailboxes and failures, and the folder of each.
    fn found(inputs: Inputs) -> Vec<String> {
        let found = inputs.filter_map(|found| match found {
            Found::Mailbox(mailbox) => Some(format!("{} {:?}", mailbox.source.origin(), mailbox.folder)),
            Found::Failed(Failure { error, place }) => Some(format!("{error} {place}")),
            _ => None,
        });
        let mut found: Vec<String> = found.collect();
        found.sort();
        found
    }

    #[test]
    fn groups_opened_by_themselves_are_what_all_are_together() {
        let scratch = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| {
            let path = scratch.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        };
        let export = "takeout-20261122T091502Z";
        for (name, bytes) in [
            ("ann.tar", tar(&["Sent.mbox", "Work/2024.mbox"])),
            ("Ann/Sent.mbox", MAIL.into()),
            ("ann.mbox", MAIL.into()),
            (&format!("bob/{export}-001.tar"), tar(&["Takeout/Mail/One.mbox"])),
            (&format!("bob/{export}-002.tar"), tar(&["Takeout/Mail/One.mbox"])),
            (&format!("bob/{export}-003.tar"), tar(&["Takeout/index.html"])),
            ("bob/old/Sent.mbox", MAIL.into()),
            ("eve/Takeout/Mail/One.mbox", MAIL.into()),
            ("eve/Takeout/Mail/Two.mbox", MAIL.into()),
            ("joe/empty.mbox", Vec::new()),
            ("joe/photos.tar", tar(&["photos/a.jpg"])),
        ] {
            write(name, &bytes);
        }
        for layout in [Layout::Flat, Layout::Label] {
            let namer = Namer::default().layout(layout);
            let search = || Inputs::builder().names(namer.clone());
            let mut all = search().find(&[scratch.path()]);
            let survey = all.survey();
            let mut parts: Vec<String> = survey
                .groups(&namer)
                .iter()
                .flat_map(|group| found(search().open(&survey, group, None)))
                .chain(all.take_unreadable().into_iter().map(|Failure { error, place }| format!("{error} {place}")))
                .collect();
            parts.sort();
            assert_eq!(parts, found(search().find(&[scratch.path()])), "{layout}");
            assert!(parts.len() > 10, "{parts:#?}");
        }
    }

    #[test]
    fn what_may_have_the_same_folder_is_one_group() {
        assert_eq!(groups(&[("ann", true), ("bob", true), ("ann", true)]), [vec![0, 2], vec![1]]);
        assert_eq!(
            groups(&[("ann", true), ("anna", true), ("ann/old", true), ("ann/b/c", false)]),
            [vec![0, 2, 3], vec![1]]
        );
        assert_eq!(
            groups(&[("ann", false), ("ann/old", false), ("bob", false), ("bob", false)]),
            [vec![0], vec![1], vec![2, 3]]
        );
        assert_eq!(groups(&[("ann", true), ("", true), ("bob", false)]), [[0, 1, 2]]);
        // Those that have nothing to do with one another are joined by a third one.
        assert_eq!(groups(&[("ann/a", true), ("ann/b", true), ("ann", true)]), [[0, 1, 2]]);
    }
}
