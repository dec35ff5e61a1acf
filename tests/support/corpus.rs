//! The corpus of real mail, which is not part of the repository.

use std::env;
use std::path::{Path, PathBuf};

use super::skip::skip;

/// Where the corpus is: `$MBOX2EML_CORPUS`, or beside the repository. Without one, the test is skipped.
pub(crate) fn folder() -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = env::var_os("MBOX2EML_CORPUS").map_or_else(|| workspace.join("../shared/corpus"), PathBuf::from);
    let found = folder.is_dir().then_some(folder);
    if found.is_none() {
        skip("no corpus of real mail");
    }
    found
}
