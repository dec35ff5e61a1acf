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
    sizes: &'static [u64],
    quick: u64,
}

impl Scenario {
    /// Bytes of all mailboxes together.
    pub(crate) fn sizes(&self, quick: bool) -> &[u64] {
        if quick { std::slice::from_ref(&self.quick) } else { self.sizes }
    }
}

pub(crate) const SCENARIOS: [Scenario; 5] = [
    Scenario {
        name: "mixed",
        title: "Mixed Takeout mail",
        kind: Kind::Takeout,
        mailboxes: 1,
        sizes: &[1024 * MIB, 4096 * MIB],
        quick: 8 * MIB,
    },
    Scenario {
        name: "small",
        title: "Small messages",
        kind: Kind::Small,
        mailboxes: 1,
        sizes: &[256 * MIB, 1024 * MIB],
        quick: 2 * MIB,
    },
    Scenario {
        name: "mboxrd",
        title: "Mixed mail with LF, to be CRLF",
        kind: Kind::Mboxrd,
        mailboxes: 1,
        sizes: &[1024 * MIB],
        quick: 8 * MIB,
    },
    Scenario {
        name: "huge",
        title: "Few huge messages",
        kind: Kind::Huge,
        mailboxes: 1,
        sizes: &[1024 * MIB],
        quick: 40 * MIB,
    },
    Scenario {
        name: "many",
        title: "Many small mailboxes",
        kind: Kind::Small,
        mailboxes: 1000,
        sizes: &[256 * MIB],
        quick: 2 * MIB,
    },
];
