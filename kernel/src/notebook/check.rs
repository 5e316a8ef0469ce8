//! Compares the outputs of two executions of a notebook.

use nbformat::v4::{Cell, Notebook};
use serde_json::Value;

use super::file;

/// Cells with this tag may differ, as for nbval.
const IGNORE: &str = "nbval-ignore-output";

/// A cell whose outputs differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Counted from 1, code cells only.
    pub cell: usize,
    pub id: String,
    /// The first output or line that differs: as committed, as now.
    pub committed: String,
    pub now: String,
}

/// How closely outputs are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closeness {
    /// Every character, timings apart.
    Exact,
    /// Which outputs there are and in which forms, not what they hold.
    Kinds,
}

/// Where outputs differ, timings apart. The cell that parameters were put into is in one of them only, and left out.
pub fn compare(committed: &Notebook, now: &Notebook, closeness: Closeness) -> Vec<Difference> {
    let pairs = code_cells(committed).zip(code_cells(now)).enumerate();
    let mut differences: Vec<Difference> = pairs
        .filter(|(_, (cell, _))| !file::has_tag(cell, IGNORE))
        .filter_map(|(index, (committed, now))| {
            let (before, after) = (outputs(committed, closeness), outputs(now, closeness));
            let (committed_line, now_line) = first_difference(&before, &after)?;
            Some(Difference { cell: index + 1, id: committed.id().to_string(), committed: committed_line, now: now_line })
        })
        .collect();
    let (before, after) = (code_cells(committed).count(), code_cells(now).count());
    if before != after {
        let count = |count| format!("{count} code cells");
        differences.push(Difference { cell: before.min(after) + 1, id: String::new(), committed: count(before), now: count(after) });
    }
    differences
}

fn code_cells(notebook: &Notebook) -> impl Iterator<Item = &Cell> {
    notebook.cells.iter().filter(|cell| matches!(cell, Cell::Code { .. }) && !file::has_tag(cell, "injected-parameters"))
}

/// The outputs as lines, timings masked; of their kinds alone a line each form.
fn outputs(cell: &Cell, closeness: Closeness) -> Vec<String> {
    let Cell::Code { outputs, .. } = cell else { return Vec::new() };
    let mut lines = Vec::new();
    for output in outputs {
        let mut value = serde_json::to_value(output).unwrap_or_default();
        if let Some(object) = value.as_object_mut() {
            object.remove("execution_count");
        }
        match closeness {
            Closeness::Exact => flatten("", &value, &mut lines),
            Closeness::Kinds => lines.push(kinds(&value)),
        }
    }
    lines
}

/// `display_data text/html text/plain`.
fn kinds(output: &Value) -> String {
    let forms = output["data"].as_object().into_iter().flat_map(|forms| forms.keys().map(String::as_str));
    output["output_type"].as_str().into_iter().chain(forms).collect::<Vec<_>>().join(" ")
}

fn flatten(path: &str, value: &Value, lines: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| flatten(&format!("{path}{key} "), value, lines)),
        Value::Array(list) if list.iter().all(Value::is_string) => {
            let text: String = list.iter().filter_map(Value::as_str).collect();
            lines.extend(text.lines().map(|line| format!("{path}{}", mask(line))));
        }
        Value::String(text) => lines.extend(text.lines().map(|line| format!("{path}{}", mask(line)))),
        other => lines.push(format!("{path}{other}")),
    }
}

fn first_difference(before: &[String], after: &[String]) -> Option<(String, String)> {
    let nothing = || "(nothing)".to_owned();
    (0..before.len().max(after.len())).find_map(|at| {
        let (before, after) = (before.get(at), after.get(at));
        (before != after).then(|| (before.cloned().unwrap_or_else(nothing), after.cloned().unwrap_or_else(nothing)))
    })
}

/// Replaces numbers that a unit of time follows: `12.3 ms` becomes `# ms`.
fn mask(line: &str) -> String {
    const UNITS: [&str; 12] = ["ns", "µs", "μs", "us", "ms", "s", "min", "h", "seconds", "second", "minutes", "hours"];
    let characters: Vec<char> = line.chars().collect();
    let mut out = String::with_capacity(line.len());
    let mut at = 0;
    while at < characters.len() {
        let starts = characters[at].is_ascii_digit() && !at.checked_sub(1).is_some_and(|before| is_word(characters[before]));
        if !starts {
            out.push(characters[at]);
            at += 1;
            continue;
        }
        let number_end = (at..characters.len()).find(|&end| !(characters[end].is_ascii_digit() || characters[end] == '.'));
        let number_end = number_end.unwrap_or(characters.len());
        let unit_start = (number_end..characters.len()).find(|&end| !matches!(characters[end], ' ' | '\u{a0}' | '\u{202f}'));
        let unit_start = unit_start.unwrap_or(characters.len());
        let unit_end = (unit_start..characters.len()).find(|&end| !is_word(characters[end])).unwrap_or(characters.len());
        let unit: String = characters[unit_start..unit_end].iter().collect();
        let is_time = UNITS.contains(&unit.as_str());
        out.extend(if is_time { vec!['#'] } else { characters[at..number_end].to_vec() });
        at = number_end;
    }
    out
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn notebook(text: &str, tags: &[&str]) -> Notebook {
        let output = json!({ "output_type": "stream", "name": "stdout", "text": text });
        let cell = json!({ "cell_type": "code", "id": "a", "metadata": { "tags": tags }, "execution_count": 1, "outputs": [output], "source": "" });
        serde_json::from_value(json!({ "metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": [cell] })).unwrap()
    }

    #[test]
    fn only_timings_may_differ() {
        let exact = |before: &Notebook, now: &Notebook| compare(before, now, Closeness::Exact);
        assert!(exact(&notebook("UAR 61.9 in 12.5 ms\n", &[]), &notebook("UAR 61.9 in 8 ms\n", &[])).is_empty());
        let differences = exact(&notebook("a\nUAR 61.9\n", &[]), &notebook("a\nUAR 61.8\n", &[]));
        assert_eq!(differences.len(), 1);
        assert!(differences[0].committed.ends_with("UAR 61.9") && differences[0].now.ends_with("UAR 61.8"));
        assert!(exact(&notebook("a", &[IGNORE]), &notebook("b", &[IGNORE])).is_empty());
    }

    #[test]
    fn on_another_machine_only_kinds_count() {
        assert!(compare(&notebook("UAR 61.9", &[]), &notebook("UAR 61.8", &[]), Closeness::Kinds).is_empty());
        let mut empty = notebook("", &[]);
        if let Cell::Code { outputs, .. } = &mut empty.cells[0] {
            outputs.clear();
        }
        assert_eq!(compare(&notebook("UAR 61.9", &[]), &empty, Closeness::Kinds)[0].committed, "stream");
    }

    #[test]
    fn units_of_time_are_masked_and_nothing_else() {
        assert_eq!(mask("took 1.5s, 3 min, 20 clips, x2 s"), "took #s, # min, 20 clips, x2 s");
    }
}
