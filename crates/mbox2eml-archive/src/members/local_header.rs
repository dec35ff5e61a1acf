//! What a ZIP says of a member where its data stands (APPNOTE 4.3.7 to 4.3.9).

use std::io;

use rawzip::extra_fields::{ExtraFieldId, ExtraFields};
use rawzip::{CompressionMethod, FileReader, ReaderAt};

use super::checked::Claim;
use super::damage::{cut_off, damaged};
use super::names::MemberName;
use crate::size::to_u64;

pub(super) const SIGNATURE: [u8; 4] = *b"PK\x03\x04";

/// How many bytes stand before the name.
const FIXED: usize = 30;

/// A local file header.
#[derive(Debug)]
pub(super) struct LocalHeader {
    pub(super) name: MemberName,
    pub(super) method: CompressionMethod,
    pub(super) encrypted: bool,
    /// Whether a data descriptor follows the data. Then the sizes and the checksum here may be missing.
    pub(super) descriptor: bool,
    /// How many bytes it takes in the archive; 0 if that is not known yet.
    pub(super) packed: u64,
    pub(super) claim: Claim,
    /// Where its data begins in the archive.
    pub(super) data: u64,
}

impl LocalHeader {
    /// Reads the header at byte `at` of the archive, which is `length` bytes long.
    pub(super) fn read(file: &FileReader, length: u64, at: u64) -> io::Result<Self> {
        let read_at = |bytes: &mut [u8], at| match file.read_exact_at(bytes, at) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(cut_off(length)),
            result => result,
        };
        let mut fixed = [0; FIXED];
        read_at(&mut fixed, at)?;
        if !fixed.starts_with(&SIGNATURE) {
            return Err(damaged("no member begins where one should,", at));
        }
        let short = |index: usize| u16::from_le_bytes([fixed[index], fixed[index + 1]]);
        let long = |index: usize| u32::from(short(index)) | u32::from(short(index + 2)) << 16;
        let (flags, name_length, extra_length) = (short(6), usize::from(short(26)), usize::from(short(28)));
        let mut variable = vec![0; name_length + extra_length];
        let behind = at + to_u64(FIXED);
        read_at(&mut variable, behind)?;
        let (name, extra) = variable.split_at(name_length);
        let (packed, size) = sizes(long(18), long(22), extra);
        Ok(Self {
            name: MemberName::in_zip(name),
            method: CompressionMethod::new(short(8)),
            encrypted: flags & 1 != 0,
            descriptor: flags & 1 << 3 != 0,
            packed,
            claim: Claim { crc: long(14), size },
            data: behind + to_u64(variable.len()),
        })
    }
}

/// The packed and the unpacked size; where they do not fit, they stand in the ZIP64 field (APPNOTE 4.5.3).
fn sizes(packed: u32, size: u32, extra: &[u8]) -> (u64, u64) {
    let zip64 = ExtraFields::new(extra).find(|(id, _)| *id == ExtraFieldId::ZIP64).map_or(&[][..], |(_, field)| field);
    let mut wide = zip64.as_chunks::<8>().0.iter().map(|bytes| u64::from_le_bytes(*bytes));
    let mut resolve = |value: u32| match value {
        u32::MAX => wide.next().unwrap_or(u64::from(value)),
        _ => u64::from(value),
    };
    let size = resolve(size);
    (resolve(packed), size)
}

/// The length of the data descriptor that `bytes` begin with, if it is one that says so of `packed` bytes.
///
/// Its sizes take 8 bytes each or 4, the lower half of those too large, and its signature may be missing. The long form
/// of small sizes begins like the short one and goes on with zeros, as nothing does that may follow a descriptor.
pub(super) fn descriptor_length(bytes: &[u8], packed: u64, claim: Claim) -> Option<usize> {
    let sizes = [packed.to_le_bytes(), claim.size.to_le_bytes()];
    let short = sizes.map(|[a, b, c, d, ..]| [a, b, c, d]);
    let crc = claim.crc.to_le_bytes();
    let fits = |form: &[&[u8]]| bytes.starts_with(&form.concat()).then(|| form.iter().map(|part| part.len()).sum());
    [sizes.as_flattened(), short.as_flattened()]
        .into_iter()
        .find_map(|sizes| fits(&[b"PK\x07\x08", &crc, sizes]).or_else(|| fits(&[&crc, sizes])))
}

/// The length of whatever descriptor `bytes` begin with, by what follows it: another member or the directory.
pub(super) fn any_descriptor_length(bytes: &[u8]) -> Option<usize> {
    [16, 24, 12, 20, 0].into_iter().find(|&length| {
        bytes.get(length..).is_some_and(|next| next.starts_with(&SIGNATURE) || next.starts_with(b"PK\x01\x02"))
    })
}
