//! Seeded mailboxes: the same kind, size and seed give the same bytes on every machine.
//!
//! Only integers are drawn, because the last digit of a logarithm depends on the platform. The README.md of this
//! package describes the distributions.

mod headers;
mod pool;
mod random;
mod signed;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::ops::AddAssign;
use std::path::Path;

use clap::ValueEnum;
use headers::Envelope;
use pool::Pool;
use random::Random;

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;
const BLOCK: usize = MIB;
const BOUNDARY: &str = "000000000000a3f1c2063b1d7e5f";

/// The kind of mailbox to generate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Google Takeout, sizes as in real mail: CRLF, `From <id>@xxx …`, labels
    Takeout,
    /// Google Takeout, every message of about 1 to 8 KiB
    Small,
    /// The same, with quoted `From ` lines in every body
    Quoted,
    /// Google Takeout, every message with an attachment of 32 to 64 MiB
    Huge,
    /// LF and asctime From_ lines, sizes as in real mail
    Mboxrd,
}

impl Kind {
    /// Its name on the command line and in file names.
    #[must_use]
    pub fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    fn eol(self) -> &'static str {
        if self == Self::Mboxrd { "\n" } else { "\r\n" }
    }

    fn is_small(self) -> bool {
        matches!(self, Self::Small | Self::Quoted)
    }
}

/// Totals of one or more generated mailboxes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Messages written.
    pub messages: u64,
    /// Bytes written.
    pub bytes: u64,
    /// Body lines written as `>From ` or `>>From `.
    pub quoted_lines: u64,
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.messages += other.messages;
        self.bytes += other.bytes;
        self.quoted_lines += other.quoted_lines;
    }
}

/// Writes a mailbox of at least `size` bytes, which ends with the message that reaches the size.
///
/// # Errors
///
/// Those of `out`.
pub fn write_mailbox(kind: Kind, size: u64, seed: u64, out: impl Write) -> io::Result<Totals> {
    Generator::new(kind, seed).mailbox(size, out)
}

/// Writes the mailbox file `path`, or if `mailboxes` is more than 1, a folder with that number of mailboxes and `size`
/// bytes in total.
///
/// # Errors
///
/// Those of the file system.
pub fn write_to(path: &Path, kind: Kind, size: u64, seed: u64, mailboxes: u64) -> io::Result<Totals> {
    // Renamed when complete, so that an incomplete mailbox is never used.
    let partial = path.with_extension("partial");
    let mut generator = Generator::new(kind, seed);
    let mut mailbox =
        |path: &Path| generator.mailbox(size / mailboxes, BufWriter::with_capacity(BLOCK, File::create(path)?));
    let mut totals = Totals::default();
    if mailboxes > 1 {
        fs::create_dir_all(&partial)?;
        for number in 0..mailboxes {
            totals += mailbox(&partial.join(format!("{number:04}.mbox")))?;
        }
    } else {
        totals += mailbox(&partial)?;
    }
    fs::rename(&partial, path)?;
    Ok(totals)
}

struct Generator {
    kind: Kind,
    random: Random,
    pool: Pool,
    /// The thread of the previous message.
    thread: Option<u64>,
    /// The current message, from its From_ line to its blank line.
    entry: String,
}

impl Generator {
    fn new(kind: Kind, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let pool = Pool::new(&mut random, kind.eol());
        Self { kind, random, pool, thread: None, entry: String::new() }
    }

    fn mailbox(&mut self, size: u64, mut out: impl Write) -> io::Result<Totals> {
        let mut totals = Totals::default();
        while totals.bytes < size {
            totals.quoted_lines += self.message();
            totals.messages += 1;
            totals.bytes += u64::try_from(self.entry.len()).unwrap_or(u64::MAX);
            out.write_all(self.entry.as_bytes())?;
        }
        out.flush()?;
        Ok(totals)
    }

    /// Generates the next entry; returns the number of its quoted lines.
    fn message(&mut self) -> u64 {
        self.entry.clear();
        let envelope = Envelope::draw(&mut self.random, self.thread);
        self.thread = Some(envelope.thread());
        let from_line = match self.kind {
            Kind::Mboxrd => envelope.asctime(),
            _ => envelope.takeout(&mut self.random),
        };
        self.lines(&from_line);
        let headers = envelope.headers(&mut self.random, &self.pool);
        self.lines(&headers);

        let quoted = self.body();
        self.lines("\n");
        signed::sign(&mut self.entry, self.kind.eol());
        quoted
    }

    /// The fields that describe the body, and the body.
    fn body(&mut self) -> u64 {
        let size = self.body_size();
        match self.attachment_size() {
            Some(attachment) => {
                self.open_multipart("mixed");
                let quoted = self.text_part(size);
                self.attachment_part(attachment);
                self.close_multipart();
                quoted
            }
            None if self.random.one_in(4) => self.text_part(size),
            None => {
                self.open_multipart("alternative");
                let quoted = self.text_part(size / 3);
                self.html_part(size - size / 3);
                self.close_multipart();
                quoted
            }
        }
    }

    /// The size of a body. Similar to log-normal: the octave is binomial, the position in it uniform. From 512 bytes to
    /// 128 KiB, half of them below 8 KiB. For small messages, the rest of 1 to 8 KiB.
    fn body_size(&mut self) -> usize {
        if self.kind.is_small() {
            let message = self.random.between(KIB, 8 * KIB);
            return message.saturating_sub(self.entry.len() + 500).max(600);
        }
        let octave = 512 << (self.random.next() & 0x7F).count_ones();
        octave + self.random.below(octave)
    }

    /// One message of 256 has a large attachment, eight others a picture.
    fn attachment_size(&mut self) -> Option<usize> {
        match self.kind {
            Kind::Small | Kind::Quoted => return None,
            Kind::Huge => return Some(self.random.between(32 * MIB, 64 * MIB)),
            Kind::Takeout | Kind::Mboxrd => {}
        }
        match self.random.below(256) {
            0 => Some(self.random.between(MIB, 10 * MIB)),
            1..=8 => Some(self.random.between(50 * KIB, 300 * KIB)),
            _ => None,
        }
    }

    fn open_multipart(&mut self, subtype: &str) {
        self.lines(&format!("Content-Type: multipart/{subtype}; boundary=\"{BOUNDARY}\"\n\n--{BOUNDARY}\n"));
    }

    fn close_multipart(&mut self) {
        self.lines(&format!("\n--{BOUNDARY}--\n"));
    }

    /// Every 32nd text has a quoted line, every 128th one that is quoted twice. The kind `quoted` has eight such lines
    /// in each text. Returns their number.
    fn text_part(&mut self, size: usize) -> u64 {
        self.lines("Content-Type: text/plain; charset=\"UTF-8\"\n\n");
        self.entry.push_str(self.pool.text(&mut self.random, size));
        let quoted = match self.kind {
            Kind::Quoted => 8,
            _ => u64::from(self.random.one_in(32)),
        };
        for _ in 0..quoted {
            let marks = if self.random.one_in(4) { ">>" } else { ">" };
            self.lines(&format!("{marks}From here on the text is quoted.\n"));
            self.entry.push_str(self.pool.text(&mut self.random, 160));
        }
        quoted
    }

    fn html_part(&mut self, size: usize) {
        self.lines(&format!(
            "\n--{BOUNDARY}\nContent-Type: text/html; charset=\"UTF-8\"\n\
             Content-Transfer-Encoding: quoted-printable\n\n"
        ));
        self.entry.push_str(self.pool.html(&mut self.random, size));
    }

    fn attachment_part(&mut self, size: usize) {
        self.lines(&format!(
            "\n--{BOUNDARY}\nContent-Type: application/octet-stream; name=\"data.bin\"\n\
             Content-Disposition: attachment; filename=\"data.bin\"\n\
             Content-Transfer-Encoding: base64\n\n"
        ));
        let end = self.entry.len() + size;
        while self.entry.len() < end {
            let wanted = end - self.entry.len();
            self.entry.push_str(self.pool.base64(&mut self.random, wanted));
        }
    }

    /// Appends `text`, which has LF, with the line ends of the mailbox.
    fn lines(&mut self, text: &str) {
        for line in text.split_terminator('\n') {
            self.entry.push_str(line);
            self.entry.push_str(self.kind.eol());
        }
    }
}

#[cfg(test)]
mod tests {
    use mbox2eml::Converter;
    use mbox2eml::proof::Proof;
    use mbox2eml::sink::Null;
    use mbox2eml::source::Stream;

    use super::*;

    fn mailbox(kind: Kind, seed: u64) -> (Totals, String) {
        let mut out = Vec::new();
        let totals = write_mailbox(kind, 3 << 20, seed, &mut out).unwrap();
        (totals, String::from_utf8(out).unwrap())
    }

    #[test]
    fn a_seed_gives_the_same_bytes_and_another_seed_others() {
        for kind in Kind::value_variants().iter().copied() {
            assert_eq!(mailbox(kind, 7), mailbox(kind, 7));
            assert_ne!(mailbox(kind, 7).1, mailbox(kind, 8).1);
        }
    }

    #[test]
    fn the_bytes_stay_what_published_figures_were_measured_on() {
        // FNV-1a: enough to detect a change, without a dependency.
        let (_, text) = mailbox(Kind::Takeout, 1);
        let hash = text
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
        assert_eq!(hash, 0x97cb_5391_0998_e2a0);
    }

    #[test]
    fn every_from_line_is_a_separator_after_a_blank_line() {
        for kind in Kind::value_variants().iter().copied() {
            let (totals, text) = mailbox(kind, 3);
            let blank = [kind.eol(), kind.eol()].concat();
            let entries = text.strip_prefix("From ").unwrap().strip_suffix(&blank).unwrap();
            let after_blank = entries.matches(&format!("{blank}From ")).count();
            let anywhere = entries.matches("\nFrom ").count();
            let messages = usize::try_from(totals.messages).unwrap();
            assert_eq!((after_blank + 1, anywhere + 1), (messages, messages));
            let quoted = text.matches("\n>From ").count() + text.matches("\n>>From ").count();
            assert_eq!(u64::try_from(quoted), Ok(totals.quoted_lines));
        }
    }

    #[test]
    fn a_folder_holds_so_many_mailboxes_of_one_size_together() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("many");
        let totals = write_to(&path, Kind::Small, 100_000, 1, 5).unwrap();
        let lengths: Vec<u64> = fs::read_dir(&path).unwrap().map(|it| it.unwrap().metadata().unwrap().len()).collect();
        assert_eq!((lengths.len(), lengths.iter().sum()), (5, totals.bytes));
        assert!(lengths.iter().all(|length| (20_000..30_000).contains(length)), "{lengths:?}");
    }

    #[test]
    fn every_signature_is_one_of_its_body() {
        for kind in Kind::value_variants().iter().copied() {
            let (totals, text) = mailbox(kind, 7);
            let prover = Converter::builder().proof(Proof::BodyHash).build();
            let proven = prover.convert(Stream::new("memory", text.as_bytes()), Null, &()).proof().unwrap();
            let signed = u64::try_from(text.matches("\nDKIM-Signature: ").count()).unwrap();
            assert!(signed > 0, "{kind:?}");
            let expected = (signed, 0, totals.messages - signed);
            assert_eq!((proven.matched, proven.mismatched, proven.unsigned), expected, "{kind:?}");
        }
    }

    #[test]
    fn line_ends_are_those_of_the_kind() {
        let (_, crlf) = mailbox(Kind::Takeout, 4);
        assert_eq!(crlf.matches('\n').count(), crlf.matches("\r\n").count());
        let (_, lf) = mailbox(Kind::Mboxrd, 4);
        assert_eq!(lf.matches('\r').count(), 0);
    }

    #[test]
    fn the_gmail_id_shows_the_date_of_the_from_line() {
        let (_, text) = mailbox(Kind::Small, 5);
        for line in text.lines().filter(|line| line.starts_with("From ")) {
            let (id, date) = line[5..].split_once("@xxx ").unwrap();
            let milliseconds = id.parse::<i64>().unwrap() >> 20;
            let received = jiff::Timestamp::from_millisecond(milliseconds).unwrap();
            assert_eq!(received.strftime("%a %b %d %H:%M:%S +0000 %Y").to_string(), date);
        }
    }
}
