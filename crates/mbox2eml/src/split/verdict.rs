//! The rules: does this `From ` line begin a message? Each answer weighs one line's evidence, and knows the profile.

use super::candidate::{Candidate, First};
use super::from_line::Shape;
use super::profile::Dialect;
use crate::keyword::keywords;
use crate::warning::WarningKind::{self, DoubtfulBoundary, MissingBlankLine};

/// What begins a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SplitRule {
    /// All evidence together: the line's shape, the empty line before it, what comes below, and who wrote the mailbox.
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

/// Why an answer could be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Why(pub(super) WarningKind, pub(super) &'static str);

const NO_BLANK: Why = Why(MissingBlankLine, "begins a message, though no empty line stands before it");
const NO_FIELD_BEGINS: Why = Why(DoubtfulBoundary, "begins a message, though no header field follows");
const NO_FIELD: Why =
    Why(DoubtfulBoundary, "has a date like a separator but no header field follows: kept in the body");
const ALONE: Why = Why(
    DoubtfulBoundary,
    "has a date like a separator, but no empty line before it and no header field after: kept in the body",
);
const IN_MULTIPART: Why = Why(
    DoubtfulBoundary,
    "looks like a separator inside an open MIME part, without an empty line before it: kept in the body",
);
/// Told by the splitter, which knows the length.
pub(super) const WITHIN_LENGTH: Why =
    Why(DoubtfulBoundary, "looks like a separator inside the length that Content-Length gives: kept in the body");
const WEAK_BEGINS: Why =
    Why(DoubtfulBoundary, "has no date that can be read, but begins a message by what stands around it");
const WEAK: Why = Why(DoubtfulBoundary, "looks a little like a separator: kept in the body");
const NO_THREAD: Why =
    Why(DoubtfulBoundary, "looks like Google's separator, but no X-GM-THRID follows: kept in the body");

/// What the splitter knows of the mailbox when it asks.
pub(super) struct Context<F> {
    pub(super) profile: Dialect,
    /// Whether git wrote the mailbox's first message, so that patches are no attachments.
    pub(super) holds_patches: bool,
    /// Whether the mailbox's own first separator had no date, so that others like it need nothing but a header below.
    pub(super) undated: bool,
    /// Whether a message of the mailbox began without an empty line before it, so that others do so too.
    pub(super) unseparated: bool,
    /// Whether the line stands inside an open MIME multipart. Asked only where it decides.
    pub(super) in_multipart: F,
}

impl SplitRule {
    pub(super) fn judge<F: FnOnce() -> bool>(self, line: &Candidate<'_>, context: Context<F>) -> Verdict {
        match self {
            Self::Any => Verdict::Begins(None),
            Self::Strict if line.line.shape() == Shape::Strong && line.after_blank => Verdict::Begins(None),
            Self::Strict => Verdict::Body(None),
            Self::Auto => match context.profile {
                Dialect::Generic => by_evidence(line, context),
                own if line.line.profile() == own || is_other_own_form(own, line) => by_profile(line, context),
                Dialect::Thunderbird if is_bare(line) => undated(line, Context { undated: true, ..context }),
                _ => foreign(line, context),
            },
        }
    }
}

/// Who wrote a line that begins a message in a mailbox with this profile; it says how the message is quoted.
pub(super) fn writer(profile: Dialect, line: &Candidate<'_>) -> Dialect {
    if is_other_own_form(profile, line) { profile } else { line.line.profile() }
}

/// Mailman obscures addresses only: a sender that is none, such as `MAILER-DAEMON`, stays one word.
fn is_other_own_form(profile: Dialect, line: &Candidate<'_>) -> bool {
    let is_word = |sender: &[u8]| !sender.is_empty() && !sender.iter().any(|b| matches!(b, b'@' | b' ' | b'\t'));
    profile == Dialect::Pipermail && line.line.shape() == Shape::Strong && is_word(line.line.sender())
}

/// `From ` and nothing more, or `From -`: what older Thunderbirds wrote.
fn is_bare(line: &Candidate<'_>) -> bool {
    line.line.shape() == Shape::Weak && matches!(line.line.sender(), b"" | b"-")
}

/// The line has the exact form that this mailbox's program writes.
fn by_profile<F: FnOnce() -> bool>(line: &Candidate<'_>, context: Context<F>) -> Verdict {
    if context.profile == Dialect::GoogleTakeout {
        return match (line.below.gmail, line.after_blank) {
            (true, true) => Verdict::Begins(None),
            (true, false) => Verdict::Begins(Some(NO_BLANK)),
            (false, _) => Verdict::Body(Some(NO_THREAD)),
        };
    }
    dated(line, context)
}

/// The line has not the form that this mailbox's program writes.
fn foreign<F: FnOnce() -> bool>(line: &Candidate<'_>, context: Context<F>) -> Verdict {
    match line.line.shape() {
        _ if line.line.is_git_magic() => Verdict::Body(None),
        Shape::Strong if line.below.first != First::Field => Verdict::Body(line.after_blank.then_some(NO_FIELD)),
        Shape::Strong if !(context.in_multipart)() => Verdict::Foreign,
        Shape::Strong | Shape::Prose => Verdict::Body(None),
        Shape::Weak if is_like_separator(line) => Verdict::Body(Some(WEAK)),
        Shape::Weak => Verdict::Body(None),
    }
}

/// The mailbox's program is unknown.
fn by_evidence<F: FnOnce() -> bool>(line: &Candidate<'_>, context: Context<F>) -> Verdict {
    match line.line.shape() {
        // Git's constant date in a mailbox that is not git's: an attached patch.
        _ if line.line.is_git_magic() && !context.holds_patches => Verdict::Body(None),
        Shape::Strong => dated(line, context),
        Shape::Weak => undated(line, context),
        Shape::Prose => Verdict::Body(None),
    }
}

fn dated<F: FnOnce() -> bool>(line: &Candidate<'_>, context: Context<F>) -> Verdict {
    match (line.below.first, line.after_blank) {
        (First::Field, true) => Verdict::Begins(None),
        // Where messages are not separated, one multipart that was cut short must not swallow all that follow.
        (First::Field, false) if !context.unseparated && (context.in_multipart)() => Verdict::Body(Some(IN_MULTIPART)),
        (First::Field, false) => Verdict::Begins(Some(NO_BLANK)),
        (First::EmptyLine | First::EndOfFile | First::Separator, true) => Verdict::Begins(Some(NO_FIELD_BEGINS)),
        (_, true) => Verdict::Body(Some(NO_FIELD)),
        (_, false) => Verdict::Body(Some(ALONE)),
    }
}

fn undated<F: FnOnce() -> bool>(line: &Candidate<'_>, context: Context<F>) -> Verdict {
    if has_header(line) && (context.undated || line.after_blank && !(context.in_multipart)()) {
        Verdict::Begins(Some(WEAK_BEGINS))
    } else if is_like_separator(line) {
        Verdict::Body(Some(WEAK))
    } else {
        Verdict::Body(None)
    }
}

/// Whether a line without a date has enough of a header below it to begin a message.
fn has_header(line: &Candidate<'_>) -> bool {
    line.below.fields >= 2 && line.below.well_known
}

/// Whether a line without a date that was kept in a body is worth telling.
fn is_like_separator(line: &Candidate<'_>) -> bool {
    line.after_blank && line.below.fields > 0 || has_header(line)
}

/// Whether a line would begin a message in a mailbox whose program is unknown, MIME aside.
pub(super) fn is_plain_separator(line: &Candidate<'_>) -> bool {
    let dated = line.line.shape() == Shape::Strong && !line.line.is_git_magic();
    dated && line.after_blank && line.below.first == First::Field
}
