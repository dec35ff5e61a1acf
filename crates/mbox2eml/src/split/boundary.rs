//! What a splitter knows where a message begins, so that another one can go on there.

use std::collections::VecDeque;

use super::dialect::Dialect;
use super::forwarded::PartSearch;
use super::multipart::Delimiter;
use super::verdict::{FirstLine, SplitRule, Why};
use crate::line_end::LineEnd;
use crate::pairs::{Checksum, Hex, Maybe, PairReader, Pairs, Unreadable};

/// What the messages of a mailbox have shown so far: all of a splitter's knowledge that outlives a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) line_end: LineEnd,
    pub(super) dialect: Option<Dialect>,
    pub(super) first: FirstLine,
    pub(super) unseparated: bool,
    /// Whether other programs deliver into this mailbox of Thunderbird's.
    pub(super) is_shared: bool,
    /// How many separators of other programs were found.
    pub(super) foreign: usize,
    /// How many messages were closed.
    pub(super) found: u64,
    /// The MIME parts that messages left open, and where these messages ended.
    pub(super) left_open: VecDeque<(Delimiter, u64)>,
    pub(super) part_search: PartSearch,
}

/// A place between two messages, with all that a splitter knows there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Boundary {
    pub(super) rule: SplitRule,
    pub(super) known: Known,
    /// Where the From_ line of the next message begins.
    pub(super) start: u64,
    /// Of that line, to recognize it.
    pub(super) from_line: Checksum,
    /// Why that line may begin no message.
    pub(super) why: Option<Why>,
    /// Whether the dialects begin to mix there.
    pub(super) mixes: bool,
}

impl Boundary {
    /// Where the next message begins.
    pub(crate) fn start(&self) -> u64 {
        self.start
    }

    /// What began the messages before.
    pub(crate) fn rule(&self) -> SplitRule {
        self.rule
    }

    /// Writes it as text.
    pub(crate) fn write(&self, pairs: &mut Pairs) {
        let Self { rule, known, start: _, from_line, why, mixes } = self;
        let Known { line_end, dialect, first, unseparated, is_shared, foreign, found: _, left_open, part_search } =
            known;
        let FirstLine { dialect: first_dialect, is_patch, is_undated, is_headerless, pattern } = first;
        pairs.add("from", from_line);
        pairs.add("split", rule);
        pairs.add("eol", if *line_end == LineEnd::Cr { "cr" } else { "lf" });
        pairs.add("dialect", Maybe(*dialect));
        pairs.add("first", Maybe(*first_dialect));
        let flags = [*is_patch, *is_undated, *is_headerless, *unseparated, *is_shared, *mixes];
        let flags: String = FLAGS.chars().zip(flags).filter(|(_, is_set)| *is_set).map(|(flag, _)| flag).collect();
        pairs.add("flags", flags);
        pairs.add("pattern", Maybe(pattern.clone().map(Hex)));
        pairs.add("foreign", foreign);
        pairs.add("why", Maybe(why.and_then(Why::code)));
        let left_open = left_open.iter().map(|(part, end)| format!("{}@{end}", Hex(part.as_bytes().to_vec())));
        pairs.add("open", left_open.collect::<Vec<_>>().join("+"));
        pairs.add("searched", part_search.searched);
    }

    /// Reads what was written of a place with `found` messages before it.
    pub(crate) fn read(pairs: &mut PairReader<'_>, start: u64, found: u64) -> Result<Self, Unreadable> {
        let from_line = pairs.value("from")?;
        let rule = pairs.value("split")?;
        let line_end = match pairs.text("eol")? {
            "lf" => LineEnd::Lf,
            "cr" => LineEnd::Cr,
            _ => return Err(Unreadable("eol")),
        };
        let Maybe(dialect) = pairs.value("dialect")?;
        let Maybe(first_dialect) = pairs.value("first")?;
        let flags = pairs.text("flags")?;
        let [is_patch, is_undated, is_headerless, unseparated, is_shared, mixes] = flags_of(flags);
        let pattern = pairs.value::<Maybe<Hex>>("pattern")?.0.map(|Hex(bytes)| bytes);
        let foreign = pairs.value("foreign")?;
        if foreign > usize::MAX / 2 {
            return Err(Unreadable("foreign"));
        }
        let why = match pairs.text("why")? {
            "-" => None,
            code => Some(Why::of_code(code).ok_or(Unreadable("why"))?),
        };
        let parts = pairs.text("open")?.split('+').filter(|part| !part.is_empty());
        let left_open = parts.map(|part| left_open(part, start)).collect::<Option<_>>().ok_or(Unreadable("open"))?;
        let part_search = PartSearch { searched: pairs.value("searched")? };
        let first = FirstLine { dialect: first_dialect, is_patch, is_undated, is_headerless, pattern };
        let known = Known { line_end, dialect, first, unseparated, is_shared, foreign, found, left_open, part_search };
        // Where a message was found, the first line was read.
        if known.dialect.is_none() || found == 0 {
            return Err(Unreadable("dialect"));
        }
        Ok(Self { rule, known, start, from_line, why, mixes })
    }
}

/// What is set, by its letters: the first line is a patch, undated, headerless; unseparated, shared, mixes.
const FLAGS: &str = "puhnsm";

fn flags_of(flags: &str) -> [bool; 6] {
    let mut letters = FLAGS.chars();
    std::array::from_fn(|_| letters.next().is_some_and(|letter| flags.contains(letter)))
}

/// A MIME part and where the message ended that left it open, which was before `start` or there.
fn left_open(text: &str, start: u64) -> Option<(Delimiter, u64)> {
    let (part, end) = text.split_once('@')?;
    let Hex(bytes) = part.parse().ok()?;
    Some((Delimiter::from_bytes(bytes)?, end.parse().ok().filter(|end| *end <= start)?))
}
