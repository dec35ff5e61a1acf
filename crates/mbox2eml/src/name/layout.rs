//! The folders between a mailbox's own and those of a template.

use std::cmp::Reverse;
use std::convert::Infallible;
use std::str::FromStr;

use super::TemplateField;
use super::component::push_folder;
use super::label_folders::label_folders;
use super::values::Values;
use crate::keyword::keywords;
use crate::message::{LabelMap, LabelName, SystemLabel, parse_labels};

/// The folder of messages without a date.
const UNDATED: &str = "undated";

/// Which folders messages are laid out in, below their mailbox's [`Place`](super::Place) and above
/// the folders of the [`Template`](super::Template).
///
/// Default: [`Layout::Flat`].
///
/// ```
/// use mbox2eml::message::{Headers, Received, ReceivedSource};
/// use mbox2eml::name::{Layout, Namer, Place};
///
/// let mut headers = Headers::default();
/// headers.received = Some(Received::new(1_711_972_800, ReceivedSource::FromLine));
/// headers.labels = vec!["Inbox".into(), "Work/2024".into()];
/// let folder = |layout| Namer::default().layout(layout).name(&Place::default(), 1, &headers).folder().to_owned();
/// assert_eq!([Layout::Flat, Layout::Date, Layout::Label].map(folder), ["", "2024/04", "Work/2024"]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Layout {
    /// None.
    #[default]
    Flat,
    /// Those of the message's primary Gmail label ([`LabelPriority`]), spelled as in the mailbox; a nested label
    /// makes nested folders.
    ///
    /// For Gmail's messages the labels are the place: of a mailbox that is part of an [export](super::Place::export),
    /// its own component is left out. `Archive`, in the language of the account where that is known, is for messages of
    /// Gmail's without a label that makes a folder, such as `Archived,Unread`. Messages of others, such as those of
    /// Thunderbird, get no folder below that of their mailbox.
    ///
    /// Labels do not mix: one that is not allowed in a path as it is, or is too long for one, gets `~` and six
    /// hexadecimal digits, a checksum of its text (`a:b` becomes `a-b~310864`). Two labels share a folder only if they
    /// differ in nothing but case, Unicode's normal form, the invisible characters within emoji or, in names of ASCII
    /// only, accents, or if they are written alike and their checksums agree, one chance in 16 million. Gmail has no
    /// two labels that differ in case only. A user's own label `Archive` shares the folder of that name.
    Label,
    /// `2024/04`: year and month in which the message was received, in UTC; `undated` for messages
    /// of which that is not known.
    Date,
    /// `2024`: the year in which the message was received, in UTC; `undated` if that is not known.
    Year,
}

keywords!(Layout, "layout", Flat = "flat", Label = "label", Date = "date", Year = "year");

impl Layout {
    /// The fields of a message that decide about its folders.
    pub(super) fn fields(self) -> &'static [TemplateField] {
        match self {
            Self::Flat => &[],
            Self::Label => &[TemplateField::Label],
            Self::Date | Self::Year => &[TemplateField::Year, TemplateField::Month],
        }
    }

    /// Appends the folders of a message to `path`, at most `room` bytes with their slashes; whether they had to be cut.
    pub(super) fn push_folders(
        self,
        priority: &LabelPriority,
        path: &mut String,
        values: &Values<'_>,
        room: usize,
    ) -> bool {
        let mut push = |name: &str| push_folder(path, name);
        match self {
            Self::Flat => {}
            Self::Label if !values.is_of_gmail() => {}
            Self::Label => {
                let labelled = values.label().filter(|label| priority.rank(label).is_some());
                let folder = labelled.and_then(|label| priority.map.folder(label));
                let folder = folder.unwrap_or_else(|| priority.map.archive(values.letters().language).into());
                let (folders, is_cut) = label_folders(&folder, values.letters(), room.saturating_sub(1));
                folders.split('/').for_each(push);
                return is_cut;
            }
            Self::Date | Self::Year => match values.year_and_month() {
                Some((year, month)) => {
                    push(&year);
                    if self == Self::Date {
                        push(&month);
                    }
                }
                None => push(UNDATED),
            },
        }
        false
    }
}

/// Which of a message's labels is its primary one, whose folder the message goes to.
///
/// Default: Trash, Spam, Drafts, Chat, then the user's label that is nested deepest, of several the
/// first, then Sent, then Inbox. Labels that say how a message is and not where,
/// such as Unread and Starred, make no folders.
///
/// Labels that are named come before all these, in the order in which they are named, and make
/// folders even if they are states. They are named as for [`LabelName`]: `Trash` is meant in every
/// language, and a label takes its nested labels along.
///
/// # Examples
///
/// ```
/// use mbox2eml::name::LabelPriority;
///
/// let labels = ["Inbox", "Work/2024", "Unread"].map(String::from);
/// assert_eq!(LabelPriority::default().primary(&labels).unwrap(), "Work/2024");
///
/// let priority: LabelPriority = "Starred,Inbox,work".parse()?;
/// assert_eq!(priority.primary(&labels).unwrap(), "Inbox");
/// # Ok::<(), std::convert::Infallible>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelPriority {
    named: Vec<LabelName>,
    map: LabelMap,
}

/// The rank of a label among others, the lowest first: by its class, then by how deep it is nested.
type Rank = (usize, Reverse<usize>);

impl LabelPriority {
    /// Puts the labels of these names first, in this order.
    pub fn new(names: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        Self { named: names.into_iter().map(|name| LabelName::new(name.as_ref())).collect(), ..Self::default() }
    }

    /// Sets what labels mean, and what their folders are called. Default: what Gmail calls them.
    #[must_use]
    pub fn label_map(mut self, map: LabelMap) -> Self {
        self.map = map;
        self
    }

    /// The labels that are named.
    pub(crate) fn names(&self) -> &[LabelName] {
        &self.named
    }

    /// What labels mean.
    pub(crate) fn map(&self) -> &LabelMap {
        &self.map
    }

    /// The primary one of a message's labels; `None` if none of them makes a folder.
    pub fn primary<'a>(&self, labels: &'a [String]) -> Option<&'a String> {
        let ranked = labels.iter().filter_map(|label| Some((self.rank(label)?, label)));
        ranked.min_by_key(|(rank, _)| *rank).map(|(_, label)| label)
    }

    /// Those of a message's labels that make folders, the primary one first.
    pub(super) fn in_order<'a>(&self, labels: &'a [String]) -> Vec<&'a String> {
        let mut ranked: Vec<_> = labels.iter().filter_map(|label| Some((self.rank(label)?, label))).collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        ranked.into_iter().map(|(_, label)| label).collect()
    }

    /// The rank of `label`; `None` if it makes no folder.
    fn rank(&self, label: &str) -> Option<Rank> {
        self.map.folder(label)?;
        let named = self.named.iter().position(|name| name.matches_with(label, &self.map));
        let class = match (named, class(self.map.system(label))) {
            (Some(position), _) => position,
            (None, Some(class)) => self.named.len() + class,
            // A state makes a folder if the user names one.
            (None, None) if self.map.names_folder(label) => self.named.len() + USERS,
            (None, None) => return None,
        };
        Some((class, Reverse(label.split('/').count())))
    }
}

/// Where a label of the user's own is in the default order.
const USERS: usize = 4;

/// The default order.
fn class(system: Option<SystemLabel>) -> Option<usize> {
    match system {
        Some(SystemLabel::Trash) => Some(0),
        Some(SystemLabel::Spam) => Some(1),
        Some(SystemLabel::Drafts) => Some(2),
        Some(SystemLabel::Chat) => Some(3),
        None => Some(USERS),
        Some(SystemLabel::Sent) => Some(5),
        Some(SystemLabel::Inbox) => Some(6),
        Some(_) => None,
    }
}

impl FromStr for LabelPriority {
    type Err = Infallible;

    /// Reads names as Takeout writes labels: with commas between them, one with a comma in
    /// quotation marks.
    fn from_str(names: &str) -> Result<Self, Infallible> {
        Ok(Self::new(parse_labels(names.as_bytes())))
    }
}
