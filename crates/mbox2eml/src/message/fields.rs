//! The raw values of the fields that a conversion needs.

use crate::field::RawFields;
use crate::line_end::LineEnd;

/// The raw values of some fields, line ends and folding included.
///
/// If a field occurs twice, the first one counts: what the mailbox's owner or server adds comes before what the sender
/// wrote. Of the fields with recipients all are kept.
#[derive(Debug, Default)]
pub(super) struct Fields<'a> {
    pub(super) subject: Option<&'a [u8]>,
    pub(super) from: Option<&'a [u8]>,
    pub(super) to: All<'a>,
    pub(super) cc: All<'a>,
    pub(super) bcc: All<'a>,
    pub(super) message_id: Option<&'a [u8]>,
    pub(super) date: Option<&'a [u8]>,
    pub(super) received: Option<&'a [u8]>,
    pub(super) gmail_thread: Option<&'a [u8]>,
    pub(super) gmail_labels: Option<&'a [u8]>,
    /// Whether there is an `X-Gmail-Labels` field that the sender may have written.
    pub(super) has_foreign_labels: bool,
    pub(super) status: Option<&'a [u8]>,
    pub(super) x_status: Option<&'a [u8]>,
    pub(super) mozilla_status: Option<&'a [u8]>,
    pub(super) mozilla_status2: Option<&'a [u8]>,
    /// Whether a field was seen that no mail store writes. The fields of the store are above it.
    below_top: bool,
}

/// What the names of fields begin with that mail stores put on top of a message: Gmail, Thunderbird and Unix programs.
const OF_STORES: [&str; 8] =
    ["X-GM-", "X-Gmail-", "X-Mozilla-", "X-Account-Key", "X-UID", "X-Keywords", "X-Status", "Status"];

/// The values of all fields of one name.
#[derive(Debug, Default)]
pub(super) struct All<'a> {
    pub(super) first: Option<&'a [u8]>,
    /// The others are separate, so that the usual header allocates nothing.
    more: Vec<&'a [u8]>,
}

impl<'a> All<'a> {
    /// The values, in the order of the header.
    pub(super) fn iter(&self) -> impl Iterator<Item = &'a [u8]> {
        self.first.into_iter().chain(self.more.iter().copied())
    }

    /// Adds the value of `field` and returns true if its name is `name`, in any case.
    fn add(&mut self, field: &'a [u8], name: &str) -> bool {
        if self.first.is_none() {
            return fill(&mut self.first, field, name);
        }
        let value = value_of(field, name);
        self.more.extend(value);
        value.is_some()
    }
}

impl<'a> Fields<'a> {
    /// Finds the fields at the start of `message`, up to the first empty line, or until there are `enough` of them.
    pub(super) fn find(message: &'a [u8], line_end: LineEnd, enough: impl Fn(&Self) -> bool) -> Self {
        let mut fields = Self::default();
        for field in RawFields::new(message, line_end) {
            if fields.keep(field) && enough(&fields) {
                break;
            }
        }
        fields
    }

    /// Keeps the value of `field` and returns true if it is needed and the first of its name.
    fn keep(&mut self, field: &'a [u8]) -> bool {
        // Two letters exclude most fields before any name is compared.
        let [Some(first), third] = [field.first(), field.get(2)] else {
            return false;
        };
        let of_store = |start: &str| field.get(..start.len()).is_some_and(|s| s.eq_ignore_ascii_case(start.as_bytes()));
        self.below_top = self.below_top || !OF_STORES.iter().any(|start| of_store(start));
        let third = third.map(u8::to_ascii_lowercase);
        match (first.to_ascii_lowercase(), third) {
            (b's', Some(b'b')) => fill(&mut self.subject, field, "Subject"),
            (b's', Some(b'a')) => fill(&mut self.status, field, "Status"),
            (b'f', _) => fill(&mut self.from, field, "From"),
            (b't', _) => self.to.add(field, "To"),
            (b'c', _) => self.cc.add(field, "Cc"),
            (b'b', _) => self.bcc.add(field, "Bcc"),
            (b'm', _) => fill(&mut self.message_id, field, "Message-ID"),
            (b'd', _) => fill(&mut self.date, field, "Date"),
            (b'r', _) => fill(&mut self.received, field, "Received"),
            (b'x', Some(b'g')) if self.below_top => {
                self.has_foreign_labels |= value_of(field, "X-Gmail-Labels").is_some();
                false
            }
            (b'x', Some(b'g')) => {
                fill(&mut self.gmail_thread, field, "X-GM-THRID")
                    || fill(&mut self.gmail_labels, field, "X-Gmail-Labels")
            }
            (b'x', Some(b's')) => fill(&mut self.x_status, field, "X-Status"),
            // Thunderbird writes its flags above everything else; further down they are the sender's.
            (b'x', Some(b'm')) if self.received.is_none() => {
                fill(&mut self.mozilla_status, field, "X-Mozilla-Status")
                    || fill(&mut self.mozilla_status2, field, "X-Mozilla-Status2")
            }
            _ => false,
        }
    }
}

/// Puts the value of `field` into an empty `slot` and returns true if its name is `name`, in any case.
fn fill<'a>(slot: &mut Option<&'a [u8]>, field: &'a [u8], name: &str) -> bool {
    let is_empty = slot.is_none();
    if is_empty {
        *slot = value_of(field, name);
    }
    is_empty && slot.is_some()
}

/// What follows the name and its colon. White space before the colon is obsolete, but occurs
/// (RFC 5322, section 4.5).
fn value_of<'a>(field: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let (start, rest) = field.split_at_checked(name.len())?;
    if !start.eq_ignore_ascii_case(name.as_bytes()) {
        return None;
    }
    let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t'));
    rest.get(blanks.count()..)?.strip_prefix(b":")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(message: &[u8]) -> Fields<'_> {
        Fields::find(message, LineEnd::Lf, |_| false)
    }

    #[test]
    fn the_search_ends_when_there_is_enough() {
        let message = b"To: a\nX-Other: b\nSubject: c\nDate: d\n";
        let fields = Fields::find(message, LineEnd::Lf, |fields| fields.subject.is_some());
        assert!(fields.to.first.is_some() && fields.subject.is_some() && fields.date.is_none());
    }

    #[test]
    fn finds_folded_values_in_any_line_ends_and_case() {
        let fields = all(b"X-Gm-Thrid: 17\r\nSUBJECT : one\r\n\ttwo\r\n three\r\nSubject: four\nto:a@b\n\
              X-Mozilla-Status2: 2\nX-Mozilla-Status: 1\nReceived: by x;\n  today\nDate");
        assert_eq!(fields.gmail_thread, Some(&b" 17\r\n"[..]));
        assert_eq!(fields.subject, Some(&b" one\r\n\ttwo\r\n three\r\n"[..]));
        assert_eq!(fields.to.first, Some(&b"a@b\n"[..]));
        assert_eq!(fields.received, Some(&b" by x;\n  today\n"[..]));
        assert_eq!(fields.mozilla_status, Some(&b" 1\n"[..]));
        assert_eq!(fields.mozilla_status2, Some(&b" 2\n"[..]));
        assert_eq!(fields.date, None);
    }

    #[test]
    fn the_first_empty_line_ends_the_header() {
        for message in [&b"To: a\n\nSubject: b\n"[..], b"To: a\r\n\r\nSubject: b", b"To: a\r\r\n\r\r\nSubject: b"] {
            let fields = all(message);
            assert!(fields.to.first.is_some() && fields.subject.is_none(), "{message:?}");
        }
        assert!(all(b"\nSubject: b\n").subject.is_none());
        assert!(all(b"To: a\n \nSubject: b\n").subject.is_some());
    }

    #[test]
    fn flags_below_a_received_field_are_not_thunderbirds() {
        assert!(all(b"Received: by x\nX-Mozilla-Status: 0009\n").mozilla_status.is_none());
    }

    #[test]
    fn gmails_fields_are_at_the_top() {
        for top in ["", "Status: RO\n", "X-Mozilla-Status: 0001\nX-Mozilla-Status2: 0\nX-Mozilla-Keys:  \n"] {
            let message = format!("{top}X-GM-THRID: 1\nX-Gmail-Labels: a\nSubject: b\nX-Gmail-Labels: c\n");
            let fields = all(message.as_bytes());
            assert_eq!((fields.gmail_thread, fields.gmail_labels), (Some(&b" 1\n"[..]), Some(&b" a\n"[..])), "{top}");
            assert!(fields.has_foreign_labels);
        }
        for above in ["Received: by x\n", "Subject: a\n", "X-Other: a\n", "From ann\n", "X-Google-Sender: a\n"] {
            let message = format!("{above}X-GM-THRID: 1\nX-Gmail-Labels: a\n");
            let fields = all(message.as_bytes());
            assert_eq!((fields.gmail_thread, fields.gmail_labels), (None, None), "{above}");
            assert!(fields.has_foreign_labels);
        }
        assert!(!all(b"X-Gmail-Labels: a\nSubject: b\n").has_foreign_labels);
    }

    #[test]
    fn a_name_must_match_whole_and_be_at_a_lines_start() {
        let fields = all(b"Subjects: a\nX: y\n Subject: b\nSubject\n : b\nFrom ann 12:00\nThread-Topic: c\n");
        assert_eq!(fields.subject, None);
        assert_eq!(fields.from, None);
        assert_eq!(fields.to.first, None);
    }
}
