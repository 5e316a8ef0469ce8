//! The wrong answers that were given with the most confidence.

use std::collections::BTreeMap;

use super::{PredictionRow, argmax, ensemble};

/// Wrong predictions, the most confident first, at most `of_a_pair` of each pair of true and predicted class and at most `most` in all.
/// Probabilities of several seeds are averaged ([`ensemble`]); of equal confidence, the first by clip and fold.
pub fn sure_errors(rows: &[PredictionRow], of_a_pair: usize, most: usize) -> Vec<PredictionRow> {
    let mut wrong: Vec<(f64, PredictionRow)> = ensemble(rows)
        .into_iter()
        .filter_map(|row| {
            let predicted = argmax(&row.probabilities);
            (predicted != row.truth).then(|| (row.probabilities[predicted], row))
        })
        .collect();
    wrong.sort_by(|(a, row_a), (b, row_b)| b.total_cmp(a).then_with(|| (&row_a.clip, &row_a.fold).cmp(&(&row_b.clip, &row_b.fold))));
    let mut taken: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    wrong
        .into_iter()
        .map(|(_, row)| row)
        .filter(|row| {
            let of_pair = taken.entry((row.truth, argmax(&row.probabilities))).or_default();
            *of_pair += 1;
            *of_pair <= of_a_pair
        })
        .take(most)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(clip: &str, truth: usize, probabilities: [f64; 3]) -> PredictionRow {
        PredictionRow {
            clip: clip.to_owned(),
            speaker: "s".to_owned(),
            fold: "1".to_owned(),
            seed: 1,
            truth,
            probabilities: probabilities.to_vec(),
        }
    }

    #[test]
    fn the_surest_come_first_and_no_pair_crowds_out_the_others() {
        let rows = [
            row("a", 0, [0.1, 0.8, 0.1]),
            row("b", 0, [0.05, 0.9, 0.05]),
            row("c", 0, [0.2, 0.7, 0.1]),
            row("d", 2, [0.5, 0.3, 0.2]),
            row("e", 1, [0.0, 1.0, 0.0]),
        ];
        let names = |of_a_pair, most| sure_errors(&rows, of_a_pair, most).into_iter().map(|row| row.clip).collect::<Vec<_>>();
        assert_eq!(names(2, 9), ["b", "a", "d"]);
        assert_eq!(names(1, 9), ["b", "d"]);
        assert_eq!(names(2, 1), ["b"]);
        assert!(names(0, 9).is_empty());
    }
}
