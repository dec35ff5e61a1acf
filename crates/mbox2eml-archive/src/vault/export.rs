//! An export: what its files beside the mailboxes say together.

use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Mutex, PoisonError};

use mbox2eml::metadata::Metadata;
use mbox2eml::source::Origin;

use super::counts::{self, AccountCount, Miscount};
use super::errors;
use super::listing::Listing;
use super::record::{RecordText, Refused};
use super::role::Role;
use super::table::{self, Columns};
use super::xml::{self, End};

/// What a Vault export says in the files beside its mailboxes.
///
/// ```
/// use mbox2eml_archive::inputs::{Found, Inputs};
/// # let folder = tempfile::tempdir()?;
/// # let mail = folder.path();
///
/// std::fs::write(mail.join("case-1.mbox"), "From 1.mbox@xxx Mon Jan  1 00:00:00 2024\nSubject: Hello\n\n")?;
/// let record = "<Document DocID='1'><Tags><Tag TagName='Labels' TagValue='^INBOX'/></Tags>\
///               <ExternalFile FileName='1.mbox'/></Document>";
/// std::fs::write(mail.join("case-metadata.xml"), format!("<Root>{record}</Root>"))?;
/// for found in Inputs::builder().find(&[mail]) {
///     match found {
///         Found::Export(export) => assert_eq!((export.name.as_str(), export.metadata.len()), ("case", 1)),
///         Found::Mailbox(mailbox) => assert!(mailbox.metadata.is_some()),
///         _ => unreachable!(),
///     }
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Export {
    /// Its name, with which those of its files begin.
    pub name: String,
    /// The files that were read, those with records first.
    pub files: Vec<Origin>,
    /// The records of its messages.
    pub metadata: Arc<Metadata>,
    /// Whether there is a file that should have records, even if none could be read.
    pub(crate) has_metadata: bool,
    /// What is wrong with the files, or what they say is wrong with the export.
    pub problems: Vec<Problem>,
    /// How many messages Google counted in each account.
    counts: Counts,
    /// The mailboxes of the export that were found so far.
    mailboxes: Mutex<Vec<Origin>>,
}

impl Export {
    pub(super) fn new(name: String, files: Vec<Origin>, has_metadata: bool, reading: Reading) -> Self {
        let Reading { metadata, problems, counts } = reading;
        let (metadata, mailboxes) = (Arc::new(metadata), Mutex::default());
        Self { name, files, metadata, has_metadata, problems, counts, mailboxes }
    }

    /// Notes a mailbox of the export.
    pub(super) fn has_mailbox(&self, mailbox: &Origin) {
        self.mailboxes.lock().unwrap_or_else(PoisonError::into_inner).push(mailbox.clone());
    }

    /// The accounts of which another number of messages was found than Google counted. `found` says how many messages a
    /// mailbox has; if that is not known of one, nothing can be said.
    pub fn miscounts(&self, found: impl Fn(&Origin) -> Option<u64>) -> Vec<Miscount> {
        let mailboxes = self.mailboxes.lock().unwrap_or_else(PoisonError::into_inner);
        let found = mailboxes.iter().map(|mailbox| Some((mailbox.to_string(), found(mailbox)?)));
        let Counts { accounts, file: Some(file) } = &self.counts else { return Vec::new() };
        let found = found.collect::<Option<Vec<_>>>();
        found.map_or_else(Vec::new, |found| counts::miscounts(accounts, &found, file))
    }
}

/// What is wrong with a file of an export, or with the export as the file says.
///
/// ```
/// use mbox2eml_archive::vault::Problem;
///
/// let problem = Problem::Damaged { file: "case-metadata.xml".into(), byte: 12, why: "it ends in the middle".into() };
/// assert_eq!(problem.to_string(), "case-metadata.xml: cannot be read from byte 12 on: it ends in the middle");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// It cannot be read, or not to its end. What came before counts.
    Damaged {
        /// The file.
        file: Origin,
        /// The first byte that was not read.
        byte: u64,
        /// What is wrong there.
        why: String,
    },
    /// Its columns are not those that are documented.
    Columns {
        /// The file.
        file: Origin,
        /// Columns that are documented and not there.
        missing: Vec<String>,
        /// Columns that are there and not documented; they are not read.
        unknown: Vec<String>,
    },
    /// Its columns are not known, so it was not read.
    UnknownTable(Origin),
    /// Records that cannot be read, or that do not say which message they are about.
    Unreadable {
        /// The file.
        file: Origin,
        /// How many there are.
        number: u64,
        /// The first of them, as far as they have names.
        first: Vec<String>,
    },
    /// Records of a message that has one already. The first one counts.
    Repeated {
        /// The file.
        file: Origin,
        /// How many there are.
        number: u64,
        /// The first of them.
        first: Vec<String>,
    },
    /// More records than fit into memory.
    TooMany(Origin),
    /// It should have the number of messages of each account, and has none for some.
    Uncounted {
        /// The file.
        file: Origin,
        /// For how many accounts it has none; 0 if it lists no account.
        number: u64,
        /// The first of them.
        first: Vec<String>,
    },
    /// Mail that Google could not export.
    NotExported {
        /// The file that says so.
        file: Origin,
        /// How many entries it has.
        number: u64,
        /// The first of them.
        first: Vec<String>,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged { file, byte, why } => write!(f, "{file}: cannot be read from byte {byte} on: {why}"),
            Self::Columns { file, missing, unknown } => {
                write!(f, "{file}: its columns are not those that Google documents")?;
                if !missing.is_empty() {
                    write!(f, "; missing: {}", named(missing))?;
                }
                if !unknown.is_empty() {
                    write!(f, "; unknown, and not read: {}", named(unknown))?;
                }
                Ok(())
            }
            Self::UnknownTable(file) => write!(f, "{file}: its columns are not known, so it is not read"),
            Self::Unreadable { file, number, first } => {
                write!(f, "{file}: {} cannot be read or say of no message", counted(*number, "record"))?;
                write_first(f, first)
            }
            Self::Repeated { file, number, first } => {
                write!(f, "{file}: {} of a message with an earlier record, which counts", counted(*number, "record"))?;
                write_first(f, first)
            }
            Self::TooMany(file) => write!(f, "{file}: has more records than fit into memory; the rest is not read"),
            Self::Uncounted { file, number: 0, .. } => write!(f, "{file}: has no number of messages of any account"),
            Self::Uncounted { file, number, first } => {
                let have = if *number == 1 { "has" } else { "have" };
                write!(f, "{file}: {} {have} no number of messages", counted(*number, "account"))?;
                write_first(f, first)
            }
            Self::NotExported { file, number, first } => {
                let entries = if *number == 1 { "1 entry".to_owned() } else { format!("{number} entries") };
                write!(f, "{file}: Google lists {entries} of mail that could not be exported")?;
                write_first(f, first)
            }
        }
    }
}

fn counted(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// The first columns of a list.
fn named(columns: &[String]) -> String {
    let named: Vec<String> = columns.iter().take(12).map(|name| name.chars().take(40).collect()).collect();
    let more = columns.len().saturating_sub(named.len());
    if more > 0 { format!("{} and {more} more", named.join(", ")) } else { named.join(", ") }
}

fn write_first(f: &mut fmt::Formatter<'_>, first: &[String]) -> fmt::Result {
    match first {
        [] => Ok(()),
        [one] => write!(f, "; the first: {one}"),
        several => write!(f, "; the first: {}", several.join("; ")),
    }
}

/// The files of an export, as they are read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) metadata: Metadata,
    pub(super) problems: Vec<Problem>,
    counts: Counts,
}

/// How many messages Google counted in each account, and the last file that says so.
#[derive(Debug, Default)]
struct Counts {
    accounts: Vec<AccountCount>,
    file: Option<Origin>,
}

impl Reading {
    /// Reads a file; whether it is one of an export.
    pub(super) fn read(&mut self, role: Role, file: &Origin, bytes: Box<dyn Read>) -> bool {
        let mut input = BufReader::with_capacity(64 << 10, bytes);
        if let Ok([0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'<', 0, ..] | [0, b'<', ..]) = input.fill_buf() {
            self.damaged(file, 0, "it is in UTF-16 and not in UTF-8".to_owned());
            return true;
        }
        let end = match role {
            Role::MetadataXml => self.records(file, |take| xml::read_records(input, take)),
            Role::MetadataTable => {
                let mut columns = Columns::default();
                let end = self.records(file, |take| table::read_records(input, &mut columns, take));
                if columns != Columns::default() {
                    let Columns { missing, unknown } = columns;
                    self.problems.push(Problem::Columns { file: file.clone(), missing, unknown });
                }
                end
            }
            Role::Counts => self.read_counts(file, input),
            Role::ErrorsXml => self.list(file, |listed| errors::read_xml(input, listed)),
            Role::ErrorsTable => self.list(file, |listed| errors::read_table(input, listed)),
        };
        match end {
            End::Whole => true,
            End::Damaged { byte, why } => {
                self.damaged(file, byte, why);
                true
            }
            End::Other if role == Role::Counts => {
                self.problems.push(Problem::UnknownTable(file.clone()));
                true
            }
            End::Other => false,
        }
    }

    pub(super) fn damaged(&mut self, file: &Origin, byte: u64, why: String) {
        self.problems.push(Problem::Damaged { file: file.clone(), byte, why });
    }

    /// Adds the records that `read` hands over.
    fn records(&mut self, file: &Origin, read: impl FnOnce(&mut dyn FnMut(&RecordText) -> bool) -> End) -> End {
        self.metadata.begin_file();
        let (mut unreadable, mut repeated, mut is_full) = (Listing::default(), Listing::default(), false);
        let end = read(&mut |record| {
            match record.add_to(&mut self.metadata) {
                Ok(()) => {}
                Err(Refused::Unreadable) => unreadable.add(record.name()),
                Err(Refused::Repeated) => repeated.add(record.name()),
                Err(Refused::Full) => is_full = true,
            }
            !is_full
        });
        let file = || file.clone();
        let Listing { number, first } = unreadable;
        if number > 0 {
            self.problems.push(Problem::Unreadable { file: file(), number, first });
        }
        let Listing { number, first } = repeated;
        if number > 0 {
            self.problems.push(Problem::Repeated { file: file(), number, first });
        }
        if is_full {
            self.problems.push(Problem::TooMany(file()));
        }
        end
    }

    fn read_counts(&mut self, file: &Origin, input: impl BufRead) -> End {
        let Counts { accounts, file: counts_file } = &mut self.counts;
        let from = accounts.len();
        let mut uncounted = Listing::default();
        let end = counts::read(input, accounts, &mut uncounted);
        if accounts.len() > from {
            *counts_file = Some(file.clone());
        }
        let Listing { number, first } = uncounted;
        if number > 0 || (accounts.len() == from && matches!(end, End::Whole)) {
            self.problems.push(Problem::Uncounted { file: file.clone(), number, first });
        }
        let mut failed = Listing::default();
        for AccountCount { account, errors, status, .. } in accounts.iter().skip(from) {
            if *errors > 0 || !status.is_empty() {
                let status = if status.is_empty() { String::new() } else { format!(" ({status})") };
                failed.add(&format!("{account}: {}{status}", counted(*errors, "message")));
            }
        }
        if failed.number > 0 {
            let Listing { number, first } = failed;
            self.problems.push(Problem::NotExported { file: file.clone(), number, first });
        }
        end
    }

    fn list(&mut self, file: &Origin, read: impl FnOnce(&mut Listing) -> End) -> End {
        let mut listed = Listing::default();
        let end = read(&mut listed);
        let Listing { number, first } = listed;
        if number > 0 {
            self.problems.push(Problem::NotExported { file: file.clone(), number, first });
        }
        end
    }
}
