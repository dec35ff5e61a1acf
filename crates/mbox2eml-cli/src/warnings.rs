//! What each kind of warning means, and what to do about it. docs/WARNINGS.md has the same table.

/// A kind of warning, and one or two sentences about it.
pub(crate) type Meaning = (&'static str, &'static str);

/// All kinds that need an explanation, in the order of the document.
pub(crate) const MEANINGS: &[Meaning] = &[
    (
        "doubtful-boundary",
        "A line beginning with 'From ' could be read as text or as the start of a message. All bytes are kept. Look at the \
         messages listed; if a decision is wrong, try --split strict or --split any.",
    ),
    ("missing-blank-line", "A message begins without an empty line before it. Nothing needs to be done."),
    (
        "mixed-dialects",
        "Different programs wrote parts of the mailbox. Nothing needs to be done unless the number of messages is wrong.",
    ),
    (
        "open-mime-part",
        "A message ends inside one of its MIME parts, or contains the end of a part of an earlier message. It may be cut \
         short, or one message may have become two. Look at it.",
    ),
    (
        "truncated",
        "The mailbox seems to end in the middle of a message. Compare its size with that of the original, and copy or \
         download it again.",
    ),
    ("leading-bytes", "The bytes before the first message belong to no message and are not written."),
    ("folder-data", "The mail program's own folder data, which is not a message, was skipped."),
    ("no-header", "A message has no header. Some importers reject such a message."),
    (
        "missing-attachment",
        "Attachments were removed before the mailbox was written. They are only where the mail program saved them.",
    ),
    ("replaced-bytes", "Characters were lost before the mailbox was written. Only another export may still have them."),
    (
        "body-mismatch",
        "A body is not the one that was signed. The cause is given for each message; the footer of a mailing list is \
         harmless.",
    ),
    (
        "metadata-mismatch",
        "A message does not have the size or the MD5 that its Vault export gives. The cause is given where it is \
         known; else the message was changed after the export.",
    ),
    ("no-record", "A message has no record in the metadata of its Vault export, and so no labels."),
    ("nul-bytes", "A message contains NUL bytes, which are kept. Some importers reject such a message."),
    (
        "lone-cr",
        "A message contains carriage returns without a line feed, which are kept. Some importers reject such a message.",
    ),
    ("foreign-labels", "Labels that Gmail did not write, and the sender may have forged, are ignored."),
    ("same-id", "Messages have the same Message-ID but different content. All of them are kept."),
    (
        "name-taken",
        "A different file has the name of a message. That file was kept, and the message was saved under the next free name.",
    ),
    (
        "unquoted-line",
        "A line of a message in a mailbox begins with 'From ' and is not quoted: one in a header, or any with --quoting \
         none. Other programs may split the message there.",
    ),
    ("cut-folder", "The name of a folder was shortened because the path would be too long."),
    ("many-labels", "A message has more labels than copies are written."),
    ("too-large", "A message is larger than the importer's limit. It was written anyway; import it in another way."),
    ("no-from", "A message has no From field. Some importers reject such a message."),
    ("several-from", "A message has several From fields. Some importers reject such a message."),
    ("no-date", "A message has no Date field. Some importers reject such a message, or give it a date of their own."),
    (
        "spaced-field-name",
        "The name of a header field contains white space. Some importers reject such a message, or lose the field.",
    ),
    ("long-line", "A line is longer than 998 bytes. Some importers reject such a message, or break the line."),
    ("oversize-volume", "A message does not fit into a ZIP of the size asked for, and has a larger ZIP of its own."),
    (
        "missing-parts",
        "Parts of an export are missing. Download them, move away the ZIPs of this run if it wrote ZIPs, and run the same \
         command again.",
    ),
    ("second-copy", "A file is a second copy of another one, or was given twice, and was not converted again."),
    (
        "shared-name",
        "A folder contains mail of an earlier run, but its mailbox now belongs into another folder, because a second mailbox \
         has the same name.",
    ),
    ("unread-rows", "Rows of a manifest given with --known cannot be read. Their messages count as new."),
    (
        "unread-metadata",
        "A file of a Vault export, or a part of it, cannot be read. What was read counts. Download the file again.",
    ),
    ("repeated-record", "The metadata of a Vault export describes a message twice. The first record counts."),
    (
        "unused-record",
        "The metadata of a Vault export describes messages that are in none of its mailboxes. Give all parts of the \
         export together, or download the missing ones.",
    ),
    (
        "other-count",
        "The number of messages found is not the number that Google counted for the export. Give all parts of the \
         export together, or export again.",
    ),
    (
        "not-exported",
        "Google lists mail that it could not export. Read that file, and export again if the mail is needed.",
    ),
    (
        "unmatched-label",
        "No message has a label that an option names. Check the spelling; if it is a system label in an unknown language, \
         use --label-map.",
    ),
];

/// What a kind of warning means; `None` for a kind that explains itself.
pub(crate) fn meaning(kind: &str) -> Option<&'static str> {
    MEANINGS.iter().find(|(of, _)| *of == kind).map(|(_, meaning)| *meaning)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use mbox2eml::report::WarningKind;

    use super::*;

    #[test]
    fn each_kind_of_the_library_has_a_meaning() {
        let without = WarningKind::ALL.iter().filter(|kind| meaning(kind.as_str()).is_none());
        assert_eq!(without.collect::<Vec<_>>(), [&WarningKind::Other]);
    }

    #[test]
    fn the_document_has_the_same_table() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/WARNINGS.md");
        let document = fs::read_to_string(path).unwrap();
        let rows: Vec<&str> = document.lines().filter(|line| line.starts_with("| `")).collect();
        let expected = MEANINGS.iter().map(|(kind, meaning)| format!("| `{kind}` | {meaning} |"));
        assert_eq!(rows, expected.collect::<Vec<_>>());
    }
}
