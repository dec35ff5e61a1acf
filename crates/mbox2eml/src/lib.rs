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
//! A [`Converter`] goes the whole way; an [`Mbox`] gives the messages to those who want no files. Beside the way stands
//! [`proof`], which holds a message against the hash of its body that its sender's server signed.
//!
//! ```
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
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod batch;
mod convert;
mod error;
mod field;
mod keyword;
mod line_end;
mod mbox;
pub mod message;
pub mod name;
pub mod proof;
pub mod report;
pub mod select;
pub mod sink;
mod size;
pub mod source;
pub mod split;
mod tally;
pub mod transform;
mod warning;

pub use convert::{Conversion, Converter, ConverterBuilder, LabelCopies, Mailbox};
pub use error::{Error, ErrorScope, Result, WriteError};
pub use keyword::UnknownValue;
pub use mbox::{Mbox, Message, Messages};
pub use report::RunEnd;
