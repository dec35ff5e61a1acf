//! Whose mail an output holds: most importers put all of it into one account.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use mbox2eml::name::Place;
use mbox2eml::report::MailboxSummary;

use crate::number::{count, to_u64};
use crate::shell::quoted_path;

/// Several people, or exports that may be of several.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct People {
    number: usize,
    /// Whether they are known by the names of their exports only.
    are_exports: bool,
    /// One of them: what of the inputs is theirs, and their ZIP.
    one: Option<(PathBuf, PathBuf)>,
}

/// The mail of one.
#[derive(Debug, Default)]
struct Group {
    /// The mailboxes in it, by name.
    mailboxes: BTreeSet<String>,
    is_takeout: bool,
    /// An input with a mailbox in it.
    input: String,
}

impl People {
    /// Those whose mailboxes these are; `None` if all may be of one.
    pub(crate) fn of(mailboxes: &[MailboxSummary]) -> Option<Self> {
        Self::among(mailboxes.iter().map(|mailbox| (mailbox.origin.to_string(), &mailbox.folder)))
    }

    /// Those who have mailboxes in these inputs and places.
    ///
    /// Google's exports in different folders are of different people, and so are folders and mailboxes that are called like
    /// addresses. Of other folders it is likely if all mailboxes are in one and two have the same mailbox: `ann/Sent` and
    /// `bob/Sent`. The folders of labels do not.
    pub(crate) fn among<'a>(mailboxes: impl IntoIterator<Item = (String, &'a Place)>) -> Option<Self> {
        let mailboxes: Vec<(String, &Place)> = mailboxes.into_iter().collect();
        let common = common_folders(mailboxes.iter().map(|(_, place)| *place));
        let mut groups: BTreeMap<String, Group> = BTreeMap::new();
        let mut are_all_in_folders = true;
        for (input, place) in mailboxes {
            let is_takeout = is_in_takeout(&input);
            let Some(name) = group_of(place, is_takeout, common) else {
                are_all_in_folders = false;
                continue;
            };
            let group = groups.entry(name.to_owned()).or_insert_with(|| Group { input, ..Group::default() });
            group.is_takeout |= is_takeout;
            group.mailboxes.insert(place.as_str().get(name.len()..).unwrap_or_default().to_lowercase());
        }
        let are_certain = groups.iter().filter(|(name, group)| group.is_takeout || name.contains('@')).count() > 1;
        let mut seen = BTreeSet::new();
        let mut names = groups.values().flat_map(|group| &group.mailboxes);
        let are_likely = are_certain || are_all_in_folders && names.any(|name| !seen.insert(name));
        if groups.len() < 2 || !are_likely {
            return None;
        }
        let are_exports = groups.keys().all(|name| is_name_of_takeout(last(name)));
        let (name, group) = groups.first_key_value()?;
        Some(Self { number: groups.len(), are_exports, one: one(name, &group.input) })
    }

    /// Whether they are known by more than the names of exports, of which one person may have several.
    pub(crate) fn are_certain(&self) -> bool {
        !self.are_exports
    }

    /// What to do for an importer that takes the ZIPs of one account.
    pub(crate) fn advice(&self, importer: &str) -> String {
        let Self { number, are_exports, one } = self;
        let number = to_u64(*number);
        if *are_exports {
            let exports = count(number, "export");
            return format!(
                "these ZIPs hold the mail of {exports}, but an import is for one account: if they are of several people, \
                 convert each person alone"
            );
        }
        let such_as = one.as_ref().map(|(input, output)| {
            let (input, output) = (quoted_path(input), quoted_path(output));
            format!(", such as: mbox2eml {input} {output} --for {importer}")
        });
        format!(
            "these ZIPs hold the mail of {number} people, but an import is for one account: convert each person alone{}",
            such_as.unwrap_or_default()
        )
    }
}

/// The folders around a mailbox.
fn folders(place: &Place) -> impl Iterator<Item = &str> {
    place.as_str().rsplit_once('/').into_iter().flat_map(|(folders, _)| folders.split('/'))
}

/// How many folders all have in common.
fn common_folders<'a>(mut places: impl Iterator<Item = &'a Place>) -> usize {
    let Some(first) = places.next() else { return 0 };
    let common = |place| folders(first).zip(folders(place)).take_while(|(one, other)| one == other).count();
    places.map(common).min().unwrap_or(0)
}

/// The folder with the mail of one person: behind those that all have in common; or the mailbox, if it is called like an
/// address. `None` if it is neither.
fn group_of(place: &Place, is_takeout: bool, common: usize) -> Option<&str> {
    if let Some(export) = place.export().filter(|_| is_takeout) {
        return Some(export).filter(|export| !export.is_empty());
    }
    let mut end = 0;
    for (at, folder) in folders(place).enumerate() {
        end += folder.len();
        if at >= common || folder.contains('@') {
            return place.as_str().get(..end);
        }
        end += 1;
    }
    last(place.as_str()).contains('@').then(|| place.as_str())
}

/// Whether a mailbox is in an export as Google makes it, and not in a folder of one's own.
fn is_in_takeout(input: &str) -> bool {
    input.split(['/', '\\', '!']).any(|part| part == "Takeout" || is_name_of_takeout(part))
}

fn is_name_of_takeout(name: &str) -> bool {
    name.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("takeout-"))
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The input with all the mail of the one with this folder, found in the path of a mailbox of theirs, and what to call their
/// ZIP; `None` if it is not there, or within an archive.
fn one(folder: &str, input: &str) -> Option<(PathBuf, PathBuf)> {
    let name = last(folder);
    let outside = input.split('!').next()?;
    let mut end = 0;
    for part in outside.split(['/', '\\']) {
        end += part.len();
        if part == name || part.rsplit_once('.').is_some_and(|(stem, _)| stem == name) {
            return Some((outside.get(..end)?.into(), format!("{name}.zip").into()));
        }
        end += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use mbox2eml::name::{Layout, MailboxPath, Namer, Places};

    use super::*;

    /// Who has mailboxes at these paths below `users`; an archive ends at its `!`.
    fn among(paths: &[&str]) -> Option<People> {
        let input = MailboxPath::of_inputs(&[Some("/users".into())]).remove(0);
        let ways: Vec<MailboxPath> = paths
            .iter()
            .map(|path| match path.split_once('!') {
                Some((archive, member)) => input.join(archive).member(member),
                None => input.join(path),
            })
            .collect();
        let mut places = Places::new(&Namer::default().layout(Layout::Label), &ways, &[]);
        let places: Vec<Place> = ways.iter().map(|way| places.place(way)).collect();
        People::among(paths.iter().map(|path| format!("users/{path}")).zip(&places))
    }

    fn advice(paths: &[&str]) -> Option<String> {
        among(paths).map(|people| people.advice("zoho"))
    }

    #[test]
    fn exports_and_folders_of_people_differ_from_those_of_labels() {
        let ann = "ann/takeout-20261122T091502Z-001.zip!Takeout/Mail";
        let bob = "bob/takeout-20261122T091502Z-001.zip!Takeout/Mail";
        for several in [
            [format!("{ann}/Sent.mbox"), format!("{bob}/Inbox.mbox")],
            ["ann.zip!Takeout/Mail/Sent.mbox".to_owned(), "bob.zip!Takeout/Mail/Inbox.mbox".to_owned()],
            ["ann@example.org/a.mbox".to_owned(), "bob@example.org/b.mbox".to_owned()],
            ["x/ann@example.org/a.mbox".to_owned(), "x/bob@example.org/b.mbox".to_owned()],
            ["ann/All mail.mbox".to_owned(), "bob/All mail.mbox".to_owned()],
            ["case-ann@example.org.mbox".to_owned(), "case-bob@example.org.mbox".to_owned()],
        ] {
            let found = among(&several.each_ref().map(String::as_str));
            assert_eq!(found.map(|people| people.number), Some(2), "{several:?}");
        }
        for one in [
            &["Work/Clients.mbox", "Private/Home.mbox", "Inbox.mbox"][..],
            &["Work/Clients.mbox", "Private/Home.mbox"],
            &["Work/Archive.mbox", "Private/Archive.mbox", "Inbox.mbox"],
            &["ann@example.org/Sent.mbox", "ann@example.org/Inbox.mbox"],
            &[
                "takeout-20261122T091502Z-001.zip!Takeout/Mail/Sent.mbox",
                "takeout-20261122T091502Z-002.zip!Takeout/Mail/a.mbox",
            ],
            &["Takeout/Mail/Sent.mbox", "Takeout/Mail/Work/Sent.mbox"],
        ] {
            assert_eq!(among(one), None, "{one:?}");
        }
    }

    #[test]
    fn the_advice_has_a_command_for_one_of_them() {
        let paths = ["ann/takeout-20261122T091502Z-001.zip!Takeout/Mail/Sent.mbox", "bob/Takeout/Mail/Sent.mbox"];
        let start = "these ZIPs hold the mail of 2 people, but an import is for one account: convert each person alone";
        assert_eq!(advice(&paths), Some(format!("{start}, such as: mbox2eml users/ann ann.zip --for zoho")));
        let inside = advice(&["all.zip!ann/Sent.mbox", "all.zip!bob/Sent.mbox"]).unwrap();
        assert_eq!(inside, start);
        let exports = ["takeout-20261122T091502Z-001.zip", "takeout-20261222T080000Z-001.zip"]
            .map(|archive| format!("{archive}!Takeout/Mail/Sent.mbox"));
        let exports = advice(&exports.each_ref().map(String::as_str)).unwrap();
        assert!(exports.starts_with("these ZIPs hold the mail of 2 exports, "), "{exports}");
    }
}
