//! A part of the table: the features of some consecutive clips, as they are kept in a file of their own.

use std::ops::Range;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

/// Clips of a part at most: what a killed call has to measure anew.
const CLIPS: usize = 128;

/// Values of a part at most, but for those of its last clip.
const VALUES: usize = 1 << 20;

/// What there is to say of a clip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Remark {
    /// Why it has no rows.
    LeftOut { clip: String, cause: String },
    /// What is odd about it.
    Warning { clip: String, message: String },
}

/// Features of consecutive clips.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    /// Which clips.
    pub clips: Range<usize>,
    /// Those that have features, by their index, with their rows `(rows, columns)`.
    pub rows: Vec<(usize, Array2<f32>)>,
    pub remarks: Vec<Remark>,
}

/// The first line of a part's file; the values follow, little-endian.
#[derive(Serialize, Deserialize)]
struct Header {
    from: usize,
    to: usize,
    /// Clip, rows and columns.
    shapes: Vec<(usize, usize, usize)>,
    remarks: Vec<Remark>,
}

impl Part {
    /// Begins with clip `first`.
    pub fn from_clip(first: usize) -> Self {
        Self { clips: first..first, rows: Vec::new(), remarks: Vec::new() }
    }

    /// Numbers that it holds.
    pub fn values(&self) -> usize {
        self.rows.iter().map(|(_, matrix)| matrix.len()).sum()
    }

    /// Whether no more clips go in. It depends on the clips alone, so that parts are the same in every call.
    pub fn is_full(&self) -> bool {
        self.clips.len() >= CLIPS || self.values() >= VALUES
    }

    pub fn to_bytes(&self) -> std::io::Result<Vec<u8>> {
        let shapes = self.rows.iter().map(|(clip, matrix)| (*clip, matrix.nrows(), matrix.ncols())).collect();
        let Range { start, end } = self.clips;
        let mut bytes = serde_json::to_vec(&Header { from: start, to: end, shapes, remarks: self.remarks.clone() })?;
        bytes.push(b'\n');
        bytes.reserve(4 * self.values());
        bytes.extend(self.rows.iter().flat_map(|(_, matrix)| matrix.iter().flat_map(|value| value.to_le_bytes())));
        Ok(bytes)
    }

    /// The part that begins with clip `first` and has `columns` columns; `None` if `bytes` are not such a part, whole.
    pub fn from_bytes(bytes: &[u8], first: usize, columns: usize) -> Option<Self> {
        let end = bytes.iter().position(|&byte| byte == b'\n')?;
        let header: Header = serde_json::from_slice(&bytes[..end]).ok()?;
        if header.from != first || header.to <= first {
            return None;
        }
        let (floats, rest) = bytes[end + 1..].as_chunks::<4>();
        let mut floats = floats.iter().map(|bytes| f32::from_le_bytes(*bytes));
        let mut rows = Vec::new();
        for (clip, height, width) in header.shapes {
            if width != columns || !(header.from..header.to).contains(&clip) || height.checked_mul(width)? > floats.len() {
                return None;
            }
            rows.push((clip, Array2::from_shape_vec((height, width), floats.by_ref().take(height * width).collect()).ok()?));
        }
        let whole = floats.len() == 0 && rest.is_empty();
        whole.then_some(Self { clips: header.from..header.to, rows, remarks: header.remarks })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_read_back_whole_or_not_at_all() {
        let part = Part {
            clips: 7..10,
            rows: vec![(7, Array2::from_elem((2, 3), f32::MIN_POSITIVE)), (9, Array2::from_elem((1, 3), -0.1))],
            remarks: vec![Remark::LeftOut { clip: "b".to_owned(), cause: "no\nline".to_owned() }],
        };
        let bytes = part.to_bytes().unwrap();
        assert_eq!(Part::from_bytes(&bytes, 7, 3), Some(part));
        assert_eq!(Part::from_bytes(&bytes, 8, 3), None, "another part");
        assert_eq!(Part::from_bytes(&bytes, 7, 4), None, "other columns");
        assert_eq!(Part::from_bytes(&bytes[..bytes.len() - 1], 7, 3), None, "cut off");
        assert_eq!(Part::from_bytes(&[bytes, vec![0; 4]].concat(), 7, 3), None, "too long");
        assert_eq!(Part::from_bytes(b"", 0, 3), None);
    }
}
