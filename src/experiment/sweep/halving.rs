//! Successive halving: many runs of few epochs, of which the best go on to more (Jamieson & Talwalkar 2016, "Non-stochastic best arm
//! identification and hyperparameter optimization").

use super::settings::SweepSettings;

/// A round in which every run has the same number of epochs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rung {
    /// Epochs of each run.
    pub epochs: usize,
    /// Runs, should none fail.
    pub runs: usize,
}

/// The rungs from `min_epochs` to `epochs`, which the last has; each has a `reduction`th of the runs before it, and at least one.
pub(super) fn rungs(runs: usize, epochs: usize, settings: &SweepSettings) -> Vec<Rung> {
    let mut rungs = Vec::new();
    let mut rung = Rung { epochs: settings.min_epochs, runs };
    while rung.epochs < epochs && rung.runs > 1 {
        rungs.push(rung);
        rung = Rung { epochs: rung.epochs.saturating_mul(settings.reduction), runs: (rung.runs / settings.reduction).max(1) };
    }
    rungs.push(Rung { epochs, runs: rung.runs });
    rungs
}

/// The `count` best of `scores`, in their old order; of equal ones the earlier, and none that has no score.
pub(super) fn best(scores: &[Option<f64>], count: usize) -> Vec<usize> {
    let mut order: Vec<(usize, f64)> = scores.iter().enumerate().filter_map(|(index, score)| Some((index, (*score)?))).collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1));
    let mut best: Vec<usize> = order.into_iter().take(count).map(|(index, _)| index).collect();
    best.sort_unstable();
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::sweep::SweepMethod;

    fn settings(min_epochs: usize, reduction: usize) -> SweepSettings {
        let method = SweepMethod::SuccessiveHalving;
        SweepSettings { method, samples: 0, min_epochs, reduction, parts: Vec::new(), alone: false, over: Default::default() }
    }

    #[test]
    fn rungs_are_those_of_the_paper() {
        // 81 runs, 1 epoch, a third each time, up to 81 epochs: Li et al. 2017, "Hyperband", table 1, s = 4.
        let rungs: Vec<(usize, usize)> = rungs(81, 81, &settings(1, 3)).iter().map(|rung| (rung.runs, rung.epochs)).collect();
        assert_eq!(rungs, [(81, 1), (27, 3), (9, 9), (3, 27), (1, 81)]);
    }

    #[test]
    fn the_last_rung_has_all_epochs_and_one_run_needs_no_others() {
        let rungs_of = |runs, epochs| rungs(runs, epochs, &settings(5, 2)).iter().map(|rung| (rung.runs, rung.epochs)).collect::<Vec<_>>();
        assert_eq!(rungs_of(8, 30), [(8, 5), (4, 10), (2, 20), (1, 30)]);
        assert_eq!(rungs_of(3, 100), [(3, 5), (1, 100)]);
        assert_eq!(rungs_of(1, 30), [(1, 30)]);
    }

    #[test]
    fn the_best_come_first_and_equal_ones_in_order() {
        assert_eq!(best(&[Some(0.1), None, Some(0.3), Some(0.3), Some(0.2)], 2), [2, 3]);
        assert_eq!(best(&[Some(0.2), Some(0.2)], 1), [0]);
        assert_eq!(best(&[None, Some(0.1)], 2), [1]);
    }
}
