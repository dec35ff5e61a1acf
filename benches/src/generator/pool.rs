//! Text that is generated once and from which all bodies are copied.

use super::random::Random;

/// More than any text or HTML body needs.
const TEXT_SIZE: usize = 1 << 20;
const BASE64_SIZE: usize = 1 << 20;
const BASE64_COLUMNS: usize = 76;
const BASE64_ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// In lower case, so that no line of a body begins with `From ` by chance.
const WORDS: [&str; 48] = [
    "about",
    "account",
    "after",
    "again",
    "attached",
    "before",
    "between",
    "by",
    "confirm",
    "could",
    "date",
    "delivery",
    "for",
    "from",
    "have",
    "if",
    "in",
    "invoice",
    "is",
    "it",
    "list",
    "meeting",
    "message",
    "minutes",
    "new",
    "next",
    "not",
    "of",
    "on",
    "one",
    "order",
    "please",
    "project",
    "question",
    "regarding",
    "report",
    "send",
    "that",
    "the",
    "they",
    "this",
    "to",
    "update",
    "version",
    "we",
    "week",
    "with",
    "you",
];

/// ASCII lines with the line end of the mailbox, which can be cut at any line.
pub(super) struct Pool {
    text: String,
    html: String,
    base64: String,
    base64_line: usize,
}

impl Pool {
    pub(super) fn new(random: &mut Random, eol: &str) -> Self {
        Self {
            text: text(random, eol),
            html: html(random, eol),
            base64: base64(random, eol),
            base64_line: BASE64_COLUMNS + eol.len(),
        }
    }

    /// Whole lines of plain text, about `size` bytes.
    pub(super) fn text(&self, random: &mut Random, size: usize) -> &str {
        whole_lines(&self.text, random, size)
    }

    /// Whole lines of quoted-printable HTML, about `size` bytes.
    pub(super) fn html(&self, random: &mut Random, size: usize) -> &str {
        whole_lines(&self.html, random, size)
    }

    /// Whole lines of base64: at most `size` bytes, and no more than the pool has after the line drawn.
    pub(super) fn base64(&self, random: &mut Random, size: usize) -> &str {
        let start = random.below(self.base64.len() / self.base64_line / 2) * self.base64_line;
        let lines = size.min(self.base64.len() - start) / self.base64_line;
        &self.base64[start..start + lines.max(1) * self.base64_line]
    }

    /// `length` characters of base64, at most a line's 76.
    pub(super) fn token(&self, random: &mut Random, length: usize) -> &str {
        let start = random.below(self.base64.len() / self.base64_line) * self.base64_line;
        &self.base64[start..start + length]
    }
}

fn whole_lines<'a>(pool: &'a str, random: &mut Random, size: usize) -> &'a str {
    let drawn = random.below(pool.len() - size);
    let start = pool[..drawn].rfind('\n').map_or(0, |at| at + 1);
    let end = pool[drawn + size..].find('\n').map_or(pool.len(), |at| drawn + size + at + 1);
    &pool[start..end]
}

/// Paragraphs of 2 to 8 lines, filled to 72 columns or a little less.
fn text(random: &mut Random, eol: &str) -> String {
    let mut text = String::new();
    while text.len() < TEXT_SIZE {
        for _ in 0..random.between(2, 9) {
            fill(&mut text, random, 72);
            text.push_str(eol);
        }
        text.push_str(eol);
    }
    text
}

/// Quoted-printable lines that end in a soft line break, as mail programs write them.
fn html(random: &mut Random, eol: &str) -> String {
    const TAGS: [&str; 4] =
        ["<p style=3D\"margin:0px\">", "</p><div dir=3D\"ltr\">", "<br></div>", "<span style=3D\"color:rgb(0,0,0)\">"];
    let mut html = String::new();
    while html.len() < TEXT_SIZE {
        html.push_str(random.pick(&TAGS));
        fill(&mut html, random, 75 - 32);
        html.push('=');
        html.push_str(eol);
        fill(&mut html, random, 75);
        html.push('=');
        html.push_str(eol);
    }
    html
}

fn base64(random: &mut Random, eol: &str) -> String {
    let mut base64 = String::new();
    while base64.len() < BASE64_SIZE {
        for _ in 0..BASE64_COLUMNS {
            base64.push(char::from(BASE64_ALPHABET[random.below(BASE64_ALPHABET.len())]));
        }
        base64.push_str(eol);
    }
    base64
}

/// Appends words and spaces, at most `columns` characters and at least one word.
fn fill(line: &mut String, random: &mut Random, columns: usize) {
    let start = line.len();
    line.push_str(random.pick(&WORDS));
    loop {
        let word = random.pick(&WORDS);
        if line.len() - start + 1 + word.len() > columns {
            return;
        }
        line.push(' ');
        line.push_str(word);
    }
}
