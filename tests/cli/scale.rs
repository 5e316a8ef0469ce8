//! `intone features` over many clips: killed and gone on with, in any number of threads, the table is the same to the byte.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use intone::audio::{Clip, write_wav};

use crate::folder::{Folder, ended};

/// Clips of a fifth of a second, each with a pitch of its own; every fiftieth is no audio.
fn many_clips(folder: &Folder, clips: usize) {
    for clip in 0..clips {
        let name = format!("audio/{:02}/clip{clip:04}.wav", clip / 40);
        if clip % 50 == 17 {
            folder.write(&name, "no audio");
            continue;
        }
        let path = folder.path(&name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        let samples = (0..1600).map(|n| 0.5 * ((n * (100 + clip)) as f32 * 1e-3).sin()).collect();
        write_wav(&path, &Clip { samples, sample_rate: 8000 }).expect("a WAV file");
    }
}

const SETTINGS: [&str; 6] =
    ["--set", "features.sets=[\"mel\", \"mfcc\", \"rms\", \"yin\"]", "--set", "audio.duration_s=0", "--set", "audio.sample_rate=8000"];

fn features(folder: &Folder, further: &[&str]) -> Command {
    let arguments = [&["features", "audio", "--no-cache"], SETTINGS.as_slice(), &["--set", "features.fmax=4000.0"], further].concat();
    folder.command(&arguments)
}

/// Kills the job again and again, each time a little later, until it ends by itself; how often it went on with earlier work.
fn killed_until_done(folder: &Folder, arguments: &[&str]) -> usize {
    let mut gone_on = 0;
    for attempt in 0_u32..200 {
        let begun = Instant::now();
        let mut job = features(folder, arguments).spawn().expect("the binary starts");
        // From within the start to well within the work, by steps that are not multiples of one another.
        let patience = Duration::from_millis(u64::from(90 + attempt * 37 % 400 + 10 * attempt));
        while begun.elapsed() < patience && job.try_wait().expect("the job").is_none() {
            std::thread::sleep(Duration::from_millis(2));
        }
        let killed = job.try_wait().expect("the job").is_none();
        job.kill().expect("the job can be killed");
        let ended = ended(&job.wait_with_output().expect("its output"));
        gone_on += usize::from(ended.err.contains("goes on after"));
        if !killed {
            assert_eq!(ended.code, 3, "{}", ended.err);
            return gone_on;
        }
    }
    panic!("the job never ended");
}

#[test]
fn a_killed_job_goes_on_and_its_table_has_the_bytes_of_an_unbroken_one() {
    let folder = Folder::new();
    many_clips(&folder, 450);
    for (ending, rows) in [("parquet", "frames"), ("csv", "mean"), ("json", "mean")] {
        let (whole, broken) = (format!("whole.{ending}"), format!("broken.{ending}"));
        let unbroken = ended(&features(&folder, &["--aggregate", rows, "--jobs", "3", "--out", &whole]).output().expect("it runs"));
        assert_eq!(unbroken.code, 3, "{}", unbroken.err);
        let gone_on = killed_until_done(&folder, &["--aggregate", rows, "--jobs", "1", "--out", &broken]);
        println!("{ending}: gone on with {gone_on} times");
        let read = |name: &str| fs::read(folder.path(name)).expect("a table");
        assert!(read(&whole) == read(&broken), "{ending}");
        for name in [whole, broken] {
            assert!(!folder.path(&format!("{name}.part")).exists(), "{name}.part is left");
        }
    }
}

#[test]
fn what_was_measured_is_told_again_and_other_settings_begin_anew() {
    let folder = Folder::new();
    many_clips(&folder, 600);
    let arguments = ["--aggregate", "mean", "--jobs", "1", "--out", "table.csv"];
    let mut job = features(&folder, &arguments).spawn().expect("the binary starts");
    let part = folder.path("table.csv.part/0000000128");
    let begun = Instant::now();
    while !part.exists() && begun.elapsed() < Duration::from_secs(60) && job.try_wait().expect("the job").is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    job.kill().expect("the job can be killed");
    job.wait().expect("its end");
    assert!(part.exists() && !folder.path("table.csv").exists(), "it was killed between its second part and its end");

    let kept = folder.path("kept");
    fs::create_dir(&kept).expect("a folder");
    for entry in fs::read_dir(folder.path("table.csv.part")).expect("parts") {
        let path = entry.expect("a part").path();
        fs::copy(&path, kept.join(path.file_name().expect("a name"))).expect("a copy");
    }
    let again = ended(&features(&folder, &arguments).output().expect("it runs"));
    assert_eq!(again.code, 3);
    let done = again.err.split("goes on after ").nth(1).and_then(|rest| rest.split(' ').next()?.parse::<usize>().ok());
    assert!(done.is_some_and(|done| done >= 256 && done % 128 == 0), "{}", again.err);
    assert_eq!(again.err.matches("left out: ").count(), 12, "also those of the killed call: {}", again.err);
    let table = folder.read("table.csv");
    assert_eq!(table.lines().count(), 1 + 588);

    let restore = || {
        fs::create_dir(folder.path("table.csv.part")).expect("a folder");
        for entry in fs::read_dir(&kept).expect("parts") {
            let path = entry.expect("a part").path();
            fs::copy(&path, folder.path("table.csv.part").join(path.file_name().expect("a name"))).expect("a copy");
        }
    };
    restore();
    let fresh = ended(&features(&folder, &[&arguments[..], &["--fresh"]].concat()).output().expect("it runs"));
    assert!(fresh.code == 3 && !fresh.err.contains("goes on"), "{}", fresh.err);
    assert_eq!(folder.read("table.csv"), table);

    restore();
    // A damaged part is measured anew, and so is what follows it.
    let part = folder.path("table.csv.part/0000000128");
    let bytes = fs::read(&part).expect("a part");
    fs::write(&part, &bytes[..bytes.len() - 3]).expect("a part");
    let damaged = ended(&features(&folder, &arguments).output().expect("it runs"));
    assert!(damaged.err.contains("goes on after 128 clips"), "{}", damaged.err);
    assert_eq!(folder.read("table.csv"), table);

    restore();
    let others = ended(&features(&folder, &[&arguments[..], &["--set", "features.n_mels=40"]].concat()).output().expect("it runs"));
    assert!(others.err.contains("begins anew") && !others.err.contains("goes on"), "{}", others.err);
    assert_ne!(folder.read("table.csv"), table);
}
