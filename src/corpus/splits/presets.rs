//! Published splits, by name.

/// Names that `split.preset` takes.
pub const PRESETS: [&str; 3] = ["luna-jimenez-5", "leave-one-speaker-out", "random-80-20"];

/// Test actors of the five folds of Luna-Jiménez, Griol, Callejas, Kleinlein, Montero & Fernández-Martínez, "Multimodal Emotion
/// Recognition on RAVDESS Dataset Using Transfer Learning", Sensors 21(22): 7665, 2021.
pub const LUNA_JIMENEZ_5: [&[&str]; 5] = [
    &["2", "5", "14", "15", "16"],
    &["3", "6", "7", "13", "18"],
    &["10", "11", "12", "19", "20"],
    &["8", "17", "21", "23", "24"],
    &["1", "4", "9", "22"],
];

/// Part of the clips that `random-80-20` tests on.
pub(super) const RANDOM_TEST_PART: f64 = 0.2;
