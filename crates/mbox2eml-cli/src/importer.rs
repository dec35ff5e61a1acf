//! The importers that `--for` knows, their limits, and the evidence for them.

use std::fmt::Write as _;

use mbox2eml::name::Layout;
use mbox2eml::report::WarningKind;
use mbox2eml::transform::Eol;

use crate::number::{count, round_size};
use crate::people::People;
use crate::plan::Container;

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
    /// Whether it takes no folders, and so the mail of one person at a time.
    pub(crate) is_joined: bool,
    pub(crate) eol: Eol,
    /// Where the numbers come from.
    evidence: &'static str,
    /// What it was seen to refuse, or says that it does.
    refusals: &'static [(WarningKind, &'static str)],
    /// What to do with EML files.
    next: &'static str,
    /// What to do with a Maildir.
    next_of_maildir: &'static str,
}

/// What any importer may refuse a message for, and the rule that it breaks.
pub(crate) const OBJECTIONS: &[(WarningKind, &str)] = &[
    (WarningKind::TooLarge, "over the limit of the importer"),
    (WarningKind::NoFrom, "RFC 5322, 3.6 requires one From field"),
    (WarningKind::SeveralFrom, "RFC 5322, 3.6 allows one From field"),
    (WarningKind::NoDate, "RFC 5322, 3.6 requires a Date field"),
    (WarningKind::SpacedName, "RFC 5322, 2.2 allows no white space in the name of a field"),
    (WarningKind::LongLine, "RFC 5322, 2.1.1 allows 998 bytes in a line"),
    (WarningKind::NulBytes, "RFC 5322, 2.1 allows no NUL bytes"),
    (WarningKind::LoneCr, "RFC 5322, 2.3 allows a carriage return only before a line feed"),
    (WarningKind::OpenPart, "RFC 2046, 5.1.1 requires an end for each part"),
];

/// The columns that a line of the list has at most.
const WIDTH: usize = 80;

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
    is_joined: false,
    eol: Eol::Crlf,
    evidence: "",
    refusals: &[],
    next: "",
    next_of_maildir: "",
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
        next: "in Zoho Mail, Settings, Import/Export Emails: choose each ZIP in turn and, under Import Options, the one that \
               keeps the folders of the ZIP (not \"Import under the chosen folder\")",
        ..PLAIN
    },
    Importer {
        name: "eprotect",
        what: "Zoho eProtect",
        zip_max_size: Some(450 * MIB),
        zip_max_entries: Some(10_000),
        ascii: true,
        evidence: "500 MB per ZIP, without a password, is documented; the other limits are those of zoho",
        next: "in Zoho eProtect, eDiscovery, Import Emails, schedule an import for each mailbox, and upload its ZIPs",
        ..PLAIN
    },
    Importer {
        name: "hornetsecurity",
        what: "Hornetsecurity, one ZIP series for each user",
        zip_max_size: Some(19 * GB),
        is_joined: true,
        evidence: "20 GB per ZIP, one person's mail without folders, named user@domain.1.zip and so on, is documented: rename \
                   the volumes; mail older than 10 years is not imported",
        refusals: &[(
            WarningKind::NoFrom,
            "mail whose sender or recipient cannot be identified is handled separately (its manual)",
        )],
        next: "name the ZIPs user@domain.1.zip, user@domain.2.zip and so on, and send them to Hornetsecurity",
        ..PLAIN
    },
    Importer {
        name: "exchange-online",
        what: "Exchange Online",
        message_limit: Some(150 * MB),
        evidence: "150 MB per message is documented; the default setting is 36 MB",
        next: "import the files with a migration program: Exchange Online has no import of EML files of its own",
        ..PLAIN
    },
    Importer {
        name: "gmail",
        what: "the Gmail API",
        message_limit: Some(150 * MB),
        evidence: "150 MB per message is documented",
        refusals: &[
            (
                WarningKind::NoFrom,
                "answers \"Expected a single 'From' header\" (google/import-mailbox-to-gmail, issue 23)",
            ),
            (
                WarningKind::SeveralFrom,
                "answers \"Expected a single 'From' header\" (google/import-mailbox-to-gmail, issue 23)",
            ),
        ],
        next: "import the files with a program that calls messages.import or messages.insert of the Gmail API",
        ..PLAIN
    },
    Importer {
        name: "fastmail",
        what: "Fastmail",
        message_limit: Some(70 * MB),
        evidence: "70 MB per message is reported but not documented",
        refusals: &[
            (
                WarningKind::SpacedName,
                "its server may answer \"Message contains invalid header\" (cyrusimap/cyrus-imapd, issue 3122)",
            ),
            (
                WarningKind::NulBytes,
                "its server may answer \"Message contains NUL characters\" (cyrusimap/cyrus-imapd, issue 823)",
            ),
        ],
        next: "Fastmail takes no files: use --format maildir --layout label, and push the folder with mbsync \
               (docs/SERVICES.md)",
        next_of_maildir: "push it to imap.fastmail.com with mbsync",
        ..PLAIN
    },
];

impl Importer {
    /// The importer of that name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        IMPORTERS.iter().find(|importer| importer.name == name)
    }

    /// Why it may refuse a message with this warning; `None` for a warning that is no reason.
    pub(crate) fn objection(&self, kind: WarningKind) -> Option<String> {
        let (_, rule) = OBJECTIONS.iter().find(|(of, _)| *of == kind)?;
        let seen = self.refusals.iter().find(|(of, _)| *of == kind);
        Some(match (seen, self.message_limit) {
            (Some((_, seen)), _) => (*seen).to_owned(),
            (None, Some(max)) if kind == WarningKind::TooLarge => format!("over {}", limit(max)),
            _ => (*rule).to_owned(),
        })
    }

    /// What to do with the output, which holds the mail of these people if it is that of several.
    pub(crate) fn next_step(&self, output: &Container, people: Option<&People>) -> Option<String> {
        let next = match output {
            Container::Zip(_) => match people {
                Some(people) if self.zip_max_size.is_some() => return Some(people.advice(self.name)),
                _ => self.next,
            },
            // What is said of ZIPs does not fit loose files.
            Container::Folder if self.zip_max_size.is_some() => "",
            Container::Folder => self.next,
            Container::Maildir => self.next_of_maildir,
            Container::Mailboxes(_) => "",
        };
        (!next.is_empty()).then(|| next.to_owned())
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
    let Importer { name, what, evidence, refusals, .. } = importer;
    writeln!(text, "{name}: {what}")?;
    let mut limits = Vec::new();
    limits.extend(importer.zip_max_size.map(|max| format!("ZIPs of at most {}", limit(max))));
    limits.extend(importer.zip_max_entries.map(|max| format!("{} in each", count(max, "message"))));
    limits.extend(importer.message_limit.map(|max| format!("a warning for messages over {}", limit(max))));
    limits.extend(importer.ascii.then(|| "names in ASCII".to_owned()));
    limits.extend(importer.is_joined.then(|| "no folders".to_owned()));
    limits.extend((importer.layout == Layout::Label).then(|| "a folder for each label".to_owned()));
    write_item(text, &limits.join(", "))?;
    write_item(text, evidence)?;
    refusals.iter().try_for_each(|(kind, seen)| write_item(text, &format!("{kind}: {seen}")))
}

/// An indented item, in lines that fit a terminal.
fn write_item(text: &mut String, item: &str) -> std::fmt::Result {
    let mut line = " ".to_owned();
    for word in item.split(' ') {
        if line.chars().count() + 1 + word.chars().count() > WIDTH {
            writeln!(text, "{line}")?;
            line = "   ".to_owned();
        }
        line = format!("{line} {word}");
    }
    writeln!(text, "{line}")
}

/// A limit in the units in which it is documented.
pub(crate) fn limit(bytes: u64) -> String {
    if bytes.is_multiple_of(GB) {
        format!("{} GB", bytes / GB)
    } else if bytes.is_multiple_of(MB) {
        format!("{} MB", bytes / MB)
    } else {
        round_size(bytes)
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
            assert!(list.split_whitespace().collect::<Vec<_>>().join(" ").contains(importer.evidence));
            assert!(importer.refusals.iter().all(|(kind, _)| OBJECTIONS.iter().any(|(of, _)| of == kind)));
            assert!(!importer.next.is_empty(), "{}", importer.name);
        }
        assert!(Importer::named("no such importer").is_none());
    }
}
