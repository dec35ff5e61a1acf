//! Other programs that tests compare with.

use std::process::Command;

use crate::support::skip::skip;

/// Whether this program runs, and prints its version when asked with `option`. Without it, the test is skipped.
pub(crate) fn is_installed(program: &str, option: &str) -> bool {
    let runs = Command::new(program).arg(option).output().is_ok_and(|output| output.status.success());
    if !runs {
        skip(format_args!("{program} is not installed"));
    }
    runs
}
