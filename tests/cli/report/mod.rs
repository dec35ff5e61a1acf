//! `--report`: the page, its figures, its file, and how a browser shows it.

mod browser;
mod figures;
mod file;
mod hostile;
mod steps;

use std::collections::BTreeMap;

use crate::common::{Scratch, with_slashes};

/// A page as it was written.
struct Page(String);

impl Page {
    fn of(scratch: &Scratch, name: &str) -> Self {
        Self(String::from_utf8(scratch.read(name)).unwrap())
    }

    /// The numbers with a name, `<data data-figure="NAME" value="NUMBER">`; the same name always has the same number.
    fn figures(&self) -> BTreeMap<String, u64> {
        let mut figures = BTreeMap::new();
        for part in self.0.split("<data data-figure=\"").skip(1) {
            let (name, rest) = part.split_once("\" value=\"").unwrap();
            let (number, rest) = rest.split_once("\">").unwrap();
            let (shown, _) = rest.split_once('<').unwrap();
            assert_eq!(shown.replace(',', ""), number, "{name}");
            let number = number.parse().unwrap();
            let before = figures.insert(name.to_owned(), number);
            assert!(before.is_none_or(|before| before == number), "{name}");
        }
        figures
    }

    /// The rows of the table of mailboxes: the name of each, and its numbers by the keys of their columns.
    fn mailboxes(&self) -> Vec<(String, BTreeMap<String, u64>)> {
        let (_, table) = self.0.split_once("<table class=\"mailboxes").unwrap();
        let (table, _) = table.split_once("</table>").unwrap();
        let (head, body) = table.split_once("<tbody>").unwrap();
        let keys: Vec<Option<&str>> =
            head.split("<th ").skip(2).map(|cell| between(cell, "data-key=\"", "\"")).collect();
        let row = |row: &str| {
            let name = with_slashes(between(row, "<bdi>", "</bdi>").unwrap());
            let cells = row.split("<td").skip(1).map(|cell| between(cell, ">", "<").unwrap());
            let numbers = keys
                .iter()
                .zip(cells)
                .filter_map(|(key, cell)| Some((key.as_ref()?.to_string(), cell.replace(',', "").parse().unwrap())));
            (name, numbers.collect())
        };
        body.split("<tr").skip(1).map(row).collect()
    }

    /// The messages of each year.
    fn years(&self) -> BTreeMap<String, u64> {
        let year = |part: &str| {
            let (year, rest) = part.split_once("\">").unwrap();
            (year.to_owned(), rest.split_once('<').unwrap().0.replace(',', "").parse().unwrap())
        };
        self.0.split("<td data-year=\"").skip(1).map(year).collect()
    }

    /// The elements, each with the names of its attributes, in order.
    fn elements(&self) -> Vec<String> {
        let mut elements = Vec::new();
        for part in self.0.split('<').skip(1).filter(|part| part.starts_with(char::is_alphabetic)) {
            let tag = part.split_once('>').unwrap().0;
            let mut quoted = false;
            let outside = |c: &char| {
                quoted ^= *c == '"';
                !quoted && *c != '"'
            };
            elements.push(tag.chars().filter(outside).collect());
        }
        elements
    }
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    Some(text.split_once(start)?.1.split_once(end)?.0)
}
