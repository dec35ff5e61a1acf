//! Which message a report is about, for a person who looks for it.

use std::cell::OnceCell;

use super::Location;
use crate::message::{Address, Field, HeaderReader, RawMessage, Received};

/// A message that an observer gets a report about. Nothing of it is read before it is asked for, and then only once:
/// there may be a thousand warnings about a message with a long header.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::report::{Observer, Reported, Warning};
/// use mbox2eml::sink::Null;
/// use mbox2eml::source::{Memory, Origin};
///
/// struct Warnings;
/// impl Observer for Warnings {
///     fn warned(&self, _origin: &Origin, warning: &Warning, message: Option<Reported<'_>>) {
///         let about = message.unwrap().about();
///         assert_eq!((warning.kind.as_str(), about.subject.as_deref()), ("nul-bytes", Some("Lunch")));
///         assert_eq!(about.location.as_ref().unwrap().name.as_str(), "000001_20240101T000000Z_Lunch.eml");
///     }
/// }
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt\0noon?\n";
/// let _ = Converter::builder().build().convert(Memory::new("in", mailbox), Null, &Warnings);
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Reported<'a> {
    /// Its bytes in the mailbox.
    pub raw: RawMessage<'a>,
    /// Where it is in the output; the first place, if there are copies.
    pub location: Option<&'a Location>,
    /// What was read of it.
    pub(crate) about: &'a OnceCell<About>,
}

impl<'a> Reported<'a> {
    /// What a person knows it by.
    pub fn about(&self) -> &'a About {
        self.about.get_or_init(|| {
            let headers = HeaderReader::new(&[Field::Subject, Field::From]).read(&self.raw);
            About {
                received: headers.received,
                from: headers.from,
                subject: headers.subject,
                location: self.location.cloned(),
            }
        })
    }
}

/// What a person knows a message by.
///
/// ```
/// use mbox2eml::message::RawMessage;
/// use mbox2eml::report::About;
///
/// let line = b"From ann@example.org Mon Apr  1 12:00:00 2024\n";
/// let message = RawMessage::new(line, b"From: Ann <ann@example.org>\nSubject: lunch\n\nAt noon?\n");
/// let about = About::of(&message);
/// assert_eq!(about.from.unwrap().address.as_deref(), Some("ann@example.org"));
/// assert_eq!(about.subject.as_deref(), Some("lunch"));
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct About {
    /// When it was received.
    pub received: Option<Received>,
    /// Its sender.
    pub from: Option<Address>,
    /// Its subject, decoded.
    pub subject: Option<String>,
    /// Where it is in the output; the first place, if there are copies.
    pub location: Option<Location>,
}

impl About {
    /// Reads it from a message that is in no output.
    pub fn of(raw: &RawMessage<'_>) -> Self {
        Reported { raw: *raw, location: None, about: &OnceCell::new() }.about().clone()
    }

    /// The sender's address, or the name where there is no address.
    pub fn sender(&self) -> Option<&str> {
        let Address { name, address } = self.from.as_ref()?;
        address.as_deref().or(name.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_once_for_all_reports_about_it() {
        let raw = RawMessage::new(b"From -\n", b"Subject: One\n\n");
        let about = OnceCell::new();
        let reported = Reported { raw, location: None, about: &about };
        assert!(about.get().is_none());
        assert!(std::ptr::eq(reported.about(), reported.about()));
        assert_eq!(reported.about().subject.as_deref(), Some("One"));
    }
}
