//! The decisions, in mailbox order: from windows of bytes to spans.

use memchr::memmem::Finder;

use super::Span;
use super::beginning::{Extent, certain};
use super::boundary::{Boundary, Known};
use super::candidate::{Candidate, First, LOOK_AHEAD};
use super::content_length::{ContentLength, ProvenEnd, proven_end};
use super::dialect::Dialect;
use super::forwarded::{Around, is_forwarded};
use super::from_line::{FromLineFacts, Shape};
use super::multipart::Multipart;
use super::verdict::{
    Context, FORWARDED, FirstLine, SplitRule, UNKNOWN_FIRST, Verdict, WITHIN_LENGTH, Why, could_begin, writer,
};
use crate::field::{RawFields, strict};
use crate::line_end::LineEnd;
use crate::pairs::Checksum;
use crate::size::to_u64;
use crate::source::{Window, leading_blank};
use crate::warning::WarningKind;

/// This many separators of another program are no quotation, but a mailbox appended to this one.
///
/// Fewer are taken for quoted text, as in a forwarded mailbox. All of them must be in one message, but for Thunderbird:
/// other programs deliver into its mailboxes, so that all of the mailbox counts, if there is one for this many of its
/// messages.
const IN_NUMBER: usize = 8;
const ONE_OF: u64 = 8;

/// Limit on the doubts about one message, so that a hostile one does not fill the memory.
const DOUBTS: usize = 1000;

/// The end of a MIME part that a message left open is looked for in the messages after it: of this many such messages,
/// and this far.
const LEFT_OPEN: usize = 4;
const LEFT_OPEN_REACH: u64 = 64 << 20;

const QUOTED_FIRST: Why = Why(WarningKind::DoubtfulBoundary, "begins the mailbox, although there is a '>' before it");

const MIXED: Why = Why(
    WarningKind::MixedDialects,
    "many separators of another program follow: from here on, each is judged by itself",
);

/// The subject of the pseudo-message in which Pine and UW IMAP keep folder data.
const FOLDER_DATA: &[u8] = b"DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA";

/// The mailbox does not begin with a `From ` line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no 'From ' line at the start")]
pub struct NotAnMbox;

/// A decision that could be wrong, or something irregular in the mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Doubt {
    /// For counting.
    pub kind: WarningKind,
    /// The message it is about, counted from 1.
    pub message: u64,
    /// Offset in bytes from the mailbox's start.
    pub byte: u64,
    /// What was found and decided.
    pub why: &'static str,
}

/// Finds the messages of one mailbox, window by window.
///
/// The spans depend on the mailbox's bytes alone, not on the windows they come in.
///
/// ```
/// use mbox2eml::internals::Splitter;
/// use mbox2eml::source::Window;
/// use mbox2eml::split::SplitRule;
///
/// let bytes = b"From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: One\n\nHello\n\n";
/// let mut splitter = Splitter::new(SplitRule::Auto);
/// let (mut spans, mut doubts) = (Vec::new(), Vec::new());
/// splitter.advance(&Window::new(0, bytes, true), &mut spans, &mut doubts).unwrap();
///
/// assert_eq!(spans.len(), 1);
/// assert_eq!((spans[0].from_line(), spans[0].message(), spans[0].separator()), (0..46, 46..66, 66..67));
/// ```
#[derive(Debug)]
pub struct Splitter {
    rule: SplitRule,
    /// `From `.
    needle: Finder<'static>,
    known: Known,
    /// Where the search for the needle goes on.
    scanned: u64,
    open: Option<Open>,
    /// The message to go on with, before its From_ line is read again.
    resumed: Option<Boundary>,
    /// The splitter pauses at the first message that begins here or further on, and not at the first of the mailbox.
    pause_at: u64,
    /// Where it has paused.
    paused: Option<Boundary>,
}

/// The message whose end is not known yet.
#[derive(Debug)]
struct Open {
    from_line_start: u64,
    message_start: u64,
    /// Who wrote the From_ line.
    dialect: Dialect,
    from_line_facts: FromLineFacts,
    is_first: bool,
    may_be_quoted: bool,
    unquoted_line: Option<u64>,
    length: ContentLength,
    multipart: Multipart,
    /// Separators of another program.
    foreign: Vec<u64>,
    /// Doubts about places in the message, reported when its end is known.
    doubts: Vec<(u64, Why)>,
}

impl Open {
    fn new(from_line_start: u64, message_start: u64, dialect: Dialect, from_line_facts: FromLineFacts) -> Self {
        Self {
            from_line_start,
            message_start,
            dialect,
            from_line_facts,
            is_first: false,
            may_be_quoted: false,
            unquoted_line: None,
            length: ContentLength::Unclear,
            multipart: Multipart::default(),
            foreign: Vec::new(),
            doubts: Vec::new(),
        }
    }

    fn doubt(&mut self, place: u64, why: Option<Why>) {
        let more = Why(WarningKind::DoubtfulBoundary, "and more such lines in this message, which are not listed");
        match self.doubts.len() {
            0..DOUBTS => self.doubts.extend(why.map(|why| (place, why))),
            DOUBTS => self.doubts.extend(why.map(|_| (place, more))),
            _ => {}
        }
    }
}

/// Where the spans and doubts of one window go.
struct Findings<'a> {
    spans: &'a mut Vec<Span>,
    doubts: &'a mut Vec<Doubt>,
}

impl Splitter {
    /// A splitter for a new mailbox.
    pub fn new(rule: SplitRule) -> Self {
        Self {
            rule,
            needle: Finder::new(b"From "),
            known: Known::default(),
            scanned: 0,
            open: None,
            resumed: None,
            pause_at: u64::MAX,
            paused: None,
        }
    }

    /// A splitter that goes on with the message at this boundary, as the one did that paused there.
    pub(crate) fn resume(boundary: Boundary) -> Self {
        Self {
            known: boundary.known.clone(),
            scanned: boundary.start,
            resumed: Some(boundary.clone()),
            ..Self::new(boundary.rule)
        }
    }

    /// Pauses at the first message that begins at this offset or further on, but for the first one of the mailbox.
    /// Default: at none.
    pub(crate) fn pause_at(&mut self, offset: u64) {
        (self.pause_at, self.paused) = (offset, None);
    }

    /// Where it has paused, if it has.
    pub(crate) fn paused(&self) -> Option<&Boundary> {
        self.paused.as_ref()
    }

    /// The program that wrote the mailbox, once its first line was read.
    pub fn dialect(&self) -> Option<Dialect> {
        self.known.dialect
    }

    /// The program that wrote its first line, once that was read.
    pub(crate) fn first_dialect(&self) -> Option<Dialect> {
        self.known.first.dialect
    }

    /// How the mailbox ends its lines.
    pub fn line_end(&self) -> LineEnd {
        self.known.line_end
    }

    /// Reads more of the mailbox and adds the messages that are complete to `spans`, doubtful decisions to `doubts`.
    ///
    /// The window must begin at the last span's end, or before it, or at 0 if there is no span yet. If nothing is
    /// added and the window is not at the end, a longer one is needed.
    ///
    /// # Errors
    /// [`NotAnMbox`] if the mailbox does not begin with a `From ` line.
    pub fn advance(
        &mut self,
        window: &Window<'_>,
        spans: &mut Vec<Span>,
        doubts: &mut Vec<Doubt>,
    ) -> Result<(), NotAnMbox> {
        let mut findings = Findings { spans, doubts };
        let is_begun = match self.resumed.take() {
            Some(boundary) => self.reopen(window, boundary, &mut findings)?,
            None => self.known.dialect.is_some() || self.begin(window, &mut findings)?,
        };
        if !is_begun {
            return Ok(());
        }
        while let Some(at) = self.search(window) {
            if self.decide(window, at, &mut findings).is_none() || self.pauses(window, &findings) {
                return Ok(());
            }
        }
        if window.at_end && self.open.is_some() {
            self.resolve_length(window);
            self.suspect_truncation(window, &mut findings);
            self.close(window, offset(window, window.bytes.len()), &mut findings);
        }
        Ok(())
    }

    /// Reads the last window of a mailbox that was to go on, but whose input broke off.
    ///
    /// Only what further bytes could not change is decided. Of the last message that is its beginning; what may belong
    /// to it or to a separator counts as a separator.
    ///
    /// # Errors
    /// [`NotAnMbox`] if the mailbox does not begin with a `From ` line.
    pub(crate) fn break_off(
        &mut self,
        window: &Window<'_>,
        spans: &mut Vec<Span>,
        doubts: &mut Vec<Doubt>,
    ) -> Result<(), NotAnMbox> {
        let more = Window { at_end: false, ..*window };
        self.advance(&more, spans, doubts)?;
        if self.paused.is_some() {
            return Ok(());
        }
        let mut findings = Findings { spans, doubts };
        if self.known.dialect.is_none() {
            self.begin(&Window { at_end: true, ..*window }, &mut findings)?;
        }
        let has_length = self.resolve_length(&more) != ContentLength::None;
        let Some(open) = self.open.take() else { return Ok(()) };
        // What comes after these may yet be found to be another message.
        let undecided = self.scanned.max(open.message_start);
        let is_undecided = window.bytes[index(window, undecided)..].starts_with(b"From ");
        let undecided = open.foreign.first().copied().or(is_undecided.then_some(undecided));
        let end = offset(window, window.bytes.len());
        let message = &window.bytes[index(window, open.message_start)..index(window, undecided.unwrap_or(end))];
        let may_be_unended = has_length || open.from_line_facts.is_unended;
        let (length, extent) = certain(message, self.known.line_end, may_be_unended);
        let message_end = open.message_start + to_u64(length);
        let span = Span { message_end, extent, ..self.span(&open, message, end) };
        let number = self.known.found + 1;
        self.add(&open, message, span, &mut findings);
        let why = "the input ends in this message: only its beginning is there";
        let last = (extent == Extent::Beginning && self.known.found == number)
            .then_some((end - 1, Why(WarningKind::Truncated, why)));
        self.report(open.doubts.into_iter().chain(last), end, number, &mut findings);
        Ok(())
    }

    /// Opens the mailbox at its first line, whatever that line's shape; `false` if more bytes are needed.
    fn begin(&mut self, window: &Window<'_>, findings: &mut Findings<'_>) -> Result<bool, NotAnMbox> {
        let Some(start) = self.lead(window)? else { return Ok(false) };
        let lead = start + usize::from(window.bytes[start..].starts_with(b">"));
        let rest = &window.bytes[lead..];
        let head = &rest[..rest.len().min(LOOK_AHEAD)];
        let visible = window.at_end || head.len() == LOOK_AHEAD;
        let Some(line_end) = LineEnd::of(head).or(visible.then_some(LineEnd::Lf)) else { return Ok(false) };
        let Some(first) = Candidate::gather(window, lead, line_end) else { return Ok(false) };
        if lead > start && !(first.line.shape() == Shape::Strong && first.below.first == First::Field) {
            return Err(NotAnMbox);
        }
        self.known.line_end = line_end;
        let dialect = match first.line.dialect() {
            Dialect::GoogleTakeout if !first.below.gmail => Dialect::Generic,
            dialect => dialect,
        };
        self.known.dialect = Some(dialect);
        self.known.first = FirstLine {
            dialect: Some(dialect),
            is_patch: first.line.dialect() == Dialect::Git,
            is_undated: first.line.shape() == Shape::Weak,
            is_headerless: matches!(first.below.first, First::Other | First::EmptyLine),
            pattern: (first.line.shape() == Shape::Prose).then(|| first.line.pattern()),
        };
        if start > leading_blank(window.bytes) {
            let why = "bytes before the first 'From ' line belong to no message";
            self.doubt(0, Why(WarningKind::LeadingBytes, why), findings);
        }
        let (start, message) = (offset(window, start), offset(window, lead + first.length));
        self.scanned = message;
        let mut open = Open::new(start, message, first.line.dialect(), first.line.facts());
        open.is_first = true;
        if self.rule == SplitRule::Auto {
            open.doubt(start, self.known.first.pattern.as_ref().map(|_| UNKNOWN_FIRST));
            open.doubt(start, (offset(window, lead) > start).then_some(QUOTED_FIRST));
        }
        self.open = Some(open);
        Ok(true)
    }

    /// Opens the message to go on with at its From_ line; `false` if more bytes are needed.
    fn reopen(
        &mut self,
        window: &Window<'_>,
        boundary: Boundary,
        findings: &mut Findings<'_>,
    ) -> Result<bool, NotAnMbox> {
        let (place, at) = (boundary.start, index(window, boundary.start));
        let dialect = self.known.dialect.ok_or(NotAnMbox)?;
        if !window.bytes[at..].starts_with(b"From ") && (window.at_end || window.bytes.len() - at >= b"From ".len()) {
            return Err(NotAnMbox);
        }
        let Some(line) = Candidate::gather(window, at, self.known.line_end) else {
            self.resumed = Some(boundary);
            return Ok(false);
        };
        if Checksum::of(&window.bytes[at..at + line.length]) != boundary.from_line {
            return Err(NotAnMbox);
        }
        if boundary.mixes {
            self.doubt(place, MIXED, findings);
        }
        let mut open = Open::new(place, place + to_u64(line.length), writer(dialect, &line), line.line.facts());
        open.doubt(place, boundary.why);
        self.open = Some(open);
        self.scanned = place + 1;
        Ok(true)
    }

    /// Whether the message that has just begun is one to pause at.
    fn pauses(&mut self, window: &Window<'_>, findings: &Findings<'_>) -> bool {
        let Some(open) = &self.open else { return false };
        let start = open.from_line_start;
        if start < self.pause_at || self.known.found == 0 {
            return false;
        }
        let from_line = &window.bytes[index(window, start)..index(window, open.message_start)];
        self.paused = Some(Boundary {
            rule: self.rule,
            known: self.known.clone(),
            start,
            from_line: Checksum::of(from_line),
            why: open.doubts.first().map(|(_, why)| *why),
            mixes: findings.doubts.iter().any(|doubt| doubt.byte == start),
        });
        true
    }

    /// The length of what is before the first `From ` line, which may have a `>` before it; `None` if more bytes are
    /// needed.
    fn lead(&self, window: &Window<'_>) -> Result<Option<usize>, NotAnMbox> {
        let bytes = window.bytes;
        let blank = leading_blank(bytes);
        let rest = &bytes[blank..];
        let is_unclear = rest.len() < b">From ".len() || rest.iter().all(u8::is_ascii_whitespace);
        if rest.is_empty() || !window.at_end && is_unclear {
            return Ok(None);
        }
        if rest.starts_with(b"From ") || rest.starts_with(b">From ") && self.rule != SplitRule::Any {
            return Ok(Some(blank));
        }
        if self.rule != SplitRule::Any {
            return Err(NotAnMbox);
        }
        let begins_line = |at: &usize| bytes[..*at].ends_with(b"\n");
        match self.needle.find_iter(bytes).find(begins_line) {
            Some(at) => Ok(Some(at)),
            None if window.at_end => Err(NotAnMbox),
            None => Ok(None),
        }
    }

    /// The next line in the window that starts with `From `.
    fn search(&mut self, window: &Window<'_>) -> Option<usize> {
        let mut from = index(window, self.scanned);
        while let Some(at) = self.needle.find(window.bytes.get(from..)?).map(|at| from + at) {
            match at.checked_sub(1).and_then(|before| window.bytes.get(before)) {
                Some(before) if *before == self.known.line_end.byte() => return Some(at),
                Some(b'>') => self.open.iter_mut().for_each(|open| open.may_be_quoted = true),
                _ => {}
            }
            from = at + 1;
        }
        // The needle may begin in the last bytes and go on in the next window.
        let kept = self.needle.needle().len() - 1;
        self.scanned = self.scanned.max(offset(window, window.bytes.len().saturating_sub(kept)));
        None
    }

    /// Decides about the line at `at`; `None` if more bytes are needed for that.
    fn decide(&mut self, window: &Window<'_>, at: usize, findings: &mut Findings<'_>) -> Option<()> {
        let place = offset(window, at);
        self.scanned = place;
        let candidate = Candidate::gather(window, at, self.known.line_end)?;
        if self.resolve_length(window) == ContentLength::Unclear {
            return None;
        }
        let verdict = match self.open.as_ref()?.length {
            ContentLength::Proven(proven) if place < proven.next => {
                Verdict::Body(could_begin(&candidate).then_some(WITHIN_LENGTH))
            }
            ContentLength::Proven(proven) if place == proven.next => Verdict::Begins(None),
            _ => self.judge(window, at, &candidate)?,
        };
        self.scanned = place + 1;
        match verdict {
            Verdict::Begins(why) => {
                self.known.unseparated |= matches!(why, Some(Why(WarningKind::MissingBlankLine, _)));
                self.close(window, place, findings);
                let body = place + to_u64(candidate.length);
                let mut open = Open::new(place, body, writer(self.known.dialect?, &candidate), candidate.line.facts());
                open.doubt(place, why);
                self.open = Some(open);
            }
            Verdict::Body(why) => {
                let open = self.open.as_mut()?;
                open.doubt(place, why);
                if candidate.line.shape() != Shape::Strong {
                    open.unquoted_line = Some(place);
                }
            }
            Verdict::Foreign => self.note_foreign(place),
        }
        Some(())
    }

    fn judge(&mut self, window: &Window<'_>, at: usize, candidate: &Candidate<'_>) -> Option<Verdict> {
        let open = self.open.as_mut()?;
        let message = window.bytes.get(index(window, open.message_start)..at).unwrap_or_default();
        let line_end = self.known.line_end;
        let context = Context {
            dialect: self.known.dialect?,
            first: &self.known.first,
            unseparated: self.known.unseparated,
            is_certain: open.dialect.is_certain(),
            is_shared: self.known.is_shared,
            in_multipart: || open.multipart.is_open(message, line_end),
        };
        let verdict = self.rule.judge(candidate, context);
        let may_be_forwarded = self.rule == SplitRule::Auto && !self.quotes_all();
        if may_be_forwarded && matches!(verdict, Verdict::Begins(_)) {
            let below = window.bytes.get(at..).unwrap_or_default();
            let around = Around { place: offset(window, at), above: message, below, at_end: window.at_end, line_end };
            if is_forwarded(around, &mut self.known.part_search)? {
                return Some(Verdict::Body(Some(FORWARDED)));
            }
        }
        Some(verdict)
    }

    /// Finds out whether the open message's `Content-Length` is true. Programs with a dialect write none.
    fn resolve_length(&mut self, window: &Window<'_>) -> ContentLength {
        let Some(open) = &mut self.open else { return ContentLength::None };
        if open.length == ContentLength::Unclear {
            if self.rule == SplitRule::Auto && self.known.dialect == Some(Dialect::Generic) {
                (open.length, open.multipart) =
                    proven_end(window, index(window, open.message_start), self.known.line_end);
            } else {
                open.length = ContentLength::None;
            }
        }
        open.length
    }

    /// Counts a separator of another program. If there are many, the mailbox's own form no longer decides.
    fn note_foreign(&mut self, place: u64) {
        let Some(open) = &mut self.open else { return };
        let why = "looks like a separator of another program: kept in the body";
        open.doubt(place, Some(Why(WarningKind::DoubtfulBoundary, why)));
        open.foreign.push(place);
        self.known.foreign += 1;
        let in_message = open.foreign.len() >= IN_NUMBER;
        let is_shared = self.known.dialect == Some(Dialect::Thunderbird);
        self.known.is_shared =
            is_shared && self.known.foreign >= IN_NUMBER && to_u64(self.known.foreign) * ONE_OF >= self.known.found;
        if !in_message && !self.known.is_shared {
            return;
        }
        let Some(open) = &mut self.open else { return };
        let first = open.foreign[0];
        // From here on every line is judged by its own evidence, beginning with the first foreign one.
        let mut doubts = std::mem::take(&mut open.doubts);
        doubts.retain(|(place, _)| *place < first);
        doubts.push((first, MIXED));
        *open = Open {
            is_first: open.is_first,
            may_be_quoted: open.may_be_quoted,
            unquoted_line: open.unquoted_line,
            doubts,
            ..Open::new(open.from_line_start, open.message_start, open.dialect, open.from_line_facts)
        };
        self.known.dialect = Some(Dialect::Generic);
        self.scanned = first;
    }

    /// Whether the mailbox's program quotes every line of a body that starts with `From `.
    fn quotes_all(&self) -> bool {
        self.known.dialect.is_some_and(Dialect::quotes_all)
    }

    /// Ends the open message at `next`.
    fn close(&mut self, window: &Window<'_>, next: u64, findings: &mut Findings<'_>) {
        let Some(open) = self.open.take() else { return };
        let number = self.known.found + 1;
        let message = &window.bytes[index(window, open.message_start)..index(window, next)];
        self.add(&open, message, self.span(&open, message, next), findings);
        // Where all lines of bodies are quoted, no message is split.
        if self.rule == SplitRule::Auto && !self.quotes_all() {
            self.follow_parts(message, open.multipart, number, next, findings);
        }
        self.report(open.doubts, next, number, findings);
    }

    /// Adds the span of a message, unless it is folder data.
    fn add(&mut self, open: &Open, message: &[u8], span: Span, findings: &mut Findings<'_>) {
        if open.is_first && !open.dialect.is_certain() && is_folder_data(message, self.known.line_end) {
            let why = "the mail program's own folder data, not a message: skipped";
            self.doubt(open.from_line_start, Why(WarningKind::FolderData, why), findings);
        } else {
            findings.spans.push(span);
            self.known.found += 1;
        }
    }

    /// Reports doubts about the message with this number, which ends at `next`.
    fn report(
        &self,
        doubts: impl IntoIterator<Item = (u64, Why)>,
        next: u64,
        number: u64,
        findings: &mut Findings<'_>,
    ) {
        findings.doubts.extend(doubts.into_iter().map(|(byte, Why(kind, why))| {
            // The next message begins where the dialects begin to mix. Folder data before it has no number of its own.
            let message = if byte >= next { self.known.found + 1 } else { number };
            Doubt { kind, message, byte, why }
        }));
    }

    /// Notes if the message that ends at `next` ends inside a MIME part, and if it holds the end of a part that an
    /// earlier message left open.
    fn follow_parts(
        &mut self,
        message: &[u8],
        multipart: Multipart,
        number: u64,
        next: u64,
        findings: &mut Findings<'_>,
    ) {
        let mut doubt = |byte, why| {
            findings.doubts.push(Doubt { kind: WarningKind::OpenPart, message: number, byte, why });
        };
        let (start, line_end) = (next - to_u64(message.len()), self.known.line_end);
        let own = multipart.into_delimiter(message, line_end);
        self.known.left_open.retain(|(_, end)| start - end <= LEFT_OPEN_REACH);
        let left_open =
            self.known.left_open.iter().enumerate().filter(|(_, (delimiter, _))| Some(delimiter) != own.as_ref());
        let mut ends =
            left_open.filter_map(|(part, (delimiter, _))| Some((part, delimiter.closed_in(message, line_end)?)));
        if let Some((part, at)) = ends.next() {
            let why = "ends a MIME part that an earlier message left open: an attached mailbox was probably split";
            doubt(start + to_u64(at), why);
            self.known.left_open.drain(..=part);
        }
        if let Some(own) = own.filter(|own| own.is_left_open(message, line_end)) {
            doubt(next - 1, "ends inside a MIME part: cut short, or split at a line of its body");
            self.known.left_open.truncate(LEFT_OPEN - 1);
            self.known.left_open.push_front((own, next));
        }
    }

    fn span(&self, open: &Open, message: &[u8], separator_end: u64) -> Span {
        let (message_end, length_proven) = match open.length {
            ContentLength::Proven(ProvenEnd { end, next, exact: true }) if next == separator_end => (end, true),
            _ => (separator_end - to_u64(self.separator(message, open.from_line_facts.is_unended)), false),
        };
        Span {
            from_line_start: open.from_line_start,
            message_start: open.message_start,
            message_end,
            separator_end,
            length_proven,
            dialect: open.dialect,
            may_be_quoted: open.may_be_quoted,
            unquoted_line: open.unquoted_line,
            from_line_facts: open.from_line_facts,
            extent: Extent::Whole,
        }
    }

    /// The length of what separates a message from the next one; also of the line end that was added to one that
    /// `is_unended`.
    fn separator(&self, message: &[u8], is_unended: bool) -> usize {
        let length = self.known.line_end.empty_line_at_tail(message);
        let (message, line_end) = message.split_at(message.len() - length);
        if is_unended && message.ends_with(line_end) { 2 * length } else { length }
    }

    /// Checks that the mailbox ends as its writer ends mailboxes; truncated downloads are common.
    fn suspect_truncation(&self, window: &Window<'_>, findings: &mut Findings<'_>) {
        let why = if self.known.line_end.at_tail(window.bytes) == 0 {
            "the mailbox ends in the middle of a line: the file may have been cut short"
        } else if self.known.dialect == Some(Dialect::GoogleTakeout)
            && self.known.line_end.empty_line_at_tail(window.bytes) == 0
        {
            "the mailbox does not end with an empty line as a Takeout does: the file may have been cut short"
        } else {
            return;
        };
        let last = offset(window, window.bytes.len().saturating_sub(1));
        self.doubt(last, Why(WarningKind::Truncated, why), findings);
    }

    fn doubt(&self, byte: u64, Why(kind, why): Why, findings: &mut Findings<'_>) {
        findings.doubts.push(Doubt { kind, message: self.known.found + 1, byte, why });
    }
}

/// Whether the first message of a mailbox is the folder data of Pine or UW IMAP.
///
/// Both fields are needed: the subject alone may be a forwarded one, and `X-IMAPbase` marks a real message.
fn is_folder_data(message: &[u8], line_end: LineEnd) -> bool {
    let fields = || RawFields::limited(message, line_end).map_while(strict);
    let field = |wanted: &[u8]| fields().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value);
    field(b"X-IMAP").is_some() && field(b"Subject").is_some_and(|subject| subject.trim_ascii() == FOLDER_DATA)
}

/// The offset in the mailbox of a place in the window.
fn offset(window: &Window<'_>, index: usize) -> u64 {
    window.base + to_u64(index)
}

/// The place in the window of an offset in the mailbox.
fn index(window: &Window<'_>, offset: u64) -> usize {
    usize::try_from(offset.saturating_sub(window.base)).unwrap_or(usize::MAX).min(window.bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_after_folder_data_is_the_first() {
        let data = "From 1628424719502045299@xxx Tue Mar 19 09:13:51 +0000 2019\nX-GM-THRID: 1\nX-IMAP: 1 2\n\
            Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n\n";
        let others = "From - Fri Sep 12 09:34:18 2014\nSubject: x\n\ntext\n\n".repeat(IN_NUMBER);
        let mailbox = [data, &others].concat();
        let (mut spans, mut doubts) = (Vec::new(), Vec::new());
        let window = Window::new(0, mailbox.as_bytes(), true);
        Splitter::new(SplitRule::Auto).advance(&window, &mut spans, &mut doubts).unwrap();
        assert_eq!(spans.len(), IN_NUMBER);
        let mixed = doubts.iter().find(|doubt| doubt.kind == WarningKind::MixedDialects).unwrap();
        assert_eq!((mixed.message, mixed.byte), (1, to_u64(data.len())));
    }
}
