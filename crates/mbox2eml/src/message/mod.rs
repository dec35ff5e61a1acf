//! One message: its parts as bytes, and what its header fields say.
//!
//! Nothing here changes a byte or fails: a field that is absent or unreadable is `None`.

mod account;
mod address;
mod charset;
mod date;
mod encoded_word;
mod fields;
mod flags;
mod header_fields;
mod headers;
mod label_map;
pub(crate) mod labels;
mod missing;
mod mozilla_status;
mod objections;
mod parts;
mod plain_address;
pub(crate) mod raw_message;
mod reader;
mod received;
mod system_label;
mod text;

pub(crate) use account::LanguageSearch;
pub use address::Address;
pub use flags::Flags;
pub use header_fields::{HeaderField, HeaderFields};
pub use headers::{Field, Headers};
pub use label_map::{LabelMap, LabelMapError};
pub(crate) use labels::parse_labels;
pub(crate) use missing::missing_attachment;
pub(crate) use mozilla_status::MozillaStatus;
pub(crate) use objections::objections;
pub(crate) use parts::{content_type, has_replaced_bytes};
pub use raw_message::RawMessage;
use raw_message::line_end_of_header;
pub(crate) use raw_message::{header_len, header_len_in, trim_returns};
pub use reader::HeaderReader;
pub(crate) use received::first_line;
pub use received::{Received, ReceivedSource};
pub use system_label::LabelName;
pub(crate) use system_label::{Language, SystemLabel};
