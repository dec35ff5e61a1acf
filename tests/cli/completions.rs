//! Completion in real shells: what is on the command line after the tabulator key.

use std::fmt::Write as _;
use std::process::{Command, Stdio};

use crate::common::{Ran, Scratch, one_message, shell_with_program};
use crate::program::is_installed;

/// What is typed before the key, and the whole line after it.
const LINES: &[(&str, &str)] = &[
    ("mbox2eml ins", "mbox2eml inspect"),
    ("mbox2eml comp", "mbox2eml completions"),
    ("mbox2eml in.m", "mbox2eml in.mbox"),
    ("mbox2eml in.mbox --dry", "mbox2eml in.mbox --dry-run"),
    ("mbox2eml --for zo", "mbox2eml --for zoho"),
    ("mbox2eml --layout y", "mbox2eml --layout year"),
    ("mbox2eml in.mbox new", "mbox2eml in.mbox newspapers/"),
    ("mbox2eml inspect in.m", "mbox2eml inspect in.mbox"),
    // No option of inspect begins like this.
    ("mbox2eml inspect --lay", "mbox2eml inspect --lay"),
    ("mbox2eml verify --lik", "mbox2eml verify --like"),
    ("mbox2eml importers fa", "mbox2eml importers fastmail"),
    ("mbox2eml man ver", "mbox2eml man verify"),
];

fn scratch() -> Scratch {
    let scratch = Scratch::with_mailbox(one_message().0);
    std::fs::create_dir(scratch.path("newspapers")).unwrap();
    scratch
}

/// A shell on a simple terminal.
fn shell(program: &str, scratch: &Scratch) -> Command {
    let mut shell = shell_with_program(program, &scratch.path("."));
    shell.env("TERM", "dumb");
    shell
}

/// Types each line and the key on a terminal, then makes the shell print what is on its command line.
fn typed(program: &str, options: &str, setup: &str) -> Option<Vec<String>> {
    if !is_installed(program, "--version") || !is_installed("script", "--version") {
        return None;
    }
    let scratch = scratch();
    let mut keys = format!("{setup}\n");
    for (line, _) in LINES {
        // After it, the beginning of the line and a command that prints the rest.
        writeln!(keys, "{line}\t\u{1}echo RESULT=").unwrap();
    }
    // A blank after the command separates it from what was typed.
    let keys = keys.replace("RESULT=", "RESULT= ") + "exit\n";
    scratch.write("keys", keys);
    let mut script = shell("script", &scratch);
    script.args(["--quiet", "--return", "--command", &format!("{program} {options}"), "/dev/null"]);
    let ran = Ran::of(script.stdin(Stdio::from(std::fs::File::open(scratch.path("keys")).unwrap())));
    let results = ran.stdout.lines().filter_map(|line| line.strip_prefix("RESULT= "));
    Some(results.map(|line| line.trim_end().to_owned()).collect())
}

#[track_caller]
fn assert_completed(lines: Option<Vec<String>>) {
    let expected: Vec<&str> = LINES.iter().map(|(_, line)| *line).collect();
    if let Some(lines) = lines {
        assert_eq!(lines, expected);
    }
}

#[test]
fn bash_completes() {
    assert_completed(typed("bash", "--norc --noprofile -i", "PS1=; source <(mbox2eml completions bash)"));
}

#[test]
fn zsh_completes() {
    let setup = "PS1=; unsetopt zle_bracketed_paste prompt_sp; bindkey -e; autoload -U compinit; compinit -u -D; \
                 source <(mbox2eml completions zsh)";
    assert_completed(typed("zsh", "-f -i", setup));
}

#[test]
fn fish_completes() {
    if !is_installed("fish", "--version") {
        return;
    }
    let scratch = scratch();
    let script = "mbox2eml completions fish | source; for line in $argv; complete -C $line; echo END; end";
    let lines = LINES.iter().map(|(line, _)| *line);
    let ran = Ran::of(shell("fish", &scratch).args(["--no-config", "-c", script]).args(lines)).ends(0);
    let candidates: Vec<&str> = ran.stdout.split("END\n").collect();
    assert_eq!(candidates.len(), LINES.len() + 1, "{ran:#?}");
    for ((line, whole), candidates) in LINES.iter().zip(candidates) {
        let (before, word) = line.rsplit_once(' ').unwrap();
        let candidates = candidates.lines().filter_map(|line| line.split('\t').next()).filter(|line| !line.is_empty());
        let candidates: Vec<String> = candidates.map(|candidate| format!("{before} {candidate}")).collect();
        if line == whole {
            assert!(candidates.iter().all(|candidate| !candidate.contains(word)), "{line}: {candidates:?}");
        } else {
            assert_eq!(candidates, [*whole], "{line}");
        }
    }
}

#[test]
fn powershell_completes() {
    if !is_installed("pwsh", "--version") {
        return;
    }
    let scratch = scratch();
    let script = "mbox2eml completions powershell | Out-String | Invoke-Expression; $line = 'mbox2eml ins'; \
                  (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText";
    let ran = Ran::of(shell("pwsh", &scratch).args(["-NoProfile", "-Command", script])).ends(0);
    assert_eq!(ran.stdout.trim(), "inspect");
}
