//! The help pages at 80 columns, which are the most, word for word.
//!
//! After a change, `MBOX2EML_RENEW=1 cargo test --test cli -- help::` writes the snapshots anew; read the difference.

use std::path::Path;
use std::{env, fs};

use crate::common::{Ran, Scratch};

/// The commands; the first is the program without one.
pub(crate) const COMMANDS: [&str; 9] =
    ["", "convert", "inspect", "verify", "plan", "sum", "importers", "completions", "man"];

fn help(command: &str, option: &str) -> String {
    let scratch = Scratch::new();
    let words = [command, option].into_iter().filter(|word| !word.is_empty());
    Ran::of(scratch.program().args(words)).ends(0).says_just("").stdout
}

#[test]
fn every_command_is_in_the_list_of_these_tests() {
    let page = help("", "--help");
    let commands = page.split_once("\nCommands:\n").unwrap().1.lines().take_while(|line| !line.is_empty());
    let commands = commands.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let commands: Vec<&str> = commands.filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(
        commands.iter().filter(|command| **command != "help").collect::<Vec<_>>(),
        COMMANDS[1..].iter().collect::<Vec<_>>()
    );
}

#[test]
fn every_page_is_as_in_its_snapshot() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cli/snapshots");
    let mut differing = Vec::new();
    for command in COMMANDS {
        for (option, length) in [("-h", "short"), ("--help", "long")] {
            let name = if command.is_empty() { "mbox2eml" } else { command };
            let path = folder.join(format!("{name}.{length}.txt"));
            let page = help(command, option);
            if env::var_os("MBOX2EML_RENEW").is_some() {
                fs::write(&path, page).unwrap();
            } else if fs::read_to_string(&path).unwrap().replace("\r\n", "\n") != page {
                differing.push(format!("{command} {option}"));
            }
        }
    }
    assert!(differing.is_empty(), "differing, see the head of this file: {differing:?}");
}

#[test]
fn the_short_help_fits_one_screen_and_nothing_is_wider_than_80_columns() {
    for command in COMMANDS {
        let short = help(command, "-h");
        assert!(short.lines().count() <= 40, "{command}: {short}");
        for page in [short, help(command, "--help")] {
            let wide: Vec<&str> = page.lines().filter(|line| line.chars().count() > 80).collect();
            assert!(wide.is_empty(), "{command}: {wide:?}");
            assert!(page.ends_with('\n') && !page.ends_with("\n\n"), "{command}: {page:?}");
        }
    }
}

#[test]
fn the_groups_have_the_same_names_everywhere() {
    let groups =
        ["Arguments", "Output", "Messages", "Filters", "Names", "Reporting", "Running", "Examples", "Exit codes"];
    for command in ["convert", "inspect", "verify"] {
        let page = help(command, "--help");
        let headings = page.lines().filter(|line| !line.starts_with(' ') && line.ends_with(':'));
        let headings: Vec<&str> = headings.map(|line| line.trim_end_matches(':')).collect();
        let expected = groups.iter().filter(|group| command != "inspect" || !["Output", "Names"].contains(*group));
        assert_eq!(headings, expected.copied().collect::<Vec<_>>(), "{command}");
    }
}
