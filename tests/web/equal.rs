//! The same sound gives the same probabilities whichever door it comes through.

use intone::audio;
use intone::corpus::Emotion;
use intone::model::Bundle;
use serde_json::{Value, json};

use crate::support::{Running, binary, bundle_folder, integers, voice, voice_wav, wav};

fn full() -> Bundle {
    Bundle::load(bundle_folder()).unwrap()
}

fn library(bundle: &Bundle, bytes: &[u8]) -> Value {
    let probabilities = bundle.predict(audio::decode(bytes, "clip").unwrap().clip).unwrap();
    let object: Value = bundle.labels().iter().zip(probabilities).map(|(label, probability)| (label.clone(), json!(probability))).collect();
    // Written as the shortest text that stands for the same bits, and read as the client reads: serde_json may be off by one bit there.
    serde_json::from_str(&object.to_string()).unwrap()
}

#[test]
fn file_interface_and_library_agree_to_the_bit() {
    let server = Running::new();
    let dir = tempfile::tempdir().unwrap();
    for emotion in [Emotion::Angry, Emotion::Calm] {
        let bytes = voice_wav(emotion);
        let answer = server.predict("", &[("a.wav", &bytes)]).json();
        let told = &answer["predictions"][0];
        assert_eq!(told["probabilities"], library(&full(), &bytes));

        std::fs::write(dir.path().join("a.wav"), &bytes).unwrap();
        let output = binary()
            .args(["predict", "a.wav", "--format", "json", "--model"])
            .arg(bundle_folder())
            .current_dir(dir.path())
            .output()
            .unwrap();
        let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
        for (field, value) in printed[0].as_object().unwrap() {
            assert_eq!(&told[field], value, "{field}");
        }

        let raw = server.post("/api/v1/predict?name=a.wav", "audio/wav", &bytes).json();
        assert_eq!(raw["predictions"][0]["probabilities"], told["probabilities"]);
        assert_eq!(raw["predictions"][0]["clip"], "a.wav");
    }
}

#[test]
fn every_window_of_a_live_session_is_judged_as_the_same_clip_in_a_file() {
    let server = Running::new();
    let live = full().live().clone();
    for rate in [16_000_u32, 44_100] {
        let mut sound = Vec::new();
        for emotion in [Emotion::Happy, Emotion::Sad, Emotion::Fearful] {
            let clip = audio::resample(&voice(emotion), rate).unwrap();
            sound.extend(integers(&clip));
        }
        let mut session = server.live(rate);
        let hop = rate as usize / 4;
        let mut judged = 0;
        // Hop after hop, so that each is answered before the next.
        for (k, samples) in sound.chunks_exact(hop).enumerate() {
            session.sound(samples);
            let message = session.receive();
            assert_eq!(message["type"], "prediction");
            let end = (k + 1) * hop;
            assert_eq!((message["samples"].as_u64(), message["skipped"].as_u64()), (Some(end as u64), Some(0)));
            if message["probabilities"].is_null() {
                continue;
            }
            let window = wav(&sound[end.saturating_sub(3 * rate as usize)..end], rate);
            // Every third: decoding and judging each again would take most of the test's time.
            if judged % 3 == 0 {
                assert_eq!(message["probabilities"], library(&live, &window), "at {end} of {rate} Hz");
                assert_eq!(
                    server.predict("?model=live", &[("w.wav", &window)]).json()["predictions"][0]["probabilities"],
                    message["probabilities"]
                );
            }
            judged += 1;
        }
        assert!(judged > 12, "{judged} windows with speech");
    }
}

#[test]
fn live_sessions_can_ask_a_model_of_their_own() {
    let means = || Bundle::load(&bundle_folder().join("means")).unwrap();
    let server = Running::of_bundle(full().with_live(means()).unwrap(), Running::settings());
    let bytes = voice_wav(Emotion::Happy);
    let told = |query: &str| server.predict(query, &[("a.wav", &bytes)]).json()["predictions"][0]["probabilities"].clone();
    assert_eq!(told("?model=live"), library(&means(), &bytes));
    assert_eq!(told(""), library(&full(), &bytes));
    assert_eq!(server.get("/api/v1/model").json()["live"]["card"]["run"], means().card().run);
}
