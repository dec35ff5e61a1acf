//! `--sample`: messages spread evenly over each mailbox, the same ones every time.

use super::limits::{below, books, packed};
use super::totals::{check_sums, indexes, messages, number, to_u64};
use crate::archives::make::gzip;
use crate::common::{Scratch, large_mailbox, name_of};

/// A mailbox of so many messages of one size.
fn even(messages: usize) -> String {
    let one = |number| {
        format!("From ann@example.org Mon Apr  1 12:00:00 2024\nSubject: Number {number:04}\n\nThe same in each.\n\n")
    };
    (1..=messages).map(one).collect()
}

#[test]
fn a_sample_is_spread_evenly_and_the_same_every_time() {
    let scratch = Scratch::with_mailbox(even(1200));
    for (sample, step) in [("12", 100), ("1", 1200), ("7", 171), ("600", 2)] {
        let run = |out: &str| scratch.run(["--sample", sample, "--json", "in.mbox", out]).ends(0).json();
        let [out, again] = ["out", "again"].map(|out| format!("{out} {sample}"));
        let json = run(&out);
        let asked = sample.parse().unwrap();
        check_sums(&json);
        assert_eq!(messages(&json), [1200, asked, 0, 0, 1200 - asked, 0], "{sample}");
        let taken = indexes(&scratch.tree(&out));
        assert_eq!(taken[0], 1, "{taken:?}");
        assert!(taken.windows(2).all(|pair| [step, step + 1].contains(&(pair[1] - pair[0]))), "{sample}: {taken:?}");
        assert!(taken.last().unwrap() + step + 1 >= 1200, "{sample}: {taken:?}");
        run(&again);
        assert!(scratch.state(&again) == scratch.state(&out), "{sample}");
    }
}

#[test]
fn a_sample_of_more_than_there_are_is_all() {
    let scratch = Scratch::with_mailbox(even(20));
    scratch.run(["in.mbox", "all"]).ends(0).counts(20, 20, 0);
    for sample in ["20", "21", "1000000", "18446744073709551615"] {
        scratch.run(["--sample", sample, "in.mbox", sample]).ends(0).counts(20, 20, 0);
        assert!(scratch.state(sample) == scratch.state("all"), "{sample}");
    }
}

#[test]
fn a_sample_is_the_same_however_the_mailbox_is_read() {
    let mbox = large_mailbox(600);
    let (scratch, inputs) = packed(&mbox);
    let run = |options: &[&str], input: &str, out: &str| {
        scratch.run(["--sample", "40", "--json"].iter().chain(options).chain(&[input, out])).ends(0).json()
    };
    let expected = books(&run(&[], "in.mbox", "expected"));
    assert_eq!(scratch.count("expected"), 40);
    // How much comes out of gzip is not known beforehand.
    for (input, folder) in inputs.iter().filter(|(input, _)| *input != "packed.mbox.gz") {
        for options in [&["--threads", "1"][..], &["--threads", "4"], &["--no-mmap"]] {
            let out = format!("out {input} {}", name_of(options));
            assert_eq!(books(&run(options, input, &out)), expected, "{input} {options:?}");
            assert!(below(scratch.tree(&out), folder) == scratch.tree("expected"), "{input} {options:?}");
        }
    }
}

#[test]
fn no_sample_is_taken_of_what_has_no_known_size() {
    let scratch = Scratch::with_mailbox(even(5));
    scratch.write("in.mbox.gz", gzip(even(5).as_bytes()));
    let error = "cannot take a sample: its size is not known in advance\n  \
                 give it as a plain file, or use --limit\n";
    scratch
        .run_with_input(["--sample", "2", "-", "out"], even(5).as_bytes())
        .ends(2)
        .says(&[&format!("mbox2eml: standard input: {error}")]);
    scratch.run(["--sample", "2", "in.mbox.gz", "out"]).ends(2).says(&[&format!("mbox2eml: in.mbox.gz: {error}")]);
    scratch.run_with_input(["inspect", "--sample", "2", "-"], even(5).as_bytes()).ends(2).says(&[error]);
    assert_eq!(scratch.count("out"), 0);
    // The others go on.
    let ran = scratch.run_with_input(["--sample", "2", "--json", "-", "in.mbox", "out"], even(5).as_bytes()).ends(1);
    assert_eq!(messages(&ran.json()), [5, 2, 0, 0, 3, 0]);
    assert_eq!(scratch.names("out").len(), 2);
}

#[test]
fn a_sample_is_taken_of_what_filters_and_duplicates_leave() {
    let twice = even(200) + &even(200);
    let scratch = Scratch::with_mailbox(twice);
    // Of the numbers with a 5 there are 38 up to 200.
    let options = ["--subject", "5", "--dedup", "content", "--json", "in.mbox"];
    let all = scratch.run(options.iter().chain(&["all"])).ends(0).json();
    assert_eq!(messages(&all), [400, 38, 0, 38, 324, 0]);
    let json = scratch.run(options.iter().chain(&["some", "--sample", "6"])).ends(0).json();
    check_sums(&json);
    let [found, taken, _, duplicates, filtered, _] = messages(&json);
    assert_eq!((found, duplicates, filtered + taken), (400, 38, 362));
    assert!((1..=6).contains(&taken), "{taken}");
    let all = scratch.tree("all");
    let some = scratch.tree("some");
    assert_eq!(to_u64(some.len()), taken);
    assert!(some.iter().all(|(name, bytes)| all[name] == *bytes));
}

#[test]
fn a_sample_is_for_each_mailbox() {
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", even(100));
    scratch.write("in/b.mbox", even(10));
    scratch.write("in/c.mbox", even(1));
    let json = scratch.run(["--sample", "5", "--json", "in", "out"]).ends(0).json();
    let each: Vec<u64> =
        json["mailboxes"].as_array().unwrap().iter().map(|mailbox| number(&mailbox["messages"]["written"])).collect();
    assert_eq!(each, [5, 5, 1]);
}

#[test]
fn a_limit_and_a_sample_together_are_refused() {
    let scratch = Scratch::with_mailbox(even(5));
    scratch.run(["--limit", "1", "--sample", "1", "in.mbox", "out"]).ends(2).says(&["--limit", "--sample"]);
    for bad in
        [["--limit", "1.5"], ["--sample", "many"], ["--since", "2023-13"], ["--min-size", "much"], ["--dedup", "all"]]
    {
        scratch.run(bad.iter().chain(&["in.mbox", "out"])).ends(2).says(&[bad[0]]);
    }
    assert!(!scratch.path("out").exists());
}
