//! Metrics, balancing and baselines against scikit-learn, imbalanced-learn and numpy, and what must always hold.

mod learning {
    mod audit;
    mod balance;
    mod baselines;
    mod calibration;
    mod fixture;
    mod metrics;
    mod paired;
    mod requirement;
    mod score_table;
    mod waves;
}
