//! Gmail's labels, as Takeout writes them.

use super::encoded_word::decode;

/// The labels in the raw value of an `X-Gmail-Labels` field, in their order.
///
/// Takeout joins labels by commas, puts one with a comma into quotation marks, and writes the whole
/// value as encoded words (RFC 2047) if any character is not ASCII, folded even within a label. So
/// the value is decoded first and split afterwards. Quotation marks count wherever they are, since
/// an encoded value has them in the midst of a label; `""` and `\"` are a literal one, and `\'` is
/// an apostrophe. A `/` nests labels and is left alone. White space around a label is trimmed, but
/// a no-break space belongs to it (French puts one before a colon); empty labels are dropped.
///
/// # Examples
///
/// ```
/// use mbox2eml::internals::parse_labels;
///
/// assert_eq!(parse_labels(br#"Inbox,"Smith, Jones & Co",Unread"#), ["Inbox", "Smith, Jones & Co", "Unread"]);
/// assert_eq!(parse_labels(b"=?UTF-8?Q?Caf=C3=A9,\"a,_?=\r\n =?UTF-8?Q?b\"?="), ["Café", "a, b"]);
/// ```
pub fn parse_labels(value: &[u8]) -> Vec<String> {
    let text = decode(value);
    if !text.contains(['"', '\\']) {
        let labels = text.split(',').map(|label| label.trim_matches(is_space));
        return labels.filter(|label| !label.is_empty()).map(str::to_owned).collect();
    }
    let mut labels = Labels::default();
    let mut rest = text.as_str();
    while let Some(at) = rest.find([',', '"', '\\']) {
        let (plain, marked) = rest.split_at(at);
        labels.current.push_str(plain);
        rest = labels.mark(marked);
    }
    labels.current.push_str(rest);
    labels.finish();
    labels.finished
}

/// The labels read so far.
#[derive(Default)]
struct Labels {
    finished: Vec<String>,
    current: String,
    in_quotes: bool,
}

impl Labels {
    /// Takes the comma, quotation marks or backslash that `text` begins with; returns the rest.
    fn mark<'a>(&mut self, text: &'a str) -> &'a str {
        if let Some(rest) = text.strip_prefix("\\'") {
            self.current.push('\'');
            rest
        } else if let Some(rest) = text.strip_prefix("\\\"") {
            self.current.push('"');
            rest
        } else if let Some(rest) = text.strip_prefix('\\') {
            self.current.push('\\');
            rest
        } else if let Some(rest) = text.strip_prefix(',') {
            self.comma();
            rest
        } else {
            let rest = text.trim_start_matches('"');
            self.quotes(text.len() - rest.len(), rest);
            rest
        }
    }

    fn comma(&mut self) {
        if self.in_quotes {
            self.current.push(',');
        } else {
            self.finish();
        }
    }

    /// Takes `count` quotation marks in a row, before `rest`: two are a literal one, one left over
    /// opens or closes.
    fn quotes(&mut self, count: usize, rest: &str) {
        let literal = if self.is_whole_label(count, rest) { count / 2 - 1 } else { count / 2 };
        self.current.extend(std::iter::repeat_n('"', literal));
        if count % 2 == 1 {
            self.in_quotes = !self.in_quotes;
        }
    }

    /// Whether nothing but `count` quotation marks make a label: then the outer two quote it.
    fn is_whole_label(&self, count: usize, rest: &str) -> bool {
        let ends = rest.trim_start_matches(is_space);
        count.is_multiple_of(2)
            && !self.in_quotes
            && self.current.trim_start_matches(is_space).is_empty()
            && (ends.is_empty() || ends.starts_with(','))
    }

    /// Ends the current label.
    fn finish(&mut self) {
        let label = std::mem::take(&mut self.current);
        match label.trim_matches(is_space) {
            "" => (),
            trimmed if trimmed.len() == label.len() => self.finished.push(label),
            trimmed => self.finished.push(trimmed.to_owned()),
        }
    }
}

/// White space between labels. A no-break space does not count.
fn is_space(character: char) -> bool {
    character.is_ascii_whitespace()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(value: &str, expected: &[&str]) {
        assert_eq!(parse_labels(value.as_bytes()), expected, "{value:?}");
    }

    #[test]
    fn ascii_values() {
        check(" Inbox,Opened\r\n", &["Inbox", "Opened"]);
        check(" Sent\n", &["Sent"]);
        check("Archived,Category Updates,IMAP_$Forwarded", &["Archived", "Category Updates", "IMAP_$Forwarded"]);
        check("Work/Clients/2024,Unread", &["Work/Clients/2024", "Unread"]);
        check(" Inbox,A long\r\n label,Unread\r\n", &["Inbox", "A long label", "Unread"]);
    }

    #[test]
    fn empty_labels_are_dropped_and_white_space_is_trimmed() {
        check("", &[]);
        check(" \r\n", &[]);
        check(",,Inbox, ,\"\",\" \",", &["Inbox"]);
        check(" Inbox , \" Opened\t\" ", &["Inbox", "Opened"]);
    }

    #[test]
    fn quotes_and_backslashes() {
        check(r#"Inbox,"a, b",Unread"#, &["Inbox", "a, b", "Unread"]);
        check(r#"a "b, c" d,e"#, &["a b, c d", "e"]);
        check(r#""say ""hello"", then go",b"#, &[r#"say "hello", then go"#, "b"]);
        check(r#""""first"" word",b"#, &[r#""first" word"#, "b"]);
        check(r#""the ""last""",b"#, &[r#"the "last""#, "b"]);
        check(r#""""a,b""",c"#, &[r#""a,b""#, "c"]);
        check(r#"""both"",b"#, &[r#""both""#, "b"]);
        check(r#""""",b,"""""" "#, &[r#"""#, "b", r#""""#]);
        check(r"\'single-quote,takeout", &["'single-quote", "takeout"]);
        check(r#"\"a\",b"#, &[r#""a""#, "b"]);
        check(r#""it\'s \"so\", yes",b"#, &[r#"it's "so", yes"#, "b"]);
        check(r"C:\temp,\,\\,b\", &[r"C:\temp", r"\", r"\\", r"b\"]);
        check(r#"Inbox,"never closed, b"#, &["Inbox", "never closed, b"]);
    }

    #[test]
    fn encoded_values() {
        check(
            "=?UTF-8?Q?Posteingang,Kategorie:_=22=22Pers=C3=B6nlich=22=22,Ge=C3=B6ffnet?=",
            &["Posteingang", "Kategorie: \"Persönlich\"", "Geöffnet"],
        );
        check(
            "=?UTF-8?Q?Entw=C3=BCrfe,Reise?=\r\n =?UTF-8?Q?kosten,Wichtig?=\r\n",
            &["Entwürfe", "Reisekosten", "Wichtig"],
        );
        check(
            "=?UTF-8?Q?Ge=C3?=\r\n =?UTF-8?Q?=B6ffnet,\"Zoll, ?=\r\n\t=?UTF-8?Q?Steuer\"?=",
            &["Geöffnet", "Zoll, Steuer"],
        );
        check("=?UTF-8?Q?Archived,=E2=98=AF,\\'single-quote?=", &["Archived", "☯", "'single-quote"]);
        check("=?UTF-8?B?44K544K/44O85LuY44GNLCLDqSwgYiI=?=", &["スター付き", "é, b"]);
        check("=?UTF-8?Q?=C3=A9_=E2=82?=", &["é \u{fffd}"]);
        check("Entwürfe,Geöffnet", &["Entwürfe", "Geöffnet"]);
    }

    #[test]
    fn a_no_break_space_is_part_of_a_label() {
        check(
            "=?UTF-8?Q?Cat=C3=A9gorie=C2=A0:_=22=22E-mails_personnels=22=22,Non_lus?=",
            &["Catégorie\u{a0}: \"E-mails personnels\"", "Non lus"],
        );
        check("=?UTF-8?Q?a,_b=C2=A0_,=C2=A0?=", &["a", "b\u{a0}", "\u{a0}"]);
    }

    #[test]
    fn the_system_labels_of_every_language() {
        for labels in [
            "Posteingang,Gesendet,Entwürfe,Entwurf,Papierkorb,Markiert,Wichtig,Ungelesen,Geöffnet,Archiviert",
            "Boîte de réception,Envoyé,Messages envoyés,Brouillons,Corbeille,Suivis,Importants,Non lus,Ouverts,Messages archivés",
            "Recibidos,Enviados,Borradores,Papelera,Destacados,Importante,No leídos,Abierto,Archivados,Categoría: Promociones",
            "Safata d'entrada,Enviats,Esborranys,Paperera,Importants,No llegits,Oberts",
            "受信トレイ,送信済みメール,下書き,ゴミ箱,スター付き,重要,未読,開封済み,アーカイブ済み,カテゴリ: ソーシャル",
            "Nepřečtené,Archivováno,Åpnet,Kategori",
        ] {
            let expected: Vec<&str> = labels.split(',').collect();
            check(labels, &expected);
            check(&encoded(labels, 20), &expected);
        }
    }

    /// `text` as Takeout writes it, a new word after every `cut` bytes.
    fn encoded(text: &str, cut: usize) -> String {
        let words = text.as_bytes().chunks(cut).map(|bytes| {
            let hexadecimal: String = bytes.iter().map(|byte| format!("={byte:02X}")).collect();
            format!("=?UTF-8?Q?{hexadecimal}?=")
        });
        words.collect::<Vec<_>>().join("\r\n ")
    }

    /// A value in which quotation marks and apostrophes are escaped by a backslash. The quotes end
    /// right behind the last comma, lest a backslash at the label's end escape the closing one.
    fn escaped(label: &str) -> String {
        let label = label.replace('"', "\\\"").replace('\'', "\\'");
        match label.rfind(',') {
            Some(at) => format!("\"{}\"{}", &label[..=at], &label[at + 1..]),
            None => label,
        }
    }

    /// A value as RFC 4180 has it.
    fn doubled(label: &str) -> String {
        format!("\"{}\"", label.replace('"', "\"\""))
    }

    fn joined(labels: &[String], format: fn(&str) -> String) -> String {
        labels.iter().map(|label| format(label)).collect::<Vec<_>>().join(",")
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            parse_labels(&bytes);
        }

        #[test]
        fn never_panics_on_marks(value in "[\"',\\\\a \u{a0}]{0,20}") {
            for label in parse_labels(value.as_bytes()) {
                prop_assert!(!label.trim_matches(is_space).is_empty());
            }
        }

        #[test]
        fn parsing_undoes_escaping(labels in proptest::collection::vec("[ab\"',\\\\/é\u{a0}]{1,8}", 0..5), cut in 1_usize..50) {
            let value = joined(&labels, escaped);
            prop_assert_eq!(&parse_labels(value.as_bytes()), &labels);
            prop_assert_eq!(&parse_labels(encoded(&value, cut).as_bytes()), &labels);
        }

        #[test]
        fn parsing_undoes_doubling(labels in proptest::collection::vec("[ab\"',/é\u{a0}]{1,8}", 0..5), cut in 1_usize..50) {
            let value = joined(&labels, doubled);
            prop_assert_eq!(&parse_labels(value.as_bytes()), &labels);
            prop_assert_eq!(&parse_labels(encoded(&value, cut).as_bytes()), &labels);
        }

        #[test]
        fn what_was_parsed_once_stays(value in "[ab\"',\\\\= é]{0,20}") {
            let labels = parse_labels(value.as_bytes());
            prop_assert_eq!(parse_labels(joined(&labels, escaped).as_bytes()), labels);
        }
    }
}
