//! Command lines as a shell takes them.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// How many words of a command line are shown; the middle of a longer one is left out.
const SHOWN: usize = 12;

/// The command line of this program with these arguments.
pub(crate) fn line(arguments: &[OsString]) -> String {
    let mut words: Vec<String> = arguments.iter().map(quoted).collect();
    if words.len() > SHOWN {
        words.splice(SHOWN / 2..words.len() - SHOWN / 2, ["…".to_owned()]);
    }
    words.insert(0, "mbox2eml".to_owned());
    words.join(" ")
}

/// What a word may have besides letters and digits without being quoted. In PowerShell, `,` and `@` make lists and
/// variables.
const PLAIN: &str = if cfg!(windows) { r"/\._-+%=:" } else { "/._-+%=:,@" };

/// A word, quoted if a shell would take it for something else.
pub(crate) fn quoted(word: impl AsRef<OsStr>) -> String {
    let text = word.as_ref().display().to_string();
    if !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || PLAIN.contains(c)) {
        text
    } else if cfg!(windows) {
        // Before the quote at the end, one backslash would make the quote a part of the word.
        let last = &text[text.trim_end_matches('\\').len()..];
        format!("\"{text}{last}\"")
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// A path, quoted and never taken for an option.
pub(crate) fn quoted_path(path: &Path) -> String {
    let is_like_option = path.as_os_str().as_encoded_bytes().starts_with(b"-");
    if is_like_option { quoted(Path::new(".").join(path)) } else { quoted(path) }
}

/// The command that puts files one after the other into one.
pub(crate) fn joining(files: &[PathBuf], into: &Path) -> String {
    let words = |separator| files.iter().map(|file| quoted_path(file)).collect::<Vec<_>>().join(separator);
    let into = quoted_path(into);
    if cfg!(windows) {
        // What PowerShell calls `cat` changes bytes, and `copy` takes `/` for the beginning of a switch.
        let paths = format!("{} {into}", words(" + ")).replace('/', "\\");
        return format!("cmd /c copy /b {paths}");
    }
    format!("cat {} > {into}", words(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_joined_by_a_command_of_the_system() {
        let command = joining(&["in/a b.aa", "in/a b.ab"].map(PathBuf::from), Path::new("in/a b"));
        if cfg!(windows) {
            assert_eq!(command, r#"cmd /c copy /b "in\a b.aa" + "in\a b.ab" "in\a b""#);
        } else {
            assert_eq!(command, "cat 'in/a b.aa' 'in/a b.ab' > 'in/a b'");
        }
    }

    #[test]
    #[cfg(not(windows))]
    fn words_are_quoted_where_a_shell_needs_it() {
        for (word, text) in [
            ("in/big.mbox.aa", "in/big.mbox.aa"),
            ("ann@example.org/x", "ann@example.org/x"),
            ("two words", "'two words'"),
            ("it's", r"'it'\''s'"),
            ("a;b", "'a;b'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), text);
        }
        assert_eq!((quoted("-x"), quoted_path(Path::new("-x"))), ("-x".to_owned(), "./-x".to_owned()));
    }

    #[test]
    #[cfg(windows)]
    fn words_are_quoted_where_one_of_the_shells_needs_it() {
        for (word, text) in [
            (r"in\big.mbox.aa", r"in\big.mbox.aa"),
            ("two words", "\"two words\""),
            (r"two words\", r#""two words\\""#),
            ("it's", "\"it's\""),
            ("a,b", "\"a,b\""),
            ("@a", "\"@a\""),
            ("", "\"\""),
        ] {
            assert_eq!(quoted(word), text);
        }
    }

    #[test]
    fn long_lines_are_shortened() {
        let words: Vec<OsString> = (1..=20).map(|number| number.to_string().into()).collect();
        assert_eq!(line(&words), "mbox2eml 1 2 3 4 5 6 … 15 16 17 18 19 20");
    }
}
