//! WAV files, byte by byte.

/// A chunk: code, length, body, pad byte.
pub fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut bytes = [id.as_slice(), &(body.len() as u32).to_le_bytes(), body].concat();
    if body.len() % 2 == 1 {
        bytes.push(0);
    }
    bytes
}

/// The 16 bytes of a plain `fmt ` chunk.
pub fn fmt(tag: u16, channels: u16, rate: u32, bits: u16) -> Vec<u8> {
    let align = channels.wrapping_mul(bits.div_ceil(8));
    let mut body = Vec::new();
    for field in [tag, channels] {
        body.extend(field.to_le_bytes());
    }
    for field in [rate, rate.wrapping_mul(u32::from(align))] {
        body.extend(field.to_le_bytes());
    }
    for field in [align, bits] {
        body.extend(field.to_le_bytes());
    }
    body
}

/// An extensible `fmt ` chunk around sub-format `tag`.
pub fn fmt_extensible(tag: u16, channels: u16, rate: u32, bits: u16, valid_bits: u16) -> Vec<u8> {
    let mut body = fmt(0xfffe, channels, rate, bits);
    body.extend(22_u16.to_le_bytes());
    body.extend(valid_bits.to_le_bytes());
    body.extend(3_u32.to_le_bytes());
    body.extend(tag.to_le_bytes());
    body.extend([0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71]);
    body
}

/// A file of these chunks.
pub fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = chunks.concat();
    [b"RIFF".as_slice(), &(4 + body.len() as u32).to_le_bytes(), b"WAVE", &body].concat()
}

/// A `data` chunk whose header states `size`, with `body` and without a pad byte.
pub fn data_stating(size: u32, body: &[u8]) -> Vec<u8> {
    [b"data".as_slice(), &size.to_le_bytes(), body].concat()
}

/// 16-bit samples as bytes.
pub fn pcm16(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}
