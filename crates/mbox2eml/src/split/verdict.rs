//! The rules: does this `From ` line begin a message? Each answer weighs the evidence of one line, in a mailbox whose
//! dialect is known.

use super::candidate::{Candidate, First};
use super::dialect::Dialect;
use super::from_line::Shape;
use crate::keyword::keywords;
use crate::warning::WarningKind::{self, DoubtfulBoundary, MissingBlankLine};

/// What begins a message.
///
/// ```
/// use mbox2eml::Mbox;
/// use mbox2eml::split::SplitRule;
///
/// let mailbox = "From a Mon Jan  1 00:00:00 2024\nSubject: 1\n\nFrom now on.\n";
/// let count = |rule| Mbox::from_bytes(mailbox).split(rule).messages().count();
/// assert_eq!((count(SplitRule::Auto), count(SplitRule::Any)), (1, 2));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SplitRule {
    /// All evidence together: the line's shape, the empty line above it, what follows below, and who wrote the mailbox.
    #[default]
    Auto,
    /// Only a dated separator after an empty line.
    Strict,
    /// Any line that starts with `From `.
    Any,
}

keywords!(SplitRule, "split rule", Auto = "auto", Strict = "strict", Any = "any");

/// Whether a line begins a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Begins(Option<Why>),
    Body(Option<Why>),
    /// It would begin a message in another program's mailbox, but not in this one.
    Foreign,
}

/// Why a decision could be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Why(pub(super) WarningKind, pub(super) &'static str);

const NO_BLANK: Why = Why(MissingBlankLine, "begins a message, although no empty line is above it");
const NO_FIELD_BEGINS: Why = Why(DoubtfulBoundary, "begins a message, although no header field follows");
const NO_FIELD: Why =
    Why(DoubtfulBoundary, "has a date like a separator, but no header field follows: kept in the body");
const ALONE: Why = Why(
    DoubtfulBoundary,
    "has a date like a separator, but no empty line above it and no header field below: kept in the body",
);
const IN_MULTIPART: Why = Why(DoubtfulBoundary, "looks like a separator inside an open MIME part: kept in the body");
const UNDATED_BEGINS: Why =
    Why(DoubtfulBoundary, "has no readable date, but a message header follows: begins a message");
const UNDATED: Why = Why(DoubtfulBoundary, "resembles a separator: kept in the body");
const FIELDS_FOLLOW: Why = Why(DoubtfulBoundary, "starts with 'From ' and header fields follow: kept in the body");
const PATCH: Why = Why(DoubtfulBoundary, "looks like the first line of a git patch: kept in the body");
const OTHER_PROGRAM: Why =
    Why(DoubtfulBoundary, "begins a message, although another program than that of this mailbox wrote the line");
const NO_THREAD: Why =
    Why(DoubtfulBoundary, "looks like Google's separator, but no X-GM-THRID follows: kept in the body");
const NOT_QUOTED: Why =
    Why(DoubtfulBoundary, "is not quoted, although Google quotes lines that start with 'From ': kept in the body");
/// Decided by the splitter, which knows the length.
pub(super) const WITHIN_LENGTH: Why =
    Why(DoubtfulBoundary, "looks like a separator inside the length that Content-Length gives: kept in the body");
/// Decided by the splitter, which has the text above.
pub(super) const FORWARDED: Why =
    Why(DoubtfulBoundary, "looks like the first line of a forwarded message: kept in the body");
/// About the mailbox's first line, which the splitter takes whatever it is.
pub(super) const UNKNOWN_FIRST: Why =
    Why(DoubtfulBoundary, "has no readable date, but begins the mailbox: lines like it begin messages");

/// What the splitter knows of the mailbox when it asks.
pub(super) struct Context<'a, F> {
    pub(super) dialect: Dialect,
    /// Of the mailbox's first line.
    pub(super) first: &'a FirstLine,
    /// Whether a message of the mailbox began without an empty line above it, so that others do so too.
    pub(super) unseparated: bool,
    /// Whether the line above the message that it would end is [certain](Dialect::is_certain).
    pub(super) is_certain: bool,
    /// Whether other programs deliver into this mailbox of Thunderbird's.
    pub(super) is_shared: bool,
    /// Whether the line is inside an open MIME multipart. Asked only where it decides.
    pub(super) in_multipart: F,
}

/// What the first line of a mailbox says of the lines that begin its other messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FirstLine {
    /// The program that wrote it.
    pub(super) dialect: Option<Dialect>,
    /// Git wrote it, so that patches are no attachments.
    pub(super) is_patch: bool,
    /// It has no date, so that others like it need only a header below.
    pub(super) is_undated: bool,
    /// No header follows it, so that other messages need none.
    pub(super) is_headerless: bool,
    /// The [pattern](super::from_line::FromLine::pattern) of a line of no known shape.
    pub(super) pattern: Option<Vec<u8>>,
}

/// Why a line may begin no message although it was taken for one that does, each with a name for checkpoints.
const DOUBTED_BEGINNINGS: [(&str, Why); 4] = [
    ("no-blank", NO_BLANK),
    ("no-field", NO_FIELD_BEGINS),
    ("undated", UNDATED_BEGINS),
    ("other-program", OTHER_PROGRAM),
];

impl Why {
    /// The name of the reason, if it is one of those.
    pub(super) fn code(self) -> Option<&'static str> {
        DOUBTED_BEGINNINGS.iter().find(|(_, why)| *why == self).map(|(code, _)| *code)
    }

    /// The reason that has this name.
    pub(super) fn of_code(code: &str) -> Option<Self> {
        DOUBTED_BEGINNINGS.iter().find(|(name, _)| *name == code).map(|(_, why)| *why)
    }
}

impl SplitRule {
    pub(super) fn judge<F: FnOnce() -> bool>(self, line: &Candidate<'_>, context: Context<'_, F>) -> Verdict {
        match self {
            Self::Any => Verdict::Begins(None),
            Self::Strict if line.line.shape() == Shape::Strong && line.after_blank => Verdict::Begins(None),
            Self::Strict => Verdict::Body(None),
            Self::Auto => {
                let dialect = context.dialect;
                reconsider(auto(line, context), line, dialect)
            }
        }
    }
}

fn auto<F: FnOnce() -> bool>(line: &Candidate<'_>, context: Context<'_, F>) -> Verdict {
    let is_patch = line.line.is_git_magic() && !context.first.is_patch;
    match context.dialect {
        // No body has such a line after an empty one, and no header has an empty line.
        Dialect::Mbox2eml if line.after_blank && line.line.dialect() == Dialect::Mbox2eml => Verdict::Begins(None),
        Dialect::Mbox2eml if context.is_certain && !line.after_blank => Verdict::Body(None),
        // A patch, attached or quoted as text, whatever else the line looks like.
        _ if is_patch => Verdict::Body(line.heads_fields().then_some(PATCH)),
        // What another program has added to a mailbox of ours.
        Dialect::Generic | Dialect::Mbox2eml => by_evidence(line, context),
        own if line.line.dialect() == own || is_other_own_form(own, line) => by_dialect(line, context),
        Dialect::Thunderbird if is_bare(line) => undated(line, true, context.in_multipart),
        // Google's line with a date that is broken.
        Dialect::GoogleTakeout if line.line.shape() != Shape::Strong && line.heads_fields() && line.below.gmail => {
            Verdict::Begins(Some(UNDATED_BEGINS))
        }
        _ => foreign(line, context),
    }
}

/// No line that could begin a message is kept in a body silently, and none with the fields that every message gets on
/// its way is kept there because of a date that cannot be read.
fn reconsider(verdict: Verdict, line: &Candidate<'_>, dialect: Dialect) -> Verdict {
    let quotes_all = dialect == Dialect::GoogleTakeout;
    let is_message = line.after_blank && line.below.traced && !line.line.is_git_magic();
    match verdict {
        Verdict::Body(None) if quotes_all => Verdict::Body(Some(NOT_QUOTED)),
        Verdict::Body(None | Some(UNDATED)) if is_message && !quotes_all => Verdict::Begins(Some(UNDATED_BEGINS)),
        Verdict::Body(None) if line.heads_fields() => Verdict::Body(Some(FIELDS_FOLLOW)),
        _ => verdict,
    }
}

/// Who wrote a line that begins a message in a mailbox with this dialect; it says how the message is quoted.
pub(super) fn writer(dialect: Dialect, line: &Candidate<'_>) -> Dialect {
    if is_other_own_form(dialect, line) { dialect } else { line.line.dialect() }
}

/// Mailman obscures addresses only: a sender that is not one, such as `MAILER-DAEMON`, stays one word.
fn is_other_own_form(dialect: Dialect, line: &Candidate<'_>) -> bool {
    dialect == Dialect::Pipermail && line.line.is_pipermail_word()
}

/// `From ` and nothing more, or `From -`: what older Thunderbirds wrote.
fn is_bare(line: &Candidate<'_>) -> bool {
    line.line.shape() == Shape::Weak && matches!(line.line.sender(), b"" | b"-")
}

/// The line has the exact form that this mailbox's program writes.
fn by_dialect<F: FnOnce() -> bool>(line: &Candidate<'_>, context: Context<'_, F>) -> Verdict {
    if context.dialect == Dialect::GoogleTakeout {
        return match (line.below.gmail, line.after_blank) {
            (true, true) => Verdict::Begins(None),
            (true, false) => Verdict::Begins(Some(NO_BLANK)),
            (false, _) => Verdict::Body(Some(NO_THREAD)),
        };
    }
    dated(line, context)
}

/// The line does not have the form that this mailbox's program writes.
fn foreign<F: FnOnce() -> bool>(line: &Candidate<'_>, context: Context<'_, F>) -> Verdict {
    match line.line.shape() {
        Shape::Strong if line.below.first != First::Field => Verdict::Body(line.after_blank.then_some(NO_FIELD)),
        Shape::Strong if !(context.in_multipart)() => Verdict::Foreign,
        Shape::Strong => Verdict::Body(Some(IN_MULTIPART)),
        Shape::Weak if is_like_separator(line) => Verdict::Body(Some(UNDATED)),
        Shape::Weak | Shape::Prose => Verdict::Body(None),
    }
}

/// The mailbox's program is unknown.
fn by_evidence<F: FnOnce() -> bool>(line: &Candidate<'_>, context: Context<'_, F>) -> Verdict {
    match line.line.shape() {
        Shape::Strong => dated(line, context),
        Shape::Weak => undated(line, context.first.is_undated, context.in_multipart),
        Shape::Prose => of_unknown_shape(line, context.first),
    }
}

fn dated<F: FnOnce() -> bool>(line: &Candidate<'_>, context: Context<'_, F>) -> Verdict {
    match (line.below.first, line.after_blank) {
        (First::Field, true) => {
            let is_other = context.is_shared && line.line.dialect() != Dialect::Thunderbird;
            Verdict::Begins(is_other.then_some(OTHER_PROGRAM))
        }
        // Where messages are not separated, one multipart that was cut short must not swallow all that follow.
        (First::Field, false) if !context.unseparated && (context.in_multipart)() => Verdict::Body(Some(IN_MULTIPART)),
        (First::Field, false) => Verdict::Begins(Some(NO_BLANK)),
        (First::EmptyLine | First::EndOfFile | First::Separator, true) => Verdict::Begins(Some(NO_FIELD_BEGINS)),
        (First::Other, true) if context.first.is_headerless => Verdict::Begins(Some(NO_FIELD_BEGINS)),
        (_, true) => Verdict::Body(Some(NO_FIELD)),
        (_, false) => Verdict::Body(Some(ALONE)),
    }
}

/// `is_own`: whether the mailbox's own lines have no date.
fn undated<F: FnOnce() -> bool>(line: &Candidate<'_>, is_own: bool, in_multipart: F) -> Verdict {
    if line.has_header() && (is_own || line.after_blank && !in_multipart()) {
        Verdict::Begins(Some(UNDATED_BEGINS))
    } else if is_like_separator(line) {
        Verdict::Body(Some(UNDATED))
    } else {
        Verdict::Body(None)
    }
}

/// The line is prose, unless that is how this mailbox's own lines look.
fn of_unknown_shape(line: &Candidate<'_>, first: &FirstLine) -> Verdict {
    match &first.pattern {
        Some(pattern) if line.after_blank && line.has_header() => {
            Verdict::Begins((line.line.pattern() != *pattern).then_some(UNDATED_BEGINS))
        }
        _ => Verdict::Body(None),
    }
}

/// Whether a line without a date that was kept in a body is worth a warning.
fn is_like_separator(line: &Candidate<'_>) -> bool {
    line.after_blank && line.below.fields > 0 || line.has_header()
}

/// Whether a line inside the length that `Content-Length` gives is worth a warning.
pub(super) fn could_begin(line: &Candidate<'_>) -> bool {
    line.heads_fields() || line.line.shape() == Shape::Strong && line.below.first == First::Field
}
