//! What the scores mean.

/// A term and its definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Definition {
    pub term: &'static str,
    pub text: &'static str,
}

pub(super) fn glossary() -> Vec<Definition> {
    [
        (
            "UAR",
            "Unweighted average recall: the mean of the recalls of all classes. Small classes count as much as large ones, and guessing \
             scores one over the number of classes. scikit-learn calls it balanced accuracy.",
        ),
        ("Accuracy", "The part of clips whose emotion was recognised. Large classes weigh more."),
        ("Precision", "Of the clips that were given a label, the part that has it. 0 where a label was never given."),
        ("Recall", "Of the clips that have a label, the part that was given it."),
        ("F1", "The harmonic mean of precision and recall of a class; 0 where both are 0."),
        ("Macro F1", "The mean of the F1 of all classes."),
        ("Weighted F1", "The mean of the F1 of all classes, each weighted by its support."),
        ("Support", "How many test clips have a label."),
        ("One-vs-rest accuracy", "The part of clips that is rightly said to be, or not to be, of a class. It is high for any rare class: \
             with 8 even classes, never naming one scores 87.5%."),
        ("AUC", "Area under the receiver operating characteristic, one class against the rest, averaged over classes: how likely it is that a clip \
             of the class gets a higher probability than one of another. Guessing scores 0.5."),
        ("Log-loss", "Mean of minus the natural logarithm of the probability given to the true label. Lower is better; it also judges \
             how sure the model was."),
        ("Chance", "UAR of guessing: one over the number of classes that were tested."),
        (
            "95% interval",
            "Bootstrap over speakers: speakers are drawn with replacement, all their clips with them, and the interval holds the middle 95% of \
             the scores. It says how far the score might move with other speakers, not with other corpora.",
        ),
        ("Deviation over seeds", "Sample standard deviation (n \u{2212} 1) of the scores of the seeds: of trainings that differ in their random choices only."),
        ("Speaker-independent", "No speaker is both trained and tested on. A model that has heard a voice does better on it, which says little \
             about new voices."),
        ("Fold", "A division of the corpus into training, validation and test parts. Each clip is tested in one fold of a cross-validation."),
    ]
    .map(|(term, text)| Definition { term, text })
    .to_vec()
}
