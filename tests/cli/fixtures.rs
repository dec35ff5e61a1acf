//! Every mailbox in `testdata` gives just the files that lie beside it: their names, their bytes, their times.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::common::{Ran, Scratch, testdata, tree, with_slashes};

/// A mailbox, or a folder of them, and the folder of what it should become.
struct Fixture {
    input: PathBuf,
    expected: PathBuf,
}

impl Fixture {
    fn name(&self) -> String {
        with_slashes(&self.input.strip_prefix(testdata()).unwrap().display().to_string())
    }
}

fn fixtures() -> Vec<Fixture> {
    let mut found = Vec::new();
    for dialect in fs::read_dir(testdata()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        for entry in fs::read_dir(dialect).unwrap() {
            let expected = entry.unwrap().path();
            if expected.extension().is_some_and(|extension| extension == "expected") {
                found.push(Fixture { input: expected.with_extension("mbox"), expected });
            }
        }
    }
    assert!(found.len() > 20, "only {} fixtures", found.len());
    found.sort_by(|one, other| one.input.cmp(&other.input));
    found
}

/// Converts the fixture in some way, and holds the result against what is expected.
fn check(fixture: &Fixture, convert: impl FnOnce(&Scratch) -> Ran) {
    let scratch = Scratch::new();
    let ran = convert(&scratch);
    assert_eq!(ran.code, Some(0), "{}: {ran:#?}", fixture.name());
    let expected = tree(&fixture.expected);
    let written = scratch.tree("out");
    let names = |tree: &crate::common::Tree| tree.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&written), names(&expected), "{}: {ran:#?}", fixture.name());
    for (name, bytes) in &expected {
        let (is, should) = (String::from_utf8_lossy(&written[name]), String::from_utf8_lossy(bytes));
        assert_eq!(is, should, "{}: {name}", fixture.name());
        assert_eq!(&written[name], bytes, "{}: {name}", fixture.name());
        let time = fs::metadata(scratch.path("out").join(name)).unwrap().modified().unwrap();
        assert_eq!(time, time_in(name), "{}: time of {name}", fixture.name());
    }
}

/// The time in a default name such as `000001_20240401T120000Z_Lunch.eml`.
pub(crate) fn time_in(name: &str) -> SystemTime {
    let (_, file) = name.rsplit_once('/').unwrap_or(("", name));
    let stamp = file.split(['_', '.']).nth(1).unwrap();
    let number = |from: usize, to: usize| stamp[from..to].parse::<u64>().unwrap();
    let (year, month, day) = (number(0, 4), number(4, 6), number(6, 8));
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let lengths = [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let years: u64 = (1970..year).map(|year| if leap(year) { 366 } else { 365 }).sum();
    let months: u64 = lengths.iter().take(usize::try_from(month).unwrap() - 1).sum();
    let hours = (years + months + day - 1) * 24 + number(9, 11);
    SystemTime::UNIX_EPOCH + Duration::from_secs((hours * 60 + number(11, 13)) * 60 + number(13, 15))
}

#[test]
fn times_are_read_from_names() {
    for (name, seconds) in [
        ("000001_19700102T000001Z.eml", 86_401),
        ("a/000001_20000301T000000Z_x_y.eml", 951_868_800),
        ("000001_20240401T120000Z_Noon.eml", 1_711_972_800),
    ] {
        assert_eq!(time_in(name), SystemTime::UNIX_EPOCH + Duration::from_secs(seconds), "{name}");
    }
}

#[test]
fn every_fixture_gives_its_expected_files() {
    for fixture in fixtures() {
        check(&fixture, |scratch| scratch.run([&fixture.input, Path::new("out")]));
    }
}

#[test]
fn every_fixture_is_the_same_however_it_is_read() {
    for fixture in fixtures() {
        let (input, out) = (fixture.input.to_str().unwrap(), "out");
        for options in [&["--no-mmap"][..], &["--threads", "1"], &["--threads", "7"], &["--fsync"]] {
            check(&fixture, |scratch| scratch.run(options.iter().chain(&[input, out])));
        }
        if fixture.input.is_file() {
            let bytes = fs::read(&fixture.input).unwrap();
            check(&fixture, |scratch| scratch.run_with_input(["-", out], &bytes));
        }
    }
}

#[test]
fn every_fixture_converted_twice_is_converted_once() {
    for fixture in fixtures() {
        check(&fixture, |scratch| {
            let convert = || scratch.run([&fixture.input, Path::new("out")]).ends(0);
            convert();
            let before = scratch.state("out");
            let ran = convert();
            assert_eq!(scratch.state("out"), before, "{}", fixture.name());
            ran.says(&["0 messages written"])
        });
    }
}

#[test]
fn every_fixture_is_in_the_readme() {
    let readme = fs::read_to_string(testdata().join("README.md")).unwrap();
    let others = fs::read_dir(testdata().join("not-an-mbox")).unwrap();
    let others = others.map(|entry| format!("not-an-mbox/{}", entry.unwrap().file_name().display()));
    for name in fixtures().iter().map(Fixture::name).chain(others) {
        let lines = readme.lines().filter(|line| line.contains(&format!("`{name}`"))).count();
        assert_eq!(lines, 1, "{name} has {lines} lines");
    }
}
