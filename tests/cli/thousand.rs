//! A thousand people, each with an export of another kind, some of them broken: no two share a folder, every failure is
//! named, and after a repair only that person's mail is written.

use std::collections::BTreeMap;
use std::fs;

use crate::archives::make::{self, Member};
use crate::common::{Scratch, mailbox};

/// A long address that differs from the next one in its middle.
fn address(person: usize) -> String {
    format!("maria.gonzalez-fernandez.{person:04}.of.the.department.of.long.names@mail.subsidiary.company.example.org")
}

/// The messages of a person in one mailbox: one of Gmail's, with the mailbox's name as its label.
fn mail(person: usize, mailbox_name: &str) -> Vec<u8> {
    let number = person * 10_000 + mailbox_name.bytes().map(usize::from).sum::<usize>();
    let labels = format!("X-GM-THRID: {number}\nX-Gmail-Labels: {mailbox_name}\nSubject: ");
    let id = (1_711_972_800_000_u64 << 20) + u64::try_from(number).unwrap();
    let one = mailbox(&[(&format!("{mailbox_name} of {person}"), "Hello")]);
    let one = one.replace("Subject: ", &labels);
    one.replace("ann@example.org Mon Apr  1 12:00:00", &format!("{id}@xxx Mon Apr 01 12:00:00 +0000")).into_bytes()
}

/// What a person's export is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Export {
    Zip,
    Tgz,
    TwoParts,
    MailboxPerLabel,
    Plain,
    Damaged,
}

fn export(person: usize) -> Export {
    match person % 50 {
        7 => Export::Damaged,
        at => [Export::Zip, Export::Tgz, Export::TwoParts, Export::MailboxPerLabel, Export::Plain][at % 5],
    }
}

/// The files of an export, below the person's folder.
fn files(person: usize, export: Export) -> Vec<(String, Vec<u8>)> {
    let takeout = "takeout-20261122T091502Z";
    let member = |name: &str| (format!("Takeout/Mail/{name}.mbox"), mail(person, name));
    let zip = |names: &[&str]| {
        let members: Vec<Member> = names.iter().map(|name| member(name)).map(|(n, b)| Member::deflated(n, b)).collect();
        make::zip(&members)
    };
    match export {
        Export::Zip => vec![(format!("{takeout}-001.zip"), zip(&["All mail"]))],
        Export::Tgz => vec![(format!("{takeout}-001.tgz"), make::gzip(&make::tar(&[member("All mail")])))],
        Export::TwoParts => vec![
            (format!("{takeout}-001.zip"), zip(&["All mail-001"])),
            (format!("{takeout}-002.zip"), zip(&["All mail-002"])),
        ],
        Export::MailboxPerLabel => ["Inbox", "Sent", "Work"].map(member).to_vec(),
        Export::Plain => vec![("mail.mbox".to_owned(), mail(person, "mail"))],
        Export::Damaged => vec![damaged(person, zip(&["All mail"]))],
    }
}

/// A broken download of one kind or another.
fn damaged(person: usize, zip: Vec<u8>) -> (String, Vec<u8>) {
    let name = "takeout-20261122T091502Z-001.zip".to_owned();
    match person / 50 % 6 {
        0 => (name, Vec::new()),
        5 => (
            name.replace(".zip", ".tgz"),
            make::gzip(&make::tar(&[("Takeout/Mail/All mail.mbox", mail(person, "All mail"))]))[..40].to_vec(),
        ),
        1 => (name, zip[..20].to_vec()),
        2 => (name, make::zip(&[Member::stored("takeout.zip", zip)])),
        3 => (name, make::zip(&[])),
        _ => (name, b"<html>Sign in</html>".to_vec()),
    }
}

fn write(scratch: &Scratch, person: usize, export: Export) {
    let folder = scratch.path(format!("users/{}", address(person)));
    let _ = fs::remove_dir_all(&folder);
    for (name, bytes) in files(person, export) {
        scratch.write(folder.join(name), bytes);
    }
}

/// How many messages a person has in the output, by the first folder.
fn messages(scratch: &Scratch) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for name in scratch.names("out") {
        *counts.entry(name.split('/').next().unwrap().to_owned()).or_default() += 1;
    }
    counts
}

#[test]
#[ignore = "slow"]
fn a_thousand_people() {
    check(1000, "flat");
}

/// Enough for every kind of damage.
#[test]
fn three_hundred_people_by_label() {
    check(300, "label");
}

fn check(people: usize, layout: &str) {
    let scratch = Scratch::new();
    (0..people).for_each(|person| write(&scratch, person, export(person)));
    let expected = |person| match export(person) {
        Export::Damaged => 0,
        Export::TwoParts => 2,
        Export::MailboxPerLabel => 3,
        Export::Zip | Export::Tgz | Export::Plain => 1,
    };
    let options = ["--json", "--layout", layout];
    let ran = scratch.run(options.iter().chain(&["--threads", "4", "users", "out"])).ends(1);
    let json = ran.json();

    // Each has a folder of their own, with the whole address, and in it their own mail.
    let counts = messages(&scratch);
    for person in 0..people {
        assert_eq!(counts.get(&address(person)).copied().unwrap_or(0), expected(person), "{person}");
    }
    let folders: BTreeMap<String, usize> = (0..people).map(|person| (address(person), person)).collect();
    for (name, bytes) in scratch.tree("out") {
        let person = folders.get(name.split('/').next().unwrap()).unwrap_or_else(|| panic!("{name}"));
        let text = String::from_utf8(bytes).unwrap();
        let subject = text.lines().find(|line| line.starts_with("Subject: ")).unwrap();
        assert!(subject.ends_with(&format!(" of {person}")), "{name}: {subject}");
    }

    // Each failure is named at the end, with what to do.
    let broken: Vec<usize> = (0..people).filter(|person| export(*person) == Export::Damaged).collect();
    assert_eq!(broken.len(), people / 50);
    let list = ran.stderr.split_once(&format!("\nFailed: {}\n", broken.len())).unwrap().1;
    let failed = json["failed"].as_array().unwrap();
    assert_eq!(failed.len(), broken.len());
    for person in &broken {
        let (file, _) = &files(*person, Export::Damaged)[0];
        let input = format!("users/{}/{file}", address(*person));
        let is_of_person = |name: &str| name == input || name.starts_with(&format!("{input}!"));
        assert!(list.contains(&format!("  {input}")), "{person}: {list}");
        let of_person = failed.iter().find(|failed| is_of_person(failed["input"].as_str().unwrap())).unwrap();
        assert!(of_person["place"].as_str().unwrap().starts_with(&address(*person)), "{of_person}");
        assert!(of_person["advice"].is_string(), "{of_person}");
    }
    assert_eq!(json["complete"], false);
    let written: usize = (0..people).map(expected).sum();
    assert_eq!(json["messages"]["written"], written);

    // One is repaired: only that one's mail is written.
    for (number, repaired) in [broken[0], *broken.last().unwrap()].into_iter().enumerate() {
        let before = scratch.tree("out");
        write(&scratch, repaired, Export::Zip);
        let json = scratch.run(options.iter().chain(&["-q", "users", "out"])).ends(1).json();
        let counts = (&json["messages"]["written"], &json["messages"]["already_there"]);
        assert_eq!(counts, (&1.into(), &(written + number).into()));
        let mut after = scratch.tree("out");
        let person = format!("{}/", address(repaired));
        assert_eq!(after.keys().filter(|name| name.starts_with(&person)).count(), 1);
        after.retain(|name, _| !name.starts_with(&person));
        assert!(after == before);
    }

    // One person alone gets the same files.
    for person in [broken[0], 1, 2, 3, 4, 5] {
        let (input, out) = (format!("users/{}", address(person)), format!("alone/{person}"));
        scratch.run(["--layout", layout, &input, &out]).ends(0);
        assert!(scratch.tree(&out) == scratch.tree(&format!("out/{}", address(person))), "{person}");
    }
}
