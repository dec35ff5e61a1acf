//! Archives for [`mbox2eml`]: mailboxes straight out of ZIP, tar and gzip files, and EML files into ZIP volumes.
//!
//! Nothing is unpacked to disk. [`members`] gives the mailboxes in an archive as sources, [`volumes`] is a sink.

pub mod members;
mod size;
pub mod volumes;
