//! Mail servers, sync programs and mail programs find the messages that were written, with their flags.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use super::MAILDIR;
use crate::common::{Ran, Scratch, clean};
use crate::program::is_installed;
use crate::support::skip::skip;

/// Messages, and how many of them are unread.
type Counts = BTreeMap<String, (u64, u64)>;

/// A Maildir in `out` with messages of every kind, and what is in its folders as mail servers call them.
fn written() -> (Scratch, Counts) {
    let folders = [
        ("Posteingang", "INBOX"),
        ("Gesendet", "Sent"),
        ("Entwürfe", "Drafts"),
        ("Papierkorb", "Trash"),
        ("Spam", "Junk"),
        ("Archiviert", "Archive"),
        ("Arbeit", "Arbeit"),
        ("Arbeit/Kunden", "Arbeit/Kunden"),
        ("Arbeit/Kunden/Übersee", "Arbeit/Kunden/Übersee"),
        ("Posteingang/x", "Posteingang/x"),
        ("Inbox/y", "INBOX/y"),
        ("100% & mehr", "100% & mehr"),
        ("cur", "cur"),
    ];
    let (mut mailbox, mut counts) = (String::new(), Counts::new());
    for number in 0..130 {
        let (label, name) = folders[number % folders.len()];
        let is_unread = number % 3 == 0;
        let state = if is_unread { "Ungelesen" } else { "Geöffnet,Markiert" };
        let (minute, second) = (number / 60, number % 60);
        mailbox += &format!(
            "From 1@xxx Mon Apr 01 12:{minute:02}:{second:02} +0000 2024\nX-GM-THRID: {number}\n\
             X-Gmail-Labels: {label},{state}\nMessage-ID: <{number}@example.org>\nFrom: ann@example.org\n\
             Date: Mon, 1 Apr 2024 12:{minute:02}:{second:02} +0000\nSubject: Number {number}\n\n{number}\n\n"
        );
        let (messages, unread) = counts.entry(name.to_owned()).or_default();
        *messages += 1;
        *unread += u64::from(is_unread);
    }
    let scratch = Scratch::with_mailbox(mailbox);
    scratch.run(MAILDIR.iter().chain(&["in.mbox", "out"])).ends(0).counts(130, 130, 0);
    (scratch, counts)
}

#[test]
fn python_reads_folders_flags_and_bytes() {
    if !is_installed("python3", "--version") {
        return;
    }
    let (scratch, mut expected) = written();
    let code = "
import mailbox, sys
def count(box, name):
    keys = box.keys()
    unread = sum('S' not in box.get_message(key).get_flags() for key in keys)
    starred = sum('F' in box.get_message(key).get_flags() for key in keys)
    assert unread + starred == len(keys)
    assert all(b'\\r' not in box.get_bytes(key) and box.get_bytes(key).endswith(b'\\n') for key in keys)
    print(len(keys), unread, name, sep='\\t')
box = mailbox.Maildir('out', create=False)
count(box, 'INBOX')
for name in box.list_folders():
    count(box.get_folder(name), name)
";
    let ran = Ran::of(clean(Command::new("python3"), &scratch.path(".")).args(["-c", code])).ends(0);
    // It does not decode names.
    for (name, encoded) in [("Arbeit/Kunden/Übersee", "Arbeit/Kunden/&ANw-bersee"), ("100% & mehr", "100% &- mehr")] {
        let counts = expected.remove(name).unwrap();
        expected.insert(encoded.to_owned(), counts);
    }
    let counted = ran.stdout.lines().map(|line| {
        let mut parts = line.splitn(3, '\t');
        let mut number = || parts.next().unwrap().parse().unwrap();
        let counts = (number(), number());
        (parts.next().unwrap().replace('.', "/"), counts)
    });
    assert_eq!(counted.collect::<Counts>(), expected);
    scratch.run(MAILDIR.iter().chain(&["in.mbox", "out"])).ends(0).counts(130, 0, 130);
}

/// Dovecot without a server that runs, for the folders in a scratch folder. As root it refuses to read mail: then the
/// folders and the programs are given to a user without rights.
struct Dovecot<'a> {
    scratch: &'a Scratch,
    prefix: Vec<&'static str>,
}

impl<'a> Dovecot<'a> {
    /// `None` where that user cannot get to the scratch folder.
    fn new(scratch: &'a Scratch) -> Option<Self> {
        let id = |option| {
            let output = Command::new("id").arg(option).output().unwrap();
            String::from_utf8(output.stdout).unwrap().trim().to_owned()
        };
        let is_root = id("-u") == "0";
        let (user, group) = if is_root { ("65534".to_owned(), "65534".to_owned()) } else { (id("-u"), id("-g")) };
        let folder = scratch.path(".").canonicalize().unwrap();
        let folder = folder.display();
        let config = format!(
            "base_dir = {folder}/run\nstate_dir = {folder}/state\nlog_path = {folder}/log\nssl = no\nprotocols = imap\n\
             stats_writer_socket_path =\nmail_uid = {user}\nmail_gid = {group}\nfirst_valid_uid = 1\n\
             mail_location = maildir:{folder}/server\nnamespace inbox {{\n inbox = yes\n separator = /\n}}\n"
        );
        scratch.write("dovecot.conf", config);
        let written = format!("{folder}/dovecot.conf");
        let prefix = match is_root {
            true => vec!["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"],
            false => vec!["env"],
        };
        let dovecot = Self { scratch, prefix };
        dovecot.hand_over();
        if dovecot.run(&["test", "-r", &written]).code != Some(0) {
            skip("the server's user cannot get to the folder for temporary files");
            return None;
        }
        Some(dovecot)
    }

    /// Makes the files those of the user that the programs run as.
    fn hand_over(&self) {
        if self.prefix.len() > 1 {
            let folder = self.scratch.path(".");
            assert!(Command::new("chown").args(["-R", "65534:65534"]).arg(folder).status().unwrap().success());
        }
    }

    fn run(&self, words: &[&str]) -> Ran {
        let mut command = clean(Command::new(self.prefix[0]), &self.scratch.path("."));
        command.args(&self.prefix[1..]).args(words).env("USER", "ann").env("HOME", self.scratch.path("."));
        Ran::of(&mut command)
    }

    /// The folders of a Maildir, as the server counts them.
    fn counts(&self, maildir: &str) -> Counts {
        let path = self.scratch.path(maildir);
        let location = format!("mail_location=maildir:{}", path.display());
        let words = ["doveadm", "-c", "dovecot.conf", "-o", &location, "mailbox", "status", "messages unseen", "*"];
        let ran = self.run(&words).ends(0);
        let count = |line: &str| {
            let (name, counts) = line.rsplit_once(" messages=").unwrap();
            let (messages, unseen) = counts.split_once(" unseen=").unwrap();
            (name.to_owned(), (messages.parse().unwrap(), unseen.parse().unwrap()))
        };
        ran.stdout.lines().map(count).collect()
    }
}

#[test]
fn dovecot_serves_it_as_it_is_and_imports_it() {
    if !is_installed("doveconf", "-n") {
        return;
    }
    let (scratch, expected) = written();
    let Some(dovecot) = Dovecot::new(&scratch) else { return };
    assert_eq!(dovecot.counts("out"), expected);
    let to = format!("mail_location=maildir:{}", scratch.path("imported").display());
    let from = format!("maildir:{}", scratch.path("out").display());
    dovecot.run(&["doveadm", "-c", "dovecot.conf", "-o", &to, "import", &from, "", "all"]).ends(0);
    assert_eq!(dovecot.counts("imported"), expected);
    // The server has noted its own by now.
    scratch.run(MAILDIR.iter().chain(&["in.mbox", "out"])).ends(0).counts(130, 0, 130);
    scratch.run(["verify"].iter().chain(&MAILDIR).chain(&["in.mbox", "out"])).ends(0).prints_nothing();
    // New mail for folders that are in use is seen by the server, too.
    let more =
        "From 1@xxx Mon Apr 01 13:00:00 +0000 2024\nX-GM-THRID: 1\nX-Gmail-Labels: Posteingang,Ungelesen\n\nnew\n";
    scratch.write("more.mbox", more);
    scratch.run(MAILDIR.iter().chain(&["more.mbox", "out"])).ends(0).counts(1, 1, 0);
    dovecot.hand_over();
    let (messages, unseen) = expected["INBOX"];
    assert_eq!(dovecot.counts("out")["INBOX"], (messages + 1, unseen + 1));
}

#[test]
fn mbsync_pushes_it_to_a_server() {
    if !is_installed("doveconf", "-n") || !is_installed("mbsync", "--version") {
        return;
    }
    let (scratch, mut expected) = written();
    let folder = scratch.path(".").canonicalize().unwrap();
    let folder = folder.display();
    scratch.write(
        "mbsyncrc",
        format!(
            "IMAPStore server\nTunnel \"doveadm -c {folder}/dovecot.conf exec imap\"\nTimeout 0\n\n\
             MaildirStore files\nInbox {folder}/out\nSubFolders Maildir++\n\n\
             Channel push\nFar :server:\nNear :files:\nPatterns *\nCreate Far\nSync Push\nSyncState *\n"
        ),
    );
    let Some(dovecot) = Dovecot::new(&scratch) else { return };
    // It knows the inbox, but no folders in it, and says so.
    expected.remove("INBOX/y");
    for _ in 0..2 {
        dovecot.run(&["mbsync", "-c", "mbsyncrc", "-a"]).ends(0).says(&["Maildir warning: ignoring INBOX in "]);
        assert_eq!(dovecot.counts("server"), expected);
    }
    // It has put numbers into all names; a later export still adds only what is new.
    let mut later = String::from_utf8(scratch.read("in.mbox")).unwrap();
    later += "From 1@xxx Mon Apr 01 13:00:00 +0000 2024\nX-GM-THRID: 1\nX-Gmail-Labels: Gesendet\n\nnew\n";
    scratch.write("in.mbox", later);
    scratch.run(MAILDIR.iter().chain(&["in.mbox", "out"])).ends(0).counts(131, 1, 130);
    dovecot.hand_over();
    dovecot.run(&["mbsync", "-c", "mbsyncrc", "-a"]).ends(0);
    expected.get_mut("Sent").unwrap().0 += 1;
    assert_eq!(dovecot.counts("server"), expected);
    scratch.run(["verify"].iter().chain(&MAILDIR).chain(&["in.mbox", "out"])).ends(0).prints_nothing();
}

#[test]
fn notmuch_tags_it() {
    if !is_installed("notmuch", "--version") {
        return;
    }
    let (scratch, expected) = written();
    let path = scratch.path("out").canonicalize().unwrap();
    scratch.write(
        "notmuch.conf",
        format!(
            "[database]\npath={}\n[user]\nname=ann\nprimary_email=ann@example.org\n[new]\ntags=\n\
             [maildir]\nsynchronize_flags=true\n",
            path.display()
        ),
    );
    let run = |words: &[&str]| {
        Ran::of(clean(Command::new("notmuch"), &scratch.path(".")).arg("--config=notmuch.conf").args(words)).ends(0)
    };
    run(&["new", "--quiet"]);
    let unread: u64 = expected.values().map(|(_, unread)| unread).sum();
    for (query, count) in [("*", 130), ("tag:unread", unread), ("tag:flagged", 130 - unread)] {
        assert_eq!(run(&["count", query]).stdout.trim(), count.to_string(), "{query}");
    }
    // Its index is no message.
    scratch.run(["verify"].iter().chain(&MAILDIR).chain(&["in.mbox", "out"])).ends(0).prints_nothing();
    assert!(fs::metadata(scratch.path("out/.notmuch")).is_ok());
}
