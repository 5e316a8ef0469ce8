//! What can be wrong with rows that are to be balanced.

/// Training rows that cannot be balanced as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BalanceError {
    /// SMOTE: a class with no more rows than neighbours.
    #[error(
        "class {class} has {rows} training rows, but smote with {k_neighbours} neighbours needs at least {}: make `balance.k_neighbours` \
         smaller{}, or set `balance.method` to \"random-over\" or \"none\"",
        k_neighbours + 1,
        largest(*rows)
    )]
    TooFewRows {
        /// Class index.
        class: usize,
        /// Its rows.
        rows: usize,
        /// Neighbours asked for.
        k_neighbours: usize,
    },
    /// SMOTE: rows of different shape.
    #[error(
        "smote needs rows of one shape, but the training rows have {} x {} and {} x {} frames and columns: set `audio.duration_s` and \
         `audio.pad`, so that clips are equally long, or use `balance.class_weights` or method \"random-over\"",
        first.0, first.1, other.0, other.1
    )]
    Shapes {
        /// Frames and columns of the first row.
        first: (usize, usize),
        /// Frames and columns of one that differs.
        other: (usize, usize),
    },
    /// A class index that no class has.
    #[error("a training row has class index {class}, but there are {classes} classes")]
    Class {
        /// The index found.
        class: usize,
        /// Number of classes.
        classes: usize,
    },
}

fn largest(rows: usize) -> String {
    if rows > 1 { format!(" ({} at most)", rows - 1) } else { String::new() }
}
