//! Mail and manifests that mean harm.

use std::fs;

use super::{assert_valid, listed, text};
use crate::common::{Scratch, mailbox};

/// Labels of Gmail that would be more than a folder's name.
const LABELS: [&str; 10] = [
    "../../etc",
    "data/../x",
    "=?UTF-8?Q?two=0D=0Alines?=",
    "=?UTF-8?Q?=0A0000__data/y?=",
    "bagit.txt",
    "manifest-sha256.txt",
    "*binary",
    "  blanks  ",
    "=?UTF-8?Q?=E2=80=AEgnp?=",
    "CON",
];

#[test]
fn hostile_labels_and_subjects_stay_in_the_payload() {
    let message = |(number, label): (usize, &&str)| {
        let id = (1_711_972_800_000_u64 << 20) + u64::try_from(number).unwrap();
        format!(
            "From {id}@xxx Mon Apr 01 12:00:00 +0000 2024\nX-GM-THRID: 1\nX-Gmail-Labels: {label}\nSubject: {label}\n\nx\n\n"
        )
    };
    let scratch = Scratch::with_mailbox(LABELS.iter().enumerate().map(message).collect::<String>());
    scratch.run(["--bag", "--layout", "label", "--name", "{label}_{subject}", "in.mbox", "bag"]).ends(0);
    let roots: Vec<String> = fs::read_dir(scratch.path("bag"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(roots.len(), 6, "{roots:?}");
    assert_eq!(listed(&scratch, "bag/manifest-sha256.txt").len(), LABELS.len());
    assert_valid(&scratch, "bag");
}

#[test]
fn a_per_cent_sign_is_encoded_as_rfc_8493_requires() {
    let scratch = Scratch::with_mailbox(mailbox(&[("100%", "x"), ("%0A", "y"), ("%250a", "z")]));
    scratch.run(["--bag", "--name", "{subject}", "in.mbox", "bag"]).ends(0);
    let paths: Vec<String> = listed(&scratch, "bag/manifest-sha256.txt").into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["data/%250A_000002.eml", "data/%25250a_000003.eml", "data/100%25_000001.eml"]);
    // Python's bagit reads %0A, but not %25.
    scratch.run(["verify", "bag"]).ends(0);
}

#[cfg(unix)]
#[test]
fn names_with_line_ends_are_listed_on_one_line() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x")]));
    scratch.run(["--bag", "in.mbox", "bag"]).ends(0);
    scratch.write("bag/data/two\r\nlines", "x");
    scratch.run(["--bag", "in.mbox", "bag"]).ends(0);
    assert!(text(&scratch, "bag/manifest-sha256.txt").ends_with("  data/two%0D%0Alines\n"));
    assert_valid(&scratch, "bag");
}

#[test]
fn an_organization_is_one_line() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x")]));
    let name = " Example\r\nPayload-Oxum: 0.0\u{1b}[2J\u{85}\tArchives ";
    scratch.run(["--bag", "--bag-organization", name, "in.mbox", "bag"]).ends(0);
    let info = text(&scratch, "bag/bag-info.txt");
    assert!(
        info.starts_with("Source-Organization: Example Payload-Oxum: 0.0 [2J Archives\nBagging-Date: "),
        "{info:?}"
    );
    assert_valid(&scratch, "bag");
}

#[test]
fn everything_that_differs_is_found() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x"), ("Two", "y"), ("Three", "z")]));
    scratch.run(["--bag", "in.mbox", "bag"]).ends(0);
    let names = scratch.names("bag/data");
    scratch.write(format!("bag/data/{}", names[0]), "Subject: One\r\n\r\ny\r\n");
    fs::remove_file(scratch.path(format!("bag/data/{}", names[1]))).unwrap();
    scratch.write("bag/data/more/m.csv", "index,mailbox,offset,length,path,eml_size,sha256,");
    scratch.write("bag/notes.txt", "may be there");
    scratch.write("bag/bag-info.txt", "Payload-Oxum: 1.1\n");
    fs::remove_file(scratch.path("bag/messages.csv")).unwrap();
    let ran = scratch.run(["verify", "bag"]).ends(1).says(&["Verification failed: "]);
    let lines: Vec<&str> = ran.stdout.lines().map(|line| line.split(':').next().unwrap()).collect();
    let expected = [
        &format!("missing\tdata/{}", names[1]),
        "missing\tmessages.csv",
        "different\tbag-info.txt\tdifferent content (SHA-256)",
        &format!("different\tdata/{}\tdifferent content (SHA-256)", names[0]),
        "extra\tdata/more/m.csv",
        "manifest\tbag-info.txt",
    ];
    assert_eq!(lines, expected, "{ran:#?}");
}

#[test]
fn a_manifest_of_a_bag_leads_nowhere_else() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x")]));
    scratch.run(["--bag", "in.mbox", "bag"]).ends(0);
    let manifest = text(&scratch, "bag/manifest-sha256.txt");
    let hash = &manifest[..64];
    scratch.write("secret", scratch.read(format!("bag/data/{}", scratch.names("bag/data")[0])));
    let absolute = scratch.path("secret").to_str().unwrap().to_owned();
    for path in ["../secret", "data/../../secret", "..%2Fsecret", "%0A", &absolute, "data"] {
        scratch.write("bag/manifest-sha256.txt", format!("{manifest}{hash}  {path}\n"));
        let ran = scratch.run(["verify", "bag"]).ends(1);
        // Beside the line about the manifest itself.
        assert_eq!(ran.stdout.lines().count(), 2, "{path}: {ran:#?}");
    }
    let long = "x".repeat(1 << 20);
    for lines in ["\n\n", "garbage\n", "  \n", &format!("{hash}\n"), &format!("{hash}  \n"), "\u{feff}\0\n", &long] {
        scratch.write("bag/manifest-sha256.txt", lines);
        scratch.run(["verify", "bag"]).ends(1);
        scratch.write("bag/manifest-sha256.txt", [lines.as_bytes(), b"\xff\xfe\n"].concat());
        scratch.run(["verify", "bag"]).ends(1).says(&["manifest error"]);
    }
}
