//! Puts a path together: the mailbox's folder, those of the layout and of the template, and a file
//! name with its index.

use std::collections::HashSet;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::characters::{Style, cut};
use super::component::{COMPONENT, FOLDER_MARKS, FOLDERS, PATH, caseless, is_device, push_folder};
use super::entry_name::EXTENSION;
use super::entry_name::IndexAt;
use super::template::{IndexPlace, Piece};
use super::values::{Part, Values};
use super::{Charset, EntryName, LabelPriority, Layout, MessageInfo, Place, Template, TemplateField};
use crate::message::{Field, Headers};

/// What a place leaves to folders that depend on the message: one of 64 bytes, with its `/`.
const MESSAGE_FOLDERS: usize = 65;

/// Kept free in every file name for an alternative: `~999`.
const ALTERNATIVE: usize = 4;

/// Kept free for what [`push_file`] may add to the index and the text of the template.
const FILE_MARKS: usize = 2;

/// Kept free for what [`push_folder`] may add to some folders of a template.
const FOLDERS_MARKS: usize = 4 * FOLDER_MARKS;

/// Names messages.
///
/// Two messages of one mailbox never get the same name, even compared without case. Nor do those
/// of different mailboxes if neither the template nor the [`Layout`] makes folders; if one does,
/// they may only where one mailbox's [`Place`] is inside the other's.
///
/// When a name is too long the longest texts give way first; `{index}` and `{date}` never do.
///
/// # Examples
///
/// ```
/// use mbox2eml::message::Headers;
/// use mbox2eml::name::{Charset, Place, Layout, Namer, Template};
///
/// let mut headers = Headers::default();
/// headers.subject = Some("Re: a/b".into());
///
/// let namer = Namer::new(Template::default(), Charset::Unicode);
/// let name = namer.name(&Place::root("Sent"), 42, &headers);
/// assert_eq!(name.as_str(), "000042_Re-a-b.eml");
///
/// let namer = Namer::new("{mailbox}/{subject}".parse()?, Charset::Unicode);
/// let name = namer.name(&Place::root("Sent"), 42, &headers);
/// assert_eq!(name.as_str(), "Sent/Re-a-b_000042.eml");
///
/// headers.labels = vec!["Unread".into(), "Work/2024".into(), "Inbox".into()];
/// let namer = Namer::default().layout(Layout::Label);
/// let name = namer.name(&Place::root("Sent"), 42, &headers);
/// assert_eq!(name.as_str(), "Work/2024/000042_Re-a-b.eml");
/// # Ok::<(), mbox2eml::name::TemplateError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Namer {
    template: Template,
    charset: Charset,
    layout: Layout,
    priority: LabelPriority,
    is_joined: bool,
}

impl Namer {
    /// No message has more names than this: a header of a hundred thousand labels, which anyone can send, would fill a
    /// disk with copies.
    pub(crate) const COPIES: usize = 100;

    /// No more labels than this are tried for that: any number of labels can make the same name.
    const LABELS_TRIED: usize = 1000;

    /// Names messages after `template`, with names made of `charset`, in a flat layout.
    pub fn new(template: Template, charset: Charset) -> Self {
        let template = match charset {
            Charset::Unicode => template,
            Charset::Ascii => template.into_ascii(),
        };
        Self { template, charset, layout: Layout::default(), priority: LabelPriority::default(), is_joined: false }
    }

    /// Puts messages into the folders of `layout`. Default: [`Layout::Flat`].
    #[must_use]
    pub fn layout(mut self, layout: Layout) -> Self {
        self.layout = layout;
        self
    }

    /// Joins the mailboxes: none has a [`Place`], and the numbers run on from one to the next, as in an export that is
    /// merged. Default: off.
    ///
    /// ```
    /// use mbox2eml::message::Headers;
    /// use mbox2eml::name::{MailboxPath, Namer, Places};
    ///
    /// let mailbox = MailboxPath::of_inputs(&[Some("/ann".into())]).remove(0).join("Sent.mbox");
    /// let name = |namer: Namer| {
    ///     let place = Places::new(&namer, &[mailbox.clone()], &[]).place(&mailbox);
    ///     namer.name(&place, 7, &Headers::default()).to_string()
    /// };
    /// assert_eq!(name(Namer::default()), "Sent/000007.eml");
    /// assert_eq!(name(Namer::default().joined(true)), "000007.eml");
    /// ```
    #[must_use]
    pub fn joined(mut self, is_joined: bool) -> Self {
        self.is_joined = is_joined;
        self
    }

    /// Sets which label is a message's primary one in [`Layout::Label`]. Default: [`LabelPriority::default`].
    #[must_use]
    pub fn label_priority(mut self, priority: LabelPriority) -> Self {
        self.priority = priority;
        self
    }

    /// The header fields that names are made of.
    pub(crate) fn header_fields(&self) -> impl Iterator<Item = Field> {
        self.fields().filter_map(TemplateField::header_field)
    }

    /// The fields of the layout and the template.
    pub(super) fn fields(&self) -> impl Iterator<Item = TemplateField> {
        self.layout.fields().iter().copied().chain(self.template.fields())
    }

    /// The name of the message with this number, from 1, in the mailbox that has this place. `{hash}` is empty.
    ///
    /// `{label}` is the label that makes the layout's folder; if none does, the first.
    pub fn name(&self, place: &Place, index: u64, headers: &Headers) -> EntryName {
        self.named(place, index.into(), headers).0
    }

    /// The same, and whether one of the folders had to be cut because the path was too long.
    pub(crate) fn named(&self, place: &Place, info: MessageInfo, headers: &Headers) -> (EntryName, bool) {
        let values = Values::new(self.charset, place, info, headers);
        match self.primary(&headers.labels) {
            Some(label) => self.entry_name(&values.under(label)),
            None => self.entry_name(&values),
        }
    }

    /// The names of the message for a copy under each of its labels, the first of which is its
    /// [`name`](Self::name).
    ///
    /// In the layout by label, these are the labels that make folders; otherwise all, if the template
    /// has `{label}`. Labels that make the same name, compared without case, make one copy. Without
    /// such a label there is one too. There are [`COPIES`](Self::COPIES) at most.
    pub(crate) fn names(&self, place: &Place, info: MessageInfo, headers: &Headers) -> Vec<EntryName> {
        let labels = self.labels_of_copies(&headers.labels);
        if labels.is_empty() {
            return vec![self.named(place, info, headers).0];
        }
        let values = Values::new(self.charset, place, info, headers);
        let mut taken = HashSet::new();
        let tried = labels.into_iter().take(Self::LABELS_TRIED);
        let names = tried.map(|label| self.entry_name(&values.under(label)).0);
        names.filter(|name| taken.insert(caseless(name.as_str()))).take(Self::COPIES).collect()
    }

    /// Whether mailboxes of one export share a tree of folders: with [`Layout::Label`], or if all mailboxes are
    /// [joined](Self::joined).
    pub fn merges_exports(&self) -> bool {
        self.layout == Layout::Label || self.is_joined
    }

    /// The place that a mailbox shares with others, if it does.
    pub fn shared_place<'p>(&self, place: &'p Place) -> Option<&'p str> {
        if self.is_joined { Some("") } else { place.export().filter(|_| self.merges_exports()) }
    }

    /// Whether names have the number of the message.
    pub(crate) fn has_index(&self) -> bool {
        self.template.fields().any(|field| field == TemplateField::Index)
    }

    /// Whether names have the hash of the message.
    pub(crate) fn needs_hash(&self) -> bool {
        self.template.fields().any(|field| field == TemplateField::Hash)
    }

    /// Whether names depend on the language of the account.
    pub(crate) fn needs_language(&self) -> bool {
        self.layout == Layout::Label || self.charset == Charset::Ascii
    }

    /// How labels are ranked, and what their folders are called.
    pub(crate) fn priority(&self) -> &LabelPriority {
        &self.priority
    }

    /// The label that makes the layout's folder, if one does.
    fn primary<'a>(&self, labels: &'a [String]) -> Option<&'a String> {
        (self.layout == Layout::Label).then(|| self.priority.primary(labels))?
    }

    fn labels_of_copies<'a>(&self, labels: &'a [String]) -> Vec<&'a String> {
        match self.layout {
            Layout::Label => self.priority.in_order(labels),
            _ if self.fields().any(|field| field == TemplateField::Label) => labels.iter().collect(),
            _ => Vec::new(),
        }
    }

    /// What names are made of.
    pub(super) fn charset(&self) -> Charset {
        self.charset
    }

    /// How long a place may be, in bytes, so that there is room for the folders of the layout and the template.
    pub(super) fn room_for_place(&self) -> usize {
        let has_folders = self.layout != Layout::Flat || !self.template.folders.is_empty();
        if has_folders { FOLDERS - MESSAGE_FOLDERS } else { FOLDERS }
    }

    fn entry_name(&self, values: &Values<'_>) -> (EntryName, bool) {
        let mut path = String::with_capacity(PATH);
        let place = values.place();
        let merged = self.shared_place(place).filter(|_| self.is_joined || values.is_of_gmail());
        path.push_str(merged.unwrap_or(place.as_str()));
        let mut is_cut = false;
        if self.layout != Layout::Flat {
            let room = self.room_for_layout(&path);
            is_cut = self.layout.push_folders(&self.priority, &mut path, values, room);
        }
        push_folders(&mut path, &self.template.folders, values);
        if !path.is_empty() {
            path.push('/');
        }
        let index = push_file(&mut path, &self.template, values);
        path.push_str(EXTENSION);
        // Two pieces side by side may compose.
        if !path.is_ascii() && !is_nfc(&path) {
            path = path.nfc().collect();
        }
        (EntryName::made(path, index).of_account(place.export()), is_cut)
    }

    /// How much of the room for folders is the layout's, in bytes: half, if the template makes some too.
    fn room_for_layout(&self, path: &str) -> usize {
        let room = FOLDERS.saturating_sub(path.len());
        if self.template.folders.is_empty() { room } else { room / 2 }
    }
}

/// Appends the folders that the template makes, as many as there is room for.
fn push_folders(path: &mut String, pieces: &[Piece], values: &Values<'_>) {
    if pieces.is_empty() {
        return;
    }
    let room = FOLDERS.saturating_sub(path.len());
    let end = path.len() + room;
    let mut folders = String::new();
    values.fill(&mut folders, pieces, Part::Folders, room.saturating_sub(FOLDERS_MARKS));
    for name in folders.split('/') {
        let left = end.saturating_sub(path.len() + 1).min(COMPONENT);
        let name = cut(name, left.saturating_sub(FOLDER_MARKS), char::len_utf8);
        push_folder(path, name);
    }
}

/// Appends the file name without its extension, which is to be below the folders of `path`.
///
/// The index is the longest run of digits at its end of the name. That makes the name unique. Returns at which end it
/// is.
fn push_file(path: &mut String, template: &Template, values: &Values<'_>) -> Option<IndexAt> {
    // What neither begins nor ends a name, even if the template says so.
    let edge = |c| Style::Slug.trims(c);
    let room = PATH.saturating_sub(path.len()).min(COMPONENT);
    let room = room.saturating_sub(values.index_len() + FILE_MARKS + ALTERNATIVE + EXTENSION.len());
    let index = match template.index {
        IndexPlace::Without(field) if !values.has(field) => IndexPlace::Last,
        index => index,
    };
    match index {
        IndexPlace::First => {
            values.push_index(path);
            let after_index = path.len();
            values.fill(path, &template.file, Part::AfterIndex, room);
            let text = path.get(after_index..).unwrap_or_default();
            let kept = cut(text, room, char::len_utf8).trim_end_matches(edge).len();
            path.truncate(after_index + kept);
            if path.get(after_index..).is_some_and(|text| text.starts_with(|c: char| c.is_ascii_digit())) {
                path.insert(after_index, '_');
            }
            Some(IndexAt::Start)
        }
        IndexPlace::Last | IndexPlace::Without(_) => {
            let mut text = String::new();
            values.fill(&mut text, &template.file, Part::BeforeIndex, room);
            let text = text.trim_start_matches(edge);
            let kept = cut(text, room, char::len_utf8);
            let is_complete = index != IndexPlace::Last && !kept.trim_end_matches(edge).is_empty();
            if is_device(kept) {
                path.push('_');
            }
            if is_complete {
                path.push_str(kept.trim_end_matches(edge));
                return None;
            }
            path.push_str(kept);
            let needs_separator = index != IndexPlace::Last && !kept.is_empty() && !kept.ends_with('_');
            if kept.len() < text.len() || kept.ends_with(|c: char| c.is_ascii_digit()) || needs_separator {
                path.push('_');
            }
            values.push_index(path);
            Some(IndexAt::End)
        }
    }
}
