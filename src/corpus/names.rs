//! Names: their order, which of them mean the same, and which was probably meant.

use std::cmp::Ordering;

/// Orders names as people do: runs of digits by their value, all else by character; equal values by length ("1" before "01").
pub fn compare_names(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    while let (Some(x), Some(y)) = (left.chars().next(), right.chars().next()) {
        let order = if x.is_ascii_digit() && y.is_ascii_digit() {
            let (first, rest) = split_digits(left);
            let (second, others) = split_digits(right);
            (left, right) = (rest, others);
            let (first, second) = (first.trim_start_matches('0'), second.trim_start_matches('0'));
            first.len().cmp(&second.len()).then_with(|| first.cmp(second))
        } else {
            (left, right) = (&left[x.len_utf8()..], &right[y.len_utf8()..]);
            x.cmp(&y)
        };
        if order.is_ne() {
            return order;
        }
    }
    left.len().cmp(&right.len()).then_with(|| a.len().cmp(&b.len())).then_with(|| a.cmp(b))
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// Whether both name the same speaker: equal, or numbers of equal value ("1" and "01").
pub(super) fn same_speaker(a: &str, b: &str) -> bool {
    let number = |name: &str| !name.is_empty() && name.bytes().all(|c| c.is_ascii_digit());
    a == b || (number(a) && number(b) && a.trim_start_matches('0') == b.trim_start_matches('0'))
}

/// `"; did you mean `speech`?"` where a known name is near enough to `name`, else nothing.
pub(super) fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let name = name.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&name, &candidate.to_lowercase()), candidate))
        .filter(|(similarity, _)| *similarity > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| format!("; did you mean `{candidate}`?"))
        .unwrap_or_default()
}

/// `a, b, c and 4 more`: at most `most` names, for messages.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>, most: usize) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let shown = names[..names.len().min(most)].join(", ");
    if names.len() > most { format!("{shown} and {} more", names.len() - most) } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_ordered_by_value() {
        let mut names = ["s10", "s9", "10", "01", "1", "2", "é2", "b"];
        names.sort_by(|a, b| compare_names(a, b));
        assert_eq!(names, ["1", "01", "2", "10", "b", "s9", "s10", "é2"]);
    }

    #[test]
    fn leading_zeros_name_the_same_speaker() {
        assert!(same_speaker("1", "01"));
        assert!(!same_speaker("1", "10"));
        assert!(!same_speaker("a1", "a01"));
    }

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        assert_eq!(did_you_mean("Speach", ["speech", "song"]), "; did you mean `speech`?");
        assert_eq!(did_you_mean("xyz", ["speech", "song"]), "");
    }
}
