use std::io::{self, Cursor, Read};

use mbox2eml::metadata::Metadata;
use mbox2eml::source::Origin;
use proptest::prelude::*;

use super::export::{Problem, Reading};
use super::role::Role;

/// What is read of a file: how many records, and what is wrong with it.
fn read(role: Role, bytes: impl Read + 'static) -> (Metadata, Vec<String>, bool) {
    let mut reading = Reading::default();
    let is_one = reading.read(role, &Origin::named("file"), Box::new(bytes));
    (reading.metadata, reading.problems.iter().map(Problem::to_string).collect(), is_one)
}

fn read_text(role: Role, text: impl AsRef<[u8]>) -> (usize, Vec<String>, bool) {
    let (metadata, problems, is_one) = read(role, Cursor::new(text.as_ref().to_vec()));
    (metadata.len(), problems, is_one)
}

const ONE: &str = "<Document DocID='1'><ExternalFile FileName='a'/></Document>";
const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";

#[test]
fn hostile_xml_is_harmless() {
    let bomb = "<!DOCTYPE Root [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>]>";
    let label = |value: &str| {
        format!("<Document DocID='1'><Tag TagName='Labels' TagValue='{value}'/><ExternalFile FileName='b'/></Document>")
    };
    let unreadable = "file: 1 record cannot be read or say of no message; the first: ";
    for (what, text, records, problem) in [
        ("nothing", String::new(), 0, "it is no XML"),
        ("blanks", " \n ".into(), 0, "it is no XML"),
        ("text", "hello".into(), 0, "it is no XML"),
        ("no record", "<Root/>".into(), 0, ""),
        ("one", format!("<Root>{ONE}</Root>"), 1, ""),
        ("a byte order mark", format!("\u{feff}<?xml version='1.0'?>\n<Root>{ONE}</Root>"), 1, ""),
        (
            "prefixes",
            format!("<e:Root xmlns:e='x'>{}</e:Root>", ONE.replace("<Doc", "<e:Doc").replace("</Doc", "</e:Doc")),
            1,
            "",
        ),
        ("entities", format!("{bomb}<Root>{ONE}{}</Root>", label("&c;")), 1, unreadable),
        (
            "an external entity",
            format!("<!DOCTYPE Root [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><Root>{}{ONE}</Root>", label("&x;")),
            1,
            unreadable,
        ),
        ("known entities", format!("<Root>{}</Root>", label("&amp;&lt;&#x41;&quot;")), 1, ""),
        ("a number that is no character", format!("<Root>{}{ONE}</Root>", label("&#x110000;")), 1, unreadable),
        ("depth", format!("<Root>{ONE}{}", "<a>".repeat(100)), 1, "nested more than 64 deep"),
        ("endless depth", format!("<Root>{}", "<a>".repeat(1_000_000)), 0, "nested more than 64 deep"),
        ("a long name", format!("<Root>{ONE}<{}/></Root>", "a".repeat(1000)), 1, "longer than 256 bytes"),
        ("a huge value", format!("<Root>{ONE}{}", label(&"a".repeat(17 << 20))), 1, "larger than 16 MiB"),
        ("a huge text", format!("<Root>{ONE}{}</Root>", "a".repeat(17 << 20)), 1, "larger than 16 MiB"),
        ("many attributes", format!("<Root><Document {} DocID='1'>{ONE}", "a='' ".repeat(100_000)), 1, "in the middle"),
        ("an attribute twice", format!("<Root>{}</Root>", ONE.replace("DocID='1'", "DocID='1' DocID='2'")), 1, ""),
        ("a cut", format!("<Root>{ONE}<Document DocID='2'><Tag"), 1, "cannot be read from byte"),
        ("a wrong end", format!("<Root>{ONE}</Wrong>"), 1, "cannot be read from byte"),
        ("a second root", format!("<Root>{ONE}</Root><Root>{ONE}</Root>"), 1, "a second document begins"),
        (
            "no key",
            "<Root><Document DocID='1'/></Root>".into(),
            0,
            "file: 1 record cannot be read or say of no message; the first: 1",
        ),
        ("a wrong size", format!("<Root>{}</Root>", ONE.replace("'a'", "'a' FileSize='x'")), 0, unreadable),
        ("a wrong hash", format!("<Root>{}</Root>", ONE.replace("'a'", "'a' Hash='d41d8cd9'")), 0, unreadable),
        (
            "a hash with a sign",
            format!("<Root>{}</Root>", ONE.replace("'a'", &format!("'a' Hash='+{}'", &MD5[1..]))),
            0,
            unreadable,
        ),
        (
            "a huge size",
            format!("<Root>{}</Root>", ONE.replace("'a'", "'a' FileSize='99999999999999999999'")),
            0,
            unreadable,
        ),
        (
            "a wrong date",
            format!("<Root>{}</Root>", ONE.replace("<Ext", "<Tag TagName='#DateReceived' TagValue='soon'/><Ext")),
            0,
            unreadable,
        ),
        ("a record twice", format!("<Root>{ONE}{ONE}</Root>"), 1, "1 record of a message with an earlier record"),
        ("nested records", format!("<Root><Document DocID='2'>{ONE}</Document></Root>"), 1, ""),
    ] {
        let (found, problems, is_one) = read_text(Role::MetadataXml, text);
        assert!(is_one, "{what}");
        assert_eq!(found, records, "{what}: {problems:?}");
        match problem {
            "" => assert_eq!(problems, [""; 0], "{what}"),
            problem => assert!(problems.len() == 1 && problems[0].contains(problem), "{what}: {problems:?}"),
        }
    }
    let not_utf_8 = [b"<Root><Document DocID='\xff'/>", ONE.as_bytes(), b"</Root>"].concat();
    assert_eq!(
        read_text(Role::MetadataXml, not_utf_8),
        (1, vec![unreadable.trim_end_matches("; the first: ").into()], true)
    );
    let utf_16: Vec<u8> = format!("\u{feff}<Root>{ONE}</Root>").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (records, problems, is_one) = read_text(Role::MetadataXml, utf_16);
    assert!(records == 0 && is_one && problems[0].contains("UTF-16"), "{problems:?}");
    for other in ["<html><body/></html>", "<metadata><versions/></metadata>", "<?xml version='1.0'?><Other>"] {
        assert_eq!(read_text(Role::MetadataXml, other), (0, vec![], false), "{other}");
    }
}

#[test]
fn a_list_of_labels_is_no_longer_than_a_header() {
    let names = |count: usize| (0..count).map(|number| format!("{number:07},")).collect::<String>();
    let tag = |count: usize| format!("<Tag TagName='Labels' TagValue='{}'/>", names(count));
    let xml = |tags: String| {
        format!(
            "<Root>{}{ONE}</Root>",
            ONE.replace("'1'", "'2'").replace("'a'", "'b'").replace("<Ext", &(tags + "<Ext"))
        )
    };
    let table = |count: usize| format!("Rfc822MessageId,Labels\na,\"{}\"\nb,x\n", names(count));
    for (role, text, count) in [
        (Role::MetadataXml, xml(tag(30_000)), 2),
        (Role::MetadataXml, xml(tag(40_000)), 1),
        (Role::MetadataXml, xml(tag(5_000).repeat(8)), 1),
        (Role::MetadataTable, table(30_000), 2),
        (Role::MetadataTable, table(40_000), 1),
    ] {
        let (metadata, problems, _) = read(role, Cursor::new(text.into_bytes()));
        let is_damaged = problems.iter().any(|problem| problem.contains("1 record cannot be read"));
        assert_eq!((metadata.len(), is_damaged), (count, count == 1), "{problems:?}");
    }
}

#[test]
fn hostile_tables_are_harmless() {
    let names = "Rfc822MessageId,GmailMessageId,Account,From,To,CC,BCC,Subject,Labels,DateSent,DateReceived";
    let row = |id: &str| format!("{id},,ann@example.org,a,b,,,s,\"^INBOX,Work\",,\n");
    let unreadable = "1 record cannot be read or say of no message";
    for (what, text, records, problem) in [
        ("nothing", String::new(), 0, "it is empty"),
        ("one", format!("{names}\n{}", row("a")), 1, ""),
        ("a byte order mark, CRLF and other case", format!("\u{feff}{}\r\n{}", names.to_lowercase(), row("a")), 1, ""),
        ("angle brackets", format!("{names}\n{}{}", row("<a@b>"), row("c")), 2, ""),
        ("another order", "Labels,Rfc822MessageId\n^INBOX,a\n".into(), 1, "missing: GmailMessageId, Account, From"),
        ("a column more", format!("{names},New\n{}", row("a").replace('\n', ",x\n")), 1, "unknown, and not read: New"),
        ("no key", "Account,Labels\na,b\n".into(), 0, "it has no column Rfc822MessageId or GmailMessageId"),
        ("a short row", format!("{names}\na,b\n{}", row("c")), 1, unreadable),
        ("a long row", format!("{names}\n{}{}", row("a").replace('\n', ",,\n"), row("c")), 1, unreadable),
        // It ends with the quote that begins the next cell.
        ("an open quote", format!("{names}\n{}\"{}", row("a"), row("b").repeat(3)), 3, unreadable),
        ("an endless cell", format!("{names}\n{}\"{}", row("a"), "x".repeat(17 << 20)), 1, "larger than 16 MiB"),
        ("an endless line", format!("{names}\n{}{}", row("a"), ",".repeat(17 << 20)), 1, "larger than 16 MiB"),
        ("many cells", format!("{names}\n{}{}", row("a"), ",".repeat(1000)), 1, "more than 1000 columns"),
        ("many columns", format!("{names}{}\n", ",x".repeat(1000)), 0, "more than 1000 columns"),
        ("a wrong date", format!("{names}\n{}", row("a").replace(",\n", ",soon\n")), 0, unreadable),
        ("no id", format!("{names}\n{}", row("")), 0, unreadable),
        ("a key that is too long", format!("{names}\n{}", row(&"x".repeat(5000))), 0, unreadable),
        ("blank lines", format!("{names}\n\n\n{}\n", row("a")), 1, ""),
    ] {
        let (found, problems, is_one) = read_text(Role::MetadataTable, text);
        assert!(is_one, "{what}");
        assert_eq!(found, records, "{what}: {problems:?}");
        match problem {
            "" => assert_eq!(problems, [""; 0], "{what}"),
            problem => assert!(problems.len() == 1 && problems[0].contains(problem), "{what}: {problems:?}"),
        }
    }
    let not_utf_8 = [names.as_bytes(), b"\n\xff,,,,,,,,,,\n", row("a").as_bytes()].concat();
    assert_eq!(read_text(Role::MetadataTable, not_utf_8).0, 1);
    for other in ["title,year\nx,2024\n", "\0\0\0", "no table"] {
        assert_eq!(read_text(Role::MetadataTable, other), (0, vec![], false), "{other}");
    }
}

#[test]
fn counts_and_errors_in_any_form() {
    for (role, text, problem) in [
        (Role::Counts, "Account,Count\nann@example.org,3\n", ""),
        (Role::Counts, "ann@example.org,3\nbob@example.com,4\n", ""),
        (Role::Counts, "", "file: has no number of messages of any account"),
        (Role::Counts, "Account,Count\n", "file: has no number of messages of any account"),
        (
            Role::Counts,
            "Account,Count\na@b,3\nc@d,\ne@f,1.234\n",
            "2 accounts have no number of messages; the first: c@d; e@f",
        ),
        (Role::Counts, "Name,Size\nx,3\n", "its columns are not known"),
        (
            Role::Counts,
            "Account,AccountStatus,SuccessCount,MessageErrorCount\na@b,AccountError,0,0\n",
            "a@b: 0 messages (AccountError)",
        ),
        (Role::Counts, "Account,Count\n\"a@b,3\n", "1 account has no number of messages; the first: a@b,3"),
        (Role::ErrorsXml, "<Errors/>", ""),
        (Role::ErrorsXml, "<Errors> <Error/>\n</Errors>", ""),
        (
            Role::ErrorsXml,
            "<Errors><Error id='1'><What>too  large</What></Error><Error>x</Error></Errors>",
            "2 entries of mail that could not be exported; the first: id=1 too large; x",
        ),
        (Role::ErrorsXml, "<Errors><Error>x</Error>", "cannot be read from byte 24 on"),
        (Role::ErrorsXml, "<Errors>y", "cannot be read"),
        (Role::ErrorsTable, "Document,Error\n", ""),
        (Role::ErrorsTable, "Document,Error\n1,x\n", "1 entry of mail that could not be exported; the first: 1 x"),
    ] {
        let (_, problems, is_one) = read_text(role, text);
        assert!(is_one, "{text}");
        assert_eq!(problems.is_empty(), problem.is_empty(), "{text}: {problems:?}");
        assert!(problem.is_empty() || problems.iter().any(|one| one.contains(problem)), "{text}: {problems:?}");
    }
}

#[test]
fn a_reader_that_fails_is_reported_with_what_was_read() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is on fire"))
        }
    }
    let start = format!("<Root>{ONE}");
    let (metadata, problems, _) = read(Role::MetadataXml, Cursor::new(start.into_bytes()).chain(Failing));
    assert_eq!(metadata.len(), 1);
    assert!(problems[0].contains("the disk is on fire"), "{problems:?}");
}

#[test]
fn xml_and_table_of_one_export_are_joined() {
    let mut reading = Reading::default();
    let xml = format!(
        "<Root><Document DocID='1795133590861774849'><ExternalFile FileName='a' FileSize='0' Hash='{MD5}'/></Document></Root>"
    );
    let table = "Rfc822MessageId,GmailMessageId,Labels\nx@y,1795133590861774849,^INBOX\n";
    reading.read(Role::MetadataXml, &Origin::named("xml"), Box::new(Cursor::new(xml.into_bytes())));
    reading.read(Role::MetadataTable, &Origin::named("csv"), Box::new(Cursor::new(table.as_bytes())));
    assert_eq!((reading.metadata.len(), reading.metadata.labels().into_iter().collect::<Vec<_>>()), (1, vec!["Inbox"]));
}

/// The names in a name, in the order of the records.
fn document(at: usize) -> String {
    format!(
        "<Document DocID='{at}'><Tag TagName='Labels' TagValue='^INBOX,L{}'/><ExternalFile FileName='{at}.mbox'/></Document>",
        at % 3
    )
}

proptest! {
    #[test]
    fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for role in [Role::MetadataXml, Role::MetadataTable, Role::Counts, Role::ErrorsXml, Role::ErrorsTable] {
            read_text(role, &bytes);
        }
    }

    #[test]
    fn nothing_panics_near_xml(text in "(<|>|/|'|\"|=|&|;|#|!|\\[|\\]|-|\\?| |Root|Document|Tag|TagName|Labels|é|&#x|DOCTYPE|CDATA){0,40}") {
        read_text(Role::MetadataXml, &text);
        read_text(Role::ErrorsXml, &text);
    }

    #[test]
    fn a_cut_file_gives_the_first_records(records in 0_usize..6, cut in 0_usize..1000) {
        let whole = format!("<Root>{}</Root>", (0..records).map(document).collect::<String>());
        let cut = cut.min(whole.len());
        let (found, problems, _) = read_text(Role::MetadataXml, &whole[..cut]);
        prop_assert_eq!(found, whole[..cut].matches("</Document>").count());
        prop_assert_eq!(problems.is_empty(), cut == whole.len());
    }

    #[test]
    fn the_order_of_records_does_not_matter(order in Just((0..12_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let text = format!("<Root>{}</Root>", order.iter().map(|at| document(*at)).collect::<String>());
        let (metadata, problems, _) = read(Role::MetadataXml, Cursor::new(text.into_bytes()));
        prop_assert!(problems.is_empty());
        let mut unused: Vec<&str> = metadata.unused().collect();
        unused.sort_unstable();
        let mut expected: Vec<String> = (0..12).map(|at| format!("{at}.mbox")).collect();
        expected.sort_unstable();
        prop_assert_eq!(unused, expected);
        prop_assert_eq!(metadata.labels().len(), 4);
    }
}
