//! Which file of an export it is, by its name: `export-metadata.xml`, `export-results-count.csv`.

use mbox2eml::internals::without_copy_mark;

/// What a file beside the mailboxes says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// Records of the messages, in XML.
    MetadataXml,
    /// The same as a table.
    MetadataTable,
    /// How many messages each account has.
    Counts,
    /// What could not be exported, in XML.
    ErrorsXml,
    /// The same as a table.
    ErrorsTable,
}

/// A file of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Named<'a> {
    pub(crate) role: Role,
    /// The name of the export, with which those of all its files begin. It may be empty.
    pub(crate) export: &'a str,
}

/// The ends of the names, in lower case.
const ENDS: [(&str, &str, Role); 12] = [
    ("metadata", "xml", Role::MetadataXml),
    ("metadata", "csv", Role::MetadataTable),
    // The classic export and the new one, and what either might be called.
    ("results-count", "csv", Role::Counts),
    ("result-counts", "csv", Role::Counts),
    ("results-counts", "csv", Role::Counts),
    ("result-count", "csv", Role::Counts),
    ("errors", "xml", Role::ErrorsXml),
    ("error", "xml", Role::ErrorsXml),
    ("errors", "csv", Role::ErrorsTable),
    ("error", "csv", Role::ErrorsTable),
    ("account-exceptions", "csv", Role::ErrorsTable),
    ("incomplete-accounts", "csv", Role::ErrorsTable),
];

/// Which file of an export is called so.
pub(crate) fn role(name: &str) -> Option<Named<'_>> {
    let (stem, extension) = name.rsplit_once('.')?;
    let stem = without_copy_mark(stem);
    ENDS.iter().find_map(|(end, of, role)| {
        let at = stem.len().checked_sub(end.len())?;
        let (export, last) = stem.split_at_checked(at)?;
        let is_so = last.eq_ignore_ascii_case(end) && extension.eq_ignore_ascii_case(of);
        let export = if export.is_empty() { Some(export) } else { export.strip_suffix(['-', '_']) };
        export.filter(|_| is_so).map(|export| Named { role: *role, export })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_names() {
        for (name, expected) in [
            ("case 7-metadata.xml", Some((Role::MetadataXml, "case 7"))),
            ("case-7-Metadata.CSV", Some((Role::MetadataTable, "case-7"))),
            ("case-7-metadata (1).xml", Some((Role::MetadataXml, "case-7"))),
            ("metadata.xml", Some((Role::MetadataXml, ""))),
            ("case-results-count.csv", Some((Role::Counts, "case"))),
            ("case-result-counts.csv", Some((Role::Counts, "case"))),
            ("case-errors.xml", Some((Role::ErrorsXml, "case"))),
            ("case-error.csv", Some((Role::ErrorsTable, "case"))),
            ("error.csv", Some((Role::ErrorsTable, ""))),
            ("case-account-exceptions.csv", Some((Role::ErrorsTable, "case"))),
            ("mymetadata.xml", None),
            ("metadata", None),
            ("case-metadata.json", None),
            ("terrors.csv", None),
            ("étadata.xml", None),
            ("", None),
        ] {
            assert_eq!(role(name).map(|named| (named.role, named.export)), expected, "{name}");
        }
    }
}
