//! Names in archives that were chosen to do harm: nothing is written outside of OUTPUT, and nothing is lost.

use super::make::{self, Member};
use super::read::tree_of;
use crate::common::{Scratch, one_message};

const NAME: &str = "000001_20240401T120000Z_One.eml";

fn one() -> Vec<u8> {
    one_message().0.into_bytes()
}

/// Converts archives of mailboxes of these names, a folder deep; the folders that came, none of them outside.
#[track_caller]
fn folders(names: &[&str]) -> Vec<String> {
    let members: Vec<Member> = names.iter().map(|name| Member::deflated(name, one())).collect();
    let scratch = Scratch::new();
    scratch.write("t.zip", make::zip(&members));
    scratch.run(["t.zip", "deep/er/out"]).ends(0).says(&[&format!("{0} found = {0} written", names.len())]);
    scratch.run(["t.zip", "deep/er/out.zip"]).ends(0);
    assert!(tree_of(&scratch, "deep/er/out.zip") == scratch.tree("deep/er/out"));
    assert_eq!((scratch.count("."), scratch.count("deep"), scratch.count("deep/er")), (2, 1, 2));
    let out = scratch.names("deep/er/out");
    out.into_iter().map(|name| name.strip_suffix(&format!("/{NAME}")).unwrap_or(&name).to_owned()).collect()
}

#[test]
fn names_that_lead_out_of_the_output_stay_in_it() {
    for name in [
        "../../x.mbox",
        "/etc/x.mbox",
        "..\\..\\x.mbox",
        "a/../../../x.mbox",
        "//server/share/x.mbox",
        "./x.mbox",
        "../x.mbox/mbox",
    ] {
        let folders = folders(&[name]);
        let is_safe = |folder: &String| folder.ends_with('x') && !folder.starts_with('/') && !folder.contains("..");
        assert!(folders.len() == 1 && folders.iter().all(is_safe), "{name}: {folders:?}");
    }
}

#[test]
fn names_of_another_system_are_made_portable() {
    for name in
        ["C:\\x.mbox", "C:/x.mbox", "a:b.mbox", "NUL.mbox", "x\u{202e}xobm.mbox", "a\nb.mbox", "a\0b.mbox", "x. .mbox"]
    {
        let folders = folders(&[name]);
        let forbidden = |c: char| ":\\<>\"|?*".contains(c) || c.is_control() || c == '\u{202e}';
        assert_eq!(folders.len(), 1, "{name:?}: {folders:?}");
        assert!(!folders[0].contains(forbidden) && folders[0] != "NUL", "{name:?}: {folders:?}");
    }
}

#[test]
fn a_name_without_letters_still_gets_its_message_out() {
    for name in ["..", ".", "/", "../", ".mbox", "///.mbox"] {
        let scratch = Scratch::new();
        scratch.write("t.zip", make::zip(&[Member::stored(name, one())]));
        scratch.run(["t.zip", "deep/out"]).ends(0).says(&["1 found = 1 written"]);
        let names = scratch.names("deep/out");
        assert!(names.len() == 1 && names[0].ends_with(NAME), "{name}: {names:?}");
        assert_eq!((scratch.count("."), scratch.count("deep")), (2, 1), "{name}");
    }
}

#[test]
fn members_of_the_same_name_all_come_out() {
    let folders = folders(&["a/x.mbox", "a/x.mbox", "a/X.mbox", "a/x"]);
    assert!(
        folders.len() == 4 && folders.iter().all(|folder| folder.to_lowercase().starts_with("a/x~")),
        "{folders:?}"
    );
    let files = [("a/x.mbox", one()), ("b.mbox", one()), ("a/x.mbox", one())];
    for (archive, bytes) in [("t.tar", make::tar(&files)), ("t.tgz", make::gzip(&make::tar(&files)))] {
        let scratch = Scratch::new();
        scratch.write(archive, bytes);
        scratch.run([archive, "out"]).ends(0);
        let names = scratch.names("out");
        let [first, second, third] = names.as_slice() else { panic!("{names:?}") };
        assert_eq!([first, third], [&format!("a/x/{NAME}"), &format!("b/{NAME}")]);
        assert!(second.starts_with("a/x~"), "{second}");
    }
}

#[test]
fn a_name_longer_than_any_path_is_cut() {
    let long = format!("{}/{}.mbox", "folder/".repeat(200), "long".repeat(500));
    let folders = folders(&[&long, &format!("{long}x")]);
    assert_eq!(folders.len(), 2);
    assert!(folders.iter().all(|folder| folder.len() < 200), "{folders:?}");
}

#[test]
fn names_are_shown_without_their_control_characters() {
    let scratch = Scratch::new();
    let bad = "a\x1b[2Jb\nc.mbox";
    let members = [Member::deflated(bad, one()), Member { crc: Some(1), ..Member::deflated(format!("2{bad}"), one()) }];
    scratch.write("t.zip", make::zip(&[members.as_slice(), &[Member::stored(format!("{bad}.txt"), "x")]].concat()));
    let ran = scratch.run(["-v", "t.zip", "out"]).ends(1);
    assert!(!ran.stderr.contains('\x1b') && ran.stderr.contains("a\\u{1b}[2Jb\\u{a}c.mbox"), "{ran:#?}");
}

/// A tar archive of a mailbox, and of an entry of that kind that leads to `/etc/passwd`.
fn tar_with(kind: tar::EntryType, name: &str) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut link = tar::Header::new_gnu();
    link.set_entry_type(kind);
    link.set_size(0);
    builder.append_link(&mut link, name, "/etc/passwd").unwrap();
    let mut header = tar::Header::new_gnu();
    header.set_size(u64::try_from(one().len()).unwrap());
    builder.append_data(&mut header, format!("{name}/inner.mbox"), &one()[..]).unwrap();
    builder.into_inner().unwrap()
}

#[test]
fn links_in_a_tar_archive_are_skipped() {
    for kind in [tar::EntryType::Symlink, tar::EntryType::Link] {
        let scratch = Scratch::new();
        let tar = tar_with(kind, "mail.mbox");
        for (archive, bytes) in [("t.tar", tar.clone()), ("t.tgz", make::gzip(&tar))] {
            scratch.write(archive, bytes);
            let out = format!("{archive} out");
            let ran = scratch.run(["-v", archive, &out]).ends(0);
            ran.says(&[&format!("skipped: {archive}!mail.mbox is not a mailbox\n"), "1 found = 1 written"]);
            assert_eq!(scratch.names(&out), [format!("mail/inner/{NAME}")], "{archive}");
        }
    }
}

#[test]
fn an_archive_in_an_archive_is_reported_apart() {
    let inner = make::zip(&[Member::deflated("in.mbox", one())]);
    let scratch = Scratch::new();
    scratch.write("t.zip", make::zip(&[Member::stored("a.zip", inner), Member::deflated("b.mbox", one())]));
    scratch.run(["-v", "t.zip", "out"]).ends(0).says(&[
        "not opened: t.zip!a.zip is an archive inside an archive\n",
        "1 archive inside archives not opened; unpack it first (listed above)\n",
    ]);
    assert_eq!(scratch.names("out"), [format!("b/{NAME}")]);
}

#[test]
fn members_that_share_their_bytes_are_refused() {
    // Two records of the directory lead to one member.
    let zip = make::zip(&[Member::deflated("a.mbox", one()), Member::deflated("b.mbox", one())]);
    let (first, second) = (make::find(&zip, b"PK\x01\x02", 0), make::find(&zip, b"PK\x01\x02", 1));
    let mut trap = zip.clone();
    let place = trap[first + 42..first + 46].to_vec();
    trap[second + 42..second + 46].copy_from_slice(&place);
    let scratch = Scratch::new();
    scratch.write("t.zip", trap);
    let error = "mbox2eml: t.zip!b.mbox: cannot open: it shares its bytes with another member, as in a ZIP bomb\n";
    scratch.run(["t.zip", "out"]).ends(1).says(&[error]);
    assert_eq!(scratch.names("out"), [format!("a/{NAME}")]);
}
