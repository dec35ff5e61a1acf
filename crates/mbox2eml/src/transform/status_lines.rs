//! The header fields in which mail programs keep the state of a message in a mailbox.

use crate::field::{MAX_HEADER, RawFields, strict};
use crate::keyword::keywords;
use crate::message::{Flags, header_len_in};
use crate::split::LineEnd;

/// The names of these fields, in lower case.
const NAMES: [&[u8]; 4] = [b"status", b"x-status", b"x-mozilla-status", b"x-mozilla-status2"];

/// Which header fields with the state of a message (read, starred and so on) are written. They are put on top of the
/// header, in place of those of any program that are there.
///
/// The state is that of [`Flags`], without T: programs remove messages that are marked as deleted. A header of more
/// than 256 KiB is kept as it is, and so is one whose first line would continue a field above it.
///
/// ```
/// use mbox2eml::sink::Directory;
/// use mbox2eml::source::Memory;
/// use mbox2eml::transform::{Eol, StatusLines};
/// use mbox2eml::{Converter, name::Namer};
/// # let folder = tempfile::tempdir()?;
/// # let output = folder.path();
///
/// let mailbox = "From - Mon Jan  1 00:00:00 2024\nX-Mozilla-Status: 0005\nSubject: Lunch\n\nAt noon?\n";
/// let names = Namer::new("{index}".parse()?, Default::default());
/// let converter = Converter::builder().names(names).eol(Eol::Lf).status_lines(StatusLines::Status).build();
/// let _ = converter.convert(Memory::new("in", mailbox), Directory::create(output, Default::default())?, &());
/// let written = std::fs::read_to_string(output.join("000001.eml"))?;
/// assert_eq!(written, "Status: RO\nX-Status: F\nSubject: Lunch\n\nAt noon?\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum StatusLines {
    /// Those that are there. The default.
    #[default]
    Keep,
    /// `Status` and `X-Status`, as mutt, Dovecot and Python write them.
    Status,
    /// `X-Mozilla-Status` and `X-Mozilla-Status2`, as Thunderbird writes them.
    Mozilla,
}

keywords!(StatusLines, "kind of status lines", Keep = "keep", Status = "status", Mozilla = "mozilla");

impl StatusLines {
    /// The header of `message`, up to and with its empty line, with these fields; `None` if it does not change.
    pub(crate) fn header(self, message: &[u8], line_end: LineEnd, flags: Flags) -> Option<Vec<u8>> {
        let letters = |known: &[(char, char)]| -> String {
            known.iter().filter(|(flag, _)| flags.has(*flag)).map(|(_, letter)| *letter).collect()
        };
        let lines = match self {
            Self::Keep => return None,
            Self::Status => {
                let read = if flags.has('S') { "RO" } else { "O" };
                let x_status = letters(&[('R', 'A'), ('F', 'F'), ('D', 'T')]);
                let x_status = (!x_status.is_empty()).then(|| format!("X-Status: {x_status}"));
                [Some(format!("Status: {read}")), x_status]
            }
            Self::Mozilla => {
                let bits = [('S', 0x0001), ('R', 0x0002), ('F', 0x0004), ('P', 0x1000)];
                let status: u16 = bits.iter().filter(|(flag, _)| flags.has(*flag)).map(|(_, bit)| bit).sum();
                [Some(format!("X-Mozilla-Status: {status:04x}")), Some("X-Mozilla-Status2: 00000000".to_owned())]
            }
        };
        let own = message.get(..header_len_in(message, line_end)).filter(|own| own.len() <= MAX_HEADER)?;
        if own.starts_with(b" ") || own.starts_with(b"\t") {
            return None;
        }
        let end = end_of_first_line(message, line_end);
        let mut header = Vec::with_capacity(own.len() + 64);
        for line in lines.into_iter().flatten() {
            header.extend_from_slice(line.as_bytes());
            header.extend_from_slice(end);
        }
        let mut fields = RawFields::new(own, line_end);
        fields.by_ref().filter(|field| !is_status(field)).for_each(|field| header.extend_from_slice(field));
        header.extend_from_slice(own.get(fields.position()..).unwrap_or_default());
        Some(header)
    }
}

fn is_status(field: &[u8]) -> bool {
    strict(field).is_some_and(|(name, _)| NAMES.iter().any(|status| name.eq_ignore_ascii_case(status)))
}

/// What ends the first line of a message, so that all its lines end alike.
fn end_of_first_line(message: &[u8], line_end: LineEnd) -> &'static [u8] {
    match line_end {
        LineEnd::Cr => b"\r",
        LineEnd::Lf if message[..line_end.first_line(message)].ends_with(b"\r\n") => b"\r\n",
        LineEnd::Lf => b"\n",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::message::{Field, HeaderReader, RawMessage};
    use crate::transform::{Eml, Eol, Quoting};

    fn flags(letters: &str) -> Flags {
        Flags::parse(letters).unwrap()
    }

    fn written(message: &[u8], lines: StatusLines, letters: &str, quoting: Quoting, eol: Eol) -> Vec<u8> {
        let header = lines.header(message, LineEnd::Lf, flags(letters)).unwrap();
        Eml::new(message, quoting, eol).with_header(&header).to_bytes().into_owned()
    }

    #[test]
    fn the_fields_of_all_programs_give_way() {
        use StatusLines::{Mozilla, Status};
        let message =
            &b"X-Mozilla-Status: 0001\nSTATUS: R\n O\nSubject: a\nX-Status : F\nX-Mozilla-Status2: 1\n\nStatus: R\n"[..];
        for (lines, letters, expected) in [
            (Status, "", "Status: O\nSubject: a\n\nStatus: R\n"),
            (Status, "DFPRST", "Status: RO\nX-Status: AFT\nSubject: a\n\nStatus: R\n"),
            (Mozilla, "", "X-Mozilla-Status: 0000\nX-Mozilla-Status2: 00000000\nSubject: a\n\nStatus: R\n"),
            (Mozilla, "DFPRST", "X-Mozilla-Status: 1007\nX-Mozilla-Status2: 00000000\nSubject: a\n\nStatus: R\n"),
        ] {
            let bytes = written(message, lines, letters, Quoting::None, Eol::Lf);
            assert_eq!(String::from_utf8(bytes).unwrap(), expected, "{lines:?} {letters}");
        }
        assert_eq!(StatusLines::Keep.header(message, LineEnd::Lf, flags("S")), None);
    }

    #[test]
    fn any_message_gets_them_with_its_own_line_ends() {
        for (message, expected) in [
            (&b""[..], &b"Status: O\n"[..]),
            (b"\n", b"Status: O\n\n"),
            (b"Subject: a", b"Status: O\nSubject: a"),
            (b"Subject: a\r\n\r\nb\n", b"Status: O\r\nSubject: a\r\n\r\nb\n"),
            (b"no field\n\n>From b\n", b"Status: O\nno field\n\nFrom b\n"),
        ] {
            assert_eq!(written(message, StatusLines::Status, "", Quoting::Mboxrd, Eol::Keep), expected);
        }
        for first in [" A: b\n\nc", "\tA: b\n", " "] {
            assert_eq!(StatusLines::Status.header(first.as_bytes(), LineEnd::Lf, flags("F")), None, "{first:?}");
        }
        let header = StatusLines::Status.header(b"Subject: a\r\rb", LineEnd::Cr, flags("")).unwrap();
        assert_eq!(header, b"Status: O\rSubject: a\r\r");
    }

    proptest! {
        #[test]
        fn lengths_and_line_ends_are_right(
            message in prop::collection::vec(prop::sample::select(vec!["Status: R", "A: b", " ", ">From ", "x\r", "\n", "\r\n", ""]), 0..30),
            mozilla in any::<bool>(),
            quoting in prop::sample::select(vec![Quoting::None, Quoting::Mboxrd, Quoting::Mboxo]),
            eol in prop::sample::select(vec![Eol::Crlf, Eol::Lf, Eol::Keep]),
        ) {
            let message = message.concat().into_bytes();
            let lines = if mozilla { StatusLines::Mozilla } else { StatusLines::Status };
            prop_assume!(!message.starts_with(b" "));
            let header = lines.header(&message, LineEnd::Lf, flags("FS")).unwrap();
            let own = header_len_in(&message, LineEnd::Lf);
            let changed = [&header[..], &message[own..]].concat();
            let eml = Eml::new(&message, quoting, eol).with_header(&header);
            // The same as if the mailbox had had them.
            prop_assert_eq!(eml.to_bytes(), Eml::new(&changed, quoting, eol).to_bytes());
            prop_assert_eq!(eml.len(), u64::try_from(eml.to_bytes().len()).unwrap());
            let read = HeaderReader::new(&[Field::Flags]).read(&RawMessage::new(b"From -\n", &changed));
            prop_assert_eq!(read.flags.to_string(), "FS");
        }
    }
}
