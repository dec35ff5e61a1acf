//! What labels mean in the user's own words: a file of renamed folders.

use std::borrow::Cow;
use std::str::FromStr;

use thiserror::Error;

use super::system_label::ARCHIVE;
use super::{LabelName, Language, SystemLabel};

/// Which folders labels make, and what labels of a language mean that is not known. Default: nothing is changed.
///
/// Read from lines `Label = Folder`, which name the folder of a label and of those nested in it; `Label =`, for one
/// that makes no folder; and `Label = @Trash`, for one that is a system label. Labels are named as for [`LabelName`],
/// system labels by their English names. White space around both sides does not count, nor do empty lines and those
/// that begin with `#`; a label with a `=` is written in quotation marks.
///
/// # Examples
///
/// ```
/// use mbox2eml::message::{Headers, LabelMap};
/// use mbox2eml::name::{LabelPriority, Layout, Namer, Place};
///
/// let map: LabelMap = "Cestino = @Trash\nClients = Work/Clients\nNewsletter =\n".parse()?;
/// let namer = Namer::default().layout(Layout::Label).label_priority(LabelPriority::default().label_map(map));
///
/// let mut headers = Headers::default();
/// headers.labels = vec!["Newsletter".into(), "Clients/2024".into()];
/// assert_eq!(namer.name(&Place::default(), 1, &headers).folder(), "Work/Clients/2024");
///
/// let error = "Clients".parse::<LabelMap>().unwrap_err();
/// assert_eq!(error.line, 1);
/// # Ok::<(), mbox2eml::message::LabelMapError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelMap {
    systems: Vec<(LabelName, SystemLabel)>,
    /// The folders, those of labels nested deepest first. `None`: the label makes no folder.
    folders: Vec<(LabelName, Option<String>)>,
    special_use: bool,
}

/// Why a text is no [`LabelMap`].
///
/// ```
/// use mbox2eml::message::LabelMap;
///
/// let error = "Work = Jobs\nCestino = @Bin".parse::<LabelMap>().unwrap_err();
/// assert_eq!(error.line, 2);
/// assert!(error.to_string().starts_with("line 2: unknown system label \"Bin\", expected one of: @Inbox, @Sent"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {fault}")]
#[non_exhaustive]
pub struct LabelMapError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    fault: LabelMapFault,
}

/// What is wrong with a line of a [`LabelMap`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum LabelMapFault {
    /// No `=`.
    #[error("expected 'Label = Folder', 'Label =' or 'Label = @Trash'")]
    NoFolder,
    /// Nothing before the `=`.
    #[error("no label before the '='")]
    NoLabel,
    /// A name after `@` that no system label has.
    #[error("unknown system label {0:?}, expected one of: @{names}", names = names())]
    UnknownSystemLabel(String),
    /// A label that another line names.
    #[error("label {0:?} is named twice")]
    Twice(String),
}

fn names() -> String {
    SystemLabel::ALL.iter().map(|system| system.name()).collect::<Vec<_>>().join(", @")
}

impl LabelMap {
    /// Gives the folders of system labels the names that mail servers use (RFC 6154): `INBOX`, `Sent`, `Drafts`,
    /// `Junk`, `Trash` and `Archive`, whatever the language of the account. A folder that the map names comes before
    /// that.
    ///
    /// ```
    /// use mbox2eml::message::{Headers, LabelMap};
    /// use mbox2eml::name::{LabelPriority, Layout, Namer, Place};
    ///
    /// let map = LabelMap::default().special_use();
    /// let namer = Namer::default().layout(Layout::Label).label_priority(LabelPriority::default().label_map(map));
    /// let mut headers = Headers::default();
    /// headers.labels = vec!["Papierkorb".into()];
    /// assert_eq!(namer.name(&Place::default(), 1, &headers).folder(), "Trash");
    /// ```
    #[must_use]
    pub fn special_use(self) -> Self {
        Self { special_use: true, ..self }
    }

    /// The folder of messages whose labels make none, in an account of this language.
    pub(crate) fn archive(&self, language: Option<Language>) -> &'static str {
        match language {
            Some(language) if !self.special_use => language.archive(),
            _ => ARCHIVE,
        }
    }

    /// Which system label `label` is, by this map or by [`SystemLabel::of`].
    pub(crate) fn system(&self, label: &str) -> Option<SystemLabel> {
        let named = self.systems.iter().find(|(name, _)| !label.contains('/') && name.is_spelled(label));
        named.map(|(_, system)| *system).or_else(|| SystemLabel::of(label))
    }

    /// The label whose folder `label` makes: itself, unless the map says otherwise; `None` if it makes none.
    pub(crate) fn folder<'a>(&'a self, label: &'a str) -> Option<Cow<'a, str>> {
        let Some((name, folder)) = self.named(label) else {
            let system = if self.special_use { self.system(label) } else { None };
            return Some(Cow::Borrowed(system.and_then(SystemLabel::special_use).unwrap_or(label)));
        };
        let folder = folder.as_deref()?;
        Some(match label.split('/').nth(name.depth()) {
            None => Cow::Borrowed(folder),
            Some(_) => {
                let nested: Vec<&str> = label.split('/').skip(name.depth()).collect();
                Cow::Owned(format!("{folder}/{}", nested.join("/")))
            }
        })
    }

    /// Whether the map names a folder for `label`.
    pub(crate) fn names_folder(&self, label: &str) -> bool {
        self.named(label).is_some()
    }

    fn named(&self, label: &str) -> Option<&(LabelName, Option<String>)> {
        self.folders.iter().find(|(name, _)| name.matches_with(label, self))
    }
}

impl FromStr for LabelMap {
    type Err = LabelMapError;

    fn from_str(text: &str) -> Result<Self, LabelMapError> {
        let mut map = Self::default();
        for (line, text) in (1..).zip(text.trim_start_matches('\u{FEFF}').lines()) {
            map.read(text.trim()).map_err(|fault| LabelMapError { line, fault })?;
        }
        // The best match comes first.
        map.folders.sort_by_key(|(name, _)| std::cmp::Reverse(name.depth()));
        Ok(map)
    }
}

impl LabelMap {
    fn read(&mut self, line: &str) -> Result<(), LabelMapFault> {
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let (label, folder) = match line.strip_prefix('"').and_then(|line| line.split_once('"')) {
            Some((label, rest)) => (label, rest.trim_start().strip_prefix('=').ok_or(LabelMapFault::NoFolder)?),
            None => line.split_once('=').ok_or(LabelMapFault::NoFolder)?,
        };
        let (name, folder) = (LabelName::new(label), folder.trim().trim_matches('/'));
        if name.as_str().is_empty() {
            return Err(LabelMapFault::NoLabel);
        }
        let twice = || LabelMapFault::Twice(name.as_str().to_owned());
        match folder.strip_prefix('@') {
            Some(system) => {
                let known = SystemLabel::ALL.iter().find(|known| known.name().eq_ignore_ascii_case(system));
                let known = known.ok_or_else(|| LabelMapFault::UnknownSystemLabel(system.to_owned()))?;
                if self.systems.iter().any(|(other, _)| other.is_same(&name)) {
                    return Err(twice());
                }
                self.systems.push((name, *known));
            }
            None => {
                if self.folders.iter().any(|(other, _)| other.is_same(&name)) {
                    return Err(twice());
                }
                self.folders.push((name, (!folder.is_empty()).then(|| folder.to_owned())));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(text: &str) -> LabelMap {
        text.parse().unwrap()
    }

    #[test]
    fn folders() {
        let map = map(
            "\u{FEFF}# Folders\r\nWork = Projects\r\n work/old=Archive/Old \r\n\r\nInbox = In\r\nNews =\r\n\"a=b\" = c=d\r\n",
        );
        for (label, folder) in [
            ("Work", Some("Projects")),
            ("WORK/2024", Some("Projects/2024")),
            ("Work/Old/1999", Some("Archive/Old/1999")),
            ("Workshop", Some("Workshop")),
            ("Posteingang", Some("In")),
            ("News", None),
            ("News/Weekly", None),
            ("a=b", Some("c=d")),
            ("a//b", Some("a//b")),
        ] {
            assert_eq!(map.folder(label).as_deref(), folder, "{label}");
        }
    }

    #[test]
    fn system_labels() {
        let map = map("Cestino = @Trash\nPosta in arrivo = @inbox\nTrash = Waste\n");
        assert_eq!(map.system("cestino"), Some(SystemLabel::Trash));
        assert_eq!(map.system("Cestino/x"), None);
        assert_eq!(map.system("Posta in arrivo"), Some(SystemLabel::Inbox));
        assert_eq!(map.system("Sent"), Some(SystemLabel::Sent));
        assert_eq!(map.folder("Cestino").as_deref(), Some("Waste"));
        assert!(LabelName::new("Trash").matches_with("Cestino", &map) && !LabelName::new("Trash").matches("Cestino"));
    }

    #[test]
    fn refused() {
        use LabelMapFault::{NoFolder, NoLabel, Twice, UnknownSystemLabel};
        for (text, line, fault) in [
            ("Work", 1, NoFolder),
            ("\n\"Work\"", 2, NoFolder),
            (" = x", 1, NoLabel),
            ("a = @Nothing", 1, UnknownSystemLabel("Nothing".into())),
            ("a = b\nA = c", 2, Twice("A".into())),
        ] {
            let error = text.parse::<LabelMap>();
            assert_eq!(error, Err(LabelMapError { line, fault }), "{text:?}");
        }
        let message = "x = @y".parse::<LabelMap>().unwrap_err().to_string();
        assert!(message.starts_with("line 1: unknown system label \"y\", expected one of: @Inbox, @Sent"), "{message}");
    }
}
