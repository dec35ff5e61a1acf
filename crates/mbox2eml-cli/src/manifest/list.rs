//! Lists in a cell: an array in JSON Lines, one text in CSV, as JSON Lines had it up to version 0.1.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::row::Cell;

/// How the members of a list are joined to one text, and separated again.
pub(crate) trait ListSyntax {
    fn join(list: &[String]) -> String;
    fn split(text: &str) -> Vec<String>;
}

/// The members of a list.
#[derive(Clone, Debug)]
pub(crate) struct List<'a, J>(pub(crate) Cow<'a, [String]>, PhantomData<J>);

impl<'a, J> List<'a, J> {
    pub(crate) fn new(members: impl Into<Cow<'a, [String]>>) -> Self {
        Self(members.into(), PhantomData)
    }
}

impl<J> Default for List<'_, J> {
    fn default() -> Self {
        Self::new(&[][..])
    }
}

impl<J: ListSyntax> Cell for List<'_, J> {
    fn text(&self) -> Cow<'_, str> {
        J::join(&self.0).into()
    }

    fn read(text: &str) -> Result<Self, String> {
        Ok(Self::new(J::split(text)))
    }
}

impl<J> Serialize for List<'_, J> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, J: ListSyntax> Deserialize<'de> for List<'_, J> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Members(PhantomData::<J>)).map(Self::new)
    }
}

struct Members<J>(PhantomData<J>);

impl<'de, J: ListSyntax> Visitor<'de> for Members<J> {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of texts")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Vec<String>, E> {
        Ok(J::split(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Vec<String>, A::Error> {
        let mut list = Vec::new();
        while let Some(member) = members.next_element()? {
            list.push(member);
        }
        Ok(list)
    }
}

/// Paths, with `|` between them, which no path contains.
#[derive(Clone, Debug)]
pub(crate) enum Paths {}

impl ListSyntax for Paths {
    fn join(list: &[String]) -> String {
        list.join("|")
    }

    fn split(text: &str) -> Vec<String> {
        text.split('|').filter(|path| !path.is_empty()).map(str::to_owned).collect()
    }
}

/// Labels, with commas between them; one that contains a comma or a quote is quoted.
#[derive(Clone, Debug)]
pub(crate) enum Labels {}

impl ListSyntax for Labels {
    fn join(list: &[String]) -> String {
        let quoted = |label: &String| match label.contains([',', '"']) {
            true => format!("\"{}\"", label.replace('"', "\"\"")),
            false => label.clone(),
        };
        list.iter().map(quoted).collect::<Vec<_>>().join(",")
    }

    fn split(text: &str) -> Vec<String> {
        let (mut list, mut label, mut is_quoted) = (Vec::new(), String::new(), false);
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '"' if is_quoted && characters.next_if_eq(&'"').is_some() => label.push('"'),
                '"' => is_quoted = !is_quoted,
                ',' if !is_quoted => list.push(std::mem::take(&mut label)),
                character => label.push(character),
            }
        }
        if !text.is_empty() {
            list.push(label);
        }
        list
    }
}

/// Warnings, each with line and byte, with semicolons between them. Where one contains a semicolon itself, it cannot be
/// separated with certainty, but each still begins with its kind.
#[derive(Clone, Debug)]
pub(crate) enum Warnings {}

impl ListSyntax for Warnings {
    fn join(list: &[String]) -> String {
        list.join("; ")
    }

    fn split(text: &str) -> Vec<String> {
        text.split("; ").filter(|warning| !warning.is_empty()).map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_can_be_separated_again() {
        for (list, text) in [
            (&[][..], ""),
            (&["Inbox", "Work/2024", "two words"], "Inbox,Work/2024,two words"),
            (&["a, b", "say \"x\"", "c"], "\"a, b\",\"say \"\"x\"\"\",c"),
            (&["\""], "\"\"\"\""),
            (&["\",\"", ""], "\"\"\",\"\"\","),
        ] {
            let list: Vec<String> = list.iter().map(|&label| label.to_owned()).collect();
            assert_eq!(Labels::join(&list), text);
            assert_eq!(Labels::split(text), list);
        }
        assert_eq!(Paths::split("a/b.eml|c.eml"), ["a/b.eml", "c.eml"]);
        assert_eq!(Paths::split(""), [""; 0]);
        assert_eq!(Warnings::split("one (line 1, byte 0): a; two (line 2, byte 9): b").len(), 2);
    }

    #[test]
    fn arrays_and_the_texts_of_earlier_versions_are_read() {
        for json in [r#"["a, b","c"]"#, r#""\"a, b\",c""#] {
            let list: List<'_, Labels> = serde_json::from_str(json).unwrap();
            assert_eq!(&*list.0, ["a, b", "c"]);
        }
        assert!(serde_json::from_str::<List<'_, Labels>>("[1]").is_err());
        assert!(serde_json::from_str::<List<'_, Labels>>("null").is_err());
    }
}
