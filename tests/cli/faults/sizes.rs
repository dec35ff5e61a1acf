//! Messages and mailboxes of absurd shapes: exact, and in bounded memory.

use super::is_emulated;
use super::scarce::one_line;
use crate::broken_pipes::shell;
use crate::common::Scratch;

const FROM: &str = "From ann@example.org Mon Apr  1 12:00:00 2024\n";

#[test]
fn a_mailbox_of_one_line_is_one_message_and_takes_no_memory_where_it_is_mapped() {
    if is_emulated() {
        return;
    }
    let scratch = Scratch::with_mailbox(one_line(32));
    // The limit is on what is allocated; the mapping does not count.
    shell(&scratch, "ulimit -d 20000; exec \"$0\" --threads 1 in.mbox out").ends(0).counts(1, 1, 0);
    let json = shell(&scratch, "ulimit -d 20000; exec \"$0\" inspect --json in.mbox").ends(0).json();
    assert_eq!(json["messages"]["found"], 1);
    let eml = scratch.tree("out").into_values().next().unwrap();
    assert!(eml.len() > 32 << 20 && eml.ends_with(b"xx\r\n"), "{} bytes", eml.len());
    shell(&scratch, "cat in.mbox | \"$0\" - out").ends(0).counts(1, 0, 1);
}

/// Converts a mailbox of one message with this header in every way; nothing of it is lost.
fn convert(header: &str) -> Scratch {
    let scratch = Scratch::with_mailbox(format!("{FROM}{header}\nx\n"));
    let options = ["--dedup", "content", "--from", "ann", "--name", "{index}_{from}_{to}_{subject}_{id}"];
    // The dates of a run do not matter here, and what is not found in so long a header is only a filter that fails.
    let ran = scratch.run(options.iter().chain(&["--json", "in.mbox", "chosen"])).ends(0);
    assert_eq!(ran.json()["messages"]["found"], 1);
    scratch.run(["--eol", "keep", "in.mbox", "out"]).ends(0).counts(1, 1, 0);
    let eml = scratch.tree("out").into_values().next().unwrap();
    assert!(eml == format!("{header}\nx\n").into_bytes(), "{} bytes", eml.len());
    scratch.run(["inspect", "in.mbox"]).ends(0);
    scratch
}

#[test]
fn a_header_of_one_endless_field_is_kept() {
    let folded = " a folded line that goes on and on\n".repeat(200_000);
    convert(&format!("From: ann@example.org\nSubject: One\n{folded}"));
    convert(&format!(
        "From: ann@example.org\nTo: bob@example.org{}\nSubject: x\n",
        ",\n bob@example.org".repeat(100_000)
    ));
}

#[test]
fn a_header_of_a_hundred_thousand_fields_is_kept() {
    let fields: String = (0..100_000).map(|number| format!("X-Field-{number}: value\n")).collect();
    convert(&format!("From: ann@example.org\nSubject: One\n{fields}"));
    convert(&format!("{fields}From: ann@example.org\nSubject: One\n"));
}

#[test]
fn twenty_thousand_empty_messages_are_counted_exactly() {
    for header in ["", "Subject: One\n"] {
        let scratch = Scratch::with_mailbox(format!("{FROM}{header}\n").repeat(20_000));
        for args in [&["--dry-run", "--json", "in.mbox", "out"][..], &["inspect", "--json", "in.mbox"]] {
            let json = scratch.run(args).ends(0).json();
            assert_eq!(json["messages"]["found"], 20_000, "{header:?}, {args:?}");
        }
    }
}

/// A Takeout of one message with these labels.
fn labelled(labels: &str) -> Scratch {
    Scratch::with_mailbox(format!("{FROM}X-GM-THRID: 1\nX-Gmail-Labels: {labels}\nSubject: x\n\nx\n\n"))
}

#[test]
fn ten_thousand_nested_labels_make_a_path_that_fits() {
    let scratch = labelled(&vec!["a"; 10_000].join("/"));
    for options in ["--layout label", "--name {label}/{index}", "--layout label --label-copies all"] {
        let args = || options.split(' ').chain(["in.mbox", "out"]);
        scratch.run(args()).ends(0).counts(1, 1, 0);
        scratch.run(args()).ends(0).counts(1, 0, 1);
        let names = scratch.names("out");
        assert!(names.len() == 1 && names[0].len() <= 240 && names[0].starts_with("a/a/a/"), "{options}: {names:?}");
        std::fs::remove_dir_all(scratch.path("out")).unwrap();
    }
    scratch.run(["inspect", "in.mbox"]).ends(0);
}

#[test]
fn a_thousand_labels_make_a_hundred_copies_and_a_warning() {
    let labels: Vec<_> = (0..1000).map(|number| format!("Label {number}")).collect();
    let scratch = labelled(&labels.join(",\n "));
    let args = |verb: &[&'static str], output| {
        [verb, &["--layout", "label", "--label-copies", "all", "in.mbox", output]].concat()
    };
    for output in ["out", "out.zip"] {
        let json = scratch.run(args(&["--json"], output)).ends(0).json();
        assert_eq!(json["warnings"]["many-labels"], 1);
        scratch.run(args(&[], output)).ends(0).counts(1, 0, 1);
        scratch.run(args(&["verify"], output)).ends(0);
    }
    assert_eq!(scratch.count("out"), 100);
}
