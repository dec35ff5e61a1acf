//! From a raw field value to text: unfolding (RFC 5322, section 2.2.3), encoded words (RFC 2047)
//! and undeclared 8-bit bytes. Subjects, labels and display names are all read here.
//!
//! Real encoded words break the rules: they split a character between two words, contain spaces and question marks, or
//! are far longer than 75 bytes. All of these are decoded. Anything that is not an encoded word stays as it is.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memchr2, memmem};

use super::charset::decode_charset;

/// The charset of undeclared 8-bit text that is not UTF-8: the one that Western mailers used.
const LEGACY_CHARSET: &[u8] = b"windows-1252";

/// Charset names are short; a limit keeps the search for their end from growing with the value.
const MAX_CHARSET: usize = 64;

/// The text of a field's value.
pub(super) fn decode(value: &[u8]) -> String {
    let value = unfold(value);
    if memchr(b'=', &value).is_none() {
        return plain(&value).into_owned();
    }
    let mut text = String::with_capacity(value.len());
    for_each_piece(&value, |piece| match piece {
        Piece::Plain(piece) => text.push_str(&piece),
        Piece::Decoded(piece) => text.push_str(&piece),
    });
    text
}

/// The value on one line and in UTF-8. Each run of adjacent encoded words becomes one encoded word in UTF-8, which
/// every parser of structured fields reads correctly.
pub(super) fn normalise(value: &[u8]) -> String {
    let mut line = String::with_capacity(value.len());
    for_each_piece(&unfold(value), |piece| match piece {
        Piece::Plain(piece) => line.push_str(&piece),
        Piece::Decoded(piece) => push_word(&mut line, &piece),
    });
    line
}

/// Appends `text` as an encoded word of any length, every byte of it in hexadecimal.
fn push_word(line: &mut String, text: &str) {
    if line.ends_with(char::is_alphanumeric) {
        line.push(' ');
    }
    line.push_str("=?utf-8?Q?");
    for byte in text.bytes() {
        line.push('=');
        line.extend(
            [byte >> 4, byte & 15].map(|digit| char::from(if digit < 10 { b'0' + digit } else { b'A' + digit - 10 })),
        );
    }
    line.push_str("?=");
}

/// The value on one line, without the white space around it.
///
/// Many mailers fold with a tab where a space was, so a tab at the start of a line counts as a space.
fn unfold(value: &[u8]) -> Cow<'_, [u8]> {
    let value = value.trim_ascii();
    if memchr2(b'\r', b'\n', value).is_none() {
        return Cow::Borrowed(value);
    }
    let mut unfolded = Vec::with_capacity(value.len());
    for line in value.split(|&byte| byte == b'\r' || byte == b'\n') {
        match line.strip_prefix(b"\t") {
            Some(rest) => {
                unfolded.push(b' ');
                unfolded.extend_from_slice(rest);
            }
            None => unfolded.extend_from_slice(line),
        }
    }
    Cow::Owned(unfolded)
}

/// A part of a value, as text.
enum Piece<'a> {
    /// Text that was not encoded.
    Plain(Cow<'a, str>),
    /// A run of adjacent encoded words of one charset.
    Decoded(String),
}

/// Calls `each` with the pieces of `value` in order. White space between two words is dropped (RFC 2047, section 6.2),
/// and their bytes are joined before they are decoded.
fn for_each_piece(value: &[u8], mut each: impl FnMut(Piece<'_>)) {
    let mut rest = value;
    let mut run: Option<Run<'_>> = None;
    while let Some((before, word, after)) = next_word(rest) {
        let adjacent = run.is_some() && before.trim_ascii().is_empty();
        let mut current = match run.take() {
            Some(run) if adjacent && run.goes_on_in(&word) => run,
            finished => {
                finished.into_iter().for_each(|run| each(run.decoded()));
                if !adjacent {
                    each(Piece::Plain(plain(before)));
                }
                Run::new(word.charset)
            }
        };
        word.decode_into(&mut current.bytes);
        run = Some(current);
        rest = after;
    }
    run.into_iter().for_each(|run| each(run.decoded()));
    each(Piece::Plain(plain(rest)));
}

/// Unencoded text: UTF-8, even if partly damaged, or the charset of older Western mail.
fn plain(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let chunks = || bytes.utf8_chunks();
    let characters = chunks().flat_map(|chunk| chunk.valid().chars());
    let beyond_ascii = characters.filter(|character| !character.is_ascii()).count();
    let damaged = chunks().filter(|chunk| !chunk.invalid().is_empty()).count();
    if beyond_ascii > damaged {
        String::from_utf8_lossy(bytes)
    } else {
        Cow::Owned(decode_charset(LEGACY_CHARSET, bytes))
    }
}

/// The bytes of adjacent encoded words of one charset.
struct Run<'a> {
    charset: &'a [u8],
    bytes: Vec<u8>,
}

impl<'a> Run<'a> {
    fn new(charset: &'a [u8]) -> Self {
        let bytes = Vec::new();
        Self { charset, bytes }
    }

    /// Whether the bytes of `word` continue these. In a charset with shift states every word starts afresh, and two of
    /// its escape sequences in a row would look like damage.
    fn goes_on_in(&self, word: &Word<'_>) -> bool {
        let starts_with = |name: &str| {
            let start = self.charset.get(..name.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
        };
        let shifts = starts_with("iso-2022-") || starts_with("utf-7");
        self.charset.eq_ignore_ascii_case(word.charset) && !shifts
    }

    fn decoded(self) -> Piece<'static> {
        Piece::Decoded(decode_charset(self.charset, &self.bytes))
    }
}

/// An encoded word: `=?charset?encoding?text?=`, the charset perhaps with a language behind `*`
/// (RFC 2231, section 5).
struct Word<'a> {
    charset: &'a [u8],
    encoding: Encoding,
    text: &'a [u8],
}

/// How the text of an encoded word represents bytes (RFC 2047, section 4).
enum Encoding {
    Base64,
    Quoted,
}

/// The first encoded word of `value`, with what comes before and after it.
fn next_word(value: &[u8]) -> Option<(&[u8], Word<'_>, &[u8])> {
    memmem::find_iter(value, b"=?").find_map(|at| {
        let (before, rest) = value.split_at_checked(at)?;
        let (word, after) = Word::parse(rest)?;
        Some((before, word, after))
    })
}

impl<'a> Word<'a> {
    /// Reads the word that `value` begins with; returns it and the rest.
    fn parse(value: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let rest = value.strip_prefix(b"=?")?;
        let window = rest.get(..MAX_CHARSET).unwrap_or(rest);
        let (charset, rest) = rest.split_at_checked(memchr(b'?', window)?)?;
        let charset = charset.split(|&byte| byte == b'*').next()?;
        if charset.is_empty() || !charset.iter().all(u8::is_ascii_graphic) {
            return None;
        }
        let (encoding, rest) = match rest {
            [b'?', b'B' | b'b', b'?', rest @ ..] => (Encoding::Base64, rest),
            [b'?', b'Q' | b'q', b'?', rest @ ..] => (Encoding::Quoted, rest),
            _ => return None,
        };
        let (text, end) = rest.split_at_checked(text_end(rest)?)?;
        let word = Self { charset, encoding, text };
        Some((word, end.strip_prefix(b"?=")?))
    }

    fn decode_into(&self, bytes: &mut Vec<u8>) {
        match self.encoding {
            Encoding::Base64 => decode_base64(self.text, bytes),
            Encoding::Quoted => decode_quoted(self.text, bytes),
        }
    }
}

/// Where the text of a word ends: at `?=`, unless a new word begins before it. So every byte is read for one word only,
/// however many unfinished words there are.
fn text_end(text: &[u8]) -> Option<usize> {
    for at in memchr_iter(b'?', text) {
        #[cfg(test)]
        tests::STEPS.set(tests::STEPS.get() + 1);
        if text.get(at + 1) == Some(&b'=') {
            return Some(at);
        }
        if at > 0 && text.get(at - 1) == Some(&b'=') {
            return None;
        }
    }
    None
}

/// The Q encoding. An `=` that two hexadecimal digits do not follow is an ordinary character.
fn decode_quoted(text: &[u8], bytes: &mut Vec<u8>) {
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = after;
        match (first, after) {
            (b'_', _) => bytes.push(b' '),
            (b'=', [high, low, behind @ ..]) => match (hex_digit(*high), hex_digit(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high << 4 | low);
                    rest = behind;
                }
                _ => bytes.push(b'='),
            },
            _ => bytes.push(*first),
        }
    }
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// The B encoding. Characters outside the alphabet are skipped; another group may follow the padding, since some
/// mailers join complete words.
fn decode_base64(text: &[u8], bytes: &mut Vec<u8>) {
    let mut group = 0_u32;
    let mut bits = 0_u32;
    for &byte in text {
        let Some(value) = base64_digit(byte) else {
            if byte == b'=' {
                bits = 0;
            }
            continue;
        };
        group = group << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            let [.., low] = (group >> bits).to_be_bytes();
            bytes.push(low);
        }
    }
}

fn base64_digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(value: &[u8], expected: &str) {
        let shown = String::from_utf8_lossy(value);
        assert_eq!(decode(value), expected, "{shown:?}");
    }

    #[test]
    fn plain_values_are_trimmed_and_unfolded() {
        check(b" Hello \r\n", "Hello");
        check(b"a\r\n b\n\tc\r\n\r\n", "a b c");
        check(b"a\r\r\n b", "a b");
        check(b"tab\tinside", "tab\tinside");
        check(b"", "");
    }

    #[test]
    fn undeclared_8_bit_text_is_utf_8_or_windows_1252() {
        check("Grüße".as_bytes(), "Grüße");
        check(b"Gr\xfc\xdfe f\xfcr 5 \x80", "Grüße für 5 €");
        check(b"na\xc3\xafve caf\xc3\xa9, cut \xc3", "naïve café, cut \u{fffd}");
        check(b"Gr\xfc\xdfe =?utf-8?Q?=E2=82=AC?=", "Grüße €");
        check("é =?utf-8?Q?=C3=A9?= \u{2603}".as_bytes(), "é é \u{2603}");
    }

    #[test]
    fn encoded_words_of_both_encodings() {
        check(b"=?ISO-8859-1?Q?Olle_J=E4rnefors?=", "Olle Järnefors");
        check(b"Re: =?utf-8?b?4oKsIDU=?= now", "Re: € 5 now");
        check(b"=?Shift_JIS?B?g26DjYFb?=", "ハロー");
        check(b"=?iso-2022-jp?B?GyRCJCIbKEI=?=", "あ");
        check(b"=?koi8-r?Q?=F0=D2=C9=D7=C5=D4?=", "Привет");
        check(b"=?utf-8?Q??=", "");
        check(b"=?utf-8*en-GB?Q?caf=C3=A9?=", "café");
        check(b"=?x-unknown?Q?caf=C3=A9?=", "café");
        check(b"=?utf-8?Q?caf=E9?=", "caf\u{fffd}");
    }

    #[test]
    fn white_space_goes_only_between_words() {
        check(b"=?utf-8?Q?a?= \r\n =?utf-8?Q?b?=", "ab");
        check(b"=?utf-8?Q?a?==?utf-8?Q?b?=", "ab");
        check(b"=?utf-8?Q?a?= and =?utf-8?Q?b?=", "a and b");
        check(b"=?utf-8?Q?a?= =?iso-8859-1?Q?=E9?= c", "aé c");
        check(b"x=?utf-8?Q?a?=y", "xay");
    }

    #[test]
    fn a_character_may_be_split_between_words() {
        check(b"=?UTF-8?Q?na=C3?=\r\n =?utf-8?Q?=AFve?=", "naïve");
        check(b"=?utf-8?B?4oI=?= =?utf-8?Q?=AC?=", "€");
        check(b"=?gb18030?B?xA==?= =?GB18030?B?4w==?=", "你");
    }

    #[test]
    fn words_with_shift_states_are_read_one_by_one() {
        let word = "=?ISO-2022-JP?B?GyRCJCIbKEI=?=";
        check(format!("{word}\r\n {word}").as_bytes(), "ああ");
        check(b"=?utf-7?Q?+AOk-?= =?UTF-7?Q?a?=", "éa");
    }

    #[test]
    fn broken_words_are_read_as_far_as_possible() {
        check(b"=?utf-8?Q?with spaces and = sign?=", "with spaces and = sign");
        check(b"=?utf-8?Q?Really??=", "Really?");
        check(b"=?utf-8?B?YQ==Yg==?=", "ab");
        check(b"=?utf-8?B?YW\r\n Jj?=", "abc");
        check(b"=?utf-8?B?YWJj*?=", "abc");
        check(b"=?utf-8?Q?cut =?utf-8?Q?whole?=", "=?utf-8?Q?cut whole");
        for raw in ["=?utf-8?Q?cut", "=?utf-8?X?a?=", "=??Q?a?=", "=?a b?Q?c?=", "a = b?", "=?", "?="] {
            check(raw.as_bytes(), raw);
        }
    }

    #[test]
    fn normalised_values_have_utf_8_words_only() {
        let value = b"=?iso-8859-1?Q?J=F6?= =?ISO-8859-1?Q?rg?= <j@example.org>,\r\n\t\"M\xfc\" <m@example.org>";
        let expected = "=?utf-8?Q?=4A=C3=B6=72=67?= <j@example.org>, \"Mü\" <m@example.org>";
        assert_eq!(normalise(value), expected);
        assert_eq!(normalise(b"a=?utf-8?Q?b?="), "a =?utf-8?Q?=62?=");
    }

    thread_local! {
        /// How many question marks were looked at in search of the end of a word.
        pub(super) static STEPS: Cell<usize> = const { Cell::new(0) };
    }

    #[test]
    fn every_question_mark_is_looked_at_for_one_word_only() {
        for part in ["=?", "=?a?q?", "=?a?q?b?c", "=?a?q??=", "?=", "=?a?b?= ", "=?a?q?b?=?c"] {
            let value = part.repeat(1_000);
            STEPS.set(0);
            decode(value.as_bytes());
            assert!(STEPS.get() <= value.matches('?').count(), "{part}: {} steps", STEPS.get());
        }
    }

    fn encoded(text: &str, cut: usize) -> String {
        let mut line = String::new();
        for bytes in text.as_bytes().chunks(cut) {
            line.push_str("=?UTF-8?q?");
            bytes.iter().for_each(|byte| line.push_str(&format!("={byte:02x}")));
            line.push_str("?=\r\n ");
        }
        line
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            decode(&bytes);
            normalise(&bytes);
        }

        #[test]
        fn never_panics_near_words(value in "(=\\?|\\?=|utf-8|gbk|\\?[qb]\\?|=[0-9A-F]{2}|[a=?_ \r\n\t])*") {
            decode(value.as_bytes());
            prop_assert_eq!(decode(normalise(value.as_bytes()).as_bytes()).is_empty(), decode(value.as_bytes()).is_empty());
        }

        #[test]
        fn decoding_undoes_encoding_wherever_words_are_cut(text in "\\PC*", cut in 1_usize..9) {
            prop_assert_eq!(decode(encoded(&text, cut).as_bytes()), text);
        }

        #[test]
        fn normalising_keeps_the_text(text in "\\PC{1,9}", cut in 1_usize..9) {
            let value = encoded(&text, cut);
            prop_assert_eq!(decode(normalise(value.as_bytes()).as_bytes()), text);
        }
    }
}
