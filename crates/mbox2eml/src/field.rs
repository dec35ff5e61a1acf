//! What a header field looks like, and a walk over all of a header.

use memchr::{memchr, memchr_iter};

/// The length of the field name that `line` begins with: bytes 33 to 126 without `:`, then `:` (RFC 5322, 2.2).
pub(crate) fn field_name(line: &[u8]) -> Option<usize> {
    let name = line.iter().take_while(|b| is_name_byte(**b)).count();
    (name > 0 && line.get(name) == Some(&b':')).then_some(name)
}

/// Whether a byte may stand in a field's name.
pub(crate) fn is_name_byte(byte: u8) -> bool {
    matches!(byte, 33..=57 | 59..=126)
}

/// The fields of a header up to the first empty line, as name and value: the name without white space behind it, which is
/// obsolete but occurs (RFC 5322, section 4.5), the value with its folding. Lines end in LF, or in CR if there is no LF.
/// A line without a colon is passed over.
pub(crate) fn fields(header: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let line_end = if memchr(b'\n', header).is_some() { b'\n' } else { b'\r' };
    let mut rest = header;
    let folded = std::iter::from_fn(move || {
        let mut ends = memchr_iter(line_end, rest).map(|at| at + 1).chain([rest.len()]).peekable();
        let first = rest.get(..*ends.peek()?)?;
        if is_empty_line(first) {
            return None;
        }
        let end = ends.find(|end| !matches!(rest.get(*end), Some(b' ' | b'\t')))?;
        let (field, after) = rest.split_at_checked(end)?;
        rest = after;
        Some(field)
    });
    folded.filter_map(|field| {
        let (name, value) = field.split_at_checked(memchr(b':', field)?)?;
        Some((name.trim_ascii_end(), value.get(1..)?))
    })
}

/// Whether nothing but a line end is in `line`.
pub(crate) fn is_empty_line(line: &[u8]) -> bool {
    line.iter().all(|byte| matches!(byte, b'\r' | b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_end_at_the_first_empty_line() {
        let expected: [(&[u8], &[u8]); 2] = [(b"A", b" 1\n\t2\n"), (b"b", b"3:4\n")];
        for after in ["", "\n", "\nC: 5\n", "\r\nC: 5\n", "\r\r\nC: 5\n"] {
            let header = format!("A: 1\n\t2\nno field\nb :3:4\n{after}");
            assert_eq!(fields(header.as_bytes()).collect::<Vec<_>>(), expected, "{after:?}");
        }
        assert_eq!(
            fields(b"A: 1\r\t2\rB:3\r\rC: 4").collect::<Vec<_>>(),
            [(&b"A"[..], &b" 1\r\t2\r"[..]), (b"B", b"3\r")]
        );
        assert_eq!(fields(b"").chain(fields(b"\nA: 1")).count(), 0);
        assert_eq!(fields(b"A:").collect::<Vec<_>>(), [(&b"A"[..], &b""[..])]);
    }
}
