//! Trees of exports at random: a folder, a ZIP, a dry run and a verification agree, on one thread and on four, and in
//! any order of the inputs.

use proptest::prelude::*;
use serde_json::Value;

use crate::archives::make::{self, Member};
use crate::archives::read;
use crate::common::{Scratch, mailbox};

/// An input below the folder that is searched: its path, and its bytes.
type File = (String, Vec<u8>);

fn person() -> impl Strategy<Value = String> {
    prop_oneof![Just("ann@example.org"), Just("Ann@example.org"), Just("b:b"), Just("Takeout"), Just("x")]
        .prop_map(str::to_owned)
}

fn mailboxes() -> impl Strategy<Value = Vec<File>> {
    let name = prop_oneof![Just("Sent"), Just("sent"), Just("All mail"), Just("Work/Clients"), Just("Gesendet:1")];
    let one = (name, 0..4_usize).prop_map(|(name, count)| {
        let subjects: Vec<String> = (0..count).map(|number| format!("{name} {number}")).collect();
        let messages: Vec<(&str, &str)> = subjects.iter().map(|subject| (subject.as_str(), "Hello")).collect();
        (format!("Takeout/Mail/{name}.mbox"), mailbox(&messages).into_bytes())
    });
    prop::collection::vec(one, 1..4)
}

fn export() -> impl Strategy<Value = Vec<File>> {
    (person(), mailboxes(), 0..6_u8).prop_map(|(person, mailboxes, kind)| {
        let zip = |files: &[File]| {
            make::zip(&files.iter().map(|(name, bytes)| Member::deflated(name, bytes)).collect::<Vec<_>>())
        };
        let name = format!("{person}/takeout-20261122T091502Z");
        match kind {
            0 => vec![(format!("{name}-001.zip"), zip(&mailboxes))],
            1 => vec![(format!("{name}-001.tgz"), make::gzip(&make::tar(&mailboxes)))],
            2 => {
                let (first, second) = mailboxes.split_at(1);
                vec![(format!("{name}-001.zip"), zip(first)), (format!("{name}-002.zip"), zip(second))]
            }
            3 => mailboxes.into_iter().map(|(path, bytes)| (format!("{person}/{path}"), bytes)).collect(),
            4 => vec![(format!("{person}.mbox"), mailboxes[0].1.clone())],
            _ => vec![(format!("{name}-001.zip"), zip(&mailboxes)[..30].to_vec())],
        }
    })
}

/// What failed, and why.
fn failed(json: &Value) -> Vec<(Value, Value)> {
    let failed = json["failed"].as_array().unwrap();
    failed.iter().map(|failed| (failed["input"].clone(), failed["reason"].clone())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_folder_a_zip_a_dry_run_and_a_verification_agree(
        exports in prop::collection::vec(export(), 1..5),
        layout in prop_oneof![Just("flat"), Just("date"), Just("label")],
    ) {
        let scratch = Scratch::new();
        for (path, bytes) in exports.into_iter().flatten() {
            // A folder and a file may not have the same name on every disk.
            let path = path.replace("b:b", "b_b").replace(":1", "_1");
            if !scratch.path(format!("in/{path}")).exists() {
                scratch.write(format!("in/{path}"), bytes);
            }
        }
        let run = |threads: &str, more: &[&str], out: &str| {
            let options = ["--json", "-q", "--layout", layout, "--threads", threads];
            let ran = scratch.run(options.iter().chain(more).chain(&["in", out]));
            prop_assert!(matches!(ran.code, Some(0..=2)), "{ran:?}");
            Ok((ran.code, ran.json()))
        };
        let (code, dry) = run("4", &["--dry-run"], "out")?;
        let (folder_code, folder) = run("1", &[], "out")?;
        prop_assert_eq!((code, &dry["messages"], &dry["bytes"]), (folder_code, &folder["messages"], &folder["bytes"]));
        let (zip_code, zip) = run("4", &[], "out.zip")?;
        prop_assert_eq!((code, &zip["messages"]), (zip_code, &folder["messages"]));
        prop_assert_eq!(failed(&zip), failed(&folder));
        let tree = scratch.tree("out");
        if zip["messages"]["written"] != 0 {
            prop_assert!(read::tree_of(&scratch, "out.zip") == tree);
        }
        for threads in ["1", "4"] {
            let out = format!("out {threads}");
            prop_assert_eq!(&run(threads, &[], &out)?.1["messages"], &folder["messages"]);
            prop_assert!(scratch.tree(&out) == tree, "{threads} threads");
            if !tree.is_empty() {
                let args = ["verify", "--json", "-q", "--layout", layout, "--threads", threads, "in", &out];
                let ran = scratch.run(args);
                prop_assert_eq!(ran.code, code);
                prop_assert_eq!(&ran.json()["differences"]["number"], 0);
            }
        }
    }
}
