//! `intone corpus`: what an experiment would be trained on.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use intone::corpus::Corpus;
use intone::corpus::measure::measure;
use intone::dataset::Aggregate;
use intone::experiment::cache::FeatureCache;
use intone::experiment::events::{Event, Observer};
use intone::experiment::{Config, load, material};
use intone::report::corpus_page;

use super::exit::{Done, Failure};
use super::progress::Progress;
use super::{fetch, print};

/// Arguments of `intone corpus`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Clips by label and speaker, from names alone; with --html a page, for which every clip is decoded
    Describe(Described),
    /// Decode and measure every clip; name those that cannot be used, and those that are the same twice
    Check(File),
    /// Download a corpus from its publisher, verify and unpack it; a broken download is gone on with
    Fetch(fetch::Arguments),
}

#[derive(Debug, Args)]
struct Described {
    #[command(flatten)]
    file: File,
    /// Write a page too: counts, lengths, levels, clipping, silence, duplicates, broken clips
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct File {
    /// The experiment file
    config: PathBuf,
    /// Set a value over the file's
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
}

/// Does it.
pub fn run(arguments: &Arguments) -> Result<Done, Failure> {
    match &arguments.action {
        Action::Describe(Described { file, html }) => {
            describe(&load::load(&file.config, &file.set)?, html.as_deref()).map_err(|failure| failure.in_file(&file.config))
        }
        Action::Check(file) => check(&load::load(&file.config, &file.set)?).map_err(|failure| failure.in_file(&file.config)),
        Action::Fetch(arguments) => fetch::run(arguments),
    }
}

fn describe(config: &Config, html: Option<&Path>) -> Result<Done, Failure> {
    let corpus = Corpus::load(&config.corpus).map_err(Failure::usage)?;
    print(&described(&corpus))?;
    html.map_or(Ok(Done::All), |out| page(config, &corpus, out))
}

/// Measures every clip and writes the page; clips that cannot be read are named, and change the exit code.
fn page(config: &Config, corpus: &Corpus, out: &Path) -> Result<Done, Failure> {
    let progress = Progress::new();
    progress.event(&Event::Stage { stage: "clips".to_owned(), steps: corpus.clips.len() });
    let step = || progress.event(&Event::Clip { clip: String::new(), cached: false });
    let measures = measure(corpus, config.audio.longest_s(), &step);
    progress.finish();
    corpus_page::write(corpus, &measures, out).map_err(Failure::failed)?;
    let mut broken = 0;
    for (clip, cause) in corpus.clips.iter().zip(&measures).filter_map(|(clip, result)| Some((clip, result.as_ref().err()?))) {
        eprintln!("cannot be read: {}: {cause}", clip.id);
        broken += 1;
    }
    print(&format!("\npage    {}\n", out.display()))?;
    Ok(Done::leaving_out(broken))
}

/// Clips by label and speaker.
fn described(corpus: &Corpus) -> String {
    let speakers = corpus.speakers();
    let mut text = format!("{}: {} clips, {} speakers, {} labels\n", corpus.name, corpus.clips.len(), speakers.len(), corpus.labels.len());
    if corpus.synthetic {
        text.push_str("synthetic voices\n");
    }
    if let Some(citation) = &corpus.citation {
        text.push_str(&format!("{citation}\n"));
    }
    for note in &corpus.notes {
        text.push_str(&format!("note: {note}\n"));
    }
    let width = speakers.iter().map(|name| name.chars().count()).max().unwrap_or(0).max("speaker".len());
    text.push_str(&format!("\n{:<width$}", "speaker"));
    for label in &corpus.labels {
        text.push_str(&format!("  {label:>9}"));
    }
    text.push_str("      all\n");
    let count = |speaker: Option<&str>, label: Option<usize>| {
        let fits = |clip: &&intone::corpus::ClipRow| {
            speaker.is_none_or(|name| clip.speaker == name) && label.is_none_or(|index| clip.label == index)
        };
        corpus.clips.iter().filter(fits).count()
    };
    let rows = speakers.iter().map(|name| (name.as_str(), Some(name.as_str()))).chain([("all", None)]);
    for (name, speaker) in rows {
        text.push_str(&format!("{name:<width$}"));
        for (index, label) in corpus.labels.iter().enumerate() {
            text.push_str(&format!("  {:>1$}", count(speaker, Some(index)), label.chars().count().max(9)));
        }
        text.push_str(&format!("  {:>7}\n", count(speaker, None)));
    }
    text
}

fn check(config: &Config) -> Result<Done, Failure> {
    let corpus = material::load_corpus(config)?;
    let progress = Progress::new();
    // A broken clip is what this command is for: it is listed, strict or not.
    let mut lenient = config.clone();
    lenient.corpus.strict = false;
    let measured = material::measure(&lenient, corpus, FeatureCache::of_user(), &progress);
    progress.finish();
    let measured = measured?;
    let per = if measured.aggregate == Aggregate::Frames { "frame" } else { "clip" };
    let mut text = format!(
        "{}: {} clips of {} speakers can be used, {:.0} s in all; {} columns a {per}; {} folds\n",
        measured.corpus.name,
        measured.corpus.clips.len(),
        measured.speakers.len(),
        measured.duration_s,
        measured.columns.len(),
        measured.folds.folds.len()
    );
    for warning in &measured.warnings {
        text.push_str(&format!("warning: {warning}\n"));
    }
    for group in &measured.duplicates {
        text.push_str(&format!("the same audio: {}\n", group.join(", ")));
    }
    for left in &measured.left_out {
        text.push_str(&format!("left out: {}: {}\n", left.clip, left.cause));
    }
    print(&text)?;
    Ok(Done::leaving_out(measured.left_out.len()))
}
