//! System calls of a program, counted by strace.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// Whether strace is installed.
#[must_use]
pub fn is_there() -> bool {
    Command::new("strace").arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// Runs `command` under strace and counts the system calls of all its threads. The file `notes` is created.
///
/// # Errors
///
/// The program failed, or strace printed no total.
pub fn count(command: &Command, notes: &Path) -> io::Result<u64> {
    let mut strace = Command::new("strace");
    strace.args(["--summary-only", "--follow-forks", "--output"]).arg(notes);
    strace.arg(command.get_program()).args(command.get_args()).stdout(Stdio::null());
    let status = strace.status()?;
    let text = fs::read_to_string(notes)?;
    fs::remove_file(notes)?;
    if !status.success() {
        return Err(io::Error::other(format!("under strace: {status}")));
    }
    calls(&text).ok_or_else(|| io::Error::other(format!("no total in the output of strace: {text}")))
}

/// The fourth column of the last line: `100.00    0.000542           3       143         5 total`.
fn calls(text: &str) -> Option<u64> {
    let total = text.lines().rfind(|line| line.ends_with(" total"))?;
    total.split_whitespace().nth(3)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_read_with_and_without_errors() {
        let head = "% time     seconds  usecs/call     calls    errors syscall\n\
                    ------ ----------- ----------- --------- --------- ----------------\n\
                    \x2041.51    0.000225           9        25           mmap\n";
        let total = |line: &str| calls(&format!("{head}{line}\n"));
        assert_eq!(total("100.00    0.000542           3       143         5 total"), Some(143));
        assert_eq!(total("100.00    0.000542           3       143           total"), Some(143));
        assert_eq!(calls(head), None);
    }
}
