//! The protocol of live sessions, kept and broken.

use std::time::Duration;

use intone::corpus::Emotion;
use serde_json::json;
use tungstenite::Message;

use crate::support::{Running, integers, voice};

#[test]
fn a_session_from_config_to_end() {
    let server = Running::new();
    let mut session = server.connect();
    session.text(&json!({ "type": "config", "sample_rate": 16000, "encoding": "s16le" }));
    let ready = session.receive();
    assert_eq!((&ready["type"], &ready["hop_ms"], &ready["window_s"]), (&"ready".into(), &250.into(), &3.0.into()));
    assert_eq!(ready["labels"].as_array().unwrap().len(), 8);

    // A second of silence: told without the model.
    for k in 1..=4 {
        session.sound(&[0; 4000]);
        let message = session.receive();
        assert_eq!((message["speech"].as_bool(), message["time_s"].as_f64()), (Some(false), Some(f64::from(k) / 4.0)));
        assert_eq!(message["level_db"], -100.0);
        assert!(message.get("probabilities").is_none() && message.get("predicted").is_none());
    }
    // Speech, in messages of 20 ms.
    let sound = integers(&voice(Emotion::Angry));
    let mut spoken = 0;
    for hop in sound.chunks_exact(4000) {
        hop.chunks(320).for_each(|samples| session.sound(samples));
        let message = session.receive();
        if message["speech"] == true {
            spoken += 1;
            let smoothed = message["smoothed"].as_object().unwrap();
            assert!((smoothed.values().map(|value| value.as_f64().unwrap()).sum::<f64>() - 1.0).abs() < 1e-6);
            assert_eq!(smoothed[message["predicted"].as_str().unwrap()], message["confidence"]);
            assert!(message["server_ms"].as_f64().unwrap() > 0.0);
        }
    }
    assert!(spoken >= 3, "{spoken}");

    session.text(&json!({ "type": "clear" }));
    assert_eq!(session.receive()["type"], "cleared");
    session.sound(&[0; 4000]);
    assert_eq!(session.receive()["time_s"], 0.25);
    session.text(&json!({ "type": "end" }));
    let ended = session.receive();
    let hops = sound.len() / 4000;
    assert_eq!((&ended["type"], ended["samples"].as_u64()), (&"ended".into(), Some(5 * 4000 + 4000 * hops as u64)));
    assert_eq!(ended["predictions"].as_u64(), Some(5 + hops as u64));
    assert_eq!(session.closed(), 1000);

    let metrics = server.get("/metrics");
    for line in [format!("intone_live_frames_total {}", 5 + hops * 13), "intone_live_sessions_total 1".to_owned()] {
        assert!(metrics.text().lines().any(|found| found == line), "{line}\n{}", metrics.text());
    }
}

#[test]
fn sound_that_comes_at_once_is_merged_and_never_dropped() {
    let server = Running::new();
    let mut session = server.live(16_000);
    let sound: Vec<i16> = std::iter::repeat_with(|| integers(&voice(Emotion::Fearful))).take(10).flatten().take(16_000 * 16).collect();
    sound.chunks(16_000).for_each(|samples| session.sound(samples));
    session.text(&json!({ "type": "end" }));
    let (mut answered, mut skipped, mut last) = (0, 0, 0);
    let ended = loop {
        let message = session.receive();
        if message["type"] == "ended" {
            break message;
        }
        let samples = message["samples"].as_u64().unwrap();
        assert!(samples > last && samples.is_multiple_of(4000), "{last} {samples}");
        last = samples;
        answered += 1;
        skipped += message["skipped"].as_u64().unwrap();
    };
    assert_eq!(ended["samples"].as_u64(), Some(16_000 * 16));
    assert_eq!((ended["predictions"].as_u64(), ended["skipped"].as_u64()), (Some(answered), Some(skipped)));
    assert_eq!(answered + skipped, 64);
}

#[test]
fn errors_that_a_session_outlives() {
    let server = Running::new();
    let mut session = server.live(8_000);
    let mut complaint = |message: Message, code: &str| {
        session.raw(message);
        let answer = session.receive();
        assert_eq!((answer["code"].as_str(), answer["fatal"].as_bool()), (Some(code), Some(false)), "{answer}");
    };
    complaint(Message::Binary(vec![1, 2, 3].into()), "invalid_audio_frame");
    complaint(Message::Binary(Vec::new().into()), "invalid_audio_frame");
    complaint(Message::Text("{".into()), "bad_message");
    complaint(Message::Text(r#"{"type":"dance"}"#.into()), "bad_message");
    complaint(Message::Text(r#"{"type":"config","sample_rate":-1,"encoding":"s16le"}"#.into()), "bad_message");
    complaint(Message::Text(r#"{"type":"config","sample_rate":8000,"encoding":"s16le"}"#.into()), "already_configured");
    session.sound(&[0; 2000]);
    assert_eq!(session.receive()["samples"], 2000);
}

#[test]
fn errors_that_end_a_session() {
    let server = Running::with(|limits| {
        limits.message_bytes = 20_000;
        limits.messages_per_s = 50;
        limits.configure = Duration::from_millis(300);
    });
    let mut session = server.connect();
    session.sound(&[0; 100]);
    session.fails_with("not_configured", 1008);

    server.connect().fails_with("not_configured", 1008);

    for config in [
        json!({ "type": "config", "sample_rate": 7999, "encoding": "s16le" }),
        json!({ "type": "config", "sample_rate": 4_000_000_000_u32, "encoding": "s16le" }),
        json!({ "type": "config", "sample_rate": 16000, "encoding": "f32le" }),
    ] {
        let mut session = server.connect();
        session.text(&config);
        session.fails_with("unsupported_audio", 1003);
    }

    let mut session = server.live(16_000);
    session.sound(&[0; 10_001]);
    session.fails_with("message_too_large", 1009);

    let mut session = server.live(16_000);
    (0..101).for_each(|_| session.sound(&[0; 2]));
    session.fails_with("rate_limited", 1008);
}

#[test]
fn sound_much_faster_than_spoken_is_refused() {
    let server = Running::new();
    let mut session = server.live(8_000);
    // Thirty seconds are let in, and a few more while they are sent; forty are not.
    (0..11).for_each(|_| session.sound(&[0; 30_000]));
    loop {
        let message = session.receive();
        if message["type"] == "error" {
            assert_eq!(message["code"], "rate_limited");
            break;
        }
    }
    assert_eq!(session.closed(), 1008);
}

#[test]
fn no_more_sessions_than_allowed_and_none_for_ever() {
    let server = Running::with(|limits| {
        limits.sessions = 1;
        limits.session = Duration::from_millis(1500);
    });
    let mut first = server.live(16_000);
    let upgrade = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA=="),
    ];
    let refused = server.get_with("/api/v1/live", &upgrade);
    assert_eq!((refused.status, refused.code().as_str()), (503, "too_many_connections"));
    first.fails_with("session_too_long", 1000);
    drop(first);
    std::thread::sleep(Duration::from_millis(200));
    server.live(16_000);
}

#[test]
fn a_client_that_is_gone_is_noticed() {
    let server = Running::with(|limits| limits.idle = Duration::from_millis(600));
    let mut session = server.live(16_000);
    // The client reads nothing meanwhile, so it answers no ping.
    std::thread::sleep(Duration::from_millis(2500));
    session.fails_with("idle", 1000);
}

#[test]
fn a_plain_request_is_told_to_upgrade() {
    let server = Running::new();
    let answer = server.get("/api/v1/live");
    assert_eq!((answer.status, answer.code().as_str()), (426, "upgrade_required"));
}
