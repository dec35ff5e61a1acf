//! A page in a real browser: `tests/browser/check.mjs` has what must be true there.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::hostile;
use crate::common::{Ran, Scratch, clean, mailbox};
use crate::program::is_installed;
use crate::support::skip::skip;

/// The checks, if there is a browser to run them in.
fn checks() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/browser");
    let chromium = env::var_os("CHROMIUM").map_or_else(|| PathBuf::from("/usr/bin/chromium"), PathBuf::from);
    if !is_installed("node", "--version") {
        return None;
    }
    if !chromium.exists() {
        skip("chromium is not installed");
        return None;
    }
    if ["axe-core", "playwright-core"].iter().any(|module| !folder.join("node_modules").join(module).exists()) {
        skip("the modules of tests/browser are not installed: npm ci");
        return None;
    }
    Some(folder.join("check.mjs"))
}

/// A hostile mailbox, and two more of 3 and 12 messages, whose order differs from column to column.
fn scratch() -> Scratch {
    let scratch = hostile::scratch();
    for (name, messages) in [("b", 3), ("c", 12)] {
        scratch.write(format!("users/{name}.mbox"), mailbox(&vec![("One", "x"); messages]));
    }
    scratch
}

#[track_caller]
fn check(scratch: &Scratch, page: &str, checks: &Path) {
    let mut command = clean(Command::new("node"), &scratch.path("."));
    let ran = Ran::of(command.arg(checks).arg(page));
    assert_eq!((ran.code, &*ran.stdout), (Some(0), ""), "{}", ran.stderr);
}

#[test]
fn a_hostile_page_is_shown_without_a_request_and_is_accessible() {
    let Some(checks) = checks() else { return };
    let scratch = scratch();
    scratch.run(["--report", "r.html", "--prove", "users", "out"]).ends(1);
    check(&scratch, "r.html", &checks);
}

#[test]
fn the_pages_of_verify_and_inspect_are_shown() {
    let Some(checks) = checks() else { return };
    let scratch = scratch();
    scratch.run(["inspect", "--report", "inspect.html", "users"]).ends(1);
    scratch.run(["users", "out"]).ends(1);
    scratch.write("out/extra.eml", "x");
    scratch.run(["verify", "--report", "verify.html", "users", "out"]).ends(1);
    for page in ["inspect.html", "verify.html"] {
        check(&scratch, page, &checks);
    }
}
