//! Corpora from the command line: pages, downloads, runs across corpora.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use intone::audio::write_wav;
use intone::corpus::demo;

use crate::folder::{Folder, TINY, frame, only_run};

/// Synthetic voices under the names of EmoDB and SAVEE.
fn two_corpora(folder: &Folder) {
    let codes = [("W", "a"), ("F", "h"), ("T", "sa"), ("N", "n")];
    let clips = demo::corpus(8, 1).clips;
    for (index, speaker) in ["03", "08", "09", "10", "DC", "JE", "JK", "KL"].into_iter().enumerate() {
        for (emotion, (emodb, savee)) in codes.iter().enumerate() {
            let label = [4, 2, 3, 0][emotion];
            let voice = format!("s{:02}", index + 1);
            let clip = clips.iter().find(|clip| clip.speaker == voice && clip.label == label).expect("an utterance");
            let path = if index < 4 { format!("emodb/wav/{speaker}a01{emodb}a.wav") } else { format!("savee/{speaker}/{savee}01.wav") };
            let path = folder.path(&path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            write_wav(&path, &clip.source.clip().expect("a voice")).expect("a file");
        }
    }
}

const ACROSS: &str = "
[corpus]
kind = 'parts'
[[corpus.parts]]
kind = 'emodb'
path = 'emodb'
[[corpus.parts]]
name = 'surrey'
kind = 'savee'
path = 'savee'
[features]
sets = ['mfcc']
[split]
kind = 'cross-corpus'
validation = 0.25
[model]
kind = 'svm'
[report]
bootstrap = 50
";

#[test]
fn a_run_across_corpora_tests_each_on_the_other() {
    let folder = Folder::new();
    two_corpora(&folder);
    folder.write("across.toml", ACROSS);
    let run = folder.intone(&["run", "across.toml"]).with_code(0);
    assert!(run.out.contains("emodb to surrey, surrey to emodb"), "{}", run.out);
    let predictions = frame(&only_run(&folder.path("runs")).join("predictions.parquet"));
    assert_eq!(predictions.height(), 32, "each clip is tested once, by the other corpus");
    let page = folder.read("reports/across.html");
    for part in ["Across corpora", "tested on surrey", "surrey <small>(savee)</small>", "Burkhardt", "Haq"] {
        assert!(page.contains(part), "{part}");
    }
    folder.intone(&["run", "across.toml"]).with_code(0).says(&["finished before"]);
    let resolved = only_run(&folder.path("runs")).join("config.toml");
    std::fs::copy(resolved, folder.path("resolved.toml")).expect("a copy");
    folder.intone(&["run", "resolved.toml"]).with_code(0).says(&["finished before"]);

    folder.write("misspelt.toml", &ACROSS.replace("path = 'emodb'", "path = 'nowhere'\nlabels = { bordom = '' }"));
    folder.intone(&["run", "misspelt.toml"]).with_code(2).says(&["misspelt.toml:7", "corpus.parts[0].labels", "did you mean `boredom`?"]);
    folder.intone(&["run", "across.toml", "--set", "split.train_on=['emodb', 'savee']"]).with_code(2).says(&["split.train_on", "savee"]);
}

#[test]
fn the_example_across_corpora_is_a_valid_experiment() {
    let folder = Folder::new();
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/experiments/cross-corpus.toml");
    folder.intone(&["config", "check", example]).with_code(0);
}

#[test]
fn a_corpus_has_a_page_that_names_what_is_odd() {
    let folder = Folder::new();
    folder.write("tiny.toml", TINY);
    folder.intone(&["corpus", "describe", "tiny.toml", "--html", "pages/demo.html"]).with_code(0);
    let page = folder.read("pages/demo.html");
    for part in ["Synthetic voices.", "s01", "surprised", "<svg", "dBFS", "Clips with the same audio: 0", "Clips that cannot be read: 0"] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("http-equiv=\"refresh\"") && !page.contains("<script"));

    two_corpora(&folder);
    std::fs::write(folder.path("emodb/wav/16a01Fa.wav"), b"RIFF<b>no sound</b>").expect("a file");
    std::fs::copy(folder.path("emodb/wav/03a01Wa.wav"), folder.path("emodb/wav/03a01Wb.wav")).expect("a copy");
    folder.write("emodb.toml", "[corpus]\nkind = 'emodb'\npath = 'emodb'\n[split]\nfolds = 2\n");
    folder.intone(&["corpus", "describe", "emodb.toml"]).with_code(0);
    folder.intone(&["corpus", "describe", "emodb.toml", "--html", "emodb.html"]).with_code(3).says(&["cannot be read: 16a01Fa"]);
    let page = folder.read("emodb.html");
    for part in ["Clips that cannot be read: 1", "03a01Wa = 03a01Wb", "<th scope=\"col\" class=\"n\">female</th>", "Burkhardt"] {
        assert!(page.contains(part), "{part}");
    }
    folder.intone(&["corpus", "check", "emodb.toml"]).with_code(3).says(&["16a01Fa"]);
}

#[test]
fn a_fetch_shows_the_licence_and_names_what_failed() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
            lines.take_while(|line| line.as_ref().is_ok_and(|line| !line.is_empty())).for_each(drop);
            let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    let folder = Folder::new();
    let fetch = ["corpus", "fetch", "ravdess", "--dir", "data", "--only", "speech", "--from", url.as_str()];
    folder.intone(&fetch).with_code(1).says(&["CC BY-NC-SA 4.0", "Audio_Speech_Actors_01-24.zip", "404"]);
    std::fs::create_dir_all(folder.path("data/Audio_Speech_Actors_01-24")).expect("a folder");
    folder.intone(&fetch).with_code(0).says(&["nothing to fetch"]);
}
