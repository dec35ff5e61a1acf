//! Labels as Vault writes them: those of Gmail itself begin with `^`.

use std::collections::HashSet;

use mbox2eml::internals::parse_labels;

/// Gmail's own labels, without the `^`, and what Takeout calls them: by their names, and by the letters that Gmail uses
/// inside.
const SYSTEM: &[(&str, &str)] = &[
    ("inbox", "Inbox"),
    ("i", "Inbox"),
    ("sent", "Sent"),
    ("f", "Sent"),
    ("draft", "Drafts"),
    ("drafts", "Drafts"),
    ("r", "Drafts"),
    ("spam", "Spam"),
    ("s", "Spam"),
    ("trash", "Trash"),
    ("k", "Trash"),
    // Deleted from the trash, too, and kept by a hold or a retention rule only.
    ("deleted", "Trash"),
    ("starred", "Starred"),
    ("t", "Starred"),
    ("important", "Important"),
    ("io_im", "Important"),
    ("unread", "Unread"),
    ("u", "Unread"),
    ("opened", "Opened"),
    ("o", "Opened"),
    ("archived", "Archived"),
    ("a", "Archived"),
    ("muted", "Muted"),
    ("g", "Muted"),
    ("chat", "Chat"),
    ("chats", "Chat"),
    ("b", "Chat"),
    ("smartlabel_personal", "Category Personal"),
    ("sq_ig_i_personal", "Category Personal"),
    ("smartlabel_social", "Category Social"),
    ("sq_ig_i_social", "Category Social"),
    ("smartlabel_promo", "Category Promotions"),
    ("sq_ig_i_promo", "Category Promotions"),
    ("smartlabel_notification", "Category Updates"),
    ("sq_ig_i_notification", "Category Updates"),
    ("smartlabel_group", "Category Forums"),
    ("sq_ig_i_group", "Category Forums"),
    ("category_personal", "Category Personal"),
    ("category_social", "Category Social"),
    ("category_promotions", "Category Promotions"),
    ("category_updates", "Category Updates"),
    ("category_forums", "Category Forums"),
];

/// The labels in a list of Vault's, as Takeout would write them in an English account. What is not known stays as it is.
pub(super) fn labels(list: &str) -> Vec<String> {
    let (mut labels, mut known) = (Vec::new(), HashSet::new());
    for label in parse_labels(list.as_bytes()) {
        let own =
            label.strip_prefix('^').and_then(|own| SYSTEM.iter().find(|(name, _)| name.eq_ignore_ascii_case(own)));
        let label = own.map_or(label, |(_, name)| (*name).to_owned());
        if known.insert(label.clone()) {
            labels.push(label);
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gmails_own_labels_get_the_names_of_takeout() {
        for (list, expected) in [
            ("", &[][..]),
            ("^INBOX,^UNREAD", &["Inbox", "Unread"]),
            ("^inbox, ^Opened ,Work/Clients", &["Inbox", "Opened", "Work/Clients"]),
            ("^i,^INBOX", &["Inbox"]),
            ("^DELETED,^TRASH", &["Trash"]),
            ("^os,^cob_att,^", &["^os", "^cob_att", "^"]),
            ("^smartlabel_promo", &["Category Promotions"]),
            ("\"a, b\",Inbox,^SENT", &["a, b", "Inbox", "Sent"]),
            ("Entwürfe,Ärger^1", &["Entwürfe", "Ärger^1"]),
        ] {
            assert_eq!(labels(list), expected, "{list:?}");
        }
    }
}
