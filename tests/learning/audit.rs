use intone::balance::{self, BalanceMethod};
use intone::corpus::splits::{Fold, Folds, random_folds};
use intone::dataset::{Normalise, TrainingSet, normalise};
use intone::experiment::audit::{Audit, Check, Finding};
use intone::experiment::events::Silent;
use intone::experiment::evidence::Evidence;
use intone::experiment::{Config, Material, material};
use intone::metrics::PredictionRow;

const TINY: &str = "[corpus]\nkind = \"demo\"\nspeakers = 4\nclips_per_emotion = 1\n[audio]\nsample_rate = 8000\npad = \"none\"\n\
    [features]\nsets = [\"rms\", \"zcr\"]\nn_fft = 256\nwin_length = 256\nhop_length = 160\nn_mels = 12\nfmax = 4000.0\n\
    [split]\nfolds = 2\nvalidation = 0.3\n[model]\nkind = \"svm\"\n[normalise]\nover = \"corpus\"\n";

fn made(text: &str) -> (Config, Material) {
    let config = Config::from_toml(text).unwrap();
    let corpus = material::load_corpus(&config).unwrap();
    let material = material::measure(&config, corpus, None, &Silent).unwrap();
    (config, material)
}

/// What a part of the fold shows, with the training rows changed by `change` after balancing.
fn shown(config: &Config, material: &Material, fold: &Fold, change: impl FnOnce(&mut TrainingSet)) -> Evidence {
    let (train, validation, _, normaliser) = normalise::prepare(&material.dataset, fold, &config.normalise);
    let evidence = Evidence::of_statistics(material, fold, normaliser.as_ref());
    let given = train.examples.len();
    let mut train = balance::resample(train, &config.balance, 42).unwrap();
    change(&mut train);
    evidence.with_rows(material, fold, &train, given, &validation)
}

fn predictions(material: &Material) -> Vec<PredictionRow> {
    let of = |fold: &Fold| {
        let row = |&row: &usize| {
            let clip = &material.corpus.clips[row];
            let probabilities = vec![1.0 / material.corpus.labels.len() as f64; material.corpus.labels.len()];
            let (clip, speaker, truth) = (clip.id.clone(), clip.speaker.clone(), clip.label);
            PredictionRow { clip, speaker, fold: fold.name.clone(), seed: 42, truth, probabilities }
        };
        fold.test.indices().iter().map(row).collect::<Vec<_>>()
    };
    material.folds.folds.iter().flat_map(of).collect()
}

fn audited(config: &Config, material: &Material, rows: &[PredictionRow]) -> Audit {
    let evidence: Vec<_> = material.folds.folds.iter().map(|fold| (fold.name.clone(), shown(config, material, fold, |_| ()))).collect();
    Audit::new(config, material, &evidence, rows)
}

/// The gravest verdict of a check and all that was looked at.
fn outcome(audit: &Audit, check: Check) -> (Finding, u64) {
    let facts = || audit.facts.iter().filter(move |fact| fact.check == check);
    (facts().map(|fact| fact.verdict).max().unwrap(), facts().map(|fact| fact.looked_at).sum())
}

#[test]
fn an_honest_run_passes_every_check() {
    let (config, material) = made(TINY);
    let audit = audited(&config, &material, &predictions(&material));
    assert_eq!(audit.verdict(), Finding::Pass, "{audit:#?}");
    let folds = &material.folds.folds;
    assert_eq!(outcome(&audit, Check::Rows), (Finding::Pass, 2 * 32));
    assert_eq!(outcome(&audit, Check::TestSpeakers), (Finding::Pass, 2 * 4));
    let pairs: usize = folds.iter().map(|fold| fold.test.indices().len() * (32 - fold.test.indices().len())).sum();
    assert_eq!(outcome(&audit, Check::SimilarAudio), (Finding::Pass, pairs as u64));
    let fitted: usize = folds.iter().map(|fold| fold.train.indices().len()).sum();
    assert_eq!(outcome(&audit, Check::Statistics), (Finding::Pass, fitted as u64));
    assert_eq!(outcome(&audit, Check::TestedOnce), (Finding::Pass, 32));
    assert!(audit.facts.iter().all(|fact| fact.check != Check::SyntheticRows), "nothing was made");
}

#[test]
fn a_random_split_fails_for_its_speakers() {
    let (config, mut material) = made(TINY);
    let folds = random_folds(&material.corpus, 3, 0.25, 7).unwrap();
    let mut tested: Vec<usize> = folds.iter().flat_map(|fold| fold.test.indices().to_vec()).collect();
    tested.sort_unstable();
    assert_eq!(tested, (0..32).collect::<Vec<_>>(), "each clip is tested once");
    material.folds = Folds { folds, ..material.folds };
    let audit = audited(&config, &material, &[]);
    assert_eq!(outcome(&audit, Check::TestSpeakers).0, Finding::Fail);
    assert_eq!(outcome(&audit, Check::ValidationSpeakers).0, Finding::Finding);
    assert_eq!(outcome(&audit, Check::Rows).0, Finding::Pass);
    assert!(audit.facts.iter().any(|fact| fact.examples.iter().any(|example| example.starts_with("speaker "))));
}

#[test]
fn audio_that_comes_again_fails_identical_or_not() {
    let (config, mut material) = made(TINY);
    let fold = &material.folds.folds[0];
    let (trained, tested) = (fold.train.indices()[0], fold.test.indices()[0]);
    material.sketches[tested] = material.sketches[trained].clone();
    let audit = audited(&config, &material, &[]);
    let (trained, tested) = (&material.corpus.clips[trained].id, &material.corpus.clips[tested].id);
    assert_eq!(outcome(&audit, Check::SimilarAudio).0, Finding::Fail);
    let named = audit.facts.iter().flat_map(|fact| &fact.examples).any(|example| example.contains(trained) && example.contains(tested));
    assert!(named, "{audit:#?}");

    let fold = &material.folds.folds[0];
    material.audio_hashes[fold.test.indices()[0]] = material.audio_hashes[fold.train.indices()[0]].clone();
    let audit = audited(&config, &material, &[]);
    assert_eq!(outcome(&audit, Check::IdenticalAudio).0, Finding::Fail);
    let in_first = audit.facts.iter().find(|fact| fact.check == Check::SimilarAudio && fact.fold == material.folds.folds[0].name);
    assert_eq!(in_first.map(|fact| fact.verdict), Some(Finding::Pass), "a pair is told of once");
}

#[test]
fn rows_and_statistics_that_come_from_elsewhere_are_found() {
    let (mut config, material) = made(TINY);
    let fold = &material.folds.folds[0];
    config.balance.method = BalanceMethod::RandomOver;
    assert_eq!(shown(&config, &material, fold, |_| ()).stray_rows, [""; 0]);
    let forge = |parents: Option<[usize; 2]>| {
        shown(&config, &material, fold, |train| {
            let mut forged = train.examples[0].clone();
            forged.parents = parents;
            train.examples.push(forged);
        })
    };
    assert_eq!(forge(Some([0, 0])).stray_rows.len(), 0);
    assert_eq!(forge(None).stray_rows.len(), 1, "a row without parents");
    assert_eq!(forge(Some([0, 1_000_000])).stray_rows.len(), 1, "a parent beyond the training rows");
    let (train, ..) = normalise::prepare(&material.dataset, fold, &config.normalise);
    let other = train.examples.iter().position(|example| example.label != train.examples[0].label).unwrap();
    assert_eq!(forge(Some([0, other])).stray_rows.len(), 1, "a parent of another class");

    let other_fold = &material.folds.folds[1];
    let (.., foreign) = normalise::prepare(&material.dataset, other_fold, &config.normalise);
    let evidence = Evidence::of_statistics(&material, fold, foreign.as_ref());
    assert_eq!(evidence.stray_statistics.len(), 1, "statistics of other rows");
}

#[test]
fn statistics_of_the_tested_speakers_are_a_finding_and_missing_predictions_a_failure() {
    let (mut config, material) = made(TINY);
    config.normalise.over = Normalise::Speaker;
    let mut rows = predictions(&material);
    rows.push(rows[0].clone());
    let audit = audited(&config, &material, &rows);
    assert_eq!(outcome(&audit, Check::SpeakerStatistics).0, Finding::Finding);
    assert_eq!(outcome(&audit, Check::TestedOnce).0, Finding::Fail);
}
