//! Turns mbox mailboxes of any dialect into exact EML files, with every byte accounted for.
//!
//! A folder of this library is a step of the data's way:
//!
//! ```text
//! source → split → message → select → transform → name → sink
//! bytes    where   what it   is it    as it was   what   where it
//!          they    says      wanted   sent        it is  goes
//!          end                                    called
//! ```
//!
//! A [`Converter`] does all steps; an [`Mbox`] gives the messages of a mailbox to programs that write no files. [`proof`]
//! compares a message with the hash of its body that the sender's server signed.
//!
//! # Features
//!
//! - `convert` (default): the [`Converter`] with names, filters, sinks and reports. Without it the library splits mailboxes
//!   and reads messages, and builds no hashes, no thread pool, no file search and no transliteration.
//! - `proof` (part of `convert`): comparison with signed hashes. It also shows how a mailbox with signed messages is quoted;
//!   without it [`transform::Unquote::Auto`] relies on the program that wrote the mailbox.
//! - `serde`: options, counts and warnings can be serialized.
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
mod error;
mod field;
mod keyword;
mod line_end;
mod mbox;
pub mod message;
#[cfg(feature = "convert")]
pub mod name;
#[cfg(not(feature = "proof"))]
mod proof;
#[cfg(feature = "proof")]
pub mod proof;
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
