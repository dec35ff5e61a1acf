//! A walk over the fields of a header block, for the few that help to find a message's end.

use super::line_end::LineEnd;
use crate::field::field_name;

/// No header block is read further than this.
const HEADER_LIMIT: usize = 256 << 10;

/// Walks over the fields of a message's header; ends at the empty line, or at a line that is no field.
pub(super) struct Fields<'a> {
    bytes: &'a [u8],
    at: usize,
    line_end: LineEnd,
}

impl<'a> Fields<'a> {
    pub(super) fn of(message: &'a [u8], line_end: LineEnd) -> Self {
        Self { bytes: &message[..message.len().min(HEADER_LIMIT)], at: 0, line_end }
    }

    /// The value of the first field with this name, with its folds.
    pub(super) fn find(mut self, name: &str) -> Option<&'a [u8]> {
        self.find_map(|(n, value)| n.eq_ignore_ascii_case(name.as_bytes()).then_some(value))
    }

    /// After the walk: where the body begins, if an empty line was reached.
    pub(super) fn body(&self) -> Option<usize> {
        let line_end = self.line_end.at_head(&self.bytes[self.at..]);
        (line_end > 0).then_some(self.at + line_end)
    }

    fn line(&self, from: usize) -> usize {
        from + self.line_end.first_line(&self.bytes[from..])
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = &self.bytes[self.at..];
        let name = field_name(rest)?;
        let start = self.at + name + 1;
        let mut end = self.line(self.at);
        while matches!(self.bytes.get(end), Some(b' ' | b'\t')) {
            end = self.line(end);
        }
        self.at = end;
        Some((&rest[..name], &self.bytes[start..end]))
    }
}
