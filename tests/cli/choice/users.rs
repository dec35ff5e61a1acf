//! A folder of three hundred people, each with a mailbox, some of them broken.

use std::collections::BTreeMap;

use super::totals::{check_sums, messages, number, size, to_u64};
use crate::archives::make::{self, Member};
use crate::common::{Ran, Scratch, mailbox};
use crate::permissions::{allow, program_bound_by_permissions};

const USERS: usize = 300;

/// What a person has.
enum Export {
    Mailbox,
    Archive,
    /// No byte at all.
    Empty,
    /// A compressed mailbox of which the end is missing.
    CutArchive,
    NotAnMbox,
    /// Nobody may read it.
    Locked,
}

fn export(user: usize) -> Export {
    match user {
        17 | 170 => Export::Archive,
        40 => Export::Empty,
        99 | 222 => Export::CutArchive,
        123 => Export::NotAnMbox,
        200 => Export::Locked,
        _ => Export::Mailbox,
    }
}

/// A few messages of a user.
fn mail(user: usize) -> String {
    let subjects: Vec<String> = (0..=user % 4).map(|number| format!("User {user} number {number}")).collect();
    mailbox(&subjects.iter().map(|subject| (subject.as_str(), "x")).collect::<Vec<_>>())
}

fn write_users(scratch: &Scratch) {
    for user in 1..=USERS {
        let folder = format!("users/user{user:03}@example.org");
        match export(user) {
            Export::Mailbox => scratch.write(format!("{folder}/mail.mbox"), mail(user)),
            Export::Archive => {
                let mbox = Member::deflated("Takeout/Mail/mail.mbox", mail(user));
                let settings = Member::deflated("Takeout/Mail/User Settings/Filters.json", "{}");
                scratch.write(format!("{folder}/takeout-001.zip"), make::zip(&[mbox, settings]));
            }
            Export::Empty => scratch.write(format!("{folder}/mail.mbox"), ""),
            Export::CutArchive => {
                let mut gz = make::gzip(mail(user).as_bytes());
                gz.truncate(gz.len() - 4);
                scratch.write(format!("{folder}/mail.mbox.gz"), gz);
            }
            Export::NotAnMbox => scratch.write(format!("{folder}/readme.txt"), "Nothing here.\n"),
            Export::Locked => {
                let name = format!("{folder}/mail.mbox");
                scratch.write(&name, mail(user));
                allow(scratch, &name, 0o000);
            }
        }
    }
}

#[test]
fn each_user_has_a_folder_and_the_broken_ones_stop_no_other() {
    let scratch = Scratch::new();
    write_users(&scratch);
    let Some(mut command) = program_bound_by_permissions(&scratch) else { return };
    let ran = Ran::of(command.args(["--json", "users", "out"])).ends(1);
    let json = ran.json();
    check_sums(&json);

    let mut files = BTreeMap::<String, usize>::new();
    for name in scratch.names("out").iter().filter(|name| !name.ends_with('/')) {
        *files.entry(name.split('/').next().unwrap().to_owned()).or_default() += 1;
    }
    for user in 1..=USERS {
        let name = format!("user{user:03}@example.org");
        let whole = matches!(export(user), Export::Mailbox | Export::Archive);
        let messages = if whole { user % 4 + 1 } else { 0 };
        // Of a mailbox that is cut as much as can be had is written.
        if !matches!(export(user), Export::CutArchive) {
            assert_eq!(files.get(&name).copied().unwrap_or(0), messages, "{name}");
        }
    }

    let input = |mailbox: &serde_json::Value| mailbox["input"].as_str().unwrap().to_owned();
    let inputs: Vec<String> = json["mailboxes"].as_array().unwrap().iter().map(input).collect();
    // All but those of 40, which is empty, of 123, which is no mailbox, and of 200, which cannot be opened.
    assert_eq!(inputs.len(), USERS - 3, "{inputs:?}");
    let unopened = json["failed"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|failed| !inputs.iter().any(|input| failed["input"] == *input));
    assert_eq!(unopened.count(), 2, "{}", json["failed"]);
    let failed = json["mailboxes"].as_array().unwrap().iter().filter(|mailbox| !mailbox["error"].is_null());
    let failed: Vec<String> = failed.map(|mailbox| input(mailbox)[.."users/user099".len()].to_owned()).collect();
    assert_eq!(failed, ["users/user099", "users/user222"]);
    // The note on user 123, and the settings in two archives.
    assert_eq!(json["other_files"], 3);
    ran.says(&["users/user200@example.org/mail.mbox: cannot open: Permission denied"]);

    let tree = scratch.tree("out");
    assert_eq!(number(&json["messages"]["written"]), to_u64(tree.len()));
    assert!(size(&tree) > 10_000);
}

#[test]
fn a_second_run_over_all_users_changes_nothing_and_says_so() {
    let scratch = Scratch::new();
    write_users(&scratch);
    let run = || {
        let mut command = program_bound_by_permissions(&scratch)?;
        Some(messages(&Ran::of(command.args(["-q", "--json", "--threads", "4", "users", "out"])).ends(1).json()))
    };
    let Some([found, written, 0, 0, 0, failed]) = run() else { return };
    let before = scratch.state("out");
    assert_eq!(run(), Some([found, 0, written, 0, 0, failed]));
    assert!(scratch.state("out") == before);
}

#[test]
fn the_look_at_all_users_agrees_with_what_is_written() {
    let scratch = Scratch::new();
    write_users(&scratch);
    let Some(mut command) = program_bound_by_permissions(&scratch) else { return };
    let json = Ran::of(command.args(["inspect", "--json", "users"])).ends(1).json();
    check_sums(&json);
    let Some(mut command) = program_bound_by_permissions(&scratch) else { return };
    let done = Ran::of(command.args(["-q", "--json", "users", "out"])).ends(1).json();
    for key in ["messages", "bytes", "warnings", "unopened", "other_files"] {
        assert_eq!(json[key], done[key], "{key}");
    }
    assert_eq!(json["sizes"]["total"], size(&scratch.tree("out")));
}
