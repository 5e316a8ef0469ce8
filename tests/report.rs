//! The report of a run: what it says, what it must never do, and that it is well-formed.

#[path = "report/fixture.rs"]
mod fixture;
#[path = "report/summary.rs"]
mod summary;

use std::path::Path;

use fixture::{Recipe, left_out};
use intone::experiment::record::{Manifest, State};
use intone::report::{self, RunFolder};
use polars::df;
use polars::prelude::DataFrame;

fn page_of(recipe: &Recipe, change: impl FnOnce(&mut Manifest)) -> String {
    let dir = tempfile::tempdir().unwrap();
    let run = recipe.write(dir.path(), change);
    report::render(&RunFolder::open(&run).unwrap()).unwrap()
}

/// The page without its style sheet.
fn body(page: &str) -> &str {
    page.split_once("</style>").unwrap().1
}

/// What stands between the tags of the page, a line a piece, pictures left out.
fn text_of(page: &str) -> String {
    let mut rest = body(page).to_owned();
    while let (Some(from), Some(to)) = (rest.find("<svg"), rest.find("</svg>")) {
        rest.replace_range(from..to + 6, "[picture]");
    }
    let mut lines = Vec::new();
    for piece in rest.split('<') {
        let (tag, text) = piece.split_once('>').unwrap_or(("", piece));
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let block = ["/p", "/h", "/tr", "/li", "/div", "/figcaption", "/caption", "h", "tr", "p"].iter().any(|t| tag.starts_with(t));
        if block || lines.is_empty() {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut().filter(|_| !text.is_empty()) {
            if !line.is_empty() {
                line.push_str(" | ");
            }
            line.push_str(&text);
        }
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

fn svg<'a>(page: &'a str, id: &str) -> &'a str {
    let at = page.find(&format!("aria-labelledby=\"{id}-title")).unwrap();
    let from = page[..at].rfind("<svg").unwrap();
    let to = from + page[from..].find("</svg>").unwrap() + 6;
    &page[from..to]
}

/// Every tag is closed, in order, and no attribute stands in an element twice.
fn assert_well_formed(page: &str) {
    const VOID: [&str; 2] = ["meta", "!doctype"];
    let mut open = Vec::new();
    let bare = format!("{}{}", page.split_once("<style>").unwrap().0, body(page));
    for piece in bare.split('<').skip(1) {
        let (tag, _) = piece.split_once('>').expect("each < begins a tag");
        let name = tag.split([' ', '\n', '/']).find(|part| !part.is_empty()).unwrap();
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed), "closed out of order");
        } else if !tag.ends_with('/') && !VOID.contains(&name) {
            open.push(name);
        }
        let mut attributes: Vec<&str> =
            tag.split("=\"").filter_map(|part| part.rsplit([' ', '\n']).next()).take(tag.matches("=\"").count()).collect();
        let count = attributes.len();
        attributes.sort_unstable();
        attributes.dedup();
        assert_eq!(attributes.len(), count, "an attribute stands twice: <{tag}>");
    }
    assert!(open.is_empty(), "never closed: {open:?}");
}

/// Nothing that a browser would fetch or run.
fn assert_self_contained(page: &str) {
    for forbidden in
        ["src=", "<script", "<link", "<img", "<iframe", "<object", "@import", "url(", "xlink", "srcset", "onload", "onclick", "xmlns"]
    {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    for reference in page.split("href=\"").skip(1) {
        assert!(reference.starts_with('#'), "{}", &reference[..40]);
    }
    for target in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(page.contains(&format!("id=\"{target}\"")), "#{target} leads nowhere");
    }
    assert!(page.contains("default-src 'none'"));
}

/// The page without the pictures and sounds that it carries: any letters may stand in them.
fn without_data(page: &str) -> String {
    let mut out = page.to_owned();
    for kind in [" src=\"data:audio/flac;base64,", " href=\"data:image/png;base64,"] {
        while let Some(from) = out.find(kind) {
            let to = from + kind.len() + out[from + kind.len()..].find('"').unwrap() + 1;
            out.replace_range(from..to, "");
        }
    }
    out
}

fn assert_sound(page: &str) {
    let page = &without_data(page);
    assert_well_formed(page);
    assert_self_contained(page);
    assert!(!body(page).contains("NaN") && !body(page).contains("inf%"));
    assert_eq!(page.matches("<h1").count(), 1);
    assert_eq!(page.matches("<table").count(), page.matches("<caption").count());
    assert_eq!(page.matches("<svg").count(), page.matches("role=\"img\"").count());
}

#[test]
fn the_page_says_what_it_should() {
    let page = page_of(&Recipe::small(), |_| ());
    assert_sound(&page);
    insta::assert_snapshot!("page", text_of(&page));
}

#[test]
fn the_confusion_matrix_is_drawn() {
    let page = page_of(&Recipe::small(), |_| ());
    insta::assert_snapshot!("confusion", svg(&page, "confusion-chart"));
}

#[test]
fn a_large_run_stays_small_enough_to_send() {
    let recipe = Recipe::large();
    let page = page_of(&recipe, |_| ());
    assert_sound(&page);
    assert!(page.len() < 400_000, "{} bytes", page.len());
    let matrix = svg(&page, "confusion-chart");
    for label in &recipe.labels {
        assert!(matrix.contains(&format!("{label}\n</text>")), "{label} is not in the matrix");
        assert!(page.contains(&format!("<th scope=\"row\">{label}</th>")), "{label} is not in a table");
    }
    let who = svg(&page, "speakers-chart");
    for speaker in recipe.manifest().corpus.speakers {
        assert!(who.contains(&format!(">\n{speaker}\n<")), "{speaker} is not in the picture");
    }
    for id in ["loss-chart", "uar-chart"] {
        assert!(svg(&page, id).matches("<polyline").count() > 15);
    }
}

#[test]
fn the_matrix_holds_every_prediction() {
    for recipe in [Recipe::small(), Recipe::large()] {
        let dir = tempfile::tempdir().unwrap();
        let run = RunFolder::open(&recipe.write(dir.path(), |_| ())).unwrap();
        let page = report::render(&run).unwrap();
        let table = page.split("Rows: truth. Columns: prediction.").nth(1).unwrap().split("</table>").next().unwrap();
        let cells = table.split("<td class=\"n\">").skip(1).filter_map(|rest| rest.split('<').next());
        let total: usize = cells.map(|cell| cell.parse::<usize>().unwrap()).sum();
        assert_eq!(total, run.predictions.height());
    }
}

#[test]
fn shared_speakers_raise_the_red_banner_and_nothing_else_does() {
    const RED: &str = "Do not compare it with speaker-independent results.";
    let clean = page_of(&Recipe::small(), |_| ());
    assert!(!clean.contains(RED) && !body(&clean).contains("class=\"banner"));
    assert!(clean.contains("On voices that it was not trained on"));

    let declared = page_of(&Recipe::small(), |manifest| manifest.protocol.speaker_independent = false);
    let contradicted = page_of(&Recipe::small(), |manifest| {
        let fold = &mut manifest.protocol.folds[0];
        fold.train_speakers.push(fold.test_speakers[0].clone());
    });
    for page in [declared, contradicted] {
        assert_sound(&page);
        assert!(page.contains(RED) && page.contains("class=\"banner danger\""));
        assert!(page.contains("On voices that it had heard in training"));
        assert!(page.matches("class=\"mark danger\"").count() >= 6, "marked wherever a score stands");
    }
}

#[test]
fn what_a_reader_must_know_is_said() {
    let page = page_of(&Recipe::small(), |manifest| {
        manifest.state = State::Interrupted;
        manifest.corpus.synthetic = true;
        manifest.corpus.missing_speakers = vec!["21".to_owned(), "22".to_owned()];
        manifest.corpus.left_out = (0..20).map(left_out).collect();
        manifest.warnings = vec!["seed 43 never left chance level in fold 2".to_owned()];
        manifest.protocol.folds[1].shared_audio = vec![("a".to_owned(), "b".to_owned())];
    });
    assert_sound(&page);
    for text in [
        "made by a synthesiser",
        "On synthetic voices",
        "names 21 and 22",
        "20 clips left out",
        "exit code 3",
        "and 8 more",
        "Clips left out: 20",
        "the header says 0 channels",
        "never left chance level",
        "ended by its user",
        "fold 2: a (training) and b (test)",
    ] {
        assert!(page.contains(text), "{text}");
    }
    for mark in ["synthetic voices", "2 speakers missing", "20 clips left out", "run not complete", "audio shared with training"] {
        assert!(page.matches(&format!("{mark}</span>")).count() >= 6, "{mark}");
    }
}

#[test]
fn text_from_data_is_never_markup() {
    const EVIL: &str = "<script>alert('1')</script>&\"";
    let mut recipe = Recipe::small();
    recipe.labels[1] = EVIL.to_owned();
    let page = page_of(&recipe, |manifest| {
        for text in [
            &mut manifest.name,
            &mut manifest.id,
            &mut manifest.command,
            &mut manifest.started,
            &mut manifest.corpus.name,
            &mut manifest.corpus.path,
            &mut manifest.corpus.speakers[0],
            &mut manifest.protocol.description,
            &mut manifest.protocol.folds[0].name,
            &mut manifest.input.balancing,
            &mut manifest.model.kind,
            &mut manifest.timings[0].stage,
            &mut manifest.machine.processor,
            &mut manifest.code.lock_hash,
        ] {
            *text = EVIL.to_owned();
        }
        manifest.finished = None;
        manifest.corpus.citation = Some(EVIL.to_owned());
        manifest.warnings = vec![EVIL.to_owned()];
        manifest.corpus.left_out = vec![left_out(1)];
        manifest.corpus.left_out[0].cause = EVIL.to_owned();
    });
    assert_sound(&page);
    assert!(!page.contains("<script"));
    assert!(svg(&page, "confusion-chart").contains("&lt;script&gt;"));
}

#[test]
fn missing_scores_are_said_to_be_missing() {
    let page = page_of(&Recipe { scores: false, ..Recipe::small() }, |_| ());
    assert_sound(&page);
    assert!(page.contains("with a UAR of n/a (no interval)"));
    assert!(!page.contains("id=\"speakers\""));
    assert!(svg(&page, "confusion-chart").contains("calm"));
}

#[test]
fn a_score_no_better_than_guessing_is_said_to_be() {
    const SAID: &str = "The interval reaches down to chance.";
    let recipe = Recipe::small();
    let dir = tempfile::tempdir().unwrap();
    let run = recipe.write(dir.path(), |_| ());
    assert!(!report::render(&RunFolder::open(&run).unwrap()).unwrap().contains(SAID));
    let frame = df!(
        "scope" => ["overall"], "key" => [""], "metric" => ["uar"], "value" => [0.36], "low" => [0.31], "high" => [0.41], "n" => [30u64]
    );
    fixture::write_frame(&run.join("scores.parquet"), frame.unwrap());
    let page = report::render(&RunFolder::open(&run).unwrap()).unwrap();
    assert!(page.contains("UAR of 36.0% (95% interval 31.0 to 41.0%), where chance is 33.3%") && page.contains(SAID));
}

#[test]
fn one_seed_is_no_deviation() {
    let several = page_of(&Recipe::small(), |_| ());
    assert!(several.contains("the mean of 2 seeds") && several.contains("Each seed."));
    let single = page_of(&Recipe { seeds: 1, ..Recipe::small() }, |_| ());
    assert_sound(&single);
    assert!(single.contains("a single seed") && !single.contains("Each seed."));
    assert!(single.contains("how much scores vary from seed to seed is not known"));
}

#[test]
fn without_validation_there_is_no_validation_curve() {
    let page = page_of(&Recipe { validation: false, ..Recipe::small() }, |_| ());
    assert_sound(&page);
    assert!(page.contains("nothing was chosen by validation"));
    assert!(page.contains("loss-chart") && !page.contains("uar-chart"));
}

#[test]
fn a_baseline_has_no_learning_curves() {
    let page = page_of(&Recipe { epochs: 0, ..Recipe::small() }, |manifest| {
        manifest.model.kind = "svm".to_owned();
        manifest.model.parameters = None;
        manifest.model.training = String::new();
    });
    assert_sound(&page);
    assert!(!page.contains("id=\"curves\"") && !page.contains("loss-chart"));
}

#[test]
fn many_classes_and_speakers_still_fit() {
    let labels = (0..14).map(|i| format!("an emotion with a long name {i}")).collect();
    let page = page_of(&Recipe { labels, speakers: 91, folds: 7, seeds: 1, clips: 1, ..Recipe::small() }, |_| ());
    assert_sound(&page);
    assert!(page.contains("Only the highest and the lowest are shown."));
}

#[test]
fn a_run_without_any_prediction_is_still_a_page() {
    let dir = tempfile::tempdir().unwrap();
    let run = Recipe { scores: false, epochs: 0, ..Recipe::small() }.write(dir.path(), |_| ());
    let predictions = RunFolder::open(&run).unwrap().predictions.head(Some(0));
    fixture::write_frame(&run.join("predictions.parquet"), predictions);
    assert_sound(&report::render(&RunFolder::open(&run).unwrap()).unwrap());
}

#[test]
fn what_the_score_is_worth_is_shown_where_the_run_tells() {
    let dir = tempfile::tempdir().unwrap();
    let recipe = Recipe::small();
    let run = recipe.write(dir.path(), |_| ());
    recipe.tell_more(&run, 1.0);
    let folder = RunFolder::open(&run).unwrap();
    let page = report::render(&folder).unwrap();
    assert_sound(&page);
    for id in ["errors", "groups", "calibration", "coverage", "importance", "embeddings"] {
        assert!(page.contains(&format!("<section id=\"{id}\">")) && page.contains(&format!("href=\"#{id}\"")), "{id}");
    }
    for id in ["reliability-chart", "coverage-chart", "importance-chart", "embeddings-chart", "error-1"] {
        assert!(svg(&page, id).len() > 500, "{id}");
    }
    assert_eq!(page.matches("<audio controls").count(), folder.heard.unwrap().clips.len());
    assert!(page.contains("Sound from: Livingstone"), "the source of the sound is named");
    insta::assert_snapshot!("truth", text_of(&without_data(&page)));
}

#[test]
fn sound_that_would_make_the_page_too_large_is_left_out() {
    let dir = tempfile::tempdir().unwrap();
    let recipe = Recipe::large();
    let run = recipe.write(dir.path(), |_| ());
    recipe.tell_more(&run, 9.0);
    let page = report::render(&RunFolder::open(&run).unwrap()).unwrap();
    assert_sound(&page);
    assert!(page.len() < 2_500_000, "{}", page.len());
    let kept = page.matches("<audio controls").count();
    assert!(page.contains(&format!("The sound of {} clips is left out, so that this file stays under 2.5 MB", 12 - kept)), "{kept}");
    assert!((4..9).contains(&kept), "{kept}");

    std::fs::remove_dir_all(run.join("errors")).unwrap();
    let page = report::render(&RunFolder::open(&run).unwrap()).unwrap();
    assert_sound(&page);
    assert!(page.contains("No sound: the run kept no sound.") && !page.contains("<audio"));
}

#[test]
fn a_newer_format_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let run = Recipe::small().write(dir.path(), |manifest| manifest.format_version = 99);
    let error = RunFolder::open(&run).unwrap_err().to_string();
    assert!(error.contains("has format 99") && error.contains("reads up to 1"), "{error}");
}

#[test]
fn what_cannot_be_read_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let error = RunFolder::open(&dir.path().join("nowhere")).unwrap_err().to_string();
    assert!(error.contains("nowhere") && error.contains("manifest.json"), "{error}");

    let run = Recipe::small().write(dir.path(), |_| ());
    std::fs::write(run.join("scores.parquet"), "PAR1 no").unwrap();
    assert!(RunFolder::open(&run).unwrap_err().to_string().contains("scores.parquet is not a readable parquet file"));
    fixture::write_frame(&run.join("scores.parquet"), DataFrame::empty());
    let error = report::render(&RunFolder::open(&run).unwrap()).unwrap_err().to_string();
    assert!(error.contains("scores.parquet has no usable column"), "{error}");
    std::fs::remove_file(run.join("predictions.parquet")).unwrap();
    assert!(RunFolder::open(&run).unwrap_err().to_string().contains("predictions.parquet"));
}

#[test]
fn the_file_appears_whole() {
    let dir = tempfile::tempdir().unwrap();
    let run = RunFolder::open(&Recipe::small().write(dir.path(), |_| ())).unwrap();
    let out = dir.path().join("reports/new/demo.html");
    report::write(&run, &out).unwrap();
    report::write(&run, &out).unwrap();
    assert_eq!(std::fs::read_to_string(&out).unwrap(), report::render(&run).unwrap());
    assert_eq!(std::fs::read_dir(out.parent().unwrap()).unwrap().count(), 1, "nothing temporary is left");
    assert!(report::write(&run, &dir.path().join("reports/new")).unwrap_err().to_string().contains("cannot write"));
}

/// Writes pages to look at into the folder that `INTONE_REPORT_LOOK` names.
#[test]
#[ignore = "writes pages for people to look at"]
fn pages_to_look_at() {
    let Ok(folder) = std::env::var("INTONE_REPORT_LOOK") else { return };
    let save = |name: &str, page: String| std::fs::write(Path::new(&folder).join(name), page).unwrap();
    save("large.html", page_of(&Recipe::large(), |_| ()));
    save(
        "leaky.html",
        page_of(&Recipe { seeds: 1, ..Recipe::large() }, |manifest| {
            manifest.protocol.speaker_independent = false;
            manifest.protocol.description = "one random fifth of the clips is tested on; speakers are shared between the parts".to_owned();
            for fold in &mut manifest.protocol.folds {
                fold.train_speakers = manifest.corpus.speakers.clone();
            }
            manifest.corpus.synthetic = true;
            manifest.corpus.missing_speakers = ["21", "22", "23", "24"].map(str::to_owned).to_vec();
            manifest.corpus.left_out = (0..3).map(left_out).collect();
        }),
    );
    let labels = (0..14).map(|i| format!("emotion {i}")).collect();
    save("many.html", page_of(&Recipe { labels, speakers: 91, folds: 91, seeds: 1, clips: 1, epochs: 20, ..Recipe::large() }, |_| ()));
}
