//! How labels are spelled in names: two that differ in case only make one folder, which has the case of the first.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

/// The spelling of this many folders is kept, each with a path of at most this many bytes, so that a hostile mailbox
/// does not fill the memory. Names are cut far before that.
const KEPT: usize = 100_000;
const LONGEST: usize = 512;

/// The spellings of one mailbox, or of all mailboxes of a merged export.
#[derive(Debug, Default)]
pub(super) struct Spellings {
    /// What each folder is called, by its path in lower case.
    folders: HashMap<String, String>,
}

impl Spellings {
    /// The labels as they are spelled in names, if one is spelled otherwise than before.
    pub(super) fn of(&mut self, labels: &[String]) -> Option<Vec<String>> {
        let spelled: Vec<String> = labels.iter().map(|label| self.spell(label)).collect();
        (spelled != labels).then_some(spelled)
    }

    /// Each nested label has a folder in that of the label around it.
    fn spell(&mut self, label: &str) -> String {
        let (mut spelled, mut path) = (String::with_capacity(label.len()), String::with_capacity(label.len()));
        for (at, name) in label.split('/').enumerate() {
            if at > 0 {
                spelled.push('/');
                path.push('/');
            }
            if path.len() <= LONGEST {
                path.extend(name.nfc().flat_map(char::to_lowercase));
            }
            spelled.push_str(if path.len() <= LONGEST { self.first(&path, name) } else { name });
        }
        spelled
    }

    /// How the folder at this path was spelled first: as here, if it is new.
    fn first<'a>(&'a mut self, path: &str, name: &'a str) -> &'a str {
        if !self.folders.contains_key(path) {
            if self.folders.len() == KEPT {
                return name;
            }
            self.folders.insert(path.to_owned(), name.to_owned());
        }
        self.folders.get(path).map_or(name, String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_spelling_counts() {
        let mut spellings = Spellings::default();
        let mut of = |labels: &[&str]| {
            let labels: Vec<String> = labels.iter().copied().map(String::from).collect();
            spellings.of(&labels)
        };
        assert_eq!(of(&["Work/Clients", "Inbox", "Straße"]), None);
        assert_eq!(of(&["Work/Clients", "Strasse", "clients", "Wor/k"]), None);
        let spelled = ["Work", "Work/Clients/Ann", "Inbox", "clients", "ÉTÉ"].map(String::from).to_vec();
        assert_eq!(of(&["WORK", "work/clients/Ann", "INBOX", "CLIENTS", "ÉTÉ"]), Some(spelled));
        assert_eq!(of(&["e\u{301}te\u{301}"]), Some(vec!["ÉTÉ".to_owned()]));
    }

    #[test]
    fn a_deep_label_takes_little_memory() {
        for level in ["a/", "İ/", "/", "a label/"] {
            let (mut spellings, label) = (Spellings::default(), level.repeat(20_000));
            assert_eq!(spellings.of(std::slice::from_ref(&label)), None);
            let kept: usize = spellings.folders.iter().map(|(path, name)| path.len() + name.len()).sum();
            assert!(kept <= LONGEST * (LONGEST + 1), "{level}: {kept}");
        }
        let mut spellings = Spellings::default();
        assert_eq!(spellings.of(&["a/".repeat(LONGEST)]), None);
        let spelled = spellings.of(&["A/".repeat(LONGEST)]).unwrap();
        assert!(spelled[0].starts_with(&"a/".repeat(LONGEST / 2)) && spelled[0].ends_with("A/"));
        let mut spellings = Spellings::default();
        let long = "x".repeat(200_000);
        assert_eq!(spellings.of(&[long.clone(), format!("{long}/y")]), None);
        assert!(spellings.folders.is_empty());
    }
}
