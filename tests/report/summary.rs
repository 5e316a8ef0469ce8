//! Scores of runs in other formats, and the page of all runs.

use std::path::Path;

use intone::experiment::Runs;
use intone::experiment::record::{Manifest, State};
use intone::report::{self, Format, RunFolder, Summary};

use crate::fixture::Recipe;

fn summary(dir: &Path, change: impl FnOnce(&mut Manifest)) -> Summary {
    Summary::new(&RunFolder::open(&Recipe::small().write(dir, change)).unwrap()).unwrap()
}

fn two() -> Vec<Summary> {
    let dir = tempfile::tempdir().unwrap();
    let first = summary(dir.path(), |_| {});
    let second = summary(&dir.path().join("other"), |manifest| {
        manifest.name = "50%_off|a,b".to_owned();
        manifest.protocol.speaker_independent = false;
    });
    vec![first, second]
}

#[test]
fn markdown_has_a_row_a_run_and_a_section_each_with_its_caveats() {
    let text = report::summarise(&two(), Format::Markdown);
    assert!(text.starts_with("| experiment | run | UAR % (95 % interval) |"));
    assert!(text.contains("| 50%_off\\|a,b |") && text.contains("**speakers shared with training.**"), "{text}");
    assert_eq!(text.matches("\n## ").count(), 2);
    for label in ["calm", "happy", "angry"] {
        assert_eq!(text.matches(&format!("\n| {label} |")).count(), 2);
    }
    // Every table is a table: the same number of cells in each of its rows.
    for block in text.split("\n\n").filter(|block| block.starts_with('|')) {
        let widths: Vec<usize> = block.trim().lines().map(|line| line.replace("\\|", "").matches('|').count()).collect();
        assert!(widths.windows(2).all(|pair| pair[0] == pair[1]), "{block}");
    }
}

#[test]
fn json_holds_every_score_and_the_confusion_matrix() {
    let runs = two();
    let value: serde_json::Value = serde_json::from_str(&report::summarise(&runs, Format::Json)).unwrap();
    assert_eq!(value[0]["scores"].as_array().unwrap().len(), runs[0].scores.rows.len());
    let uar = runs[0].scores.overall("uar").unwrap().value;
    let found = value[0]["scores"].as_array().unwrap().iter().find(|score| score["scope"] == "overall" && score["metric"] == "uar");
    assert_eq!(found.unwrap()["value"].as_f64().unwrap().to_bits(), uar.to_bits());
    let counts: u64 = value[0]["confusion"]["counts"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|row| row.as_array().unwrap())
        .map(|n| n.as_u64().unwrap())
        .sum();
    assert_eq!(counts, runs[0].confusion.total());
    assert_eq!(value[1]["caveats"][0], "speakers shared with training");
}

#[test]
fn csv_is_read_back_by_polars_with_a_row_a_score() {
    use polars::prelude::{CsvReader, SerReader};
    let runs = two();
    let text = report::summarise(&runs, Format::Csv);
    let frame = CsvReader::new(std::io::Cursor::new(text)).finish().unwrap();
    assert_eq!(frame.height(), runs.iter().map(|run| run.scores.rows.len()).sum::<usize>());
    let names = frame.column("experiment").unwrap().str().unwrap();
    assert_eq!(names.get(frame.height() - 1).unwrap(), "50%_off|a,b");
}

#[test]
fn latex_escapes_what_it_would_take_for_commands() {
    let text = report::summarise(&two(), Format::Latex);
    assert!(text.contains("50\\%\\_off|a,b & ") && text.contains("\\toprule") && text.contains("\\bottomrule"));
    let rows = text.lines().filter(|line| line.contains("\\\\ % run"));
    assert!(rows.clone().count() == 2 && rows.clone().all(|row| row.split("\\\\ %").next().unwrap().matches(" & ").count() == 4), "{text}");
}

#[test]
fn the_index_lists_all_runs_and_links_those_whose_page_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let (runs, reports) = (dir.path().join("runs"), dir.path().join("reports"));
    report::write_index(&Runs::new(&runs), &reports).unwrap();
    assert!(std::fs::read_to_string(reports.join("index.html")).unwrap().contains("There are none yet"));

    for (id, name) in [("aaaa", "first<b>"), ("bbbb", "second")] {
        let written = Recipe::small().write(&dir.path().join("made").join(id), |manifest| {
            manifest.id = id.to_owned();
            manifest.name = name.to_owned();
            if id == "bbbb" {
                manifest.state = State::Interrupted;
            }
        });
        std::fs::create_dir_all(&runs).unwrap();
        std::fs::rename(written, runs.join(id)).unwrap();
    }
    report::write(&RunFolder::open(&runs.join("bbbb")).unwrap(), &reports.join("second.html")).unwrap();
    report::write_index(&Runs::new(&runs), &reports).unwrap();
    let page = std::fs::read_to_string(reports.join("index.html")).unwrap();
    assert!(
        page.contains(r#"<a href="second.html">second</a>"#) && !page.contains("first<b>") && page.contains("first&#60;b&#62;"),
        "{page}"
    );
    assert!(page.contains("interrupted") && page.contains("2 in all"));
    assert!(!page.contains("http://") && !page.contains("https://"));
}
