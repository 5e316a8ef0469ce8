//! The pictures of the sections that say what a score is worth, and which sound fits into the page.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::charts;
use super::error::ReportError;
use super::view::{ErrorCard, View};

/// The page stays under this, bytes; sound that would not fit is left out.
pub(super) const MOST_BYTES: usize = 2_500_000;

/// Pictures of the view.
pub(super) struct Pictures<'a> {
    pub reliability: Option<String>,
    pub coverage: Option<String>,
    pub importance: Option<String>,
    pub embeddings: Option<String>,
    /// Emotions with the colour and shape of their marks among the embeddings.
    pub emotions: Vec<(u8, bool, &'a str)>,
    pub errors: Vec<ErrorFigure<'a>>,
    /// Clips whose sound was left out.
    pub unheard: usize,
}

/// An error with its picture and sound.
pub(super) struct ErrorFigure<'a> {
    pub card: &'a ErrorCard,
    pub svg: Option<String>,
    /// A FLAC file in base64.
    pub sound: Option<String>,
}

impl ErrorFigure<'_> {
    fn bytes(&self) -> usize {
        self.svg.as_ref().map_or(0, String::len) + self.sound.as_ref().map_or(0, String::len)
    }
}

impl<'a> Pictures<'a> {
    /// Draws them all.
    pub fn new(view: &'a View) -> Result<Self, ReportError> {
        let cards = view.errors.iter().flat_map(|errors| &errors.cards).enumerate();
        let figure = |(index, card): (usize, &'a ErrorCard)| {
            let svg = match &card.sound {
                Some((_, clip)) => charts::heard(&format!("error-{}", index + 1), clip, &card.attention)?,
                None => None,
            };
            Ok(ErrorFigure { card, svg, sound: card.sound.as_ref().map(|(file, _)| BASE64_STANDARD.encode(file)) })
        };
        let labels = view.embeddings.iter().flat_map(|embeddings| &embeddings.labels).enumerate();
        Ok(Self {
            reliability: view.confidence.as_ref().map(charts::reliability).transpose()?,
            coverage: view.coverage.as_ref().map(charts::coverage).transpose()?,
            importance: view.importance.as_ref().map(charts::drops).transpose()?,
            embeddings: view.embeddings.as_ref().map(charts::scatter).transpose()?,
            emotions: labels.map(|(class, label)| (charts::mark(class).0, charts::mark(class).1, label.as_str())).collect(),
            errors: cards.map(figure).collect::<Result<_, ReportError>>()?,
            unheard: 0,
        })
    }

    /// Leaves out sound and its pictures, the least sure errors first, until a page of `bytes` would be small enough; whether any was.
    pub fn fit(&mut self, bytes: usize) -> bool {
        let mut over = (bytes + 1).saturating_sub(MOST_BYTES);
        for figure in self.errors.iter_mut().rev().filter(|figure| figure.sound.is_some()) {
            if over == 0 {
                break;
            }
            over = over.saturating_sub(figure.bytes());
            (figure.svg, figure.sound) = (None, None);
            self.unheard += 1;
            // The sentence that says so.
            over += if self.unheard == 1 && over > 0 { 200 } else { 0 };
        }
        self.unheard > 0
    }
}
