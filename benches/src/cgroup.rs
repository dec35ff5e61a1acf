//! A limit on memory that includes the pages of files: a Linux control group.
//!
//! `ulimit -v` is not enough: it limits address space, of which a mapped file takes much without using memory.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{self, Command};

/// A control group for one program; removed at the end.
#[derive(Debug)]
pub struct Limit {
    group: PathBuf,
    files: Files,
}

/// The file names of a control group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Files {
    limit: &'static str,
    peak: &'static str,
}

const V1: Files = Files { limit: "memory.limit_in_bytes", peak: "memory.max_usage_in_bytes" };
const V2: Files = Files { limit: "memory.max", peak: "memory.peak" };

impl Limit {
    /// Creates a group with at most `bytes` of memory in the group `parent`. The user chooses the parent, because other
    /// programs may rely on the existing groups.
    ///
    /// # Errors
    ///
    /// `parent` is not a control group for memory, or the user may not create a group in it.
    pub fn new(parent: &Path, bytes: u64) -> io::Result<Self> {
        let group = parent.join(format!("mbox2eml-bench-{}", process::id()));
        fs::create_dir(&group)?;
        let Some(files) = Files::of(&group) else {
            fs::remove_dir(&group)?;
            return Err(io::Error::other(format!("{}: not a control group for memory", parent.display())));
        };
        let limit = Self { group, files };
        fs::write(limit.group.join(files.limit), bytes.to_string())?;
        Ok(limit)
    }

    /// The same command, run in the group.
    #[must_use]
    pub fn apply(&self, command: &Command) -> Command {
        let mut limited = Command::new("sh");
        limited.args(["-c", "echo $$ > \"$0\" && exec \"$@\""]).arg(self.group.join("cgroup.procs"));
        limited.arg(command.get_program()).args(command.get_args());
        limited
    }

    /// The peak memory in KiB, pages of files included.
    #[must_use]
    pub fn peak_kib(&self) -> Option<u64> {
        let peak = fs::read_to_string(self.group.join(self.files.peak)).ok()?;
        Some(peak.trim().parse::<u64>().ok()? >> 10)
    }
}

impl Drop for Limit {
    fn drop(&mut self) {
        // An empty group that remains does no harm.
        let _ = fs::remove_dir(&self.group);
    }
}

impl Files {
    /// The files that the kernel created in a new group.
    fn of(group: &Path) -> Option<Self> {
        [V1, V2].into_iter().find(|files| group.join(files.limit).exists())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_folder_is_no_control_group() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Limit::new(folder.path(), 1 << 20).is_err());
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    }

    #[test]
    fn the_version_is_known_by_the_files_of_the_group() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Files::of(folder.path()), None);
        fs::write(folder.path().join("memory.max"), "max").unwrap();
        assert_eq!(Files::of(folder.path()), Some(V2));
        fs::write(folder.path().join("memory.limit_in_bytes"), "0").unwrap();
        assert_eq!(Files::of(folder.path()), Some(V1));
    }

    #[test]
    fn a_program_enters_the_group_before_it_begins() {
        let folder = tempfile::tempdir().unwrap();
        let limit = Limit { group: folder.path().to_owned(), files: V2 };
        let mut inner = Command::new("sh");
        inner.args(["-c", "echo $$"]);
        let text = limit.apply(&inner).output().unwrap().stdout;
        assert_eq!(fs::read(folder.path().join("cgroup.procs")).unwrap(), text);
        fs::write(folder.path().join("memory.peak"), "2097152\n").unwrap();
        assert_eq!(limit.peak_kib(), Some(2048));
    }
}
