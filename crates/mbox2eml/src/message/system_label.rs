//! What Gmail's labels mean, whatever the language of the account.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::LabelMap;
use SystemLabel::{
    Archived, Category, Chat, Drafts, Imap, Important, Inbox, Muted, Opened, Sent, Spam, Starred, Trash, Unread,
};

/// A label that Gmail itself gives, in whichever language. Every other label is the user's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub(crate) enum SystemLabel {
    /// In the inbox.
    Inbox,
    /// Sent by the user.
    Sent,
    /// Not yet sent.
    Drafts,
    /// Marked as spam.
    Spam,
    /// Thrown away.
    Trash,
    /// The transcript of a chat.
    Chat,
    /// Marked with a star.
    Starred,
    /// Marked as important.
    Important,
    /// Not read.
    Unread,
    /// Read.
    Opened,
    /// In none of the folders above.
    Archived,
    /// In a conversation that no longer comes back to the inbox.
    Muted,
    /// A tab of the inbox, such as `Category Promotions`.
    Category,
    /// A flag that a mail program has set, such as `IMAP_$Forwarded`, or a mark of Gmail's own, such as `^os`.
    Imap,
}

/// A language in which system labels are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub(crate) enum Language {
    /// Catalan.
    Catalan,
    /// Czech.
    Czech,
    /// Dutch.
    Dutch,
    /// English.
    English,
    /// French.
    French,
    /// German.
    German,
    /// Italian.
    Italian,
    /// Japanese.
    Japanese,
    /// Korean.
    Korean,
    /// Norwegian.
    Norwegian,
    /// Spanish.
    Spanish,
}

use Language::{Catalan, Czech, Dutch, English, French, German, Italian, Japanese, Korean, Norwegian, Spanish};

/// The languages by the codes of ISO 639-1.
const CODES: [(&str, Language); 11] = [
    ("ca", Catalan),
    ("cs", Czech),
    ("de", German),
    ("en", English),
    ("es", Spanish),
    ("fr", French),
    ("it", Italian),
    ("ja", Japanese),
    ("ko", Korean),
    ("nl", Dutch),
    ("no", Norwegian),
];

impl Language {
    /// Its code.
    pub(crate) fn code(self) -> Option<&'static str> {
        CODES.iter().find(|(_, language)| *language == self).map(|(code, _)| *code)
    }

    /// The language that has this code.
    pub(crate) fn of_code(code: &str) -> Option<Self> {
        CODES.iter().find(|(name, _)| *name == code).map(|(_, language)| *language)
    }

    /// The language of the account that gave a message these labels, if one of them is a system label of one language
    /// only.
    pub(crate) fn of(labels: &[String]) -> Option<Self> {
        labels.iter().filter(|label| !label.contains('/')).find_map(|label| {
            let label = fold(label);
            let mut spellings = SPELLINGS.iter().filter(|(_, spelling, _)| spelling.eq_ignore_ascii_case(&label));
            let (language, ..) = spellings.next()?;
            spellings.next().is_none().then_some(*language)
        })
    }

    /// The language of the account that gave a message these labels, if one of them says in one language only whether
    /// the message is in the inbox or was read. Users do not call their own labels so.
    pub(crate) fn of_state(labels: &[String]) -> Option<Self> {
        let is_state = |label: &&String| matches!(SystemLabel::of(label), Some(Opened | Unread | Archived));
        labels.iter().filter(is_state).find_map(|label| Self::of(std::slice::from_ref(label)))
    }

    /// Whether it is known how accounts in that language spell a label.
    fn has(self, system: SystemLabel) -> bool {
        // Most languages have no word of their own for spam.
        system == Spam || SPELLINGS.iter().any(|(language, _, other)| (*language, *other) == (self, system))
    }

    /// What mail programs in that language call the folder of archived mail.
    pub(crate) fn archive(self) -> &'static str {
        match self {
            Catalan => "Arxiu",
            Czech | German => "Archiv",
            Norwegian => "Arkiv",
            Dutch => "Archief",
            English => "Archive",
            French => "Archives",
            Italian => "Archivio",
            Japanese => "アーカイブ",
            Korean => "보관함",
            Spanish => "Archivo",
        }
    }

    /// How a letter beyond ASCII is written in that language where only ASCII can be used, if not by leaving out its
    /// accent.
    pub(crate) fn in_ascii(self, letter: char) -> Option<&'static str> {
        Some(match (self, letter) {
            (German, 'ß') => "ss",
            (German, 'ä') | (Norwegian, 'æ') => "ae",
            (German, 'ö') | (Norwegian, 'ø') => "oe",
            (German, 'ü') => "ue",
            (Norwegian, 'å') => "aa",
            (German, 'Ä') | (Norwegian, 'Æ') => "Ae",
            (German, 'Ö') | (Norwegian, 'Ø') => "Oe",
            (German, 'Ü') => "Ue",
            (Norwegian, 'Å') => "Aa",
            _ => return None,
        })
    }
}

/// Every spelling that is known, in lower case. What is not here is a user's label.
///
/// The first six languages are from exports and other importers, and Japanese is as Gmail shows it; of the rest, only
/// what users quoted from an export or what Gmail refused as a user's label.
const SPELLINGS: &[(Language, &str, SystemLabel)] = &[
    // en. Gmail reserves `Draft` and `Chats` too; `Bin` is British. Of `Category …` only these: the
    // name has no colon to distinguish it from a user's `Category theory`.
    (English, "inbox", Inbox),
    (English, "sent", Sent),
    (English, "drafts", Drafts),
    (English, "draft", Drafts),
    (English, "spam", Spam),
    (English, "trash", Trash),
    (English, "bin", Trash),
    (English, "chat", Chat),
    (English, "chats", Chat),
    (English, "starred", Starred),
    (English, "important", Important),
    (English, "unread", Unread),
    (English, "opened", Opened),
    (English, "archived", Archived),
    (English, "muted", Muted),
    (English, "category personal", Category),
    (English, "category social", Category),
    (English, "category promotions", Category),
    (English, "category updates", Category),
    (English, "category forums", Category),
    (English, "category purchases", Category),
    // de
    (German, "posteingang", Inbox),
    (German, "gesendet", Sent),
    (German, "entwürfe", Drafts),
    (German, "entwurf", Drafts),
    (German, "papierkorb", Trash),
    (German, "markiert", Starred),
    (German, "wichtig", Important),
    (German, "ungelesen", Unread),
    (German, "geöffnet", Opened),
    (German, "archiviert", Archived),
    // fr; `Important` as in English
    (French, "boîte de réception", Inbox),
    (French, "envoyé", Sent),
    (French, "messages envoyés", Sent),
    (French, "brouillons", Drafts),
    (French, "corbeille", Trash),
    (French, "suivis", Starred),
    (French, "importants", Important),
    (French, "non lus", Unread),
    (French, "ouvert", Opened),
    (French, "ouverts", Opened),
    (French, "archivés", Archived),
    (French, "messages archivés", Archived),
    // es
    (Spanish, "recibidos", Inbox),
    (Spanish, "enviados", Sent),
    (Spanish, "borradores", Drafts),
    (Spanish, "papelera", Trash),
    (Spanish, "destacados", Starred),
    (Spanish, "importante", Important),
    (Spanish, "no leídos", Unread),
    (Spanish, "abierto", Opened),
    (Spanish, "archivados", Archived),
    // ca; `Importants` as in French
    (Catalan, "safata d'entrada", Inbox),
    (Catalan, "enviats", Sent),
    (Catalan, "esborranys", Drafts),
    (Catalan, "paperera", Trash),
    (Catalan, "no llegits", Unread),
    (Catalan, "oberts", Opened),
    // ja
    (Japanese, "受信トレイ", Inbox),
    (Japanese, "送信済みメール", Sent),
    (Japanese, "送信済み", Sent),
    (Japanese, "下書き", Drafts),
    (Japanese, "迷惑メール", Spam),
    (Japanese, "ゴミ箱", Trash),
    (Japanese, "スター付き", Starred),
    (Japanese, "重要", Important),
    (Japanese, "未読", Unread),
    (Japanese, "開封済み", Opened),
    (Japanese, "アーカイブ済み", Archived),
    // cs: GAM-team/got-your-back issue 227
    (Czech, "doručené", Inbox),
    (Czech, "odesláno", Sent),
    (Czech, "důležité", Important),
    (Czech, "nepřečtené", Unread),
    (Czech, "archivováno", Archived),
    // it, and es or pt: GAM-team/got-your-back issue 442
    (Italian, "da leggere", Unread),
    (Spanish, "enviado", Sent),
    // ko: an importer's tests of Korean exports
    (Korean, "받은편지함", Inbox),
    (Korean, "보낸편지함", Sent),
    (Korean, "스팸", Spam),
    (Korean, "중요편지함", Important),
    (Korean, "열림", Opened),
    (Korean, "보관됨", Archived),
    (Korean, "개인정보 카테고리", Category),
    (Korean, "구매 카테고리", Category),
    // nb: stalwartlabs/vandelay issue 7
    (Norwegian, "åpnet", Opened),
    // nl: GAM-team/got-your-back issues 135 and 429
    (Dutch, "ongelezen", Unread),
    (Dutch, "gearchiveerd", Archived),
];

/// The tabs of the inbox, in English and as they are called elsewhere, in lower case: by their language what is behind
/// the colon, without quotation marks, or the whole label.
const CATEGORIES: &[(&str, &[&str])] = &[
    ("personal", &["persönlich", "e-mails personnels", "개인정보 카테고리"]),
    ("social", &["soziale netzwerke", "soziale medien", "réseaux sociaux", "sociální sítě", "ソーシャル"]),
    ("promotions", &["werbung", "promociones", "promozioni", "reklame", "プロモーション"]),
    ("updates", &["benachrichtigungen", "neuigkeiten", "notifications", "notificaciones", "aggiornamenti"]),
    ("forums", &["foren", "foros", "フォーラム"]),
    ("purchases", &["구매 카테고리"]),
];

/// What is before the colon of a category, in lower case: de and cs, fr, es, it, ja, nb.
const CATEGORY_WORDS: &[&str] = &["kategorie", "catégorie", "categoría", "categoria", "カテゴリ", "kategori"];

/// The folder of messages in no other one, in English and on mail servers.
pub(super) const ARCHIVE: &str = "Archive";

impl SystemLabel {
    /// Every system label.
    pub(crate) const ALL: &[Self] =
        &[Inbox, Sent, Drafts, Spam, Trash, Chat, Starred, Important, Unread, Opened, Archived, Muted, Category, Imap];

    /// Which system label `label` is; `None` for a user's own.
    ///
    /// Neither case nor Unicode's normal form matters, and a no-break space is a space; but `IMAP_`
    /// has to be in capitals. System labels do not nest, so a label with a `/` is a user's own. One in a
    /// language that is not known is taken for a user's label, so that nothing is lost.
    pub(crate) fn of(label: &str) -> Option<Self> {
        if label.contains('/') {
            return None;
        }
        // Gmail's own marks begin with `^`, as in the metadata of Vault.
        if label.starts_with("IMAP_") || label.starts_with('^') {
            return Some(Imap);
        }
        let label = fold(label);
        let known = SPELLINGS.iter().find(|(_, spelling, _)| spelling.eq_ignore_ascii_case(&label));
        known.map(|(.., system)| *system).or_else(|| is_category(&label).then_some(Category))
    }

    /// Its English name, as exports of an English account have it; of [`SystemLabel::Category`] and
    /// [`SystemLabel::Imap`] what such labels begin with.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Inbox => "Inbox",
            Sent => "Sent",
            Drafts => "Drafts",
            Spam => "Spam",
            Trash => "Trash",
            Chat => "Chat",
            Starred => "Starred",
            Important => "Important",
            Unread => "Unread",
            Opened => "Opened",
            Archived => "Archived",
            Muted => "Muted",
            Category => "Category",
            Imap => "IMAP",
        }
    }

    /// The name of its folder on a mail server (RFC 6154), if servers have one for it.
    pub(crate) fn special_use(self) -> Option<&'static str> {
        match self {
            Inbox => Some("INBOX"),
            Sent => Some("Sent"),
            Drafts => Some("Drafts"),
            Spam => Some("Junk"),
            Trash => Some("Trash"),
            Archived => Some(ARCHIVE),
            Chat | Starred | Important | Unread | Opened | Muted | Category | Imap => None,
        }
    }

    /// The system label that `name` means to a user; it may be in any language.
    pub(super) fn named(name: &str) -> Option<Self> {
        let english = Self::ALL.iter().copied().find(|system| system.name().eq_ignore_ascii_case(name));
        // `Category Social` means this category and not all.
        english.or_else(|| Self::of(name).filter(|system| !matches!(system, Category | Imap)))
    }
}

/// Whether `label`, which is folded, is a category with a colon: `Kategorie: "Persönlich"`,
/// `Catégorie : Réseaux sociaux`.
fn is_category(label: &str) -> bool {
    label.split_once(':').is_some_and(|(word, name)| {
        let word = word.trim_end();
        !name.trim().is_empty() && CATEGORY_WORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
    })
}

/// The English name of a category, such as `social`, whatever the language of the label.
fn category(label: &str) -> Option<&'static str> {
    let label = fold(label).to_lowercase();
    let name = match label.split_once(':') {
        Some((_, name)) if is_category(&label) => name.trim_matches([' ', '"']),
        _ => label.strip_prefix("category ").unwrap_or(&label),
    };
    let is_whole = name == label;
    let known = CATEGORIES.iter().find(|(english, names)| names.contains(&name) || (!is_whole && *english == name));
    known.filter(|_| SystemLabel::of(&label) == Some(Category)).map(|(english, _)| *english)
}

/// What is left of a label when only ASCII's case still matters.
fn fold(label: &str) -> Cow<'_, str> {
    if label.is_ascii() {
        return Cow::Borrowed(label);
    }
    let spaced = label.chars().map(|c| if matches!(c, '\u{A0}' | '\u{202F}') { ' ' } else { c });
    Cow::Owned(spaced.flat_map(char::to_lowercase).nfc().collect())
}

/// A label as it is named to ask for it: in any case and normal form, and a system label or a category by its English
/// name, whatever the language of the mailbox.
///
/// A name takes its nested labels along.
///
/// # Examples
///
/// ```
/// use mbox2eml::message::LabelName;
///
/// let work = LabelName::new("work");
/// assert!(work.matches("Work") && work.matches("Work/2024") && !work.matches("Workshop"));
///
/// let trash = LabelName::new("Trash");
/// assert!(trash.matches("Papierkorb"));
/// assert!(LabelName::new("Category Social").matches("Kategorie: \"Soziale Netzwerke\""));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LabelName {
    text: String,
    folded: String,
    system: Option<SystemLabel>,
    category: Option<&'static str>,
}

impl LabelName {
    /// Takes a name, without the white space around it and the `/` at its end. One of which nothing
    /// is left matches nothing.
    pub fn new(name: &str) -> Self {
        let name = name.trim().trim_end_matches('/');
        Self {
            text: name.to_owned(),
            folded: fold(name).into_owned(),
            system: SystemLabel::named(name),
            category: category(name),
        }
    }

    /// The name as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The English name of the system label that is meant, if one is.
    pub fn system(&self) -> Option<&'static str> {
        self.system.or(self.category.map(|_| Category)).map(SystemLabel::name)
    }

    /// Whether it is known how accounts in that language spell it.
    pub(crate) fn is_known_in(&self, language: Language) -> bool {
        self.system.or(self.category.map(|_| Category)).is_none_or(|system| language.has(system))
    }

    /// Whether `label`, as the mailbox spells it, is the one that is named, or nested in it.
    pub fn matches(&self, label: &str) -> bool {
        self.matches_with(label, &LabelMap::default())
    }

    /// The same where some labels mean what a map says.
    pub(crate) fn matches_with(&self, label: &str, map: &LabelMap) -> bool {
        self.is_system(label, map)
            || self.is_spelled(label)
            || (self.category.is_some() && self.category == category(label))
    }

    fn is_system(&self, label: &str, map: &LabelMap) -> bool {
        let outermost = label.split_once('/').map_or(label, |(outermost, _)| outermost);
        self.system.is_some() && map.system(outermost) == self.system
    }

    /// Whether it is spelled like `label`, or like one that `label` is nested in.
    pub(super) fn is_spelled(&self, label: &str) -> bool {
        let label = fold(label);
        let parts = label.split_at_checked(self.folded.len());
        parts.is_some_and(|(start, rest)| {
            !start.is_empty() && start.eq_ignore_ascii_case(&self.folded) && (rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// Whether it is spelled like another, in whatever case.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.folded.eq_ignore_ascii_case(&other.folded)
    }

    /// How deep it is nested.
    pub(super) fn depth(&self) -> usize {
        self.folded.split('/').count()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(system: SystemLabel, labels: &[&str]) {
        for label in labels {
            assert_eq!(SystemLabel::of(label), Some(system), "{label:?}");
        }
    }

    #[test]
    fn every_language() {
        check(Inbox, &["Inbox", "Posteingang", "Boîte de réception", "Recibidos", "Safata d'entrada", "受信トレイ"]);
        check(Inbox, &["Doručené", "받은편지함"]);
        check(Sent, &["Sent", "Gesendet", "Envoyé", "Messages envoyés", "Enviados", "Enviats", "送信済みメール"]);
        check(Sent, &["Odesláno", "Enviado", "送信済み", "보낸편지함"]);
        check(Drafts, &["Drafts", "Entwürfe", "Entwurf", "Brouillons", "Borradores", "Esborranys", "下書き"]);
        check(Spam, &["Spam", "迷惑メール", "스팸"]);
        check(Trash, &["Trash", "Bin", "Papierkorb", "Corbeille", "Papelera", "Paperera", "ゴミ箱"]);
        check(Chat, &["Chat", "Chats"]);
        check(Starred, &["Starred", "Markiert", "Suivis", "Destacados", "スター付き"]);
        check(Important, &["Important", "Wichtig", "Importants", "Importante", "重要", "Důležité", "중요편지함"]);
        check(Unread, &["Unread", "Ungelesen", "Non lus", "No leídos", "No llegits", "未読", "Nepřečtené"]);
        check(Unread, &["Ongelezen", "Da leggere"]);
        check(Opened, &["Opened", "Geöffnet", "Ouvert", "Ouverts", "Abierto", "Oberts", "開封済み", "Åpnet", "열림"]);
        check(Archived, &["Archived", "Archiviert", "Archivés", "Messages archivés", "Archivados", "アーカイブ済み"]);
        check(Archived, &["Archivováno", "Gearchiveerd", "보관됨"]);
        check(Muted, &["Muted"]);
    }

    #[test]
    fn categories_and_flags() {
        check(Category, &["Category Personal", "Category Social", "Category Promotions", "Category Updates"]);
        check(Category, &["Category Forums", "Category Purchases", "구매 카테고리"]);
        check(Category, &["Kategorie: \"Persönlich\"", "Kategorie: \"Soziale Netzwerke\"", "Kategorie: Sociální sítě"]);
        check(Category, &["Catégorie\u{A0}: \"E-mails personnels\"", "Catégorie\u{202F}: Réseaux sociaux"]);
        check(Category, &["Categoría: Promociones", "カテゴリ: ソーシャル", "Kategori: Reklame"]);
        check(Imap, &["IMAP_$Forwarded", "IMAP_NotJunk", "IMAP_$é", "^os", "^cob_att"]);
    }

    #[test]
    fn neither_case_nor_normal_form_matters() {
        check(Inbox, &["INBOX", "inbox", "POSTEINGANG", "BOI\u{302}TE DE RE\u{301}CEPTION", "Boîte\u{A0}de réception"]);
        check(Drafts, &["ENTWÜRFE", "Entwu\u{308}rfe"]);
        check(Unread, &["non\u{A0}lus", "NEPR\u{30C}EC\u{30C}TENE\u{301}"]);
        check(Category, &["category personal", "KATEGORIE: x", "CATE\u{301}GORIE : x", "カテコ\u{3099}リ: x"]);
    }

    #[test]
    fn labels_of_users() {
        for label in [
            "",
            "Work",
            "Inbox/Work",
            "Inbox/",
            "Posteingang/Arbeit",
            "Inbox ",
            "Inboxes",
            "Category",
            "Category theory",
            "Category Personal/x",
            "Kategorie",
            "Kategorie:",
            "Kategorie:\u{A0}",
            "Kategorie: a/b",
            "Meine Kategorie: x",
            "imap_backup",
            "IMAP",
            "IMAP_a/b",
            "Archive",
            "☯",
            "takeout",
            "Входящие",
        ] {
            assert_eq!(SystemLabel::of(label), None, "{label:?}");
        }
    }

    #[test]
    fn languages() {
        let of = |labels: &[&str]| Language::of(&labels.iter().copied().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(of(&["Work", "Geöffnet"]), Some(German));
        assert_eq!(of(&["POSTEINGANG"]), Some(German));
        assert_eq!(of(&["Spam", "Unread"]), Some(English));
        assert_eq!(of(&["受信トレイ"]), Some(Japanese));
        assert_eq!(of(&["Posteingang/Arbeit", "Work", "Входящие"]), None);
        assert_eq!(of(&[]), None);

        let of_state = |label: &str| Language::of_state(&["Work".to_owned(), label.to_owned()]);
        assert_eq!((of_state("Geöffnet"), of_state("Opened")), (Some(German), Some(English)));
        assert_eq!((of_state("Inbox"), of_state("Spam"), of_state("Opened/x")), (None, None, None));
        let is_known = |label: &str, language| LabelName::new(label).is_known_in(language);
        assert!(is_known("Trash", German) && is_known("Spam", German) && is_known("Work", Italian));
        assert!(!is_known("Trash", Italian) && !is_known("Category Social", German));
    }

    #[test]
    fn the_table_is_folded_and_says_nothing_twice() {
        let words = SPELLINGS.iter().map(|(_, spelling, _)| spelling).chain(CATEGORY_WORDS);
        let mut seen = std::collections::HashSet::new();
        for word in words {
            assert_eq!(fold(word).to_ascii_lowercase(), *word);
            assert!(seen.insert(word), "{word}");
        }
    }

    #[test]
    fn english_names() {
        for system in SystemLabel::ALL {
            assert_eq!(SystemLabel::named(system.name()), Some(*system));
            let is_a_label = !matches!(system, Category | Imap);
            assert_eq!(SystemLabel::of(system.name()).is_some(), is_a_label, "{system:?}");
        }
    }

    #[test]
    fn names_of_labels() {
        for (name, matching, others) in [
            ("Work", vec!["Work", "WORK", "work/a", "Work/a/b"], vec!["Workshop", "a/Work", "Wor", ""]),
            (" work/a/ ", vec!["Work/A", "Work/A/b"], vec!["Work", "Work/AB"]),
            ("ÉTÉ", vec!["été", "e\u{301}te\u{301}", "Été/2024"], vec!["étés", "ete"]),
            ("inbox", vec!["Inbox", "Posteingang", "受信トレイ", "Inbox/Work", "Posteingang/Arbeit"], vec!["Inboxes"]),
            ("Posteingang", vec!["Inbox", "posteingang", "Inbox/Work"], vec!["Post"]),
            ("Bin", vec!["Trash", "Bin", "Papierkorb"], vec!["Bins", "Binders"]),
            ("Category", vec!["Category Social", "Kategorie: x", "category/x"], vec!["Category theory"]),
            (
                "category social",
                vec!["Category Social", "Kategorie: \"Soziale Netzwerke\"", "Catégorie : Réseaux sociaux"],
                vec!["Category Forums", "Kategorie: x", "Social"],
            ),
            (
                "Category Promotions",
                vec!["Kategorie: Werbung", "Catégorie : Promotions", "Categoría: Promociones"],
                vec!["Promotions", "Werbung"],
            ),
            ("Kategorie: Foren", vec!["Category Forums", "Categoría: Foros"], vec!["Foren"]),
            ("IMAP", vec!["IMAP_$Forwarded", "IMAP"], vec!["imap_backup"]),
            ("", vec![], vec!["", "/", "/x", "Inbox"]),
            ("/", vec![], vec!["", "/", "/x"]),
        ] {
            let label_name = LabelName::new(name);
            for label in matching {
                assert!(label_name.matches(label), "{name:?} {label:?}");
            }
            for label in others {
                assert!(!label_name.matches(label), "{name:?} {label:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn never_panics(name in "\\PC{0,12}", label in "\\PC{0,12}") {
            LabelName::new(&name).matches(&label);
            SystemLabel::of(&label);
        }

        #[test]
        fn a_name_matches_itself_and_what_is_nested(name in "[a-zé中 ]{0,5}[a-zé中]", nested in "\\PC{0,5}") {
            prop_assert!(LabelName::new(&name).matches(name.trim()));
            let nested = format!("{}/{nested}", name.trim());
            prop_assert!(LabelName::new(&name.to_uppercase()).matches(&nested), "{nested}");
        }
    }
}
