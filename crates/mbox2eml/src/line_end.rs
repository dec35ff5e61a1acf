//! How a mailbox ends its lines.

/// What ends a line in a mailbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum LineEnd {
    /// A line feed, with or without a carriage return before it; files that mix both are common. Files converted
    /// twice have several carriage returns there.
    #[default]
    Lf,
    /// A carriage return alone, as on a classic Macintosh.
    Cr,
}

impl LineEnd {
    /// The line end of the mailbox that begins with `head`, judged by its first line; `None` if its end is not there.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        // `\r\r\n` is a line end that was converted twice, not two line ends of an old Mac.
        let end = memchr::memchr2(b'\r', b'\n', head)?;
        let after = head[end..].iter().find(|b| **b != b'\r')?;
        Some(if *after == b'\n' { Self::Lf } else { Self::Cr })
    }

    /// The last byte of a line end.
    pub(crate) fn byte(self) -> u8 {
        match self {
            Self::Lf => b'\n',
            Self::Cr => b'\r',
        }
    }

    /// The length of the first line of `bytes` with its line end; all of it if no line end is there.
    pub(crate) fn first_line(self, bytes: &[u8]) -> usize {
        memchr::memchr(self.byte(), bytes).map_or(bytes.len(), |at| at + 1)
    }

    /// The length of the line end that `bytes` ends with; 0 if there is none.
    pub(crate) fn at_tail(self, bytes: &[u8]) -> usize {
        match (self, bytes) {
            (Self::Lf, [line @ .., b'\n']) => 1 + line.iter().rev().take_while(|b| **b == b'\r').count(),
            (Self::Cr, [.., b'\r']) => 1,
            _ => 0,
        }
    }

    /// The length of the line end that `bytes` begins with; 0 if there is none.
    pub(crate) fn at_head(self, bytes: &[u8]) -> usize {
        let returns = bytes.iter().take_while(|b| **b == b'\r').count();
        match self {
            Self::Lf if bytes.get(returns) == Some(&b'\n') => returns + 1,
            Self::Cr if returns > 0 => 1,
            _ => 0,
        }
    }

    /// The length of the empty line that ends `bytes`, which begin at a line's start; 0 if the last line is not empty.
    pub(crate) fn empty_line_at_tail(self, bytes: &[u8]) -> usize {
        let last = self.at_tail(bytes);
        let before = &bytes[..bytes.len() - last];
        if before.is_empty() || self.at_tail(before) > 0 { last } else { 0 }
    }
}
