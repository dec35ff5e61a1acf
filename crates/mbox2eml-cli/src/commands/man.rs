//! Prints manual pages, made from the options themselves.

use std::io;

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::print;
use crate::args::{self, Page};
use crate::exit::Exit;
use crate::terminal;

/// When this version was released.
const DATE: &str = "2026-11-27";

/// What the library puts before each part.
const DEFINITIONS: &str = ".ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '\n";

/// Prints the page of a command, or of the program.
pub(crate) fn man(command: Option<&str>) -> Exit {
    match roff(args::documented(command), args::page(command)) {
        Ok(page) => print(page.as_bytes(), Exit::Done),
        Err(error) => {
            terminal::eprint(format_args!("mbox2eml: cannot make this page: {error}\n"));
            Exit::CouldNot
        }
    }
}

fn roff(command: Command, page: &Page) -> io::Result<String> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
    let commands: Vec<String> =
        command.get_subcommands().map(|command| format!("mbox2eml-{}", command.get_name())).collect();
    let about: Vec<(String, String)> = command
        .get_subcommands()
        .map(|command| (command.get_name().to_owned(), command.get_about().cloned().unwrap_or_default().to_string()))
        .collect();
    let source = concat!("mbox2eml ", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command).title(name.to_uppercase()).date(DATE).source(source).manual("User Commands");
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    lines("SYNOPSIS", page.usage.iter().copied()).to_writer(&mut text)?;
    man.render_description_section(&mut text)?;
    list("ARGUMENTS", page.arguments).to_writer(&mut text)?;
    list("COMMANDS", &about).to_writer(&mut text)?;
    man.render_options_section(&mut text)?;
    list("EXIT STATUS", page.exit).to_writer(&mut text)?;
    if !page.exit.is_empty() {
        list("ENVIRONMENT", ENVIRONMENT).to_writer(&mut text)?;
        list("FILES", FILES).to_writer(&mut text)?;
    }
    examples(page).to_writer(&mut text)?;
    let others = if commands.is_empty() { vec!["mbox2eml".to_owned()] } else { commands };
    let others: Vec<String> = others.iter().map(|other| format!("{other}(1)")).collect();
    let mut roff = Roff::new();
    roff.control("SH", ["SEE ALSO"]).text([roman(others.join(", "))]);
    roff.to_writer(&mut text)?;
    // Each part has the definitions again, and two breaks around an empty line are one too many.
    let text = String::from_utf8_lossy(&text).replace(DEFINITIONS, "").replace(".br\n\n.br\n", ".sp\n");
    Ok(DEFINITIONS.to_owned() + &text)
}

/// Lines that are not filled.
fn lines<'a>(heading: &str, lines: impl Iterator<Item = &'a str>) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", [heading]).control("nf", []);
    lines.for_each(|line| {
        roff.text([roman(line)]);
    });
    roff.control("fi", []);
    roff
}

/// Terms and what they mean; nothing if there are none.
fn list<T: AsRef<str>>(heading: &str, terms: &[(T, T)]) -> Roff {
    let mut roff = Roff::new();
    if !terms.is_empty() {
        roff.control("SH", [heading]);
    }
    for (term, meaning) in terms {
        roff.control("TP", []).text([bold(term.as_ref())]).text([roman(meaning.as_ref())]);
    }
    roff
}

/// Each command line on a line of its own.
fn examples(page: &Page) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["EXAMPLES"]);
    for (number, (line, what)) in page.examples.iter().enumerate() {
        if number > 0 {
            roff.control("PP", []);
        }
        roff.text([roman(format!("{what}:"))]);
        roff.control("PP", []).control("nf", []).control("RS", ["4"]).text([bold(*line)]);
        roff.control("RE", []).control("fi", []);
    }
    roff
}

const ENVIRONMENT: &[(&str, &str)] = &[
    ("NO_COLOR", "If set, there are no colours. --color always overrides it."),
    ("CLICOLOR_FORCE", "If set, there are colours even where standard error is not a terminal."),
    ("CLICOLOR", "If 0, there are no colours."),
];

const FILES: &[(&str, &str)] = &[
    ("OUTPUT-001.zip, OUTPUT-002.zip …", "The archives of a run that needs more than one."),
    (
        "OUTPUT.zip.mbox2eml.partial",
        "An archive being written. It is renamed when it is complete; the next run removes what is left.",
    ),
    ("MANIFEST~1.csv", "The manifest of an earlier run, kept when a new one of the same name is written."),
];
