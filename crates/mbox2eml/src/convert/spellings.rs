//! How labels are spelled in names: two that differ in case only make one folder, which has the case of the first.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

/// Of so many folders the spelling is kept, so that a hostile mailbox does not fill the memory.
const KEPT: usize = 100_000;

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
            path.extend(name.nfc().flat_map(char::to_lowercase));
            match self.folders.get(&path) {
                Some(first) => spelled.push_str(first),
                None => {
                    spelled.push_str(name);
                    if self.folders.len() < KEPT {
                        self.folders.insert(path.clone(), name.to_owned());
                    }
                }
            }
        }
        spelled
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
}
