//! INPUT and OUTPUT: patterns that the shell left as they are, and an OUTPUT that was forgotten.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use glob::{MatchOptions, glob_with};
use mbox2eml::sink::Existing;
use mbox2eml_archive::inputs::{Found, Inputs, is_standard_input};
use mbox2eml_archive::volumes::ExistingVolumes;

use crate::args::output_of;
use crate::kept::resolved;
use crate::shell;
use crate::usage::Usage;

/// How many entries of a folder are looked at to see whether it has EML files.
const ENTRIES: usize = 10_000;

/// What is read, and where the EML files are or will be.
#[derive(Debug)]
pub(crate) struct Paths {
    pub(crate) inputs: Vec<PathBuf>,
    pub(crate) output: PathBuf,
}

impl Paths {
    /// The output is the last path, unless it is given by an option; `meant` makes a command line with an output, for an
    /// input if that is known.
    pub(crate) fn new(
        paths: &[PathBuf],
        output: Option<&Path>,
        meant: impl FnOnce(Option<&Path>) -> String,
    ) -> Result<Self, Usage> {
        match (paths, output) {
            ([], _) => Err(Usage::NoInput),
            (inputs, Some(output)) => Ok(Self { inputs: expanded(inputs)?, output: output.to_owned() }),
            ([input], None) => Err(Usage::NoOutput(meant(Some(input.as_path()).filter(|input| !is_pattern(input))))),
            ([inputs @ .., output], None) => Ok(Self { inputs: expanded(inputs)?, output: output.clone() }),
        }
    }

    /// Refuses the output of an earlier run as the only input, where the output looks like an input.
    pub(crate) fn check_order(&self, words: &[OsString]) -> Result<(), Usage> {
        let ([input], output) = (&*self.inputs, &self.output) else { return Ok(()) };
        if !input.is_dir() || !looks_like_input(output, &self.inputs) || !is_only_eml(input) {
            return Ok(());
        }
        let mut words = words.to_vec();
        let place = |path: &Path| words.iter().rposition(|word| word == path.as_os_str());
        if let (Some(one), Some(other)) = (place(input), place(output)) {
            words.swap(one, other);
        }
        Err(Usage::WrongOrder(input.clone(), shell::line(&words)))
    }

    /// Refuses an output that is an input in all likelihood, since the last argument was forgotten.
    pub(crate) fn check_output(&self, words: &[OsString], takes_zips: bool) -> Result<(), Usage> {
        let Self { inputs, output } = self;
        let looks_like_input = |path: &PathBuf| looks_like_input(path, inputs);
        let outputs = if is_pattern(output) { matches(output)? } else { vec![output.clone()] };
        if outputs.iter().any(looks_like_input) {
            Err(Usage::OutputLooksLikeInput(output.clone(), new_output(words, None, takes_zips)))
        } else {
            Ok(())
        }
    }

    /// Whether there are mailboxes in the output that a search of the inputs leaves out, since it is inside one of them.
    pub(crate) fn hides_mailboxes(&self) -> bool {
        let Self { inputs, output } = self;
        let is_around = |input: &PathBuf| input.is_dir() && resolved(output).starts_with(resolved(input));
        output.is_dir() && inputs.iter().any(is_around) && has_mail(output)
    }
}

/// Whether what is there looks like an input beside these.
fn looks_like_input(path: &Path, inputs: &[PathBuf]) -> bool {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => is_mail_folder(path, inputs),
        Ok(metadata) if metadata.is_file() => is_mailbox_or_foreign_archive(path),
        _ => false,
    }
}

/// Whether a path that does not exist is a pattern for those that do.
pub(crate) fn is_pattern(path: &Path) -> bool {
    path.to_str().is_some_and(|text| text.contains(['*', '?'])) && path.symlink_metadata().is_err()
}

/// The inputs, with the paths that match in the place of each pattern, sorted.
pub(crate) fn expanded(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Usage> {
    let mut all = Vec::new();
    for path in paths {
        if !is_pattern(path) {
            all.push(path.clone());
            continue;
        }
        match matches(path)? {
            found if found.is_empty() => return Err(Usage::NoMatch(path.clone())),
            found => all.extend(found),
        }
    }
    Ok(all)
}

fn matches(pattern: &Path) -> Result<Vec<PathBuf>, Usage> {
    let options = MatchOptions {
        case_sensitive: !cfg!(windows),
        require_literal_separator: true,
        require_literal_leading_dot: true,
    };
    // On Windows a bracket is not special.
    let text = pattern.to_str().unwrap_or_default().replace('[', "[[]");
    let found = glob_with(&text, options).map_err(|error| Usage::Pattern(pattern.to_owned(), error.to_string()))?;
    let mut paths: Vec<PathBuf> = found.filter_map(Result::ok).collect();
    paths.sort();
    Ok(paths)
}

/// The command line with a new output at its end, named after the only input: a ZIP if the importer takes those.
pub(crate) fn new_output(words: &[OsString], input: Option<&Path>, takes_zips: bool) -> String {
    let end = match (input, takes_zips) {
        (None, true) => ".zip",
        (Some(_), true) => "-eml.zip",
        (_, false) => "-eml",
    };
    shell::line(&[words, &[named_after(input, end)]].concat())
}

/// The command line with an output that is there at its end, named after the only input.
pub(crate) fn existing_output(words: &[OsString], input: Option<&Path>) -> String {
    let names = ["-eml", "-eml.zip", ".zip"].into_iter().map(|end| named_after(input, end));
    let there = names.into_iter().find(|name| input != Some(Path::new(name)) && Path::new(name).exists());
    shell::line(&[words, &[there.unwrap_or("OUTPUT".into())]].concat())
}

/// Refuses the output of a conversion as the only path, with what it could be compared with.
pub(crate) fn check_not_alone(path: &Path, words: &[OsString]) -> Result<(), Usage> {
    let Some(at) = words.iter().rposition(|word| word == path.as_os_str()).filter(|_| is_only_eml(path)) else {
        return Ok(());
    };
    let with = |others: &[&str]| {
        let (before, after) = words.split_at(at);
        let others: Vec<OsString> = others.iter().map(OsString::from).collect();
        shell::line(&[before, &others, after].concat())
    };
    Err(Usage::OnlyOutput {
        output: path.to_owned(),
        with_input: with(&["INPUT"]),
        with_manifest: with(&["--manifest", "MANIFEST"]),
    })
}

/// The name of an output for this input.
fn named_after(input: Option<&Path>, end: &str) -> OsString {
    let stem = input.filter(|input| !is_standard_input(input)).and_then(Path::file_stem);
    let mut name = stem.unwrap_or(OsStr::new("mail")).to_owned();
    name.push(end);
    name
}

/// The command line that writes a ZIP as its output; `None` if the output is not Unicode.
pub(crate) fn with_zip(words: &[OsString], output: &Path) -> Option<String> {
    let words: Vec<OsString> = words.iter().filter(|word| *word != "--dry-run").cloned().collect();
    let output = output.to_str()?;
    let zip = format!("{}.zip", output.trim_end_matches(['/', '\\']));
    // It is a word of its own, or the end of one, as in `--output=out`; an option may have the same value.
    let with_zip_at = |at: usize| {
        let before = words.get(at)?.to_str()?.strip_suffix(output)?;
        let mut words = words.clone();
        *words.get_mut(at)? = format!("{before}{zip}").into();
        (output_of(&words)? == Path::new(&zip)).then(|| shell::line(&words))
    };
    (0..words.len()).rev().find_map(with_zip_at)
}

/// Whether a file is a mailbox, or an archive of something other than EML files.
fn is_mailbox_or_foreign_archive(file: &Path) -> bool {
    let is_zip = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
    has_only_eml(file) == Some(false) || (!is_zip && has_mail(file))
}

/// Whether a folder has mailboxes and no EML files, and is apart from the inputs.
fn is_mail_folder(folder: &Path, inputs: &[PathBuf]) -> bool {
    let whole = resolved(folder);
    let is_apart = |input: &PathBuf| !resolved(input).starts_with(&whole) && !whole.starts_with(resolved(input));
    inputs.iter().all(is_apart) && has_eml(folder) == Some(false) && has_mail(folder)
}

fn has_mail(path: &Path) -> bool {
    Inputs::builder().find(&[path.to_owned()]).any(|found| matches!(found, Found::Mailbox(_)))
}

/// Whether a folder has EML files and no mailbox, or a ZIP only EML files.
pub(crate) fn is_only_eml(path: &Path) -> bool {
    match path.is_dir() {
        true => has_eml(path) == Some(true) && !has_mail(path),
        false => has_only_eml(path) == Some(true),
    }
}

/// Whether all files of a ZIP are EML files; `None` if it has none, or cannot be read.
fn has_only_eml(zip: &Path) -> Option<bool> {
    let mut has_only_eml = None;
    let archive = ExistingVolumes::open(zip).ok()?;
    archive.list(&mut |name| has_only_eml = Some(is_eml(Path::new(&name)) && has_only_eml != Some(false))).ok()?;
    has_only_eml
}

/// Whether there is an EML file in a folder or below; `None` if it has too many entries to look at.
fn has_eml(folder: &Path) -> Option<bool> {
    let mut folders = vec![folder.to_owned()];
    let mut left = ENTRIES;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
            if is_eml(&entry.path()) {
                return Some(true);
            }
            left = usize::checked_sub(left, 1)?;
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(entry.path());
            }
        }
    }
    Some(false)
}

/// Whether a file is named as an EML file.
pub(crate) fn is_eml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("eml"))
}
