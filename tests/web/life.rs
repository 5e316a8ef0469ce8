//! How a server begins and ends.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use intone::corpus::Emotion;

use crate::support::{Running, binary, bundle_folder, integers, voice};

fn serve(arguments: &[&str]) -> (Child, String) {
    let mut child = binary()
        .args(["serve", "--addr", "127.0.0.1:0", "--model"])
        .arg(bundle_folder())
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let url = line.split([' ', ';']).find(|word| word.starts_with("http://")).unwrap_or_else(|| panic!("{line}")).to_owned();
    (child, url)
}

#[test]
fn the_binary_serves_and_a_signal_ends_it_cleanly() {
    for signal in ["-INT", "-TERM"] {
        let (mut child, url) = serve(&[]);
        let (mut socket, _) = tungstenite::connect(url.replace("http", "ws") + "/api/v1/live").unwrap();
        socket.send(r#"{"type":"config","sample_rate":16000,"encoding":"s16le"}"#.into()).unwrap();
        assert!(socket.read().unwrap().to_string().contains("ready"));
        assert!(std::process::Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        assert!(socket.read().unwrap().to_string().contains("shutting_down"));
        assert!(matches!(socket.read().unwrap(), tungstenite::Message::Close(Some(frame)) if u16::from(frame.code) == 1001));
        let _ = socket.flush();
        assert_eq!(child.wait().unwrap().code(), Some(0));
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(said, "");
    }
}

#[test]
fn a_live_model_that_is_none_is_named() {
    let output = binary().args(["serve", "--addr", "127.0.0.1:0", "--live-model", "nowhere"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nowhere"));
}

#[test]
fn sessions_are_told_when_the_server_ends_in_the_middle_of_speech() {
    let server = Running::new();
    let mut sessions: Vec<_> = (0..8).map(|_| server.live(16_000)).collect();
    let sound = integers(&voice(Emotion::Happy));
    sessions.iter_mut().for_each(|session| session.sound(&sound[..16_000]));
    server.stop();
    let start = Instant::now();
    for session in &mut sessions {
        let last = std::iter::repeat_with(|| session.receive()).find(|message| message["type"] == "error").unwrap();
        assert_eq!(last["code"], "shutting_down");
        assert_eq!(session.closed(), 1001);
    }
    drop(server);
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
}

#[test]
fn what_cannot_be_served_is_said() {
    let run = |arguments: &[&str]| {
        let output = binary().arg("serve").args(arguments).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let model = bundle_folder().to_str().unwrap();
    let (code, said) = run(&["--model", "/nowhere"]);
    assert!(code == Some(1) && said.contains("bundle.json"), "{said}");
    let (code, said) = run(&["--model", model, "--addr", "192.0.2.1:80"]);
    assert!(code == Some(1) && said.contains("cannot listen on 192.0.2.1:80"), "{said}");
    let (code, said) = run(&["--model", model, "--allow-origin", "lab.example"]);
    assert!(code == Some(2) && said.contains("is not an origin"), "{said}");
    let (code, said) = run(&["--model", model, "--max-clips", "0"]);
    assert!(code == Some(2) && said.contains("--max-clips"), "{said}");
}
