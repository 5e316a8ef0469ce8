//! Every operation against PyTorch's values (`tests/fixtures/make_nn.py`) and against central finite differences.

use std::path::Path;

use dfdx::tensor::{Cpu, PutTape, Tape, TensorFromVec};
use dfdx::tensor_ops::Backward;
use serde_json::Value;

use super::*;
use crate::nn::error::NnError;
use crate::nn::pass::Pass;
use crate::nn::tensor::{GradientTape, Matrix, Place, Sequence};
use crate::nn::weights::Weight;

/// What an operation returns.
enum Output {
    Sequence(Sequence<GradientTape>),
    Matrix(Matrix<GradientTape>),
}

impl From<Sequence<GradientTape>> for Output {
    fn from(value: Sequence<GradientTape>) -> Self {
        Self::Sequence(value)
    }
}

impl From<Matrix<GradientTape>> for Output {
    fn from(value: Matrix<GradientTape>) -> Self {
        Self::Matrix(value)
    }
}

type Operation<'a> = &'a dyn Fn(Sequence<GradientTape>, &[Weight]) -> Result<Output, NnError>;

fn fixture(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/nn").join(format!("{name}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn numbers(value: &Value) -> Vec<f32> {
    value["values"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap() as f32).collect()
}

fn shape(value: &Value) -> Vec<usize> {
    value["shape"].as_array().unwrap().iter().map(|v| v.as_u64().unwrap() as usize).collect()
}

/// The frames of clips that PyTorch has padded to the longest: `(rows, frames, channels)`, without the padding.
fn pack(values: &[f32], rows: usize, lengths: &[usize]) -> Vec<f32> {
    let row = values.len() / rows;
    let columns = row / lengths.iter().max().unwrap();
    values.chunks_exact(row).zip(lengths).flat_map(|(row, length)| &row[..length * columns]).copied().collect()
}

/// Input, weights, and what the output's gradient is; sequences are packed.
struct Case {
    lengths: Vec<usize>,
    channels: usize,
    x: Vec<f32>,
    weights: Vec<Vec<f32>>,
    d_out: Vec<f32>,
}

impl Case {
    /// `pooling`: how many frames of the input make one of the output, where that is a sequence.
    fn new(fixture: &Value, weights: &[&str], pooling: Option<usize>) -> Self {
        let shape = shape(&fixture["x"]);
        let (rows, channels) = (shape[0], shape[shape.len() - 1]);
        let lengths = fixture["lengths"].as_array().map_or(vec![1; rows], |v| v.iter().map(|v| v.as_u64().unwrap() as usize).collect());
        let weights = weights.iter().map(|name| numbers(&fixture[name])).collect();
        let x = pack(&numbers(&fixture["x"]), rows, &lengths);
        let case = Self { lengths, channels, x, weights, d_out: Vec::new() };
        Self { d_out: case.pack_output(numbers(&fixture["d_out"]), pooling), ..case }
    }

    fn pack_output(&self, values: Vec<f32>, pooling: Option<usize>) -> Vec<f32> {
        let Some(pooling) = pooling else { return values };
        let lengths: Vec<usize> = self.lengths.iter().map(|length| length.div_ceil(pooling)).collect();
        pack(&values, lengths.len(), &lengths)
    }

    /// The output, and the gradients of input and weights where the output's is `d_out`.
    fn run(&self, operation: Operation<'_>) -> (Vec<f32>, Vec<Vec<f32>>) {
        let x = Sequence::new(self.x.clone(), &self.lengths, self.channels, true).unwrap();
        let input = Place::of_sequence(&x);
        let weights: Vec<Weight> = self.weights.iter().map(|values| Weight::new(values.clone()).unwrap()).collect();
        let (out, output, mut tape) = match operation(x.traced(), &weights).unwrap() {
            Output::Sequence(out) => {
                let (out, tape) = out.take();
                (out.values, out.gradient.unwrap(), tape)
            }
            Output::Matrix(out) => {
                let (place, values, tape) = out.take();
                (values, place, tape)
            }
        };
        // A scalar whose gradient with respect to the output is `d_out`.
        let d_out = self.d_out.clone();
        assert_eq!(out.len(), d_out.len());
        let scalar = Cpu::default().try_tensor_from_vec(vec![0.0_f32], ()).unwrap();
        tape.add_backward_op(move |gradients| output.set(gradients, d_out));
        let mut gathered = scalar.put_tape(tape).try_backward().unwrap();
        let mut gradients = vec![input.take(&mut gathered).unwrap()];
        gradients.extend(weights.iter().map(|weight| weight.gradient(&mut gathered).unwrap().clone()));
        (out, gradients)
    }

    fn scalar(&self, operation: Operation<'_>) -> f64 {
        self.run(operation).0.iter().zip(&self.d_out).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    }

    /// Holds every gradient (every `stride`th number) against central differences.
    fn differences(&self, operation: Operation<'_>, stride: usize) {
        const STEP: f32 = 2e-3;
        let (_, gradients) = self.run(operation);
        for (which, gradient) in gradients.iter().enumerate() {
            for at in (0..gradient.len()).step_by(stride) {
                let moved = |by: f32| {
                    let mut case = Self {
                        x: self.x.clone(),
                        weights: self.weights.clone(),
                        d_out: self.d_out.clone(),
                        lengths: self.lengths.clone(),
                        ..*self
                    };
                    if which == 0 {
                        case.x[at] += by
                    } else {
                        case.weights[which - 1][at] += by
                    }
                    case.scalar(operation)
                };
                let difference = (moved(STEP) - moved(-STEP)) / (2.0 * f64::from(STEP));
                let error = (difference - f64::from(gradient[at])).abs() / (1.0 + difference.abs());
                assert!(error < 5e-3, "input {which}, number {at}: {} by hand, {difference} by differences", gradient[at]);
            }
        }
    }
}

fn close(what: &str, got: &[f32], want: &[f32], tolerance: f32) {
    assert_eq!(got.len(), want.len(), "{what}");
    for (at, (got, want)) in got.iter().zip(want).enumerate() {
        assert!((got - want).abs() <= tolerance * (1.0 + want.abs()), "{what}[{at}]: {got}, PyTorch has {want}");
    }
}

/// Holds output and gradients against PyTorch's to 1e-5, and gradients against differences.
fn check(name: &str, weights: &[&str], pooling: Option<usize>, stride: usize, operation: Operation<'_>) {
    let fixture = fixture(name);
    let case = Case::new(&fixture, weights, pooling);
    let (out, gradients) = case.run(operation);
    close(&format!("{name}: out"), &out, &case.pack_output(numbers(&fixture["out"]), pooling), 1e-5);
    let d_x = pack(&numbers(&fixture["d_x"]), case.lengths.len(), &case.lengths);
    close(&format!("{name}: d_x"), &gradients[0], &d_x, 1e-5);
    for (input, gradient) in weights.iter().zip(&gradients[1..]) {
        close(&format!("{name}: d_{input}"), gradient, &numbers(&fixture[format!("d_{input}")]), 1e-5);
    }
    case.differences(operation, stride);
}

#[test]
fn convolution() {
    for kernel in [1, 3, 5] {
        check(&format!("conv1d_{kernel}"), &["weight", "bias"], Some(1), 3, &|x, w| Ok(conv1d(x, &w[0], &w[1], kernel)?.into()));
    }
}

#[test]
fn layer_normalisation() {
    check("layer_norm", &["weight", "bias"], Some(1), 7, &|x, w| Ok(layer_norm(x, &w[0], &w[1])?.into()));
}

#[test]
fn batch_normalisation_and_its_running_statistics() {
    check("batch_norm", &["weight", "bias"], Some(1), 2, &|x, w| Ok(batch_norm(x, &w[0], &w[1])?.0.into()));
    let fixture = fixture("batch_norm");
    let case = Case::new(&fixture, &["weight", "bias"], Some(1));
    let x = Sequence::new(case.x, &case.lengths, case.channels, true).unwrap();
    let (gain, bias) = (Weight::new(case.weights[0].clone()).unwrap(), Weight::new(case.weights[1].clone()).unwrap());
    let (_, found) = batch_norm(x, &gain, &bias).unwrap();
    let running = |start: f32, found: &[f32]| found.iter().map(|value| 0.9 * start + 0.1 * value).collect::<Vec<_>>();
    close("running mean", &running(0.0, &found.mean), &numbers(&fixture["mean"]), 1e-6);
    close("running variance", &running(1.0, &found.variance), &numbers(&fixture["variance"]), 1e-6);
}

#[test]
fn relu_and_max_pooling() {
    for pool in [1, 2, 3] {
        check(&format!("relu_max_pool_{pool}"), &[], Some(pool), 5, &|x, _| Ok(relu_max_pool(x, pool)?.into()));
    }
}

#[test]
fn bidirectional_lstm_over_packed_sequences() {
    let names = ["forward.input", "forward.recurrent", "forward.bias", "reverse.input", "reverse.recurrent", "reverse.bias"];
    let layer = |x, w: &[Weight]| {
        let side = |at: usize| Direction { input: w[at].clone(), recurrent: w[at + 1].clone(), bias: w[at + 2].clone() };
        bilstm(x, &side(0), &side(3))
    };
    check("bilstm_5", &names, Some(1), 5, &|x, w| Ok(layer(x, w)?.into()));
    check("bilstm_16", &names, Some(1), 61, &|x, w| Ok(layer(x, w)?.into()));

    let fixture = fixture("bilstm_5");
    let mut case = Case::new(&fixture, &names, Some(1));
    let last = numbers(&fixture["last"]);
    case.d_out = last.iter().map(|value| 1.0 - value).collect();
    let states: Operation<'_> = &|x, w| Ok(last_states(layer(x, w)?)?.into());
    close("last states", &case.run(states).0, &last, 1e-5);
    case.differences(states, 5);
}

#[test]
fn attention_and_attentive_statistics_pooling() {
    for (name, deviation) in [("attention", false), ("attentive_statistics", true)] {
        check(name, &["weight", "bias", "score"], None, 1, &|x, w| {
            let attention = AttentionWeights { weight: w[0].clone(), bias: w[1].clone(), score: w[2].clone() };
            Ok(attention_pool(x, &attention, deviation, &mut crate::nn::Pass::prediction())?.into())
        });
    }
}

#[test]
fn mean_and_statistics_pooling() {
    check("pool_mean", &[], None, 1, &|x, _| Ok(pool(x, false)?.into()));
    check("pool_statistics", &[], None, 1, &|x, _| Ok(pool(x, true)?.into()));
}

#[test]
fn dense_layer_and_relu() {
    // The mean over one frame makes a vector of a sequence.
    check("dense_relu", &["weight", "bias"], None, 1, &|x, w| Ok(relu(dense(pool(x, false)?, &w[0], &w[1])?)?.into()));
}

#[test]
fn dropout_keeps_the_mean_and_hands_back_what_it_kept() {
    let n = 20_000;
    let case = Case { lengths: vec![n / 4], channels: 4, x: vec![1.0; n], weights: vec![], d_out: vec![1.0; n] };
    let drop: Operation<'_> = &|x, _| Ok(dropout_sequence(x, 0.3, &mut Pass::training(crate::seed::stream(5, &["dropout"])))?.into());
    let (out, gradients) = case.run(drop);
    assert_eq!(out, gradients[0], "a gradient flows where a value did");
    assert_eq!(out, case.run(drop).0, "the same stream drops the same units");
    let dropped = out.iter().filter(|value| **value == 0.0).count() as f64 / n as f64;
    assert!((dropped - 0.3).abs() < 0.01);
    assert!((out.iter().sum::<f32>() / n as f32 - 1.0).abs() < 0.02);
    let kept: Operation<'_> = &|x, _| Ok(dropout_sequence(x, 0.3, &mut Pass::prediction())?.into());
    assert_eq!(case.run(kept).0, case.x, "prediction drops nothing");
}

#[test]
fn focal_loss_with_alpha_smoothing_class_weights_and_soft_targets() {
    for case in fixture("focal_loss")["cases"].as_array().unwrap() {
        let list = |key: &str| numbers(&case[key]).into_iter().map(f64::from).collect::<Vec<_>>();
        let objective =
            Objective::from_parts(case["gamma"].as_f64().unwrap(), &list("alpha"), &list("weights"), case["smoothing"].as_f64().unwrap());
        let targets = numbers(&case["targets"]);
        let divisor = objective.divisor(&targets);
        let run = |logits: Vec<f32>| {
            let logits = Matrix::new(logits, (5, 4)).unwrap();
            let input = Place::of_matrix(&logits);
            let (scalar, loss) = focal_loss(logits.with_tape(GradientTape::default()), &targets, &objective, divisor).unwrap();
            (loss, input.take(&mut scalar.try_backward().unwrap()).unwrap())
        };
        let logits = numbers(&case["logits"]);
        let (loss, gradient) = run(logits.clone());
        assert!((loss - case["loss"].as_f64().unwrap()).abs() < 1e-7, "{loss} {case}");
        close("d_logits", &gradient, &numbers(&case["d_logits"]), 1e-6);
        for at in 0..logits.len() {
            let moved = |by: f32| {
                let mut logits = logits.clone();
                logits[at] += by;
                run(logits).0
            };
            let difference = (moved(1e-2) - moved(-1e-2)) / 2e-2;
            assert!((difference - f64::from(gradient[at])).abs() < 1e-4);
        }
    }
}

#[test]
fn focal_loss_stays_finite_for_certain_and_hopeless_rows() {
    for gamma in [0.0, 0.5, 2.0] {
        let objective = Objective::from_parts(gamma, &[1.0; 3], &[1.0; 3], 0.0);
        let logits = Matrix::new(vec![80.0, -80.0, 0.0, -80.0, 80.0, 0.0], (2, 3)).unwrap();
        let input = Place::of_matrix(&logits);
        let logits = logits.with_tape(GradientTape::default());
        let (scalar, loss) = focal_loss(logits, &[1.0, 0.0, 0.0, 1.0, 0.0, 0.0], &objective, 2.0).unwrap();
        assert!(loss.is_finite() && (loss - 80.0).abs() < 1e-6);
        let gradient = input.take(&mut scalar.try_backward().unwrap()).unwrap();
        assert!(gradient.iter().all(|value| value.is_finite()));
    }
}
