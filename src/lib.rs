//! intone: a speech-emotion laboratory.
//!
//! From a folder of emotional speech to an honest, reproducible, readable result. Data flows one way,
//! `Clip` → `FeatureMatrix` → `Dataset` → `Fold` → fitted model → `Predictions` → `Scores` → report,
//! and modules use only those on the floors below them:
//!
//! | floor | modules |
//! | --- | --- |
//! | 4 | `web` (feature `web`); [`report`], and [`display`] over it |
//! | 3 | [`experiment`] |
//! | 2 | [`model`], [`nn`], [`balance`], [`metrics`] |
//! | 1 | [`features`], [`augment`], [`corpus`], and [`dataset`] over them |
//! | 0 | [`audio`], [`seed`], [`settings`], [`portable`] |

pub mod audio;
pub mod augment;
pub mod balance;
pub mod corpus;
pub mod dataset;
pub mod display;
pub mod experiment;
pub mod features;
pub mod metrics;
pub mod model;
pub mod nn;
pub mod portable;
pub mod prelude;
pub mod report;
pub mod seed;
pub mod settings;
#[cfg(feature = "web")]
pub mod web;

/// The examples of the README are compiled with the others.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
