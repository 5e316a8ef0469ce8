//! JSON.

use serde_json::{Value, json};

use super::run::Summary;
use crate::metrics::ScoreRow;

pub(super) fn write(runs: &[Summary]) -> String {
    format!("{:#}\n", Value::Array(runs.iter().map(object).collect()))
}

fn object(run: &Summary) -> Value {
    let manifest = &run.manifest;
    let classes = run.confusion.classes();
    json!({
        "run": manifest.id,
        "experiment": manifest.name,
        "started": manifest.started,
        "protocol": {
            "kind": manifest.protocol.kind,
            "description": manifest.protocol.description,
            "speaker_independent": manifest.protocol.speaker_independent,
            "folds": manifest.protocol.folds.len(),
            "seeds": manifest.protocol.seeds,
        },
        "corpus": {
            "name": manifest.corpus.name,
            "clips": manifest.corpus.clips,
            "speakers": manifest.corpus.speakers.len(),
            "synthetic": manifest.corpus.synthetic,
            "fingerprint": manifest.corpus.fingerprint,
        },
        "caveats": run.caveats(),
        "scores": run.scores.rows.iter().map(score).collect::<Vec<_>>(),
        "confusion": {
            "labels": manifest.corpus.labels,
            "counts": (0..classes).map(|class| run.confusion.row(class)).collect::<Vec<_>>(),
        },
    })
}

/// What is not a number is null.
fn score(row: &ScoreRow) -> Value {
    json!({
        "scope": row.scope.as_str(),
        "key": row.key,
        "metric": row.metric,
        "value": row.value,
        "low": row.low,
        "high": row.high,
        "n": row.n,
    })
}
