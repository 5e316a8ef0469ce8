//! McNemar's test: do two recognisers err on the same clips equally often?

use serde::Serialize;

/// Pairs below which the exact binomial test is taken.
const EXACT_BELOW: u64 = 25;

/// The outcome of [`mcnemar`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct McNemar {
    /// Clips that only the first has right.
    pub only_first: u64,
    /// Clips that only the second has right.
    pub only_second: u64,
    /// The two-sided p-value was taken from the binomial distribution itself; else from chi-squared.
    pub exact: bool,
    /// The smaller of the two counts where the test is exact; else chi-squared with continuity correction, one degree of freedom.
    pub statistic: f64,
    /// How probable a difference this large or larger is if both err equally often.
    pub p: f64,
}

/// McNemar, "Note on the sampling error of the difference between correlated proportions or percentages", Psychometrika 12, 1947.
///
/// Only the clips that one has right and the other wrong tell the two apart. Below 25 of them the p-value is that of the exact binomial
/// test, `min(1, 2 P(X <= min(b, c)))` with `X ~ B(b + c, 1/2)`; from there on that of `(|b - c| - 1)^2 / (b + c)` (Edwards 1948),
/// chi-squared with one degree of freedom. Equal to statsmodels' `mcnemar`, which leaves the choice to its caller; with no such clip at all
/// p is 1.
///
/// The test takes clips as independent. Those of one speaker are not, so its p is too sure of itself where there are many clips of few
/// speakers: read it beside the interval over speakers ([`Pairing`](super::Pairing)), not instead of it.
///
/// ```
/// let test = intone::metrics::mcnemar(10, 2);
/// assert!(test.exact && (test.p - 0.03857421875).abs() < 1e-12);
/// ```
pub fn mcnemar(only_first: u64, only_second: u64) -> McNemar {
    let (pairs, fewer) = (only_first.saturating_add(only_second), only_first.min(only_second));
    let exact = pairs < EXACT_BELOW;
    let (statistic, p) = if exact {
        (fewer as f64, (2.0 * binomial_half(pairs, fewer)).min(1.0))
    } else {
        let apart = only_first.abs_diff(only_second) as f64 - 1.0;
        let statistic = apart * apart / pairs as f64;
        // The upper tail of chi-squared with one degree of freedom: a squared standard normal.
        (statistic, libm::erfc((statistic / 2.0).sqrt()))
    };
    McNemar { only_first, only_second, exact, statistic, p }
}

/// `P(X <= most)` of `B(trials, 1/2)`, for a few trials.
fn binomial_half(trials: u64, most: u64) -> f64 {
    let mut term = 0.5_f64.powi(trials as i32);
    let mut sum = 0.0;
    for hits in 0..=most {
        sum += term;
        term *= (trials - hits) as f64 / (hits + 1) as f64;
    }
    sum
}
