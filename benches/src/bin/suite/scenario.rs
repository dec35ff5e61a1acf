//! What kinds of mailboxes there are to convert.

use mbox2eml_bench::generator::Kind;
use mbox2eml_bench::size::MIB;

/// A kind of input.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) kind: Kind,
    /// More than 1: a folder of so many.
    pub(crate) mailboxes: u64,
    size: u64,
    /// To be seen beside it: does the time grow with the size?
    large: Option<u64>,
    quick: u64,
}

/// How much is done with an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All programs and outputs
    Full,
    /// The floor and mbox2eml, to a folder and to nothing
    Growth,
}

impl Scenario {
    /// Bytes of all mailboxes together, and what is done with them. A disk takes its time: it gets half as much.
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
