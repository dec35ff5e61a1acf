//! Where in the output the mail of a mailbox goes: whose mail it is, and which mailbox.
//!
//! A [`Place`] is made of the path between the inputs and the mailbox, without what says nothing: extensions, the levels
//! of a Google Takeout, the names of its archives. It depends on nothing else. Only if two mailboxes would share a
//! place, both are marked, by a hash of their full paths and not by their order.

mod google;
mod holdings;
mod names;
mod path;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};

pub use self::google::without_copy_mark;
use self::google::{ArchiveName, Siblings};
use self::holdings::Holdings;
pub(super) use self::names::name_for_all;
use self::names::{NAMELESS, Name, join};
pub use self::path::{ARCHIVES, COMPRESSIONS, MailboxPath};
use self::path::{Part, PartKind, without_archive_extension, without_folder_extension, without_mailbox_extension};
use super::Namer;
use super::characters::Charset;
use super::component::{COMPONENT, caseless};
use super::modified_utf7::decode_modified_utf7;

/// Where the messages of one mailbox go: a relative, portable path, and the mailbox it was made for.
///
/// # Examples
///
/// ```
/// use mbox2eml::name::Place;
///
/// let only_mailbox = Place::root("Takeout/Mail/Sent");
/// assert_eq!(only_mailbox.as_str(), "");
/// assert_eq!(only_mailbox.mailbox(), "Takeout/Mail/Sent");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Place {
    path: String,
    mailbox: String,
    export: Option<String>,
    is_cut: bool,
    is_export_cut: bool,
    /// The portable name of a mailbox without a path of its own.
    file_name: String,
    /// The folder that holds nothing but this mailbox, and whether it was cut, if exports are merged.
    alone_in: Option<(String, bool)>,
}

impl Place {
    /// No place of its own: the messages of `mailbox`, the only one, go directly into the output.
    pub fn root(mailbox: impl Into<String>) -> Self {
        Self::root_in(mailbox.into(), Charset::Unicode)
    }

    fn root_in(mailbox: String, charset: Charset) -> Self {
        let name = mailbox.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(NAMELESS);
        let (file_name, _) = join(vec![Name::new(name, name.as_bytes(), charset)], COMPONENT);
        Self { mailbox, file_name, ..Self::default() }
    }

    /// What a file with the messages that have no folder is called, without an extension.
    pub(crate) fn file_name(&self) -> &str {
        match self.path.rsplit('/').next().unwrap_or_default() {
            "" => &self.file_name,
            name => name,
        }
    }

    /// The path below the output, with `/` between its components; empty for the output itself.
    pub fn as_str(&self) -> &str {
        &self.path
    }

    /// The mailbox's own path, as it was found: what the template field `{mailbox}` says.
    pub fn mailbox(&self) -> &str {
        &self.mailbox
    }

    /// The place of the Google Takeout that the mailbox is part of, if it is part of one: its path below the output
    /// without the mailbox's own component. All mailboxes and parts of the export have it in common, and no other.
    pub fn export(&self) -> Option<&str> {
        self.export.as_deref()
    }

    /// Whether the mailbox would have its folder's place, without a component of its own, if it is Google's.
    pub(crate) fn is_alone(&self) -> bool {
        self.alone_in.is_some()
    }

    /// The place of a mailbox that turned out to be Google's: an export of its own, if no other mail is in its folder.
    pub(crate) fn of_google(mut self) -> Self {
        if let Some((folder, is_cut)) = self.alone_in.take() {
            (self.export, self.is_export_cut) = (Some(folder), is_cut);
        }
        self
    }

    /// Whether a component had to be cut because the path was too long.
    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Whether that was so in the place of the export.
    pub(crate) fn is_export_cut(&self) -> bool {
        self.is_export_cut
    }
}

#[cfg(test)]
impl Place {
    /// The place of a mailbox at this path below an input.
    pub(crate) fn below(path: &str, namer: &Namer) -> Self {
        let input = MailboxPath::of_inputs(&[Some("/input".into())]).remove(0);
        Places::new(namer, &[], &[]).place(&input.join(path))
    }
}

/// Gives every mailbox a [`Place`].
///
/// Left out of its path are the extensions of mailboxes and archives; `Takeout` and the folder in it that holds the
/// mailboxes, whatever its language; the names that Google gives to archives and that folders made of them have; and what
/// Apple Mail (`Sent.mbox/mbox`) and Thunderbird (`Inbox.sbd`) add.
///
/// No two mailboxes share a place, compared as file systems do that know neither case nor Unicode's normal forms. A
/// component that cannot be written as it is (`a:b`) has a mark made from its full original name (`a-b~1234abcd`). Where
/// two mailboxes or folders would still share one, each has a longer mark. Two exports in one folder keep the names of
/// their archives.
///
/// # Examples
///
/// ```
/// use std::path::PathBuf;
///
/// use mbox2eml::name::{MailboxPath, Namer, Places};
///
/// let input = MailboxPath::of_inputs(&[Some(PathBuf::from("/users"))]).remove(0);
/// let archive = input.join("ann@example.org/takeout-20261122T091502Z-001.zip");
/// let mailbox = input.join("bob@example.org/Inbox.sbd/Work.mbox");
/// let mut places = Places::new(&Namer::default(), &[mailbox.clone()], &[archive.clone()]);
///
/// assert_eq!(places.place(&mailbox).as_str(), "bob@example.org/Inbox/Work");
/// let place = places.place(&archive.member("Takeout/E-Mail/Gesendet.mbox"));
/// assert_eq!(place.as_str(), "ann@example.org/Gesendet");
/// assert_eq!(place.export(), Some("ann@example.org"));
/// ```
#[derive(Clone, Debug)]
pub struct Places {
    charset: Charset,
    room: usize,
    merges_exports: bool,
    /// The archives and folders that have names of Google's, by the folder they are in.
    siblings: HashMap<Key, Siblings>,
    /// All that has a name at its level so far, and whether it is marked.
    known: HashMap<Level, HashMap<Key, bool>>,
    /// How often each mailbox has been given a place.
    given: HashMap<Key, u64>,
    holdings: Holdings,
}

/// A hash of a whole path: paths may be long, and each folder on the way has one.
type Key = [u8; 16];

/// What may not have the same name: the folders in one place, the mailboxes in it, and, all under one name, its exports.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Level {
    /// The key of the folder around.
    around: Key,
    sort: Sort,
    caseless: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Sort {
    Folder,
    Mailbox,
    Export,
}

/// The way to a mailbox, without what is left out.
#[derive(Debug)]
struct Trail {
    steps: Vec<Step>,
    export: Option<Export>,
}

/// A component of it.
#[derive(Clone, Debug)]
struct Step {
    text: String,
    bytes: Vec<u8>,
    /// The whole path to it. The same for the same folder, whichever part of an export it is in.
    key: Key,
    /// What distinguishes it from the others in the same folder.
    own: Vec<u8>,
}

/// Where on the way an export begins.
#[derive(Debug)]
struct Export {
    /// Before this step.
    at: usize,
    step: Step,
}

impl Places {
    /// Takes all that is known beforehand: the paths of mailboxes, and those of archives. The mailboxes in an archive
    /// belong to the former, where they are known. The namer says how much of a path its folders need.
    pub fn new(namer: &Namer, mailboxes: &[MailboxPath], archives: &[MailboxPath]) -> Self {
        let mut places = Self {
            charset: namer.charset(),
            room: namer.room_for_place(),
            merges_exports: namer.merges_exports(),
            siblings: HashMap::new(),
            known: HashMap::new(),
            given: HashMap::new(),
            holdings: Holdings::default(),
        };
        // What is in an archive may not be known, but its name says whether that is an export.
        let inside: Vec<MailboxPath> = archives.iter().map(|path| path.member("mailbox")).collect();
        mailboxes.iter().chain(&inside).for_each(|path| places.know_siblings(path));
        let exports: Vec<Trail> = mailboxes.iter().chain(&inside).map(|path| places.trail(path)).collect();
        for Trail { steps, export } in &exports {
            if let Some(export) = export {
                places.know(places.level_of_export(steps, export), export.step.key);
            }
        }
        for (at, Trail { steps, export }) in exports.iter().enumerate() {
            let is_known = at < mailboxes.len() || export.is_some();
            places.holdings.add(steps, is_known);
        }
        places.mark_those_that_share();
        for path in mailboxes {
            let trail = places.trail(path);
            places.name(&trail);
        }
        places.mark_those_that_share();
        places
    }

    /// Whether they are those of these names.
    pub fn are_for(&self, namer: &Namer) -> bool {
        let theirs = (namer.charset(), namer.room_for_place(), namer.merges_exports());
        (self.charset, self.room, self.merges_exports) == theirs
    }

    /// The place of the mailbox that has this path. Every call counts as a mailbox of its own.
    ///
    /// For a mailbox that was known beforehand it depends on those that were, and not on the calls before. Another, a
    /// member of an archive that is read from its start to its end, gives way to those that came before it.
    pub fn place(&mut self, path: &MailboxPath) -> Place {
        let trail = self.trail(path);
        let Some(mailbox) = trail.steps.last() else { return Place::root_in(stem(path), self.charset) };
        let (key, own) = (mailbox.key, mailbox.own.clone());
        let text: Vec<&str> = trail.steps.iter().map(|step| step.text.as_str()).collect();
        let mailbox = text.join("/");
        let at = trail.export.as_ref().map(|export| export.at);
        let (mut names, kept) = self.name(&trail);
        let given = self.given.entry(key).or_default();
        *given += 1;
        if let (Some(name), 2..) = (names.last_mut(), *given) {
            name.mark_as_one_of_several(&[own.as_slice(), b"#", given.to_string().as_bytes()].concat());
        }
        let export = at.map(|at| join(names.iter().take(at + kept).cloned().collect(), self.room));
        let is_alone = *given == 1 && self.merges_exports && export.is_none() && self.is_alone(&trail.steps);
        let alone_in = is_alone.then(|| join(names.iter().take(trail.steps.len() - 1).cloned().collect(), self.room));
        let (path, is_cut) = join(names, self.room);
        let (export, is_export_cut) = export.map_or((None, false), |(path, is_cut)| (Some(path), is_cut));
        Place { path, mailbox, export, is_cut, is_export_cut, file_name: String::new(), alone_in }
    }

    /// The path of a mailbox's place, and the one that it would have if no other mailbox or export had the same name. Both are
    /// those of its export, if exports are merged.
    ///
    /// ```
    /// use std::path::PathBuf;
    ///
    /// use mbox2eml::name::{MailboxPath, Namer, Places};
    ///
    /// let input = MailboxPath::of_inputs(&[Some(PathBuf::from("/ann"))]).remove(0);
    /// let mailboxes = ["takeout-20260101T000000Z-001.zip", "takeout-20260401T000000Z-001.zip"]
    ///     .map(|archive| input.join(archive).member("Takeout/Mail/Sent.mbox"));
    /// let mut places = Places::new(&Namer::default(), &mailboxes, &[]);
    /// let (with_others, alone) = places.with_others_and_alone(&mailboxes[0]);
    /// assert_eq!((&*with_others, &*alone), ("takeout-20260101T000000Z/Sent", "Sent"));
    /// ```
    pub fn with_others_and_alone(&mut self, mailbox: &MailboxPath) -> (String, String) {
        let trail = self.trail(mailbox);
        let (mut names, kept) = self.name(&trail);
        let name = |step: &Step| Name::new(&step.text, &step.bytes, self.charset);
        let mut alone: Vec<Name> = trail.steps.iter().map(name).collect();
        if let Some(Export { at, .. }) = trail.export.filter(|_| self.merges_exports) {
            names.truncate(at + kept);
            alone.truncate(at);
        }
        (join(names, self.room).0, join(alone, self.room).0)
    }

    /// The folder, as far as it is certain, of an archive whose members are not known: without marks, and as file systems that
    /// know no case compare it. Mailboxes of two such archives can be in each other's way only if one of their folders is that
    /// of the other or is in it.
    ///
    /// ```
    /// use mbox2eml::name::{MailboxPath, Namer, Places};
    ///
    /// let input = MailboxPath::of_inputs(&[Some("/users".into())]).remove(0);
    /// let archives = ["Ann/takeout-20261122T091502Z-001.tgz", "bob.tar"].map(|path| input.join(path));
    /// let places = Places::new(&Namer::default(), &[], &archives);
    /// assert_eq!(archives.each_ref().map(|path| places.around_members(path)), ["ann", "bob"]);
    /// ```
    pub fn around_members(&self, archive: &MailboxPath) -> String {
        let Trail { steps, export } = self.trail(&archive.member("mailbox"));
        let name = |step: &Step| caseless(Name::new(&step.text, &step.bytes, self.charset).as_str());
        let mut names: Vec<String> = steps.iter().take(steps.len().saturating_sub(1)).map(name).collect();
        if let Some(export) = export.filter(|export| {
            let exports = self.known.get(&self.level_of_export(&steps, export));
            exports.is_some_and(|exports| exports.len() > 1)
        }) {
            names.insert(export.at.min(names.len()), name(&export.step));
        }
        names.join("/")
    }

    /// Notes the names of Google's around a mailbox.
    fn know_siblings(&mut self, path: &MailboxPath) {
        let around = path.parts.len().saturating_sub(1);
        for (at, part) in path.parts.iter().enumerate().take(around).skip(path.base) {
            if let Some(archive) = archive_name(part) {
                self.siblings.entry(key(&bytes(&path.parts[path.base..at]))).or_default().add(archive);
            }
        }
    }

    /// Whether a mailbox is all that its folder holds, and no mailbox beside the folder is called like it.
    fn is_alone(&self, steps: &[Step]) -> bool {
        let Some((mailbox, folders)) = steps.split_last() else { return false };
        let shares_name = folders.split_last().is_some_and(|(folder, outer)| {
            let around = outer.last().map_or_else(|| key(b""), |folder| folder.key);
            let name = Name::new(&folder.text, &folder.bytes, self.charset);
            self.known.contains_key(&level(around, Sort::Mailbox, name.as_str()))
        });
        self.holdings.is_alone(mailbox, folders) && !shares_name
    }

    /// What is kept of a path.
    fn trail(&self, path: &MailboxPath) -> Trail {
        let Some(leaf) = path.parts.len().checked_sub(1) else { return Trail { steps: vec![], export: None } };
        let mut trail = Trail { steps: Vec::new(), export: None };
        // An Apple Mail folder is a mailbox, not a folder of mailboxes.
        let mailbox = if is_inner_mbox(&path.parts, leaf) { leaf.saturating_sub(1) } else { leaf };
        let levels = ignored_levels(&path.parts[..mailbox]);
        let (mut around, mut own) = (key(b""), Vec::new());
        let (mut begins, mut outer_begins, mut export_begins) = (path.base, path.base, usize::MAX);
        // Above the inputs, only folders that may belong to an export are considered.
        for (at, part) in path.parts.iter().enumerate().skip(path.base.saturating_sub(3)) {
            let is_below = at >= path.base;
            let google = if at < leaf { archive_name(part) } else { None };
            let export = google.as_ref().map(|archive| self.export(path, at, archive));
            if is_below {
                own.extend_from_slice(export.map_or(part.bytes.as_slice(), str::as_bytes));
                own.push(b'/');
            }
            let step = |text: &str, own: &[u8]| Step {
                text: text.to_owned(),
                bytes: part.bytes.clone(),
                key: key(&[&around, own].concat()),
                own: own.to_owned(),
            };
            if levels.contains(&at) {
                let is_new = |begun: &Export| export.is_some() || trail.steps.len() > begun.at;
                let begins = export.is_some() || is_takeout(part);
                if begins && trail.export.as_ref().is_none_or(is_new) {
                    let text = export.unwrap_or(&part.text);
                    let step = Step { bytes: text.as_bytes().to_owned(), ..step(text, &own) };
                    trail.export = Some(Export { at: trail.steps.len(), step });
                    export_begins = at.max(path.base);
                }
            } else if is_below && !is_inner_mbox(&path.parts, at) {
                let text = match part.kind {
                    PartKind::Archive => without_archive_extension(&part.text),
                    PartKind::File if at == leaf => without_mailbox_extension(&part.text),
                    PartKind::File => without_folder_extension(&part.text),
                    PartKind::Stream => part.text.as_str(),
                };
                let step = step(&decode_modified_utf7(text), &own);
                around = step.key;
                own.clear();
                (outer_begins, begins) = (begins, at + 1);
                trail.steps.push(step);
            }
        }
        if let Some(mailbox) = trail.steps.last_mut() {
            // Of a mailbox every component counts as it is: its archive, too, whichever part of an export that is.
            mailbox.key = key(&bytes(&path.parts[path.base..]));
            mailbox.own = bytes(&path.parts[outer_begins.min(export_begins)..]);
        }
        trail
    }

    /// The name of the export that an archive, which is part of a path, belongs to.
    fn export<'a>(&'a self, path: &MailboxPath, at: usize, archive: &'a ArchiveName) -> &'a str {
        let around = path.parts.get(path.base..at).map(|parts| key(&bytes(parts)));
        let siblings = around.and_then(|around| self.siblings.get(&around));
        siblings.map_or(archive.export.as_str(), |siblings| siblings.export(archive))
    }

    /// The names of all steps, and whether (0 or 1) there is one for the export, too. From now on they are known.
    fn name(&mut self, trail: &Trail) -> (Vec<Name>, usize) {
        let mut names = Vec::new();
        let mut around = key(b"");
        let mut kept = 0;
        let leaf = trail.steps.len().saturating_sub(1);
        for (at, step) in trail.steps.iter().enumerate() {
            if let Some(export) = trail.export.as_ref().filter(|export| export.at == at) {
                if self.know(self.level_of_export(&trail.steps, export), export.step.key) {
                    names.push(self.name_step(&export.step, around, Sort::Folder));
                    around = export.step.key;
                    kept = 1;
                } else if let Some((holder, outer)) = trail.steps.get(..at).and_then(<[Step]>::split_last) {
                    // By label, a mailbox beside it that is called like the export's folder would share its folders.
                    let outer = outer.last().map_or_else(|| key(b""), |step| step.key);
                    let name = Name::new(&holder.text, &holder.bytes, self.charset);
                    self.know(level(outer, Sort::Mailbox, name.as_str()), export.step.key);
                }
            }
            let sort = if at == leaf { Sort::Mailbox } else { Sort::Folder };
            names.push(self.name_step(step, around, sort));
            around = step.key;
        }
        (names, kept)
    }

    fn name_step(&mut self, step: &Step, around: Key, sort: Sort) -> Name {
        let mut name = Name::new(&step.text, &step.bytes, self.charset);
        if self.know(level(around, sort, name.as_str()), step.key) {
            name.mark_as_one_of_several(&step.own);
        }
        name
    }

    fn level_of_export(&self, steps: &[Step], export: &Export) -> Level {
        let around = export.at.checked_sub(1).and_then(|at| steps.get(at)).map_or_else(|| key(b""), |step| step.key);
        level(around, Sort::Export, "")
    }

    /// Notes what is at a level; whether it is marked, since something else has its name.
    fn know(&mut self, level: Level, key: Key) -> bool {
        let known = self.known.entry(level).or_default();
        let is_marked = !known.is_empty();
        *known.entry(key).or_insert(is_marked)
    }

    /// Marks all that share a name, whichever came first.
    fn mark_those_that_share(&mut self) {
        for known in self.known.values_mut().filter(|known| known.len() > 1) {
            known.values_mut().for_each(|is_marked| *is_marked = true);
        }
    }
}

fn level(around: Key, sort: Sort, name: &str) -> Level {
    Level { around, sort, caseless: caseless(name) }
}

/// What the only mailbox is called.
fn stem(path: &MailboxPath) -> String {
    let last = path.parts.len().saturating_sub(1);
    let named = if is_inner_mbox(&path.parts, last) { last.saturating_sub(1) } else { last };
    path.parts.get(named).map_or("", |part| without_mailbox_extension(&part.text)).to_owned()
}

fn key(path: &[u8]) -> Key {
    let mut key = Key::default();
    key.iter_mut().zip(Sha256::digest(path)).for_each(|(byte, hash)| *byte = hash);
    key
}

/// The components of a path with what divides them. Neither a `/` nor a NUL is part of one.
fn bytes(parts: &[Part]) -> Vec<u8> {
    let divider = |part: &Part| if part.kind == PartKind::Archive { b"\0" } else { b"/" };
    parts.iter().flat_map(|part| [part.bytes.as_slice(), divider(part)]).flatten().copied().collect()
}

/// What Google's name of an archive says, of the archive or of a folder that was made of it.
fn archive_name(part: &Part) -> Option<ArchiveName> {
    match part.kind {
        PartKind::Archive => ArchiveName::parse(without_archive_extension(&part.text)),
        PartKind::File => ArchiveName::parse(&part.text),
        PartKind::Stream => None,
    }
}

/// Whether it is the outermost folder of a Takeout.
fn is_takeout(part: &Part) -> bool {
    part.kind == PartKind::File && part.text == "Takeout"
}

/// The folders and archives, by their places among the parts around a mailbox, of which an export alone is made: archives
/// by their names, `Takeout`, and in the innermost of these the level that holds the mailboxes.
fn ignored_levels(around: &[Part]) -> HashSet<usize> {
    let (mut levels, mut takeout) = (HashSet::new(), None);
    for (at, part) in around.iter().enumerate() {
        if archive_name(part).is_some() {
            (takeout, _) = (None, levels.insert(at));
        } else if is_takeout(part) {
            (takeout, _) = (Some(at), levels.insert(at));
        }
    }
    levels.extend(takeout.map(|at| at + 1).filter(|at| *at < around.len()));
    levels
}

/// Whether it is the file in which Apple Mail keeps the messages of a mailbox: `Sent.mbox/mbox`.
fn is_inner_mbox(parts: &[Part], at: usize) -> bool {
    let bundle = at.checked_sub(1).and_then(|at| parts.get(at));
    let is_bundle = |part: &Part| part.text.len() > 5 && part.text.to_ascii_lowercase().ends_with(".mbox");
    let is_mbox =
        |part: &Part| part.kind == PartKind::File && without_mailbox_extension(&part.text).eq_ignore_ascii_case("mbox");
    at + 1 == parts.len() && parts.get(at).is_some_and(is_mbox) && bundle.is_some_and(is_bundle)
}
