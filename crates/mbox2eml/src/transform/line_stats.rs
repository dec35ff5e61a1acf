//! Counts, in one pass over a message, what decides how it is written.

use std::ops::AddAssign;

/// The bytes of a message that matter for writing it, counted.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::sink::{Inspect, Statistics};
/// use mbox2eml::source::Memory;
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
/// let converter = Converter::builder().build();
/// let findings = converter.convert(Memory::new("in", mailbox), Inspect::default(), &()).receipt;
/// assert_eq!((findings.total.line_stats.lf, findings.total.line_stats.bare_lf()), (3, 3));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LineStats {
    /// Line feeds.
    pub lf: u64,
    /// Carriage returns.
    pub cr: u64,
    /// Carriage returns directly followed by a line feed.
    pub crlf: u64,
    /// NUL bytes.
    pub nul: u64,
    /// Lines after the first that begin with `>`: an upper limit for the quoted `From ` lines.
    pub angle_lines: u64,
    /// Whether there is a byte that is not ASCII.
    pub is_8bit: bool,
}

impl LineStats {
    /// Counts the bytes of `message`.
    pub(crate) fn of(message: &[u8]) -> Self {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            #[allow(unsafe_code, reason = "the function may run only on a processor that has AVX2")]
            // SAFETY: this processor has AVX2, as was just checked.
            return unsafe { Self::count_by_32(message) };
        }
        Self::count(message)
    }

    /// [`count`](Self::count), compiled for registers of 32 bytes: 1.7 times as fast, which is 4 % of the whole
    /// conversion of mixed mail. That justifies the `unsafe`.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn count_by_32(message: &[u8]) -> Self {
        Self::count(message)
    }

    #[inline(always)]
    fn count(message: &[u8]) -> Self {
        // Counters of one byte, added up before they can overflow, let the compiler count many bytes at once. The size
        // is a multiple of the width of all registers, so no byte is left over.
        const BLOCK: usize = 224;
        let Some((first, rest)) = message.split_first() else { return Self::default() };
        let mut line_stats = Self::block(std::slice::from_ref(first), &[0]);
        let (blocks, tail) = rest.as_chunks::<BLOCK>();
        let (blocks_before, tail_before) = message[..rest.len()].as_chunks::<BLOCK>();
        for (bytes, before) in blocks.iter().zip(blocks_before) {
            line_stats += Self::block(bytes, before);
        }
        line_stats += Self::block(tail, tail_before);
        line_stats
    }

    /// Counts at most 255 bytes, each with the byte before it.
    #[inline(always)]
    fn block(bytes: &[u8], before: &[u8]) -> Self {
        let (mut lf, mut cr, mut crlf, mut nul, mut angle_lines, mut any) = (0_u8, 0_u8, 0_u8, 0_u8, 0_u8, 0_u8);
        for (byte, before) in bytes.iter().zip(before) {
            let is_lf = u8::from(*byte == b'\n');
            let after_cr = u8::from(*before == b'\r');
            let after_lf = u8::from(*before == b'\n');
            lf += is_lf;
            cr += u8::from(*byte == b'\r');
            crlf += is_lf & after_cr;
            nul += u8::from(*byte == 0);
            angle_lines += u8::from(*byte == b'>') & (after_cr | after_lf);
            any |= *byte;
        }
        Self {
            lf: lf.into(),
            cr: cr.into(),
            crlf: crlf.into(),
            nul: nul.into(),
            angle_lines: angle_lines.into(),
            is_8bit: !any.is_ascii(),
        }
    }

    /// These counts for a message of which one part is exchanged for another.
    #[cfg(feature = "convert")]
    pub(super) fn exchanged(self, old: &Self, new: &Self) -> Self {
        Self {
            lf: self.lf - old.lf + new.lf,
            cr: self.cr - old.cr + new.cr,
            crlf: self.crlf - old.crlf + new.crlf,
            nul: self.nul - old.nul + new.nul,
            angle_lines: self.angle_lines - old.angle_lines + new.angle_lines,
            is_8bit: self.is_8bit,
        }
    }

    /// Line feeds without a carriage return before them.
    pub fn bare_lf(&self) -> u64 {
        self.lf - self.crlf
    }

    /// Carriage returns without a line feed after them.
    pub fn lone_cr(&self) -> u64 {
        self.cr - self.crlf
    }
}

impl AddAssign for LineStats {
    fn add_assign(&mut self, other: Self) {
        self.lf += other.lf;
        self.cr += other.cr;
        self.crlf += other.crlf;
        self.nul += other.nul;
        self.angle_lines += other.angle_lines;
        self.is_8bit |= other.is_8bit;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn naive(message: &[u8]) -> LineStats {
        let count = |byte| u64::try_from(message.iter().filter(|b| **b == byte).count()).unwrap();
        let pairs =
            |test: fn(u8, u8) -> bool| u64::try_from(message.windows(2).filter(|w| test(w[0], w[1])).count()).unwrap();
        LineStats {
            lf: count(b'\n'),
            cr: count(b'\r'),
            crlf: pairs(|a, b| a == b'\r' && b == b'\n'),
            nul: count(0),
            angle_lines: pairs(|a, b| (a == b'\r' || a == b'\n') && b == b'>'),
            is_8bit: !message.is_ascii(),
        }
    }

    proptest! {
        #[test]
        fn equals_a_naive_count(message in prop::collection::vec(prop::sample::select(&b"\r\n>\0a\xbf"[..]), 0..2000)) {
            prop_assert_eq!(LineStats::of(&message), naive(&message));
            prop_assert_eq!(LineStats::count(&message), naive(&message), "on a processor without AVX2");
        }
    }
}
