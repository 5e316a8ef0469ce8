//! What a reader must know before the first number, and the short marks that repeat it beside every score.

use super::audit::failures;
use super::protocol::{is_speaker_independent, shared_audio};
use crate::experiment::audit::Audit;
use crate::experiment::record::{Manifest, State};
use crate::report::format::{list, plural};

/// How grave a banner is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// The score must not be compared as it is.
    Danger,
    /// Something is missing.
    Warning,
    /// What kind of thing this is.
    Note,
}

impl Weight {
    /// Class name in the style sheet.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Danger => "danger",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A box above the scores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Banner {
    pub weight: Weight,
    pub title: String,
    pub text: String,
    /// Listed one a line.
    pub items: Vec<String>,
    /// How many items are not listed.
    pub more: usize,
}

/// A few words beside a score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    pub weight: Weight,
    pub text: String,
}

/// Items listed in a banner.
const MOST_ITEMS: usize = 12;

impl Banner {
    fn new(weight: Weight, title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { weight, title: title.into(), text: text.into(), items: Vec::new(), more: 0 }
    }

    fn with_items(mut self, items: impl IntoIterator<Item = String>) -> Self {
        self.items = items.into_iter().collect();
        self.more = self.items.len().saturating_sub(MOST_ITEMS);
        self.items.truncate(MOST_ITEMS);
        self
    }
}

/// The banners, gravest first.
pub(super) fn banners(manifest: &Manifest, audit: Option<&Audit>) -> Vec<Banner> {
    [
        leak(manifest),
        shared(manifest),
        audited(audit),
        unfinished(manifest),
        missing(manifest),
        left_out(manifest),
        warnings(manifest),
        synthetic(manifest),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The same in a few words.
pub(super) fn marks(manifest: &Manifest, audit: Option<&Audit>) -> Vec<Mark> {
    let mark = |weight, text: String| Mark { weight, text };
    let missing = manifest.corpus.missing_speakers.len();
    let left_out = manifest.corpus.left_out.len();
    [
        (!is_speaker_independent(manifest)).then(|| mark(Weight::Danger, "speakers shared with training".to_owned())),
        (shared_audio(manifest) > 0).then(|| mark(Weight::Danger, "audio shared with training".to_owned())),
        (!audit.map(failures).unwrap_or_default().is_empty()).then(|| mark(Weight::Danger, "leakage audit failed".to_owned())),
        (manifest.state != State::Complete).then(|| mark(Weight::Warning, "run not complete".to_owned())),
        (missing > 0).then(|| mark(Weight::Warning, format!("{} missing", plural(missing, "speaker")))),
        (left_out > 0).then(|| mark(Weight::Warning, format!("{} left out", plural(left_out, "clip")))),
        manifest.corpus.synthetic.then(|| mark(Weight::Note, "synthetic voices".to_owned())),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn leak(manifest: &Manifest) -> Option<Banner> {
    (!is_speaker_independent(manifest)).then(|| {
        Banner::new(
            Weight::Danger,
            "Not speaker-independent",
            "Speakers are shared between training and test: this score flatters the model, which has heard the voices that it is tested on. \
             Do not compare it with speaker-independent results.",
        )
    })
}

fn shared(manifest: &Manifest) -> Option<Banner> {
    let pairs =
        manifest.protocol.folds.iter().flat_map(|fold| {
            fold.shared_audio.iter().map(|(train, test)| format!("fold {}: {train} (training) and {test} (test)", fold.name))
        });
    (shared_audio(manifest) > 0).then(|| {
        Banner::new(
            Weight::Danger,
            "The same audio in training and test",
            "The clips of each pair are identical, sample for sample: one was trained on, and the other is tested on.",
        )
        .with_items(pairs)
    })
}

fn audited(audit: Option<&Audit>) -> Option<Banner> {
    let failed = failures(audit?);
    (!failed.is_empty()).then(|| {
        Banner::new(
            Weight::Danger,
            "The leakage audit failed",
            "Something that must not cross from what is tested to what is trained on does: this score flatters the model.",
        )
        .with_items(failed)
    })
}

fn unfinished(manifest: &Manifest) -> Option<Banner> {
    let how = match manifest.state {
        State::Complete => return None,
        State::Running => "The run was under way, or was killed, when this page was made",
        State::Interrupted => "The run was ended by its user",
        State::Failed => "The run ended in an error",
    };
    Some(Banner::new(
        Weight::Warning,
        "The run is not complete",
        format!("{how}; scores cover what had been tested by then, or are missing."),
    ))
}

fn missing(manifest: &Manifest) -> Option<Banner> {
    let names = &manifest.corpus.missing_speakers;
    (!names.is_empty()).then(|| {
        Banner::new(
            Weight::Warning,
            format!("{} of the protocol missing", plural(names.len(), "speaker")),
            format!(
                "The protocol names {}, and the corpus lacks {}: scores are not those of the full protocol.",
                list(names),
                if names.len() == 1 { "this speaker" } else { "these speakers" }
            ),
        )
    })
}

fn left_out(manifest: &Manifest) -> Option<Banner> {
    let clips = &manifest.corpus.left_out;
    (!clips.is_empty()).then(|| {
        Banner::new(
            Weight::Warning,
            format!("{} left out", plural(clips.len(), "clip")),
            "What could not be used was neither trained nor tested on. The run ended with exit code 3.",
        )
        .with_items(clips.iter().map(|left| format!("{}: {}", left.clip, left.cause)))
    })
}

fn warnings(manifest: &Manifest) -> Option<Banner> {
    let warnings = &manifest.warnings;
    (!warnings.is_empty())
        .then(|| Banner::new(Weight::Warning, plural(warnings.len(), "warning"), "The run noted:").with_items(warnings.iter().cloned()))
}

fn synthetic(manifest: &Manifest) -> Option<Banner> {
    manifest.corpus.synthetic.then(|| {
        Banner::new(
            Weight::Note,
            "Synthetic voices",
            "The clips were made by a synthesiser, not by people. Scores show that the whole chain works; they say nothing about real speech.",
        )
    })
}
