//! The chunks of a RIFF or RF64 file, tolerant of the ways in which sizes are wrong in files that people really have.
//!
//! Sources: Microsoft & IBM, *Multimedia Programming Interface and Data Specifications 1.0* (1991), "RIFF"; EBU Tech 3306 (RF64).

/// A chunk as far as the file holds it.
pub(super) struct Chunk<'a> {
    /// Four-character code.
    pub id: [u8; 4],
    /// The length that the header states; `None` where it states none (see [`data_length`]).
    pub stated: Option<u64>,
    /// What is there of it.
    pub body: &'a [u8],
}

/// Walks over the chunks behind the twelve bytes of the RIFF header.
///
/// Beyond the standard: a chunk past the end of the file is cut there; the pad byte behind chunks of odd length may be missing; the
/// `data` chunk may state no length. The length in the RIFF header itself is not looked at, since it is wrong wherever these are.
pub(super) struct Chunks<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Length of the `data` chunk from `ds64` (RF64).
    wide_data: Option<u64>,
}

impl<'a> Chunks<'a> {
    /// The chunks of a whole file.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 12, wide_data: None }
    }

    /// Where the chunk behind one of `length` bytes that ends at `end` begins: chunks of odd length are followed by a pad byte, unless
    /// the writer forgot it.
    fn following(&self, end: usize, length: usize) -> usize {
        let begins_at = |at: usize| self.bytes.get(at..).is_some_and(is_chunk_header);
        if length.is_multiple_of(2) || (begins_at(end) && !begins_at(end + 1)) { end } else { end + 1 }
    }
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Chunk<'a>;

    fn next(&mut self) -> Option<Chunk<'a>> {
        let (header, rest) = self.bytes.get(self.at..)?.split_at_checked(8)?;
        let id = [header[0], header[1], header[2], header[3]];
        let size = u32::from_le_bytes([header[4], header[5], header[6], header[7]]);
        let stated = if &id == b"data" { data_length(size, rest, self.wide_data) } else { Some(u64::from(size)) };

        let body = match stated.map(usize::try_from) {
            Some(Ok(length)) => rest.get(..length).unwrap_or(rest),
            _ => rest,
        };
        if &id == b"ds64" {
            // Length of the file, then of the data, 8 bytes each.
            self.wide_data = body.get(8..).and_then(|body| body.first_chunk()).map(|size| u64::from_le_bytes(*size));
        }
        self.at = self.following(self.at + 8 + body.len(), body.len());
        Some(Chunk { id, stated, body })
    }
}

/// The length of a `data` chunk whose header states `size` and behind which the file has `rest`; `None` where the writer left it open.
///
/// Programs that write to a pipe, or that are stopped, leave 0 or a placeholder: ffmpeg and others 0xFFFFFFFF, sox 0x7FFFF000.
/// 0 stays 0 where nothing follows, or another chunk does. In RF64 0xFFFFFFFF means "see `ds64`".
fn data_length(size: u32, rest: &[u8], wide: Option<u64>) -> Option<u64> {
    match size {
        0 if rest.is_empty() || is_chunk_header(rest) => Some(0),
        0 => None,
        u32::MAX if wide.is_some_and(|wide| wide > 0) => wide,
        0x7fff_f000..=0x7fff_ffff | 0xffff_f000..=u32::MAX if size as usize > rest.len() => None,
        _ => Some(u64::from(size)),
    }
}

/// Whether `bytes` begin with what can be the header of another chunk: a printable code, and a length that fits.
fn is_chunk_header(bytes: &[u8]) -> bool {
    let Some((&[a, b, c, d, size @ ..], rest)) = bytes.split_first_chunk::<8>() else { return false };
    [a, b, c, d].iter().all(|byte| (b' '..=b'~').contains(byte)) && u32::from_le_bytes(size) as usize <= rest.len()
}
