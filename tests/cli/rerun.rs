//! The same command again: it completes what was cut short, and changes nothing else.

use std::fs;

use crate::common::{Scratch, mailbox, one_message};

#[test]
fn a_second_run_writes_nothing() {
    let scratch = Scratch::with_mailbox(mailbox(&[("A", "1"), ("B", "2"), ("C", "3")]));
    scratch.run(["in.mbox", "out"]).ends(0).counts(3, 3, 0);
    let before = scratch.state("out");
    for options in [&[][..], &["--no-mmap"], &["--threads", "1"], &["--fsync"]] {
        scratch.run(options.iter().chain(&["in.mbox", "out"])).ends(0).counts(3, 0, 3);
        assert_eq!(scratch.state("out"), before, "{options:?}");
    }
}

#[test]
fn a_file_cut_at_any_length_is_completed() {
    // As many equal messages as one has bytes: of the first file 0 bytes are there, of the second 1, and so on.
    let message = "Subject: Cut\r\nX-A: b\r\n\r\nFrom here on\r\nit was cut.\r\n";
    let cuts = message.len() + 1;
    for quoted in [message.replace("From", ">From"), message.replace("From", ">From").replace("\r\n", "\n")] {
        let eol = if quoted.contains('\r') { "\r\n" } else { "\n" };
        let one = format!("From ann@example.org Mon Apr  1 12:00:00 2024{eol}{quoted}{eol}");
        let scratch = Scratch::with_mailbox(one.repeat(cuts));
        let name = |cut: usize| format!("{:06}_20240401T120000Z_Cut.eml", cut + 1);
        (0..cuts).for_each(|cut| scratch.write(format!("out/{}", name(cut)), &message[..cut]));
        let (all, cut) = (u64::try_from(cuts).unwrap(), u64::try_from(cuts - 1).unwrap());
        scratch.run(["in.mbox", "out"]).ends(0).says(&["warnings  none"]).counts(all, cut, 1);

        let (tree, times) = scratch.state("out");
        assert_eq!(tree.len(), cuts);
        let received = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_711_972_800);
        for cut in 0..cuts {
            assert_eq!(String::from_utf8_lossy(&tree[&name(cut)]), message, "cut at {cut}");
            assert!(cut == message.len() || times[&name(cut)] == received, "cut at {cut}");
        }
    }
}

#[test]
fn a_stranger_s_file_stays_and_the_message_gets_the_next_free_name() {
    let (mbox, name, eml) = one_message();
    let other = name.replace(".eml", "~2.eml");
    let longer = [eml, b"x"].concat();
    for (what, bytes) in [
        ("shorter", &b"Subject: Two\r\n"[..]),
        ("as long", b"Subject: Two\r\n\r\nHello\r\n"),
        ("longer by a byte", &longer),
        ("another's mail", b"From: me\r\n\r\nSomething else altogether, and much longer than the message.\r\n"),
        ("other line ends", b"Subject: One\n\nHello\n"),
    ] {
        let scratch = Scratch::with_mailbox(&mbox);
        scratch.write(format!("out/{name}"), bytes);
        let before = scratch.state("out");
        let why = match what {
            "longer by a byte" => "saved under the next free name, since ",
            _ => "name already taken by a different file: saved under the next free one\n",
        };
        let warning = format!("name-taken 1\n      in.mbox:1, byte 0: {why}");
        scratch.run(["in.mbox", "out"]).ends(0).says(&[&warning]).counts(1, 1, 0);
        assert_eq!(scratch.names("out"), [name, &other], "{what}");
        assert_eq!(scratch.read(format!("out/{other}")), eml, "{what}");
        assert_eq!(scratch.read(format!("out/{name}")), bytes, "{what}");
        assert_eq!(scratch.state("out").1[name], before.1[name], "{what}");

        let after = scratch.state("out");
        scratch.run(["in.mbox", "out"]).ends(0).counts(1, 0, 1);
        assert_eq!(scratch.state("out"), after, "{what}: a second run changes nothing");
    }
}

#[test]
fn the_rest_of_a_file_that_was_cut_on_the_disk_is_added() {
    let whole = mailbox(&[("One", "x"), ("Two", "y")]);
    let second = whole.rfind("From ").unwrap();
    let scratch = Scratch::new();
    let body = whole.find("\nx\n").unwrap();
    for cut in [body, body + 1, body + 2, body + 3, whole.len() - 3, whole.len() - 2, whole.len() - 1] {
        let out = format!("out {cut}");
        scratch.write("in.mbox", &whole[..cut]);
        scratch.run(["in.mbox", &out]).ends(0);
        scratch.write("in.mbox", &whole);
        scratch.run(["in.mbox", &out]).ends(0).says_nowhere(&["name-taken"]);
        assert_eq!(scratch.names(&out).len(), 2, "{cut}");
    }
    // In a separator, the cut file gave the message more than it has. Nothing is changed, and a warning names the file.
    for cut in [second + 3, second + 20, second + 30] {
        let out = format!("out {cut}");
        scratch.write("in.mbox", &whole[..cut]);
        scratch.run(["in.mbox", &out]).ends(0).says(&["truncated 1"]);
        let begun = scratch.tree(&out);
        scratch.write("in.mbox", &whole);
        let ran = scratch.run(["in.mbox", &out]).ends(0);
        let (first, _) = begun.first_key_value().unwrap();
        ran.says(&["name-taken 1", &format!("{first} has all of this message and more after it")]);
        let tree = scratch.tree(&out);
        assert!(begun.iter().all(|(name, bytes)| tree[name] == *bytes));
        assert_eq!(tree[&first.replace(".eml", "~2.eml")], b"Subject: One\r\n\r\nx\r\n");
    }
}

#[test]
fn strangers_in_a_row_are_passed_by() {
    let (mbox, name, eml) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    for number in ["", "~2", "~3", "~4"] {
        scratch.write(format!("out/{}", name.replace(".eml", &format!("{number}.eml"))), "somebody's");
    }
    scratch.run(["in.mbox", "out"]).ends(0).counts(1, 1, 0);
    assert_eq!(scratch.read(format!("out/{}", name.replace(".eml", "~5.eml"))), eml);
}

#[test]
fn a_folder_in_the_place_of_the_file_stays() {
    let (mbox, name, eml) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    fs::create_dir_all(scratch.path("out").join(name)).unwrap();
    scratch.run(["in.mbox", "out"]).ends(0).counts(1, 1, 0);
    let other = name.replace(".eml", "~2.eml");
    assert_eq!(scratch.names("out"), [format!("{name}/"), other.clone()]);
    assert_eq!(scratch.read(format!("out/{other}")), eml);
}

#[test]
fn a_longer_mailbox_adds_its_new_messages() {
    let scratch = Scratch::with_mailbox(mailbox(&[("A", "1"), ("B", "2")]));
    scratch.run(["in.mbox", "out"]).ends(0);
    let (before, times) = scratch.state("out");
    scratch.write("in.mbox", mailbox(&[("A", "1"), ("B", "2"), ("C", "3")]));
    scratch.run(["in.mbox", "out"]).ends(0).counts(3, 1, 2);
    let (after, later) = scratch.state("out");
    assert_eq!(after.len(), 3);
    for name in before.keys() {
        assert_eq!((&after[name], later[name]), (&before[name], times[name]), "{name}");
    }
}

#[test]
fn a_dry_run_counts_what_is_there_as_the_run_does() {
    let mbox = mailbox(&[("A", "1"), ("B", "2"), ("C", "3"), ("D", "4"), ("E", "5")]);
    let scratch = Scratch::with_mailbox(&mbox);
    scratch.run(["in.mbox", "out"]).ends(0);
    let names = scratch.names("out");
    let path = |number: usize| format!("out/{}", names[number]);
    let begun = scratch.read(path(1))[..9].to_vec();
    // The second is cut, the third is another's, as it was when the fourth was saved under the next name; the last is gone.
    scratch.write(path(1), begun);
    scratch.write(path(2), "another's");
    fs::rename(scratch.path(path(3)), scratch.path(path(3).replace(".eml", "~2.eml"))).unwrap();
    scratch.write(path(3), "another's");
    fs::remove_file(scratch.path(path(4))).unwrap();
    let before = scratch.state("out");
    let options: [&[&str]; 4] = [&[], &["--threads", "1"], &["--layout", "date"], &["--name", "{subject}"]];
    let dry =
        |options: &[&str]| scratch.run(options.iter().chain(&["--dry-run", "--json", "in.mbox", "out"])).ends(0).json();
    let counts = |json: &serde_json::Value| (json["messages"].clone(), json["warnings"]["name-taken"].clone());
    let forecasts = options.map(|options| counts(&dry(options)));
    assert_eq!(scratch.state("out"), before);
    assert_eq!(forecasts[0].0["already_there"], 2);
    assert_eq!(forecasts[0].1, 2);
    assert_eq!(forecasts[2].0["written"], 5);
    let real = scratch.run(["--json", "in.mbox", "out"]).ends(0).json();
    assert_eq!(counts(&real), forecasts[0]);
    let again = dry(&[]);
    assert_eq!((&again["messages"]["already_there"], &again["messages"]["written"]), (&5.into(), &0.into()));

    scratch.run(["--dry-run", "in.mbox", "out.zip"]).ends(0).says_nowhere(&["exists"]);
    scratch.run(["in.mbox", "out.zip"]).ends(0);
    let ran = scratch.run(["--dry-run", "in.mbox", "out.zip"]).ends(0);
    ran.says(&["out.zip exists: a run that does not make the same archive again is refused; move it away first"]);
}
