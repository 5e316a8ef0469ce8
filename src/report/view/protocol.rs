//! What was asked, and how.

use std::collections::BTreeSet;

use super::model::Fact;
use super::rows::Tested;
use crate::experiment::record::{FoldRecord, InputRecord, Manifest, MemberRecord};
use crate::report::format::{count, list, plural, range};

/// What the manifest says, and only if its own lists of speakers bear it out.
pub(super) fn is_speaker_independent(manifest: &Manifest) -> bool {
    manifest.protocol.speaker_independent && manifest.protocol.folds.iter().all(|fold| shared_speakers(fold) == 0)
}

fn shared_speakers(fold: &FoldRecord) -> usize {
    let test: BTreeSet<&String> = fold.test_speakers.iter().collect();
    fold.train_speakers.iter().filter(|speaker| test.contains(speaker)).count()
}

/// Pairs of clips with the same audio in training and test, over all folds.
pub(super) fn shared_audio(manifest: &Manifest) -> usize {
    manifest.protocol.folds.iter().map(|fold| fold.shared_audio.len()).sum()
}

/// The section's terms, in order.
pub(super) fn protocol(manifest: &Manifest, tested: &[Tested]) -> Vec<Fact> {
    let mut facts = vec![
        Fact::new("Question", format!("Which of {}: {}?", plural(manifest.corpus.labels.len(), "emotion"), list(&manifest.corpus.labels))),
        Fact::new("Split", split(manifest)),
        Fact::new("Speakers", independence(manifest)),
        Fact::new("Audio", audio(manifest)),
        Fact::new("Validation", validation(&manifest.protocol.folds)),
        Fact::new("Test", test(tested)),
        Fact::new("Input", input(&manifest.input)),
        Fact::new("Normalisation", or_none(&manifest.input.normalisation)),
        Fact::new("Balancing", or_none(&manifest.input.balancing)),
        Fact::new("Augmentation", or_none(&manifest.input.augmentation)),
        Fact::new("Model", model(manifest)),
    ];
    facts.extend(manifest.members.iter().map(member));
    if !manifest.model.training.is_empty() {
        facts.push(Fact::new("Training", sentence(&manifest.model.training)));
    }
    facts.push(Fact::new("Seeds", seeds(&manifest.protocol.seeds)));
    facts
}

/// Text as a sentence of its own: a capital at its head, a full stop at its end.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return String::new() };
    // "k nearest neighbours" and "BiLSTM" keep their first letter; a word in lower case takes a capital.
    let word_is_plain = letters.clone().next().is_some_and(char::is_lowercase);
    let head = if word_is_plain { first.to_uppercase().collect::<String>() } else { first.to_string() };
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{head}{}{stop}", letters.as_str())
}

fn or_none(text: &str) -> String {
    if text.trim().is_empty() { "None.".to_owned() } else { sentence(text) }
}

fn split(manifest: &Manifest) -> String {
    let protocol = &manifest.protocol;
    match &protocol.preset {
        Some(preset) => format!("{} Preset {preset}.", sentence(&protocol.description)),
        None => sentence(&protocol.description),
    }
}

fn independence(manifest: &Manifest) -> String {
    let folds = &manifest.protocol.folds;
    if is_speaker_independent(manifest) {
        let none = if folds.len() > 1 { format!("none of {} folds", folds.len()) } else { "no fold".to_owned() };
        return format!("Speaker-independent, checked on the rows: in {none} is a speaker both trained and tested on.");
    }
    let most = folds.iter().map(shared_speakers).max().unwrap_or(0);
    if most == 0 {
        return "Not speaker-independent: speakers are shared between training and test.".to_owned();
    }
    let shared = range(folds.iter().map(shared_speakers));
    let tested = range(folds.iter().map(|fold| fold.test_speakers.len()));
    format!("Not speaker-independent: of {tested} tested speakers of a fold, {shared} are trained on too.")
}

fn audio(manifest: &Manifest) -> String {
    match shared_audio(manifest) {
        0 => "No test clip has the same audio as a clip trained on: checked by hash.".to_owned(),
        pairs => format!("{} of a training clip and a test clip are identical, sample for sample.", plural(pairs, "pair")),
    }
}

fn validation(folds: &[FoldRecord]) -> String {
    if folds.iter().all(|fold| fold.validation_clips == 0) {
        return "None: nothing was chosen by validation.".to_owned();
    }
    let clips = range(folds.iter().map(|fold| fold.validation_clips));
    let speakers = range(folds.iter().map(|fold| fold.validation_speakers.len()));
    let own = folds.iter().all(|fold| fold.validation_speakers.iter().all(|speaker| !fold.train_speakers.contains(speaker)));
    let kept_apart = if own { ", whom training does not see" } else { ", some of whom training sees too" };
    format!("{clips} clips of {speakers} speakers a fold{kept_apart}. They steer early stopping and the choice of weights.")
}

fn test(tested: &[Tested]) -> String {
    let clips = tested.iter().map(|row| row.clip.as_str()).collect::<BTreeSet<_>>().len();
    let seeds = tested.iter().map(|row| row.seed).collect::<BTreeSet<_>>().len();
    let folds = tested.iter().map(|row| row.fold.as_str()).collect::<BTreeSet<_>>().len();
    let again = if seeds > 1 { format!(" for each of {seeds} seeds") } else { String::new() };
    // Across corpora, each corpus that is trained on tests a clip.
    let once = if tested.len() > clips * seeds { "once in each fold that tests it" } else { "once" };
    format!("{} over {}, each predicted {once}{again}, after training.", plural(clips, "clip"), plural(folds, "fold"))
}

fn input(input: &InputRecord) -> String {
    let columns = plural(input.columns, "column");
    let step = if input.frame_step_s > 0.0 { format!(" every {:.1} ms", 1000.0 * input.frame_step_s) } else { String::new() };
    match input.aggregate.as_str() {
        "frames" => format!("{}: {columns}, a frame{step}.", input.sets.join(", ")),
        "mean" => format!("{}: {columns}, each the mean over a clip's frames{step}.", input.sets.join(", ")),
        "functionals" => {
            format!("{}: {columns}, fifteen functionals of each feature over a clip's frames{step}.", input.sets.join(", "))
        }
        other => format!("{}: {columns}, {other}.", input.sets.join(", ")),
    }
}

fn model(manifest: &Manifest) -> String {
    let model = &manifest.model;
    let size = model.parameters.map_or_else(String::new, |n| format!(" {} trainable parameters.", count(n as u64)));
    let description = sentence(&model.description);
    format!("{}. {description}{size}", model.kind)
}

/// One model of a fusion.
fn member(member: &MemberRecord) -> Fact {
    let score = match (member.uar, member.interval) {
        (Some(uar), Some((low, high))) => format!("alone UAR {:.1} % ({:.1} to {:.1})", 100.0 * uar, 100.0 * low, 100.0 * high),
        (Some(uar), None) => format!("alone UAR {:.1} %", 100.0 * uar),
        (None, _) => "not scored alone".to_owned(),
    };
    let MemberRecord { name, run, weight, model, .. } = member;
    Fact::new("Member", format!("{name}, weight {weight}, run {run}: {score}. {} {}", input(&member.input), sentence(&model.description)))
}

fn seeds(seeds: &[u64]) -> String {
    let names: Vec<String> = seeds.iter().map(ToString::to_string).collect();
    match names.as_slice() {
        [] => "None.".to_owned(),
        [one] => format!("{one}. A single seed: how much scores vary from seed to seed is not known."),
        many => format!("{}. Scores are means over seeds.", list(many)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_begin_and_end_as_such() {
        for (text, is) in [
            ("5 folds over 20 speakers", "5 folds over 20 speakers."),
            ("over all frames", "Over all frames."),
            ("BiLSTM 128.", "BiLSTM 128."),
            ("k nearest", "k nearest."),
            ("", ""),
        ] {
            assert_eq!(sentence(text), is);
        }
    }
}
