//! Numbers in decimal digits.

/// The number at the head of `text`, of one digit up to `most` (at most four), and what follows it.
pub(crate) fn leading(text: &[u8], most: usize) -> Option<(i16, &[u8])> {
    let width = text.iter().take_while(|byte| byte.is_ascii_digit()).take(most).count();
    let (digits, rest) = text.split_at_checked(width)?;
    let value = digits.iter().fold(0, |value, digit| value * 10 + i16::from(digit - b'0'));
    (width > 0).then_some((value, rest))
}

/// The number of two digits at the head of `text`, and what follows it.
pub(crate) fn two_digits(text: &[u8]) -> Option<(i16, &[u8])> {
    leading(text, 2).filter(|(_, rest)| text.len() - rest.len() == 2)
}

/// The number that `text` is; white space around it does not count.
pub(crate) fn whole(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text.trim_ascii()).ok()?.parse().ok()
}
