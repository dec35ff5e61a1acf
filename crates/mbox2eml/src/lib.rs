//! Turns mbox mailboxes of any dialect into exact EML files, with every byte accounted for.
//!
//! | I want to | |
//! |---|---|
//! | read the messages of a mailbox | [`Mbox`] |
//! | read one from memory, or from any reader | [`Mbox::from_bytes`], [`source::Stream`] |
//! | read header fields | [`Message::headers`] |
//! | turn mailboxes into EML files | [`Converter`] with [`sink::Directory`] |
//! | write messages to a store of my own | [`Converter`] with my own [`sink::Sink`] |
//! | write ZIPs, read archives, open whatever a user gives | the crate `mbox2eml-archive` |
//! | see what is in a mailbox, or what a run would do | [`sink::Inspect`], [`sink::DryRun`] |
//! | statistics of what goes into another sink | [`sink::Measured`] |
//! | compare an earlier conversion with its mailbox | [`sink::Compare`] |
//! | convert some messages only | [`select`] |
//! | choose names and folders | [`name`] |
//! | cut a mailbox into ranges for several processes or machines | [`range`] |
//! | show progress, collect warnings and failures | [`report::Observer`] |
//! | check bodies against DKIM and ARC signatures | [`proof`] |
//! | add labels and hashes that an export keeps in another file | [`metadata`] |
//!
//! ```
//! # #[cfg(feature = "convert")] {
//! use mbox2eml::sink::{Directory, Durability};
//! use mbox2eml::source::Stream;
//! use mbox2eml::Converter;
//! # let folder = tempfile::tempdir()?;
//! # let (input, output) = (folder.path().join("takeout.mbox"), folder.path().join("out"));
//! # std::fs::write(&input, "From a@example.org Mon Jan  1 00:00:00 2024\nSubject: Hello\n\nBody\n\n")?;
//!
//! let sink = Directory::create(&output, Durability::Cached)?;
//! let done = Converter::builder().build().convert(Stream::open(&input)?, sink, &()).into_result()?;
//!
//! assert_eq!(done.messages().found, done.messages().accounted());
//! assert_eq!(done.bytes().input, done.bytes().accounted());
//! assert!(output.join("000001_20240101T000000Z_Hello.eml").exists());
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Data flow
//!
//! The modules are its steps, in this order:
//!
//! ```text
//! source  →  split  →  message  →  transform  →  select  →  name  →  sink
//! bytes      where     what the    the bytes     is it      what     where
//!            they      header      that are      wanted     it is    it is
//!            end       says        written                  called   written
//! ```
//!
//! [`split`], [`message`], [`transform`], [`select`] and [`name`] are pure: bytes or values in, values out.
//!
//! # Threads and blocking
//!
//! Everything blocks. In an async program run a conversion where blocking is allowed, such as tokio's `spawn_blocking`
//! (`examples/async_tokio.rs`); an [`Observer`](report::Observer) can cancel it.
//!
//! A [`Converter`] works in the rayon pool that it is called in, or in the global one (`examples/shared_pool.rs`). With
//! [`threads`](ConverterBuilder::threads) it builds a pool of its own, once. The calling thread always works itself, so
//! a conversion makes progress even if the pool is busy; it returns only after each thread of the pool has been free
//! once. An [`Mbox`] uses the current thread only.
//!
//! # Features
//!
//! - `convert` (default): the [`Converter`] with names, filters, sinks and reports. Without it the library splits
//!   mailboxes and reads messages, and does not compile the crates for hashes, threads, file search and
//!   transliteration.
//! - `proof` (part of `convert`): comparison with signed hashes. It also shows how a mailbox with signed messages is
//!   quoted; without it [`transform::Unquote::Auto`] relies on the program that wrote the mailbox, and there are no
//!   ranges.
//! - `serde`: options, counts and warnings can be serialized.
//!
//! The minimum supported Rust version is 1.89.

#![cfg_attr(
    not(feature = "convert"),
    allow(
        dead_code,
        unused_imports,
        unreachable_pub,
        reason = "some parts of the other steps are for the converter only"
    )
)]

mod batch;
#[cfg(feature = "convert")]
mod convert;
mod decimal;
mod error;
mod field;
mod fnv;
mod keyword;
mod line_end;
mod mbox;
pub mod message;
#[cfg(feature = "convert")]
pub mod metadata;
#[cfg(feature = "convert")]
pub mod name;
mod pairs;
#[cfg(not(feature = "proof"))]
mod proof;
#[cfg(feature = "proof")]
pub mod proof;
#[cfg(not(feature = "proof"))]
mod range;
#[cfg(feature = "proof")]
pub mod range;
#[cfg(feature = "convert")]
pub mod report;
#[cfg(feature = "convert")]
pub mod select;
#[cfg(feature = "convert")]
pub mod sink;
mod size;
pub mod source;
pub mod split;
#[cfg(feature = "convert")]
mod tally;
pub mod transform;
mod warning;
#[cfg(feature = "convert")]
mod write_error;

/// The bytes that a [`Source`](source::Source) hands out, from the crate of that name.
pub use bytes::Bytes;
#[cfg(feature = "convert")]
pub use convert::{Conversion, Converter, ConverterBuilder, LabelCopies, Mailbox};
pub use error::{Error, Result};
pub use keyword::UnknownValue;
pub use mbox::{Mbox, Message, Messages};
#[cfg(feature = "convert")]
pub use report::RunEnd;
#[cfg(feature = "convert")]
pub use write_error::{ErrorScope, WriteError};

/// Single parts of the steps, for the other crates, tests, fuzz targets and benchmarks of this repository. They are no
/// part of the API: any release may change them.
#[doc(hidden)]
pub mod internals {
    pub use crate::field::field_name;
    pub use crate::line_end::LineEnd;
    pub use crate::message::labels::parse_labels;
    pub use crate::message::raw_message::header_len;
    #[cfg(feature = "convert")]
    pub use crate::name::characters::is_invisible;
    #[cfg(feature = "convert")]
    pub use crate::name::entry_name::fingerprint;
    #[cfg(feature = "convert")]
    pub use crate::name::maildir::{MaildirFolder, maildir_folder};
    #[cfg(feature = "convert")]
    pub use crate::name::modified_utf7::decode_modified_utf7;
    #[cfg(feature = "convert")]
    pub use crate::name::place::{ARCHIVES, COMPRESSIONS, without_copy_mark};
    #[cfg(feature = "proof")]
    pub use crate::proof::quoting_evidence::detect_quoting;
    pub use crate::proof::votes::QuotingEvidence;
    #[cfg(feature = "convert")]
    pub use crate::select::seen::Seen;
    #[cfg(feature = "convert")]
    pub use crate::sink::blocks::Blocks;
    #[cfg(feature = "convert")]
    pub use crate::sink::comparison::{Compared, Comparison};
    #[cfg(feature = "convert")]
    pub use crate::sink::output_folder::lock_folder;
    #[cfg(feature = "convert")]
    pub use crate::sink::target::{ExistingFile, PARTIAL, Partial, Target, TargetFolder};
    pub use crate::size::to_u64;
    pub use crate::split::from_line::Shape;
    pub use crate::split::splitter::{Doubt, NotAnMbox, Splitter};
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
