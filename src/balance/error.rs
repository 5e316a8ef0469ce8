//! What can be wrong with rows that are to be balanced.

use super::BalanceMethod;

/// Training rows that cannot be balanced as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BalanceError {
    /// A class that rows must be drawn for has no more rows than neighbours.
    #[error(
        "class {class} has {rows} training rows, but {} with {k_neighbours} neighbours needs at least {}: make `balance.k_neighbours` \
         smaller{}, or set `balance.method` to \"random-over\" or \"none\"",
        method.name(),
        k_neighbours + 1,
        largest(*rows)
    )]
    TooFewRows {
        /// The method that draws.
        method: BalanceMethod,
        /// Class index.
        class: usize,
        /// Its rows.
        rows: usize,
        /// Neighbours asked for.
        k_neighbours: usize,
    },
    /// Borderline-SMOTE: no more rows in all than neighbours among them.
    #[error(
        "there are {rows} training rows, but borderline-smote with {m_neighbours} neighbours of any class needs at least {}: make \
         `balance.m_neighbours` smaller, or set `balance.method` to \"smote\"",
        m_neighbours + 1
    )]
    TooFewRowsInAll {
        /// Training rows.
        rows: usize,
        /// Neighbours asked for.
        m_neighbours: usize,
    },
    /// ADASYN: a class so far from all others that its rows have no neighbours there.
    #[error(
        "none of the {k_neighbours} nearest neighbours of any training row of class {class} is of another class, so adasyn cannot tell \
         which rows are hard: make `balance.k_neighbours` larger, or set `balance.method` to \"smote\""
    )]
    NoForeignNeighbours {
        /// Class index.
        class: usize,
        /// Neighbours asked for.
        k_neighbours: usize,
    },
    /// ADASYN: a class that lacks so few rows that none of its rows has a share of one half.
    #[error(
        "class {class} lacks {missing} training rows, of which each of its rows has a share that adasyn rounds to 0: set \
         `balance.method` to \"smote\""
    )]
    NothingDrawn {
        /// Class index.
        class: usize,
        /// Rows that it lacks.
        missing: usize,
    },
    /// Rows of different length.
    #[error("{} needs rows of one length, but there are rows of {first} and of {other} values", method.name())]
    Lengths {
        /// The method that draws.
        method: BalanceMethod,
        /// Values of the first row.
        first: usize,
        /// Values of one that differs.
        other: usize,
    },
    /// A class index that no class has.
    #[error("a training row has class index {class}, but there are {classes} classes")]
    Class {
        /// The index found.
        class: usize,
        /// Number of classes.
        classes: usize,
    },
    /// Not a label a row.
    #[error("there are {rows} rows and {labels} labels; each row needs one")]
    Labels {
        /// Number of rows.
        rows: usize,
        /// Number of labels.
        labels: usize,
    },
}

impl BalanceError {
    /// The class that it is about.
    pub fn class(&self) -> Option<usize> {
        match *self {
            Self::TooFewRows { class, .. } | Self::NoForeignNeighbours { class, .. } | Self::NothingDrawn { class, .. } => Some(class),
            Self::TooFewRowsInAll { .. } | Self::Lengths { .. } | Self::Class { .. } | Self::Labels { .. } => None,
        }
    }
}

fn largest(rows: usize) -> String {
    if rows > 1 { format!(" ({} at most)", rows - 1) } else { String::new() }
}
