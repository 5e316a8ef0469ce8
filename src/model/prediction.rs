//! What a model says of a clip, in the forms in which people and programs are told.

use serde_json::{Map, Value, json};

use crate::metrics::argmax;

/// A clip's name and the probabilities that a [`Bundle`](super::Bundle) gave it.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// What the clip is called.
    pub clip: String,
    /// A probability a label, in the order of the labels.
    pub probabilities: Vec<f64>,
}

impl Prediction {
    /// The object that `intone predict --format json` and the live page's interface answer with: `clip`, `predicted`, `confidence` (the
    /// probability of `predicted`) and `probabilities` by label.
    ///
    /// ```
    /// use intone::model::Prediction;
    /// let prediction = Prediction { clip: "a.wav".into(), probabilities: vec![0.25, 0.75] };
    /// let object = prediction.object(&["calm".into(), "happy".into()]);
    /// assert_eq!(object["predicted"], "happy");
    /// assert_eq!(object["probabilities"]["calm"], 0.25);
    /// ```
    pub fn object(&self, labels: &[String]) -> Map<String, Value> {
        let (predicted, confidence) = likeliest(&self.probabilities, labels);
        let mut object = Map::new();
        object.insert("clip".to_owned(), json!(self.clip));
        object.insert("predicted".to_owned(), json!(predicted));
        object.insert("confidence".to_owned(), json!(confidence));
        object.insert("probabilities".to_owned(), by_label(&self.probabilities, labels));
        object
    }

    /// Predictions as CSV (RFC 4180): `clip,predicted,confidence`, then a column `p_LABEL` a label.
    pub fn csv(predictions: &[Self], labels: &[String]) -> String {
        let mut text = String::from("clip,predicted,confidence");
        for label in labels {
            text.push_str(&format!(",{}", quoted(&format!("p_{label}"))));
        }
        text.push('\n');
        for prediction in predictions {
            let (predicted, confidence) = likeliest(&prediction.probabilities, labels);
            text.push_str(&format!("{},{},{confidence}", quoted(&prediction.clip), quoted(predicted)));
            for probability in &prediction.probabilities {
                text.push_str(&format!(",{probability}"));
            }
            text.push('\n');
        }
        text
    }
}

/// The likeliest label and its probability; of equal ones the first.
pub fn likeliest<'a>(probabilities: &[f64], labels: &'a [String]) -> (&'a str, f64) {
    let best = argmax(probabilities);
    (labels.get(best).map_or("", String::as_str), probabilities.get(best).copied().unwrap_or(0.0))
}

/// Probabilities as a JSON object by label.
pub fn by_label(probabilities: &[f64], labels: &[String]) -> Value {
    Value::Object(labels.iter().cloned().zip(probabilities.iter().map(|&probability| json!(probability))).collect())
}

/// A CSV field (RFC 4180).
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.to_owned() }
}
