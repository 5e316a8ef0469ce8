//! Every mistake ends before training, with a message that names the file, the key and what to do.

use crate::folder::{Folder, TINY, tiny_over_manifest};

#[test]
fn a_misspelt_key_is_named_with_its_line_and_the_nearest() {
    let folder = Folder::new();
    folder.write("bad.toml", "name = \"bad\"\n[features]\nhop_lenght = 160\n");
    folder.intone(&["run", "bad.toml"]).with_code(2).says(&["bad.toml:3", "features.hop_lenght", "features.hop_length"]);
    folder.intone(&["config", "check", "bad.toml"]).with_code(2).says(&["bad.toml:3"]);
    folder.write("section.toml", "[featurs]\nhop_length = 160\n");
    folder.intone(&["config", "check", "section.toml"]).with_code(2).says(&["section.toml:1", "`features`"]);
    folder.write("place.toml", "[training]\nhop_length = 160\n");
    folder.intone(&["config", "check", "place.toml"]).with_code(2).says(&["features.hop_length"]);
    folder.intone(&["config", "check", "bad.toml", "--set", "features.hop=3"]).with_code(2);
}

#[test]
fn a_wrong_type_or_value_is_named_with_its_line() {
    let folder = Folder::new();
    let cases = [
        ("[features]\nhop_length = \"wide\"\n", "features.hop_length"),
        ("[features]\nhop_length = 0\n", "features.hop_length"),
        ("[features]\nsets = [\"mfcc\",\n \"mfccs\"]\n", "features.sets"),
        ("[audio]\nsample_rate = 12\n", "audio.sample_rate"),
        ("[split]\nvalidation = 0.9\n", "split.validation"),
        ("[model]\nkind = \"cnn\"\n", "model.kind"),
        ("[training]\nlearning_rate = -1.0\n", "training.learning_rate"),
        ("[training]\nbatch_size = 0\n", "training.batch_size"),
        ("[augment]\nfrequency_warp = 0.1\n[features]\nsets = [\"log-mel\", \"rms\"]\n", "augment.frequency_warp"),
    ];
    for (text, key) in cases {
        folder.write("bad.toml", text);
        folder.intone(&["config", "check", "bad.toml"]).with_code(2).says(&["bad.toml:2", key]);
    }
    folder.write("syntax.toml", "name = \"x\"\n[features\n");
    folder.intone(&["config", "check", "syntax.toml"]).with_code(2).says(&["syntax.toml:2"]);
    folder.intone(&["run", "nowhere.toml"]).with_code(2).says(&["nowhere.toml"]);
    folder.write("tiny.toml", TINY);
    folder.intone(&["run", "tiny.toml", "--set", "training.epochs=none"]).with_code(2).says(&["--set", "training.epochs"]);
    folder.intone(&["run", "tiny.toml", "--set", "training.epochs"]).with_code(2).says(&["KEY=VALUE"]);
}

#[test]
fn a_corpus_that_cannot_serve_is_refused_before_training() {
    let folder = Folder::new();
    folder.write("ravdess.toml", "[corpus]\nkind = \"ravdess\"\npath = \"nowhere\"\n");
    folder.intone(&["run", "ravdess.toml"]).with_code(2).says(&["corpus.path", "nowhere", "INTONE_RAVDESS"]);
    folder.write("tiny.toml", TINY);
    folder.intone(&["run", "tiny.toml", "--set", "split.folds=9"]).with_code(2).says(&["split.folds", "9", "4"]);
    folder
        .intone(&["run", "tiny.toml", "--set", "split.kind=preset", "--set", "split.preset=luna-jimenes-5"])
        .with_code(2)
        .says(&["split.preset", "luna-jimenez-5"]);
    folder.write("clips.csv", "file,emotion,speaker\na.wav,happy,1\n");
    folder.write("manifest.toml", "[corpus]\nkind = \"manifest\"\npath = \"clips.csv\"\n");
    folder.intone(&["run", "manifest.toml"]).with_code(2).says(&["label", "emotion"]);
    assert!(!folder.path("runs").exists(), "nothing was begun");
}

#[test]
fn a_class_with_one_row_is_named_by_smote() {
    let folder = Folder::new();
    folder.manifest_corpus(4, 2);
    // One class shrinks to a single clip of each speaker pair: too few for any neighbour.
    let table = folder.read("clips.csv");
    let mut lines: Vec<&str> = table.lines().collect();
    let label = lines[1].split(',').nth(1).expect("a label").to_owned();
    let speaker = lines[1].split(',').nth(2).expect("a speaker").to_owned();
    let of_class = format!(",{label},");
    let kept = format!(",{label},{speaker},");
    lines.retain(|line| !line.contains(&of_class) || line.contains(&kept));
    folder.write("clips.csv", &(lines.join("\n") + "\n"));
    folder.write(
        "smote.toml",
        "[corpus]\nkind = \"manifest\"\npath = \"clips.csv\"\n[features]\nsets = [\"mfcc\"]\n[balance]\nmethod = \"smote\"\n\
         [split]\nkind = \"random\"\nvalidation = 0.0\ntest_part = 0.5\n[model]\nkind = \"knn\"\n",
    );
    folder.intone(&["run", "smote.toml"]).with_code(2).says(&["smote.toml", &label, "balance.k_neighbours"]);
    assert!(!folder.path("runs").exists(), "nothing was begun");
}

#[test]
fn a_class_that_adasyn_cannot_weigh_is_named_before_training() {
    let folder = Folder::new();
    folder.manifest_corpus(4, 3);
    // One clip of one class is missing: of the one row to be made, no row of that class has a share of one half.
    let table = folder.read("clips.csv");
    let (kept, last) = table.trim_end().rsplit_once('\n').expect("lines");
    let label = last.split(',').nth(1).expect("a label");
    folder.write("clips.csv", &format!("{kept}\n"));
    folder.write(
        "adasyn.toml",
        "[corpus]\nkind = \"manifest\"\npath = \"clips.csv\"\n[features]\nsets = [\"mfcc\"]\n[balance]\nmethod = \"adasyn\"\n\
         k_neighbours = 4\n[split]\nfolds = 2\nvalidation = 0.0\n[model]\nkind = \"knn\"\n",
    );
    folder.intone(&["run", "adasyn.toml"]).with_code(2).says(&["adasyn.toml: fold", label, "adasyn", "`balance.method` to \"smote\""]);
    assert!(!folder.path("runs").exists(), "nothing was begun");
}

#[test]
fn a_broken_clip_is_listed_or_refused() {
    let folder = Folder::new();
    let clips = folder.manifest_corpus(4, 1);
    let table = folder.read("clips.csv");
    folder.write("clips.csv", &format!("{table}audio/broken.wav,happy,extra,1\n"));
    folder.write("audio/broken.wav", "RIFF, but not really");
    let config = tiny_over_manifest();
    folder.write("tiny.toml", &config);
    let label = table.lines().nth(1).and_then(|line| line.split(',').nth(1)).expect("a label").to_owned();
    folder.write("clips.csv", &format!("{table}audio/broken.wav,{label},extra,1\n"));

    let ended = folder.intone(&["run", "tiny.toml"]).with_code(3).says(&["broken"]);
    assert!(ended.out.contains(&format!("{clips} clips")), "{}", ended.out);
    assert!(folder.read("reports/tiny.html").contains("broken"), "the report names it");
    let refused = folder.intone(&["run", "tiny.toml", "--set", "corpus.strict=true", "--runs-dir", "strict"]).with_code(1);
    refused.says(&["corpus.strict", "broken"]);
    assert!(!folder.path("strict").exists(), "nothing was begun");
    folder.intone(&["corpus", "check", "tiny.toml"]).with_code(3).says(&["broken"]);
}
