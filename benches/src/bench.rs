//! What all benchmark programs need: scratch folders, sibling programs, facts about the machine.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::Timestamp;
use tempfile::TempDir;

use crate::generator::Kind;
use crate::measure::{self, Running};
use crate::peers::mailboxes;

/// A folder for inputs and outputs.
pub struct Scratch {
    path: PathBuf,
    /// Removes the folder and its content at the end.
    passing: Option<TempDir>,
    is_tmpfs: bool,
}

impl Scratch {
    /// Creates a folder in `parent`, or uses the one kept there.
    ///
    /// # Errors
    ///
    /// The folder cannot be created.
    pub fn new(parent: &Path, keep: bool) -> io::Result<Self> {
        let (path, passing) = if keep {
            (parent.join("mbox2eml-bench"), None)
        } else {
            let folder = tempfile::Builder::new().prefix("mbox2eml-bench-").tempdir_in(parent)?;
            (folder.path().to_owned(), Some(folder))
        };
        fs::create_dir_all(path.join("out"))?;
        let is_tmpfs = file_system(&path).as_deref() == Some("tmpfs");
        Ok(Self { path, passing, is_tmpfs })
    }

    /// The path of the folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the folder is in memory only.
    #[must_use]
    pub fn is_tmpfs(&self) -> bool {
        self.is_tmpfs
    }

    /// The generated mailbox of this kind and size, or folder of `mailboxes` mailboxes; generated if missing.
    ///
    /// # Errors
    ///
    /// The `generate` program failed.
    pub fn mailbox(&self, kind: Kind, size: u64, mailboxes: u64) -> io::Result<PathBuf> {
        let path = self.path().join(format!("{}-{size}-{mailboxes}.mbox", kind.name()));
        if !path.exists() {
            // A separate program: see `Usage::peak_kib` for why this one must stay small.
            let mut generate = sibling("generate")?;
            generate.arg(kind.name()).arg(size.to_string()).arg(&path).arg("1").arg(mailboxes.to_string());
            Running::start(generate.stdout(io::stderr()))?.finish()?;
        }
        Ok(path)
    }

    /// Runs `work` with a new output folder and room for `size` bytes, after all dirty data was written out. Returns
    /// the result of `work` and the number of files found.
    ///
    /// Outputs on disk stay until the space is needed: some file systems create files ten times as slowly after many
    /// were removed.
    ///
    /// # Errors
    ///
    /// Those of `work`, and of the folder.
    pub fn run<T>(&self, size: u64, work: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<(T, usize)> {
        let all = self.path.join("out");
        // Half as much in addition: files take whole blocks.
        if !self.is_tmpfs && measure::free_bytes(&all)? < size + size / 2 {
            fs::remove_dir_all(&all)?;
            fs::create_dir(&all)?;
        }
        let out = tempfile::Builder::new().disable_cleanup(true).tempdir_in(&all)?.keep();
        measure::detect_quoting(&out)?;
        let done = work(&out);
        let files = count_files(&out);
        if self.is_tmpfs {
            fs::remove_dir_all(&out)?;
        }
        Ok((done?, files?))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Inputs may be kept; outputs that could not be removed can be removed by hand.
        if self.passing.is_none() {
            let _ = fs::remove_dir_all(self.path.join("out"));
        }
    }
}

/// Regular files in a folder and all below it.
fn count_files(folder: &Path) -> io::Result<usize> {
    let mut count = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        count += if entry.file_type()?.is_dir() { count_files(&entry.path())? } else { 1 };
    }
    Ok(count)
}

/// Reads `input` into the page cache.
///
/// # Errors
///
/// It cannot be read.
pub fn warm(input: &Path) -> io::Result<()> {
    for mailbox in mailboxes(input)? {
        io::copy(&mut File::open(mailbox)?, &mut io::sink())?;
    }
    Ok(())
}

/// Removes `input` from the page cache.
///
/// # Errors
///
/// It cannot be opened.
pub fn cool(input: &Path) -> io::Result<()> {
    mailboxes(input)?.iter().try_for_each(|mailbox| measure::evict(mailbox))
}

/// Another program of this package, built in the same folder as this one.
///
/// # Errors
///
/// The path of this program is unknown.
pub fn sibling(name: &str) -> io::Result<Command> {
    std::env::current_exe().map(|me| Command::new(me.with_file_name(name)))
}

/// The number of messages in a mailbox or a folder of mailboxes, as counted by the floor.
///
/// # Errors
///
/// The floor failed.
pub fn count_messages(input: &Path) -> io::Result<u64> {
    let text = sibling("floor")?.arg(input).args(["-", "1"]).output()?;
    let text = String::from_utf8_lossy(&text.stdout);
    text.trim().parse().map_err(|_| io::Error::other("the floor did not print the number of messages"))
}

/// The `given` mbox2eml program, or that of this workspace, built as users build it.
///
/// # Errors
///
/// The build failed.
pub fn product(given: Option<PathBuf>) -> io::Result<PathBuf> {
    if let Some(given) = given {
        return fs::canonicalize(given);
    }
    build("mbox2eml")?;
    std::env::current_exe().map(|me| me.with_file_name("mbox2eml"))
}

/// Builds the programs of a package of this workspace, with the profile of this program.
///
/// # Errors
///
/// The build failed.
pub fn build(package: &str) -> io::Result<()> {
    let me = std::env::current_exe()?;
    // In this program's own target folder, whatever the environment says.
    let target = me.ancestors().nth(2).ok_or_else(|| io::Error::other("no target folder"))?;
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--quiet", "--bins", "--package", package, "--target-dir"]).arg(target);
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let status = cargo.status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("cargo build: {status}"))) }
}

/// `mbox2eml` with the options that every benchmark uses; the caller adds input and output.
#[must_use]
pub fn mbox2eml(program: &Path, threads: usize) -> Command {
    let mut command = Command::new(program);
    command.args(["--progress", "none", "-q", "--threads"]).arg(threads.to_string());
    command
}

/// One line: date, processor, cores, kernel, file system of `folder`, compiler.
#[must_use]
pub fn machine(folder: &Path) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "{}: {}, {cores} cores, Linux {}, {}, {}",
        Timestamp::now().strftime("%Y-%m-%d"),
        processor().unwrap_or_else(|| "unknown processor".into()),
        kernel.trim(),
        file_system(folder).unwrap_or_else(|| "unknown file system".into()),
        version_of("rustc").unwrap_or_else(|| "unknown rustc".into()),
    )
}

/// The processor's name.
#[must_use]
pub fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// The file system type of `folder`, from the longest mount point above it.
fn file_system(folder: &Path) -> Option<String> {
    let folder = folder.canonicalize().ok()?;
    let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
    mounts
        .lines()
        .filter_map(|line| {
            let mut fields = line.split(' ').skip(1);
            Some((fields.next()?, fields.next()?))
        })
        .filter(|(point, _)| folder.starts_with(point))
        .max_by_key(|(point, _)| point.len())
        .map(|(_, kind)| kind.to_owned())
}

/// The output of `program --version`; `None` if it is not installed.
#[must_use]
pub fn version_of(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok().filter(|output| output.status.success())?;
    let version = String::from_utf8(output.stdout).ok()?;
    Some(version.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_a_run_are_counted_in_all_folders() {
        let parent = tempfile::tempdir().unwrap();
        let scratch = Scratch::new(parent.path(), false).unwrap();
        let write = |out: &Path| {
            fs::create_dir(out.join("folder"))?;
            fs::write(out.join("a.eml"), "")?;
            fs::write(out.join("folder/b.eml"), "")
        };
        assert_eq!(scratch.run(0, write).unwrap().1, 2);
        assert_eq!(scratch.run(0, |_| Ok(())).unwrap().1, 0, "another folder");
    }

    #[test]
    fn a_kept_folder_loses_its_outputs_only() {
        let parent = tempfile::tempdir().unwrap();
        let scratch = Scratch::new(parent.path(), true).unwrap();
        fs::write(scratch.path().join("input"), "").unwrap();
        scratch.run(0, |out| fs::write(out.join("a.eml"), "")).unwrap();
        let path = scratch.path().to_owned();
        drop(scratch);
        assert!(path.join("input").exists() && !path.join("out").exists());
    }
}
