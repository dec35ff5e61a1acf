//! Options in many combinations, drawn with a fixed seed.

use std::collections::BTreeMap;

use serde_json::Value;

use super::totals::{check_sums, messages, size, to_u64};
use crate::archives::read::{entries, unpacked};
use crate::archives::takeout::{takeout, unpack};
use crate::common::{Scratch, Tree, mailbox, testdata};

/// A sequence that looks random and is the same every time (xorshift).
pub(crate) struct Draw(pub(crate) u64);

impl Draw {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % to_u64(limit)).unwrap()
    }

    fn one_of<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }
}

type Options = &'static [&'static str];

/// The options for bytes and names of files.
const SHAPES: [&[Options]; 4] = [
    &[
        &[],
        &["--layout", "label"],
        &["--layout", "label", "--label-copies", "all"],
        &["--layout", "label", "--label-priority", "Starred,Work"],
        &["--layout", "date"],
    ],
    &[&[], &["--eol", "lf"], &["--eol", "keep"]],
    &[&[], &["--unquote", "none"]],
    &[&[], &["--ascii"], &["--name", "{from}/{index}"], &["--name", "{label}/{index}_{subject}"]],
];

/// What says which messages are taken.
const CHOICES: [&[Options]; 9] = [
    &[&["--since", "2024"], &["--since", "2024-02-14T18:30:00Z"], &["--since", "2014-09-13"]],
    &[&["--until", "2024-02"], &["--until", "2024-04-01"]],
    &[&["--label", "Inbox"], &["--label", "Inbox", "--label", "Sent"]],
    &[&["--not-label", "Trash"], &["--not-label", "spam", "--not-label", "Unread"]],
    &[&["--from", "ann"], &["--from", "BOB@"]],
    &[&["--to", "example"], &["--subject", "re"], &["--subject", "grüße"]],
    &[&["--min-size", "400"], &["--max-size", "900"], &["--min-size", "300", "--max-size", "2KB"]],
    &[&["--dedup", "off"], &["--dedup", "id"], &["--dedup", "content"]],
    &[&["--limit", "2"], &["--limit", "100"], &["--sample", "3"], &["--sample", "1000"], &["--deleted", "keep"]],
];

/// Mailboxes of several programs, one of them twice, and a Takeout.
fn inputs() -> Scratch {
    let scratch = Scratch::new();
    for (name, file) in [
        ("takeout.mbox", "takeout/takeout.mbox"),
        ("again.mbox", "takeout/takeout.mbox"),
        ("lf.mbox", "takeout/lf.mbox"),
        ("Inbox", "thunderbird/Inbox.mbox"),
        ("crlf", "thunderbird/crlf.mbox"),
        ("concatenated.mbox", "mixed/concatenated.mbox"),
    ] {
        scratch.write(name, std::fs::read(testdata().join(file)).unwrap());
    }
    let twice = [("One", "Hello"), ("Two", "Hi"), ("One", "Hello"), ("Re: One", "")];
    scratch.write("twice.mbox", mailbox(&twice.repeat(5)));
    unpack(&scratch, "folder", &takeout());
    scratch
}

const INPUTS: [Options; 6] = [
    &["takeout.mbox"],
    &["Inbox"],
    &["concatenated.mbox"],
    &["twice.mbox"],
    &["takeout.mbox", "Inbox", "again.mbox", "lf.mbox", "crlf"],
    &["twice.mbox", "folder", "takeout.mbox"],
];

/// What a summary says that does not depend on time nor on what was there.
fn books(json: &Value) -> Value {
    let mut json = json.clone();
    let object = json.as_object_mut().unwrap();
    for key in ["seconds", "output", "files", "first_warnings", "options", "started"] {
        object.remove(key);
    }
    json
}

/// The names without those of empty folders.
fn files(tree: Tree) -> Tree {
    tree.into_iter().filter(|(name, _)| !name.ends_with('/')).collect()
}

#[test]
fn whatever_is_asked_for_is_a_part_of_all() {
    let scratch = inputs();
    let mut draw = Draw(0x2545_F491_4F6C_DD1D);
    let mut unfiltered: BTreeMap<Vec<&str>, Tree> = BTreeMap::new();
    let mut taken = 0;
    for round in 0..20 {
        let input = draw.one_of(&INPUTS);
        let shape: Vec<&str> = SHAPES.iter().flat_map(|options| draw.one_of(options)).copied().collect();
        // About three of them, so that something is left.
        let mut some = |options: &[Options]| if draw.below(3) == 0 { draw.one_of(options) } else { &[] };
        let choice: Vec<&str> = CHOICES.iter().flat_map(|options| some(options)).copied().collect();
        let options = [&shape[..], &choice].concat();
        let said = format!("round {round}: {options:?} {input:?}");
        let run = |options: &[&str], more: &[&str], out: &str| {
            let ran = scratch.run(options.iter().chain(more).chain(&["-q", "--json"]).chain(input).chain(&[out]));
            assert_eq!(ran.code, Some(0), "{said}: {ran:#?}");
            let json = ran.json();
            check_sums(&json);
            json
        };
        let all = unfiltered.entry([input, &shape[..]].concat()).or_insert_with(|| {
            let out = format!("all {round}");
            run(&shape, &["--deleted", "keep"], &out);
            files(scratch.tree(&out))
        });
        let [out, other, zip] = ["out", "other", "mail.zip"].map(|name| format!("{round} {name}"));
        let json = run(&options, &["--threads", "4"], &out);
        let written = files(scratch.tree(&out));
        taken += written.len();
        for (name, bytes) in &written {
            assert!(all.get(name) == Some(bytes), "{said}: {name} is not as in the run without a choice");
        }

        assert_eq!(books(&run(&options, &["--threads", "1"], &other)), books(&json), "{said}");
        assert!(scratch.state(&other) == scratch.state(&out), "{said}: threads make a difference");

        let before = scratch.state(&out);
        let [found, count, _, duplicates, filtered, failed] = messages(&json);
        assert_eq!(messages(&run(&options, &[], &out)), [found, 0, count, duplicates, filtered, failed], "{said}");
        assert!(scratch.state(&out) == before, "{said}: a second run changes something");

        let zipped = run(&options, &[], &zip);
        assert_eq!(books(&zipped), books(&json), "{said}");
        let packed = if written.is_empty() { Tree::new() } else { unpacked(&entries(&scratch.path(&zip))) };
        assert!(packed == written, "{said}: the ZIP holds other files");

        let dry = run(&options, &["--dry-run"], "dry");
        assert_eq!(messages(&dry), messages(&json), "{said}");
        let folders = dry["folder_bytes"].as_object().unwrap().values();
        let bytes: u64 = folders.map(|bytes| bytes.as_u64().unwrap()).sum();
        assert_eq!(bytes, size(&written), "{said}");
        assert!(!scratch.path("dry").exists(), "{said}");
    }
    assert!(taken > 50, "the choices leave nothing: {taken}");
}
