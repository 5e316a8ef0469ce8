//! How the learning rate moves over the steps of a training.

use std::f64::consts::PI;

use super::settings::{Schedule, TrainingSettings};

/// One cycle begins at the highest rate over this, as PyTorch's `div_factor`.
const DIVISOR: f64 = 25.0;
/// ... and ends at its beginning over this, as PyTorch's `final_div_factor`.
const FINAL_DIVISOR: f64 = 1e4;

/// The learning rate of each step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LearningRate {
    schedule: Schedule,
    highest: f64,
    warmup: f64,
    steps: usize,
}

impl LearningRate {
    /// The schedule that the settings name, over `steps` steps.
    pub fn new(settings: &TrainingSettings, steps: usize) -> Self {
        Self { schedule: settings.schedule, highest: settings.learning_rate, warmup: settings.warmup, steps }
    }

    /// The rate of a step, counted from 0.
    pub fn at(&self, step: usize) -> f64 {
        match self.schedule {
            Schedule::Constant => self.highest,
            Schedule::Cosine => self.cosine(step as f64),
            Schedule::OneCycle => self.one_cycle(step as f64),
        }
    }

    /// A straight rise over the warm-up, reaching the highest rate with its last step, then half a cosine to zero.
    fn cosine(&self, step: f64) -> f64 {
        let rising = (self.warmup * self.steps as f64).round();
        if step < rising {
            self.highest * (step + 1.0) / rising
        } else {
            anneal(self.highest, 0.0, (step - rising) / (self.steps as f64 - rising).max(1.0))
        }
    }

    /// `torch.optim.lr_scheduler.OneCycleLR` with `anneal_strategy="cos"` and two phases.
    fn one_cycle(&self, step: f64) -> f64 {
        let first = self.highest / DIVISOR;
        let top = self.warmup * self.steps as f64 - 1.0;
        let last = self.steps as f64 - 1.0;
        if step <= top {
            anneal(first, self.highest, part(step, 0.0, top))
        } else {
            anneal(self.highest, first / FINAL_DIVISOR, part(step, top, last))
        }
    }
}

/// How far `step` is on the way from `from` to `to`; there, if there is no way.
fn part(step: f64, from: f64, to: f64) -> f64 {
    if to > from { (step - from) / (to - from) } else { 1.0 }
}

/// Half a cosine from `from` to `to`.
fn anneal(from: f64, to: f64, part: f64) -> f64 {
    to + (from - to) / 2.0 * (1.0 + (PI * part).cos())
}
