//! Clips over HTTP: forms, raw bodies, what is left out, and limits.

use intone::corpus::Emotion;

use crate::support::{Running, bundle_folder, voice, voice_wav, wav};

#[test]
fn several_clips_are_judged_and_broken_ones_named() {
    let server = Running::new();
    let (angry, sad) = (voice_wav(Emotion::Angry), voice_wav(Emotion::Sad));
    let answer = server.predict("?explain=true", &[("angry.wav", &angry), ("../x/notes.txt", b"not a sound"), ("sad.wav", &sad)]);
    assert_eq!(answer.status, 200);
    let body = answer.json();
    let names: Vec<_> = body["predictions"].as_array().unwrap().iter().map(|one| one["clip"].as_str().unwrap()).collect();
    assert_eq!(names, ["angry.wav", "sad.wav"]);
    assert_eq!((&body["left_out"][0]["clip"], &body["left_out"][0]["code"]), (&"notes.txt".into(), &"unsupported_audio".into()));
    for one in body["predictions"].as_array().unwrap() {
        let probabilities = one["probabilities"].as_object().unwrap();
        assert_eq!(probabilities.len(), 8);
        assert!((probabilities.values().map(|value| value.as_f64().unwrap()).sum::<f64>() - 1.0).abs() < 1e-6);
        assert_eq!(probabilities[one["predicted"].as_str().unwrap()], one["confidence"]);
        let weights = one["attention"]["weights"].as_array().unwrap();
        assert!((weights.iter().map(|weight| weight.as_f64().unwrap()).sum::<f64>() - 1.0).abs() < 1e-4);
        let (start, step) = (one["heard_start_s"].as_f64().unwrap(), one["attention"]["step_s"].as_f64().unwrap());
        assert!(start >= 0.0 && start + step * (weights.len() as f64 - 1.0) < one["duration_s"].as_f64().unwrap() + step, "{one}");
    }
    assert!((body["predictions"][0]["duration_s"].as_f64().unwrap() - voice(Emotion::Angry).duration_s()).abs() < 1e-3);
    assert!(server.predict("", &[("a.wav", &angry)]).json()["predictions"][0].get("attention").is_none());
}

#[test]
fn csv_is_that_of_the_command() {
    let server = Running::new();
    let answer = server.predict("?format=csv", &[("a,b.wav", &voice_wav(Emotion::Happy)), ("x", b"")]);
    assert_eq!((answer.status, answer.header("content-type"), answer.header("x-left-out")), (200, "text/csv; charset=utf-8", "1"));
    let lines: Vec<_> = answer.text().lines().collect();
    assert!(lines[0].starts_with("clip,predicted,confidence,p_neutral,p_calm,"), "{}", lines[0]);
    assert!(lines.len() == 2 && lines[1].starts_with("\"a,b.wav\","), "{lines:?}");
}

#[test]
fn requests_that_hold_no_clip_are_refused() {
    let server = Running::new();
    let cases: [(&str, &str, &[u8], u16, &str); 9] = [
        ("", "application/json", b"{}", 415, "unsupported_media_type"),
        ("", "multipart/form-data", b"", 400, "bad_request"),
        ("", "multipart/form-data; boundary=x", b"--x--\r\n", 400, "bad_request"),
        ("", "multipart/form-data; boundary=x", b"--x\r\nContent-Disp", 400, "bad_request"),
        ("", "audio/wav", b"", 415, "unsupported_audio"),
        ("", "audio/wav", b"RIFF\x04\0\0\0WAVE", 422, "damaged_audio"),
        ("?format=xml", "audio/wav", b"", 400, "bad_request"),
        ("?explain=perhaps", "audio/wav", b"", 400, "bad_request"),
        ("", "text/plain; charset=utf-8", b"hello", 415, "unsupported_media_type"),
    ];
    for (query, content_type, body, status, code) in cases {
        let answer = server.post(&format!("/api/v1/predict{query}"), content_type, body);
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{content_type} {query} {}", answer.text());
    }
    let answer = server.predict("", &[("a", b"x"), ("b", b"y")]);
    assert_eq!((answer.status, answer.code().as_str()), (422, "no_usable_clip"));
    assert_eq!(answer.json()["left_out"].as_array().unwrap().len(), 2);
}

#[test]
fn limits_hold() {
    let server = Running::with(|limits| {
        limits.body_bytes = 200_000;
        limits.clips = 2;
        limits.clip_s = 4.0;
    });
    let long = wav(&[300; 16_000 * 5], 16_000);
    let (clip, large) = (voice_wav(Emotion::Calm), vec![0; 200_001]);
    let refusals = [
        (server.predict("", &[("a", &clip), ("b", b"x"), ("c", b"x")]), "too_many_clips"),
        (server.predict("", &[("long.wav", &long)]), "too_long"),
        (server.predict("", &[("a", &large)]), "too_large"),
        (server.post("/api/v1/predict", "audio/wav", &large), "too_large"),
    ];
    for (answer, code) in refusals {
        assert_eq!((answer.status, answer.code().as_str()), (413, code));
    }
    assert_eq!(server.predict("", &[("a", &clip)]).status, 200);
    assert_eq!(server.get("/api/v1/model").json()["limits"]["clip_s"], 4.0);
}

#[test]
fn the_model_tells_of_itself_and_its_samples_are_sound() {
    let server = Running::new();
    let model = server.get("/api/v1/model").json();
    assert_eq!(model["labels"].as_array().unwrap().len(), 8);
    assert!(model["card"]["limits"].as_str().is_some_and(|limits| !limits.is_empty()));
    assert_eq!((&model["live"]["window_s"], &model["live"]["hop_ms"]), (&3.0.into(), &250.into()));
    assert!(bundle_folder().join("bundle.json").exists());

    let samples = server.get("/api/v1/samples").json();
    assert_eq!(samples.as_array().unwrap().len(), 8);
    for sample in samples.as_array().unwrap() {
        let wav = server.get(sample["url"].as_str().unwrap());
        assert_eq!((wav.status, wav.header("content-type")), (200, "audio/wav"));
        let answer = server.post("/api/v1/predict", "audio/wav", &wav.body);
        assert_eq!(answer.status, 200);
    }
    assert_eq!(server.get("/api/v1/samples/bored.wav").code(), "not_found");
    assert_eq!(server.get("/api/v1/samples/angry").code(), "not_found");
}
