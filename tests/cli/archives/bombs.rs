//! Archives that inflate to more than any disk holds.

use flate2::{Compress, Compression, FlushCompress};

use super::make::{self, Member};
use crate::common::{Ran, Scratch, mailbox, one_message};

/// A mailbox of about 3 MB in few messages.
fn three_megabytes() -> String {
    let body = "The same again and again\n".repeat(20_000);
    mailbox(&[("One", "first"), ("A", body.trim_end()), ("B", body.trim_end()), ("C", body.trim_end()), ("D", &body)])
}

#[test]
fn a_limit_ends_a_mailbox_that_inflates_too_far() {
    let mbox = three_megabytes();
    let scratch = Scratch::new();
    scratch
        .write("t.zip", make::zip(&[Member::deflated("m.mbox", &mbox), Member::deflated("n.mbox", one_message().0)]));
    scratch.write("t.tgz", make::gzip(&make::tar(&[("m.mbox", mbox.clone().into_bytes())])));
    scratch.write("m.mbox.gz", make::gzip(mbox.as_bytes()));
    for (archive, mailbox) in [("t.zip", "t.zip!m.mbox"), ("t.tgz", "t.tgz"), ("m.mbox.gz", "m.mbox.gz")] {
        let out = format!("{archive} out");
        let ran = scratch.run(["--inflate-limit", "1MB", archive, &out]).ends(1);
        let error = format!("mbox2eml: {mailbox}: cannot read at byte ");
        ran.says(&[
            &error,
            ": it inflates to more than the 1000000 bytes that were allowed\n  \
             the messages before that byte were converted; if you trust the archive, raise the \
             limit with --inflate-limit\n",
        ]);
        let names = scratch.names(&out);
        assert!(names.iter().any(|name| name.ends_with("One.eml")), "{names:?}");
        assert!(names.iter().any(|name| name.ends_with("A.eml")), "{names:?}");
    }
    assert!(scratch.path("t.zip out/n").is_dir(), "the limit is for each mailbox");
}

#[test]
fn a_limit_that_is_not_passed_changes_nothing() {
    let mbox = three_megabytes();
    let scratch = Scratch::with_mailbox(&mbox);
    scratch.run(["in.mbox", "expected"]).ends(0);
    scratch.write("m.mbox.gz", make::gzip(mbox.as_bytes()));
    let exact = mbox.len().to_string();
    for limit in ["2GiB", &exact] {
        let out = format!("out {limit}");
        scratch.run(["--inflate-limit", limit, "m.mbox.gz", &out]).ends(0).says(&["warnings  none"]);
        assert!(scratch.state(&out) == scratch.state("expected"), "{limit}");
    }
    let less = (mbox.len() - 1).to_string();
    scratch.run(["--inflate-limit", &less, "m.mbox.gz", "less"]).ends(1).says(&["it inflates to more than"]);
}

/// Deflated data that makes `start`, and then `block` so many times: a few bytes for each.
fn bomb(start: &[u8], block: &[u8], times: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (data, times) in [(start, 1), (block, times)] {
        // After a full flush each part is complete in itself, and can be repeated.
        let mut part = Vec::with_capacity(data.len() + 1000);
        let mut state = Compress::new(Compression::best(), false);
        state.compress_vec(data, &mut part, FlushCompress::Full).unwrap();
        assert_eq!(state.total_in(), u64::try_from(data.len()).unwrap(), "there was too little room");
        bytes.extend(part.repeat(times));
    }
    // A last block without anything.
    bytes.extend([0x03, 0x00]);
    bytes
}

const MIB: usize = 1 << 20;

/// Between a header and a checksum that is never reached (RFC 1952).
fn gzip_of(packed: &[u8]) -> Vec<u8> {
    [b"\x1f\x8b\x08\0\0\0\0\0\0\xff", packed, &[0; 8]].concat()
}

/// A ZIP of a member of that name which unpacks to `size` bytes, and of a good mailbox.
fn zip_of(name: &str, packed: Vec<u8>, size: usize) -> Vec<u8> {
    let trap = Member { packed: Some(packed), ..Member::streamed(name, "") };
    let mut zip = make::zip(&[trap, Member::deflated("a.mbox", one_message().0)]);
    // The directory has the true size, as in a real decompression bomb.
    let record = make::find(&zip, b"PK\x01\x02", 0);
    zip[record + 24..record + 28].copy_from_slice(&u32::try_from(size).unwrap().to_le_bytes());
    zip
}

/// Nothing is written, since what came before the limit would be a gibibyte.
#[track_caller]
fn is_refused(archive: &str, bytes: Vec<u8>) -> Ran {
    assert!(bytes.len() < 4 * MIB, "{} bytes", bytes.len());
    let scratch = Scratch::new();
    scratch.write(archive, bytes);
    scratch
        .run(["--dry-run", archive, "out"])
        .says(&["it inflates to more than 1 GiB and over 100 times its packed size, as in a ZIP bomb\n  \
         the messages before that byte were read; if you trust the archive, raise the limit with --inflate-limit\n"])
}

#[test]
fn a_tgz_of_a_gibibyte_out_of_little_is_refused_by_default() {
    let mut header = tar::Header::new_ustar();
    header.set_path("zeros").unwrap();
    header.set_size(2 << 30);
    header.set_cksum();
    let tgz = gzip_of(&bomb(header.as_bytes(), &vec![0; 4 * MIB], 300));
    is_refused("t.tgz", tgz).ends(2).says(&["mbox2eml: t.tgz: cannot read at byte "]);
}

/// More than 1 GiB of mail, and how long it is unpacked.
fn trap() -> (Vec<u8>, usize) {
    let line = "x".repeat(MIB);
    let (start, block) = (mailbox(&[("One", "first")]), mailbox(&[("Trap", &*line); 4]));
    (bomb(start.as_bytes(), block.as_bytes(), 300), start.len() + 300 * block.len())
}

#[test]
#[ignore = "slow"]
fn a_gibibyte_of_mail_out_of_little_is_refused_by_default() {
    let (packed, size) = trap();
    let ran = is_refused("m.mbox.gz", gzip_of(&packed));
    ran.ends(1).says(&["mbox2eml: m.mbox.gz: cannot read at byte 1073741824: "]);
    let ran = is_refused("t.zip", zip_of("m.mbox", packed, size)).ends(1);
    ran.says(&["mbox2eml: t.zip!m.mbox: cannot read at byte 1073741824: ", "\n    a            1  "]);
}

#[test]
fn a_trap_that_is_no_mailbox_is_not_inflated() {
    let packed = bomb(b"\0", &vec![0; 4 * MIB], 400);
    let scratch = Scratch::new();
    scratch.write("in/zeros.gz", gzip_of(&packed));
    scratch.write("in/t.zip", zip_of("zeros", packed, 1 + 400 * 4 * MIB));
    // Not even up to a limit that it would pass at once.
    for limit in [&[][..], &["--inflate-limit", "10kB"]] {
        let ran = scratch.run(limit.iter().chain(&["--dry-run", "in", "out"])).ends(0);
        ran.says(&["Skipped 2 files", "1 found = 1 to be written"]);
    }
}
