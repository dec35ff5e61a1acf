//! Sizes as typed by users, such as `512MiB`, and as floating point numbers.

/// Bytes in a MiB.
pub const MIB: u64 = 1 << 20;

/// A count as a floating point number; exact below 2^53.
#[must_use]
#[allow(clippy::as_conversions, reason = "the standard library has no other way")]
pub fn to_f64(count: u64) -> f64 {
    count as f64
}

/// Parses a number of bytes, optionally followed by `KiB`, `MiB` or `GiB`.
///
/// # Errors
///
/// The text is not a size, or the size exceeds `u64::MAX`.
///
/// # Examples
///
/// ```
/// assert_eq!(mbox2eml_bench::size::parse("4GiB"), Ok(4 << 30));
/// assert!(mbox2eml_bench::size::parse("4 elephants").is_err());
/// ```
pub fn parse(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit: u64 = match unit.trim() {
        "" => 1,
        "KiB" => 1 << 10,
        "MiB" => MIB,
        "GiB" => 1 << 30,
        _ => return Err(format!("{text}: not a size such as 512MiB or 4GiB")),
    };
    number
        .parse()
        .ok()
        .and_then(|number: u64| number.checked_mul(unit))
        .ok_or_else(|| format!("{text}: not a size such as 512MiB or 4GiB"))
}
