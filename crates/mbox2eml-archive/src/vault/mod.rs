//! What a Google Vault export has beside its mailboxes: a record of each message, how many messages each account has,
//! and what could not be exported.
//!
//! None of these files is trusted: no entity of an XML file is expanded, every element and row has a limit, and what
//! cannot be read is reported, not guessed. docs/FORMATS.md says what is known of them, and from where.

mod bounded;
mod counts;
mod errors;
mod export;
mod exports;
mod labels;
mod listing;
mod record;
mod role;
mod table;
mod time;
mod xml;

pub use counts::Miscount;
pub use export::{Export, Problem};
pub(crate) use exports::{Exports, Given, Sidecar, absolute};
pub(crate) use role::role;

/// Reads metadata as a file of this name has it; for the fuzz targets of this repository. How many records there are.
#[doc(hidden)]
pub fn read_metadata(name: &str, bytes: &[u8]) -> usize {
    let mut reading = export::Reading::default();
    if let Some(found) = role(name) {
        reading.read(
            found.role,
            &mbox2eml::source::Origin::named(name),
            Box::new(std::io::Cursor::new(bytes.to_vec())),
        );
    }
    reading.metadata.len()
}

#[cfg(test)]
mod tests;
