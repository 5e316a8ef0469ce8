//! What synthetic rows are made of.

use super::adasyn::adasyn;
use super::borderline::borderline_smote;
use super::check::{check_counts, check_lengths};
use super::smote::smote;
use super::{BalanceError, BalanceMethod, BalanceSettings};

/// A value of a row.
pub trait Element: Copy + Into<f64> + Send + Sync + sealed::Sealed {
    /// The value that lies `step` of the way to `other`, rounded as numpy rounds it: the difference in the values' own precision, product
    /// and sum in 64 bits, the result in the values' own again.
    fn towards(self, other: Self, step: f64) -> Self;
}

impl Element for f32 {
    fn towards(self, other: Self, step: f64) -> Self {
        (f64::from(self) + step * f64::from(other - self)) as Self
    }
}

impl Element for f64 {
    fn towards(self, other: Self, step: f64) -> Self {
        self + step * (other - self)
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// A row to be made: `a + step (b - a)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Draw {
    /// Its class.
    pub class: usize,
    /// `a` and `b`, indices of rows of that class.
    pub parents: [usize; 2],
    /// From 0 to below 1.
    pub step: f64,
}

/// A class that lacks rows.
pub(super) struct Lack {
    pub class: usize,
    /// Its rows.
    pub members: Vec<usize>,
    /// How many it lacks to be as large as the largest.
    pub missing: usize,
}

/// Which rows the method of `settings` makes of `rows`, class by class: imbalanced-learn 0.14's `SMOTE`, `BorderlineSMOTE` or `ADASYN`
/// with `random_state=seed`, draw by draw. None for methods that make no rows. `labels` are below `classes`, one a row.
///
/// ```
/// use intone::balance::{BalanceMethod, BalanceSettings, ClassWeights, Element, draws};
///
/// let settings = BalanceSettings { method: BalanceMethod::Smote, k_neighbours: 1, m_neighbours: 10, class_weights: ClassWeights::None };
/// let rows: [&[f64]; 5] = [&[0.0], &[1.0], &[2.0], &[10.0], &[11.0]];
/// let drawn = draws(&rows, &[0, 0, 0, 1, 1], 2, &settings, 42)?;
/// let [a, b] = drawn[0].parents;
/// assert!((10.0..=11.0).contains(&rows[a][0].towards(rows[b][0], drawn[0].step)));
/// # Ok::<(), intone::balance::BalanceError>(())
/// ```
///
/// # Errors
/// Rows of different length, too few of them, or none that ADASYN could weigh.
pub fn draws<T: Element>(
    rows: &[&[T]],
    labels: &[usize],
    classes: usize,
    settings: &BalanceSettings,
    seed: u32,
) -> Result<Vec<Draw>, BalanceError> {
    if let Some(&class) = labels.iter().find(|&&label| label >= classes) {
        return Err(BalanceError::Class { class, classes });
    }
    if labels.len() != rows.len() {
        return Err(BalanceError::Labels { rows: rows.len(), labels: labels.len() });
    }
    let members = members(labels, classes);
    check_counts(&members.iter().map(Vec::len).collect::<Vec<_>>(), settings)?;
    check_lengths(rows, settings.method)?;
    let largest = members.iter().map(Vec::len).max().unwrap_or(0);
    let lacks: Vec<Lack> = members
        .into_iter()
        .enumerate()
        .map(|(class, members)| Lack { class, missing: largest - members.len(), members })
        .filter(|lack| !lack.members.is_empty() && lack.missing > 0)
        .collect();
    match settings.method {
        BalanceMethod::Smote => Ok(smote(rows, &lacks, settings.k_neighbours, seed)),
        BalanceMethod::BorderlineSmote => Ok(borderline_smote(rows, labels, &lacks, settings, seed)),
        BalanceMethod::Adasyn => adasyn(rows, labels, &lacks, settings.k_neighbours, seed),
        BalanceMethod::None | BalanceMethod::RandomOver | BalanceMethod::RandomUnder => Ok(Vec::new()),
    }
}

/// Rows of each class.
pub(super) fn members(labels: &[usize], classes: usize) -> Vec<Vec<usize>> {
    let mut members = vec![Vec::new(); classes];
    for (row, &label) in labels.iter().enumerate() {
        members[label].push(row);
    }
    members
}

/// Those rows.
pub(super) fn select<'a, T>(rows: &[&'a [T]], chosen: &[usize]) -> Vec<&'a [T]> {
    chosen.iter().map(|&row| rows[row]).collect()
}

pub(super) fn as_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
