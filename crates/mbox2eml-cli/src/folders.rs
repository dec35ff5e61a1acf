//! The folders of a run.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::number::{count, grouped, to_u64};
use crate::terminal::{BOLD, escape};

/// How many folders are listed without `-v`; the largest ones, if there are more.
const LISTED: usize = 20;

/// Lists folders, as `name` has them, with the number of messages in each, unless the output itself is the only one.
pub(crate) fn write_folders(
    text: &mut String,
    folders: &BTreeMap<String, u64>,
    name: impl Fn(&str) -> String,
    verbose: bool,
) -> std::fmt::Result {
    if folders.keys().all(String::is_empty) {
        return Ok(());
    }
    let mut listed: Vec<(&String, &u64)> = folders.iter().collect();
    if listed.len() > LISTED && !verbose {
        listed.sort_by_key(|(_, messages)| Reverse(**messages));
        listed.truncate(LISTED);
    }
    writeln!(text, "  {BOLD}folders{BOLD:#}   {}", grouped(to_u64(folders.len())))?;
    for (folder, messages) in &listed {
        let folder = if folder.is_empty() { ".".to_owned() } else { name(folder) };
        writeln!(text, "    {}  {}", escape(folder), count(**messages, "message"))?;
    }
    match folders.len() - listed.len() {
        0 => Ok(()),
        more => writeln!(text, "    and {} more (list with -v)", grouped(to_u64(more))),
    }
}
