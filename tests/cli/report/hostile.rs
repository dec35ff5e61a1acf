//! No text of a mail, and no name of a file, becomes markup or hides what is around it.

use super::Page;
use crate::common::Scratch;

/// Everything that a sender can choose.
const HOSTILE: &[&str] = &[
    "<script>window.executed=1</script>",
    "</style><script>window.executed=1</script>",
    "</title><base href=//example.org><meta http-equiv=refresh content=0>",
    "\"><img src=x onerror=window.executed=1>",
    "' onmouseover='window.executed=1",
    "<!--<![CDATA[",
    "&lt;b&gt;&#60;script&#62;",
    "\u{202e}lmth.txt\u{2066}\u{200f}",
    "javascript:window.executed=1",
    "{{7*7}}${7*7}",
];

/// A mailbox whose messages have such texts, or as many harmless ones, in every field that a page shows.
fn mailbox(texts: &[&str]) -> String {
    let mut mailbox = String::new();
    for (number, text) in texts.iter().enumerate() {
        let encoded: String = text.bytes().map(|byte| format!("={byte:02X}")).collect();
        mailbox += &format!(
            "From 1798765432109876543@xxx Mon Apr 01 12:{number:02}:00 +0000 2024\nX-GM-THRID: 1\n\
             X-Gmail-Labels: =?UTF-8?Q?{encoded}?=\nFrom: =?UTF-8?Q?{encoded}?= <x{number}@example.org>\n\
             Subject: =?UTF-8?Q?{encoded}?=\n\nHello\n\nFrom {text} on\nA: b\n\n{}\0\n\n",
            "x".repeat(9000)
        );
    }
    mailbox
}

/// The name of a hostile file.
const NAME: &str = if cfg!(windows) { "All ';&" } else { "All <img src=x onerror=window.executed=1> \"'&" };

/// A folder with a mailbox and a file that fails.
fn folder(name: &str, texts: &[&str]) -> Scratch {
    let scratch = Scratch::new();
    scratch.write(format!("users/{name}.mbox"), mailbox(texts));
    scratch.write(format!("users/{name}.pst"), "");
    scratch
}

/// A hostile one.
pub(super) fn scratch() -> Scratch {
    folder(NAME, HOSTILE)
}

fn page(name: &str, texts: &[&str], options: &[&str]) -> Page {
    let scratch = folder(name, texts);
    scratch.run(["--report", "r.html"].iter().chain(options).chain(&["users", "out"])).ends(1);
    Page::of(&scratch, "r.html")
}

#[test]
fn a_hostile_mailbox_adds_no_element_and_no_attribute() {
    let harmless: Vec<String> = (0..HOSTILE.len()).map(|number| format!("harmless {number}")).collect();
    let harmless: Vec<&str> = harmless.iter().map(String::as_str).collect();
    for options in [&[][..], &["--layout", "label"]] {
        let hostile = page(NAME, HOSTILE, options);
        let expected = page("All mail", &harmless, options).elements();
        assert_eq!(hostile.elements(), expected);
        assert!(hostile.0.contains("&lt;script&gt;window.executed=1"));
        let harmless = |c: char| !c.is_control() || matches!(c, '\n');
        assert!(hostile.0.chars().all(|c| harmless(c) && !"\u{202e}\u{2066}\u{200f}".contains(c)));
    }
}

#[test]
fn the_page_allows_nothing_but_its_own_style_and_script() {
    let page = page("All mail", &["one"], &[]).0;
    let policy = super::between(&page, "http-equiv=\"Content-Security-Policy\" content=\"", "\"").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    let with_address = page.match_indices("http").filter(|(at, _)| !page[*at..].starts_with("http-equiv"));
    assert_eq!(with_address.count(), 0);
}
