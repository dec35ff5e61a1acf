//! The kinds of input.

use mbox2eml_bench::generator::Kind;
use mbox2eml_bench::size::MIB;

/// A kind of input.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) kind: Kind,
    /// If more than 1, the input is a folder with this number of mailboxes.
    pub(crate) mailboxes: u64,
    size: u64,
    /// A larger input, to show how time grows with size.
    large: Option<u64>,
    quick: u64,
}

/// What is measured for an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All programs and outputs
    Full,
    /// The floor and mbox2eml, to a folder and to nothing
    Growth,
}

impl Scenario {
    /// Total size of the mailboxes in bytes, and what is measured. On disk, which is slow, half the size is used.
    pub(crate) fn inputs(&self, quick: bool, is_tmpfs: bool) -> impl Iterator<Item = (u64, Extent)> {
        let (size, large) = match (quick, is_tmpfs) {
            (true, _) => (self.quick, None),
            (false, true) => (self.size, self.large),
            (false, false) => (self.size / 2, None),
        };
        [(size, Extent::Full)].into_iter().chain(large.map(|large| (large, Extent::Growth)))
    }
}

pub(crate) const SCENARIOS: [Scenario; 5] = [
    Scenario {
        name: "mixed",
        title: "Mixed Takeout mail",
        kind: Kind::Takeout,
        mailboxes: 1,
        size: 512 * MIB,
        large: Some(4096 * MIB),
        quick: 8 * MIB,
    },
    Scenario {
        name: "small",
        title: "Small messages",
        kind: Kind::Small,
        mailboxes: 1,
        size: 192 * MIB,
        large: Some(1024 * MIB),
        quick: 2 * MIB,
    },
    Scenario {
        name: "mboxrd",
        title: "Mixed mail with LF, to be CRLF",
        kind: Kind::Mboxrd,
        mailboxes: 1,
        size: 512 * MIB,
        large: None,
        quick: 8 * MIB,
    },
    Scenario {
        name: "huge",
        title: "Few huge messages",
        kind: Kind::Huge,
        mailboxes: 1,
        size: 512 * MIB,
        large: None,
        quick: 40 * MIB,
    },
    Scenario {
        name: "many",
        title: "Many small mailboxes",
        kind: Kind::Small,
        mailboxes: 1000,
        size: 128 * MIB,
        large: None,
        quick: 2 * MIB,
    },
];
