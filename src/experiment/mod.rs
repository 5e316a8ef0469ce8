//! A declared experiment: its configuration, the runner, the feature cache and the store of runs.

pub mod record;
