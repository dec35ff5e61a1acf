//! What the tests share: a scratch folder, runs of the program in it, and the files it wrote.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use tempfile::TempDir;

use crate::schema;

/// The program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_mbox2eml");

/// What to do if another archive, or something else, has the name of one that would be written.
pub(crate) const MOVE_IT: &str = "\n  choose another name, or move away what is there\n";

/// How long to wait for something that hangs. The longest run takes seconds, but many minutes on a machine that is busy
/// with other work: no test may fail for that. It is less than what `.ci/run` allows all tests together.
const PATIENCE: Duration = Duration::from_secs(1200);

/// The mailboxes kept beside the tests.
pub(crate) fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata")
}

/// The program, run in `folder`, untouched by the surroundings of the tests.
pub(crate) fn program(folder: &Path) -> Command {
    clean(Command::new(PROGRAM), folder)
}

/// Any program, in the same surroundings.
pub(crate) fn clean(mut command: Command, folder: &Path) -> Command {
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(variable);
    }
    command.current_dir(folder).stdin(Stdio::null());
    command
}

/// A shell or another program in the same surroundings, which finds ours in its path.
pub(crate) fn shell_with_program(program: &str, folder: &Path) -> Command {
    let mut shell = clean(Command::new(program), folder);
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = Path::new(PROGRAM).parent().map(Path::to_owned).into_iter().chain(env::split_paths(&path));
    shell.env("PATH", env::join_paths(folders).unwrap()).env("HOME", folder);
    shell
}

/// A folder that is deleted after the test. The program runs in it, so the paths it prints are short.
pub(crate) struct Scratch(TempDir);

impl Scratch {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A scratch folder that holds this mailbox as `in.mbox`.
    pub(crate) fn with_mailbox(bytes: impl AsRef<[u8]>) -> Self {
        let scratch = Self::new();
        scratch.write("in.mbox", bytes);
        scratch
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file, and creates its folders.
    pub(crate) fn write(&self, name: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn read(&self, name: impl AsRef<Path>) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub(crate) fn program(&self) -> Command {
        program(self.0.path())
    }

    /// Runs the program to its end.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Ran {
        Ran::of(self.program().args(args))
    }

    /// Runs the program to its end with `input` as its standard input.
    pub(crate) fn run_with_input<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>, input: &[u8]) -> Ran {
        self.write("standard input", input);
        let input = fs::File::open(self.path("standard input")).unwrap();
        Ran::of(self.program().args(args).stdin(input))
    }

    pub(crate) fn tree(&self, folder: &str) -> Tree {
        tree(&self.path(folder))
    }

    /// The paths of the files in a folder and below.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        self.tree(folder).into_keys().collect()
    }

    /// What [`tree`](Self::tree) shows, and when each entry was changed.
    pub(crate) fn state(&self, folder: &str) -> (Tree, BTreeMap<String, SystemTime>) {
        let tree = self.tree(folder);
        let time = |name: &String| fs::symlink_metadata(self.path(folder).join(name)).unwrap().modified().unwrap();
        let times = tree.keys().map(|name| (name.clone(), time(name))).collect();
        (tree, times)
    }

    /// How many entries a folder has; none if it is not there.
    pub(crate) fn count(&self, folder: &str) -> usize {
        fs::read_dir(self.path(folder)).map_or(0, Iterator::count)
    }
}

/// The files in a folder and below with their bytes; links, empty folders and others with a description instead.
pub(crate) type Tree = BTreeMap<String, Vec<u8>>;

/// The files in the folder; empty if it does not exist.
pub(crate) fn tree(folder: &Path) -> Tree {
    let mut tree = Tree::new();
    if folder.is_dir() {
        add(&mut tree, folder, "");
    }
    tree
}

fn add(tree: &mut Tree, folder: &Path, prefix: &str) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().into_string().unwrap());
        let path = entry.path();
        let kind = entry.file_type().unwrap();
        if kind.is_file() {
            tree.insert(name, fs::read(path).unwrap());
        } else if kind.is_symlink() {
            tree.insert(name, format!("link to {}", fs::read_link(path).unwrap().display()).into_bytes());
        } else if kind.is_dir() {
            let before = tree.len();
            add(tree, &path, &format!("{name}/"));
            if tree.len() == before {
                tree.insert(format!("{name}/"), b"empty folder".to_vec());
            }
        } else {
            tree.insert(name, b"neither file nor folder".to_vec());
        }
    }
}

/// How a run ended and what it printed.
#[derive(Debug)]
pub(crate) struct Ran {
    /// `None` if a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// Runs the command to its end; one that hangs is a failure.
    pub(crate) fn of(command: &mut Command) -> Self {
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let id = child.id().to_string();
        let (ended, end) = mpsc::channel();
        thread::spawn(move || ended.send(child.wait_with_output()));
        let output = end.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            let _ = Command::new("kill").args(["-s", "KILL", &id]).status();
            panic!("it hangs: {command:?}")
        });
        Self::from(output.unwrap())
    }

    /// Checks the exit code.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// Standard error contains every one of these.
    #[track_caller]
    pub(crate) fn says(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(self.stderr.contains(text), "{text:?} was not said: {self:#?}");
        }
        self
    }

    /// Standard error contains none of these.
    #[track_caller]
    pub(crate) fn says_nowhere(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(!self.stderr.contains(text), "{text:?} was said: {self:#?}");
        }
        self
    }

    /// Standard error is exactly this; times are not compared.
    #[track_caller]
    pub(crate) fn says_just(self, text: &str) -> Self {
        assert_eq!(without_times(&self.stderr), text);
        self
    }

    /// Nothing was printed on standard output.
    #[track_caller]
    pub(crate) fn prints_nothing(self) -> Self {
        assert_eq!(self.stdout, "");
        self
    }

    /// What was printed on standard output is one JSON object on one line, as its schema describes.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        assert_eq!(self.stdout.lines().count(), 1, "{self:#?}");
        let mut json = serde_json::from_str(&self.stdout).unwrap();
        schema::check(&json);
        json_with_slashes(&mut json);
        json
    }

    /// How many messages were found, written, and there already, by the summary.
    #[track_caller]
    pub(crate) fn counts(&self, found: u64, written: u64, already_there: u64) {
        let mut line = format!("{found} found = {written} written");
        if already_there > 0 {
            line += &format!(" + {already_there} already there");
        }
        let said = self.stderr.lines().find_map(|line| line.trim_start().strip_prefix("messages"));
        assert_eq!(said.map(|said| said.trim_start().replace(',', "")), Some(line), "{self:#?}");
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: as_on_linux(text(output.stderr)) }
    }
}

/// Gives messages the separators and the system's errors that they have on Linux with glibc, so that a test can expect
/// one text.
fn as_on_linux(mut text: String) -> String {
    let missing = "No such file or directory (os error 2)";
    let errors: &[_] = if cfg!(windows) {
        &[(2, missing), (3, missing), (5, "Permission denied (os error 13)")]
    } else if cfg!(target_env = "musl") {
        let too_many = "Too many open files (os error 24)";
        &[(5, "Input/output error (os error 5)"), (24, too_many), (36, "File name too long (os error 36)")]
    } else {
        return text;
    };
    for (code, there) in errors {
        text = text.replace(&io::Error::from_raw_os_error(*code).to_string(), there);
    }
    // What was a control character stays `\u{…}`.
    if cfg!(windows) { text.replace('\\', "/").replace("/u{", "\\u{") } else { text }
}

/// A name made of these words that every system allows.
pub(crate) fn name_of(words: &[&str]) -> String {
    let escaped = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '=' => c.to_string(),
        other => format!("%{:x}", u32::from(other)),
    };
    words.join("_").chars().map(escaped).collect()
}

/// A word in the quotes that the system's shell takes.
pub(crate) fn quoted(word: &str) -> String {
    if cfg!(windows) { format!("\"{word}\"") } else { format!("'{word}'") }
}

/// Gives paths in a text the separators that they have elsewhere.
pub(crate) fn with_slashes(text: &str) -> String {
    if cfg!(windows) { text.replace('\\', "/") } else { text.to_owned() }
}

/// Does so with those in JSON.
pub(crate) fn json_with_slashes(json: &mut serde_json::Value) {
    match json {
        serde_json::Value::String(text) => *text = with_slashes(text),
        serde_json::Value::Array(values) => values.iter_mut().for_each(json_with_slashes),
        serde_json::Value::Object(fields) => fields.values_mut().for_each(json_with_slashes),
        _ => {}
    }
}

/// The summary with `TIME` in the place of the time taken and the rate.
fn without_times(text: &str) -> String {
    let masked = |line: &str| match line.split_once(" read in ") {
        Some((before, _)) => format!("{before} read in TIME\n"),
        None => format!("{line}\n"),
    };
    text.lines().map(masked).collect()
}

/// A mailbox of messages with these subjects and bodies, received a minute apart from 2024-04-01T12:00:00Z on, and
/// on the same day whatever their number.
pub(crate) fn mailbox(messages: &[(&str, &str)]) -> String {
    let one = |(minute, (subject, body)): (usize, &(&str, &str))| {
        let (hour, minute) = ((12 + minute / 60) % 24, minute % 60);
        format!("From ann@example.org Mon Apr  1 {hour}:{minute:02}:00 2024\nSubject: {subject}\n\n{body}\n\n")
    };
    messages.iter().enumerate().map(one).collect()
}

/// A message of Gmail's with this number and these labels, in a Takeout.
pub(crate) fn gmail(number: u64, labels: &str, body: &str) -> String {
    let id = (1_711_972_800_000_u64 << 20) + number;
    format!(
        "From {id}@xxx Mon Apr 01 12:00:00 +0000 2024\nX-GM-THRID: {number}\nX-Gmail-Labels: {labels}\n\
         Subject: Number {number}\n\n{body}\n\n"
    )
}

/// A mailbox of one message, and where the program puts it.
pub(crate) fn one_message() -> (String, &'static str, &'static [u8]) {
    (mailbox(&[("One", "Hello")]), "000001_20240401T120000Z_One.eml", b"Subject: One\r\n\r\nHello\r\n")
}

/// A mailbox of so many messages of about 10 KiB, no two of them alike. A batch is 4 MiB.
pub(crate) fn large_mailbox(messages: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for number in 1..=messages {
        let line = format!("Line of message {number}, which is like no other message's.\n>From here on.\n");
        let (hour, minute, second) = (number / 3600 % 24, number / 60 % 60, number % 60);
        let head = format!(
            "From ann@example.org Mon Apr  1 {hour:02}:{minute:02}:{second:02} 2024\nSubject: Number {number}\n\n"
        );
        bytes.extend_from_slice(head.as_bytes());
        bytes.extend_from_slice(line.repeat(140).as_bytes());
        bytes.push(b'\n');
    }
    bytes
}

/// The name of the message of that number in a [`large_mailbox`].
pub(crate) fn large_name(number: usize) -> String {
    let (hour, minute, second) = (number / 3600 % 24, number / 60 % 60, number % 60);
    format!("{number:06}_20240401T{hour:02}{minute:02}{second:02}Z_Number-{number}.eml")
}

/// Waits until that is so, and fails if it never comes.
#[track_caller]
pub(crate) fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "timed out waiting until {what}");
        thread::sleep(Duration::from_millis(2));
    }
}
