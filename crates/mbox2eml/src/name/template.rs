//! The pattern of a name, as the user writes it.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::characters::{is_literal, literal_in_ascii};
use super::entry_name::EXTENSION;
use crate::message::Field;

/// The pattern of a message's name below its mailbox's folder, without `.eml`.
///
/// Fields are in braces, `/` makes folders, and everything else is literal; `{{` and `}}` are literal braces. A final
/// `.eml` is taken for the extension.
///
/// | field | value |
/// |---|---|
/// | `{index}` | the position in the mailbox, from 1, with at least six digits |
/// | `{date}` | when the message was received, in UTC, such as `20240401T120000Z` |
/// | `{year}`, `{month}`, `{day}` | parts of it |
/// | `{subject}` | the subject as one word, such as `Quarterly-report` |
/// | `{from}`, `{from_name}`, `{to}` | the sender's address and name, the address of the first addressee |
/// | `{id}`, `{gmail_id}` | the Message-ID; Gmail's message id |
/// | `{hash}` | the first 16 hexadecimal digits of the SHA-256 of the EML |
/// | `{label}` | the first Gmail label, or in [`Layout::Label`](super::Layout::Label) the primary one; nested folders for a nested label |
/// | `{mailbox}` | the path of the mailbox; as a folder, nested folders |
///
/// A field that a message lacks is left out with its separator: the literal text before it, or, if
/// no field before it in the same component had a value, the literal text after it. A folder of
/// which nothing remains is left out too.
///
/// `{index}` is first or last in the file name; if it is not, `_{index}` is appended, unless the template has a field
/// that no other message shares, `{gmail_id}` or `{hash}`. A message without a value for that gets its index, too.
/// Default: `{index}_{date}_{subject}`.
///
/// # Examples
///
/// ```
/// use mbox2eml::message::Headers;
/// use mbox2eml::name::{Charset, Namer, Place, Template};
///
/// let template: Template = "{year}/{index}_{subject}".parse()?;
/// let mut headers = Headers::default();
/// headers.subject = Some("Lunch at noon?".into());
/// let name = Namer::new(template, Charset::Unicode).name(&Place::default(), 1, &headers);
/// assert_eq!(name.as_str(), "000001_Lunch-at-noon.eml");
///
/// let error = "{index}_{sender}".parse::<Template>().unwrap_err();
/// assert!(error.to_string().starts_with(r#"unknown template field "sender"; there are {index} {date}"#));
/// # Ok::<(), mbox2eml::name::TemplateError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// All folders, with a [`Piece::Slash`] between two.
    pub(super) folders: Vec<Piece>,
    /// The file name without its index.
    pub(super) file: Vec<Piece>,
    /// Where the index goes in the file name.
    pub(super) index: IndexPlace,
}

/// A piece of a template. No two literals are adjacent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Literal(String),
    Field(TemplateField),
    Slash,
}

impl Piece {
    pub(super) fn field(&self) -> Option<TemplateField> {
        match self {
            Self::Field(field) => Some(*field),
            Self::Literal(_) | Self::Slash => None,
        }
    }
}

/// At which end of the file name the index is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IndexPlace {
    First,
    Last,
    /// At none, if the message has a value for this field, which is unique by itself; else last.
    Without(TemplateField),
}

/// A field of a [`Template`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub(crate) enum TemplateField {
    /// `{index}`: the position in the mailbox, from 1, with at least six digits.
    Index,
    /// `{date}`: when the message was received, in UTC, such as `20240401T120000Z`.
    Date,
    /// `{year}`: the year of `{date}`, four digits.
    Year,
    /// `{month}`: the month of `{date}`, two digits.
    Month,
    /// `{day}`: the day of the month of `{date}`, two digits.
    Day,
    /// `{subject}`: the subject as one word, such as `Quarterly-report`.
    Subject,
    /// `{from}`: the sender's address.
    From,
    /// `{from_name}`: the sender's name.
    FromName,
    /// `{to}`: the address of the first addressee.
    To,
    /// `{id}`: the Message-ID.
    Id,
    /// `{gmail_id}`: Gmail's message id, decimal.
    GmailId,
    /// `{hash}`: the first 16 hexadecimal digits of the SHA-256 of the EML.
    Hash,
    /// `{label}`: the first Gmail label, or in [`Layout::Label`](super::Layout::Label) the primary
    /// one; as a folder, a nested label makes nested folders.
    Label,
    /// `{mailbox}`: the path of the mailbox; as a folder, nested folders.
    Mailbox,
}

impl TemplateField {
    /// Every field, in the order in which a help text would list them.
    pub(crate) const ALL: &[Self] = &[
        Self::Index,
        Self::Date,
        Self::Year,
        Self::Month,
        Self::Day,
        Self::Subject,
        Self::From,
        Self::FromName,
        Self::To,
        Self::Id,
        Self::GmailId,
        Self::Hash,
        Self::Label,
        Self::Mailbox,
    ];

    /// The name between the braces.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::Date => "date",
            Self::Year => "year",
            Self::Month => "month",
            Self::Day => "day",
            Self::Subject => "subject",
            Self::From => "from",
            Self::FromName => "from_name",
            Self::To => "to",
            Self::Id => "id",
            Self::GmailId => "gmail_id",
            Self::Hash => "hash",
            Self::Label => "label",
            Self::Mailbox => "mailbox",
        }
    }

    /// The header field that its value is made of.
    pub(super) fn header_field(self) -> Option<Field> {
        match self {
            Self::Subject => Some(Field::Subject),
            Self::From | Self::FromName => Some(Field::From),
            Self::To => Some(Field::To),
            Self::Id => Some(Field::MessageId),
            Self::Label => Some(Field::Labels),
            Self::Index
            | Self::Date
            | Self::Year
            | Self::Month
            | Self::Day
            | Self::GmailId
            | Self::Hash
            | Self::Mailbox => None,
        }
    }

    /// Whether its value is text of any length, which gives way when a name is too long.
    pub(super) fn is_text(self) -> bool {
        match self {
            Self::Subject | Self::From | Self::FromName | Self::To | Self::Id | Self::Label | Self::Mailbox => true,
            Self::Index | Self::Date | Self::Year | Self::Month | Self::Day | Self::GmailId | Self::Hash => false,
        }
    }
}

impl fmt::Display for TemplateField {
    /// The field as a template has it, in its braces.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}", self.name())
    }
}

/// Why a text is no [`Template`].
///
/// ```
/// use mbox2eml::name::{Template, TemplateError};
///
/// assert_eq!("{index".parse::<Template>(), Err(TemplateError::Unclosed));
/// assert_eq!("a/../{index}".parse::<Template>(), Err(TemplateError::NoName("..".into())));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// There is no field of this name.
    #[error("unknown template field {0:?}; there are {fields}", fields = AllFields)]
    UnknownField(String),
    /// A `{` without its `}`.
    #[error("template: '{{' without '}}' (a literal brace is written '{{{{')")]
    Unclosed,
    /// A `}` without its `{`.
    #[error("template: '}}' without '{{' (a literal brace is written '}}}}')")]
    Unopened,
    /// A character that some system does not allow in a name, or not in that position.
    #[error("template: {0:?} cannot be used in a portable file name")]
    Character(char),
    /// Nothing, `.` or `..` where a folder or the file name should be.
    #[error(
        "template: {0:?} is no name for a folder or a file (a template is a relative path such as {{year}}/{{index}})"
    )]
    NoName(String),
}

/// All fields, for people to read.
struct AllFields;

impl fmt::Display for AllFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, field) in TemplateField::ALL.iter().enumerate() {
            write!(f, "{}{field}", if i == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

impl Template {
    /// The fields used, in the order of the template, `{index}` included where every name has it; a field may come
    /// twice.
    pub(crate) fn fields(&self) -> impl Iterator<Item = TemplateField> {
        let (first, last) = match self.index {
            IndexPlace::First => (Some(TemplateField::Index), None),
            IndexPlace::Last => (None, Some(TemplateField::Index)),
            IndexPlace::Without(_) => (None, None),
        };
        let in_folders = self.folders.iter().filter_map(Piece::field);
        in_folders.chain(first).chain(self.file.iter().filter_map(Piece::field)).chain(last)
    }

    /// The same template with its literal text in ASCII.
    pub(super) fn into_ascii(mut self) -> Self {
        for piece in self.folders.iter_mut().chain(&mut self.file) {
            if let Piece::Literal(text) = piece {
                *text = literal_in_ascii(text);
            }
        }
        self
    }

    /// Puts folders and a file name together, and sees to it that the index is at one end.
    fn new(folders: Vec<Piece>, mut file: Vec<Piece>) -> Self {
        let index = Piece::Field(TemplateField::Index);
        if file.first() == Some(&index) {
            file.remove(0);
            return Self { folders, file, index: IndexPlace::First };
        }
        if file.last() == Some(&index) {
            file.pop();
            return Self { folders, file, index: IndexPlace::Last };
        }
        let unique = |field: &TemplateField| matches!(field, TemplateField::GmailId | TemplateField::Hash);
        if let Some(field) = folders.iter().chain(&file).filter_map(Piece::field).find(unique)
            && !folders.iter().chain(&file).any(|piece| *piece == index)
        {
            return Self { folders, file, index: IndexPlace::Without(field) };
        }
        if let Some(Piece::Literal(text)) = file.last_mut() {
            text.push('_');
        } else {
            file.push(Piece::Literal("_".into()));
        }
        Self { folders, file, index: IndexPlace::Last }
    }
}

impl Default for Template {
    fn default() -> Self {
        let separator = || Piece::Literal("_".into());
        let field = Piece::Field;
        let file = vec![
            field(TemplateField::Index),
            separator(),
            field(TemplateField::Date),
            separator(),
            field(TemplateField::Subject),
        ];
        Self::new(Vec::new(), file)
    }
}

impl FromStr for Template {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        let text = text.strip_suffix(EXTENSION).unwrap_or(text);
        let (outer, file) = text.rsplit_once('/').map_or((None, text), |(outer, file)| (Some(outer), file));
        let mut folders = Vec::new();
        for folder in outer.into_iter().flat_map(|outer| outer.split('/')) {
            if !folders.is_empty() {
                folders.push(Piece::Slash);
            }
            folders.extend(parse_component(folder)?);
        }
        Ok(Self::new(folders, parse_component(file)?))
    }
}

/// The pieces of one folder or of the file name; at least one.
fn parse_component(text: &str) -> Result<Vec<Piece>, TemplateError> {
    if text.trim_matches([' ', '.']).is_empty() {
        return Err(TemplateError::NoName(text.to_owned()));
    }
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some((before, brace)) = rest.find(['{', '}']).map(|at| rest.split_at(at)) {
        literal.push_str(before);
        if let Some(after) = brace.strip_prefix("{{").or_else(|| brace.strip_prefix("}}")) {
            literal.extend(brace.chars().next());
            rest = after;
        } else {
            let field = brace.strip_prefix('{').ok_or(TemplateError::Unopened)?;
            let (name, after) = field.split_once('}').ok_or(TemplateError::Unclosed)?;
            pieces.extend(parse_literal(&literal)?);
            pieces.push(Piece::Field(parse_field(name)?));
            literal.clear();
            rest = after;
        }
    }
    literal.push_str(rest);
    pieces.extend(parse_literal(&literal)?);
    Ok(pieces)
}

fn parse_field(name: &str) -> Result<TemplateField, TemplateError> {
    let known = TemplateField::ALL.iter().find(|field| field.name() == name);
    known.copied().ok_or_else(|| TemplateError::UnknownField(name.to_owned()))
}

fn parse_literal(text: &str) -> Result<Option<Piece>, TemplateError> {
    // A mark at the start would change the last letter of the field before.
    let misplaced = text.chars().next().filter(|c| is_combining_mark(*c));
    if let Some(c) = misplaced.or_else(|| text.chars().find(|c| !is_literal(*c))) {
        return Err(TemplateError::Character(c));
    }
    Ok((!text.is_empty()).then(|| Piece::Literal(text.nfc().collect())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Template {
        text.parse().unwrap()
    }

    #[test]
    fn the_default_as_text() {
        assert_eq!(Template::default(), parse("{index}_{date}_{subject}"));
        assert_eq!(Template::default(), parse("{index}_{date}_{subject}.eml"));
    }

    #[test]
    fn the_index_goes_to_an_end() {
        assert_eq!(parse("{subject}"), parse("{subject}_{index}"));
        assert_eq!(parse("x-{index}-y"), parse("x-{index}-y_{index}"));
        assert_eq!(parse("{index}/{subject}"), parse("{index}/{subject}_{index}"));
        assert_ne!(parse("{index}"), parse("{index}_{index}"));
        for unique in ["{gmail_id}", "{date}_{hash}", "{hash}/{subject}"] {
            assert!(parse(unique).fields().all(|field| field != TemplateField::Index), "{unique}");
        }
        assert_eq!(parse("{hash}_{index}").index, IndexPlace::Last);
    }

    #[test]
    fn fields_in_order() {
        let fields: Vec<_> = parse("{year}/{label}/{subject}").fields().map(TemplateField::name).collect();
        assert_eq!(fields, ["year", "label", "subject", "index"]);
        let every: String = TemplateField::ALL.iter().map(|field| format!("{field}_")).collect();
        assert_eq!(parse(&every).fields().take(TemplateField::ALL.len()).collect::<Vec<_>>(), TemplateField::ALL);
    }

    #[test]
    fn literal_braces() {
        let literal = |text| Piece::Literal(String::from(text));
        assert_eq!(
            parse("{{{date}}}/{index}").folders,
            [literal("{"), Piece::Field(TemplateField::Date), literal("}")]
        );
        assert_eq!(parse("{{index}}").file, [literal("{index}_")]);
    }

    #[test]
    fn refused() {
        use TemplateError::{Character, NoName, Unclosed, Unopened};
        for (text, error) in [
            ("{index", Unclosed),
            ("{a/b}", Unclosed),
            ("index}", Unopened),
            ("{index}}", Unopened),
            ("{index}:{date}", Character(':')),
            (r"{year}\{index}", Character('\\')),
            (r"C:\{index}", Character(':')),
            ("{index}~{date}", Character('~')),
            ("{index}\t{date}", Character('\t')),
            ("{index}\0", Character('\0')),
            ("{index}\u{202E}", Character('\u{202E}')),
            ("{subject}\u{301}", Character('\u{301}')),
            ("", NoName(String::new())),
            (".eml", NoName(String::new())),
            ("/{index}", NoName(String::new())),
            ("a//{index}", NoName(String::new())),
            ("{label}/", NoName(String::new())),
            ("../{index}", NoName("..".into())),
            ("a/./{index}", NoName(".".into())),
        ] {
            assert_eq!(text.parse::<Template>(), Err(error), "{text:?}");
        }
    }

    #[test]
    fn errors_are_one_line_for_people() {
        let message = |text: &str| text.parse::<Template>().unwrap_err().to_string();
        assert_eq!(
            message("{sub\nject}"),
            "unknown template field \"sub\\nject\"; there are {index} {date} {year} {month} {day} {subject} \
             {from} {from_name} {to} {id} {gmail_id} {hash} {label} {mailbox}"
        );
        assert_eq!(message("{index"), "template: '{' without '}' (a literal brace is written '{{')");
        assert_eq!(message("}"), "template: '}' without '{' (a literal brace is written '}}')");
        assert_eq!(message("a\u{202E}"), r"template: '\u{202e}' cannot be used in a portable file name");
        assert_eq!(
            message("../x"),
            "template: \"..\" is no name for a folder or a file \
             (a template is a relative path such as {year}/{index})"
        );
    }
}
