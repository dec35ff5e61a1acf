//! The header fields a converter needs. For addresses and charsets this file, and no other, asks
//! mail-parser.
//!
//! Its address parser is called on the one value. `MessageParser::parse` reads bodies and can
//! panic; `parse_headers` walks over every field, wanted or not, at more than twice the cost.

use std::borrow::Cow;

use mail_parser::HeaderValue;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::parsers::MessageStream;
use memchr::{memchr, memrchr};

use super::address_text::joined;
use super::encoded_word::{decode, normalise};
use super::fields::{All, Fields};
use super::received::first_line;
use super::{Flags, MozillaStatus, RawMessage, Received, ends_lines_with_cr, header_of, parse_labels};
use crate::split::{FromLine, FromLineFacts};

/// No more of a header than this is read, in bytes. A file that is no mailbox may look like one
/// message with a header of many gigabytes.
const MAX_HEADER: usize = 256 * 1024;

/// No more of an address field than this is read, in bytes: only its first address is wanted, and
/// mail-parser's time grows with the square of unfinished encoded words.
const MAX_ADDRESSES: usize = 4 * 1024;

/// What the header of one message says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Headers {
    /// When the message arrived.
    pub received: Option<Received>,
    /// The `Subject` field, decoded and unfolded.
    pub subject: Option<String>,
    /// The first address of the `From` field.
    pub from: Option<Address>,
    /// The first address of the `To` field.
    pub to: Option<Address>,
    /// The whole text of the `From` field, decoded and unfolded: every name and address, and the
    /// punctuation between them.
    pub from_text: Option<String>,
    /// The same of all `To` fields, with a comma between two of them.
    pub to_text: Option<String>,
    /// The same of all `Cc` fields.
    pub cc_text: Option<String>,
    /// The same of all `Bcc` fields.
    pub bcc_text: Option<String>,
    /// The `Message-ID` field without its angle brackets.
    pub message_id: Option<String>,
    /// Gmail's message id, from a Takeout or Vault From_ line.
    pub gmail_id: Option<u64>,
    /// Gmail's thread id, from `X-GM-THRID`.
    pub gmail_thread: Option<u64>,
    /// Gmail's labels, from `X-Gmail-Labels`, as the account's language names them.
    pub labels: Vec<String>,
    /// The `Date` field as it stands there, decoded and unfolded.
    pub date: Option<String>,
    /// Thunderbird's flags.
    pub mozilla_status: MozillaStatus,
    /// The flags of all mail programs together.
    pub flags: Flags,
}

/// A mailbox address of a header field (RFC 5322, section 3.4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// The display name, decoded.
    pub name: Option<String>,
    /// The address itself, such as `ann@example.org`.
    pub address: Option<String>,
}

/// A field that [`HeaderReader`] can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field {
    /// `Subject`.
    Subject,
    /// `From`.
    From,
    /// `To`.
    To,
    /// The whole text of `From`.
    FromText,
    /// The whole text of every `To`.
    ToText,
    /// The whole text of every `Cc`.
    CcText,
    /// The whole text of every `Bcc`.
    BccText,
    /// `Message-ID`.
    MessageId,
    /// `X-GM-THRID`.
    GmailThread,
    /// `X-Gmail-Labels`.
    Labels,
    /// The text of `Date`.
    Date,
    /// `Status` and `X-Status`, and what the flags of Thunderbird and Gmail's labels say.
    Flags,
}

/// Reads the wanted fields of a message's header.
///
/// The received date, Gmail's message id and Thunderbird's flags are always read, since every
/// conversion needs them; of a field that occurs twice, the first, but for the whole texts of `To`,
/// `Cc` and `Bcc`. Default: the subject, which is what the default name of an EML needs.
///
/// Of a header only the first 256 KiB are read: enough for ten thousand addresses.
///
/// # Examples
///
/// ```
/// use mbox2eml::message::{Field, HeaderReader, RawMessage};
///
/// let message = RawMessage {
///     index: 1,
///     offset: 0,
///     from_line: b"From ann@example.org Mon Apr  1 12:00:00 2024\n",
///     bytes: b"From: Ann <ann@example.org>\nSubject: =?utf-8?Q?Caf=C3=A9?=\n\nAt noon?\n",
/// };
/// let headers = HeaderReader::new(&[Field::Subject, Field::From]).read(&message);
/// assert_eq!(headers.subject.as_deref(), Some("Café"));
/// assert_eq!(headers.from.unwrap().name.as_deref(), Some("Ann"));
/// assert_eq!(headers.received.unwrap().seconds, 1_711_972_800);
/// ```
#[derive(Clone, Debug)]
pub struct HeaderReader {
    wanted: Vec<Field>,
}

impl Default for HeaderReader {
    fn default() -> Self {
        Self::new(&[Field::Subject])
    }
}

impl HeaderReader {
    /// A reader of the `wanted` fields; the others stay empty in its [`Headers`].
    pub fn new(wanted: &[Field]) -> Self {
        let wanted = wanted.to_vec();
        Self { wanted }
    }

    /// Reads what `message` says; never fails. A field that is absent, blank or unreadable is
    /// `None`.
    pub fn read(&self, message: &RawMessage<'_>) -> Headers {
        let from_line = FromLine::parse(first_line(message.from_line));
        self.read_below(from_line.map(|line| line.facts()).unwrap_or_default(), message)
    }

    /// The same for a message whose From_ line was read already.
    pub(crate) fn read_below(&self, from_line: FromLineFacts, message: &RawMessage<'_>) -> Headers {
        let header = readable(message.bytes);
        let by_line = Received::from_line(from_line);
        // Below the first Received field stand no flags of Thunderbird's, and without need nobody looks for a date.
        let enough = |fields: &Fields<'_>| by_line.is_some() && fields.received.is_some() && self.has_wanted(fields);
        let fields = Fields::find(&header, enough);
        let wanted = |field: Field, value| self.wanted.contains(&field).then_some(value).flatten();
        let texts = |field: Field, all: &All<'_>| self.wanted.contains(&field).then(|| joined(all.iter())).flatten();
        let mozilla_status =
            MozillaStatus::parse(fields.mozilla_status.unwrap_or_default(), fields.mozilla_status2.unwrap_or_default());
        let (wants_labels, wants_flags) = (self.wanted.contains(&Field::Labels), self.wanted.contains(&Field::Flags));
        let labels = fields.gmail_labels.filter(|_| wants_labels || wants_flags).map(parse_labels).unwrap_or_default();
        let flags = wants_flags.then(|| flags(&fields, mozilla_status, &labels));
        Headers {
            received: by_line.or_else(|| Received::from_fields(&fields)),
            subject: wanted(Field::Subject, fields.subject).and_then(text),
            from: wanted(Field::From, fields.from).and_then(first_address),
            to: wanted(Field::To, fields.to.first).and_then(first_address),
            from_text: wanted(Field::FromText, fields.from).and_then(text),
            to_text: texts(Field::ToText, &fields.to),
            cc_text: texts(Field::CcText, &fields.cc),
            bcc_text: texts(Field::BccText, &fields.bcc),
            message_id: wanted(Field::MessageId, fields.message_id).and_then(message_id),
            gmail_id: from_line.gmail_id,
            gmail_thread: wanted(Field::GmailThread, fields.gmail_thread).and_then(number),
            labels: if wants_labels { labels } else { Vec::new() },
            date: wanted(Field::Date, fields.date).and_then(text),
            mozilla_status,
            flags: flags.unwrap_or_default(),
        }
    }

    /// Whether every wanted field was found; what the whole header must be read for never is.
    fn has_wanted(&self, fields: &Fields<'_>) -> bool {
        self.wanted.iter().all(|field| match field {
            Field::Subject => fields.subject.is_some(),
            Field::From | Field::FromText => fields.from.is_some(),
            Field::To => fields.to.first.is_some(),
            Field::MessageId => fields.message_id.is_some(),
            Field::GmailThread => fields.gmail_thread.is_some(),
            Field::Labels => fields.gmail_labels.is_some(),
            Field::Date => fields.date.is_some(),
            // Most messages have no flags, and any may have further addressees.
            Field::Flags | Field::ToText | Field::CcText | Field::BccText => false,
        })
    }
}

fn flags(fields: &Fields<'_>, mozilla_status: MozillaStatus, labels: &[String]) -> Flags {
    Flags::new(fields.status.unwrap_or_default(), fields.x_status.unwrap_or_default(), mozilla_status, labels)
}

/// The start of `message`, at least its header, with header lines that end in LF.
///
/// A header that is too long is cut at a line's end.
fn readable(message: &[u8]) -> Cow<'_, [u8]> {
    let start = match message.get(..MAX_HEADER) {
        Some(start) => &start[..memrchr(b'\n', start).map_or(start.len(), |at| at + 1)],
        None => message,
    };
    if ends_lines_with_cr(start) { with_line_feeds(header_of(start)) } else { Cow::Borrowed(start) }
}

/// The lines of a classic Mac, which end in CR alone, as everybody else writes them.
fn with_line_feeds(header: &[u8]) -> Cow<'_, [u8]> {
    if memchr(b'\n', header).is_some() || memchr(b'\r', header).is_none() {
        return Cow::Borrowed(header);
    }
    let line_feeds = |&byte: &u8| if byte == b'\r' { b'\n' } else { byte };
    Cow::Owned(header.iter().map(line_feeds).collect())
}

/// The text of a field, whatever its structure.
pub(super) fn text(value: &[u8]) -> Option<String> {
    present(decode(value))
}

/// `text` without the white space around it, if anything is left.
fn present(text: String) -> Option<String> {
    match text.trim() {
        "" => None,
        trimmed if trimmed.len() == text.len() => Some(text),
        trimmed => Some(trimmed.to_owned()),
    }
}

/// The first address of an address field, that of a group's first member included.
fn first_address(value: &[u8]) -> Option<Address> {
    let mut line = normalise(value.get(..MAX_ADDRESSES).unwrap_or(value));
    // Without a line end mail-parser drops the last token.
    line.push('\n');
    let HeaderValue::Address(addresses) = MessageStream::new(line.as_bytes()).parse_address() else {
        return None;
    };
    let part = |text: &Option<Cow<'_, str>>| present(text.as_deref()?.to_owned());
    addresses.iter().find_map(|first| {
        let (name, address) = (part(&first.name), part(&first.address));
        (name.is_some() || address.is_some()).then_some(Address { name, address })
    })
}

/// The id between the angle brackets, or the whole value if a bracket is missing.
fn message_id(value: &[u8]) -> Option<String> {
    let text = decode(value);
    let after = text.split_once('<').map_or(text.as_str(), |(_, after)| after);
    let id = after.split_once('>').map_or(after, |(id, _)| id);
    present(id.to_owned())
}

/// A decimal number.
fn number(value: &[u8]) -> Option<u64> {
    std::str::from_utf8(value.trim_ascii()).ok()?.parse().ok()
}

/// `bytes` in `charset`, by any of its names; UTF-8 if it is unknown. What is no character becomes
/// U+FFFD.
pub(super) fn decode_charset(charset: &[u8], bytes: &[u8]) -> String {
    match charset_decoder(charset) {
        Some(decoder) => decoder(bytes),
        None => String::from_utf8_lossy(bytes).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::message::ReceivedSource;

    const ALL: [Field; 12] = [
        Field::Subject,
        Field::From,
        Field::To,
        Field::FromText,
        Field::ToText,
        Field::CcText,
        Field::BccText,
        Field::MessageId,
        Field::GmailThread,
        Field::Labels,
        Field::Date,
        Field::Flags,
    ];

    fn message<'a>(from_line: &'a [u8], bytes: &'a [u8]) -> RawMessage<'a> {
        RawMessage { index: 1, offset: 0, from_line, bytes }
    }

    fn read(bytes: &[u8]) -> Headers {
        HeaderReader::new(&ALL).read(&message(b"From -\n", bytes))
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
            subject: Some("Grüße".to_owned()),
            from: address("Jörg", "joerg@example.org"),
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
        let seconds = i64::try_from((id >> 20) / 1000).unwrap();
        let received = Some(Received { seconds, source: ReceivedSource::GmailId });
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
        assert!(readable(filler.repeat(2).as_bytes()).ends_with(b"\n"));
    }

    #[test]
    fn hostile_addresses_take_no_more_than_their_limit() {
        for part in ["=?", "=?a?q?", "(", "\"", "<", "=?a?q?b?= ", "a,"] {
            read(format!("To: {}\n", part.repeat(100_000)).as_bytes());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]

        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), from_line in proptest::collection::vec(any::<u8>(), 0..60)) {
            HeaderReader::new(&ALL).read(&message(&from_line, &bytes));
        }

        #[test]
        fn never_panics_on_bytes_in_addresses(value in proptest::collection::vec(any::<u8>(), 0..60)) {
            first_address(&value);
        }

        #[test]
        fn never_panics_on_addresses(value in "([<>\"\\\\()@,;:. \r\n\ta=?é]|=\\?utf-8\\?q\\?|\\?=)*") {
            first_address(value.as_bytes());
        }

        #[test]
        fn never_panics_on_charsets(
            charset in "utf-7|utf-16|gb18030|gbk|big5|euc-jp|euc-kr|shift_jis|iso-2022-jp|windows-(1252|1258|874)|\\PC*",
            bytes in proptest::collection::vec(any::<u8>(), 0..40),
        ) {
            decode_charset(charset.as_bytes(), &bytes);
        }

        #[test]
        fn the_subject_is_found_wherever_it_stands(before in "([A-R]: [a-z ]{0,9}\n( [a-z]+\n)?){0,4}", subject in "[!-<>-~é]{1,20}") {
            let bytes = format!("{before}Subject: {subject}\n\nbody");
            prop_assert_eq!(read(bytes.as_bytes()).subject, Some(subject));
        }
    }
}
