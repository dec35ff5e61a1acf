//! Where the programs meet: scratch folders, sibling programs, the facts of the machine.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::measure::{self, Running};

/// A folder for inputs and outputs.
pub enum Scratch {
    /// Removed at the end, with all that is in it.
    Passing(TempDir),
    /// Kept for the next run.
    Kept(PathBuf),
}

impl Scratch {
    /// Makes one in `parent`, or takes the one kept there.
    ///
    /// # Errors
    ///
    /// The folder cannot be made.
    pub fn new(parent: &Path, keep: bool) -> io::Result<Self> {
        if !keep {
            return tempfile::Builder::new().prefix("mbox2eml-bench-").tempdir_in(parent).map(Self::Passing);
        }
        let kept = parent.join("mbox2eml-bench");
        fs::create_dir_all(&kept)?;
        Ok(Self::Kept(kept))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Passing(folder) => folder.path(),
            Self::Kept(folder) => folder,
        }
    }

    /// The generated mailbox of this kind and size, made if it is not there, and read once so that
    /// it is in the page cache.
    ///
    /// # Errors
    ///
    /// The `generate` program failed, or its output cannot be read.
    pub fn mailbox(&self, kind: &str, size: u64) -> io::Result<PathBuf> {
        let path = self.path().join(format!("{kind}-{size}.mbox"));
        if !path.exists() {
            // A program of its own: see `Usage::peak_kib` for why this one must stay small.
            let mut generate = sibling("generate")?;
            generate.arg(kind).arg(size.to_string()).arg(&path).stdout(io::stderr());
            Running::start(&mut generate)?.finish()?;
        }
        io::copy(&mut File::open(&path)?, &mut io::sink())?;
        Ok(path)
    }

    /// Runs `work` with a fresh output folder. Before, the file system is settled; after, the
    /// folder is removed. Gives what `work` gave and the number of EML files found.
    ///
    /// # Errors
    ///
    /// Those of `work`, and of the folder.
    pub fn run<T>(&self, work: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<(T, usize)> {
        let out = self.path().join("out");
        fs::create_dir(&out)?;
        measure::settle(&out)?;
        let done = work(&out);
        let files = count_eml(&out);
        fs::remove_dir_all(&out)?;
        Ok((done?, files?))
    }
}

fn count_eml(folder: &Path) -> io::Result<usize> {
    let mut count = 0;
    for entry in fs::read_dir(folder)? {
        count += usize::from(entry?.path().extension().is_some_and(|it| it == "eml"));
    }
    Ok(count)
}

/// Another program of this package, built beside this one.
///
/// # Errors
///
/// This program does not know where it stands.
pub fn sibling(name: &str) -> io::Result<Command> {
    std::env::current_exe().map(|me| Command::new(me.with_file_name(name)))
}

/// `mbox2eml` with the options that every benchmark uses; its input and output are to be added.
#[must_use]
pub fn mbox2eml(program: &Path, threads: usize) -> Command {
    let mut command = Command::new(program);
    command.args(["--progress", "none", "-q", "--threads"]).arg(threads.to_string());
    command
}

/// One line: processor, cores, kernel, file system of `folder`, compiler.
#[must_use]
pub fn machine(folder: &Path) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "{}, {cores} cores, Linux {}, {}, {}",
        processor().unwrap_or_else(|| "unknown processor".into()),
        kernel.trim(),
        file_system(folder).unwrap_or_else(|| "unknown file system".into()),
        compiler().unwrap_or_else(|| "unknown rustc".into()),
    )
}

fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// The type of the mount that holds `folder`: the longest mount point above it.
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

fn compiler() -> Option<String> {
    let output = Command::new("rustc").arg("--version").output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?;
    Some(version.trim().to_owned())
}
