//! Bytes in, bytes out: turns a message as the mailbox quotes it into the message as it was sent.
//!
//! Only two things change: the `>` that a mailbox puts before `From ` in bodies is removed, and line ends become those
//! asked for. A message that needs neither is never copied.

mod eml;
mod line_ending;
mod line_stats;
mod unquote;

pub use eml::Eml;
pub use line_ending::Eol;
pub use line_stats::LineStats;
pub(crate) use unquote::may_be_quoted;
pub use unquote::{Marked, Quoting, Unquote};

use crate::split::LineEnd;

/// How the messages of one mailbox become EML files.
///
/// ```
/// use mbox2eml::split::LineEnd;
/// use mbox2eml::transform::{Eol, Quoting, Transform};
///
/// let transform = Transform::new(Eol::Crlf, LineEnd::Lf);
/// let eml = transform.apply(b"Subject: x\n\n>From here on\n", Quoting::Mboxrd);
/// assert_eq!(eml.to_bytes(), &b"Subject: x\r\n\r\nFrom here on\r\n"[..]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Transform {
    eol: Eol,
    line_end: LineEnd,
}

impl Transform {
    /// A transform that writes line ends as `eol` and reads those of a mailbox that ends its lines with `line_end`.
    pub fn new(eol: Eol, line_end: LineEnd) -> Self {
        Self { eol, line_end }
    }

    /// The EML of `message`, which is header, empty line and body as they are in the mailbox, quoted as `quoting` says.
    pub fn apply<'a>(&self, message: &'a [u8], quoting: Quoting) -> Eml<'a> {
        let line_stats = LineStats::of(message);
        let quoting = if line_stats.angle_lines > 0 { quoting } else { Quoting::None };
        let rewrite = line_ending::rewrite(self.eol, self.line_end, &line_stats);
        Eml::new(message, line_stats, quoting, self.line_end, rewrite)
    }
}
