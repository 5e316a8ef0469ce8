//! `intone runs compare`, the leakage audit and the leaky twin.

use serde_json::Value;

use crate::folder::{Folder, TINY, frame, only_run};

fn id(folder: &Folder, runs: &str) -> String {
    only_run(&folder.path(runs)).file_name().expect("an id").to_string_lossy().into_owned()
}

#[test]
fn runs_are_compared_on_a_terminal_as_json_and_as_a_page() {
    let folder = Folder::new();
    folder.write("tiny.toml", TINY);
    folder.intone(&["run", "tiny.toml", "--runs-dir", "a"]).with_code(0);
    folder.intone(&["run", "tiny.toml", "--runs-dir", "b", "--set", "training.epochs=1", "--set", "training.seeds=2"]).with_code(0);
    folder.intone(&["run", "tiny.toml", "--runs-dir", "c", "--set", "corpus.speakers=5", "--set", "split.folds=3"]).with_code(0);
    let ids: Vec<String> = ["a", "b", "c"].map(|runs| id(&folder, runs)).to_vec();
    for (runs, id) in ["a", "b", "c"].iter().zip(&ids) {
        std::fs::create_dir_all(folder.path("runs")).expect("a folder");
        std::fs::rename(folder.path(runs).join(id), folder.path("runs").join(id)).expect("a move");
    }
    let short = |index: usize| &ids[index][..8];
    let shown = folder.intone(&["runs", "compare", short(0), short(1), "--out", "page.html"]).with_code(0).out;
    for words in ["training.epochs", "training.seeds", "32 clips of 4 speakers", "uar", "95 % interval", "McNemar", "2 seeds"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(!shown.contains("n_mels"), "settings that are the same are not shown: {shown}");
    let page = folder.read("page.html");
    for words in ["B against A", "training.epochs", "Difference of the confusion matrices", "</html>"] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("http://") && !page.contains("https://"), "the page loads nothing");

    let json = folder.intone(&["runs", "compare", short(0), short(0), short(2), "--format", "json"]).with_code(0).out;
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let same = &json["pairs"][0];
    assert_eq!(same["differences"][0]["difference"].as_f64(), Some(0.0));
    assert_eq!((same["mcnemar"]["p"].as_f64(), same["disagreements"].as_array().map(Vec::len)), (Some(1.0), Some(0)));
    assert_eq!((json["pairs"][1]["clips"].as_u64(), json["pairs"][1]["only_other"].as_u64()), (Some(32), Some(8)), "a fifth speaker");

    folder.intone(&["runs", "compare", short(0)]).with_code(2);
    folder.intone(&["runs", "compare", short(0), "zzz"]).with_code(1).says(&["zzz"]);
    folder.manifest_corpus(4, 1);
    let two = "name = \"two\"\n[corpus]\nkind = \"manifest\"\npath = \"clips.csv\"\n[model]\nkind = \"knn\"\n[split]\nfolds = 2\n";
    folder.write("two.toml", two);
    folder.intone(&["run", "two.toml", "--runs-dir", "d"]).with_code(0);
    let other = id(&folder, "d");
    std::fs::rename(folder.path("d").join(&other), folder.path("runs").join(&other)).expect("a move");
    folder.intone(&["runs", "compare", short(0), &other]).with_code(1).says(&["classes differ"]);
}

#[test]
fn the_audit_is_in_the_run_and_a_leak_in_the_banner() {
    let folder = Folder::new();
    folder.manifest_corpus(4, 4);
    // One class loses a half, so that SMOTE has work; one clip comes again, softer, as another speaker's.
    let table = folder.read("clips.csv");
    let rows: Vec<&str> = table.lines().collect();
    let label = |row: &str| row.split(',').nth(1).unwrap_or_default().to_owned();
    let small = label(rows[1]);
    let halved = |(place, row): &(usize, &&str)| label(row) != small || place % 2 == 0;
    let mut kept: Vec<String> = rows.iter().enumerate().filter(halved).map(|(_, row)| (*row).to_owned()).collect();
    let first: Vec<&str> = rows[rows.len() - 1].split(',').collect();
    let bytes = std::fs::read(folder.path(first[0])).expect("a clip");
    let mut clip = intone::audio::decode(&bytes, first[0]).expect("decodes").clip;
    clip.samples.iter_mut().for_each(|value| *value *= 0.3);
    intone::audio::write_wav(&folder.path("audio/again.wav"), &clip).expect("a WAV file");
    let speakers: std::collections::BTreeSet<&str> = rows[1..].iter().filter_map(|row| row.split(',').nth(2)).collect();
    for speaker in speakers.iter().filter(|speaker| **speaker != first[2]).take(3) {
        std::fs::copy(folder.path("audio/again.wav"), folder.path(&format!("audio/again-{speaker}.wav"))).expect("a copy");
        kept.push(format!("audio/again-{speaker}.wav,{},{speaker},1", first[1]));
    }
    folder.write("clips.csv", &(kept.join("\n") + "\n"));
    let text = "name = \"leak\"\n[corpus]\nkind = \"manifest\"\npath = \"clips.csv\"\n[model]\nkind = \"knn\"\n[split]\nfolds = 2\n\
                [balance]\nmethod = \"smote\"\nk_neighbours = 1\n[report]\nbootstrap = 50\n";
    folder.write("leak.toml", text);
    folder.intone(&["run", "leak.toml"]).with_code(0);
    let audit: Value = serde_json::from_str(&folder.read(&format!("runs/{}/audit.json", id(&folder, "runs")))).expect("JSON");
    let of =
        |check: &str| audit["facts"].as_array().expect("facts").iter().filter(|fact| fact["check"] == check).cloned().collect::<Vec<_>>();
    assert!(of("similar-audio").iter().any(|fact| fact["verdict"] == "fail"), "{audit:#}");
    assert!(of("synthetic-rows").iter().all(|fact| fact["verdict"] == "pass" && fact["looked_at"].as_u64() > Some(0)), "{audit:#}");
    assert!(of("test-speakers").iter().all(|fact| fact["verdict"] == "pass"));
    let page = folder.read("reports/leak.html");
    for words in ["The leakage audit failed", "Leakage audit", "nearly the same recording", "similarity"] {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn the_leaky_twin_is_shown_beside_the_score_and_changes_nothing_of_it() {
    let folder = Folder::new();
    folder.write("tiny.toml", TINY);
    folder.intone(&["run", "tiny.toml", "--runs-dir", "alone"]).with_code(0);
    let twin = ["run", "tiny.toml", "--set", "report.leaky_twin=true"];
    folder.intone(&twin).with_code(0);
    let run = only_run(&folder.path("runs"));
    let predictions = frame(&run.join("predictions.parquet"));
    assert!(predictions.equals_missing(&frame(&only_run(&folder.path("alone")).join("predictions.parquet"))));
    let leaky = frame(&run.join("leaky.parquet"));
    assert_eq!(leaky.height(), 32, "each clip once");
    let audit: Value = serde_json::from_str(&std::fs::read_to_string(run.join("audit.json")).expect("audit")).expect("JSON");
    assert_eq!((audit["twin"]["clips"].as_u64(), audit["twin"]["folds"].as_u64()), (Some(32), Some(2)));
    assert!(audit["facts"].as_array().expect("facts").iter().all(|fact| fact["verdict"] != "fail"), "the twin is not audited as the run");
    let page = folder.read("reports/tiny.html");
    assert!(page.contains("The same model on a split that shares speakers"));

    // Parts of the twin that are done are not done again.
    let mut manifest: Value = serde_json::from_str(&std::fs::read_to_string(run.join("manifest.json")).expect("manifest")).expect("JSON");
    manifest["state"] = "interrupted".into();
    std::fs::write(run.join("manifest.json"), manifest.to_string()).expect("a manifest");
    std::fs::remove_dir_all(run.join("parts/seed-42_fold-004")).expect("a part of the twin");
    folder.intone(&twin).with_code(0);
    assert!(frame(&run.join("leaky.parquet")).equals_missing(&leaky), "to the bit");

    folder
        .intone(&["run", "tiny.toml", "--set", "report.leaky_twin=true", "--set", "split.kind=random"])
        .with_code(2)
        .says(&["leaky_twin"]);
}
