//! Parquet tables, in memory that their size bounds.
//!
//! A few bytes of Parquet may state a page of 2 GiB or a run of as many rows, and polars makes room for what is stated before it reads. So
//! what the file states is added up first: rows, pages and the values on them must fit into [`Room`]. With what is then made of the rows, a
//! manifest of `n` bytes takes at most 64 MiB and `4096 * n` bytes. Columns of lists and records are refused, and so are encodings in which a
//! few bytes stand for a long value (`DELTA_BYTE_ARRAY`) or state a length of their own (the other `DELTA_*`).
//!
//! Format: <https://parquet.apache.org/docs/file-format/>.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use polars::prelude::{DataFrame, ParallelStrategy, ParquetReader, SerReader};
use polars_parquet_format::thrift::protocol::{TCompactInputProtocol, TCompactOutputProtocol};
use polars_parquet_format::{ColumnChunk, Encoding, FieldRepetitionType, FileMetaData, PageHeader, SchemaElement, Type};

use super::room::Room;
use crate::corpus::CorpusError;

/// What a value is counted as, bytes, besides what its page says.
const CELL: u64 = 32;
/// Thrift's reader counts eight bytes for an element of a list, which takes a byte or more.
const LIST_ELEMENT: usize = 8;
const MAGIC: &[u8] = b"PAR1";

/// Reads the table that `bytes` are.
pub(super) fn read(path: &Path, mut bytes: Vec<u8>) -> Result<DataFrame, CorpusError> {
    let table = Table { path, size: bytes.len() };
    let run = || {
        table.check(&mut bytes)?;
        // On one thread: it takes less memory, and manifests are small.
        let reader = ParquetReader::new(Cursor::new(bytes)).read_parallel(ParallelStrategy::None);
        reader.finish().map_err(|error| table.unreadable(error.to_string()))
    };
    // Polars panics over a damaged file.
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| Err(table.damaged()))
}

struct Table<'a> {
    path: &'a Path,
    size: usize,
}

impl Table<'_> {
    /// Refuses what would take too much memory, and writes the file's metadata anew, so that polars reads what was checked and no lists that
    /// state more than they hold.
    fn check(&self, bytes: &mut Vec<u8>) -> Result<(), CorpusError> {
        let (rest, length) = bytes.strip_suffix(MAGIC).and_then(<[u8]>::split_last_chunk).ok_or_else(|| self.damaged())?;
        let start = rest.len().checked_sub(u32::from_le_bytes(*length) as usize).ok_or_else(|| self.damaged())?;
        let (pages, footer) = rest.split_at(start);
        let mut thrift = TCompactInputProtocol::new(footer, LIST_ELEMENT * footer.len());
        let mut metadata = FileMetaData::read_from_in_protocol(&mut thrift).map_err(|error| self.unreadable(error.to_string()))?;
        self.check_metadata(&metadata, pages)?;
        // Polars would take another schema from there.
        metadata.key_value_metadata = None;
        bytes.truncate(start);
        let written = metadata.write_to_out_protocol(&mut TCompactOutputProtocol::new(&mut *bytes));
        let length = written.ok().and_then(|length| u32::try_from(length).ok()).ok_or_else(|| self.damaged())?;
        bytes.extend(length.to_le_bytes());
        bytes.extend(MAGIC);
        Ok(())
    }

    fn check_metadata(&self, metadata: &FileMetaData, pages: &[u8]) -> Result<(), CorpusError> {
        let columns = metadata.schema.get(1..).unwrap_or_default();
        columns.iter().try_for_each(|column| self.check_column(column))?;
        let mut rows = Room::new(self.path, self.size, "rows");
        let mut values = Room::new(self.path, self.size, "pages");
        for group in &metadata.row_groups {
            rows.take(self.count(group.num_rows)?.saturating_mul(CELL * columns.len().max(1) as u64))?;
            for (column, chunk) in columns.iter().zip(&group.columns) {
                self.check_chunk(column, chunk, pages, &mut values)?;
            }
        }
        Ok(())
    }

    fn check_column(&self, column: &SchemaElement) -> Result<(), CorpusError> {
        if column.num_children.unwrap_or(0) == 0 && column.repetition_type != Some(FieldRepetitionType::REPEATED) {
            return Ok(());
        }
        Err(self.refused(column, "holds lists or records"))
    }

    /// Adds up the pages of a column in a group of rows, in the order in which polars reads them.
    fn check_chunk(&self, column: &SchemaElement, chunk: &ColumnChunk, pages: &[u8], room: &mut Room) -> Result<(), CorpusError> {
        let stated = chunk.meta_data.as_ref().ok_or_else(|| self.damaged())?;
        let start = self.count(stated.dictionary_page_offset.unwrap_or(stated.data_page_offset))?;
        let end = start.saturating_add(self.count(stated.total_compressed_size)?);
        let mut rest = pages.get(start as usize..end as usize).ok_or_else(|| self.damaged())?;
        let width = if column.type_ == Some(Type::FIXED_LEN_BYTE_ARRAY) { self.count(column.type_length.unwrap_or(0))? } else { 0 };
        let (mut seen, mut first) = (0, true);
        // The first page is looked at whatever is stated: it may hold a dictionary.
        while !rest.is_empty() && (first || seen < stated.num_values) {
            let mut thrift = TCompactInputProtocol::new(&mut rest, pages.len());
            let header = PageHeader::read_from_in_protocol(&mut thrift).map_err(|error| self.unreadable(error.to_string()))?;
            let page = self.page(column, &header)?;
            seen += if header.dictionary_page_header.is_some() { 0 } else { page as i64 };
            let decoded = page.saturating_mul(CELL.saturating_add(width)).saturating_add(CELL);
            room.take(decoded.saturating_add(self.count(header.uncompressed_page_size)?))?;
            let stored = self.count(header.compressed_page_size)? as usize;
            rest = rest.get(stored..).ok_or_else(|| self.damaged())?;
            first = false;
        }
        Ok(())
    }

    /// How many values a page holds; values of a dictionary are told elsewhere than those of data.
    fn page(&self, column: &SchemaElement, header: &PageHeader) -> Result<u64, CorpusError> {
        let (values, encoding) = match (&header.data_page_header, &header.data_page_header_v2, &header.dictionary_page_header) {
            (Some(data), None, None) => (data.num_values, data.encoding),
            (None, Some(data), None) if (0..=data.num_values).contains(&data.num_nulls) => (data.num_values, data.encoding),
            (None, None, Some(dictionary)) => (dictionary.num_values, dictionary.encoding),
            _ => return Err(self.damaged()),
        };
        if ![Encoding::PLAIN, Encoding::PLAIN_DICTIONARY, Encoding::RLE, Encoding::RLE_DICTIONARY].contains(&encoding) {
            return Err(self.refused(column, "is encoded otherwise than plain, by runs or with a dictionary"));
        }
        self.count(values)
    }

    fn count(&self, number: impl TryInto<u64>) -> Result<u64, CorpusError> {
        number.try_into().map_err(|_| self.damaged())
    }

    fn damaged(&self) -> CorpusError {
        self.unreadable("the file is damaged".to_owned())
    }

    fn unreadable(&self, message: String) -> CorpusError {
        CorpusError::Table { path: self.path.to_owned(), format: "Parquet", message }
    }

    fn refused(&self, column: &SchemaElement, why: &'static str) -> CorpusError {
        CorpusError::ColumnRefused { path: self.path.to_owned(), column: column.name.clone(), why }
    }
}
