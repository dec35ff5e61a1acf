//! What Google could not export, as it lists it: `…-errors.xml`, `…-error.csv`.

use std::io::BufRead;

use super::listing::{LONGEST, Listing};
use super::table::Table;
use super::xml::{Element, End, Go, each_element, text};

/// Counts an entry, unless it says nothing.
fn add(listing: &mut Listing, words: &[String]) {
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
    if !words.is_empty() {
        listing.add(&words.join(" "));
    }
}

/// The entries of an XML file: each element below the root that says something. How they are named is not documented.
pub(super) fn read_xml(input: impl BufRead, listing: &mut Listing) -> End {
    let mut words: Vec<String> = Vec::new();
    let add_word = |words: &mut Vec<String>, word: String| {
        let word = word.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.iter().map(String::len).sum::<usize>() < LONGEST && !word.is_empty() {
            words.push(word);
        }
    };
    each_element(input, |element| {
        match element {
            Element::Start(0, ..) => {}
            Element::Start(_, _, attributes) => {
                attributes.all().for_each(|(name, value)| add_word(&mut words, format!("{name}={value}")));
            }
            Element::Text(bytes) => add_word(&mut words, text(bytes).unwrap_or_default()),
            Element::End(0 | 1, _) => add(listing, &std::mem::take(&mut words)),
            Element::End(..) => {}
        }
        Go::On
    })
}

/// The entries of a table: its rows below the first, which names the columns.
pub(super) fn read_table(input: impl BufRead, listing: &mut Listing) -> End {
    let mut table = Table::new(input);
    let mut is_first = true;
    loop {
        match table.row() {
            Ok(Some(row)) if !std::mem::take(&mut is_first) => {
                let words: Vec<String> =
                    row.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect();
                add(listing, &words);
            }
            Ok(Some(_)) => {}
            Ok(None) => return End::Whole,
            Err(end) => return end,
        }
    }
}
