//! Counts and times, as Prometheus reads them (text format 0.0.4).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

use super::state::App;

/// Upper bounds of the buckets of times, seconds.
const BOUNDS: [f64; 10] = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5];

/// Everything that is counted.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    requests: Mutex<BTreeMap<(&'static str, u16), u64>>,
    errors: Mutex<BTreeMap<&'static str, u64>>,
    pub(super) clips: Count,
    pub(super) sessions: Count,
    pub(super) frames: Count,
    pub(super) samples: Count,
    pub(super) live_predictions: Count,
    pub(super) skipped: Count,
    /// From the last sample of a window to its answer.
    pub(super) live_time: Times,
    /// Decoding and predicting an uploaded clip.
    pub(super) clip_time: Times,
}

/// A number that only grows.
#[derive(Debug, Default)]
pub(super) struct Count(AtomicU64);

impl Count {
    pub(super) fn add(&self, amount: u64) {
        self.0.fetch_add(amount, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A histogram of times.
#[derive(Debug, Default)]
pub(super) struct Times {
    buckets: [AtomicU64; BOUNDS.len()],
    count: AtomicU64,
    sum_us: AtomicU64,
}

impl Times {
    pub(super) fn observe(&self, time: Duration) {
        let seconds = time.as_secs_f64();
        if let Some(bucket) = BOUNDS.iter().position(|&bound| seconds <= bound) {
            self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        }
        self.count.fetch_add(1, Ordering::Relaxed);
        self.sum_us.fetch_add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn write(&self, text: &mut String, name: &str, help: &str) {
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} histogram");
        let mut below = 0;
        for (bound, bucket) in BOUNDS.iter().zip(&self.buckets) {
            below += bucket.load(Ordering::Relaxed);
            let _ = writeln!(text, "{name}_bucket{{le=\"{bound}\"}} {below}");
        }
        // A request that is counted while this is written may be in a bucket and not yet in the count.
        let count = self.count.load(Ordering::Relaxed).max(below);
        let sum = self.sum_us.load(Ordering::Relaxed) as f64 / 1e6;
        let _ = writeln!(text, "{name}_bucket{{le=\"+Inf\"}} {count}\n{name}_sum {sum}\n{name}_count {count}");
    }
}

impl Metrics {
    /// Counts an answer to a request.
    pub(super) fn request(&self, route: &'static str, status: u16) {
        *self.requests.lock().unwrap_or_else(PoisonError::into_inner).entry((route, status)).or_default() += 1;
    }

    /// Counts an error of a live session.
    pub(super) fn error(&self, code: &'static str) {
        *self.errors.lock().unwrap_or_else(PoisonError::into_inner).entry(code).or_default() += 1;
    }

    fn text(&self, open_sessions: usize) -> String {
        let mut text = String::from("# HELP intone_http_requests_total Requests answered.\n# TYPE intone_http_requests_total counter\n");
        for ((route, status), count) in self.requests.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let _ = writeln!(text, "intone_http_requests_total{{route=\"{route}\",status=\"{status}\"}} {count}");
        }
        text.push_str("# HELP intone_live_errors_total Errors told to live sessions.\n# TYPE intone_live_errors_total counter\n");
        for (code, count) in self.errors.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let _ = writeln!(text, "intone_live_errors_total{{code=\"{code}\"}} {count}");
        }
        for (name, help, count) in [
            ("intone_clips_total", "Uploaded clips that got a prediction.", &self.clips),
            ("intone_live_sessions_total", "Live sessions opened.", &self.sessions),
            ("intone_live_frames_total", "Binary messages received.", &self.frames),
            ("intone_live_samples_total", "Samples received.", &self.samples),
            ("intone_live_predictions_total", "Predictions sent to live sessions, no speech included.", &self.live_predictions),
            ("intone_live_skipped_hops_total", "Hops merged into a later one, as predictions could not keep up.", &self.skipped),
        ] {
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} counter\n{name} {}", count.get());
        }
        let _ = writeln!(text, "# HELP intone_live_sessions Live sessions open.\n# TYPE intone_live_sessions gauge");
        let _ = writeln!(text, "intone_live_sessions {open_sessions}");
        self.live_time.write(&mut text, "intone_live_seconds", "From a window's last sample to its answer, where a model was asked.");
        self.clip_time.write(&mut text, "intone_clip_seconds", "Decoding and predicting an uploaded clip.");
        if let Some(bytes) = resident_bytes() {
            let name = "process_resident_memory_bytes";
            let _ = writeln!(text, "# HELP {name} Resident memory size in bytes.\n# TYPE {name} gauge\n{name} {bytes}");
        }
        text
    }
}

/// `GET /metrics`.
pub(super) async fn get(State(app): State<App>) -> impl IntoResponse {
    let open = app.settings.limits.sessions.saturating_sub(app.sessions.available_permits());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.metrics.text(open))
}

/// Memory of this process, where the system tells.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_cumulative_and_end_in_all() {
        let metrics = Metrics::default();
        for milliseconds in [1, 4, 40, 9000] {
            metrics.live_time.observe(Duration::from_millis(milliseconds));
        }
        metrics.request("/healthz", 200);
        metrics.request("/healthz", 200);
        let text = metrics.text(3);
        for line in [
            "intone_live_seconds_bucket{le=\"0.0025\"} 1",
            "intone_live_seconds_bucket{le=\"0.05\"} 3",
            "intone_live_seconds_bucket{le=\"2.5\"} 3",
            "intone_live_seconds_bucket{le=\"+Inf\"} 4",
            "intone_live_seconds_sum 9.045",
            "intone_http_requests_total{route=\"/healthz\",status=\"200\"} 2",
            "intone_live_sessions 3",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
    }
}
