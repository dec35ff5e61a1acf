//! Archives for [`mbox2eml`]: mailboxes straight out of ZIP, tar and compressed files, and EML files into ZIP volumes.
//!
//! Nothing is unpacked to disk. [`inputs`] opens what the user gave, files and folders as well as archives; [`members`]
//! gives the mailboxes in one archive as sources; [`volumes`] is a sink.

pub mod inputs;
pub mod members;
mod size;
pub mod volumes;
