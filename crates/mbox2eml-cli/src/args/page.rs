//! What the help and the manual page of a command have beside its options.

use std::fmt::Write as _;

/// See the module.
pub(crate) struct Page {
    /// The forms of the command line.
    pub(crate) usage: &'static [&'static str],
    /// Arguments that the parser does not list by itself.
    pub(crate) arguments: &'static [(&'static str, &'static str)],
    /// Command lines, each with what it is for.
    pub(crate) examples: &'static [(&'static str, &'static str)],
    /// Exit codes, each with its meaning.
    pub(crate) exit: &'static [(&'static str, &'static str)],
    /// The last line of the short help.
    pub(super) more: &'static str,
}

/// The column in which explanations of arguments begin.
const COLUMN: usize = 14;

impl Page {
    pub(super) fn usage(&self) -> String {
        self.usage.join("\n       ")
    }

    /// A template of the whole help, for a command whose arguments the parser does not list.
    pub(super) fn template(&self) -> String {
        let mut text = "{about-with-newline}\n{usage-heading} {usage}\n\nArguments:\n".to_owned();
        for (name, what) in self.arguments {
            let what = what.replace('\n', &format!("\n{:COLUMN$}", ""));
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{:COLUMN$}{what}", format!("  {name}"));
        }
        text + "\n{all-args}{after-help}\n"
    }

    /// What comes after the options of the short help.
    pub(super) fn after_short(&self) -> String {
        self.more.to_owned()
    }

    /// What comes after the options of the long help.
    pub(super) fn after_long(&self) -> String {
        let mut text = "Examples:\n".to_owned();
        for (line, what) in self.examples {
            let _ = writeln!(text, "  {line}\n      {what}");
        }
        if !self.exit.is_empty() {
            text.push_str("\nExit codes:\n");
        }
        for (code, meaning) in self.exit {
            let _ = writeln!(text, "  {code:3}  {meaning}");
        }
        text.trim_end().to_owned()
    }
}
