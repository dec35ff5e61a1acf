//! Paths and names that are longer than the system takes.

use crate::common::{Scratch, Tree, mailbox, one_message, tree};

const TOO_LONG: &str = "File name too long (os error 36)\n  choose an output with a shorter path, or shorter names\n";

/// A path of folders of 200 characters, so many bytes long.
fn deep(length: usize) -> String {
    let mut path = "x".repeat(200);
    while path.len() + 201 < length {
        path = format!("{path}/{}", "x".repeat(200));
    }
    let rest = length - path.len() - 1;
    format!("{path}/{}", "y".repeat(rest))
}

#[test]
fn an_output_of_too_long_a_name_is_reported() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    let (folder, archive) = ("x".repeat(300), format!("{}.zip", "x".repeat(300)));
    scratch.run(["in.mbox", &folder]).ends(2).says(&[": cannot create this folder: ", TOO_LONG]);
    scratch.run(["in.mbox", &archive]).ends(2).says(&[": cannot write this archive: ", TOO_LONG]);
    scratch.run([&folder, "out"]).ends(2).says(&[": cannot open: File name too long"]);
    assert_eq!(scratch.names("."), ["in.mbox"]);
}

#[test]
fn messages_are_written_and_verified_wherever_the_output_itself_has_a_path_that_the_system_takes() {
    // The first message's own path is longer than that, and so are those of both in the folder of a year.
    let long = "A subject that fills its name as far as a name may be filled ".repeat(3);
    let scratch = Scratch::with_mailbox(mailbox(&[(&long, "x"), ("B", "y")]));
    for (output, name) in
        [(deep(4095 - 40), "{index}_{subject}"), (deep(4095), "{index}_{subject}"), (deep(4095 - 6), "{year}/{index}")]
    {
        scratch.run(["--name", name, "in.mbox", &output]).ends(0).counts(2, 2, 0);
        scratch.run(["--name", name, "in.mbox", &output]).ends(0).counts(2, 0, 2);
        scratch.run(["verify", "--name", name, "in.mbox", &output]).ends(0);
    }
}

#[test]
fn an_output_whose_own_path_is_too_long_gets_nothing() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    let (folder, archive) = (deep(5000), deep(4095 - 6) + "/a.zip");
    scratch.run(["in.mbox", &folder]).ends(2).says(&[": cannot create this folder: ", TOO_LONG]);
    scratch.run(["in.mbox", &archive]).ends(2).says(&[": cannot write this archive: ", TOO_LONG]);
    assert_eq!(scratch.names("."), ["in.mbox"]);
}

#[test]
fn a_template_of_long_folders_stays_within_the_limits_of_names() {
    let long = "語".repeat(3000);
    let scratch = Scratch::with_mailbox(mailbox(&[(&long, "x"), (&long, "y")]));
    let name = "{subject}/{from}/{subject}/{label}/{subject}/{index}_{subject}";
    scratch.run(["--name", name, "in.mbox", "out"]).ends(0).counts(2, 2, 0);
    scratch.run(["--name", name, "in.mbox", "out"]).ends(0).counts(2, 0, 2);
    let tree: Tree = tree(&scratch.path("out"));
    assert_eq!(tree.len(), 2);
    for path in tree.keys() {
        assert!(path.chars().count() <= 180 && path.split('/').all(|part| part.len() <= 100), "{path}");
    }
}
