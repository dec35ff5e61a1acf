//! What each kind of warning means, and what to do about it.

/// In one or two sentences; `None` for a kind that explains itself at each place.
pub(super) fn meaning(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "doubtful-boundary" => {
            "A line beginning with 'From ' could be read as text or as the start of a message. All bytes are kept. Look at \
             the places listed; --split strict or --split any decides differently."
        }
        "missing-blank-line" => "A message begins without an empty line before it. Nothing has to be done.",
        "mixed-profiles" => {
            "Different programs wrote the parts of the mailbox. Nothing has to be done unless the number of messages is wrong."
        }
        "truncated" => {
            "The mailbox seems to end in the middle of a message. Compare its size with that of the original, and download or \
             copy it again."
        }
        "open-mime-part" => {
            "A message ends inside one of its parts, or has the end of an earlier one. It may be cut, or two messages may be \
             one: look at it."
        }
        "leading-bytes" => "The bytes before the first message belong to no message, and are not written.",
        "folder-data" => "A mail program's own data on the folder, which is not a message, was skipped.",
        "no-header" => "A message has no header. Some importers refuse such a message.",
        "missing-attachment" => {
            "A mail program had removed the attachments before the mailbox was made. They can only be found where it saved \
             them."
        }
        "foreign-labels" => "Labels that Gmail did not write are ignored.",
        "nul-bytes" => "A message contains NUL bytes, which are kept. Some importers refuse such a message.",
        "lone-cr" => {
            "A message contains carriage returns without a line feed, which are kept. Some importers refuse such a message."
        }
        "replaced-bytes" => {
            "Characters were lost before the mailbox was written. Only another export can bring them back."
        }
        "body-mismatch" => {
            "The body is not the one that was signed. The cause is given at each place; a mailing list's footer is harmless."
        }
        "same-id" => "Messages have the same Message-ID and different content. All of them are kept.",
        "many-labels" => "A message has more labels than copies are made of it.",
        "too-large" => "A message is larger than the importer takes. It is written; upload it in another way.",
        "no-from" => "A message has no From field. Some importers refuse such a message.",
        "several-from" => "A message has several From fields. Some importers refuse such a message.",
        "no-date" => "A message has no Date field. Some importers refuse such a message, or date it themselves.",
        "spaced-field-name" => {
            "The name of a header field has white space in it. Some importers refuse such a message, or lose the field."
        }
        "long-line" => "A line is longer than 998 bytes. Some importers refuse such a message, or break the line.",
        "oversize-volume" => {
            "A message does not fit into a ZIP of the size asked for, and has a larger one of its own."
        }
        "cut-folder" => "A path would have been too long, so the folder's name was cut.",
        "name-taken" => {
            "The name was taken by a file with other content. That file was kept, and the message got the next free name."
        }
        "missing-parts" => "Parts of an export are missing. Download them, and run the same command again.",
        "second-copy" => "A file is a second copy of another one, and was not converted again.",
        "shared-name" => {
            "A folder has mail of an earlier run, and its mailbox has another folder now, since another one has its name."
        }
        "unread-rows" => "Rows of a manifest given with --known cannot be read. Their messages count as new.",
        "unmatched-label" => {
            "A label was asked for that no message has. Check its spelling; for a system label in an unknown language, use \
             --label-map."
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use mbox2eml::report::WarningKind;

    use super::*;

    #[test]
    fn each_kind_of_the_library_has_a_meaning() {
        let without = WarningKind::ALL.iter().filter(|kind| meaning(kind.as_str()).is_none());
        assert_eq!(without.collect::<Vec<_>>(), [&WarningKind::Other]);
    }
}
