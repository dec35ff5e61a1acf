//! Reads the fields that a conversion needs, in one walk over the header.

use memchr::memrchr;

use super::address::{address_or_name, first_address};
use super::encoded_word::decode;
use super::fields::{All, Fields};
use super::headers::FieldSet;
use super::received::first_line;
use super::text::{joined, present, text};
use super::{Field, Flags, Headers, MozillaStatus, RawMessage, Received, line_end_of_header, parse_labels};
use crate::decimal;
use crate::field::MAX_HEADER;
use crate::line_end::LineEnd;
use crate::split::{FromLine, FromLineFacts};

/// Reads the wanted fields of a message's header.
///
/// The received date, Gmail's message id and Thunderbird's flags are always read, since every conversion needs them. If
/// a field occurs twice, the first one is read, except for the whole texts of `To`, `Cc` and `Bcc`. Default: the
/// subject, which the default name of an EML needs.
///
/// Only the first 256 KiB of a header are read: enough for ten thousand addresses.
///
/// # Examples
///
/// ```
/// use mbox2eml::message::{Field, HeaderReader, RawMessage};
///
/// let message = RawMessage::new(
///     b"From ann@example.org Mon Apr  1 12:00:00 2024\n",
///     b"From: Ann <ann@example.org>\nSubject: =?utf-8?Q?Caf=C3=A9?=\n\nAt noon?\n",
/// );
/// let headers = HeaderReader::new(&[Field::Subject, Field::From]).read(&message);
/// assert_eq!(headers.subject.as_deref(), Some("Café"));
/// assert_eq!(headers.from.unwrap().name.as_deref(), Some("Ann"));
/// assert_eq!(headers.received.unwrap().seconds, 1_711_972_800);
/// ```
#[derive(Clone, Debug)]
pub struct HeaderReader {
    wanted: FieldSet,
}

impl Default for HeaderReader {
    fn default() -> Self {
        Self::new(&[Field::Subject])
    }
}

impl HeaderReader {
    /// A reader of the `wanted` fields; the others stay empty in its [`Headers`].
    pub fn new(wanted: &[Field]) -> Self {
        Self { wanted: FieldSet::new(wanted) }
    }

    /// Reads the fields of `message`. This never fails: a field that is absent, blank or unreadable is `None`.
    pub fn read(&self, message: &RawMessage<'_>) -> Headers {
        let from_line = FromLine::parse(first_line(message.from_line));
        self.read_below(from_line.map(|line| line.facts()).unwrap_or_default(), message)
    }

    /// The same for a message whose From_ line is known.
    pub(crate) fn read_below(&self, from_line: FromLineFacts, message: &RawMessage<'_>) -> Headers {
        let (header, line_end) = start_of(message.bytes);
        let is_dated = Received::from_line(from_line).is_some();
        // Thunderbird's flags are above the first Received field, and the Date field is only needed without one.
        let enough = |fields: &Fields<'_>| is_dated && fields.received.is_some() && self.has_wanted(fields);
        let fields = Fields::find(header, line_end, enough);
        let (received, has_two_dates) = Received::of(from_line, &fields);
        let wanted = |field: Field, value| self.wanted.has(field).then_some(value).flatten();
        let texts = |field: Field, all: &All<'_>| self.wanted.has(field).then(|| joined(all.iter())).flatten();
        let mozilla_status =
            MozillaStatus::parse(fields.mozilla_status.unwrap_or_default(), fields.mozilla_status2.unwrap_or_default());
        let (wants_labels, wants_flags) = (self.wanted.has(Field::Labels), self.wanted.has(Field::Flags));
        let labels = fields.gmail_labels.filter(|_| wants_labels || wants_flags).map(parse_labels).unwrap_or_default();
        let flags = wants_flags.then(|| flags(&fields, mozilla_status, &labels));
        Headers {
            received,
            has_two_dates,
            has_foreign_labels: fields.has_foreign_labels,
            subject: wanted(Field::Subject, fields.subject).and_then(text),
            from: wanted(Field::From, fields.from).and_then(first_address),
            from_address: wanted(Field::FromAddress, fields.from).and_then(address_or_name),
            to: wanted(Field::To, fields.to.first).and_then(first_address),
            from_text: wanted(Field::FromText, fields.from).and_then(text),
            to_text: texts(Field::ToText, &fields.to),
            cc_text: texts(Field::CcText, &fields.cc),
            bcc_text: texts(Field::BccText, &fields.bcc),
            message_id: wanted(Field::MessageId, fields.message_id).and_then(message_id),
            gmail_id: from_line.gmail_id,
            gmail_thread: wanted(Field::GmailThread, fields.gmail_thread).and_then(decimal::whole),
            labels: if wants_labels { labels } else { Vec::new() },
            date: wanted(Field::Date, fields.date).and_then(text),
            mozilla_status,
            flags: flags.unwrap_or_default(),
            read: self.wanted,
        }
    }

    /// Whether every wanted field was found; one that needs the whole header never is.
    fn has_wanted(&self, fields: &Fields<'_>) -> bool {
        self.wanted.iter().all(|field| match field {
            Field::Subject => fields.subject.is_some(),
            Field::From | Field::FromAddress | Field::FromText => fields.from.is_some(),
            Field::To => fields.to.first.is_some(),
            Field::MessageId => fields.message_id.is_some(),
            Field::GmailThread => fields.gmail_thread.is_some(),
            Field::Labels => fields.gmail_labels.is_some(),
            Field::Date => fields.date.is_some(),
            // Most messages have no flags, and any may have more recipients.
            Field::Flags | Field::ToText | Field::CcText | Field::BccText => false,
        })
    }
}

fn flags(fields: &Fields<'_>, mozilla_status: MozillaStatus, labels: &[String]) -> Flags {
    Flags::new(fields.status.unwrap_or_default(), fields.x_status.unwrap_or_default(), mozilla_status, labels)
}

/// The start of `message` with no more of its header than may be read, and how its lines end.
///
/// A header that is too long is cut at a line's end.
fn start_of(message: &[u8]) -> (&[u8], LineEnd) {
    let start = match message.get(..MAX_HEADER) {
        Some(start) => &start[..memrchr(b'\n', start).map_or(start.len(), |at| at + 1)],
        None => message,
    };
    (start, line_end_of_header(start))
}

/// The id between the angle brackets, or the whole value if a bracket is missing.
fn message_id(value: &[u8]) -> Option<String> {
    let text = decode(value);
    let after = text.split_once('<').map_or(text.as_str(), |(_, after)| after);
    let id = after.split_once('>').map_or(after, |(id, _)| id);
    present(id.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::message::{Address, ReceivedSource};

    fn message<'a>(from_line: &'a [u8], bytes: &'a [u8]) -> RawMessage<'a> {
        RawMessage::new(from_line, bytes)
    }

    fn read(bytes: &[u8]) -> Headers {
        HeaderReader::new(Field::ALL).read(&message(b"From -\n", bytes))
    }

    fn address(name: &str, address: &str) -> Option<Address> {
        let (name, address) = (present(name.to_owned()), present(address.to_owned()));
        Some(Address { name, address })
    }

    const TAKEOUT: &str = "X-GM-THRID: 1651234567890123456\n\
        X-Gmail-Labels: =?UTF-8?Q?Ge=C3=B6ffnet,Posteingang?=\n\
        Message-ID: <1@example.org>\n\
        From: =?utf-8?Q?J=C3?= =?utf-8?Q?=B6rg?= <joerg@example.org>\n\
        To: \"Doe, Ann\" <ann@example.org>, bob@example.org\n\
        Subject: =?utf-8?B?R3LDvMOfZQ==?=\n\
        \n\
        Subject: body\n";
    const TAKEOUT_LINE: &str = "From 1651234567890123456@xxx Wed Nov 27 00:08:58 +0000 2019\n";

    fn takeout() -> Headers {
        Headers {
            received: None,
            has_two_dates: false,
            has_foreign_labels: false,
            subject: Some("Grüße".to_owned()),
            from: address("Jörg", "joerg@example.org"),
            from_address: Some("joerg@example.org".to_owned()),
            to: address("Doe, Ann", "ann@example.org"),
            from_text: Some("Jörg <joerg@example.org>".to_owned()),
            to_text: Some("\"Doe, Ann\" <ann@example.org>, bob@example.org".to_owned()),
            cc_text: None,
            bcc_text: None,
            message_id: Some("1@example.org".to_owned()),
            gmail_id: None,
            gmail_thread: Some(1_651_234_567_890_123_456),
            labels: vec!["Geöffnet".to_owned(), "Posteingang".to_owned()],
            date: None,
            mozilla_status: MozillaStatus::default(),
            flags: Flags::new(b"R", b"", MozillaStatus::default(), &[]),
            read: FieldSet::new(Field::ALL),
        }
    }

    #[test]
    fn all_fields_in_any_line_ends() {
        for line_end in ["\n", "\r\n", "\r\r\n", "\r"] {
            assert_eq!(read(TAKEOUT.replace('\n', line_end).as_bytes()), takeout(), "{line_end:?}");
        }
    }

    #[test]
    fn only_wanted_fields_are_read() {
        let message = message(TAKEOUT_LINE.as_bytes(), TAKEOUT.as_bytes());
        let headers = HeaderReader::new(&[]).read(&message);
        let id = 1_651_234_567_890_123_456;
        let milliseconds = i64::try_from(id >> 20).unwrap();
        let received = Received::new(milliseconds / 1000, ReceivedSource::GmailId);
        let received = Some(Received { milliseconds: u16::try_from(milliseconds % 1000).unwrap(), ..received });
        assert_eq!(headers, Headers { received, gmail_id: Some(id), ..Headers::default() });

        let headers = HeaderReader::default().read(&message);
        assert_eq!(headers.subject.as_deref(), Some("Grüße"));
        assert_eq!(headers.from, None);

        let headers = HeaderReader::new(&[Field::ToText]).read(&message);
        assert!(headers.to_text.is_some() && headers.to.is_none() && headers.from_text.is_none());
    }

    #[test]
    fn flags_of_thunderbird_are_always_read() {
        let bytes = b"X-Mozilla-Status: 0009\nX-Mozilla-Status2: 00000000\n\n";
        let status = HeaderReader::new(&[]).read(&message(b"From -\n", bytes)).mozilla_status;
        assert!(status.is_read() && status.deleted());
    }

    #[test]
    fn subjects() {
        let cases: &[(&[u8], Option<&str>)] = &[
            (b"Subject: Hello\n", Some("Hello")),
            (b"Subject:Hello\r\n  there\r\n", Some("Hello  there")),
            (b"SUBJECT : Hello", Some("Hello")),
            (b"Subject: one\nSubject: two\n", Some("one")),
            (b"Subject: a =?utf-8?Q?=E2=82?=\n =?UTF-8?Q?=AC?= b\n", Some("a € b")),
            (b"Subject: Gr\xfc\xdfe\n", Some("Grüße")),
            ("Subject: Grüße\n".as_bytes(), Some("Grüße")),
            (b"Subject: =?utf-8?Q?_padded_?=\n", Some("padded")),
            (b"Subject:\n", None),
            (b"Subject: \r\n \r\n", None),
            (b"Subject: =?utf-8?Q??=\n", None),
            (b"Subject: \nSubject: two\n", None),
            (b"\nSubject: in the body\n", None),
            (b"Subject", None),
            (b"", None),
        ];
        for (bytes, expected) in cases {
            let shown = String::from_utf8_lossy(bytes);
            assert_eq!(read(bytes).subject.as_deref(), *expected, "{shown:?}");
        }
    }

    #[test]
    fn addresses() {
        let cases: &[(&[u8], Option<Address>)] = &[
            (b"ann@example.org", address("", "ann@example.org")),
            (b"<ann@example.org>", address("", "ann@example.org")),
            (b"Ann Doe <ann@example.org>", address("Ann Doe", "ann@example.org")),
            (b"ann@example.org (Ann Doe)", address("Ann Doe", "ann@example.org")),
            (b"\"Ann\n \\\"A\\\" Doe\" <ann@example.org>", address("Ann \"A\" Doe", "ann@example.org")),
            (b"=?iso-8859-1?Q?J=F6rg?= <j@example.org>", address("Jörg", "j@example.org")),
            (b"\"=?utf-8?Q?J=C3=B6rg?=\" <j@example.org>", address("Jörg", "j@example.org")),
            (b"=?gb18030?B?xA==?=\n =?gb18030?B?4w==?= <n@example.org>", address("你", "n@example.org")),
            (b"=?utf-8?Q?Doe=2C_Ann?= <ann@example.org>", address("Doe, Ann", "ann@example.org")),
            (b"J\xf6rg <j@example.org>", address("Jörg", "j@example.org")),
            ("Jörg <j@example.org>".as_bytes(), address("Jörg", "j@example.org")),
            (b"Team: ann@example.org, bob@example.org;", address("", "ann@example.org")),
            (b"undisclosed-recipients:;", None),
            (b"a@example.org, b@example.org", address("", "a@example.org")),
            (b", ,b@example.org", address("", "b@example.org")),
            (b"Ann", address("Ann", "")),
            (b"<>", None),
            (b"  ", None),
        ];
        for (value, expected) in cases {
            let shown = String::from_utf8_lossy(value);
            let field = |name: &[u8]| [name, b": ", value, b"\r\n"].concat();
            assert_eq!(read(&field(b"From")).from, *expected, "{shown:?}");
            assert_eq!(read(&field(b"To")).to, *expected, "{shown:?}");
        }
    }

    #[test]
    fn message_ids() {
        for (value, expected) in [
            ("<a@example.org>", Some("a@example.org")),
            ("\r\n <a@example.org>", Some("a@example.org")),
            ("<a@example.org> (added by b)", Some("a@example.org")),
            ("< a@example.org >", Some("a@example.org")),
            ("a@example.org", Some("a@example.org")),
            ("<a@example.org", Some("a@example.org")),
            ("<>", None),
            ("", None),
        ] {
            let headers = read(format!("Message-Id: {value}\n").as_bytes());
            assert_eq!(headers.message_id.as_deref(), expected, "{value:?}");
        }
    }

    #[test]
    fn thread_ids() {
        for (value, expected) in [("17", Some(17)), ("", None), ("-1", None), ("99999999999999999999", None)] {
            assert_eq!(read(format!("X-GM-THRID: {value}\r\n").as_bytes()).gmail_thread, expected);
        }
    }

    #[test]
    fn long_headers_are_cut_at_a_lines_end() {
        let line = "X-Filler: 0123456789abcdef0123456789abcdef\n";
        let filler = line.repeat(MAX_HEADER / line.len());
        let read_behind = |bytes: String| read(bytes.as_bytes()).subject;
        assert_eq!(read_behind(format!("Subject: a\n{filler}{filler}\n\nbody")), Some("a".to_owned()));
        assert_eq!(read_behind(format!("{filler}Subject: cut in its midst\n\nbody")), None);
        assert_eq!(read_behind(format!("{}\nSubject: b\n", "x".repeat(MAX_HEADER))), None);
        assert_eq!(read_behind(format!("Subject: a\n\n{filler}{filler}")), Some("a".to_owned()));
        assert!(start_of(filler.repeat(2).as_bytes()).0.ends_with(b"\n"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]

        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), from_line in proptest::collection::vec(any::<u8>(), 0..60)) {
            HeaderReader::new(Field::ALL).read(&message(&from_line, &bytes));
        }

        #[test]
        fn the_subject_is_found_wherever_it_is(before in "([A-R]: [a-z ]{0,9}\n( [a-z]+\n)?){0,4}", subject in "[!-<>-~é]{1,20}") {
            let bytes = format!("{before}Subject: {subject}\n\nbody");
            prop_assert_eq!(read(bytes.as_bytes()).subject, Some(subject));
        }
    }
}
