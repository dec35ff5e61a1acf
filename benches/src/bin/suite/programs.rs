//! Which programs are compared for each output.

use std::path::Path;
use std::process::Command;

use clap::ValueEnum;
use mbox2eml_bench::bench::{mbox2eml, sibling, version_of};
use mbox2eml_bench::generator::Kind;
use mbox2eml_bench::table::Program;

use crate::scenario::Scenario;

/// The output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sink {
    /// One file per message
    Folder,
    /// None
    Null,
    /// A ZIP, compressed
    Zip,
    /// A ZIP, not compressed
    Stored,
}

impl Sink {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Folder => "To a folder",
            Self::Null => "To nothing, --dry-run",
            Self::Zip => "To a ZIP",
            Self::Stored => "To a ZIP, --compression 0",
        }
    }

    /// Options of mbox2eml, and the name in the output folder.
    fn options(self) -> (&'static [&'static str], &'static str) {
        match self {
            Self::Folder => (&[], ""),
            Self::Null => (&["--dry-run"], ""),
            Self::Zip => (&[], "mail.zip"),
            Self::Stored => (&["--compression", "0"], "mail.zip"),
        }
    }
}

/// The input and settings for the programs of a table.
#[derive(Clone, Copy)]
pub(crate) struct Task<'a> {
    pub(crate) sink: Sink,
    pub(crate) scenario: &'a Scenario,
    pub(crate) messages: u64,
    /// The mbox2eml program.
    pub(crate) product: &'a Path,
}

impl Task<'_> {
    /// The programs of a table. The first does the least that any must do; mbox2eml and the peers are compared with it,
    /// or with its run on the same number of threads.
    pub(crate) fn programs(self) -> Vec<Program> {
        match self.sink {
            Sink::Folder => {
                let mut programs = self.floor_and_ours();
                let floor = programs.len();
                programs.extend([self.floor(1), self.ours(1, &[floor])]);
                programs.extend(self.peers(floor));
                programs
            }
            Sink::Null => {
                let mut programs = self.floor_and_ours();
                let floor = programs.len();
                let headers = sibling_program("mail-parser's iterator and headers", "peer_headers", None, &[floor]);
                programs.extend([self.floor(1), self.ours(1, &[floor]), headers]);
                programs
            }
            Sink::Zip => {
                let deflater = sibling_program("deflater, 1 thread", "deflate_alone", None, &[]);
                [deflater, self.ours(2, &[0]), self.ours(1, &[0])].map(|program| program.at_most(2)).into()
            }
            Sink::Stored => {
                let cp = Program::new("cp", self.scenario.mailboxes, &[], |input, out| {
                    let mut command = Command::new("cp");
                    command.arg("-r").arg(input).arg(out);
                    Ok(command)
                });
                vec![cp, self.ours(2, &[0]), self.ours(1, &[0])]
            }
        }
    }

    /// On two threads, to a folder or to nothing. For a folder this includes the dressed floor.
    pub(crate) fn floor_and_ours(self) -> Vec<Program> {
        match self.sink {
            Sink::Folder => vec![self.floor(2), self.dressed_floor(2), self.ours(2, &[0, 1])],
            _ => vec![self.floor(2), self.ours(2, &[0])],
        }
    }

    fn ours(self, threads: usize, against: &[usize]) -> Program {
        let (options, output) = self.sink.options();
        let files = match self.sink {
            Sink::Folder => self.messages,
            Sink::Null => 0,
            Sink::Zip | Sink::Stored => 1,
        };
        let product = self.product.to_owned();
        Program::new(format!("mbox2eml --threads {threads}"), files, against, move |input, out| {
            let mut command = mbox2eml(&product, threads);
            command.args(options).arg(input).arg(out.join(output));
            Ok(command)
        })
    }

    /// Writes one file per message, or only searches for separators.
    fn floor(self, threads: usize) -> Program {
        let writes = self.sink == Sink::Folder;
        let files = if writes { self.messages } else { 0 };
        Program::new(floor_name("floor", threads), files, &[], move |input, out| {
            let mut command = sibling("floor")?;
            command.arg(input).arg(if writes { out } else { Path::new("-") }).arg(threads.to_string());
            Ok(command)
        })
    }

    fn dressed_floor(self, threads: usize) -> Program {
        Program::new(floor_name("floor, dressed", threads), self.messages, &[0], move |input, out| {
            let mut command = sibling("floor")?;
            command.arg(input).arg(out).arg(threads.to_string()).arg("--dressed");
            Ok(command)
        })
    }

    /// The peers, all on one thread, compared with the row `floor`.
    fn peers(self, floor: usize) -> Vec<Program> {
        let Self { scenario, messages, .. } = self;
        let mut peers = vec![
            sibling_program("mail-parser's iterator", "peer_mail_parser", Some(messages), &[floor]),
            // It never returns the last message of a mailbox.
            sibling_program("mbox-reader", "peer_mbox_reader", Some(messages - scenario.mailboxes), &[floor]),
        ];
        // It rejects Takeout's From_ lines.
        if scenario.kind == Kind::Mboxrd && version_of("git").is_some() {
            let git = Program::new("git mailsplit", messages, &[floor], |input, out| {
                let mut command = Command::new("git");
                command.args(["mailsplit", "--keep-cr", "--mboxrd"]).arg(format!("-o{}", out.display())).arg(input);
                Ok(command)
            });
            peers.push(git.at_most(2));
        }
        if version_of("python3").is_some() {
            let python = Program::new("Python's mailbox", messages, &[floor], |input, out| {
                let mut command = Command::new("python3");
                command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/peer_python.py")).arg(input).arg(out);
                Ok(command)
            });
            // It makes a system call for every line.
            peers.push(python.untraced().at_most(1));
        }
        peers
    }
}

fn floor_name(name: &str, threads: usize) -> String {
    if threads == 1 { format!("{name}, 1 thread") } else { format!("{name}, {threads} threads") }
}

/// A program of this package with an input, and with an output folder if it writes `files`.
fn sibling_program(name: &str, program: &'static str, files: Option<u64>, against: &[usize]) -> Program {
    Program::new(name, files.unwrap_or(0), against, move |input, out| {
        let mut command = sibling(program)?;
        command.arg(input).args(files.map(|_| out));
        Ok(command)
    })
}
