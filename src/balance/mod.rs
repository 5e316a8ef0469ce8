//! Class imbalance: resampling of training rows, and class weights.
//!
//! The defaults of an experiment use one remedy at most, never both. Over-sampling every class to the size of the largest already makes
//! each class count the same in the loss, and balanced class weights do the same by themselves (King & Zeng 2001, *Logistic regression in
//! rare events data*, Political Analysis 9). Weights of the classes as they were, over resampled rows, count a small class twice and push
//! predictions as far to the small classes as the imbalance pushed them to the large ones. The runner takes weights from the rows after
//! resampling, where they are all 1: asking for both gives resampling alone.
//!
//! SMOTE is Chawla, Bowyer, Hall & Kegelmeyer 2002, *SMOTE: synthetic minority over-sampling technique*, JAIR 16, as imbalanced-learn
//! implements it; whether it helps a strong classifier at all is doubtful (Elor & Averbuch-Elor 2022, *To SMOTE, or not to SMOTE?*), and
//! so the default is no resampling. Borderline-SMOTE (Han, Wang & Mao 2005) and ADASYN (He, Bai, Garcia & Li 2008) draw from the rows that
//! are near other classes.
//!
//! [`resample`] balances the rows of a fold; [`draws`] says for any arrays, of `f32` or `f64`, which rows a sampler mixes and how.

mod adasyn;
mod borderline;
mod check;
mod draw;
mod error;
mod mt19937;
mod neighbours;
mod resample;
mod settings;
mod smote;
mod time;
mod weights;

pub use check::check_counts;
pub use draw::{Draw, Element, draws};
pub use error::BalanceError;
pub use mt19937::RandomState;
pub use resample::resample;
pub use settings::{BalanceMethod, BalanceSettings, ClassWeights};
pub use weights::class_weights;
