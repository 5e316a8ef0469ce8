//! Several corpora into one table.

use std::path::Path;

use super::UnsharedLabels;
use super::labels::{Mapped, shared};
use crate::corpus::{ClipRow, Corpus, CorpusError, CorpusSettings, PART_COLUMN};

/// The clips of all parts: ids and speakers as `part:name`, so that those of two corpora never meet, and the part in the column `corpus`.
///
/// # Errors
/// What a part's own loader says, with the part's name; a map from a label that the part does not have; labels that not every part has,
/// unless they are to be left out.
pub(in crate::corpus) fn load(settings: &CorpusSettings, ravdess_folder: Option<&Path>) -> Result<Corpus, CorpusError> {
    let mut parts = Vec::with_capacity(settings.parts.len());
    for (index, part) in settings.parts.iter().enumerate() {
        let name = part.shown_name();
        let corpus = Corpus::load_from(&part.settings(settings), ravdess_folder)
            .map_err(|cause| CorpusError::Part { part: name.to_owned(), cause: Box::new(cause) })?;
        let present: Vec<&str> = corpus.labels.iter().map(String::as_str).collect();
        part.check_labels(index, &part.known_labels().unwrap_or(present))?;
        parts.push(Mapped::new(name, corpus, &part.labels));
    }
    let (labels, others) = shared(&parts);
    if settings.unshared_labels == UnsharedLabels::Refuse && !others.is_empty() {
        return Err(CorpusError::UnsharedLabels { labels: others });
    }
    let mut together = merge(parts, labels);
    if !others.is_empty() {
        together.notes.push(format!("labels that not every corpus has are left out: {}", others.join(", ")));
    }
    Ok(together)
}

fn merge(parts: Vec<Mapped>, labels: Vec<String>) -> Corpus {
    let names: Vec<String> = parts.iter().map(|part| part.corpus.name.clone()).collect();
    let synthetic = parts.iter().any(|part| part.corpus.synthetic);
    let (mut clips, mut notes, mut citations) = (Vec::new(), Vec::new(), Vec::new());
    for Mapped { name, corpus } in parts {
        let places: Vec<Option<usize>> = corpus.labels.iter().map(|label| labels.iter().position(|shared| shared == label)).collect();
        notes.extend(corpus.notes.into_iter().map(|note| format!("{name}: {note}")));
        citations.extend(corpus.citation);
        clips.extend(corpus.clips.into_iter().filter_map(|clip| {
            let mut extra = clip.extra;
            extra.insert(PART_COLUMN.to_owned(), name.clone());
            let label = places.get(clip.label).copied().flatten()?;
            Some(ClipRow { id: format!("{name}:{}", clip.id), speaker: format!("{name}:{}", clip.speaker), label, extra, ..clip })
        }));
    }
    let mut together = Corpus::new(names.join(" + "), labels, clips);
    together.synthetic = synthetic;
    together.citation = (!citations.is_empty()).then(|| citations.join(" "));
    together.notes = notes;
    together
}
