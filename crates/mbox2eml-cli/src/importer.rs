//! The importers that `--for` knows, their limits, and the evidence for them.

use std::fmt::Write as _;

use mbox2eml::name::Layout;
use mbox2eml::transform::Eol;

use crate::number::{count, size};

/// The limits of an importer, as defaults for options that are not given.
#[derive(Debug)]
pub(crate) struct Importer {
    /// As `--for` has it.
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    /// The largest archive in bytes, and the most messages in one.
    pub(crate) zip_max_size: Option<u64>,
    pub(crate) zip_max_entries: Option<u64>,
    /// The largest message in bytes; larger ones are written with a warning.
    pub(crate) message_limit: Option<u64>,
    pub(crate) ascii: bool,
    pub(crate) layout: Layout,
    pub(crate) eol: Eol,
    /// Where the numbers come from.
    evidence: &'static str,
}

const KB: u64 = 1000;
const MB: u64 = 1000 * KB;
const GB: u64 = 1000 * MB;
const MIB: u64 = 1 << 20;

/// No limits.
const PLAIN: Importer = Importer {
    name: "",
    what: "",
    zip_max_size: None,
    zip_max_entries: None,
    message_limit: None,
    ascii: false,
    layout: Layout::Flat,
    eol: Eol::Crlf,
    evidence: "",
};

/// Every importer, in the order in which they are listed.
pub(crate) const IMPORTERS: &[Importer] = &[
    Importer {
        name: "zoho",
        what: "Zoho Mail, Import emails, .zip",
        zip_max_size: Some(450 * MIB),
        zip_max_entries: Some(10_000),
        message_limit: Some(40 * MB),
        ascii: true,
        layout: Layout::Label,
        evidence: "500 MB per ZIP and 40 MB per message are documented; how it handles more than 10,000 entries or \
                   non-ASCII names is not, so both are avoided",
        ..PLAIN
    },
    Importer {
        name: "eprotect",
        what: "Zoho eProtect",
        zip_max_size: Some(450 * MIB),
        zip_max_entries: Some(10_000),
        ascii: true,
        evidence: "500 MB per ZIP, without a password, is documented; the other limits are those of zoho",
        ..PLAIN
    },
    Importer {
        name: "hornetsecurity",
        what: "Hornetsecurity, one ZIP series for each user",
        zip_max_size: Some(19 * GB),
        evidence: "20 GB per ZIP, flat, named user@domain.1.zip and so on, is documented: rename the volumes",
        ..PLAIN
    },
    Importer {
        name: "exchange-online",
        what: "Exchange Online",
        message_limit: Some(150 * MB),
        evidence: "150 MB per message is documented; the default setting is 36 MB",
        ..PLAIN
    },
    Importer {
        name: "gmail",
        what: "the Gmail API",
        message_limit: Some(150 * MB),
        evidence: "150 MB per message is documented",
        ..PLAIN
    },
    Importer {
        name: "fastmail",
        what: "Fastmail",
        message_limit: Some(70 * MB),
        evidence: "70 MB per message is reported but not documented",
        ..PLAIN
    },
];

impl Importer {
    /// The importer of that name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        IMPORTERS.iter().find(|importer| importer.name == name)
    }

    /// The defaults where no importer is named.
    pub(crate) fn any() -> &'static Self {
        &PLAIN
    }
}

/// This importer, or all of them, for people to read.
pub(crate) fn list(only: Option<&Importer>) -> String {
    let mut text = String::new();
    for importer in IMPORTERS.iter().filter(|importer| only.is_none_or(|only| only.name == importer.name)) {
        // Writing to a string cannot fail.
        let _ = write(&mut text, importer);
    }
    text
}

fn write(text: &mut String, importer: &Importer) -> std::fmt::Result {
    let Importer { name, what, evidence, .. } = importer;
    writeln!(text, "{name}: {what}")?;
    let mut limits = Vec::new();
    limits.extend(importer.zip_max_size.map(|max| format!("ZIPs of at most {}", limit(max))));
    limits.extend(importer.zip_max_entries.map(|max| format!("{} in each", count(max, "message"))));
    limits.extend(importer.message_limit.map(|max| format!("a warning for messages over {}", limit(max))));
    limits.extend(importer.ascii.then(|| "names in ASCII".to_owned()));
    limits.extend((importer.layout == Layout::Label).then(|| "a folder for each label".to_owned()));
    writeln!(text, "  {}", limits.join(", "))?;
    writeln!(text, "  {evidence}")
}

/// A limit in the units in which it is documented.
pub(crate) fn limit(bytes: u64) -> String {
    if bytes.is_multiple_of(GB) {
        format!("{} GB", bytes / GB)
    } else if bytes.is_multiple_of(MB) {
        format!("{} MB", bytes / MB)
    } else {
        size(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_found_by_its_name_and_listed() {
        let list = list(None);
        for importer in IMPORTERS {
            assert_eq!(Importer::named(importer.name).unwrap().what, importer.what);
            assert!(list.contains(&format!("{}: {}\n", importer.name, importer.what)));
            assert!(list.contains(importer.evidence));
        }
        assert!(Importer::named("no such importer").is_none());
    }
}
