//! The one conversion between sizes in memory and offsets in files.

/// A size in memory as a size in a file; lossless on every platform Rust runs on.
pub fn to_u64(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
