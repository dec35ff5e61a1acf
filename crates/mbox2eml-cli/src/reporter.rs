//! Observes a conversion: shows progress, reports errors as they come, keeps the first places of each warning.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::error::Error as _;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use mbox2eml::report::{MailboxSummary, Observer, Record, Reported, Warning};
use mbox2eml::sink::Durability;
use mbox2eml::source::Origin;
use mbox2eml::{Conversion, Error, ErrorScope, Mailbox, RunEnd};
use mbox2eml_archive::inputs::{Failure, Found};
use mbox2eml_archive::vault::Export;
use serde_json::Value;

use crate::advice::Advice;
use crate::args::ReportingArgs;
use crate::exit::Exit;
use crate::failures::{self, FailedMessage};
use crate::manifest::{Format, Manifest};
use crate::message::Message;
use crate::noted::Noted;
use crate::number;
use crate::omitted::Omitted;
use crate::progress::Progress;
use crate::signals;
use crate::sources::{HashedSource, Hasher};
use crate::summary::{self, Purpose, Warned};
use crate::terminal::{self, BAD, WARN, escape};
use crate::vault;

/// How many failed messages are kept.
const FAILED: usize = 1000;

/// How many errors with the same cause are listed, and how many in all; more would hide the first.
const ERRORS_ALIKE: u64 = 3;
const ERRORS: u64 = 20;

/// Reports what happens during a run.
pub(crate) struct Reporter {
    progress: Arc<Progress>,
    quiet: bool,
    verbose: bool,
    several: bool,
    purpose: Option<Purpose>,
    options: Value,
    prove: bool,
    interrupted: Arc<AtomicBool>,
    /// How many errors were not listed.
    unlisted: AtomicU64,
    advice: Advice,
    started: Timestamp,
    begun: Instant,
    manifest: Mutex<Option<Writing>>,
    /// Whether the manifest could not be written to its end.
    manifest_failed: AtomicBool,
    state: Mutex<State>,
}

/// A manifest being written.
struct Writing {
    path: PathBuf,
    manifest: Manifest,
}

/// An error as it is reported.
struct ErrorReport {
    /// Its line.
    text: String,
    /// Its last cause, or itself, whatever the input.
    cause: String,
    advice: Option<String>,
    /// The message that it is about, in words.
    message: Option<String>,
}

/// Errors in one file of an archive.
#[derive(Default)]
struct Waiting {
    /// The archive.
    file: String,
    /// What the last one is known by.
    cause: String,
    reports: Vec<ErrorReport>,
}

#[derive(Default)]
struct State {
    /// Errors that are reported unless one of their archive says the same.
    waiting: Option<Waiting>,
    noted: Noted,
    /// How many mailboxes were opened.
    mailboxes: usize,
    /// How many errors of each last cause were listed.
    causes: BTreeMap<String, u64>,
    /// The advice given so far; each is given once.
    hints: BTreeSet<String>,
    omitted: Omitted,
    /// The exports that have files beside their mailboxes.
    exports: Vec<Arc<Export>>,
    /// The folders of inputs that failed, as far as they are known.
    folders: HashMap<String, String>,
    failed_messages: Vec<FailedMessage>,
    /// The mailboxes of these, so that the first of each is there.
    failed_in: HashSet<(String, bool)>,
    /// How many messages of each mailbox are missing from the output that is verified, or different there.
    differing: BTreeMap<usize, u64>,
    /// The files that were read, with their hashes.
    sources: Option<Vec<HashedSource>>,
    /// The faults of mailboxes that the manifest has, each by its file and its cause.
    recorded: HashSet<(String, String)>,
}

impl Reporter {
    /// For inputs of this size in bytes, if known; with a purpose, each of several mailboxes may get a line.
    pub(crate) fn new(
        args: &ReportingArgs,
        size: Option<u64>,
        several: bool,
        purpose: Option<Purpose>,
        advice: Advice,
    ) -> Self {
        Self {
            progress: Arc::new(Progress::new(args.progress, args.quiet, size)),
            quiet: args.quiet,
            verbose: args.is_verbose(),
            prove: args.prove,
            several,
            purpose,
            options: args.given.options.clone(),
            interrupted: Arc::default(),
            unlisted: AtomicU64::new(0),
            advice,
            started: Timestamp::now(),
            begun: Instant::now(),
            manifest: Mutex::default(),
            manifest_failed: AtomicBool::new(false),
            state: Mutex::default(),
        }
    }

    /// Takes what was found among the inputs: a mailbox or an error for the converter, or nothing more to do.
    pub(crate) fn take(&self, found: Found) -> Option<Result<Mailbox<'static>, Error>> {
        match found {
            Found::Mailbox(mailbox) => return Some(Ok(mailbox)),
            Found::Failed(Failure { error, place, .. }) => {
                if let Some(origin) = error.origin() {
                    self.state().folders.insert(origin.to_string(), place);
                }
                return Some(Err(error));
            }
            Found::Skipped(skipped) => {
                let line = self.state().omitted.skip(&skipped);
                if self.verbose {
                    self.progress.suspend(|| terminal::eprint(line));
                }
            }
            Found::SharedName(shared) => self.state().omitted.share(&shared),
            Found::Export(export) => {
                let mut state = self.state();
                state.omitted.warn_of_export(vault::problems(&export));
                state.exports.push(export);
            }
            Found::MissingParts(missing) => self.state().omitted.miss(&missing, &self.advice.again()),
            _ => {}
        }
        None
    }

    /// Warns of a manifest that cannot be read whole.
    pub(crate) fn warn_of_unread_rows(&self, text: String) {
        self.state().omitted.leave_unread(text);
    }

    /// Whether the run is over several mailboxes.
    pub(crate) fn has_several(&self) -> bool {
        self.several
    }

    /// Whether only errors are reported.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether everything is listed, however long.
    pub(crate) fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// The options as they were given.
    pub(crate) fn options(&self) -> &Value {
        &self.options
    }

    /// Whether bodies are checked against their signatures.
    pub(crate) fn proves(&self) -> bool {
        self.prove
    }

    /// How long the run takes so far.
    pub(crate) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// When the run was started, to the second.
    pub(crate) fn started(&self) -> Timestamp {
        Timestamp::from_second(self.started.as_second()).unwrap_or(self.started)
    }

    /// Whether some errors were not listed.
    pub(crate) fn has_unlisted(&self) -> bool {
        self.unlisted.load(Ordering::Relaxed) > 0
    }

    /// The exports that have files beside their mailboxes.
    pub(crate) fn exports(&self) -> Vec<Arc<Export>> {
        self.state().exports.clone()
    }

    /// What was left out of the inputs.
    pub(crate) fn omitted(&self) -> Omitted {
        self.state().omitted.clone()
    }

    /// What to do about an error.
    pub(crate) fn advice(&self, error: &Error) -> Option<String> {
        self.advice.on(error)
    }

    /// The folder of an input that failed, if it is known.
    pub(crate) fn folder_of(&self, input: &str) -> Option<String> {
        self.state().folders.get(input).cloned()
    }

    /// The first messages that failed: the first of each mailbox is among them.
    pub(crate) fn failed_messages(&self) -> Vec<FailedMessage> {
        self.state().failed_messages.clone()
    }

    /// The first message of this mailbox that failed, and not for the output that is verified.
    pub(crate) fn first_failed_message(&self, input: &str) -> Option<FailedMessage> {
        self.state().failed_messages.iter().find(|failed| failed.input == input && !failed.differs).cloned()
    }

    /// How many messages of a mailbox, by its number from 0, are missing from the output that is verified, or different.
    pub(crate) fn differing(&self, mailbox: usize) -> u64 {
        self.state().differing.get(&mailbox).copied().unwrap_or(0)
    }

    /// After Ctrl-C or a termination signal, finishes the messages in progress; a second one ends the program at once.
    pub(crate) fn watch_for_interrupts(&self) {
        let (interrupted, progress) = (Arc::clone(&self.interrupted), Arc::clone(&self.progress));
        let quiet = self.quiet;
        let handler = move || {
            if interrupted.swap(true, Ordering::Relaxed) {
                process::exit(Exit::Interrupted.code().into());
            }
            if !quiet {
                progress.suspend(|| {
                    terminal::eprint(
                        "stopping: the messages in progress are finished first; interrupt again to quit at once\n",
                    )
                });
            }
        };
        signals::on_interrupt(handler);
    }

    /// Whether each of several mailboxes gets a line when it is done.
    fn lists_mailboxes(&self) -> bool {
        self.several && !self.quiet && (self.verbose || self.progress.is_bar())
    }

    /// Begins a manifest, and reports where that of an earlier run is kept.
    pub(crate) fn begin_manifest(&self, path: &Path, format: Format) -> Result<(), Error> {
        let manifest = Manifest::create(path, format).map_err(|source| unwritable(path, source))?;
        let manifest = if self.purpose.is_some() { manifest } else { manifest.catalogue() };
        if let (Some(kept), false) = (manifest.kept(), self.quiet) {
            terminal::eprint(format_args!("the manifest of an earlier run is kept as {}\n", escape(kept.display())));
        }
        *self.manifest() = Some(Writing { path: path.to_owned(), manifest });
        Ok(())
    }

    /// Writes the hashes of the files that were read to the manifest. One that cannot be had is a failure of the run, unless
    /// the conversion has reported it already.
    pub(crate) fn finish_sources<R>(&self, hasher: Hasher, mut done: Conversion<R>) -> Conversion<R> {
        let is_over = done.ending != RunEnd::Complete;
        let (sources, errors) = hasher.finish(|| is_over || self.cancelled());
        if self.cancelled() && sources.iter().any(|source| source.sha256.is_none()) {
            done.ending = RunEnd::Cancelled;
        }
        for source in &sources {
            self.write_manifest(|manifest| manifest.add_source(source));
        }
        self.state().sources = Some(sources);
        for error in errors {
            let file = failures::identity(&error).0;
            let mailboxes = done.mailboxes.iter().filter_map(|mailbox| mailbox.error.as_ref());
            if !mailboxes.chain(&done.unopened).any(|other| failures::identity(other).0 == file) {
                self.report_error(&error);
                done.unopened.push(error);
            }
        }
        done
    }

    /// The files that were read, with their hashes, if these were asked for.
    pub(crate) fn sources(&self) -> Option<Vec<HashedSource>> {
        self.state().sources.clone()
    }

    /// Writes the rest of the manifest; returns whether it is complete, or there is none.
    pub(crate) fn finish_manifest(&self, durability: Durability) -> bool {
        self.write_manifest(|manifest| manifest.finish(durability));
        !self.manifest_failed.load(Ordering::Relaxed)
    }

    /// Writes to the manifest, if there is one. After an error there is none any more.
    fn write_manifest(&self, write: impl FnOnce(&mut Manifest) -> io::Result<()>) {
        let mut writing = self.manifest();
        let Some(Writing { path, manifest }) = writing.as_mut() else { return };
        if let Err(source) = write(manifest) {
            let error = unwritable(path, source);
            *writing = None;
            self.manifest_failed.store(true, Ordering::Relaxed);
            self.report_error(&error);
        }
    }

    fn manifest(&self) -> MutexGuard<'_, Option<Writing>> {
        self.manifest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn end_progress(&self) {
        self.print_waiting();
        self.progress.end();
    }

    /// Reports how many errors were not listed.
    pub(crate) fn report_unlisted(&self) {
        let unlisted = self.unlisted.load(Ordering::Relaxed);
        if unlisted > 0 {
            terminal::eprint(format_args!("{BAD}mbox2eml:{BAD:#} and {}\n", number::count(unlisted, "more error")));
        }
    }

    /// The first warnings of each kind.
    pub(crate) fn warned(&self) -> Vec<Warned> {
        self.state().noted.first()
    }

    /// The doubtful boundaries, each with the number of its mailbox among those that were opened, from 0.
    pub(crate) fn doubtful(&self) -> Vec<(usize, Warned)> {
        self.state().noted.doubtful()
    }

    /// Reports an error with its causes, and what to do about it. What is wrong with a file of an archive waits: if the same
    /// is wrong with the archive, that is all there is to say.
    pub(crate) fn report_error(&self, error: &Error) {
        let (file, cause) = failures::identity(error);
        let is_of_file = error.origin().is_none_or(|origin| origin.to_string() == file);
        let is_of_output = matches!(error, Error::Message { source, .. } if source.scope != ErrorScope::Input);
        // A piece of an archive is a file of its own.
        let waits = !is_of_file && !is_of_output && failures::pieces(error).is_none();
        let report = ErrorReport::new(error, self.advice(error));
        let waiting = self.state().waiting.take();
        let mut waiting = match waiting {
            Some(waiting) if waiting.file == file => {
                if is_of_file && waiting.cause == cause {
                    self.print_error(report);
                    return;
                }
                waiting
            }
            other => {
                other.into_iter().for_each(|waiting| self.print_errors(waiting));
                Waiting { file, ..Waiting::default() }
            }
        };
        waiting.reports.push(report);
        if waits {
            self.state().waiting = Some(Waiting { cause, ..waiting });
        } else {
            self.print_errors(waiting);
        }
    }

    /// Reports the errors that wait.
    fn print_waiting(&self) {
        let waiting = self.state().waiting.take();
        waiting.into_iter().for_each(|waiting| self.print_errors(waiting));
    }

    fn print_errors(&self, Waiting { reports, .. }: Waiting) {
        reports.into_iter().for_each(|report| self.print_error(report));
    }

    fn print_error(&self, ErrorReport { mut text, cause, advice, message }: ErrorReport) {
        if !self.should_list(cause) {
            self.unlisted.fetch_add(1, Ordering::Relaxed);
            return;
        }
        if let Some(advice) = advice.filter(|advice| self.state().hints.insert(advice.clone())) {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  {}", escape(advice));
        }
        if let Some(words) = message {
            let _ = writeln!(text, "  the message: {words}");
        }
        self.progress.suspend(|| terminal::eprint(&text));
    }

    /// Whether the manifest has no row for this fault yet: that of a cut archive may be that of a mailbox in it.
    fn is_unrecorded(&self, error: &Error) -> bool {
        let (file, cause) = failures::identity(error);
        let is_member = error.origin().is_some_and(|origin| origin.to_string() != file);
        let is_own = is_member && failures::pieces(error).is_none();
        self.state().recorded.insert((file, cause)) || is_own
    }

    fn should_list(&self, cause: String) -> bool {
        let causes = &mut self.state().causes;
        let listed: u64 = causes.values().sum();
        let alike = causes.entry(cause).or_default();
        let should_list = listed < ERRORS && *alike < ERRORS_ALIKE;
        *alike += u64::from(should_list);
        should_list
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ErrorReport {
    fn new(error: &Error, advice: Option<String>) -> Self {
        let mut text = format!("{BAD}mbox2eml:{BAD:#} {}", escape(error));
        let mut last = String::new();
        let mut cause = error.source();
        while let Some(source) = cause {
            last = escape(source).to_string();
            // Writing to a string cannot fail.
            let _ = write!(text, ": {last}");
            cause = source.source();
        }
        if last.is_empty() {
            // It is its own cause, whatever the input.
            let origin = error.origin().map(|origin| format!("{origin}: ")).unwrap_or_default();
            last = error.to_string().trim_start_matches(&origin).to_owned();
        }
        text.push('\n');
        let message = match error {
            Error::Message { position, about, .. } => Message::new(*position, Some(about)).words(),
            _ => None,
        };
        Self { text, cause: last, advice, message }
    }
}

impl Observer for Reporter {
    fn started(&self, origin: &Origin, _: Option<u64>) {
        self.print_waiting();
        self.progress.begin(origin);
        self.state().mailboxes += 1;
    }

    fn advanced(&self, bytes: u64, messages: u64) {
        self.progress.advance(bytes, messages);
    }

    fn warned(&self, origin: &Origin, warning: &Warning, message: Option<Reported<'_>>) {
        let mut state = self.state();
        let mailbox = state.mailboxes.saturating_sub(1);
        if !self.verbose && !state.noted.has_room(warning.kind) {
            return;
        }
        let message = Message::new(warning.position, message.map(|message| message.about()));
        // Without an output, the name of a file says nothing.
        let message = if self.purpose.is_some() { message } else { message.without_file() };
        let warned = Warned::in_mailbox(origin, warning, message);
        if self.verbose {
            let mut lines = format!("{WARN}{}{WARN:#} {}\n", warned.kind, warned.line());
            for detail in warned.details() {
                // Writing to a string cannot fail.
                let _ = writeln!(lines, "  {detail}");
            }
            self.progress.suspend(|| terminal::eprint(lines));
        }
        state.noted.add(warning.kind, mailbox, warned);
    }

    fn failed(&self, error: &Error) {
        if let Error::Message { origin, position, about, source } = error {
            let advice = self.advice(error);
            let mut state = self.state();
            let input = origin.to_string();
            let differs = self.purpose == Some(Purpose::Verify) && source.scope != ErrorScope::Input;
            if differs {
                let mailbox = state.mailboxes.saturating_sub(1);
                *state.differing.entry(mailbox).or_default() += 1;
            }
            let is_first = state.failed_in.insert((input.clone(), differs));
            if is_first || state.failed_messages.len() < FAILED {
                let message = Message::new(*position, Some(about));
                let reason = source.with_causes();
                state.failed_messages.push(FailedMessage { input, message, reason, advice, differs });
            }
        }
        let is_of_message = matches!(error, Error::Message { .. });
        if let (Some(origin), false) = (error.origin(), is_of_message)
            && self.is_unrecorded(error)
        {
            let mailbox = origin.to_string();
            self.write_manifest(|manifest| manifest.add_failure(&mailbox, failures::reason(error)));
        }
        self.report_error(error);
    }

    fn recorded(&self, origin: &Origin, record: &Record) {
        self.write_manifest(|manifest| manifest.add(origin, record));
    }

    fn finished(&self, mailbox: &MailboxSummary) {
        self.write_manifest(Manifest::flush);
        if let (Some(purpose), true) = (self.purpose, self.lists_mailboxes()) {
            let number = self.state().mailboxes.saturating_sub(1);
            let differing = self.differing(number);
            let line = summary::mailbox_line(mailbox, differing, purpose);
            self.progress.suspend(|| terminal::eprint(line));
        }
    }

    fn cancelled(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }
}

fn unwritable(path: &Path, source: io::Error) -> Error {
    Error::Output { path: path.to_owned(), doing: "cannot write this manifest", source }
}
