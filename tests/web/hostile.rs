//! Every file of the fuzz corpus as an upload: a prediction or a 4xx with a sentence, and the server lives on.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::Running;

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn hostile_files_end_in_a_sentence() {
    let server = Running::new();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let all = ["hostile", "formats"].map(|dir| files(&fixtures.join(dir))).concat();
    let mut refused = 0;
    for file in &all {
        let bytes = fs::read(file).unwrap();
        let raw = server.post("/api/v1/predict?explain=true", "application/octet-stream", &bytes);
        let form = server.predict("", &[("upload", &bytes)]);
        for answer in [raw, form] {
            assert!(answer.status == 200 || (400..500).contains(&answer.status), "{}: {} {}", file.display(), answer.status, answer.text());
            if answer.status != 200 {
                assert!(!answer.code().is_empty());
                refused += 1;
            }
        }
    }
    assert!(all.len() > 20 && refused > all.len() / 2, "{} files, {refused} refusals", all.len());
    assert_eq!(server.get("/healthz").status, 200);
}
