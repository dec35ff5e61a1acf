//! Importers that take the mail of one account, and inputs with that of several people.

use crate::archives::make::{self, Member};
use crate::archives::read::entries_of;
use crate::common::{Scratch, mailbox, with_slashes};

fn takeout(mailboxes: &[(&str, &[(&str, &str)])]) -> Vec<u8> {
    let member = |(name, messages): &(&str, &[(&str, &str)])| {
        Member::deflated(format!("Takeout/Mail/{name}.mbox"), mailbox(messages))
    };
    make::zip(&mailboxes.iter().map(member).collect::<Vec<_>>())
}

/// Exports of so many people, each with two mailboxes.
fn people(number: usize) -> Scratch {
    let scratch = Scratch::new();
    for person in 1..=number {
        let zip = takeout(&[("Inbox", &[("One", "1"), ("Two", "2")]), ("Sent", &[("One", "3")])]);
        scratch.write(format!("users/person{person}/takeout-20261122T091502Z-001.zip"), zip);
    }
    scratch
}

#[test]
fn the_next_step_is_to_convert_each_person_alone() {
    let scratch = people(3);
    let alone = "these ZIPs hold the mail of 3 people, but an import is for one account: convert each person alone, such \
                 as: mbox2eml users/person1 person1.zip --for";
    for importer in ["zoho", "eprotect"] {
        let (zip, page) = (format!("{importer}.zip"), format!("{importer}.html"));
        let ran = scratch.run(["--json", "users", &zip, "--for", importer, "--report", &page]).ends(0);
        let next = format!("{alone} {importer}");
        let ran =
            ran.says(&[&format!("  next      {next}\n")]).says_nowhere(&["choose each ZIP", "schedule an import"]);
        assert_eq!(ran.json()["next"], next);
        let page = with_slashes(str::from_utf8(&scratch.read(&page)).unwrap());
        assert!(page.contains(&next) && !page.contains("choose each ZIP"), "{page}");
    }
    let person = scratch.run(["users/person1", "person1.zip", "--for", "zoho"]).ends(0);
    person.says(&["  next      in Zoho Mail, "]).says_nowhere(&["people"]);
    let others = scratch.run(["users", "gmail.zip", "--for", "gmail"]).ends(0);
    others.says(&["  next      import the files with a program"]);
}

#[test]
fn folders_of_labels_are_not_people() {
    let scratch = Scratch::new();
    for name in ["Work/Clients", "Private/Home", "Inbox"] {
        scratch.write(format!("mail/{name}.mbox"), mailbox(&[("One", "1")]));
    }
    scratch.run(["mail", "mail.zip", "--for", "zoho"]).ends(0).says(&["  next      in Zoho Mail, "]);
}

#[test]
fn hornetsecurity_gets_one_person_without_folders() {
    let scratch = people(2);
    for output in [&["all.zip"][..], &["all"], &["--dry-run", "all.zip"]] {
        scratch.run(["--for", "hornetsecurity", "users"].iter().chain(output)).ends(2).prints_nothing().says_just(
            "mbox2eml: --for hornetsecurity: the inputs hold the mail of several people; convert each person into a ZIP of \
             their own\n",
        );
    }
    assert_eq!(scratch.count("."), 1);
    let options = ["--for", "hornetsecurity", "users/person1", "one.zip"];
    scratch.run(options).ends(0).says(&["3 found = 3 written", "  next      name the ZIPs user@domain.1.zip, "]);
    let names: Vec<String> = entries_of(&scratch, "one.zip").into_iter().map(|entry| entry.name).collect();
    assert_eq!(
        names,
        ["000001_20240401T120000Z_One.eml", "000002_20240401T120100Z_Two.eml", "000003_20240401T120000Z_One.eml"]
    );
    scratch.run(options).ends(0).counts(3, 0, 3);
    scratch.run(["verify"].iter().chain(&options)).ends(0).prints_nothing();
    // An option overrides that.
    scratch.run(["--layout", "flat", "--for", "hornetsecurity", "users", "folders.zip"]).ends(0);
    let names = entries_of(&scratch, "folders.zip").into_iter().map(|entry| entry.name);
    assert!(names.clone().all(|name| name.starts_with("person")), "{:?}", names.collect::<Vec<_>>());
}

#[test]
fn hornetsecurity_takes_several_exports_of_one_folder() {
    let scratch = Scratch::new();
    for name in ["takeout-20261122T091502Z-001.zip", "takeout-20261222T080000Z-001.zip"] {
        scratch.write(name, takeout(&[("Inbox", &[("One", "1")])]));
    }
    let inputs = ["takeout-20261122T091502Z-001.zip", "takeout-20261222T080000Z-001.zip"];
    let ran = scratch.run(["--for", "hornetsecurity", "--output", "one.zip"].iter().chain(&inputs)).ends(0);
    ran.says(&[
        "  next      these ZIPs hold the mail of 2 exports, but an import is for one account: if they are of several",
    ]);
    assert_eq!(entries_of(&scratch, "one.zip").len(), 2);
}
