#![allow(unused)]
use intone::prelude::*;
fn main() -> Result<(), Box<dyn std::error::Error>> {
let corpus: String = "demo".to_owned();
let epochs: usize = 30;
let seed: u64 = 42;
let config: Config = defaults(&[
    format!("corpus.kind={corpus}"), "corpus.speakers=12".to_owned(), "corpus.clips_per_emotion=4".to_owned(), "audio.pad=none".to_owned(),
    "features.sets=[\"log-mel\"]".to_owned(), "features.n_fft=512".to_owned(), "features.win_length=400".to_owned(),
    "features.hop_length=256".to_owned(), "features.n_mels=40".to_owned(), "normalise.over=corpus".to_owned(), "split.folds=4".to_owned(),
    "model.cnn-bilstm.channels=[48,64]".to_owned(), "model.cnn-bilstm.lstm=[48]".to_owned(), "model.cnn-bilstm.dense=[48]".to_owned(),
    "model.cnn-bilstm.pooling=attentive-statistics".to_owned(), format!("training.epochs={epochs}"), "training.learning_rate=0.004".to_owned(),
])?;
let material: Material = Material::new(&config)?;
let fold: Fold = material.folds.folds[0].clone();
println!("{}", material.folds.description);
println!("fold 1: {} training clips, {} for validation, {} to test", fold.train.indices().len(), fold.validation.indices().len(), fold.test.indices().len());
let rows: (TrainingSet, ValidationSet, TestSet, Option<Normaliser>) = normalise::prepare(&material.dataset, &fold, &config.normalise);
(rows.0.examples[0].frames().t()).show();
let trained: (FittedModel, Vec<EpochRecord>) = {
    let mut bar = progress("training", config.training.epochs);
    model::fit(&Fit::new(&config.model, &config.training, &rows.0, &rows.1, seed), &mut |epoch: &EpochRecord| {
        let heard = epoch.validation_uar.map_or_else(String::new, |uar| format!(", validation UAR {:.0} %", 100.0 * uar));
        bar.step(&format!("loss {:.3}{heard}", epoch.train_loss));
        std::ops::ControlFlow::Continue(())
    })?
};
println!("{} weights", trained.0.parameters().unwrap_or(0));
(trained.1).show();
let test: TestSet = rows.2.clone();
let probabilities: Array2<f64> = trained.0.probabilities(&test.examples.iter().map(|example| example.frames()).collect::<Vec<_>>())?;
let predicted: Vec<usize> = probabilities.rows().into_iter().map(|row| metrics::argmax(&row.to_vec())).collect();
let matrix: ConfusionMatrix = ConfusionMatrix::from_pairs(&test.labels(), &predicted, test.classes)?;
let labels: Vec<String> = material.corpus.labels.clone();
named(&matrix, &labels).show();
named(&Scores::from_probabilities(&test.labels(), &probabilities)?, &labels).show();
let worst: usize = (0..predicted.len())
    .filter(|row| predicted[*row] != test.examples[*row].label)
    .max_by(|a, b| probabilities[[*a, predicted[*a]]].total_cmp(&probabilities[[*b, predicted[*b]]]))
    .unwrap_or(0);
let clip: ClipRow = material.corpus.clips[fold.test.indices()[worst]].clone();
println!("{}: said {}, heard {} with {:.0} %", clip.id, labels[clip.label], labels[predicted[worst]], 100.0 * probabilities[[worst, predicted[worst]]]);
(clip.source.clip()?).show();

Ok(())
}
