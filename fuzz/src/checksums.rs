//! Checksums made right, so that what the fuzzer changes is not refused for its checksum alone.

/// Makes the checksum of every Ogg page right (RFC 3533, section 6).
pub fn mend_ogg(bytes: &mut [u8]) {
    let mut at = 0;
    while let Some(page) = page_length(&bytes[at..]) {
        bytes[at + 22..at + 26].fill(0);
        let checksum = crc(&bytes[at..at + page], 0x04c1_1db7, 32);
        bytes[at + 22..at + 26].copy_from_slice(&checksum.to_le_bytes());
        at += page;
    }
}

fn page_length(bytes: &[u8]) -> Option<usize> {
    let segments = usize::from(*bytes.strip_prefix(b"OggS").and(bytes.get(26))?);
    let table = bytes.get(27..27 + segments)?;
    let length = 27 + segments + table.iter().map(|&size| usize::from(size)).sum::<usize>();
    (length <= bytes.len()).then_some(length)
}

/// Takes all that follows the metadata of a FLAC file as one frame and makes its footer right (RFC 9639, section 9.3). Header checksums are
/// not looked at under `cfg(fuzzing)`.
pub fn mend_flac(bytes: &mut [u8]) {
    let mut at = 4;
    while let Some(&[kind, a, b, c]) = bytes.get(at..at + 4) {
        at += 4 + u32::from_be_bytes([0, a, b, c]) as usize;
        if kind & 0x80 != 0 {
            break;
        }
    }
    if let Some(frame) = bytes.get_mut(at..)
        && let Some((body, footer)) = frame.split_last_chunk_mut::<2>()
    {
        *footer = (crc(body, 0x8005, 16) as u16).to_be_bytes();
    }
}

/// A checksum of `width` bits, most significant bit first, from 0 on.
fn crc(bytes: &[u8], polynomial: u32, width: u32) -> u32 {
    let (polynomial, mut register) = (polynomial << (32 - width), 0_u32);
    for &byte in bytes {
        register ^= u32::from(byte) << 24;
        for _ in 0..8 {
            register = if register >> 31 == 1 { register << 1 ^ polynomial } else { register << 1 };
        }
    }
    register >> (32 - width)
}
