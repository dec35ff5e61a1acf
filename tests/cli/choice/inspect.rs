//! `inspect`: what it reports about mailboxes, compared with what a conversion makes of them. It writes nothing.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::time::SystemTime;

use serde_json::{Value, json};

use super::limits::packed;
use super::totals::{check_sums, messages, number, size, to_u64};
use crate::archives::takeout::{takeout, unpack};
use crate::common::{Ran, Scratch, Tree, large_mailbox, mailbox, testdata};
use crate::fixtures::time_in;

/// Inspects; nothing in the folder may change.
#[track_caller]
pub(super) fn inspect<S: AsRef<OsStr>>(scratch: &Scratch, args: impl IntoIterator<Item = S>) -> Ran {
    let before = scratch.state(".");
    let ran = Ran::of(scratch.program().arg("inspect").args(args));
    assert!(scratch.state(".") == before, "something was written: {:?}", scratch.names("."));
    ran
}

/// The fixtures, and what is said of each: its writer, its line ends, how it is quoted.
const FIXTURES: [(&str, &str); 24] = [
    ("takeout/takeout", "a Google Takeout, lines end in CRLF, quoted as mboxrd"),
    ("takeout/lf", "a Google Takeout, lines end in LF, quoted as mboxrd"),
    ("takeout/cut-short", "a Google Takeout, lines end in CRLF, quoted as mboxrd"),
    ("takeout/quoted-separator", "a Google Takeout, lines end in CRLF, quoted as mboxrd"),
    ("vault/export", "a Google Vault export, lines end in CRLF, quoted as mboxrd"),
    ("thunderbird/Inbox", "written by Thunderbird, lines end in LF, quoted as mboxrd"),
    ("thunderbird/crlf", "written by Thunderbird, lines end in CRLF, quoted as mboxrd"),
    ("thunderbird/old", "an mbox, lines end in LF, quoted as mboxrd"),
    ("thunderbird/import-export-tools", "an mbox, lines end in LF, quoted as mboxrd"),
    ("pipermail/2007-April", "a Mailman archive, lines end in LF, quoted as mboxo"),
    ("public-inbox/list", "written by public-inbox, lines end in LF, quoted as mboxrd"),
    ("git/series", "git patches, lines end in LF, not quoted"),
    ("mboxrd/depths", "an mbox, lines end in LF, quoted as mboxrd"),
    ("mboxrd/zones", "an mbox, lines end in LF, quoted as mboxrd"),
    ("mboxrd/byte-order-mark", "an mbox, lines end in LF, quoted as mboxrd"),
    ("mboxrd/no-end", "an mbox, lines end in LF, quoted as mboxrd"),
    ("mboxo/reply", "an mbox, lines end in LF, quoted as mboxrd"),
    ("mboxcl2/wrong-length", "an mbox, lines end in LF, quoted as mboxrd"),
    ("pine/mail", "an mbox, lines end in LF, quoted as mboxrd"),
    ("eudora/In", "an mbox, lines end in CRLF, quoted as mboxrd"),
    ("eudora/macintosh", "an mbox, lines end in CR, quoted as mboxrd"),
    ("mixed/concatenated", "an mbox, lines end in LF, quoted as mboxrd"),
    ("mixed/line-ends", "an mbox, lines end in CRLF and LF, quoted as mboxrd"),
    ("mixed/unquoted", "an mbox, lines end in LF, quoted as mboxrd"),
];

fn copied(file: &str) -> Scratch {
    Scratch::with_mailbox(fs::read(testdata().join(format!("{file}.mbox"))).unwrap())
}

#[test]
fn each_dialect_is_reported_with_its_line_ends_and_quoting() {
    for (file, words) in FIXTURES {
        let ran = inspect(&copied(file), ["in.mbox"]).ends(0);
        assert_eq!(ran.stdout.lines().next(), Some(&*format!("in.mbox: {words}")), "{file}");
        assert_eq!(ran.stderr, "", "{file}");
    }
}

#[test]
fn a_mailbox_whose_lengths_are_true_is_not_quoted() {
    let ran = inspect(&copied("mboxcl2/unquoted"), ["in.mbox"]).ends(0);
    assert_eq!(ran.stdout.lines().next(), Some("in.mbox: an mbox, lines end in LF, not quoted"));
}

#[test]
fn the_quoting_that_was_asked_for_is_the_one_shown() {
    let scratch = copied("mboxo/reply");
    for (how, words) in [("mboxo", "quoted as mboxo"), ("mboxrd", "quoted as mboxrd"), ("none", "not quoted")] {
        let ran = inspect(&scratch, ["--unquote", how, "in.mbox"]).ends(0);
        assert!(ran.stdout.starts_with(&format!("in.mbox: an mbox, lines end in LF, {words}\n")), "{ran:#?}");
    }
}

/// The numbers of CRLF, LF alone and CR alone.
fn line_ends(tree: &Tree) -> Value {
    let count = |bytes: &[u8], end: &[u8]| to_u64(bytes.windows(end.len()).filter(|window| *window == end).count());
    let sum = |end: &[u8]| tree.values().map(|bytes| count(bytes, end)).sum::<u64>();
    let crlf = sum(b"\r\n");
    json!({"crlf": crlf, "lf": sum(b"\n") - crlf, "cr": sum(b"\r") - crlf})
}

/// The address in the first line `From: ` of a header, or all of it if there is none, as in a Mailman archive.
fn sender(eml: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(eml);
    let field = text.lines().take_while(|line| !line.is_empty()).find_map(|line| line.strip_prefix("From: "))?;
    let address = field.rsplit_once('<').map_or(field, |(_, address)| address.trim_end_matches('>'));
    Some(address.to_lowercase())
}

fn day(name: &str) -> String {
    let stamp = &name.rsplit('/').next().unwrap()[7..15];
    format!("{}-{}-{}", &stamp[..4], &stamp[4..6], &stamp[6..])
}

/// What the JSON should say of messages that became these files.
fn expected(tree: &Tree, kept: &Tree) -> Value {
    let mut dated: Vec<&str> = tree.keys().map(String::as_str).collect();
    dated.sort_by_key(|name| time_in(name));
    let mut by_year = BTreeMap::<&str, u64>::new();
    dated.iter().for_each(|name| *by_year.entry(&name.rsplit('/').next().unwrap()[7..11]).or_default() += 1);
    let mut senders = BTreeMap::<String, u64>::new();
    tree.values().filter_map(|eml| sender(eml)).for_each(|sender| *senders.entry(sender).or_default() += 1);
    let mut largest: Vec<u64> = tree.values().map(|eml| to_u64(eml.len())).collect();
    largest.sort_by_key(|size| std::cmp::Reverse(*size));
    largest.truncate(10);
    json!({
        "dates": {
            "first": dated.first().map(|name| day(name)), "last": dated.last().map(|name| day(name)),
            "by_year": by_year, "unknown": 0,
        },
        "senders": senders, "line_ends": line_ends(kept), "total": size(tree), "largest": largest,
    })
}

/// The same out of the JSON.
fn figures(json: &Value) -> Value {
    let largest: Vec<&Value> =
        json["sizes"]["largest"].as_array().unwrap().iter().map(|large| &large["bytes"]).collect();
    json!({
        "dates": json["dates"], "senders": json["senders"], "line_ends": json["line_ends"],
        "total": json["sizes"]["total"], "largest": largest,
    })
}

/// The lines of the text that say how many, and from when to when.
#[track_caller]
fn check_text(text: &str, tree: &Tree) {
    let messages = format!("  messages  {}, ", tree.len());
    assert!(text.lines().any(|line| line.starts_with(&messages)), "no {messages:?}: {text}");
    let days: Vec<String> = tree.keys().map(|name| day(name)).collect();
    if let (Some(first), Some(last)) = (days.iter().min(), days.iter().max()) {
        assert!(text.contains(&format!("  received  {first} to {last}\n")), "{text}");
    }
}

#[test]
fn the_numbers_of_each_dialect_are_those_of_a_conversion() {
    for (file, _) in FIXTURES.iter().chain(&[("mboxcl2/unquoted", "")]) {
        let scratch = copied(file);
        let json = inspect(&scratch, ["--json", "in.mbox"]).ends(0).prints_nothing_else(file).json();
        let text = inspect(&scratch, ["in.mbox"]).ends(0).stdout;
        let done = scratch.run(["--json", "in.mbox", "out"]).ends(0).json();
        scratch.run(["--eol", "keep", "in.mbox", "kept"]).ends(0);
        let (tree, kept) = (scratch.tree("out"), scratch.tree("kept"));
        check_sums(&json);
        for key in ["version", "messages", "bytes", "warnings", "unopened", "other_files", "complete"] {
            assert_eq!(json[key], done[key], "{file}: {key}");
        }
        for key in ["input", "profile", "messages", "bytes", "warnings", "deleted", "error"] {
            assert_eq!(json["mailboxes"][0][key], done["mailboxes"][0][key], "{file}: {key}");
        }
        assert_eq!(figures(&json), expected(&tree, &kept), "{file}");
        assert_eq!(figures(&json["mailboxes"][0]), expected(&tree, &kept), "{file}");
        check_text(&text, &tree);
    }
}

/// Where no more is said on standard error.
trait Silent {
    fn prints_nothing_else(self, what: &str) -> Self;
}

impl Silent for Ran {
    #[track_caller]
    fn prints_nothing_else(self, what: &str) -> Self {
        assert_eq!(self.stderr, "", "{what}");
        self
    }
}

#[test]
fn labels_are_counted_with_their_bytes() {
    let scratch = copied("takeout/takeout");
    let json = inspect(&scratch, ["--json", "in.mbox"]).ends(0).json();
    let labels = json!({
        "Inbox": 3, "Important": 1, "Opened": 4, "Category Personal": 1, "Sent": 1, "Posteingang": 1, "Geöffnet": 1,
        "Reisen/München": 1, "Kategorie: Persönlich": 1, "Unread": 2, "Starred": 1, "Work, urgent": 1,
        "Category Forums": 1, "Spam": 1, "Archived": 1, "Category Promotions": 1, "Shopping/Garden": 1, "Chat": 1,
    });
    let labels = labels.as_object().unwrap();
    assert_eq!(json["labels"].as_object().unwrap(), labels);
    assert_eq!(json["mailboxes"][0]["labels"].as_object().unwrap(), labels);
    scratch.run(["in.mbox", "out"]).ends(0);
    let tree = scratch.tree("out");
    let of = |numbers: &[&str]| -> u64 {
        let has = |name: &String| numbers.iter().any(|number| name.starts_with(number));
        tree.iter().filter(|(name, _)| has(name)).map(|(_, eml)| to_u64(eml.len())).sum()
    };
    let bytes = &json["sizes"]["by_label"];
    assert_eq!(number(&bytes["Inbox"]), of(&["000001", "000004", "000005"]));
    assert_eq!(number(&bytes["Unread"]), of(&["000004", "000006"]));
    let text = inspect(&scratch, ["in.mbox"]).ends(0).stdout;
    for line in ["  labels    18\n", "    Opened: 4, ", "    Inbox: 3, ", "    and 6 more (list with -v)\n"] {
        assert!(text.contains(line), "{line:?}: {text}");
    }
    let text = inspect(&scratch, ["-v", "in.mbox"]).ends(0).stdout;
    assert!(labels.keys().all(|label| text.contains(&format!("    {label}: "))), "{text}");
}

#[test]
fn the_largest_messages_are_reported_with_their_places() {
    let subjects: Vec<String> = (1..=15).map(|number| format!("Number {number}")).collect();
    let bodies: Vec<String> = (1..=15).map(|number| "x".repeat(number * 7 % 16 * 100)).collect();
    let all: Vec<(&str, &str)> = subjects.iter().map(String::as_str).zip(bodies.iter().map(String::as_str)).collect();
    let mbox = mailbox(&all);
    let scratch = Scratch::with_mailbox(&mbox);
    let json = inspect(&scratch, ["--json", "in.mbox"]).ends(0).json();
    let largest = json["sizes"]["largest"].as_array().unwrap();
    assert_eq!(largest.len(), 10);
    let mut numbers: Vec<usize> = (1..=15).collect();
    numbers.sort_by_key(|number| std::cmp::Reverse(number * 7 % 16));
    for (large, number) in largest.iter().zip(&numbers) {
        let subject = format!("Number {number}");
        let offset = mbox.find(&format!("Subject: {subject}\n")).unwrap();
        let offset = mbox[..offset].rfind("From ann").unwrap();
        let bytes = format!("Subject: {subject}\r\n\r\n").len() + number * 7 % 16 * 100 + 2;
        let received = format!("2024-04-01T12:{:02}:00Z", number - 1);
        assert_eq!(
            *large,
            json!({
                "bytes": bytes, "input": "in.mbox", "message": number, "offset": offset, "received": received,
                "from": null, "subject": subject,
            })
        );
    }
    let text = inspect(&scratch, ["in.mbox"]).ends(0).stdout;
    let first = &largest[0];
    let line =
        format!(", message {} (byte {}): {}\n", first["message"], first["offset"], first["subject"].as_str().unwrap());
    assert!(text.contains(&line), "{line:?}: {text}");
    assert_eq!(text.matches(", message ").count(), 3, "{text}");
    let text = inspect(&scratch, ["-v", "in.mbox"]).ends(0).stdout;
    assert_eq!(text.matches(", message ").count(), 10, "{text}");
}

#[test]
fn all_mailboxes_together_are_the_total() {
    let scratch = Scratch::new();
    unpack(&scratch, "in", &takeout());
    let ran = inspect(&scratch, ["--json", "in"]).ends(0);
    let json = ran.json();
    check_sums(&json);
    scratch.run(["in", "out"]).ends(0);
    scratch.run(["--eol", "keep", "in", "kept"]).ends(0);
    let kept = scratch.tree("kept");
    let all = expected(&scratch.tree("out"), &kept);
    for key in ["dates", "line_ends"] {
        assert_eq!(figures(&json)[key], all[key], "{key}");
    }
    assert_eq!(messages(&json), [12, 12, 0, 0, 0, 0]);
    for what in ["labels", "senders"] {
        let mut sum = BTreeMap::<String, u64>::new();
        for mailbox in json["mailboxes"].as_array().unwrap() {
            let counts = mailbox[what].as_object().unwrap();
            counts.iter().for_each(|(name, count)| *sum.entry(name.clone()).or_default() += number(count));
        }
        assert_eq!(json[what], json!(sum), "{what}");
    }
    let text = inspect(&scratch, ["in"]).ends(0).stdout;
    let (each, total) = text.split_once("all 4 mailboxes\n").unwrap();
    let rows: Vec<&str> = each.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!(rows.len(), 5, "{text}");
    assert_eq!((rows[0], rows[3]), ("mailbox", "Empty"), "{text}");
    assert!(
        total.starts_with("  messages  12, ")
            && total.contains("\n  Skipped 3 files that are not mailboxes (list with -v)\n"),
        "{text}"
    );
    check_text(total, &scratch.tree("out"));
}

/// The same without the names of inputs.
fn without_input(mut json: Value) -> Value {
    let parts = match &mut json {
        Value::Object(object) => {
            object.remove("input");
            object.values_mut().collect()
        }
        Value::Array(list) => list.iter_mut().collect(),
        _ => Vec::new(),
    };
    parts.into_iter().for_each(|part| *part = without_input(part.take()));
    json
}

#[test]
fn the_look_is_the_same_however_the_mailbox_is_read() {
    let mbox = large_mailbox(600);
    let (scratch, inputs) = packed(&mbox);
    scratch.write("stdin", &mbox);
    let look = |args: &[&str]| {
        let mut command = scratch.program();
        command.stdin(fs::File::open(scratch.path("stdin")).unwrap());
        let json = Ran::of(command.args(["inspect", "--json"]).args(args)).ends(0).json();
        check_sums(&json);
        ["messages", "bytes", "warnings", "labels", "dates", "sizes", "senders", "line_ends", "doubtful"]
            .map(|key| without_input(json[key].clone()))
    };
    let before = scratch.state(".");
    let expected = look(&["in.mbox", "--threads", "1"]);
    for (input, _) in inputs.iter().chain(&[("-", "")]) {
        for options in [&["--threads", "4"][..], &["--threads", "1"], &["--no-mmap"]] {
            assert_eq!(look(&[&[*input], options].concat()), expected, "{input} {options:?}");
        }
    }
    assert!(scratch.state(".") == before);
}

#[test]
fn a_look_at_a_part_is_at_what_would_be_taken() {
    let scratch = Scratch::new();
    unpack(&scratch, "in", &takeout());
    for options in [
        &["--label", "inbox"][..],
        &["--since", "2024-03", "--until", "2024-04-01"],
        &["--limit", "2"],
        &["--sample", "1"],
        &["--dedup", "content", "--subject", "o"],
        &["--from", "bob", "--max-size", "500", "--eol", "lf"],
    ] {
        let json = inspect(&scratch, options.iter().chain(&["--json", "in"])).ends(0).json();
        let dry = scratch.run(options.iter().chain(&["--dry-run", "--json", "in", "out"])).ends(0).json();
        check_sums(&json);
        assert_eq!(messages(&json), messages(&dry), "{options:?}");
        let folders = dry["folder_bytes"].as_object().unwrap().values();
        assert_eq!(json["sizes"]["total"], folders.map(number).sum::<u64>(), "{options:?}");
    }
    scratch.write("twice.mbox", mailbox(&[("A", "x"), ("B", "x"), ("A", "x"), ("C", "x")]));
    let text = inspect(&scratch, ["--dedup", "content", "--subject", "A", "twice.mbox"]).ends(0).stdout;
    for line in ["  messages  1, ", "  filtered  2 messages\n", "  repeated  1 duplicate\n"] {
        assert!(text.contains(line), "{line:?}: {text}");
    }
}

#[test]
fn years_have_bars_in_proportion() {
    let year = |year: u32, messages: usize| {
        format!("From ann@example.org Mon Apr  1 12:00:00 {year}\nSubject: x\n\nx\n\n").repeat(messages)
    };
    let undated = "From ann@example.org\nSubject: x\nFrom: ann@example.org\n\nx\n\n";
    let scratch = Scratch::with_mailbox(year(2019, 64) + &year(2021, 1) + &year(2022, 1024) + undated);
    let text = inspect(&scratch, ["in.mbox"]).ends(0).stdout;
    let expected = format!(
        "  received  2019-04-01 to 2022-04-01\n    2019     64  ##\n    2021      1  #\n    2022  1,024  {}\n    \
         date unknown: 1, ",
        "#".repeat(32)
    );
    assert!(text.contains(&expected), "{text}");
    let json = inspect(&scratch, ["--json", "in.mbox"]).ends(0).json();
    let dates = json!({
        "first": "2019-04-01", "last": "2022-04-01", "by_year": {"2019": 64, "2021": 1, "2022": 1024}, "unknown": 1,
    });
    assert_eq!(json["dates"], dates);
}

#[test]
fn of_many_senders_the_most_frequent_are_reported() {
    let from = |number: usize| format!("From a@x Mon Apr  1 12:00:00 2024\nFrom: User{number}@Example.org\n\nx\n\n");
    let mbox: String = (1..=150).flat_map(|number| (0..=number / 20).map(move |_| from(number))).collect();
    let scratch = Scratch::with_mailbox(&mbox);
    let json = inspect(&scratch, ["--json", "in.mbox"]).ends(0).json();
    let senders = json["senders"].as_object().unwrap();
    assert_eq!((senders.len(), &senders["user150@example.org"]), (100, &json!(8)));
    assert!(!senders.contains_key("user1@example.org"));
    let text = inspect(&scratch, ["in.mbox"]).ends(0).stdout;
    assert!(text.contains("    user150@example.org: 8, "), "{text}");
    assert_eq!(text.matches("@example.org: ").count(), 12, "{text}");
    // Of a mailbox a hundred are kept, and the rest is counted together.
    let others =
        mbox.matches("From: ").count() - senders.values().map(|of| usize::try_from(number(of)).unwrap()).sum::<usize>();
    let text = inspect(&scratch, ["-v", "in.mbox"]).ends(0).stdout;
    assert!(text.contains(&format!("    and {others} messages of others\n")), "{others}: {text}");
}

#[test]
fn a_mailbox_called_inspect_is_named_by_its_path() {
    let scratch = Scratch::new();
    scratch.write("inspect", mailbox(&[("One", "x")]));
    scratch.run(["./inspect", "out"]).ends(0).counts(1, 1, 0);
    assert!(inspect(&scratch, ["inspect"]).ends(0).stdout.starts_with("inspect: an mbox, "));
    let time = fs::metadata(scratch.path("out/000001_20240401T120000Z_One.eml")).unwrap().modified().unwrap();
    assert_eq!(time, SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_711_972_800));
}

#[test]
fn where_nothing_can_be_read_nothing_is_printed() {
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", "");
    scratch.write("in/b.mbox", "");
    inspect(&scratch, ["gone.mbox"]).ends(2).prints_nothing();
    inspect(&scratch, ["in"]).ends(2).prints_nothing().says(&["\nFailed: 2\n"]);
}
