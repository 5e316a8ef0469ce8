#![allow(unused)]
use intone::prelude::*;
fn main() -> Result<(), Box<dyn std::error::Error>> {
let corpus: String = "demo".to_owned();
let seed: u64 = 42;
let config: Config = defaults(&[
    format!("corpus.kind={corpus}"), "corpus.speakers=12".to_owned(), "corpus.clips_per_emotion=5".to_owned(), "model.kind=svm".to_owned(),
    "features.sets=[\"mfcc\",\"contrast\",\"rms\",\"zcr\"]".to_owned(), "model.vector=mean".to_owned(), "normalise.over=corpus".to_owned(),
    "split.folds=4".to_owned(), "split.validation=0".to_owned(),
])?;
let material: Material = Material::new(&config)?;
material.folds.show();
let fold: Fold = material.folds.folds[0].clone();
let mut train: TrainingSet = normalise::prepare(&material.dataset, &fold, &config.normalise).0;
train.examples = train.examples.into_iter().enumerate().filter(|(index, example)| example.label > 2 || index % 4 == 0).map(|(_, example)| example).collect();
let smote: BalanceSettings = BalanceSettings { method: BalanceMethod::Smote, k_neighbours: 3, m_neighbours: 10, class_weights: ClassWeights::None };
let balanced: TrainingSet = resample(train.clone(), &smote, seed)?;
let before: Vec<f64> = train.class_counts().iter().map(|count| *count as f64).collect();
let after: Vec<f64> = balanced.class_counts().iter().map(|count| *count as f64).collect();
(bars("training rows of fold 1", &material.corpus.labels, &[("as it is", &before), ("after SMOTE", &after)])).show();
fn of_class(set: &TrainingSet, class: usize, made: bool) -> Vec<Vec<f64>> {
    let of = set.examples.iter().filter(|example| example.label == class && example.parents.is_some() == made);
    of.map(|example| example.frames().iter().map(|value| f64::from(*value)).collect()).collect()
}
/// The strongest direction of rows around their mean, by power iteration; `against` is a direction already taken.
fn direction(rows: &[Vec<f64>], against: Option<&[f64]>) -> Vec<f64> {
    let columns = rows[0].len();
    let mut way: Vec<f64> = (0..columns).map(|column| 1.0 + column as f64 / 7.0).collect();
    for _ in 0..100 {
        let mut next = vec![0.0; columns];
        for row in rows {
            let along: f64 = row.iter().zip(&way).map(|(a, b)| a * b).sum();
            next.iter_mut().zip(row).for_each(|(sum, value)| *sum += along * value);
        }
        if let Some(taken) = against {
            let along: f64 = next.iter().zip(taken).map(|(a, b)| a * b).sum();
            next.iter_mut().zip(taken).for_each(|(value, taken)| *value -= along * taken);
        }
        let length = next.iter().map(|value| value * value).sum::<f64>().sqrt();
        way = next.into_iter().map(|value| value / length).collect();
    }
    way
}
/// Clips and made rows of a class along the two strongest directions of the clips.
fn projected(set: &TrainingSet, class: usize) -> [Vec<(f64, f64)>; 2] {
    let (old, new) = (of_class(set, class, false), of_class(set, class, true));
    let mean: Vec<f64> = (0..old[0].len()).map(|column| old.iter().map(|row| row[column]).sum::<f64>() / old.len() as f64).collect();
    let centred = |rows: Vec<Vec<f64>>| -> Vec<Vec<f64>> {
        rows.into_iter().map(|row| row.iter().zip(&mean).map(|(a, b)| a - b).collect()).collect()
    };
    let (old, new) = (centred(old), centred(new));
    let first = direction(&old, None);
    let second = direction(&old, Some(&first));
    let along = |row: &[f64], way: &[f64]| row.iter().zip(way).map(|(a, b)| a * b).sum::<f64>();
    [old, new].map(|rows| rows.iter().map(|row| (along(row, &first), along(row, &second))).collect())
}
let dots: [Vec<(f64, f64)>; 2] = projected(&balanced, 0);
use plotters::prelude::*;
(plot((640, 400), |area| {
    let reach = dots.iter().flatten().flat_map(|point| [point.0.abs(), point.1.abs()]).fold(1.0, f64::max) * 1.1;
    let mut chart = ChartBuilder::on(area).margin(12).x_label_area_size(40).y_label_area_size(48).build_cartesian_2d(-reach..reach, -reach..reach)?;
    chart.configure_mesh().x_desc("first direction").y_desc("second direction").light_line_style(TRANSPARENT).draw()?;
    chart.draw_series(dots[1].iter().map(|point| Circle::new(*point, 3, RGBColor(213, 94, 0).filled())))?
        .label("made by SMOTE").legend(|(x, y)| Circle::new((x + 8, y), 3, RGBColor(213, 94, 0).filled()));
    chart.draw_series(dots[0].iter().map(|point| Circle::new(*point, 5, RGBColor(0, 114, 178).filled())))?
        .label("clips").legend(|(x, y)| Circle::new((x + 8, y), 5, RGBColor(0, 114, 178).filled()));
    chart.configure_series_labels().border_style(TRANSPARENT).draw()?;
    Ok(())
})?).show();
fn uar(config: &Config, material: &Material, method: BalanceMethod, weights: bool, seed: u64) -> Result<f64, Box<dyn std::error::Error>> {
    let mut matrix: (Vec<usize>, Vec<usize>) = (vec![], vec![]);
    for fold in &material.folds.folds {
        let (mut train, validation, test, _) = normalise::prepare(&material.dataset, fold, &config.normalise);
        train.examples = train.examples.into_iter().enumerate().filter(|(index, example)| example.label > 2 || index % 4 == 0).map(|(_, example)| example).collect();
        let balance = BalanceSettings { method, k_neighbours: 3, m_neighbours: 10, class_weights: ClassWeights::None };
        let train = resample(train, &balance, seed)?;
        let class_weights = weights.then(|| class_weights(&train.class_counts()));
        let request = Fit { class_weights: class_weights.as_deref(), ..Fit::new(&config.model, &config.training, &train, &validation, seed) };
        let (model, _) = model::fit(&request, &mut |_| std::ops::ControlFlow::Continue(()))?;
        let inputs: Vec<&Array2<f32>> = test.examples.iter().map(|example| example.frames()).collect();
        let probabilities = model.probabilities(&inputs)?;
        matrix.0.extend(test.labels());
        matrix.1.extend(probabilities.rows().into_iter().map(|row| metrics::argmax(&row.to_vec())));
    }
    Ok(ConfusionMatrix::from_pairs(&matrix.0, &matrix.1, material.corpus.labels.len())?.uar())
}
let remedies: Vec<String> = ["nothing", "SMOTE", "over-sampling", "class weights"].map(String::from).to_vec();
let scores: Vec<f64> = vec![
    100.0 * uar(&config, &material, BalanceMethod::None, false, seed)?,
    100.0 * uar(&config, &material, BalanceMethod::Smote, false, seed)?,
    100.0 * uar(&config, &material, BalanceMethod::RandomOver, false, seed)?,
    100.0 * uar(&config, &material, BalanceMethod::None, true, seed)?,
];
(bars("UAR on speakers never heard, %", &remedies, &[("UAR", &scores)])).show();
fn honest_or_not(config: &Config, kind: SplitKind, seed: u64) -> Result<f64, Box<dyn std::error::Error>> {
    let mut config = config.clone();
    config.split.kind = kind;
    let material = Material::new(&config)?;
    let mut pairs: (Vec<usize>, Vec<usize>) = (vec![], vec![]);
    for fold in &material.folds.folds {
        let (train, validation, test, _) = normalise::prepare(&material.dataset, fold, &config.normalise);
        let (model, _) = model::fit(&Fit::new(&config.model, &config.training, &train, &validation, seed), &mut |_| std::ops::ControlFlow::Continue(()))?;
        let inputs: Vec<&Array2<f32>> = test.examples.iter().map(|example| example.frames()).collect();
        pairs.0.extend(test.labels());
        pairs.1.extend(model.probabilities(&inputs)?.rows().into_iter().map(|row| metrics::argmax(&row.to_vec())));
    }
    Ok(ConfusionMatrix::from_pairs(&pairs.0, &pairs.1, material.corpus.labels.len())?.uar())
}
let splits: Vec<String> = ["speakers kept apart", "random split"].map(String::from).to_vec();
let both: Vec<f64> = vec![100.0 * honest_or_not(&config, SplitKind::SpeakerFolds, seed)?, 100.0 * honest_or_not(&config, SplitKind::Random, seed)?];
(bars("the same model, UAR in %", &splits, &[("UAR", &both)])).show();
{
    let rows: Vec<Vec<f32>> = material.dataset.inputs.iter().map(|input| input.iter().copied().collect()).collect();
    let views: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
    // The corpus of the demo is balanced, so a class is thinned out first, as above.
    let kept: Vec<usize> = (0..views.len()).filter(|row| material.dataset.labels[*row] > 2 || row % 4 == 0).collect();
    let thinned: Vec<&[f32]> = kept.iter().map(|row| views[*row]).collect();
    let labels: Vec<usize> = kept.iter().map(|row| material.dataset.labels[*row]).collect();
    let drawn: Vec<Draw> = draws(&thinned, &labels, material.corpus.labels.len(), &smote, 42)?;
    let tested: Vec<usize> = fold.test.indices().to_vec();
    let leaked: usize = drawn.iter().filter(|draw| draw.parents.iter().any(|parent| tested.contains(&kept[*parent]))).count();
    println!("SMOTE before the split: {leaked} of {} synthetic training rows of fold 1 are made from its test clips", drawn.len());
    println!("SMOTE after the split:  0, and nothing else compiles");
}

Ok(())
}
