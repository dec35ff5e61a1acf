//! Names in a Maildir: those of folders as Maildir++ nests them, and those of messages.

mod file;
mod folder;

pub(crate) use file::{MaildirFile, flags, identity, with_flags};
pub use folder::{MaildirFolder, maildir_folder};
