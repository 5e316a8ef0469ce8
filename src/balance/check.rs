//! What rows must be like to be balanced.

use super::draw::Element;
use super::{BalanceError, BalanceMethod, BalanceSettings};

/// Every class that the method must draw rows for has a neighbour to spare for each row. Counts alone tell, so that an experiment can be
/// refused before any clip is measured.
///
/// # Errors
/// [`BalanceError::TooFewRows`]: the first class that has too few. [`BalanceError::TooFewRowsInAll`]: borderline-SMOTE has too few.
pub fn check_counts(counts: &[usize], settings: &BalanceSettings) -> Result<(), BalanceError> {
    let BalanceSettings { method, k_neighbours, m_neighbours, .. } = *settings;
    if !method.makes_rows() {
        return Ok(());
    }
    let largest = counts.iter().copied().max().unwrap_or(0);
    let lacks = |rows: usize| rows > 0 && rows < largest;
    if let Some((class, &rows)) = counts.iter().enumerate().find(|&(_, &rows)| lacks(rows) && rows <= k_neighbours) {
        return Err(BalanceError::TooFewRows { method, class, rows, k_neighbours });
    }
    let rows = counts.iter().sum();
    if method == BalanceMethod::BorderlineSmote && rows <= m_neighbours && counts.iter().any(|&rows| lacks(rows)) {
        return Err(BalanceError::TooFewRowsInAll { rows, m_neighbours });
    }
    Ok(())
}

pub(super) fn check_lengths<T: Element>(rows: &[&[T]], method: BalanceMethod) -> Result<(), BalanceError> {
    let first = rows.first().map_or(0, |row| row.len());
    match rows.iter().find(|row| row.len() != first) {
        Some(other) if method.makes_rows() => Err(BalanceError::Lengths { method, first, other: other.len() }),
        _ => Ok(()),
    }
}
