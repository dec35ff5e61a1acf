//! Which characters are allowed in a path on Windows, macOS and Linux alike.
//!
//! Text of a message goes through [`push_text`] or [`push_path`], which leave no character that one of the three
//! systems forbids or that people cannot see.

use deunicode::deunicode_char;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{is_combining_mark, is_public_assigned};

use crate::keyword::keywords;
use crate::message::Language;

/// Which characters names are made of.
///
/// Default: [`Charset::Unicode`].
///
/// ```
/// use mbox2eml::message::Headers;
/// use mbox2eml::name::{Charset, Namer, Place, Template};
///
/// let mut headers = Headers::default();
/// headers.subject = Some("Crème brûlée".into());
/// let name = |charset| Namer::new(Template::default(), charset).name(&Place::default(), 1, &headers);
/// assert_eq!(name(Charset::Unicode).as_str(), "000001_Crème-brûlée.eml");
/// assert_eq!(name(Charset::Ascii).as_str(), "000001_Creme-brulee.eml");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Charset {
    /// The text as it is, in Unicode's normal form C.
    #[default]
    Unicode,
    /// ASCII only: other characters are transliterated (`Žluťoučký` becomes `Zlutoucky`).
    Ascii,
}

keywords!(Charset, "character set of names", Unicode = "unicode", Ascii = "ascii");

/// Which characters names are made of, and in which language's way others are written in ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Letters {
    pub(super) charset: Charset,
    pub(super) language: Option<Language>,
}

impl From<Charset> for Letters {
    fn from(charset: Charset) -> Self {
        Self { charset, language: None }
    }
}

/// How text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// As one word of a file name: `Re: a/b` becomes `Re-a-b`.
    Slug,
    /// As the name of a folder, which keeps its blanks: importers show it to people.
    Folder,
}

impl Style {
    /// Whether `c` may neither begin nor end a name: dots hide or are cut off, blanks are cut off,
    /// a dash looks like an option.
    pub(super) fn trims(self, c: char) -> bool {
        match self {
            Style::Slug => matches!(c, '-' | '.' | '_' | ' '),
            Style::Folder => matches!(c, '-' | '.' | ' '),
        }
    }
}

/// Whether `c` is not allowed in a name: forbidden by Windows, or `~`, which marks alternatives and
/// Windows' own short names, or a sign of damage.
fn is_forbidden(c: char) -> bool {
    matches!(c, '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*' | '~' | char::REPLACEMENT_CHARACTER)
}

/// Whether `c` looks like a blank: white space, and the braille cell without a dot.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{2800}'
}

/// Whether `c` shows nothing of its own, so that names leave it out and a terminal should escape it: controls,
/// direction marks, zero-width and other ignorable characters (Unicode's `Default_Ignorable_Code_Point`), private use,
/// unassigned.
///
/// White space is not invisible.
///
/// ```
/// use mbox2eml::internals::is_invisible;
///
/// assert!(is_invisible('\u{202E}') && is_invisible('\u{7}'));
/// assert!(!is_invisible('é') && !is_invisible(' '));
/// ```
pub fn is_invisible(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control() && !c.is_whitespace();
    }
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
        || (c.is_control() && !c.is_whitespace())
        || !is_assigned(c)
}

/// Whether `c` is an assigned character, and not for private use.
///
/// The most frequent scripts are named here because the table of the whole is searched from its start,
/// which costs 100 ns for each of their characters.
fn is_assigned(c: char) -> bool {
    matches!(c,
        '\u{3A3}'..='\u{52F}' | '\u{3041}'..='\u{3096}' | '\u{3099}'..='\u{30FF}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' | '\u{1F300}'..='\u{1F6D7}')
        || is_public_assigned(c)
}

/// Whether `c` is allowed in the literal text of a template.
pub(super) fn is_literal(c: char) -> bool {
    c == ' ' || !(is_forbidden(c) || is_blank(c) || is_invisible(c))
}

/// Literal text of a template in ASCII.
pub(super) fn literal_in_ascii(literal: &str) -> String {
    let mut ascii = String::with_capacity(literal.len());
    for c in literal.chars() {
        match deunicode_char(c) {
            Some(text) => ascii.extend(text.chars().map(|c| if is_literal(c) { c } else { '-' })),
            None => ascii.push('-'),
        }
    }
    ascii
}

/// Appends what is portable of `text`, at most `limit` bytes of it, and perhaps nothing.
pub(super) fn push_text(out: &mut String, text: &str, style: Style, letters: impl Into<Letters>, limit: usize) {
    let mut writer = Writer { start: out.len(), out, style, gap: None };
    if text.is_ascii() {
        writer.write_ascii(text, limit);
    } else {
        // Invisible characters are removed first: those on both sides may compose.
        let normal = text.chars().filter(|c| !is_invisible(*c)).nfc();
        let Letters { charset, language } = letters.into();
        match charset {
            Charset::Unicode => writer.write(normal, limit),
            Charset::Ascii => writer.write(normal.flat_map(|c| ascii(c, language)), limit),
        }
    }
    writer.finish(limit);
}

/// Appends the nested folders of `text`, which are divided by `/`: at most `limit` bytes.
pub(super) fn push_path(out: &mut String, text: &str, letters: Letters, limit: usize) {
    let start = out.len();
    for part in text.split('/') {
        let mark = out.len();
        if mark > start {
            out.push('/');
        }
        let at = out.len();
        push_text(out, part, Style::Folder, letters, limit.saturating_sub(at - start));
        if out.len() == at {
            out.truncate(mark);
        }
    }
}

/// A character's transliteration; of what has none, a blank.
fn ascii(c: char, language: Option<Language>) -> std::str::Chars<'static> {
    let own = language.and_then(|language| language.in_ascii(c));
    own.or_else(|| deunicode_char(c)).unwrap_or(" ").chars()
}

/// Appends one piece of text to `out`, character by character.
struct Writer<'a> {
    out: &'a mut String,
    start: usize,
    style: Style,
    /// What goes between the last character and the next, if there is a next one.
    gap: Option<char>,
}

impl Writer<'_> {
    /// Writes until the text ends or is longer than `limit`.
    fn write(&mut self, text: impl Iterator<Item = char>, limit: usize) {
        for c in text {
            self.push(c);
            if self.out.len() - self.start > limit {
                break;
            }
        }
    }

    /// The same for text in ASCII, word by word: most bytes of most names are copied in few steps.
    fn write_ascii(&mut self, text: &str, limit: usize) {
        let mut rest = text;
        while self.out.len() - self.start <= limit {
            let word = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
            let (word, after) = rest.split_at(word);
            if let Some(first) = word.chars().next() {
                self.keep(first);
                self.out.push_str(&word[1..]);
            }
            let Some(between) = after.chars().next() else { break };
            self.push(between);
            rest = &after[1..];
        }
    }

    fn push(&mut self, c: char) {
        // Most characters of most names need no further look.
        if c.is_ascii_alphanumeric() {
            self.keep(c);
        } else if is_blank(c) {
            self.gap.get_or_insert(match self.style {
                Style::Slug => '-',
                Style::Folder => ' ',
            });
        } else if is_forbidden(c) || (c == '-' && self.style == Style::Slug) {
            self.gap = Some('-');
        } else if !is_invisible(c) {
            self.keep(c);
        }
    }

    fn keep(&mut self, c: char) {
        if self.out.len() == self.start {
            if self.style.trims(c) || is_combining_mark(c) {
                return;
            }
            self.gap = None;
        }
        if let Some(gap) = self.gap.take() {
            self.out.push(gap);
        }
        self.out.push(c);
    }

    fn finish(self, limit: usize) {
        let Some(text) = self.out.get(self.start..) else {
            return;
        };
        let kept = cut(text, limit, char::len_utf8).trim_end_matches(|c| self.style.trims(c)).len();
        self.out.truncate(self.start + kept);
    }
}

/// The longest start of `text` that is at most `limit` wide and ends with a whole character, and
/// not between a letter and its combining marks, unless there is nothing before that letter.
pub(super) fn cut(text: &str, limit: usize, width: fn(char) -> usize) -> &str {
    // No character is wider than its bytes.
    if text.len() <= limit {
        return text;
    }
    let mut room = limit;
    let fits = |c: char| match room.checked_sub(width(c)) {
        Some(left) => {
            room = left;
            true
        }
        None => false,
    };
    let rest = text.trim_start_matches(fits);
    let kept = text.strip_suffix(rest).unwrap_or(text);
    if rest.starts_with(is_combining_mark) {
        let mut before = kept.trim_end_matches(is_combining_mark).chars();
        before.next_back();
        if !before.as_str().is_empty() {
            return before.as_str();
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slug(text: &str) -> String {
        written(text, Style::Slug, Charset::Unicode, 90)
    }

    fn written(text: &str, style: Style, charset: Charset, limit: usize) -> String {
        let mut out = String::from("before_");
        push_text(&mut out, text, style, charset, limit);
        out.strip_prefix("before_").unwrap().to_owned()
    }

    #[test]
    fn slugs() {
        for (text, expected) in [
            ("Quarterly report", "Quarterly-report"),
            ("Re: a/b", "Re-a-b"),
            ("Re: Fwd: [list] (no subject)", "Re-Fwd-[list]-(no-subject)"),
            ("  a \t\r\n b  ", "a-b"),
            ("a - b -- c", "a-b-c"),
            ("ann.b+tag_x@example.org", "ann.b+tag_x@example.org"),
            ("CAB$12=x%y@mail.example.org", "CAB$12=x%y@mail.example.org"),
            ("--help", "help"),
            ("~root", "root"),
            ("...", ""),
            ("", ""),
            ("-_. ~", ""),
            ("wait...", "wait"),
            ("_x_", "x"),
            ("../../etc/passwd", "etc-passwd"),
            (r"C:\x", "C-x"),
            (r#"<>:"/\|?*~"#, ""),
            (r#"a<>:"/\|?*~b"#, "a-b"),
            ("a\0b\x07c\x7fd\u{85}e\u{9f}f", "abcd-ef"),
            // Direction marks, zero-width characters, BOM, soft hyphen, tags, fillers.
            ("a\u{200E}\u{200F}\u{202A}\u{202E}\u{2066}\u{2069}\u{61C}b", "ab"),
            ("a\u{200B}\u{200C}\u{200D}\u{2060}\u{FEFF}\u{AD}\u{E0041}\u{3164}\u{FFA0}b", "ab"),
            ("invoice\u{202E}fdp.exe", "invoicefdp.exe"),
            // Private use, unassigned, not a character, damage.
            ("a\u{E000}\u{F0000}\u{10FFFD}\u{378}\u{FDD0}\u{FFFE}\u{1FFFF}b", "ab"),
            ("a\u{FFFD}b", "a-b"),
            // Line and paragraph separators, blanks of all widths.
            ("a\u{2028}b\u{2029}c\u{A0}d\u{3000}e\u{202F}f\u{2800}g", "a-b-c-d-e-f-g"),
            ("Angstro\u{308}m", "Angström"),
            ("e\u{200D}\u{301}", "é"),
            ("\u{301}\u{302}x", "x"),
            ("\u{212A}elvin", "Kelvin"),
            ("受信トレイ", "受信トレイ"),
            ("👩\u{200D}👩\u{200D}👧 ❤\u{FE0F}", "👩👩👧-❤"),
        ] {
            assert_eq!(slug(text), expected, "{text:?}");
        }
    }

    #[test]
    fn scripts_named_for_speed_are_assigned() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_assigned(c), is_public_assigned(c), "{c:?}");
        }
    }

    #[test]
    fn folders_keep_their_blanks() {
        for (text, expected) in [
            ("Category Personal", "Category Personal"),
            (" a \t b ", "a b"),
            ("a - b", "a - b"),
            ("Kategorie: \"Persönlich\"", "Kategorie-Persönlich"),
            ("Catégorie\u{A0}: Réseaux", "Catégorie-Réseaux"),
            ("_todo_", "_todo_"),
            ("..", ""),
        ] {
            assert_eq!(written(text, Style::Folder, Charset::Unicode, 90), expected, "{text:?}");
        }
    }

    #[test]
    fn ascii_slugs() {
        for (text, expected) in [
            ("Žluťoučký kůň", "Zlutoucky-kun"),
            ("A\u{30A}ngstro\u{308}m", "Angstrom"),
            ("北京", "Bei-Jing"),
            ("½ price", "1-2-price"),
            ("«quoted»", "quoted"),
            ("a\u{202E}b\u{FFFD}c", "ab-c"),
        ] {
            assert_eq!(written(text, Style::Slug, Charset::Ascii, 90), expected, "{text:?}");
        }
        for c in '\0'..=char::MAX {
            let text = written(&format!("x{c}y"), Style::Slug, Charset::Ascii, 90);
            assert!(text.chars().all(is_literal) && text.is_ascii() && !text.contains(' '), "{c:?} {text:?}");
        }
    }

    #[test]
    fn five_thousand_characters() {
        for (c, length) in [("a", 89), ("ж", 88), ("語", 87), ("😀", 88)] {
            assert_eq!(written(&c.repeat(5_000), Style::Slug, Charset::Unicode, 89).len(), length, "{c}");
        }
        assert_eq!(slug(&format!("{}x", "\u{200B}".repeat(5_000))), "x");
        assert_eq!(written("ab cd", Style::Slug, Charset::Unicode, 3), "ab");
        assert_eq!(written("abcd", Style::Slug, Charset::Unicode, 0), "");
    }

    #[test]
    fn nested_folders() {
        let path = |text: &str, limit| {
            let mut out = String::new();
            push_path(&mut out, text, Charset::Unicode.into(), limit);
            out
        };
        assert_eq!(path("Work/Projects/2024", 90), "Work/Projects/2024");
        assert_eq!(path("//a/../b/ /c/", 90), "a/b/c");
        assert_eq!(path("abc/def", 3), "abc");
        assert_eq!(path("abc/def", 4), "abc");
        assert_eq!(path("abc/def", 5), "abc/d");
        assert_eq!(path(&"a/".repeat(10_000), 5), "a/a/a");
    }

    #[test]
    fn cut_at_a_characters_end() {
        let bytes = |text, limit| cut(text, limit, char::len_utf8);
        assert_eq!(bytes("abc", 3), "abc");
        assert_eq!(bytes("abcd", 3), "abc");
        assert_eq!(bytes("äää", 3), "ä");
        assert_eq!(bytes("😀😀", 7), "😀");
        assert_eq!(bytes("😀", 3), "");
        assert_eq!(bytes("", 0), "");
        // x with a dot above and a tilde: not without them.
        assert_eq!(bytes("ax\u{307}\u{303}", 4), "a");
        assert_eq!(bytes("ax\u{307}\u{303}", 6), "ax\u{307}\u{303}");
        assert_eq!(bytes("x\u{307}\u{303}", 4), "x\u{307}");
        assert_eq!(cut("😀ä😀", 3, char::len_utf16), "😀ä");
    }
}
