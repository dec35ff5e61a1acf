//! Phrases that no text for people contains: strings and documentation in the sources, documents, help, manual pages,
//! names of tests.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::Scratch;
use crate::help::COMMANDS;

/// Words that mean something else in English than they were used for here, and phrases that no native speaker writes.
/// Each is matched as whole words, whatever their case.
const BANNED: &[&str] = &[
    "a lot",
    "all the same",
    "as told",
    "books",
    "given up",
    "gives up",
    "held against",
    "hold against",
    "in silence",
    "it goes on",
    "passed over",
    "passes over",
    "somebody",
    "stand",
    "standing",
    "stands",
    "tell",
    "telling",
    "tells",
    "that is none",
    "told",
    "whoever",
];

/// The packages whose sources have texts for people.
const SOURCES: [&str; 3] = ["mbox2eml", "mbox2eml-archive", "mbox2eml-cli"];

/// The banned phrases in a text.
fn banned(text: &str) -> Vec<&'static str> {
    // Words only, each with one blank on both sides; an underscore separates words, too.
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty());
    let plain = words.fold(" ".to_owned(), |plain, word| plain + &word.to_lowercase() + " ");
    let is_in = |phrase: &&&str| plain.contains(&format!(" {phrase} "));
    BANNED.iter().filter(is_in).copied().collect()
}

/// A text in a Rust source, and its line.
type Text = (usize, String);

/// What people may see of a source: its strings and its documentation.
fn texts(source: &str) -> Vec<Text> {
    let mut texts = Vec::new();
    let mut rest = source;
    let line = |rest: &str| source[..source.len() - rest.len()].matches('\n').count() + 1;
    while let Some(next) = rest.chars().next() {
        let (text, length) = if rest.starts_with("//") {
            let comment = rest.lines().next().unwrap_or_default();
            let is_documentation = comment.starts_with("///") || comment.starts_with("//!");
            (is_documentation.then(|| comment.to_owned()), comment.len())
        } else if next == '"' {
            let end = closing_quote(rest);
            (Some(rest[1..end].replace("\\\n", " ").replace("\\n", " ")), end + 1)
        } else if let Some(hashes) = raw_string(rest) {
            let start = hashes + 2;
            let close = format!("\"{}", "#".repeat(hashes));
            let end = rest[start..].find(&close).map_or(rest.len(), |at| start + at);
            (Some(rest[start..end].to_owned()), (end + close.len()).min(rest.len()))
        } else if let Some(length) = character(rest) {
            (None, length)
        } else {
            (None, next.len_utf8())
        };
        texts.extend(text.map(|text| (line(rest), text)));
        rest = &rest[length..];
    }
    texts
}

/// Where the quote is that ends the string at the start.
fn closing_quote(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len() - 1
}

/// How many hashes the raw string at the start has, if there is one.
fn raw_string(text: &str) -> Option<usize> {
    let after = text.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].starts_with('"').then_some(hashes)
}

/// How long the character literal at the start is, if there is one and no lifetime.
fn character(text: &str) -> Option<usize> {
    let mut chars = text.strip_prefix('\'')?.char_indices();
    match chars.next()?.1 {
        '\\' => text[2..].char_indices().skip(1).find(|(_, c)| *c == '\'').map(|(at, _)| at + 3),
        c => chars.next().filter(|(_, c)| *c == '\'').map(|_| c.len_utf8() + 2),
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files below a folder whose names end like this.
fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path, end));
        } else if path.to_string_lossy().ends_with(end) {
            files.push(path);
        }
    }
    files
}

#[test]
fn no_text_in_a_source_has_a_banned_phrase() {
    let mut found = Vec::new();
    let mut number = 0;
    for file in SOURCES.iter().flat_map(|name| files(&root().join("crates").join(name).join("src"), ".rs")) {
        for (line, text) in texts(&fs::read_to_string(&file).unwrap()) {
            number += 1;
            found.extend(banned(&text).into_iter().map(|phrase| format!("{}:{line}: {phrase}", file.display())));
        }
    }
    assert!(number > 5000, "{number}");
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn no_document_has_a_banned_phrase() {
    let mut found = Vec::new();
    let top = ["README", "ARCHITECTURE", "CHANGELOG", "CONTRIBUTING", "SECURITY"];
    let mut documents: Vec<PathBuf> = top.iter().map(|name| root().join(format!("{name}.md"))).collect();
    documents.extend(files(&root().join("docs"), ".md"));
    let folders = ["benches", "crates/mbox2eml", "crates/mbox2eml-archive", "fuzz", "testdata"];
    documents.extend(folders.map(|folder| root().join(folder).join("README.md")));
    for document in documents {
        let text = fs::read_to_string(&document).unwrap();
        // Some rules of the language give examples of what not to write.
        for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.contains("\", not \"")) {
            found.extend(banned(text).into_iter().map(|phrase| format!("{}:{line}: {phrase}", document.display())));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn no_page_has_a_banned_phrase() {
    for command in COMMANDS {
        for words in [[command, "--help"], [command, "-h"], ["man", command]] {
            let words = words.into_iter().filter(|word| !word.is_empty());
            let page = Scratch::new().run(words).ends(0).stdout;
            assert_eq!(banned(&page), [""; 0], "{command}");
        }
    }
    assert_eq!(banned(&Scratch::new().run(["importers"]).ends(0).stdout), [""; 0]);
}

#[test]
fn no_name_of_a_test_has_a_banned_phrase() {
    let (mut found, mut number) = (Vec::new(), 0);
    for file in files(&root().join("tests"), ".rs").into_iter().chain(files(&root().join("crates"), ".rs")) {
        let text = fs::read_to_string(&file).unwrap();
        let tests = text.split("#[test]\n").skip(1).filter_map(|after| after.split("fn ").nth(1)?.split('(').next());
        let module = file.file_stem().and_then(|stem| stem.to_str());
        let names = tests.chain(module).inspect(|_| number += 1).filter(|name| !banned(name).is_empty());
        found.extend(names.map(|name| format!("{}: {name}", file.display())));
    }
    assert!(number > 1000, "{number}");
    assert!(found.is_empty(), "{found:#?}");
}

/// A wrong clock changes nothing else, as docs/FAULTS.md promises.
#[test]
fn the_clock_is_read_for_the_start_of_a_run_and_the_date_of_a_bag_only() {
    let mut readers = Vec::new();
    for file in SOURCES.iter().flat_map(|name| files(&root().join("crates").join(name).join("src"), ".rs")) {
        // An `Instant` measures how long something takes, and is no date.
        let source = fs::read_to_string(&file).unwrap().replace("Instant::now()", "");
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        readers.extend(source.matches("::now()").map(|_| name.clone()));
    }
    readers.sort();
    assert_eq!(readers, ["bag.rs", "reporter.rs"]);
}

#[test]
fn texts_are_found_in_sources() {
    let source = "//! Head.\n// not this\nfn f<'a>() { g('\"', '\\'', b\"one\", \"two \\\" \\\\\", r#\"three \" \"#) }\n/// Last";
    let found = texts(source);
    let expected = [(1, "//! Head."), (3, "one"), (3, "two \\\" \\\\"), (3, "three \" "), (4, "/// Last")];
    assert_eq!(found, expected.map(|(line, text)| (line, text.to_owned())));
    assert_eq!(banned("It Stands there; told_you, understandable"), ["stands", "told"]);
    assert_eq!(banned("All the\nsame, it is"), ["all the same"]);
}
