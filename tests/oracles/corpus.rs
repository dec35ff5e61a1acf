//! The corpus of real mail, which is not part of the repository, and what its list says of each mailbox.

use std::fs;
use std::path::PathBuf;

use mbox2eml::split::SplitRule;
use mbox2eml::transform::Unquote;
use serde_json::Value;

use crate::mailbox::read;
use crate::support::corpus::folder;

/// The corpus, if it is there.
pub(crate) struct Corpus {
    folder: PathBuf,
}

/// A mailbox of the corpus.
pub(crate) struct Case {
    /// Its path in the corpus, with `/`.
    pub(crate) file: String,
    pub(crate) bytes: Vec<u8>,
    /// What the corpus says of it.
    pub(crate) listed: Value,
}

impl Corpus {
    pub(crate) fn find() -> Option<Self> {
        folder().map(|folder| Self { folder })
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    pub(crate) fn read(&self, file: &str) -> Vec<u8> {
        let path = self.path(file);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Every mailbox in the list.
    pub(crate) fn cases(&self) -> Vec<Case> {
        let list: Vec<Value> = serde_json::from_slice(&self.read("expected.json")).unwrap();
        let case = |listed: Value| {
            let file = listed["file"].as_str().unwrap().to_owned();
            Case { bytes: self.read(&file), file, listed }
        };
        list.into_iter().map(case).collect()
    }

    /// Those in the list that are an mbox.
    pub(crate) fn mailboxes(&self) -> Vec<Case> {
        let is_mbox = |case: &Case| read(&case.bytes, SplitRule::Auto, Unquote::Auto).is_ok();
        self.cases().into_iter().filter(is_mbox).collect()
    }
}

impl Case {
    /// How many messages it has, by its peer's own assertion, else by most of the tools; `None` if a peer refuses it.
    pub(crate) fn expected_count(&self) -> Option<u64> {
        match &self.listed["expected_messages"] {
            Value::Null => Some(self.consensus()),
            Value::String(error) if error == "error" => None,
            count => Some(count.as_u64().unwrap()),
        }
    }

    fn consensus(&self) -> u64 {
        let counts = self.listed["counts"].as_object().unwrap();
        let votes = |count: u64| counts.values().filter(|other| other.as_u64() == Some(count)).count();
        counts.values().filter_map(Value::as_u64).max_by_key(|count| votes(*count)).unwrap()
    }
}
