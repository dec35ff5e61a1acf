//! Too few open files, too little memory: an error that names the cause, or the same result by another way.

use super::{assert_starts, is_emulated};
use crate::archives::make::{Member, zip};
use crate::broken_pipes::shell;
use crate::common::{MOVE_IT, Ran, Scratch, large_mailbox, mailbox, one_message};

/// What is said if files cannot be opened.
const CAUSE: &str = "Too many open files (os error 24)\n  allow more open files ('ulimit -n 256'), then run the same \
                     command again\n";

/// 300 mailboxes in a folder, and two archives of 300 members each.
fn many() -> Scratch {
    let (mbox, ..) = one_message();
    let scratch = Scratch::new();
    (0..300).for_each(|number| scratch.write(format!("in/{number}.mbox"), &mbox));
    for part in 0..2 {
        let members: Vec<_> = (0..300).map(|n| Member::deflated(format!("{part}/{n}.mbox"), &mbox)).collect();
        scratch.write(format!("{part}.zip"), zip(&members));
    }
    scratch
}

/// Runs a command that may have only so many files open.
fn limited(scratch: &Scratch, files: usize, args: &str) -> Ran {
    shell(scratch, &format!("ulimit -n {files}; exec \"$0\" {args}"))
}

/// All went well, or the cause is named.
#[track_caller]
fn assert_reported(ran: &Ran) {
    match ran.code {
        Some(0) => assert!(!ran.stderr.contains("mbox2eml: "), "{ran:#?}"),
        Some(1 | 2) => assert!(ran.stderr.contains(CAUSE), "{ran:#?}"),
        _ => panic!("{ran:#?}"),
    }
}

#[test]
fn with_64_open_files_everything_works() {
    let scratch = many();
    for (input, messages) in [("in", 300), ("0.zip 1.zip", 600)] {
        scratch.run(input.split(' ').chain(["expected"])).ends(0);
        limited(&scratch, 64, &format!("--threads 2 {input} out")).ends(0).counts(messages, messages, 0);
        assert!(scratch.tree("out") == scratch.tree("expected"));
        limited(&scratch, 64, &format!("verify --threads 2 {input} out")).ends(0);
        limited(&scratch, 64, &format!("--threads 2 --zip-max-entries 100 {input} out.zip")).ends(0);
        limited(&scratch, 64, &format!("verify --threads 2 {input} out.zip")).ends(0);
        limited(&scratch, 64, &format!("inspect --threads 2 {input}")).ends(0);
        ["out", "expected"].iter().for_each(|folder| std::fs::remove_dir_all(scratch.path(folder)).unwrap());
        let archives = scratch.names(".").into_iter().filter(|name| name.starts_with("out-"));
        archives.for_each(|name| std::fs::remove_file(scratch.path(name)).unwrap());
    }
}

#[test]
fn with_too_few_open_files_the_cause_is_reported_and_a_rerun_completes() {
    if is_emulated() {
        return;
    }
    let scratch = many();
    for input in ["in", "0.zip 1.zip"] {
        scratch.run(input.split(' ').chain(["expected"])).ends(0);
        let expected = scratch.tree("expected");
        for files in [6, 20] {
            let ran = limited(&scratch, files, &format!("{input} out"));
            assert_reported(&ran);
            assert_starts(&scratch.tree("out"), &expected);
            assert!(ran.code != Some(0) || scratch.tree("out") == expected, "{files}: {ran:#?}");
            assert_reported(&limited(&scratch, files, &format!("verify {input} expected")));
            assert_reported(&limited(&scratch, files, &format!("inspect {input}")));
            scratch.run(input.split(' ').chain(["out"])).ends(0);
            assert!(scratch.tree("out") == expected, "{files}");
            std::fs::remove_dir_all(scratch.path("out")).unwrap();
        }
        std::fs::remove_dir_all(scratch.path("expected")).unwrap();
    }
}

#[test]
fn with_no_file_left_to_open_nothing_is_made() {
    if is_emulated() {
        return;
    }
    let scratch = many();
    for input in ["in", "0.zip 1.zip"] {
        for output in ["out", "out.zip"] {
            limited(&scratch, 4, &format!("{input} {output}")).ends(2).says(&[CAUSE]);
            assert_eq!(scratch.count(output), 0);
            assert!(!scratch.path("out.zip").exists());
        }
    }
}

#[test]
fn volumes_made_with_too_few_open_files_are_whole_or_their_failure_is_reported() {
    if is_emulated() {
        return;
    }
    let scratch = many();
    scratch.run(["--zip-max-entries", "100", "in", "expected/out.zip"]).ends(0);
    for files in [5, 6, 8, 12, 20] {
        let ran = limited(&scratch, files, "--zip-max-entries 100 in made/out.zip");
        assert_reported(&ran);
        // To delete an unfinished one takes two open files, which other threads may have at that moment.
        let is_unfinished = |name: &str| ran.code != Some(0) && name.ends_with(".zip.mbox2eml.partial");
        let names = scratch.names("made");
        assert!(
            names.iter().all(|name| name.ends_with(".zip") || name.ends_with('/') || is_unfinished(name)),
            "{names:?}"
        );
        assert!(ran.code != Some(0) || scratch.tree("made") == scratch.tree("expected"), "{files}: {ran:#?}");
        // An output without one of the mailboxes never has the name of a complete one.
        let again = scratch.run(["--zip-max-entries", "100", "in", "made/out.zip"]);
        let is_other = again.code == Some(2) && again.stderr.contains(MOVE_IT);
        assert!(is_other || scratch.tree("made") == scratch.tree("expected"), "{files}: {again:#?}");
        let _ = std::fs::remove_dir_all(scratch.path("made"));
    }
}

/// A mailbox of one message with one line of so many megabytes.
pub(super) fn one_line(megabytes: usize) -> Vec<u8> {
    let (mut mbox, ..) = one_message();
    mbox.truncate(mbox.find("\n\n").unwrap() + 2);
    [mbox.into_bytes(), vec![b'x'; megabytes << 20], b"\n".to_vec()].concat()
}

#[test]
fn a_message_longer_than_memory_is_reported_where_it_is_read_and_converted_where_it_is_mapped() {
    if is_emulated() {
        return;
    }
    let scratch = Scratch::with_mailbox([one_message().0.as_bytes(), &one_line(28)].concat());
    let error = ": cannot read at byte 67: no memory for a message of more than ";
    let hint = "the messages before that byte were converted; allow more memory, or give a plain file, which is mapped, then run";
    for (line, output) in [("\"$0\" --no-mmap in.mbox", "out"), ("cat in.mbox | \"$0\" -", "out2")] {
        let ran = shell(&scratch, &format!("ulimit -d 24000; {line} {output} --threads 1"));
        ran.ends(1).says(&[error, hint]).counts(1, 1, 0);
        assert_eq!(scratch.count(output), 1);
    }
    shell(&scratch, "ulimit -d 24000; \"$0\" --threads 1 in.mbox out").ends(0).counts(2, 1, 1);
}

#[test]
fn a_run_out_of_memory_ends_with_a_word_and_leaves_no_half_archive() {
    if is_emulated() {
        return;
    }
    let scratch = Scratch::with_mailbox(one_line(28));
    let ran = shell(&scratch, "ulimit -d 24000; exec \"$0\" --threads 1 in.mbox out.zip").ends(2);
    ran.says(&["memory allocation of ", "mbox2eml: aborted by the fault reported above\n  what was written is"]);
    assert!(!scratch.path("out.zip").exists());
    scratch.run(["in.mbox", "out.zip"]).ends(0);
    assert_eq!(scratch.names("."), ["in.mbox", "out.zip"]);
}

#[test]
fn a_file_for_whose_mapping_there_is_no_room_is_read() {
    if is_emulated() {
        return;
    }
    let scratch = Scratch::with_mailbox(mailbox(&vec![("Long", &*"x".repeat(1 << 20)); 42]));
    scratch.run(["in.mbox", "expected"]).ends(0);
    // 40 MiB for all, and the file alone has 42.
    shell(&scratch, "ulimit -v 40960; exec \"$0\" --threads 1 in.mbox out").ends(0).counts(42, 42, 0);
    assert!(scratch.tree("out") == scratch.tree("expected"));
}

#[test]
fn where_there_is_no_room_for_more_threads_fewer_do_the_work() {
    let scratch = Scratch::with_mailbox(large_mailbox(300));
    scratch.run(["in.mbox", "expected"]).ends(0);
    let expected = scratch.tree("expected");
    for threads in [2, 16, 256] {
        let ran = shell(&scratch, &format!("ulimit -v 60000; exec \"$0\" --threads {threads} in.mbox out"));
        // Little may be left when the threads have their stacks.
        let reports = ["memory allocation of ", "no memory for ", "out of memory", "Cannot allocate memory"];
        let is_reported = reports.iter().any(|text| ran.stderr.contains(text));
        assert!(ran.code == Some(0) || is_reported && matches!(ran.code, Some(1 | 2)), "{ran:#?}");
        assert_starts(&scratch.tree("out"), &expected);
        scratch.run(["in.mbox", "out"]).ends(0);
        assert!(scratch.tree("out") == expected);
        std::fs::remove_dir_all(scratch.path("out")).unwrap();
    }
}
