//! What the file of a message is called.
//!
//! A name is a pure function of the mailbox's [`Place`], the message's position in the mailbox, its
//! [`Headers`](crate::message::Headers), a [`Layout`] and a [`Template`]: neither threads nor filters change it. The
//! place comes first, then the folders of the layout, then those of the template. A name is unique by construction: the
//! position is at a known end of every file name, whatever a subject imitates. It is portable: [`EntryName`] and
//! [`Place`] are made here only, and all they contain has gone through `characters` and `component`.
//!
//! This step reads `message::Headers` and knows nothing of files.

pub(crate) mod characters;
mod component;
pub(crate) mod entry_name;
mod label_folders;
mod layout;
mod mailbox_tree;
pub(crate) mod maildir;
mod message_info;
pub(crate) mod modified_utf7;
mod namer;
pub(crate) mod place;
mod template;
mod values;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod layouts;
#[cfg(test)]
mod properties;

pub use characters::Charset;
pub(crate) use component::caseless;
pub(crate) use entry_name::fingerprint;
pub(crate) use entry_name::{EXTENSION, IndexAt};
pub use entry_name::{EntryName, EntryNameError};
pub use layout::{LabelPriority, Layout};
pub use mailbox_tree::MailboxTree;
pub(crate) use message_info::MessageInfo;
pub use namer::Namer;
pub use place::{MailboxPath, Place, Places};
use template::TemplateField;
pub use template::{Template, TemplateError};
