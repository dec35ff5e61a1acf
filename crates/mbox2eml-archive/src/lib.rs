//! Archives for [`mbox2eml`]: mailboxes straight out of ZIP, tar and compressed files, and EML files into ZIP volumes.
//!
//! Nothing is unpacked to disk. [`inputs`] opens what the user gave, files and folders as well as archives; [`volumes`] is a
//! sink; [`bag`] makes a folder a bag.

pub mod bag;
mod file_names;
pub mod inputs;
mod members;
pub mod vault;
pub mod volumes;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
