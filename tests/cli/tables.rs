//! `intone features`, `intone corpus`, `intone config`: what is printed and written.

use std::fs;

use crate::folder::{Folder, TINY, frame, tiny_over_manifest};

#[test]
fn features_are_a_row_a_frame_or_a_row_a_clip() {
    let folder = Folder::new();
    let clips = folder.manifest_corpus(2, 1);
    let sets = "features.sets=[\"mfcc\", \"rms\", \"zcr\"]";
    folder.intone(&["features", "audio", "--set", sets, "--out", "frames.parquet"]).with_code(0);
    let frames = frame(&folder.path("frames.parquet"));
    let names: Vec<String> = frames.get_column_names().iter().map(ToString::to_string).collect();
    assert_eq!(names[..4], ["clip", "frame", "time_s", "mfcc_0"]);
    assert_eq!(names[names.len() - 2..], ["rms", "zcr"]);
    assert_eq!(frames.height(), clips * 94, "3 s at 16 kHz with a hop of 512");

    folder.intone(&["features", "audio", "--set", sets, "--aggregate", "mean", "--out", "means.csv"]).with_code(0);
    let csv = folder.read("means.csv");
    assert_eq!(csv.lines().count(), clips + 1);
    assert!(csv.starts_with("clip,mfcc_0,"), "{csv}");
    folder.intone(&["features", "audio", "--set", sets, "--aggregate", "mean", "--out", "means.json", "--no-cache"]).with_code(0);
    let json: serde_json::Value = serde_json::from_str(&folder.read("means.json")).expect("JSON");
    let rows = json.as_array().expect("an array");
    assert_eq!(rows.len(), clips);
    let first = csv.lines().nth(1).and_then(|line| line.split(',').nth(1)).and_then(|field| field.parse::<f64>().ok());
    let (cached, anew) = (first.expect("a number"), rows[0]["mfcc_0"].as_f64().expect("a number"));
    assert!((cached - anew).abs() < 1e-3, "{cached} {anew}");

    folder.intone(&["features", "audio", "--set", sets, "--aggregate", "functionals", "--out", "functionals.parquet"]).with_code(0);
    let functionals = frame(&folder.path("functionals.parquet"));
    assert_eq!((functionals.height(), functionals.width()), (clips, 1 + 15 * (names.len() - 3)));
    let mean = functionals.column("mfcc_0_mean").and_then(|column| column.f32().map(|values| values.get(0))).expect("a column");
    assert!((f64::from(mean.expect("a number")) - anew).abs() < 1e-3, "{mean:?} {anew}");
    assert!(functionals.column("zcr_falling_slope").is_ok());
}

#[test]
fn features_name_what_they_leave_out() {
    let folder = Folder::new();
    folder.manifest_corpus(2, 1);
    folder.write("audio/empty.wav", "");
    let ended = folder.intone(&["features", "audio", "--out", "out.csv"]).with_code(3).says(&["empty.wav"]);
    assert!(ended.out.contains("out.csv"));
    folder.intone(&["features", "audio/empty.wav", "--out", "none.csv"]).with_code(1).says(&["empty.wav"]);
    folder.intone(&["features", "audio", "--out", "table.xlsx"]).with_code(2).says(&[".parquet"]);
    folder.intone(&["features", "nowhere", "--out", "out.csv"]).with_code(1).says(&["nowhere"]);
}

#[test]
fn a_damaged_cache_entry_is_made_anew() {
    let folder = Folder::new();
    folder.manifest_corpus(2, 1);
    folder.intone(&["features", "audio", "--out", "first.csv"]).with_code(0);
    let mut damaged = 0;
    for shard in fs::read_dir(folder.path("cache")).expect("the cache") {
        for entry in fs::read_dir(shard.expect("a shard").path()).expect("a shard") {
            let path = entry.expect("an entry").path();
            let mut bytes = fs::read(&path).expect("an entry");
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
            fs::write(&path, bytes).expect("an entry");
            damaged += 1;
        }
    }
    assert!(damaged > 0);
    folder.intone(&["features", "audio", "--out", "second.csv"]).with_code(0);
    assert_eq!(folder.read("first.csv"), folder.read("second.csv"));
}

#[test]
fn the_corpus_is_described_and_checked() {
    let folder = Folder::new();
    folder.write("tiny.toml", TINY);
    let described = folder.intone(&["corpus", "describe", "tiny.toml"]).with_code(0).out;
    assert!(described.contains("32 clips") && described.contains("synthetic"), "{described}");
    let clips = folder.manifest_corpus(4, 1);
    let table = folder.read("clips.csv");
    let first = table.lines().nth(1).expect("a row");
    let file = first.split(',').next().expect("a file");
    fs::copy(folder.path(file), folder.path("audio/twin.wav")).expect("a copy");
    folder.write("clips.csv", &format!("{table}{}\n", first.replace(file, "audio/twin.wav")));
    folder.write("manifest.toml", &tiny_over_manifest());
    let checked = folder.intone(&["corpus", "check", "manifest.toml"]).with_code(0).out;
    assert!(checked.contains(&format!("{} clips", clips + 1)), "{checked}");
    assert!(checked.contains("the same audio") && checked.contains("twin"), "{checked}");
}

#[test]
fn the_defaults_are_an_experiment_file_and_the_schema_fits_them() {
    let folder = Folder::new();
    let defaults = folder.intone(&["config", "defaults"]).with_code(0).out;
    folder.write("defaults.toml", &defaults);
    folder.intone(&["config", "check", "defaults.toml"]).with_code(0);
    let schema: serde_json::Value = serde_json::from_str(&folder.intone(&["config", "schema"]).with_code(0).out).expect("JSON");
    let table: serde_json::Map<String, serde_json::Value> = toml::from_str(&defaults).expect("TOML");
    let properties = schema["properties"].as_object().expect("properties");
    assert_eq!(properties.keys().collect::<Vec<_>>().len(), table.len());
    for key in table.keys() {
        assert!(properties.contains_key(key), "{key} is missing from the schema");
    }
}

#[test]
fn the_shipped_experiments_are_in_order() {
    let folder = Folder::new();
    let experiments = concat!(env!("CARGO_MANIFEST_DIR"), "/experiments");
    let mut checked = 0;
    for entry in fs::read_dir(experiments).expect("experiments") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            folder.intone(&["config", "check", path.to_str().expect("a path")]).with_code(0);
            checked += 1;
        }
    }
    assert!(checked >= 6, "{checked}");
}

#[test]
fn completions_are_made() {
    let script = Folder::new().intone(&["completions", "bash"]).with_code(0).out;
    assert!(script.contains("intone") && script.contains("predict"));
}
