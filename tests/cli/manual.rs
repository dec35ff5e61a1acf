//! The manual pages: their sections, and that two formatters have nothing to object to.

use std::process::Command;

use crate::common::{Ran, Scratch, clean};
use crate::help::COMMANDS;
use crate::program::is_installed;

/// The page of a command in roff.
fn page(command: &str) -> String {
    let words = ["man", command].into_iter().filter(|word| !word.is_empty());
    Scratch::new().run(words).ends(0).says_just("").stdout
}

#[test]
fn every_page_has_its_sections() {
    for command in COMMANDS {
        let page = page(command);
        let name = if command.is_empty() { "mbox2eml".to_owned() } else { format!("mbox2eml-{command}") };
        assert!(page.contains(&format!(".TH {} 1 ", name.to_uppercase())), "{page}");
        assert_eq!(page.matches(".ds Aq").count(), 2, "{page}");
        let sections: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix(".SH ")).collect();
        assert_eq!(sections[..3], ["NAME", "SYNOPSIS", "DESCRIPTION"], "{command}");
        assert_eq!(sections[sections.len() - 2..], ["EXAMPLES", "\"SEE ALSO\""], "{command}");
        if ["", "convert", "inspect", "verify", "plan", "sum"].contains(&command) {
            for section in ["\"EXIT STATUS\"", "ENVIRONMENT", "FILES"] {
                assert!(sections.contains(&section), "{command}: {sections:?}");
            }
        }
    }
}

#[test]
fn examples_are_not_filled() {
    for command in COMMANDS {
        let page = page(command);
        let examples = page.split(".SH EXAMPLES\n").nth(1).unwrap();
        let lines: Vec<&str> = examples.lines().collect();
        let commands = lines.windows(3).filter(|lines| lines[2].contains("mbox2eml"));
        let unfilled = commands.filter(|lines| lines[0] == ".nf").count();
        assert_eq!(unfilled, lines.iter().filter(|line| **line == ".nf").count(), "{page}");
        assert!(unfilled > 0, "{page}");
    }
}

#[test]
#[cfg(unix)]
fn formatters_have_no_objections() {
    let scratch = Scratch::new();
    for (program, options) in [("mandoc", &["-T", "lint", "-W", "warning"][..]), ("man", &["--warnings", "-l"])] {
        if program == "man" && !is_installed(program, "--version") {
            continue;
        }
        if program == "mandoc" && Command::new(program).arg("-h").output().is_err() {
            crate::support::skip::skip("mandoc is not installed");
            continue;
        }
        for command in COMMANDS {
            scratch.write("page.1", page(command));
            let mut formatter = clean(Command::new(program), &scratch.path("."));
            let formatted = Ran::of(formatter.args(options).arg("page.1").env("LC_ALL", "C.UTF-8"));
            let said = if program == "mandoc" { formatted.stdout + &formatted.stderr } else { formatted.stderr };
            assert_eq!(said, "", "{program}: {command}");
        }
    }
}
