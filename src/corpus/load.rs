//! One way in, whatever the kind of corpus.

use std::path::Path;

use super::by_name::{self, crema_d, emodb, savee, tess};
use super::{Corpus, CorpusError, CorpusKind, CorpusSettings, demo, manifest, parts, ravdess};

impl Corpus {
    /// The clips that the `[corpus]` section asks for. No audio is decoded.
    ///
    /// For RAVDESS the environment variable [`INTONE_RAVDESS`](ravdess::FOLDER_VARIABLE) takes the place of `corpus.path`.
    ///
    /// # Errors
    /// A setting that cannot be used; a folder or table that is missing, unreadable, empty or not as expected.
    ///
    /// ```
    /// use intone::corpus::{Corpus, CorpusKind, CorpusSettings, ManifestColumns, UnsharedLabels};
    /// let settings = CorpusSettings {
    ///     kind: CorpusKind::Demo,
    ///     path: "".into(),
    ///     channels: vec!["speech".into()],
    ///     train_only_channels: vec![],
    ///     speakers_only: vec![],
    ///     strict: false,
    ///     audio_dir: "".into(),
    ///     columns: ManifestColumns { file: "file".into(), label: "label".into(), speaker: "speaker".into() },
    ///     speakers: 4,
    ///     clips_per_emotion: 2,
    ///     unshared_labels: UnsharedLabels::Refuse,
    ///     parts: vec![],
    /// };
    /// let corpus = Corpus::load(&settings)?;
    /// assert_eq!(corpus.clips.len(), 4 * 8 * 2);
    /// # Ok::<(), intone::corpus::CorpusError>(())
    /// ```
    pub fn load(settings: &CorpusSettings) -> Result<Self, CorpusError> {
        // An empty variable is as good as none.
        let folder = std::env::var_os(ravdess::FOLDER_VARIABLE).filter(|folder| !folder.is_empty());
        Self::load_from(settings, folder.as_ref().map(Path::new))
    }

    /// As [`Corpus::load`], with the RAVDESS folder that the environment names, if any, given by the caller.
    ///
    /// # Errors
    /// As [`Corpus::load`].
    pub fn load_from(settings: &CorpusSettings, ravdess_folder: Option<&Path>) -> Result<Self, CorpusError> {
        settings.check()?;
        match settings.kind {
            CorpusKind::Demo => Ok(demo::corpus(settings.speakers, settings.clips_per_emotion)),
            CorpusKind::Ravdess => ravdess::load(settings, ravdess_folder),
            CorpusKind::Emodb => by_name::load(&emodb::KNOWN, settings),
            CorpusKind::CremaD => by_name::load(&crema_d::KNOWN, settings),
            CorpusKind::Tess => by_name::load(&tess::KNOWN, settings),
            CorpusKind::Savee => by_name::load(&savee::KNOWN, settings),
            CorpusKind::Manifest => manifest::load(settings),
            CorpusKind::Parts => parts::load(settings, ravdess_folder),
        }
    }
}
