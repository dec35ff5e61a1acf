//! Unusual time zones, languages and dates: they change neither bytes nor names nor times.

use std::fs::File;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::four_mailboxes;
use crate::common::{Ran, Scratch};

/// Zones and languages, some of which do not exist.
const SURROUNDINGS: [(&str, &str); 7] = [
    ("UTC", "C"),
    ("Asia/Kolkata", "C.UTF-8"),
    ("Pacific/Apia", "de_DE.UTF-8"),
    ("garbage", "garbage"),
    (":../../../etc/passwd", "tr_TR.ISO-8859-9"),
    ("XXX+999:99:99", "ja_JP.SJIS"),
    ("", ""),
];

/// What was printed, but for how long it took.
fn without_time(ran: &Ran) -> Value {
    let mut json = ran.json();
    json["seconds"].take();
    json["started"].take();
    json
}

#[test]
fn zones_and_languages_change_nothing() {
    let scratch = four_mailboxes();
    scratch.run(["in", "expected"]).ends(0);
    scratch.run(["in", "expected.zip"]).ends(0);
    let expected = scratch.state("expected");
    let inspected = without_time(&scratch.run(["inspect", "--json", "in"]).ends(0));
    for (number, (zone, language)) in SURROUNDINGS.into_iter().enumerate() {
        let run = |args: &[&str]| {
            let mut command = scratch.program();
            let command =
                command.env("TZ", zone).env("LC_ALL", language).env("LANG", language).env("LANGUAGE", language);
            Ran::of(command.args(args)).ends(0)
        };
        let (folder, archive) = (format!("out{number}"), format!("out{number}.zip"));
        run(&["in", &folder]);
        run(&["in", &archive]);
        assert!(scratch.state(&folder) == expected, "{zone}, {language}");
        assert!(scratch.read(&archive) == scratch.read("expected.zip"), "{zone}, {language}");
        assert_eq!(without_time(&run(&["inspect", "--json", "in"])), inspected, "{zone}, {language}");
        run(&["verify", "in", &folder]);
    }
}

/// Seconds since 1970 of the file's time.
fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[test]
fn far_dates_are_kept_in_names_and_in_times_where_the_file_system_knows_them() {
    let message = |date: &str| format!("From ann@example.org {date}\nSubject: x\n\nx\n\n");
    let dates = ["Tue Jan 19 03:14:08 2038", "Sun Feb  7 06:28:16 2106", "Fri Dec 31 23:59:59 2199"];
    let scratch = Scratch::with_mailbox(dates.map(message).concat());
    for output in ["out", "out.zip"] {
        scratch.run(["in.mbox", output]).ends(0).counts(3, 3, 0);
        scratch.run(["in.mbox", output]).ends(0).counts(3, 0, 3);
        scratch.run(["verify", "in.mbox", output]).ends(0);
    }
    let names = ["000001_20380119T031408Z_x.eml", "000002_21060207T062816Z_x.eml", "000003_21991231T235959Z_x.eml"];
    let (tree, times) = scratch.state("out");
    assert_eq!(tree.keys().collect::<Vec<_>>(), names);
    // What the file system itself makes of them: some end in 2038 or 2106.
    for (name, received) in names.into_iter().zip([1 << 31, 1 << 32, 7_258_118_399]) {
        scratch.write("own", "");
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(received);
        let own = File::options().write(true).open(scratch.path("own")).unwrap();
        // Where it refuses a time, the file has that of its writing.
        let set = own.set_modified(time).and_then(|()| own.metadata()?.modified());
        assert!(set.is_err() || set.is_ok_and(|set| seconds(set) == seconds(times[name])), "{name}: {times:?}");
    }
}

#[test]
fn dates_at_and_before_1970_are_no_dates_and_the_messages_are_whole() {
    let message = |date: &str| format!("From ann@example.org {date}\nSubject: x\n\nx\n\n");
    let dates = ["Mon Jan  1 00:00:00 1900", "Wed Dec 31 23:59:59 1969", "Thu Jan  1 00:00:00 1970"];
    let scratch = Scratch::with_mailbox(dates.map(message).concat());
    let before = SystemTime::now() - Duration::from_secs(86_400);
    for output in ["out", "out.zip"] {
        scratch.run(["in.mbox", output]).ends(0).counts(3, 3, 0);
        scratch.run(["in.mbox", output]).ends(0).counts(3, 0, 3);
    }
    let (tree, times) = scratch.state("out");
    assert_eq!(tree.keys().collect::<Vec<_>>(), ["000001_x.eml", "000002_x.eml", "000003_x.eml"]);
    // They have the time of their writing, as any file has.
    assert!(times.values().all(|time| *time > before), "{times:?}");
}
