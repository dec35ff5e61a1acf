//! Bytes in any charset, as text.

use mail_parser::decoders::charsets::map::charset_decoder;

/// `bytes` in `charset`, by any of its names; UTF-8 if it is unknown. Bytes that are no character become U+FFFD.
pub(super) fn decode_charset(charset: &[u8], bytes: &[u8]) -> String {
    match charset_decoder(charset) {
        Some(decoder) => decoder(bytes),
        None => String::from_utf8_lossy(bytes).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]

        #[test]
        fn never_panics(
            charset in "utf-7|utf-16|gb18030|gbk|big5|euc-jp|euc-kr|shift_jis|iso-2022-jp|windows-(1252|1258|874)|\\PC*",
            bytes in proptest::collection::vec(any::<u8>(), 0..40),
        ) {
            decode_charset(charset.as_bytes(), &bytes);
        }
    }
}
