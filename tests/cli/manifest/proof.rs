//! Bodies compared with the signatures in their headers.

use std::fs;

use serde_json::json;

use super::{column, number, rows};
use crate::common::{Ran, Scratch};
use crate::support::corpus::folder;

/// Signed, changed, unsigned. The hash is that of `text`, by RFC 6376 and a program of another language.
pub(crate) const MIXED: &str = "\
From ann@example.org Mon Apr  1 12:00:00 2024
Subject: Signed
DKIM-Signature: a=rsa-sha256; bh=eDCyaw7m810RhFf0TmGWGkTYiT/1GwL4/PCOGIr3ew4=

text

From ann@example.org Mon Apr  1 12:01:00 2024
Subject: Changed
DKIM-Signature: a=rsa-sha256; bh=eDCyaw7m810RhFf0TmGWGkTYiT/1GwL4/PCOGIr3ew4=

Text

From ann@example.org Mon Apr  1 12:02:00 2024
Subject: Unsigned

text

";

fn proof(ran: &Ran) -> serde_json::Value {
    ran.json()["proof"].clone()
}

/// The numbers of the proof are those of the messages that are in the output.
#[track_caller]
fn adds_up(ran: &Ran) {
    let json = ran.json();
    let sum = |of: &serde_json::Value, keys: &[&str]| keys.iter().map(|key| of[*key].as_u64().unwrap()).sum::<u64>();
    let there = sum(&json["messages"], &["written", "already_there"]);
    assert_eq!(sum(&json["proof"], &["matched", "mismatched", "unsigned"]), there, "{json}");
}

#[test]
fn matched_mismatched_and_unsigned_are_counted_and_reported() {
    let scratch = Scratch::with_mailbox(MIXED);
    let second = MIXED.match_indices("From ann").nth(1).unwrap().0;
    for (number, options) in [&[][..], &["--eol", "lf"], &["--eol", "keep"], &["--threads", "1"]].iter().enumerate() {
        let out = format!("out{number}");
        let args = ["in.mbox", &out, "--prove", "--json", "--manifest", "m.csv"];
        let ran = scratch.run(options.iter().chain(&args)).ends(0);
        assert_eq!(proof(&ran), json!({ "matched": 1, "mismatched": 1, "unsigned": 1 }), "{options:?}");
        adds_up(&ran);
        let rows = rows(&scratch, "m.csv");
        assert_eq!(column(&rows, "proof"), ["matched", "mismatched", "unsigned"]);
        let place = format!("body-mismatch (line 7, byte {second}): ");
        assert!(rows[1]["warnings"].starts_with(&place), "{rows:?}");
        assert_eq!(ran.json()["warnings"]["body-mismatch"], 1);
        ran.says(&[
            "1 matched + 1 mismatched + 1 unsigned\n",
            &format!("in.mbox:7, byte {second}: the body is not the one that was signed"),
        ]);
    }
    let verified = scratch.run(["verify", "--prove", "--json", "in.mbox", "out0"]).ends(0);
    assert_eq!(proof(&verified), json!({ "matched": 1, "mismatched": 1, "unsigned": 1 }));
    let inspected = scratch.run(["inspect", "--prove", "--json", "in.mbox"]).ends(0);
    assert_eq!(proof(&inspected), json!({ "matched": 1, "mismatched": 1, "unsigned": 1 }));
}

#[test]
fn the_proof_adds_up_whatever_became_of_the_messages() {
    let scratch = Scratch::with_mailbox([MIXED, MIXED].concat());
    for (number, options) in
        [&["--dedup", "content"][..], &["--subject", "signed"], &["--limit", "2"], &["--sample", "2"]]
            .iter()
            .enumerate()
    {
        for out in [format!("out{number}"), format!("{number}.zip")] {
            let args = ["in.mbox", &out, "--prove", "--json"];
            adds_up(&scratch.run(options.iter().chain(&args)).ends(0));
            adds_up(&scratch.run(options.iter().chain(&args)).ends(0));
        }
    }
    scratch.write("taken/Signed", "somebody's");
    let args = ["--name", "{subject}/{index}", "in.mbox", "taken", "--prove", "--json"];
    adds_up(&scratch.run(args).ends(1));
}

#[test]
fn without_being_asked_nothing_is_proven() {
    let scratch = Scratch::with_mailbox(MIXED);
    let ran = scratch.run(["in.mbox", "out", "--json", "--manifest", "m.csv"]).ends(0);
    assert!(ran.json().get("proof").is_none());
    assert_eq!(column(&rows(&scratch, "m.csv"), "proof"), ["", "", ""]);
}

#[test]
fn replaced_bytes_are_named_as_the_cause() {
    let mbox = MIXED.replace("Subject: Changed\n", "Subject: Changed\nContent-Type: text/plain; charset=iso-8859-1\n");
    let scratch = Scratch::with_mailbox(mbox.replace("\nText\n", "\nT\u{fffd}xt\n"));
    scratch.run(["in.mbox", "out", "--prove", "--manifest", "m.csv"]).ends(0);
    let warnings = rows(&scratch, "m.csv")[1]["warnings"].clone();
    assert!(warnings.ends_with("bytes were replaced by U+FFFD before the mailbox was written"), "{warnings}");
}

/// A Takeout with Google's own signatures.
fn takeout() -> Option<Vec<u8>> {
    Some(fs::read(folder()?.join("split/gyb-takeout-A-first12.mbox")).unwrap())
}

#[test]
fn a_real_takeout_matches_to_the_last_message() {
    let Some(mbox) = takeout() else { return };
    let scratch = Scratch::with_mailbox(&mbox);
    for (number, options) in [&[][..], &["--eol", "lf"], &["--eol", "keep"]].iter().enumerate() {
        let out = format!("out{number}");
        let args = ["in.mbox", &out, "--prove", "--json", "--manifest", "m.csv"];
        let ran = scratch.run(options.iter().chain(&args)).ends(0);
        assert_eq!(proof(&ran), json!({ "matched": 12, "mismatched": 0, "unsigned": 0 }), "{options:?}");
        assert_eq!(column(&rows(&scratch, "m.csv"), "proof"), ["matched"; 12]);
    }
}

#[test]
fn a_byte_flipped_in_a_real_body_is_reported_with_its_place() {
    let Some(mut mbox) = takeout() else { return };
    let scratch = Scratch::with_mailbox(&mbox);
    scratch.run(["in.mbox", "out", "--manifest", "m.csv"]).ends(0);
    let row = &rows(&scratch, "m.csv")[4];
    let (offset, length) = (number(row, "offset"), number(row, "length"));
    let at = usize::try_from(offset + length - 20).unwrap();
    let at = at - mbox[..at].iter().rev().position(u8::is_ascii_alphanumeric).unwrap() - 1;
    mbox[at] ^= 1;
    scratch.write("in.mbox", &mbox);
    let ran = scratch.run(["in.mbox", "other", "--prove", "--json", "--manifest", "m.csv"]).ends(0);
    assert_eq!(proof(&ran), json!({ "matched": 11, "mismatched": 1, "unsigned": 0 }));
    let line = mbox[..usize::try_from(offset).unwrap()].iter().filter(|byte| **byte == b'\n').count() + 1;
    let place = format!("body-mismatch (line {line}, byte {offset}): ");
    assert!(rows(&scratch, "m.csv")[4]["warnings"].starts_with(&place), "{place}");
}
