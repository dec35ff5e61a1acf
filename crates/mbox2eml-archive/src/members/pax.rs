//! The attributes that a pax header gives members (IEEE Std 1003.1, pax).

/// Those that matter here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Attributes {
    pub(super) path: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    /// Whether it is one of GNU's sparse files, whose bytes are not the file's.
    pub(super) sparse: bool,
}

impl Attributes {
    /// Takes over the attributes of a header; `None` if it is malformed.
    pub(super) fn update(&mut self, mut header: &[u8]) -> Option<()> {
        while !header.is_empty() {
            let (key, value, rest) = record(header)?;
            match key {
                // An empty value takes the attribute back.
                b"path" => self.path = (!value.is_empty()).then(|| value.to_vec()),
                b"size" => self.size = if value.is_empty() { None } else { Some(number(value)?) },
                _ => self.sparse |= key.starts_with(b"GNU.sparse."),
            }
            header = rest;
        }
        Some(())
    }

    /// These, and where nothing is said, `others`.
    pub(super) fn or(self, others: &Self) -> Self {
        Self {
            path: self.path.or_else(|| others.path.clone()),
            size: self.size.or(others.size),
            sparse: self.sparse || others.sparse,
        }
    }
}

/// The first record, `LENGTH KEY=VALUE\n`, as key and value, and what follows it. The length counts itself; a value may
/// hold anything, line ends too.
fn record(header: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let blank = header.iter().position(|byte| *byte == b' ')?;
    let length = usize::try_from(number(&header[..blank])?).ok()?;
    let (record, rest) = header.split_at_checked(length)?;
    let (b'\n', pair) = record.get(blank + 1..)?.split_last()? else {
        return None;
    };
    let equals = pair.iter().position(|byte| *byte == b'=')?;
    Some((&pair[..equals], &pair[equals + 1..], rest))
}

fn number(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_as_long_as_they_say() {
        let mut attributes = Attributes::default();
        let header = b"12 path=a/b\n29 SCHILY.xattr.x=\n9 path=c\n\n15 size=123456\n";
        assert_eq!(attributes.update(header), Some(()));
        assert_eq!(attributes, Attributes { path: Some(b"a/b".to_vec()), size: Some(123_456), sparse: false });
        assert_eq!(attributes.update(b"8 path=\n22 GNU.sparse.major=1\n"), Some(()));
        assert_eq!(attributes, Attributes { path: None, size: Some(123_456), sparse: true });
    }

    #[test]
    fn malformed_records_are_refused() {
        for header in [
            &b"x"[..],
            b"5",
            b"0 a=b\n",
            b"2 a=b\n",
            b"3 a=b\n",
            b"-6 a=b\n",
            b"99 a=b\n",
            b"99999999999999999999999999 a=b\n",
            b"6 a=bc",
            b"5 ab\n",
            b"9 size=x\n",
        ] {
            assert_eq!(Attributes::default().update(header), None, "{}", header.escape_ascii());
        }
    }
}
