//! Options with a fixed set of values, and the names by which command lines, reports and JSON know them.

use thiserror::Error;

/// A text that is not the name of any value of an option.
///
/// ```
/// use mbox2eml::transform::Eol;
///
/// let error = "cr".parse::<Eol>().unwrap_err();
/// assert_eq!(error.to_string(), "unknown line end \"cr\", expected one of: crlf, lf, keep");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("unknown {option} {text:?}, expected one of: {}", expected.join(", "))]
pub struct UnknownValue {
    option: &'static str,
    text: String,
    expected: &'static [&'static str],
}

impl UnknownValue {
    pub(crate) fn new(option: &'static str, text: &str, expected: &'static [&'static str]) -> Self {
        Self { option, text: text.to_owned(), expected }
    }

    /// The names that the option knows.
    pub fn expected(&self) -> &'static [&'static str] {
        self.expected
    }
}

/// Gives an enum without fields its names: `ALL`, `as_str`, `Display`, `FromStr`, and the same for serde.
macro_rules! keywords {
    ($type:ident, $option:literal, $($variant:ident = $name:literal),+ $(,)?) => {
        impl $type {
            /// Every value, in the order in which help texts list them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name of the value, in lower case.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::UnknownValue;

            fn from_str(text: &str) -> Result<Self, $crate::UnknownValue> {
                match text {
                    $($name => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownValue::new($option, text, &[$($name),+])),
                }
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                name.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use keywords;

#[cfg(all(test, feature = "convert"))]
mod tests {
    use std::fmt::Display;
    use std::str::FromStr;

    use crate::LabelCopies;
    use crate::name::{Charset, Layout, MailboxTree};
    use crate::proof::Proof;
    use crate::report::Records;
    use crate::select::{Dedup, Deleted};
    use crate::sink::Durability;
    use crate::split::{Dialect, SplitRule};
    use crate::transform::{Eol, Quote, Unquote};

    fn check<T: Copy + PartialEq + std::fmt::Debug + Display + FromStr>(all: &[T], default: Option<T>) {
        for value in all {
            let name = value.to_string();
            assert_eq!(name.parse().ok(), Some(*value));
            assert!(
                !name.is_empty() && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')),
                "{name}"
            );
            assert!(name.to_uppercase().parse::<T>().is_err() && format!("{name} ").parse::<T>().is_err());
        }
        assert!("".parse::<T>().is_err() && default.is_none_or(|default| all.contains(&default)));
    }

    #[test]
    fn every_value_is_read_from_the_name_that_it_prints() {
        check(Eol::ALL, Some(Eol::default()));
        check(Unquote::ALL, Some(Unquote::default()));
        check(Quote::ALL, Some(Quote::default()));
        check(SplitRule::ALL, Some(SplitRule::default()));
        check(Dedup::ALL, Some(Dedup::default()));
        check(Deleted::ALL, Some(Deleted::default()));
        check(LabelCopies::ALL, Some(LabelCopies::default()));
        check(MailboxTree::ALL, Some(MailboxTree::default()));
        check(Layout::ALL, Some(Layout::default()));
        check(Charset::ALL, Some(Charset::default()));
        check(Durability::ALL, Some(Durability::default()));
        check(Proof::ALL, Some(Proof::default()));
        check(Records::ALL, Some(Records::default()));
        check(Dialect::ALL, None);
    }

    #[cfg(feature = "serde")]
    #[test]
    fn values_are_serialized_by_their_names() {
        assert_eq!(serde_json::to_string(&Eol::Crlf).unwrap(), "\"crlf\"");
        assert_eq!(serde_json::from_str::<Layout>("\"label\"").unwrap(), Layout::Label);
        assert!(serde_json::from_str::<Dedup>("\"ID\"").is_err());
        let mut warnings = crate::report::WarningCounts::default();
        warnings.add(crate::report::WarningKind::NameTaken);
        assert_eq!(serde_json::to_string(&warnings).unwrap(), "{\"name-taken\":1}");
    }
}
