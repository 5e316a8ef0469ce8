//! A training as it is after an epoch, to go on from in another process.

use std::collections::HashMap;

use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};

use super::optimiser::{AdamState, AverageState};
use super::train::EpochRecord;

/// Everything that the next epoch depends on, beside rows and settings. Random streams are named by epoch and step and need no state.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    /// The epochs so far.
    pub records: Vec<EpochRecord>,
    /// Values of all tensors of the network.
    pub(super) weights: Vec<Vec<f32>>,
    pub(super) adam: AdamState,
    pub(super) average: Option<AverageState>,
    /// The weights of the best epoch so far, where those are to be kept.
    pub(super) best: Option<Vec<Vec<f32>>>,
}

/// Numbers of an [`EpochRecord`] in a file.
const RECORD: usize = 6;

impl Checkpoint {
    /// As a safetensors file: numbers to the bit.
    ///
    /// # Errors
    /// What the format cannot hold.
    pub fn to_bytes(&self) -> Result<Vec<u8>, safetensors::SafeTensorError> {
        let mut tensors: Vec<(String, Dtype, Vec<u8>)> = Vec::new();
        let mut add = |group: &str, values: &[Vec<f32>]| {
            for (index, values) in values.iter().enumerate() {
                let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
                tensors.push((format!("{group}.{index}"), Dtype::F32, bytes));
            }
        };
        add("weights", &self.weights);
        add("first", &self.adam.first);
        add("second", &self.adam.second);
        self.average.iter().for_each(|average| add("average", &average.values));
        self.best.iter().for_each(|best| add("best", best));
        let records = self.records.iter().flat_map(record_to_numbers).flat_map(f64::to_le_bytes).collect();
        tensors.push(("records".to_owned(), Dtype::F64, records));

        let mut facts = HashMap::from([("adam_step".to_owned(), self.adam.step.to_string())]);
        if let Some(average) = &self.average {
            facts.insert("average_step".to_owned(), average.step.to_string());
        }
        let mut views = Vec::with_capacity(tensors.len());
        for (name, kind, bytes) in &tensors {
            views.push((name, TensorView::new(*kind, vec![bytes.len() / kind.size()], bytes)?));
        }
        safetensors::serialize(views, &Some(facts))
    }

    /// Reads what [`Checkpoint::to_bytes`] wrote; `None` if the file is damaged.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (_, header) = SafeTensors::read_metadata(bytes).ok()?;
        let step = |name: &str| header.metadata().as_ref()?.get(name)?.parse().ok();
        let file = SafeTensors::deserialize(bytes).ok()?;
        let group = |name: &str| -> Vec<Vec<f32>> {
            let tensors = (0..).map_while(|index| file.tensor(&format!("{name}.{index}")).ok());
            tensors.map(|view| numbers(view.data()).map(f32::from_le_bytes).collect()).collect()
        };
        let records: Vec<f64> = numbers(file.tensor("records").ok()?.data()).map(f64::from_le_bytes).collect();
        let best = group("best");
        Some(Self {
            records: records.chunks_exact(RECORD).enumerate().map(|(index, numbers)| record_of_numbers(index + 1, numbers)).collect(),
            weights: group("weights"),
            adam: AdamState { step: step("adam_step")?, first: group("first"), second: group("second") },
            average: step("average_step").map(|step| AverageState { step, values: group("average") }),
            best: (!best.is_empty()).then_some(best),
        })
    }
}

fn numbers<const N: usize>(bytes: &[u8]) -> impl Iterator<Item = [u8; N]> {
    bytes.as_chunks().0.iter().copied()
}

fn record_to_numbers(record: &EpochRecord) -> [f64; RECORD] {
    let EpochRecord { epoch: _, train_loss, validation_loss, validation_uar, learning_rate, seconds, kept } = record;
    let or_nan = |value: &Option<f64>| value.unwrap_or(f64::NAN);
    [*train_loss, or_nan(validation_loss), or_nan(validation_uar), *learning_rate, *seconds, f64::from(u8::from(*kept))]
}

fn record_of_numbers(epoch: usize, numbers: &[f64]) -> EpochRecord {
    let number = |value: f64| (!value.is_nan()).then_some(value);
    EpochRecord {
        epoch,
        train_loss: numbers[0],
        validation_loss: number(numbers[1]),
        validation_uar: number(numbers[2]),
        learning_rate: numbers[3],
        seconds: numbers[4],
        kept: numbers[5] != 0.0,
    }
}
