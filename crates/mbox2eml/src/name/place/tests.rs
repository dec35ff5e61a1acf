//! Tables of places, and what must hold for all of them.

use std::collections::HashSet;
use std::path::PathBuf;

use proptest::prelude::*;

use super::*;
use crate::name::{Layout, Template};

/// What a search of the input finds: paths below it, those of members of archives with `!` after the archive's.
fn places_in(input: &str, found: &[&str], namer: &Namer) -> Vec<Place> {
    let input = MailboxPath::of_inputs(&[Some(PathBuf::from(input))]).remove(0);
    places_of(&found.iter().map(|path| path_in(&input, path)).collect::<Vec<_>>(), namer)
}

fn path_in(input: &MailboxPath, path: &str) -> MailboxPath {
    match path.split_once('!') {
        Some((archive, member)) => input.join(archive).member(member),
        None => input.join(path),
    }
}

fn places_of(paths: &[MailboxPath], namer: &Namer) -> Vec<Place> {
    let mut places = Places::new(namer, paths, &[]);
    paths.iter().map(|path| places.place(path)).collect()
}

fn strings(places: &[Place]) -> Vec<&str> {
    places.iter().map(Place::as_str).collect()
}

fn found(paths: &[&str]) -> Vec<String> {
    places_in("/in", paths, &Namer::default()).iter().map(|place| place.as_str().to_owned()).collect()
}

#[track_caller]
fn check(path: &str, place: &str) {
    assert_eq!(found(&[path]), [place], "{path}");
}

#[test]
fn what_says_nothing_is_left_out() {
    check("Sent", "Sent");
    check("Sent.mbox", "Sent");
    check("ann/Sent.mbox.gz", "ann/Sent");
    check("ann.zip!Sent.mbox", "ann/Sent");
    check("ann.tar.bz2!mail/Sent.mbx", "ann/mail/Sent");
    check("Inbox.sbd/Work.sbd/2024", "Inbox/Work/2024");
    check("Sent.mbox/mbox", "Sent");
    check("Takeout/Sent.mbox/mbox", "Sent");
    check("Sent.mbox/mbox.gz", "Sent");
    check("V10/IMAP-ann/Work.mbox/Clients.mbox/mbox", "V10/IMAP-ann/Work/Clients");
    check("mbox", "mbox");
    check("a/mbox", "a/mbox");
    check(
        "maria.gonzalez-fernandez@support.example-company.com/x.mbox",
        "maria.gonzalez-fernandez@support.example-company.com/x",
    );
    check("bob@example.zip/x.mbox", "bob@example.zip/x");
}

#[test]
fn thunderbird_encodes_the_names_of_imap_folders() {
    check("ImapMail/mail.example.org/Entw&APw-rfe", "ImapMail/mail.example.org/Entwürfe");
    check("Gel&APY-schte.sbd/B&APw-ro.mbox", "Gelöschte/Büro");
    check("R&D/Tom & Jerry - 2004", "R&D/Tom & Jerry - 2004");
    let both = found(&["Entw&APw-rfe", "Entwürfe"]);
    assert!(both[0] != both[1] && both.iter().any(|place| place.starts_with("Entwürfe")), "{both:?}");
}

#[test]
fn the_levels_of_a_takeout_are_left_out_in_every_language() {
    for mail in ["Mail", "E-Mail", "Gmail", "メール", "Почта", "البريد"] {
        check(&format!("Takeout/{mail}/Sent.mbox"), "Sent");
        check(&format!("ann/Takeout/{mail}/Work/Clients.mbox"), "ann/Work/Clients");
        check(&format!("ann/takeout-20261122T091502Z-001/Takeout/{mail}/Sent.mbox"), "ann/Sent");
        check(&format!("ann/takeout-20261122T091502Z-1-001.tgz!Takeout/{mail}/Sent.mbox"), "ann/Sent");
        check(&format!("takeout-20261122T091502Z-001 (1).zip!Takeout/{mail}/Sent.mbox"), "Sent");
        check(&format!("ann.zip!Takeout/{mail}/Sent.mbox"), "ann/Sent");
    }
    check("Takeout/Groups/ann@googlegroups.com/topics.mbox", "ann@googlegroups.com/topics");
    check("Takeout/Sent.mbox", "Sent");
    check("Takeout.mbox", "Takeout");
    check("takeout/Mail/Sent.mbox", "takeout/Mail/Sent");
    check("Takeout/ann/Takeout/Mail/Sent.mbox", "ann/Sent");
    check("Takeout/takeout-20261122T091502Z-001.zip!Takeout/Mail/Sent.mbox", "Sent");
    for input in ["/in/Takeout", "/in/Takeout/Mail", "/in/takeout-20261122T091502Z-001", "/in/x/Takeout/Mail"] {
        let below = if input.ends_with("Takeout") { "Mail/Sent.mbox" } else { "Sent.mbox" };
        let place = &places_in(input, &[below], &Namer::default())[0];
        assert_eq!((place.as_str(), place.export()), ("Sent", Some("")), "{input}");
    }
}

#[test]
fn one_mailbox_has_no_place() {
    for (path, mailbox) in [("/p/ann/mail.mbox", "mail"), ("/p/mail.mbox.gz", "mail")] {
        let path = MailboxPath::of_inputs(&[Some(PathBuf::from(path))]).remove(0);
        let place = places_of(&[path], &Namer::default()).remove(0);
        assert_eq!((place.as_str(), place.mailbox(), place.export()), ("", mailbox, None));
    }
    let stream = MailboxPath::of_inputs(&[None]).remove(0);
    assert_eq!(places_of(&[stream], &Namer::default())[0].as_str(), "");
    assert_eq!(places_in("/p/X.mbox", &["mbox"], &Namer::default())[0], Place::root("X"));
    // One in an archive or a folder keeps its own.
    check("mail.mbox", "mail");
    let archive = MailboxPath::of_inputs(&[Some(PathBuf::from("/p/ann.zip"))]).remove(0);
    assert_eq!(places_of(&[archive.member("Takeout/Mail/Sent.mbox")], &Namer::default())[0].as_str(), "Sent");
}

#[test]
fn the_standard_input_among_others() {
    let inputs = MailboxPath::of_inputs(&[None, Some(PathBuf::from("/p/stdin.mbox"))]);
    let places = places_of(&inputs, &Namer::default());
    assert!(places[0].as_str().starts_with("stdin~") && places[1].as_str().starts_with("stdin~"));
    assert_ne!(places[0], places[1]);
}

#[test]
fn parts_of_an_export_share_its_place() {
    let places = |paths: &[&str]| {
        let places = places_in("/users", paths, &Namer::default());
        places
            .into_iter()
            .map(|place| (place.as_str().to_owned(), place.export().map(str::to_owned)))
            .collect::<Vec<_>>()
    };
    let place = |path: &str, export: &str| (path.to_owned(), Some(export.to_owned()));
    let [first, second] = ["takeout-20261122T091502Z-001", "takeout-20261122T091502Z-002"];
    let later = "takeout-20261122T093000Z-002";
    for (one, two) in [
        (format!("ann/{first}.zip!Takeout/Mail"), format!("ann/{second}.zip!Takeout/Mail")),
        (format!("ann/{first}.zip!Takeout/Mail"), format!("ann/{later}.zip!Takeout/Mail")),
        (format!("ann/{first}/Takeout/Mail"), format!("ann/{second}/Takeout/Mail")),
        (format!("ann/{first}/Takeout/Mail"), format!("ann/{second}.tgz!Takeout/Mail")),
        (String::from("ann/Takeout/Mail"), String::from("ann/Takeout/Mail")),
        (String::from("ann.zip!Takeout/Mail"), String::from("ann.zip!Takeout/Mail")),
    ] {
        let paths = [format!("{one}/Sent.mbox"), format!("{two}/Work.mbox")];
        assert_eq!(places(&[&paths[0], &paths[1]]), [place("ann/Sent", "ann"), place("ann/Work", "ann")]);
    }
    // The same folder of labels in two parts is one.
    let parts = [format!("{first}.zip!Takeout/Mail/Work/a.mbox"), format!("{second}.zip!Takeout/Mail/Work/b.mbox")];
    assert_eq!(places(&[&parts[0], &parts[1]]), [place("Work/a", ""), place("Work/b", "")]);
    // Two exports in one folder keep their names, in whichever order they come.
    let exports = [
        format!("ann/{first}.zip!Takeout/Mail/Sent.mbox"),
        String::from("ann/takeout-20260401T000000Z-001.zip!Takeout/Mail/Sent.mbox"),
    ];
    let expected = ["ann/takeout-20261122T091502Z", "ann/takeout-20260401T000000Z"]
        .map(|export| place(&format!("{export}/Sent"), export));
    assert_eq!(places(&[&exports[0], &exports[1]]), expected);
    assert_eq!(places(&[&exports[1], &exports[0]]), [expected[1].clone(), expected[0].clone()]);
    let unpacked = places(&[&exports[0], "ann/Takeout/Mail/Sent.mbox"]);
    assert_eq!(unpacked, [expected[0].clone(), place("ann/Takeout/Sent", "ann/Takeout")]);
}

#[test]
fn a_second_copy_of_an_archive_is_part_of_its_export() {
    let archives = ["001", "002 copy", "003 (1)", "004 - Copy (2)"]
        .map(|part| format!("takeout-20240101T000000Z-{part}.zip!Takeout/Mail/{}.mbox", &part[..3]));
    assert_eq!(found(&archives.each_ref().map(String::as_str)), ["001", "002", "003", "004"]);
}

#[test]
fn names_of_members_that_are_too_deep_stay_apart_and_small() {
    let archive = MailboxPath::of_inputs(&[Some(PathBuf::from("/in/a.zip"))]).remove(0);
    let deep = |end: &str| archive.member(&format!("{}{end}.mbox", "a/".repeat(30_000)));
    let paths = [deep("a"), deep("b"), deep("a/a"), archive.member("Sent.mbox")];
    assert!(paths.iter().all(|path| path.parts.len() <= 140), "{}", paths[0].parts.len());
    let places: HashSet<String> = places_of(&paths, &Namer::default()).iter().map(|p| caseless(p.as_str())).collect();
    assert_eq!(places.len(), paths.len());
    assert!(places.iter().all(|place| place.len() <= 179 && place.split('/').all(|name| name != "..")), "{places:?}");
}

#[test]
fn an_export_whose_members_are_not_known_is_known_by_its_name() {
    let input = MailboxPath::of_inputs(&[Some(PathBuf::from("/in"))]).remove(0);
    let archives =
        ["takeout-20261122T091502Z-001.tgz", "takeout-20260401T000000Z-001.tgz"].map(|name| input.join(name));
    let mut places = Places::new(&Namer::default(), &[], &archives);
    let [one, other] = archives.map(|archive| archive.member("Takeout/Mail/Sent.mbox"));
    assert_eq!(places.place(&other).as_str(), "takeout-20260401T000000Z/Sent");
    assert_eq!(places.place(&one).as_str(), "takeout-20261122T091502Z/Sent");
}

#[test]
fn what_must_change_is_marked() {
    for (path, start) in [
        ("a:b.mbox", "a-b~"),
        (".hidden", "hidden~"),
        ("NUL/x", "NUL~"),
        ("con.txt", "_con.txt~"),
        ("x.eml", "x.eml~"),
        ("Sent~2.mbox", "Sent-2~"),
        ("?", "mailbox~"),
        ("a  b", "a b~"),
        ("\u{202E}", "mailbox~"),
    ] {
        if cfg!(windows) && path.contains(':') {
            // It is a path on a drive there; no file has such a name.
            continue;
        }
        let place = found(&[path]).remove(0);
        assert!(place.starts_with(start) && !place.ends_with('~'), "{path} {place}");
    }
    assert_eq!(found(&["Entwu\u{308}rfe"]), ["Entwürfe"]);
    let hostile = MailboxPath::of_inputs(&[Some(PathBuf::from("/in/a.zip"))]).remove(0).member("../../etc//./passwd");
    assert_eq!(places_of(&[hostile], &Namer::default())[0].as_str(), "etc/passwd");
    let ascii = Namer::new(Template::default(), Charset::Ascii);
    let places = places_in("/in", &["müller/a", "muller/a", "北京"], &ascii);
    assert!(places[0].as_str().starts_with("muller~") && places[0].as_str().ends_with("/a"), "{places:?}");
    assert_eq!(places[1].as_str(), "muller/a");
    assert!(places[2].as_str().starts_with("Bei Jing~"));
}

#[test]
fn those_that_would_share_a_place_are_all_marked() {
    let alone = found(&["Sent"]).remove(0);
    assert_eq!(alone, "Sent");
    for paths in [
        ["Sent", "Sent.mbox"],
        ["Sent.mbox", "sent.mbox"],
        ["Sent.mbox.gz", "Sent.mbx"],
        ["\u{c4}", "A\u{308}"],
        ["ann.zip!x.mbox", "ann/x.mbox"],
        ["Ann/x.mbox", "ann/y.mbox"],
        ["Inbox.sbd/x", "Inbox/y"],
        [
            "takeout-20261122T091502Z-001.zip!Takeout/Mail/Sent.mbox",
            "takeout-20261122T091502Z-001 (1).zip!Takeout/Mail/Sent.mbox",
        ],
        ["Takeout/Mail/Sent.mbox", "Takeout/Groups/Sent.mbox"],
        ["Takeout/Mail/Sent.mbox", "Sent.mbox"],
    ] {
        let there = found(&paths);
        let back = found(&[paths[1], paths[0]]);
        assert_eq!([&there[0], &there[1]], [&back[1], &back[0]], "{paths:?}");
        assert!(there.iter().all(|place| place.contains('~')), "{there:?}");
        assert_ne!(caseless(&there[0]), caseless(&there[1]));
    }
    // A mailbox and the folder of those within it are not in each other's way.
    assert_eq!(
        found(&["Inbox", "Inbox.sbd/Work", "Inbox.sbd/Work.sbd/2024"]),
        ["Inbox", "Inbox/Work", "Inbox/Work/2024"]
    );
    // But the folder of an export also holds those of labels.
    let shared = found(&["ann.mbox", "ann/Takeout/Mail/Sent.mbox"]);
    assert!(shared[0].starts_with("ann~") && shared[1] == "ann/Sent", "{shared:?}");
    // The same member twice in one archive.
    let twice = found(&["a.zip!Sent.mbox", "a.zip!Sent.mbox"]);
    assert!(twice[0] == "a/Sent" && twice[1].starts_with("a/Sent~"), "{twice:?}");
}

#[test]
fn long_paths_are_cut_from_the_innermost_outwards() {
    let long = |c: char, length: usize| c.to_string().repeat(length);
    let (person, folder, mailbox) = (long('p', 100), long('f', 70), long('m', 100));
    let place = |path: &str| places_in("/in", &[path], &Namer::default()).remove(0);
    let whole = place(&format!("{person}/{}", long('m', 78)));
    assert!(whole.as_str().len() == 179 && !whole.is_cut());
    let cut = place(&format!("{person}/{mailbox}"));
    assert!(cut.is_cut() && cut.as_str().starts_with(&format!("{person}/mmm")) && cut.as_str().len() == 179, "{cut:?}");
    let both = place(&format!("{}/{mailbox}", long('p', 150)));
    assert_eq!(both.as_str().split('/').map(str::len).collect::<Vec<_>>(), [114, 64], "{both:?}");
    let cut = place(&format!("{}/{folder}/{mailbox}", long('p', 60)));
    assert!(cut.as_str().starts_with(&format!("{}/ff", long('p', 60))) && cut.as_str().len() <= 179, "{cut:?}");
    let deep = place(&format!("{person}/{}{mailbox}", "folder/".repeat(10_000)));
    assert!(
        deep.is_cut() && deep.as_str().len() <= 179 && deep.as_str().starts_with(&person[..50]),
        "{}",
        deep.as_str()
    );
    let one = place(&long('Ж', 300));
    assert!(one.is_cut() && one.as_str().len() <= 179 && one.as_str().len() > 160, "{one:?}");
    // By label there is room for a folder of 64 bytes below.
    let by_label = Namer::default().layout(Layout::Label);
    let place = &places_in("/in", &[&format!("{person}/Takeout/Mail/{mailbox}")], &by_label)[0];
    assert_eq!(place.export(), Some(person.as_str()));
    assert!(place.as_str().len() <= 114);
}

#[test]
fn a_mailbox_of_google_that_is_alone_in_its_folder_has_the_place_of_the_folder() {
    let exports = |paths: &[&str]| -> Vec<Option<String>> {
        let places = places_in("/in", paths, &Namer::default().layout(Layout::Label));
        assert!(places.iter().all(|place| place.export().is_none()), "{places:?}");
        places.into_iter().map(|place| place.of_google().export().map(str::to_owned)).collect()
    };
    let some = |place: &str| Some(place.to_owned());
    assert_eq!(exports(&["ann/All mail.mbox", "bob/All mail.mbox"]), [some("ann"), some("bob")]);
    assert_eq!(exports(&["All mail.mbox"]), [some("")]);
    assert_eq!(exports(&["ann.zip!All mail.mbox"]), [some("ann")]);
    // Two in one folder may be two people's.
    assert_eq!(exports(&["ann.mbox", "bob.mbox"]), [None, None]);
    assert_eq!(exports(&["ann.mbox", "bob/All mail.mbox"]), [None, some("bob")]);
    assert_eq!(exports(&["ann.mbox", "ann/All mail.mbox"]), [None, None]);
    assert_eq!(exports(&["a.zip!Sent.mbox", "a.zip!Sent.mbox"]), [None, None]);
    // Names stay as they are where exports are not merged.
    assert!(!places_in("/in", &["ann/All mail.mbox"], &Namer::default())[0].is_alone());
}

/// Components that look alike, or are left out.
fn component() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop::sample::select(vec![
            "ann", "Ann", "ann.zip", "Sent", "sent", "Sent.sbd", "Sent.mbox", "Takeout", "Mail", "a:b", "a-b", "é", "e\u{301}",
            "takeout-20261122T091502Z-001", "takeout-20261122T091502Z-002", "takeout-20261122T091503Z-002", "NUL", "..x", "ss", "ß",
        ]).prop_map(str::to_owned),
        1 => "[a-cA-C~:. ]{1,6}".prop_filter("no name", |name| !matches!(name.as_str(), "." | "..")),
        1 => "[xX]{60,90}",
    ]
    // A path on a drive of Windows, where no file has such a name.
    .prop_map(|name| if cfg!(windows) { name.replace(':', "?") } else { name })
}

fn file() -> impl Strategy<Value = String> {
    let names =
        ["Sent.mbox", "Sent", "sent.mbox.gz", "mbox", "Work.mbox", "ann.mbox", "ann", "All mail.mbox", "ss", "ß"];
    prop_oneof![3 => prop::sample::select(names.to_vec()).prop_map(str::to_owned), 1 => component()]
}

/// Different paths; `!` behind an archive.
fn tree() -> impl Strategy<Value = Vec<String>> {
    let path = (prop::collection::vec((component(), prop::bool::weighted(0.2)), 0..5), file());
    let path = path.prop_map(|(folders, file)| {
        let mut path = String::new();
        for (folder, is_archive) in folders {
            let is_archive = is_archive && !path.contains('!');
            path.push_str(&folder);
            path.push_str(if is_archive { ".zip!" } else { "/" });
        }
        path + &file
    });
    prop::collection::hash_set(path, 1..12).prop_map(|paths| paths.into_iter().collect())
}

proptest! {
    #[test]
    fn different_sources_never_share_a_place(paths in tree(), ascii: bool) {
        let charset = if ascii { Charset::Ascii } else { Charset::Unicode };
        let namer = Namer::new(Template::default(), charset);
        let found: Vec<&str> = paths.iter().map(String::as_str).collect();
        let places = places_in("/in", &found, &namer);
        let different: HashSet<String> = places.iter().map(|place| caseless(place.as_str())).collect();
        prop_assert_eq!(different.len(), paths.len(), "{:?}", strings(&places));
        for place in &places {
            prop_assert!(place.as_str().len() <= 179);
            prop_assert!(place.as_str().split('/').all(|name| !name.is_empty() && name.len() <= 220));
            if let Some(export) = place.export() {
                prop_assert!(export.is_empty() || place.is_cut() || place.as_str().starts_with(export), "{:?}", place);
            }
        }
    }

    #[test]
    fn a_folder_that_is_the_place_of_one_mailbox_holds_no_other(paths in tree()) {
        let found: Vec<&str> = paths.iter().map(String::as_str).collect();
        let places = places_in("/in", &found, &Namer::default().layout(Layout::Label));
        let alone: Vec<usize> = (0..places.len()).filter(|at| places[*at].is_alone()).collect();
        let places: Vec<Place> = places.into_iter().map(Place::of_google).collect();
        for at in alone {
            let folder = caseless(places[at].export().unwrap_or("none"));
            for other in places.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, other)| other) {
                let theirs = caseless(other.export().unwrap_or(other.as_str()));
                prop_assert!(theirs != folder && !theirs.starts_with(&format!("{folder}/")), "{:?} {:?}", places[at], other);
            }
        }
    }

    #[test]
    fn the_order_of_mailboxes_changes_nothing(paths in tree(), turn in 0..12_usize) {
        let mut found: Vec<&str> = paths.iter().map(String::as_str).collect();
        let namer = Namer::default().layout(Layout::Label);
        let places = places_in("/in", &found, &namer);
        let by_path: Vec<_> = found.iter().copied().zip(places).collect();
        let turn = turn % found.len();
        found.rotate_left(turn);
        found.reverse();
        let again = places_in("/in", &found, &namer);
        for (path, place) in found.into_iter().zip(again) {
            prop_assert!(by_path.contains(&(path, place)), "{}", path);
        }
    }

    #[test]
    fn a_person_alone_is_the_same_person_within_all(people in prop::collection::vec(tree(), 1..4)) {
        let name = |person: usize| format!("person{person}@example.org");
        let all: Vec<String> = people.iter().enumerate().flat_map(|(person, paths)| {
            paths.iter().map(move |path| format!("{}/{path}", name(person)))
        }).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let mut within = places_in("/users", &all, &Namer::default()).into_iter();
        for (person, paths) in people.iter().enumerate() {
            let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
            let alone = places_in(&format!("/users/{}", name(person)), &paths, &Namer::default());
            for place in alone {
                let within = within.next().unwrap();
                if !within.is_cut() {
                    prop_assert_eq!(within.as_str(), format!("{}/{}", name(person), place.as_str()));
                    let export = place.export().map(|export| format!("{}/{export}", name(person)));
                    prop_assert_eq!(within.export().map(str::to_owned), export.map(|export| export.trim_end_matches('/').to_owned()));
                }
            }
        }
    }
}
