//! Sweeps: one experiment file, many runs. Which keys vary and how, the runs over the cores, and the record that the page is made of.

mod ablation;
mod declare;
mod engine;
mod expand;
mod halving;
mod names;
mod over;
mod record;
mod settings;
mod store;
mod validation;
mod work;

pub use declare::{Declared, Sweep, Variant, load};
pub use engine::{SweepOutcome, run};
pub use halving::Rung;
pub use over::{Axis, Values};
pub use record::{AxisRecord, Difference, RungRecord, SWEEP_FORMAT_VERSION, SweepRecord, SweepRun};
pub use settings::{OverSettings, Range, SweepMethod, SweepSettings};
pub use store::Sweeps;
