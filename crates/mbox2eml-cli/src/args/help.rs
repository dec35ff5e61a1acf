//! The texts of help and manual pages that are not those of options.

use clap::Arg;

use super::page::Page;

const ALL_OPTIONS: &str = "--help lists all options, with examples.";

const INTERRUPTED: (&str, &str) = ("130", "Interrupted; run the same command again to continue");
const COULD_NOT: (&str, &str) = ("2", "Could not do the job, or invalid command line");

/// The program.
pub(super) const PROGRAM: Page = Page {
    usage: &["mbox2eml [OPTIONS] <INPUT>... <OUTPUT>", "mbox2eml <COMMAND> [OPTIONS] ..."],
    arguments: &[],
    examples: &[
        ("mbox2eml takeout.mbox out/", "One EML file per message"),
        ("mbox2eml takeout-*.zip mail.zip --for zoho", "A Takeout as downloaded, into ZIPs that Zoho Mail imports"),
        ("mbox2eml inspect takeout.mbox", "What is in a mailbox; writes nothing"),
        ("mbox2eml verify takeout.mbox out/", "Compare every file with its message"),
    ],
    exit: &[
        ("0", "Done; there may be warnings"),
        ("1", "Finished, but a message or a mailbox failed, or verify found a difference"),
        COULD_NOT,
        INTERRUPTED,
    ],
    more: "\
Examples:
  mbox2eml takeout.mbox out/                    one EML file per message
  mbox2eml takeout-*.zip mail.zip --for zoho    ZIPs that Zoho Mail imports
  mbox2eml inspect takeout.mbox                 what is in it; writes nothing
  mbox2eml verify takeout.mbox out/             compare files with messages

'mbox2eml convert -h' lists the options of the main job.",
};

/// Converting.
pub(super) const CONVERT: Page = Page {
    usage: &["mbox2eml [convert] [OPTIONS] <INPUT>... <OUTPUT>"],
    arguments: &[
        ("<INPUT>...", "Mailbox, folder of mailboxes, archive (.zip, .tgz), or - for stdin"),
        ("<OUTPUT>", "Folder, created if it does not exist, or a path ending in .zip"),
    ],
    examples: &[
        ("mbox2eml takeout.mbox out/", "One EML file per message"),
        ("mbox2eml --dry-run takeout.mbox out/", "Everything but writing: totals, folders and warnings"),
        ("mbox2eml Takeout/ out/", "Every mailbox in a folder, each into a folder of its own"),
        ("mbox2eml takeout-*.zip mail.zip --for zoho", "A Takeout as downloaded, into ZIPs that Zoho Mail imports"),
        ("mbox2eml --bag takeout.mbox bag/", "A BagIt bag for an archive, with a checksum for every file"),
        (
            "mbox2eml --since 2020 --not-label Spam --layout label takeout.mbox out/",
            "Mail since 2020 without spam, in a folder for each label",
        ),
    ],
    exit: &[
        ("0", "Done; there may be warnings"),
        ("1", "Finished, but a message or a mailbox failed"),
        COULD_NOT,
        INTERRUPTED,
    ],
    more: ALL_OPTIONS,
};

/// Inspecting.
pub(super) const INSPECT: Page = Page {
    usage: &["mbox2eml inspect [OPTIONS] <INPUT>..."],
    arguments: &[("<INPUT>...", "Mailbox, folder of mailboxes, archive (.zip, .tgz), or - for stdin")],
    examples: &[
        ("mbox2eml inspect takeout.mbox", "What is in a mailbox"),
        ("mbox2eml inspect --for zoho takeout-*.zip", "What Zoho Mail would not accept"),
        ("mbox2eml inspect --json users/ > before.json", "All mailboxes of a folder, for programs"),
        ("mbox2eml inspect --manifest mail.csv users/", "A catalogue of every message, with the hash of its EML"),
    ],
    exit: &[("0", "Done; there may be warnings"), ("1", "Finished, but a mailbox failed"), COULD_NOT, INTERRUPTED],
    more: ALL_OPTIONS,
};

/// An option of `inspect` that means something else than in `convert`.
pub(super) fn for_inspect(argument: Arg) -> Arg {
    let (help, more) = match argument.get_id().as_str() {
        "for" => (
            "Report what an importer, such as zoho, may refuse",
            "'mbox2eml importers' lists these and the limits that they come from.",
        ),
        "manifest" => (
            "Write a catalogue: a row for each message (.csv or .jsonl)",
            "It lists no files, so neither 'verify --manifest' nor --known takes it.",
        ),
        "eol" => ("Line endings of the messages [default: crlf]", ""),
        "dedup" => ("Keep only the first of equal messages [default: off]", ""),
        "limit" => ("Only the first N matching messages of each mailbox", ""),
        "quiet" => ("Show neither progress nor notes, only errors", ""),
        _ => return argument,
    };
    argument.help(help).long_help(format!("{help}\n\n{more}").trim_end().to_owned())
}

/// Verifying.
pub(super) const VERIFY: Page = Page {
    usage: &[
        "mbox2eml verify [OPTIONS] <INPUT>... <OUTPUT>",
        "mbox2eml verify --manifest <FILE> <OUTPUT>",
        "mbox2eml verify <BAG>",
    ],
    arguments: &[
        ("<INPUT>...", "The inputs of the conversion"),
        ("<OUTPUT>", "Its output: a folder or a path ending in .zip"),
    ],
    examples: &[
        ("mbox2eml verify takeout.mbox out/", "Compare every file with its message, byte by byte"),
        (
            "mbox2eml verify --like done.json takeout.mbox out/",
            "The same, with the options of the run that wrote done.json",
        ),
        ("mbox2eml verify --manifest mail.csv out/", "Compare with the hashes in a manifest, without the mailbox"),
        ("mbox2eml verify bag/", "Compare the files of a bag with its checksums"),
    ],
    exit: &[
        ("0", "Nothing differs"),
        ("1", "A file is missing, different or extra, or a mailbox failed"),
        COULD_NOT,
        INTERRUPTED,
    ],
    more: ALL_OPTIONS,
};

/// Planning.
pub(super) const PLAN: Page = Page {
    usage: &["mbox2eml plan [OPTIONS] <INPUT>..."],
    arguments: &[("<INPUT>...", "Mailbox, folder of mailboxes, or archive (.zip, .tgz)")],
    examples: &[
        ("mbox2eml plan takeout.mbox > plan.jsonl", "A line for each range of 1 GiB"),
        ("mbox2eml convert --range plan.jsonl:3 --json out/ > range-3.json", "Convert the third range"),
        ("mbox2eml sum --plan plan.jsonl range-*.json", "The summary of all ranges, and whether one is missing"),
    ],
    exit: &[("0", "Done"), ("1", "Finished, but a mailbox failed"), COULD_NOT],
    more: ALL_OPTIONS,
};

/// Adding up.
pub(super) const SUM: Page = Page {
    usage: &["mbox2eml sum [OPTIONS] <FILE>..."],
    arguments: &[("<FILE>...", "What 'convert --range RANGE --json' printed, a file for each range")],
    examples: &[(
        "mbox2eml sum --plan plan.jsonl range-*.json",
        "The summary of all ranges, and whether one is missing",
    )],
    exit: &[
        ("0", "Everything was converted"),
        ("1", "A message, a mailbox or a range failed, or is missing"),
        COULD_NOT,
    ],
    more: ALL_OPTIONS,
};

/// Listing importers.
pub(super) const IMPORTERS: Page = Page {
    usage: &["mbox2eml importers [NAME]"],
    arguments: &[],
    examples: &[("mbox2eml importers", "All importers"), ("mbox2eml importers zoho", "One of them")],
    exit: &[],
    more: "",
};

/// Completing.
pub(super) const COMPLETIONS: Page = Page {
    usage: &["mbox2eml completions <SHELL>"],
    arguments: &[],
    examples: &[
        ("source <(mbox2eml completions bash)", "In ~/.bashrc"),
        ("source <(mbox2eml completions zsh)", "In ~/.zshrc, after compinit"),
        ("mbox2eml completions fish | source", "In ~/.config/fish/completions/mbox2eml.fish"),
        ("mbox2eml completions powershell | Out-String | Invoke-Expression", "In $PROFILE"),
    ],
    exit: &[],
    more: "",
};

/// Printing manual pages.
pub(super) const MAN: Page = Page {
    usage: &["mbox2eml man [COMMAND]"],
    arguments: &[],
    examples: &[
        ("mbox2eml man | man -l -", "Read the overview"),
        ("mbox2eml man convert > mbox2eml-convert.1", "Save the page of convert"),
    ],
    exit: &[],
    more: "",
};

/// The page of a command, or of the program.
pub(crate) fn page(command: Option<&str>) -> &'static Page {
    match command {
        Some("convert") => &CONVERT,
        Some("inspect") => &INSPECT,
        Some("verify") => &VERIFY,
        Some("plan") => &PLAN,
        Some("sum") => &SUM,
        Some("importers") => &IMPORTERS,
        Some("completions") => &COMPLETIONS,
        Some("man") => &MAN,
        _ => &PROGRAM,
    }
}
