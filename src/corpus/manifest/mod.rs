//! Any corpus, by a table with a row a clip: CSV, TSV or Parquet.

mod load;
mod parquet;
mod room;
mod table;

pub use load::load;
pub use table::Format;
pub(super) use table::TextTable;
