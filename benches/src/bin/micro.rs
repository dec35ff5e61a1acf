//! `micro`: single steps of a conversion, each next to other code that does the same or less.

#![allow(clippy::print_stdout, reason = "a program of the benchmarks, not of the product")]

use std::error::Error;
use std::hint::black_box;
use std::io::{self, Write};
use std::ops::Range;
use std::time::Instant;

use clap::Parser;
use jiff::fmt::strtime;
use mail_parser::MessageParser;
use mail_parser::mailbox::mbox::MessageIterator;
use mail_parser::parsers::MessageStream;
use mbox2eml::internals::{LineEnd, Splitter, parse_labels};
use mbox2eml::message::{Field, HeaderReader, Headers, RawMessage};
use mbox2eml::name::{Namer, Place};
use mbox2eml::proof::{Signatures, Verdict};
use mbox2eml::source::Window;
use mbox2eml::split::{FromLine, Span, SplitRule};
use mbox2eml::transform::{Eml, Eol, Quoting};
use mbox2eml_bench::bench::machine;
use mbox2eml_bench::generator::{Kind, write_mailbox};
use mbox2eml_bench::size::{self, to_f64};
use mbox2eml_bench::spread::Spread;
use memchr::{memchr_iter, memmem};
use sha2::{Digest, Sha256};

/// Measures single functions on one thread, with all bytes in memory.
#[derive(Parser)]
struct Arguments {
    /// Size of each mailbox.
    #[arg(long, default_value = "32MiB", value_parser = size::parse)]
    size: u64,
    /// How often each function processes its mailbox.
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
}

fn main() -> Result<(), Box<dyn Error>> {
    let Arguments { size, rounds } = Arguments::parse();
    println!("{}; one thread, {rounds} rounds.\n", machine(&std::env::temp_dir()));
    println!("| step | mailbox | ours | compared with | takes | times |");
    println!("|---|---|---|---|---|---|");
    for kind in [Kind::Takeout, Kind::Small, Kind::Mboxrd, Kind::Quoted] {
        let mailbox = Mailbox::new(kind, size)?;
        for step in steps(&mailbox) {
            print!("{}", step.run(rounds));
        }
    }
    Ok(())
}

/// A generated mailbox in memory.
struct Mailbox {
    kind: Kind,
    bytes: Vec<u8>,
    spans: Vec<Span>,
    headers: Vec<Headers>,
    labels: Vec<Vec<u8>>,
}

impl Mailbox {
    fn new(kind: Kind, size: u64) -> Result<Self, Box<dyn Error>> {
        let mut bytes = Vec::new();
        write_mailbox(kind, size, 1, &mut bytes)?;
        let spans = split(&bytes);
        let mut mailbox = Self { kind, bytes, spans, headers: Vec::new(), labels: Vec::new() };
        mailbox.headers = mailbox.messages().map(|message| HeaderReader::default().read(&message)).collect();
        let label = |message: RawMessage<'_>| {
            let line =
                message.header().split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"X-Gmail-Labels: "));
            line.map(|value| value.trim_ascii().to_vec())
        };
        mailbox.labels = mailbox.messages().filter_map(label).collect();
        Ok(mailbox)
    }

    fn messages(&self) -> impl Iterator<Item = RawMessage<'_>> {
        let at = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
        let bytes = move |range: Range<u64>| &self.bytes[at(range.start)..at(range.end)];
        (1..).zip(&self.spans).map(move |(index, span)| {
            let mut message = RawMessage::new(bytes(span.from_line()), bytes(span.message()));
            (message.index, message.offset) = (index, span.from_line().start);
            message
        })
    }

    /// Calls `work` with each message; the sum keeps the compiler from removing the call.
    fn each<'a>(&'a self, mut work: impl FnMut(RawMessage<'a>) -> usize + 'a) -> Work<'a> {
        Box::new(move || self.messages().map(&mut work).sum())
    }
}

/// The spans of a complete mailbox.
fn split(bytes: &[u8]) -> Vec<Span> {
    let (mut spans, mut doubts) = (Vec::new(), Vec::new());
    let whole = Window::new(0, bytes, true);
    // Generated mailboxes have no preamble, so it is ignored.
    let _ = Splitter::new(SplitRule::Auto).advance(&whole, &mut spans, &mut doubts);
    spans
}

type Work<'a> = Box<dyn FnMut() -> usize + 'a>;

/// The unit of a step: bytes if it reads all of them, else messages.
#[derive(Clone, Copy)]
enum Per {
    Byte(usize),
    Item(usize),
}

impl Per {
    fn show(self, seconds: f64) -> String {
        let float = |count| to_f64(u64::try_from(count).unwrap_or(u64::MAX));
        match self {
            Self::Byte(bytes) => format!("{:.2} GB/s", float(bytes) / seconds / 1e9),
            Self::Item(items) => format!("{:.0} ns each", seconds * 1e9 / float(items)),
        }
    }
}

/// One of our functions, and others to compare it with.
struct Step<'a> {
    name: &'static str,
    kind: Kind,
    per: Per,
    ours: Work<'a>,
    others: Vec<(&'static str, Work<'a>)>,
}

impl Step<'_> {
    /// Runs all functions in turn; returns a row for each of the others.
    fn run(mut self, rounds: u16) -> String {
        let (mut ours, mut others) = (Vec::new(), vec![Vec::new(); self.others.len()]);
        // Round 0 warms up.
        for round in 0..=rounds {
            let taken = time(&mut self.ours);
            ours.extend((round > 0).then_some(taken));
            for ((_, work), times) in self.others.iter_mut().zip(&mut others) {
                let taken = time(work);
                times.extend((round > 0).then_some(taken));
            }
        }
        let rows = self.others.iter().zip(&others).map(|((name, _), theirs)| {
            let times = Spread::of(ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs));
            let show = |times: &[f64]| self.per.show(Spread::of(times.iter().copied()).median);
            format!(
                "| {} | {} | {} | {name} | {} | {times} |\n",
                self.name,
                self.kind.name(),
                show(&ours),
                show(theirs)
            )
        });
        rows.collect()
    }
}

fn time(work: &mut Work<'_>) -> f64 {
    let start = Instant::now();
    black_box(work());
    start.elapsed().as_secs_f64()
}

/// The steps that are measured with this kind of mailbox.
fn steps(mailbox: &Mailbox) -> Vec<Step<'_>> {
    match mailbox.kind {
        Kind::Small => {
            vec![
                scan(mailbox),
                from_line(mailbox),
                headers(mailbox),
                labels(mailbox),
                name(mailbox),
                line_stats(mailbox),
            ]
        }
        Kind::Mboxrd => vec![
            scan(mailbox),
            from_line(mailbox),
            headers(mailbox),
            line_ends("LF to CRLF", Eol::Crlf, LineEnd::Lf, mailbox),
        ],
        Kind::Quoted => vec![unquote(mailbox), proof(mailbox)],
        _ => vec![
            scan(mailbox),
            headers(mailbox),
            line_stats(mailbox),
            proof(mailbox),
            line_ends("CRLF to LF", Eol::Lf, LineEnd::Lf, mailbox),
        ],
    }
}

fn scan(mailbox: &Mailbox) -> Step<'_> {
    let bytes = &mailbox.bytes;
    Step {
        name: "find the messages",
        kind: mailbox.kind,
        per: Per::Byte(bytes.len()),
        ours: Box::new(|| split(bytes).len()),
        others: vec![
            ("memmem, `\\nFrom `", Box::new(|| memmem::find_iter(bytes, b"\nFrom ").count())),
            ("mail-parser's iterator", Box::new(|| MessageIterator::new(bytes.as_slice()).flatten().count())),
        ],
    }
}

fn from_line(mailbox: &Mailbox) -> Step<'_> {
    let format = if mailbox.kind == Kind::Mboxrd { "%a %b %e %H:%M:%S %Y" } else { "%a %b %d %H:%M:%S %z %Y" };
    let date = move |line: &[u8]| {
        let date = line.trim_ascii_end().splitn(3, |byte| *byte == b' ').last().unwrap_or_default();
        strtime::parse(format, date).is_ok()
    };
    Step {
        name: "From_ line",
        kind: mailbox.kind,
        per: Per::Item(mailbox.spans.len()),
        ours: mailbox.each(|message| FromLine::parse(message.from_line).map_or(0, |line| line.sender().len())),
        others: vec![("jiff's strptime for its date", mailbox.each(move |message| date(message.from_line).into()))],
    }
}

fn headers(mailbox: &Mailbox) -> Step<'_> {
    let subject = |headers: &Headers| headers.subject.as_ref().map_or(0, String::len);
    let wanted = [Field::Subject, Field::From, Field::To, Field::MessageId, Field::GmailThread, Field::Labels];
    let (few, many) = (HeaderReader::default(), HeaderReader::new(&wanted));
    let parser = MessageParser::default();
    let all = parser.clone();
    let empty_line: &[u8] = if mailbox.kind == Kind::Mboxrd { b"\n\n" } else { b"\n\r\n" };
    Step {
        name: "header",
        kind: mailbox.kind,
        per: Per::Item(mailbox.spans.len()),
        ours: mailbox.each(move |message| subject(&few.read(&message))),
        others: vec![
            ("the same, six fields", mailbox.each(move |message| subject(&many.read(&message)))),
            (
                "end of the header by memmem",
                mailbox.each(move |message| memmem::find(message.bytes, empty_line).unwrap_or(0)),
            ),
            (
                "mail-parser's parse_headers",
                mailbox.each(move |message| {
                    let parsed = parser.parse_headers(message.bytes);
                    parsed.and_then(|parsed| parsed.subject().map(str::len)).unwrap_or(0)
                }),
            ),
            (
                "mail-parser's parse",
                mailbox.each(move |message| {
                    let parsed = all.parse(message.bytes);
                    parsed.and_then(|parsed| parsed.subject().map(str::len)).unwrap_or(0)
                }),
            ),
        ],
    }
}

fn labels(mailbox: &Mailbox) -> Step<'_> {
    let decode = |value: &[u8]| {
        let text = [value, b"\r\n"].concat();
        let decoded = MessageStream::new(&text).parse_unstructured();
        decoded.into_text().map_or(0, |text| text.split(',').count())
    };
    Step {
        name: "labels",
        kind: mailbox.kind,
        per: Per::Item(mailbox.labels.len()),
        ours: Box::new(|| mailbox.labels.iter().map(|value| parse_labels(value).len()).sum()),
        others: vec![(
            "mail-parser's text, split at commas",
            Box::new(move || mailbox.labels.iter().map(|value| decode(value)).sum()),
        )],
    }
}

fn name(mailbox: &Mailbox) -> Step<'_> {
    let (namer, folder) = (Namer::default(), Place::root("small"));
    let plain = |(index, headers): (u64, &Headers)| {
        let seconds = headers.received.map_or(0, |received| received.seconds);
        format!("{index:06}_{seconds}_{}.eml", headers.subject.as_deref().unwrap_or_default()).len()
    };
    Step {
        name: "name",
        kind: mailbox.kind,
        per: Per::Item(mailbox.spans.len()),
        ours: Box::new(move || {
            let numbered = (1..).zip(&mailbox.headers);
            numbered.map(|(index, headers)| namer.name(&folder, index, headers).as_str().len()).sum()
        }),
        others: vec![("format!, nothing cleaned", Box::new(move || (1..).zip(&mailbox.headers).map(plain).sum()))],
    }
}

fn line_stats(mailbox: &Mailbox) -> Step<'_> {
    Step {
        name: "count lines and line ends",
        kind: mailbox.kind,
        per: Per::Byte(mailbox.bytes.len()),
        ours: mailbox.each(move |message| usize::from(Eml::new(message.bytes, Quoting::None, Eol::Keep).is_empty())),
        others: vec![("memchr, LF only", mailbox.each(|message| memchr_iter(b'\n', message.bytes).count()))],
    }
}

fn unquote(mailbox: &Mailbox) -> Step<'_> {
    let others = vec![
        ("memmem, `\\n>`", mailbox.each(|message| memmem::find_iter(message.bytes, b"\n>").count())),
        ("a copy", copies(mailbox)),
    ];
    written("unquote", |message| Eml::new(message, Quoting::Mboxrd, Eol::Keep), mailbox, others)
}

/// Compares each body with its signature.
fn proof(mailbox: &Mailbox) -> Step<'_> {
    let matches = |message: RawMessage<'_>| {
        let eml = Eml::new(message.bytes, Quoting::Mboxrd, Eol::Crlf);
        Signatures::of(message.header()).check(&eml) == Verdict::Matched
    };
    Step {
        name: "body hash",
        kind: mailbox.kind,
        per: Per::Byte(mailbox.bytes.len()),
        ours: mailbox.each(move |message| usize::from(matches(message))),
        others: vec![("sha2, all bytes", mailbox.each(|message| usize::from(Sha256::digest(message.bytes)[0])))],
    }
}

fn line_ends<'a>(name: &'static str, eol: Eol, line_end: LineEnd, mailbox: &'a Mailbox) -> Step<'a> {
    let others = vec![("a copy", copies(mailbox))];
    written(name, move |message| Eml::with_line_end(message, line_end, Quoting::None, eol), mailbox, others)
}

/// A writer that copies its input, as the kernel does, and drops it.
struct Taken(usize);

impl Write for Taken {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += black_box(bytes).len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Converts messages block by block.
fn written<'a>(
    name: &'static str,
    eml: impl Fn(&'a [u8]) -> Eml<'a> + 'a,
    mailbox: &'a Mailbox,
    others: Vec<(&'static str, Work<'a>)>,
) -> Step<'a> {
    let ours = mailbox.each(move |message| {
        let mut out = Taken(0);
        // This writer never fails.
        let _: io::Result<()> = eml(message.bytes).write_to(&mut out);
        out.0
    });
    Step { name, kind: mailbox.kind, per: Per::Byte(mailbox.bytes.len()), ours, others }
}

fn copies(mailbox: &Mailbox) -> Work<'_> {
    let mut out = Vec::new();
    mailbox.each(move |message| {
        out.clear();
        out.extend_from_slice(message.bytes);
        out.len()
    })
}
