//! All output to the terminal: nothing from a mailbox or a file name reaches it unescaped.

use std::fmt::{self, Display, Write as _};
use std::io::{self, IsTerminal, Write as _};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use mbox2eml::internals::is_invisible;
use serde::Serialize;

use crate::args::ColorArg;

/// A heading or a name.
pub(crate) const BOLD: Style = Style::new().bold();
/// A success.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// A warning.
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default().bold();
/// A failure.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();

/// Shows any text on one line, with control, bidirectional and invisible characters spelled out.
pub(crate) fn escape(text: impl Display) -> Escaped {
    Escaped(text.to_string())
}

/// See [`escape`].
pub(crate) struct Escaped(String);

impl Display for Escaped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            if is_harmless(character) {
                f.write_char(character)?;
            } else {
                write!(f, "{}", character.escape_unicode())?;
            }
        }
        Ok(())
    }
}

/// Text with at most this many characters; what is longer ends in `…`.
pub(crate) fn cut(text: impl Display, most: usize) -> String {
    let text = text.to_string();
    match text.char_indices().nth(most) {
        None => text,
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// Text with at most this many characters: of what is longer the first `start` and the last ones, with `…` between.
pub(crate) fn without_middle(text: impl Display, start: usize, most: usize) -> String {
    let text = text.to_string();
    match text.chars().count() {
        length if length <= most => text,
        length => {
            let end = most.saturating_sub(start + 1);
            text.chars().take(start).chain(['…']).chain(text.chars().skip(length - end)).collect()
        }
    }
}

/// The JSON text of a value, with a line end: what [`escape`] spells out is spelled out here as JSON does, so that
/// programs read the same text.
pub(crate) fn json_line(value: &impl Serialize) -> String {
    let mut line = String::new();
    // It fails only for maps whose keys are no strings.
    for character in serde_json::to_string(value).unwrap_or_default().chars() {
        if is_harmless(character) {
            line.push(character);
        } else {
            // Only a string in it can contain such a character.
            line.extend(character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    line.push('\n');
    line
}

fn is_harmless(character: char) -> bool {
    // White space is visible, except for what breaks a line.
    !character.is_control() && !is_invisible(character) && !matches!(character, '\u{2028}' | '\u{2029}')
}

/// Decides once for the whole program whether standard error has colours.
pub(crate) fn set_colors(color: ColorArg) {
    let choice = match color {
        ColorArg::Auto => return,
        ColorArg::Always => ColorChoice::Always,
        ColorArg::Never => ColorChoice::Never,
    };
    choice.write_global();
}

/// Whether standard error is a terminal.
pub(crate) fn is_watched() -> bool {
    io::stderr().is_terminal()
}

/// Writes text to standard error. An error there cannot be reported anywhere.
pub(crate) fn eprint(text: impl Display) {
    let mut stderr = AutoStream::auto(io::stderr().lock());
    let _ = write!(stderr, "{text}");
}

/// Writes text to standard output. A broken pipe is not an error.
pub(crate) fn print(text: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn long_text_is_cut_at_a_character() {
        for (text, shown) in [("", ""), ("Grüße", "Grüße"), ("Grüße!", "Grüß…"), ("日本語の件名", "日本語の…")]
        {
            assert_eq!(cut(text, 5), shown);
        }
    }

    #[test]
    fn long_text_may_keep_both_ends() {
        for (text, shown) in
            [("", ""), ("Grüße!", "Grüße!"), ("Grüße, Ann", "Gr…Ann"), ("日本語の件名です", "日本…名です")]
        {
            assert_eq!(without_middle(text, 2, 6), shown);
        }
    }

    #[test]
    fn nothing_hostile_passes() {
        for (text, shown) in [
            ("plain Grüße 日本 🙂", "plain Grüße 日本 🙂"),
            ("\u{1b}[2J", "\\u{1b}[2J"),
            ("a\r\nb\tc\0", "a\\u{d}\\u{a}b\\u{9}c\\u{0}"),
            ("\u{202e}txt.exe", "\\u{202e}txt.exe"),
            ("a\u{200b}b\u{feff}\u{9b}31m", "a\\u{200b}b\\u{feff}\\u{9b}31m"),
        ] {
            assert_eq!(escape(text).to_string(), shown);
            let value = Value::from(text);
            let json = json_line(&value);
            assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), value);
            assert!(json.trim_end().chars().all(is_harmless), "{json}");
        }
        assert_eq!(json_line(&Value::from("\u{7f}\u{9b}\u{e0041}é")), "\"\\u007f\\u009b\\udb40\\udc41é\"\n");
    }
}
