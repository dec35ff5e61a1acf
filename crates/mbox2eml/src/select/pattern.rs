//! Text to search for, in any case.

use unicode_normalization::UnicodeNormalization;

/// A text to search for in header fields, in any case and any normal form of Unicode.
///
/// Both sides are put into lower case, character by character, and into NFC. The final `ς` counts as `σ`, and the
/// Turkish `ı` and `İ` as `i`, since case depends on the language there. All other characters differ: `e` does not
/// match `é`, nor `ss` a `ß`. White space matters. An empty text is part of every text.
///
/// # Examples
///
/// ```
/// use mbox2eml::select::Pattern;
///
/// let pattern = Pattern::new("GRÜSSE aus");
/// assert!(pattern.is_in("Viele Gru\u{308}sse aus Wien"));
/// assert!(!pattern.is_in("Viele Grüße aus Wien"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    folded: String,
}

impl Pattern {
    /// A pattern that searches for `text`. It has no special characters.
    pub fn new(text: &str) -> Self {
        Self { folded: fold(text) }
    }

    /// Whether it occurs anywhere in `text`.
    pub fn is_in(&self, text: &str) -> bool {
        fold(text).contains(&self.folded)
    }
}

/// A text in lower case and NFC.
fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let merged = |character| match character {
        'ς' => 'σ',
        'ı' => 'i',
        other => other,
    };
    let lower: String = text.chars().flat_map(char::to_lowercase).map(merged).nfc().collect();
    // `İ` becomes `i` and a combining dot.
    lower.replace("i\u{307}", "i")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_found_and_what_is_not() {
        for (pattern, found, not_found) in [
            ("report", vec!["Quarterly Report", "REPORT", "reports"], vec!["repor", "rep ort", ""]),
            ("", vec!["", "x"], vec![]),
            (" a b", vec!["x A B"], vec!["a b", " a  b", " a\u{a0}b"]),
            (".*[", vec!["a.*[b"], vec!["ab["]),
            ("Ünïcödé", vec!["U\u{308}NI\u{308}CO\u{308}DE\u{301}", "ünïcödé"], vec!["unicode"]),
            ("e", vec!["E", "fe"], vec!["é", "e\u{301}"]),
            ("é", vec!["É", "e\u{301}", "E\u{301}"], vec!["e", "è"]),
            ("straße", vec!["Straße", "STRAẞE"], vec!["STRASSE", "strasse"]),
            ("strasse", vec!["STRASSE"], vec!["Straße"]),
            ("ısparta", vec!["ısparta", "Isparta", "ISPARTA"], vec!["sparta"]),
            ("izmir", vec!["İzmir", "İZMİR", "IZMIR", "I\u{307}zmir", "i\u{307}zmi\u{307}r"], vec!["ízmir"]),
            ("İZMİR", vec!["izmir", "İzmir", "ızmır"], vec!["zmir"]),
            ("οδοσ", vec!["ΟΔΟΣ", "οδος", "ΟΔΟΣΑ"], vec!["οδο"]),
            ("привет", vec!["ПРИВЕТ"], vec![]),
            ("你好", vec!["你好吗"], vec!["你"]),
            ("\u{212A}", vec!["k", "K"], vec!["c"]),
        ] {
            for text in found {
                assert!(Pattern::new(pattern).is_in(text), "{pattern:?} in {text:?}");
            }
            for text in not_found {
                assert!(!Pattern::new(pattern).is_in(text), "{pattern:?} not in {text:?}");
            }
        }
    }

    /// Every position, character by character, each in lower case.
    fn naive(pattern: &str, text: &str) -> bool {
        let lower = |text: &str| text.chars().map(|c| c.to_lowercase().to_string()).collect::<Vec<_>>();
        let (pattern, text) = (lower(pattern), lower(text));
        (0..=text.len()).any(|at| text[at..].starts_with(&pattern))
    }

    proptest! {
        #[test]
        fn agrees_with_a_search_at_every_place(pattern in "[aAbéÉßжЖ中 ]{0,3}", text in "[aAbéÉßжЖ中 ]{0,12}") {
            prop_assert_eq!(Pattern::new(&pattern).is_in(&text), naive(&pattern, &text));
        }

        #[test]
        fn a_part_is_found_in_any_case_and_normal_form(before in "\\w{0,4} ", part in "[a-zà-öа-яα-ω ]{1,8}", after in " \\w{0,4}") {
            let text = format!("{before}{part}{after}");
            for part in [part.clone(), part.to_uppercase(), part.nfd().collect(), part.to_uppercase().nfd().collect()] {
                let pattern = Pattern::new(&part);
                prop_assert!(pattern.is_in(&text), "{part:?} in {text:?}");
                prop_assert!(pattern.is_in(&text.nfd().collect::<String>()), "{part:?} in {text:?} (NFD)");
            }
        }

        #[test]
        fn never_panics(pattern in "\\PC{0,4}", text in "\\PC{0,12}") {
            let found = Pattern::new(&pattern).is_in(&format!("{text} {pattern} {text}"));
            prop_assert!(found || !pattern.is_ascii());
        }
    }
}
