//! Bytes in, bytes out: turns a message as the mailbox quotes it into the message as it was sent.
//!
//! Only two things change: the `>` that a mailbox puts before `From ` in bodies is removed, and line ends become those
//! asked for; and where that is wanted, the fields with a message's state ([`StatusLines`]). A message that needs
//! neither is never copied.

mod eml;
mod line_ending;
mod line_stats;
mod quote;
#[cfg(feature = "convert")]
mod status_lines;
mod unquote;

pub use eml::Eml;
pub(crate) use eml::SharedEml;
pub use line_ending::Eol;
pub use line_stats::LineStats;
pub(crate) use quote::has_separator;
pub use quote::{Quote, QuoteWriter};
#[cfg(feature = "convert")]
pub use status_lines::StatusLines;
pub(crate) use unquote::Marked;
pub(crate) use unquote::may_be_quoted;
pub use unquote::{Quoting, Unquote};
