//! What the file of a message is called.
//!
//! A name is a pure function of the mailbox's [`Folder`], the message's position in the mailbox, its
//! [`Headers`](crate::message::Headers), a [`Layout`] and a [`Template`]: neither threads nor
//! filters change it. The mailbox's folder comes first, then those of the layout, then those of the
//! template. A name is unique by construction, because the position stands at a known end of every
//! file name, whatever a subject tries to imitate. It is portable, because [`EntryName`] and
//! [`Folder`] are made here only, and everything in them has gone through `characters` and
//! `component`.
//!
//! This step reads `message::Headers` and knows nothing of files.

mod characters;
mod component;
mod entry_name;
mod folder;
mod label_folders;
mod layout;
mod namer;
mod template;
mod values;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod layouts;
#[cfg(test)]
mod properties;

pub use characters::Charset;
pub use entry_name::{EntryName, fingerprint};
pub use folder::{Folder, Folders};
pub use layout::{LabelPriority, Layout};
pub use namer::Namer;
pub use template::{Template, TemplateError, TemplateField};
