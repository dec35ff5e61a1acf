//! Runs that end early: the manifest has whole rows, from the first on without a gap.

use super::{Row, balance, number, rows, rows_of, tile};
use crate::common::{Scratch, large_mailbox};
use crate::held::Held;

/// The rows that are there, all of which are whole and follow one another; what comes after the last line's end, if
/// anything, is no row.
#[track_caller]
fn whole_rows(scratch: &Scratch, name: &str) -> Vec<Row> {
    let text = String::from_utf8(scratch.read(name)).unwrap();
    let whole = &text[..text.rfind('\n').map_or(0, |at| at + 1)];
    let rows = if whole.is_empty() { Vec::new() } else { rows_of(whole) };
    let end = rows.last().map_or(0, |row| number(row, "offset") + number(row, "length"));
    tile(&rows, 0, end);
    rows
}

#[test]
fn a_killed_run_leaves_whole_rows_and_the_next_keeps_them() {
    let scratch = Scratch::with_mailbox(large_mailbox(900));
    let length = scratch.read("in.mbox").len().try_into().unwrap();
    for (out, limit) in [("out", &[][..]), ("mail.zip", &["--zip-max-entries", "40"])] {
        let manifest = format!("{out}.csv");
        let args: Vec<&str> = limit.iter().copied().chain(["in.mbox", out, "--manifest", &manifest]).collect();
        let mut seen = Vec::new();
        // So many bytes are in the manifest when the run is killed.
        for size in [1, 30_000, 120_000] {
            let is_there = || std::fs::metadata(scratch.path(&manifest)).is_ok_and(|it| it.len() >= size);
            let kept = scratch.path(format!("{out}~{}.csv", seen.len()));
            let mut run = Held::run(&scratch, "in.mbox", args.iter().copied());
            run.wait_until("the manifest has grown", || (seen.is_empty() || kept.exists()) && is_there());
            run.kill();
            seen.push(whole_rows(&scratch, &manifest));
            // Every file of a row with the status `written` is there.
            if out == "out" {
                for row in seen.last().unwrap() {
                    let eml = scratch.path("out").join(&row["path"]);
                    assert_eq!(eml.metadata().unwrap().len(), number(row, "eml_size"), "{row:?}");
                }
            }
        }
        let ran = scratch.run(args.iter().chain(&["--json"])).ends(0);
        let complete = rows(&scratch, &manifest);
        balance(&ran, &complete);
        tile(&complete, 0, length);
        assert_eq!(complete.len(), 900);
        for (run, rows) in (1..).zip(&seen) {
            let kept = whole_rows(&scratch, &format!("{out}~{run}.csv"));
            assert!(kept == *rows, "the manifest of run {run} was changed");
        }
        scratch.run(["verify", "--manifest", &manifest, out]).ends(0);
    }
}

#[test]
fn an_interrupted_run_has_all_it_has_counted() {
    for (out, limit) in [("out/x", &[][..]), ("out/mail.zip", &["--zip-max-entries", "45"]), ("out/one.zip", &[])] {
        let scratch = Scratch::with_mailbox(large_mailbox(1000));
        let args = limit.iter().copied().chain(["in.mbox", out, "--json", "--manifest", "m.csv"]);
        let mut run = Held::run(&scratch, "in.mbox", args);
        run.wait_until("something is there", || scratch.count("out") > 0);
        let ran = run.interrupt("INT").ends(130);
        let rows = rows(&scratch, "m.csv");
        balance(&ran, &rows);
        // Each of two threads stops in the middle of a batch, so there may be a gap; no message has two rows.
        let places: Vec<_> = rows.iter().map(|row| (number(row, "offset"), number(row, "length"))).collect();
        assert!(places.windows(2).all(|pair| pair[0].0 + pair[0].1 <= pair[1].0), "{places:?}");
        for row in rows.iter().filter(|row| row["status"] == "failed") {
            assert_eq!((&*row["path"], &*row["sha256"]), ("", ""));
            assert_eq!(row["reason"], "its archive or mailbox was not finished");
        }
    }
}
