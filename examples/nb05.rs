#![allow(unused)]
use intone::prelude::*;
fn main() -> Result<(), Box<dyn std::error::Error>> {
let corpus: String = "demo".to_owned();
let first: String = "logistic".to_owned();
let second: String = "knn".to_owned();
use std::path::PathBuf;
let folder: PathBuf = std::env::temp_dir().join(format!("intone-notebook-{}", std::process::id()));
fn experiment(corpus: &str, model: &str, folder: &std::path::Path) -> Result<RunFolder, Box<dyn std::error::Error>> {
    let config = defaults(&[
        format!("name={model}"), format!("corpus.kind={corpus}"), format!("model.kind={model}"), "corpus.speakers=12".to_owned(),
        "features.sets=[\"mfcc\",\"contrast\",\"rms\"]".to_owned(), "model.vector=functionals".to_owned(),
        "normalise.over=corpus".to_owned(), "split.folds=4".to_owned(), "split.validation=0".to_owned(),
    ])?;
    let options = RunOptions { runs_dir: folder.to_path_buf(), ..RunOptions::default() };
    let outcome = experiment::runner::run(&config, &options, &Silent)?;
    Ok(RunFolder::open(&outcome.dir)?)
}
let a: RunFolder = experiment(&corpus, &first, &folder)?;
let b: RunFolder = experiment(&corpus, &second, &folder)?;
(a).show();

(a.predictions.select(["clip", "speaker", "fold", "truth", "predicted"])?).show();

(a.scores.clone().unwrap_or_default().head(Some(12))).show();
fn pairs(run: &RunFolder) -> Result<Vec<(String, bool)>, Box<dyn std::error::Error>> {
    let frame = run.predictions.sort(["clip"], Default::default())?;
    let column = |name: &str| -> Result<Vec<String>, Box<dyn std::error::Error>> {
        Ok(frame.column(name)?.str()?.iter().map(|value| value.unwrap_or_default().to_owned()).collect())
    };
    let (speaker, truth, predicted) = (column("speaker")?, column("truth")?, column("predicted")?);
    Ok(speaker.into_iter().zip(truth.into_iter().zip(predicted).map(|(truth, predicted)| truth == predicted)).collect())
}
let left: Vec<(String, bool)> = pairs(&a)?;
let right: Vec<(String, bool)> = pairs(&b)?;
let mut speakers: Vec<String> = left.iter().map(|row| row.0.clone()).collect();
speakers.sort_by(|a, b| corpus::compare_names(a, b));
speakers.dedup();
fn share(rows: &[(String, bool)], speaker: &str) -> f64 {
    let of: Vec<bool> = rows.iter().filter(|row| row.0 == speaker).map(|row| row.1).collect();
    100.0 * of.iter().filter(|right| **right).count() as f64 / of.len().max(1) as f64
}
let by_a: Vec<f64> = speakers.iter().map(|speaker| share(&left, speaker)).collect();
let by_b: Vec<f64> = speakers.iter().map(|speaker| share(&right, speaker)).collect();
(bars("clips recognised, % of each speaker", &speakers, &[(first.as_str(), &by_a), (second.as_str(), &by_b)])).show();
let only_a: u64 = left.iter().zip(&right).filter(|(a, b)| a.1 && !b.1).count() as u64;
let only_b: u64 = left.iter().zip(&right).filter(|(a, b)| !a.1 && b.1).count() as u64;
fn mcnemar(b: u64, c: u64) -> f64 {
    let n = b + c;
    let choose = |k: u64| (0..k).map(|i| ((n - i) as f64 / (k - i) as f64).ln()).sum::<f64>();
    let tail: f64 = (0..=b.min(c)).map(|k| (choose(k) - n as f64 * std::f64::consts::LN_2).exp()).sum();
    (2.0 * tail).min(1.0)
}
let mut random: RandomState = RandomState::new(42);
let differences: Vec<f64> = by_a.iter().zip(&by_b).map(|(a, b)| a - b).collect();
let mut redrawn: Vec<f64> = (0..2000).map(|_| {
    (0..differences.len()).map(|_| differences[random.below(differences.len() as u32) as usize]).sum::<f64>() / differences.len() as f64
}).collect();
redrawn.sort_by(f64::total_cmp);
println!("{first} alone is right on {only_a} clips, {second} alone on {only_b}: McNemar p = {:.4}", mcnemar(only_a, only_b));
println!("difference {:.1} points, 95 % interval over speakers {:.1} to {:.1}", redrawn.iter().sum::<f64>() / 2000.0, redrawn[50], redrawn[1949]);
std::fs::remove_dir_all(&folder)?;

Ok(())
}
