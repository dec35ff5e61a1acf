//! The records of a classic export: `…-metadata.xml`, an EDRM load file.

use std::io::BufRead;

use quick_xml::escape::unescape;
use quick_xml::events::attributes::{AttrError, Attribute};
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::bounded::Bounded;
use super::record::{LONGEST_TEXT, RecordText};

/// How deep elements are nested at most; in a load file of Vault's it is 7.
const DEEPEST: usize = 64;

/// How many attributes of an element are read.
const ATTRIBUTES: usize = 64;

/// The longest name of an element.
const LONGEST_NAME: usize = 256;

/// How the reading of a file ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// At its end.
    Whole,
    /// It is something else.
    Other,
    /// It cannot be read on from this byte.
    Damaged { byte: u64, why: String },
}

/// Reads a load file, and passes each record to `take` until that returns false.
pub(super) fn read_records(input: impl BufRead, mut take: impl FnMut(&RecordText) -> bool) -> End {
    let mut record: Option<RecordText> = None;
    each_element(input, |element| {
        match element {
            Element::Start(0, name, _) => return if name == b"Root" { Go::On } else { Go::Other },
            Element::Start(_, b"Document", attributes) => {
                let mut begun = RecordText::default();
                match attributes.get("DocID") {
                    Ok(id) => begun.id = id.unwrap_or_default(),
                    Err(()) => begun.is_damaged = true,
                }
                record = Some(begun);
            }
            Element::Start(_, name, attributes) => {
                if let Some(record) = &mut record {
                    record.add(name, &attributes);
                }
            }
            Element::End(_, b"Document") => {
                if record.take().is_some_and(|record| !take(&record)) {
                    return Go::Enough;
                }
            }
            Element::End(..) | Element::Text(_) => {}
        }
        Go::On
    })
}

impl RecordText {
    /// Adds what an element within a record says.
    fn add(&mut self, element: &[u8], attributes: &Attributes<'_>) {
        let read = match element {
            b"Tag" => self.add_tag(attributes),
            b"ExternalFile" => self.add_file(attributes),
            _ => Ok(()),
        };
        self.is_damaged |= read.is_err();
    }

    fn add_tag(&mut self, attributes: &Attributes<'_>) -> Result<(), ()> {
        let name = attributes.get("TagName")?.unwrap_or_default();
        let text = match name.trim_start_matches('#') {
            "Labels" => &mut self.labels,
            "DateReceived" => &mut self.received,
            "Account" => &mut self.account,
            "Rfc822MessageId" => &mut self.message_id,
            _ => return Ok(()),
        };
        let value = attributes.get("TagValue")?.unwrap_or_default();
        if text.len() + value.len() > LONGEST_TEXT {
            return Err(());
        }
        if !text.is_empty() && !value.is_empty() {
            text.push(',');
        }
        text.push_str(&value);
        Ok(())
    }

    /// The first file is the message itself.
    fn add_file(&mut self, attributes: &Attributes<'_>) -> Result<(), ()> {
        if self.file_name.is_empty() {
            self.file_name = attributes.get("FileName")?.unwrap_or_default();
            self.size = attributes.get("FileSize")?.unwrap_or_default();
            self.md5 = attributes.get("Hash")?.unwrap_or_default();
        }
        Ok(())
    }
}

/// A part of an XML file, with its depth, from 0.
pub(super) enum Element<'a> {
    Start(usize, &'a [u8], Attributes<'a>),
    Text(&'a [u8]),
    End(usize, &'a [u8]),
}

/// Whether to read on.
pub(super) enum Go {
    On,
    /// All that is wanted was read.
    Enough,
    /// It is not such a file.
    Other,
}

/// The attributes of an element.
pub(super) struct Attributes<'a>(&'a BytesStart<'a>);

impl Attributes<'_> {
    /// The value of an attribute; an error if it cannot be read. Only XML's own five entities and numbers are known.
    pub(super) fn get(&self, name: &str) -> Result<Option<String>, ()> {
        for attribute in self.attributes() {
            let attribute = attribute.map_err(drop)?;
            if attribute.key.local_name().as_ref() == name.as_bytes() {
                return text(&attribute.value).map(Some).ok_or(());
            }
        }
        Ok(None)
    }

    fn attributes(&self) -> impl Iterator<Item = Result<Attribute<'_>, AttrError>> {
        let mut attributes = self.0.attributes();
        // The check for names that occur twice compares each with all others.
        attributes.with_checks(false);
        attributes.take(ATTRIBUTES)
    }

    /// All names and values that can be read.
    pub(super) fn all(&self) -> impl Iterator<Item = (String, String)> {
        self.attributes().flatten().filter_map(|attribute| {
            let name = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
            (!name.starts_with("xmlns")).then_some((name, text(&attribute.value)?))
        })
    }
}

/// A text without its entities.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    Some(unescape(std::str::from_utf8(bytes).ok()?).ok()?.into_owned())
}

/// Hands the parts of an XML file to `take`. No entity is expanded, and document types are not read.
pub(super) fn each_element(input: impl BufRead, mut take: impl FnMut(Element<'_>) -> Go) -> End {
    let mut reader = Reader::from_reader(Bounded::new(input));
    let (mut buffer, mut depth, mut has_root) = (Vec::new(), 0_usize, false);
    loop {
        buffer.clear();
        reader.get_mut().next_item();
        let damaged = |byte, why: &str| End::Damaged { byte, why: why.to_owned() };
        let event = match reader.read_event_into(&mut buffer) {
            Ok(event) => event,
            Err(error) => return damaged(reader.error_position(), &error.to_string()),
        };
        let byte = reader.buffer_position();
        let go = match &event {
            Event::Start(start) | Event::Empty(start) => {
                let name = start.local_name();
                let name = name.as_ref();
                if depth >= DEEPEST {
                    return damaged(byte, "elements are nested more than 64 deep");
                }
                if start.name().as_ref().len() > LONGEST_NAME {
                    return damaged(byte, "the name of an element is longer than 256 bytes");
                }
                if depth == 0 && has_root {
                    return damaged(byte, "a second document begins");
                }
                has_root = true;
                let go = take(Element::Start(depth, name, Attributes(start)));
                match (&event, go) {
                    (Event::Empty(_), Go::On) => take(Element::End(depth, name)),
                    (Event::Start(_), go) => {
                        depth += 1;
                        go
                    }
                    (_, go) => go,
                }
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                take(Element::End(depth, end.local_name().as_ref()))
            }
            Event::Text(bytes) => take(Element::Text(bytes)),
            Event::CData(bytes) => take(Element::Text(bytes)),
            Event::Eof if depth > 0 => return damaged(byte, "it ends in the middle"),
            Event::Eof if !has_root => return damaged(byte, "it is no XML"),
            Event::Eof => return End::Whole,
            _ => Go::On,
        };
        match go {
            Go::On => {}
            Go::Enough => return End::Whole,
            Go::Other => return End::Other,
        }
    }
}
