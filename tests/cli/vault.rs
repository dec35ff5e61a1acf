//! Vault exports: labels, hashes and counts that are in files beside the mailboxes.

use std::fs;

use serde_json::json;

use crate::archives::make::{self, Member};
use crate::common::{Ran, Scratch, testdata, with_slashes};
use crate::manifest::{column, rows};

/// The first message's record in the classic export.
const CONTRACT: &str = "1795133590861774849-0f8fad5b-d9cb-469f-a165-70867728950e.mbox";

/// A scratch folder that holds an export of `testdata` as `in`.
fn with_export(name: &str) -> Scratch {
    let scratch = Scratch::new();
    for entry in fs::read_dir(testdata().join("vault").join(name)).unwrap() {
        let path = entry.unwrap().path();
        scratch.write(format!("in/{}", path.file_name().unwrap().display()), fs::read(&path).unwrap());
    }
    scratch
}

fn change(scratch: &Scratch, file: &str, from: &str, to: &str) {
    let text = String::from_utf8(scratch.read(file)).unwrap();
    assert!(text.contains(from), "{text}");
    scratch.write(file, text.replacen(from, to, 1));
}

fn vault(ran: &Ran) -> serde_json::Value {
    let mut vault = ran.json()["vault"].clone();
    vault.as_object_mut().unwrap().remove("exports");
    vault
}

const ALL_MATCH: &str = "vault     5 matched + 0 differ\n";

#[test]
fn labels_are_those_of_the_metadata() {
    for (export, place) in [
        ("classic", ["case-ann@example.org", "case-bob@example.com"]),
        ("new", ["report-ann@example.org-Zx81Qa", "report-bob@example.com-Kq07Lm"]),
    ] {
        let scratch = with_export(export);
        let ran = scratch.run(["in", "out", "--layout", "label", "--manifest", "m.jsonl"]);
        assert_eq!(ran.code, Some(0), "{ran:#?}");
        let [ann, bob] = place;
        assert_eq!(
            scratch.names("out"),
            [
                format!("{ann}/Trash/000003_20240401T120002Z_Angebot-für-Sie.eml"),
                format!("{ann}/Work/Clients/000001_20240401T120000Z_Contract.eml"),
                format!("{ann}/Work/Clients/000002_20240401T120001Z_Re-Contract.eml"),
                format!("{bob}/Drafts/000001_20240401T120003Z_Plans.eml"),
                format!("{bob}/Inbox/000002_20240401T120004Z_Lunch.eml"),
            ],
            "{ran:#?}"
        );
        let rows = rows(&scratch, "m.jsonl");
        assert_eq!(column(&rows, "flags"), ["", "FS", "ST", "DS", "S"]);
        assert_eq!(rows[0]["labels"], "Inbox,Unread,Work/Clients");
        assert_eq!(rows[3]["labels"], "Drafts,Übersicht & Pläne");
        assert_eq!(rows[4]["labels"], "Inbox,Important,^os");
        let expected = if export == "classic" { "matched" } else { "" };
        assert_eq!(column(&rows, "vault"), [expected; 5]);

        let ran = scratch.run(["in", "some", "--label", "Starred"]);
        assert_eq!(scratch.count(&format!("some/{ann}")), 1, "{ran:#?}");
    }
}

#[test]
fn every_message_has_the_size_and_the_hash_of_its_record() {
    let scratch = with_export("classic");
    let matched = json!({ "recorded": 5, "unrecorded": 0, "matched": 5, "differ": 0 });
    for (output, options) in [("crlf", &[][..]), ("lf", &["--eol", "lf"]), ("keep", &["--eol", "keep"])] {
        for threads in ["1", "4"] {
            let ran = scratch
                .run(["in", &format!("{output}{threads}"), "--json", "--threads", threads].iter().chain(options));
            assert_eq!((ran.code, vault(&ran)), (Some(0), matched.clone()), "{ran:#?}");
            let ran = ran.says(&[
                ALL_MATCH,
                "5 records and 11 labels in in/case-metadata.xml and 2 other files\n",
                "warnings  none\n",
            ]);
            assert_eq!(ran.json()["other_files"], 0, "{ran:#?}");
            assert_eq!(ran.json()["mailboxes"][1]["vault"]["matched"], 2, "{ran:#?}");
        }
        let ran = scratch.run(["verify", "in", &format!("{output}1"), "--json"].iter().chain(options));
        assert_eq!((ran.code, vault(&ran)), (Some(0), matched.clone()), "{ran:#?}");
    }
    let ran = scratch.run(["in", "dry", "--dry-run", "--json"]);
    assert_eq!((ran.code, vault(&ran)), (Some(0), matched.clone()), "{ran:#?}");
    let ran = scratch.run(["inspect", "in"]);
    for text in [
        "  vault     5 matched + 0 differ\n",
        "  vault     5 records and 11 labels in in/case-metadata.xml",
        "    Trash: 1, ",
    ] {
        assert!(with_slashes(&ran.stdout).contains(text), "{text} {ran:#?}");
    }
    let ran = scratch.run(["in", "out.zip", "--json", "--report", "report.html"]);
    assert_eq!((ran.code, vault(&ran)), (Some(0), matched), "{ran:#?}");
    let page = String::from_utf8(scratch.read("report.html")).unwrap();
    assert!(page.contains("Proof by the Vault export") && page.contains("data-figure=\"vault.matched\" value=\"5\""));
}

#[test]
fn a_message_that_differs_is_named_with_its_cause() {
    let scratch = with_export("classic");
    change(&scratch, "in/case-ann@example.org.mbox", "Signed.", "Forged!");
    change(&scratch, "in/case-bob@example.com.mbox", "At noon?", "At noon, or at one?");
    let ran = scratch.run(["in", "out", "--json", "--manifest", "m.csv"]);
    let expected = json!({ "recorded": 5, "unrecorded": 0, "matched": 3, "differ": 2 });
    assert_eq!((ran.code, vault(&ran)), (Some(0), expected), "{ran:#?}");
    ran.says(&[
        "vault     3 matched + 2 differ\n",
        "metadata-mismatch 2\n",
        "in/case-ann@example.org.mbox:1, byte 0: has the MD5 ",
        " as in the metadata of its export\n",
    ]);
    let ran = scratch.run(["in", "long", "-v"]);
    ran.says(&["metadata-mismatch in/case-bob@example.com.mbox:", " bytes with CRLF line ends, not "]);
    assert_eq!(column(&rows(&scratch, "m.csv"), "vault"), ["differ", "matched", "matched", "matched", "differ"]);

    let scratch = with_export("classic");
    let ran = scratch.run(["in", "out", "--json", "--unquote", "none"]);
    assert_eq!(vault(&ran)["differ"], 1, "{ran:#?}");
    ran.says(&["as in the metadata of its export: with another --unquote it would be the same\n"]);

    // A mailbox cannot keep a last line without an end.
    let scratch = Scratch::new();
    let md5 = "d41d8cd98f00b204e9800998ecf8427e";
    let ends = [("0", md5, true), ("2", md5, false)];
    for (size, md5, is_cause) in ends {
        scratch.write("in/a.mbox", "From 1.mbox@xxx Mon Jan  1 00:00:00 2024\n\n\n");
        let record = format!("<Document><ExternalFile FileName='1.mbox' FileSize='{size}' Hash='{md5}'/></Document>");
        scratch.write("in/a-metadata.xml", format!("<Root>{record}</Root>"));
        let ran = scratch.run(["in", &format!("out{size}")]);
        assert_eq!(ran.stderr.contains("there its last line has no line end"), is_cause, "{ran:#?}");
    }
}

#[test]
fn messages_and_records_that_lack_each_other_are_named() {
    let scratch = with_export("classic");
    change(&scratch, "in/case-metadata.xml", &format!("FileName='{CONTRACT}'"), "FileName='other.mbox'");
    let ran = scratch.run(["in", "out", "--json"]);
    assert_eq!(vault(&ran), json!({ "recorded": 4, "unrecorded": 1, "matched": 4, "differ": 0 }), "{ran:#?}");
    assert_eq!(ran.json()["vault"]["exports"][0]["unused"], 1);
    ran.says(&[
        "vault     4 matched + 0 differ; 1 message without a record\n",
        "no-record 1\n",
        "in/case-ann@example.org.mbox:1, byte 0: has no record in the metadata of its export\n",
        "unused-record 1\n",
        "in/case-metadata.xml: 1 record has no message in these mailboxes: other.mbox; parts of the export may be missing\n",
    ]);
    // What was not read is not missing.
    let ran = scratch.run(["in", "few", "--json", "--limit", "1"]);
    assert_eq!(
        (ran.json()["warnings"]["unused-record"].clone(), ran.json()["warnings"]["other-count"].clone()),
        (json!(0), json!(0))
    );
    assert!(ran.json()["vault"]["exports"][0]["unused"].is_null(), "{ran:#?}");
    // A filter that leaves a message out since its labels are not known does not do so silently.
    let ran = scratch.run(["in", "work", "--json", "--label", "Work"]);
    assert_eq!(
        (ran.json()["messages"]["written"].clone(), ran.json()["warnings"]["no-record"].clone()),
        (json!(1), json!(1))
    );

    let scratch = with_export("classic");
    let text = String::from_utf8(scratch.read("in/case-metadata.xml")).unwrap();
    let (start, end) = (text.find("<Document ").unwrap(), text.find("</Document>").unwrap() + "</Document>".len());
    scratch.write("in/case-metadata.xml", text.replace("</Documents>", &format!("{}</Documents>", &text[start..end])));
    let ran = scratch.run(["in", "out", "--json"]);
    assert_eq!(vault(&ran)["matched"], 5, "{ran:#?}");
    let said = format!(
        "in/case-metadata.xml: 1 record of a message with an earlier record, which counts; the first: {CONTRACT}\n"
    );
    ran.says(&["repeated-record 1\n", &said]);
}

#[test]
fn counts_and_errors_of_the_export_are_warnings() {
    let scratch = with_export("classic");
    scratch.write("in/case-results-count.csv", "Account,Count\r\nann@example.org,4\r\nbob@example.com,2\r\n");
    scratch.write("in/error.csv", "Document,Error\nx,Too large\n");
    let ran = scratch.run(["in", "out", "--json"]);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    ran.says(&[
        "other-count 1\n",
        "in/case-results-count.csv: ann@example.org: Google counted 4 messages, but 3 were found\n",
        "not-exported 1\n",
        "in/error.csv: Google lists 1 entry of mail that could not be exported; the first: x Too large\n",
    ]);
    // A mailbox that does not have the name of its account.
    fs::rename(scratch.path("in/case-ann@example.org.mbox"), scratch.path("in/case-1.mbox")).unwrap();
    let ran = scratch.run(["in", "renamed"]);
    ran.says(&["in/case-results-count.csv: all accounts together: Google counted 6 messages, but 5 were found\n"]);

    for (counts, said) in [
        ("", "in/case-results-count.csv: has no number of messages of any account\n"),
        (
            "Account,Count\nann@example.org,\nbob@example.com,2\n",
            ": 1 account has no number of messages; the first: ann@",
        ),
    ] {
        let scratch = with_export("classic");
        scratch.write("in/case-results-count.csv", counts);
        scratch.run(["in", "out"]).ends(0).says(&["unread-metadata 1\n", said]);
    }

    let scratch = with_export("new");
    let all = scratch.run(["in", "all", "-v"]);
    all.says(&["not-exported 2\n", "in/report-errors"]).says_nowhere(&["more (list"]);
    let ran = scratch.run(["in", "out"]);
    ran.says(&[
        "vault     5 messages with a record, none compared\n",
        "not-exported 2\n",
        "in/report-result-counts.csv: Google lists 1 entry of mail that could not be exported; the first: bob@example.com: 1 \
         message (PartialAccountError)\n",
    ]);
}

#[test]
fn metadata_is_found_beside_and_within_archives() {
    let scratch = with_export("classic");
    let zip = |name: &str, files: &[&str]| {
        let member = |file: &&str| Member::deflated(file, scratch.read(format!("in/{file}")));
        scratch.write(name, make::zip(&files.iter().map(member).collect::<Vec<_>>()));
    };
    let (ann, bob, metadata) = ("case-ann@example.org.mbox", "case-bob@example.com.mbox", "case-metadata.xml");
    zip("beside/case-1.zip", &[ann]);
    zip("beside/case-2.zip", &[bob]);
    fs::copy(scratch.path("in/case-metadata.xml"), scratch.path("beside/case-metadata.xml")).unwrap();
    zip("within.zip", &[ann, bob, metadata, "case-results-count.csv", "case-errors.xml"]);
    for inputs in [
        &["beside"][..],
        &["within.zip"],
        &["beside/case-1.zip", "beside/case-2.zip", "in/case-metadata.xml"],
        &["in/case-metadata.xml", "in/case-ann@example.org.mbox", "in/case-bob@example.com.mbox"],
    ] {
        let ran = scratch.run(inputs.iter().chain(&["dry", "--dry-run", "--json"]));
        assert_eq!((ran.code, vault(&ran)["matched"].clone()), (Some(0), json!(5)), "{inputs:?} {ran:#?}");
        assert_eq!(ran.json()["other_files"], 0, "{ran:#?}");
    }
    // One part alone: the records of the other are not used.
    let ran = scratch.run(["beside/case-2.zip", "beside/case-metadata.xml", "one"]);
    assert_eq!(scratch.names("one").len(), 2, "{ran:#?}");
    ran.says(&[
        "vault     2 matched + 0 differ\n",
        "unused-record 1\n",
        "3 records have no message in these mailboxes",
    ]);
    // What comes before it in a tar archive may be a mailbox.
    let member = |name: &str| (name.to_owned(), scratch.read(format!("in/{name}")));
    scratch.write("all.tar", make::tar(&[member(ann), member(metadata)]));
    let ran = scratch.run(["all.tar", "tar", "--json"]);
    assert!(ran.code == Some(0) && ran.json().get("vault").is_none(), "{ran:#?}");
    ran.says(&[
        "unread-metadata 1\n",
        "all.tar!case-metadata.xml is not read, since it is in an archive that can only be read in the order of its files; \
         unpack it beside the archive\n",
    ]);
    // Without a mailbox there is nothing to do.
    let ran = scratch.run(["in/case-metadata.xml", "none"]);
    assert_eq!(ran.code, Some(2), "{ran:#?}");
    ran.says(&["in/case-metadata.xml: no mailbox found\n"]);
}

#[test]
fn files_that_only_look_like_metadata_are_skipped() {
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Hello\n\n");
    scratch.write("in/maven-metadata.xml", "<?xml version=\"1.0\"?><metadata><versions/></metadata>");
    scratch.write("in/a-metadata.csv", "title,year\nx,2024\n");
    scratch.write("in/errors.csv", "line,what\n1,x\n");
    let ran = scratch.run(["in", "out", "--json"]);
    assert!(ran.json().get("vault").is_none(), "{ran:#?}");
    assert_eq!(ran.json()["other_files"], 3, "{ran:#?}");
}

#[test]
fn damaged_metadata_counts_as_far_as_it_goes() {
    let whole = String::from_utf8(fs::read(testdata().join("vault/classic/case-metadata.xml")).unwrap()).unwrap();
    let third = whole.match_indices("</Document>").nth(2).unwrap().0 + "</Document>".len();
    let entity = whole.replacen("<Root", "<!DOCTYPE Root [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]><Root", 1);
    for (text, recorded, said) in [
        (whole[..third].to_owned(), 3, "it ends in the middle"),
        (whole[..third + 30].to_owned(), 3, "case-metadata.xml: cannot be read from byte "),
        (whole.replace("</Documents>", "</Other>"), 5, "case-metadata.xml: cannot be read from byte "),
        (
            entity.replacen("^INBOX", "&b;", 1),
            4,
            "1 record cannot be read or say of no message; the first: 1795133590861774849",
        ),
        (whole.replacen("Hash='", "Hash='z", 1), 4, "1 record cannot be read or say of no message"),
        (String::new(), 0, "case-metadata.xml: cannot be read from byte 0 on: it is no XML"),
        ("no XML".to_owned(), 0, "it is no XML"),
        (format!("<Root>{}", "<a>".repeat(70)), 0, "elements are nested more than 64 deep"),
    ] {
        let scratch = with_export("classic");
        scratch.write("in/case-metadata.xml", &text);
        let ran = scratch.run(["in", "out", "--json"]);
        assert_eq!(ran.code, Some(0), "{ran:#?}");
        assert_eq!(ran.json()["vault"]["recorded"], recorded, "{text} {ran:#?}");
        let ran = ran.says(&["unread-metadata 1\n", said]);
        assert_eq!(scratch.names("out").len(), 5, "{ran:#?}");
    }
}

#[test]
fn files_beside_a_mailbox_or_archive_that_is_named_are_read() {
    let scratch = with_export("classic");
    for (number, input) in ["in/case-ann@example.org.mbox", "in/case-bob@example.com.mbox"].into_iter().enumerate() {
        let ran = scratch.run([input, &format!("out{number}"), "--json"]);
        assert_eq!(vault(&ran)["unrecorded"], 0, "{ran:#?}");
        assert_ne!(vault(&ran)["matched"], 0, "{ran:#?}");
    }
    // Files of something else are not mentioned.
    fs::write(scratch.path("in/maven-metadata.xml"), "<metadata/>").unwrap();
    fs::write(scratch.path("in/other.mbox"), "From a@example.org Mon Jan  1 00:00:00 2024\nSubject: x\n\ny\n").unwrap();
    fs::create_dir(scratch.path("apart")).unwrap();
    for file in ["maven-metadata.xml", "other.mbox"] {
        fs::rename(scratch.path(format!("in/{file}")), scratch.path(format!("apart/{file}"))).unwrap();
    }
    let json = scratch.run(["apart/other.mbox", "other", "--json"]).ends(0).json();
    assert_eq!((&json["skipped"], &json["warnings"]["unread-metadata"]), (&json!([]), &json!(0)), "{json}");
}

#[test]
fn metadata_of_which_nothing_can_be_read_is_missed() {
    for text in ["<!DOCTYPE html><html><body>Sign in</body></html>", "<Root></Root>", "DocID;Labels\n1;x\n"] {
        let scratch = with_export("classic");
        fs::write(scratch.path("in/case-metadata.xml"), text).unwrap();
        let ran = scratch.run(["in", "out", "--json"]);
        assert_eq!(vault(&ran)["unrecorded"], 5, "{text}: {ran:#?}");
        assert_eq!(ran.json()["warnings"]["no-record"], 5, "{text}");
    }
}
