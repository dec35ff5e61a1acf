//! The flags that Thunderbird keeps in header fields of its own.

/// Thunderbird's flags, from `X-Mozilla-Status` and `X-Mozilla-Status2`.
///
/// Both fields are hexadecimal halves of one 32-bit word of flags: the first holds its low 16
/// bits, the second the high ones. No field, no flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct MozillaStatus(u32);

impl MozillaStatus {
    /// Reads the values of `X-Mozilla-Status` and `X-Mozilla-Status2`; an empty one sets no flag.
    ///
    /// Lenient: white space, a leading `0x` and anything after the digits are ignored, and a value that is not a number
    /// sets no flag.
    pub(crate) fn parse(status: &[u8], status2: &[u8]) -> Self {
        Self(hexadecimal(status) & 0xffff | hexadecimal(status2) & 0xffff_0000)
    }

    /// Whether the message was read (0001).
    pub(crate) fn is_read(self) -> bool {
        self.has(0x0001)
    }

    /// Whether it was replied to (0002).
    pub(crate) fn replied(self) -> bool {
        self.has(0x0002)
    }

    /// Whether it is flagged, that is starred (0004).
    pub(crate) fn flagged(self) -> bool {
        self.has(0x0004)
    }

    /// Whether it was deleted but not yet compacted away (0008), or deleted on the IMAP server
    /// (00200000 in `X-Mozilla-Status2`).
    pub(crate) fn deleted(self) -> bool {
        self.has(0x0008) || self.has(0x0020_0000)
    }

    /// Whether it was forwarded (1000).
    pub(crate) fn forwarded(self) -> bool {
        self.has(0x1000)
    }

    fn has(self, flag: u32) -> bool {
        self.0 & flag != 0
    }
}

/// The number that `value` begins with; 0 if there is none or it is too large.
fn hexadecimal(value: &[u8]) -> u32 {
    let value = value.trim_ascii_start();
    let value = value.strip_prefix(b"0x").unwrap_or(value);
    let digits = value.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    value
        .get(..digits)
        .and_then(|digits| std::str::from_utf8(digits).ok())
        .and_then(|digits| u32::from_str_radix(digits, 16).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(status: MozillaStatus) -> [bool; 5] {
        [status.is_read(), status.replied(), status.flagged(), status.deleted(), status.forwarded()]
    }

    #[test]
    fn each_bit_is_its_flag() {
        let cases: &[(&[u8], &[u8], [bool; 5])] = &[
            (b" 0000\r\n", b" 00000000\r\n", [false; 5]),
            (b" 0001\r\n", b"", [true, false, false, false, false]),
            (b" 0002\n", b"", [false, true, false, false, false]),
            (b"0004", b"", [false, false, true, false, false]),
            (b"0008", b"", [false, false, false, true, false]),
            (b"1000", b"", [false, false, false, false, true]),
            (b"100f", b"", [true; 5]),
            (b"", b"00200000", [false, false, false, true, false]),
            (b"0001", b"00800000", [true, false, false, false, false]),
        ];
        for (status, status2, expected) in cases {
            let shown = (String::from_utf8_lossy(status), String::from_utf8_lossy(status2));
            assert_eq!(flags(MozillaStatus::parse(status, status2)), *expected, "{shown:?}");
        }
    }

    #[test]
    fn each_field_has_its_own_half() {
        assert_eq!(MozillaStatus::parse(b"00200000", b"00000008"), MozillaStatus::default());
    }

    #[test]
    fn reads_leniently() {
        let deleted = MozillaStatus::parse(b"0008", b"");
        for value in ["8", "0x0008", " 0008 (deleted)", "0008\r\n\r\n"] {
            assert_eq!(MozillaStatus::parse(value.as_bytes(), b""), deleted, "{value:?}");
        }
        for value in ["", "none", "-8", "fffffffff0008", "0x"] {
            assert_eq!(MozillaStatus::parse(value.as_bytes(), b""), MozillaStatus::default(), "{value:?}");
        }
    }
}
