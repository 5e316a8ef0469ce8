//! The whole page.

use super::across::Across;
use super::audit::AuditView;
use super::banners::{Banner, Mark, banners, marks};
use super::calibration::{Confidence, Coverage};
use super::classes::{ClassRow, class_rows};
use super::confusion::Confusion;
use super::corpus::CorpusView;
use super::curves::Curves;
use super::embeddings::Embeddings;
use super::errors::Errors;
use super::folds::{FoldRow, fold_rows};
use super::glossary::{Definition, glossary};
use super::groups::{GroupRow, group_rows};
use super::importance::Importance;
use super::protocol::{is_speaker_independent, protocol};
use super::provenance::{provenance, timings};
use super::rows::{epochs, predictions};
use super::scores::{ScoreTable, ScoresView};
use super::speakers::Speakers;
use super::verdict::Verdict;
use crate::experiment::{RunFolder, trace_rows};
use crate::metrics::Predictions;
use crate::report::error::ReportError;
use crate::report::format::date;

/// A term and what there is to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fact {
    /// The term.
    pub term: &'static str,
    /// What there is to say.
    pub text: String,
    /// A hash, a command or a path: set in the fixed-width font.
    pub code: bool,
}

impl Fact {
    pub(super) fn new(term: &'static str, text: impl Into<String>) -> Self {
        Self { term, text: text.into(), code: false }
    }

    pub(super) fn code(term: &'static str, text: impl Into<String>) -> Self {
        Self { term, text: text.into(), code: true }
    }
}

/// A stage of the run and how long it took.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Timing {
    /// The stage.
    pub stage: String,
    /// How long.
    pub time: String,
    /// Part of the whole, percent, for a bar.
    pub bar: String,
}

/// Everything that the page of a run says.
#[derive(Debug, Clone)]
pub struct View {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) date: String,
    /// What the experiment's author wants said first; empty for nothing.
    pub(crate) note: String,
    pub(crate) verdict: Verdict,
    pub(crate) banners: Vec<Banner>,
    pub(crate) marks: Vec<Mark>,
    pub(crate) protocol: Vec<Fact>,
    pub(crate) speaker_independent: bool,
    pub(crate) scores: ScoresView,
    pub(crate) confusion: Confusion,
    pub(crate) classes: Vec<ClassRow>,
    pub(crate) speakers: Option<Speakers>,
    pub(crate) errors: Option<Errors>,
    pub(crate) groups: Vec<GroupRow>,
    pub(crate) confidence: Option<Confidence>,
    pub(crate) coverage: Option<Coverage>,
    pub(crate) importance: Option<Importance>,
    pub(crate) embeddings: Option<Embeddings>,
    pub(crate) curves: Option<Curves>,
    pub(crate) corpus: CorpusView,
    pub(crate) across: Option<Across>,
    pub(crate) folds: Vec<FoldRow>,
    pub(crate) audit: Option<AuditView>,
    pub(crate) timings: Vec<Timing>,
    pub(crate) provenance: Vec<Fact>,
    pub(crate) command: String,
    pub(crate) config: String,
    pub(crate) glossary: Vec<Definition>,
}

impl View {
    /// Reads what the page says out of a run.
    ///
    /// # Errors
    /// A frame of the run lacks a column, or the predictions name a label that the manifest does not.
    pub fn new(run: &RunFolder) -> Result<Self, ReportError> {
        let manifest = &run.manifest;
        let tested = predictions(&run.predictions)?;
        let table = ScoreTable::read(run.scores.as_ref())?;
        let confusion = Confusion::count(&manifest.corpus.labels, &tested)?;
        let chance = confusion.chance();
        let speaker_independent = is_speaker_independent(manifest);
        let curves = match &run.epochs {
            Some(frame) => Curves::new(&epochs(frame)?, chance),
            None => None,
        };
        let told = Predictions::from_frame(run.predictions.clone())?;
        let validated = run.validation.clone().map(Predictions::from_frame).transpose()?;
        let traces = run.traces.as_ref().and_then(|frame| trace_rows(frame).ok()).unwrap_or_default();
        Ok(Self {
            name: manifest.name.clone(),
            id: manifest.id.clone(),
            date: date(manifest.finished.as_ref().unwrap_or(&manifest.started)),
            note: note(&run.config),
            verdict: Verdict::new(manifest, &table, &tested, chance),
            banners: banners(manifest, run.audit.as_ref()),
            marks: marks(manifest, run.audit.as_ref()),
            protocol: protocol(manifest, &tested),
            speaker_independent,
            scores: ScoresView::new(&table, &manifest.protocol.seeds, chance),
            classes: class_rows(&manifest.corpus.labels, &table),
            speakers: Speakers::new(&table, &tested, &manifest.protocol.folds, chance),
            errors: Errors::new(run, &told)?,
            groups: group_rows(&table),
            confidence: Confidence::new(&told, validated.as_ref())?,
            coverage: Coverage::new(&told)?,
            importance: run.importance.as_ref().map(Importance::new).transpose()?.flatten(),
            embeddings: Embeddings::new(&traces, &tested, &manifest.corpus.labels),
            curves,
            corpus: CorpusView::new(&manifest.corpus, &tested),
            across: Across::new(manifest, &table),
            folds: fold_rows(manifest, &table),
            audit: run.audit.as_ref().map(AuditView::new),
            timings: timings(manifest),
            provenance: provenance(manifest, run.reproduction.as_ref()),
            command: manifest.command.clone(),
            config: run.config.clone(),
            glossary: glossary(),
            confusion,
        })
    }
}

/// `report.note` of the experiment. The text of the file is shown in any case, so one that does not parse has no note and is no error.
fn note(config: &str) -> String {
    let table: Option<toml::Table> = config.parse().ok();
    let note = table.as_ref().and_then(|table| table.get("report")?.get("note")?.as_str());
    note.unwrap_or_default().trim().to_owned()
}
