//! What a server is told, and how much it lets anyone ask of it.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

/// How a server listens.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Address and port; port 0 takes a free one.
    pub address: SocketAddr,
    /// Origins beside the server's own whose pages may ask it, such as `https://lab.example`.
    pub allowed_origins: Vec<String>,
    /// How many predictions are computed at once; 0 = one a core.
    pub threads: usize,
    /// How much is let in.
    pub limits: Limits,
}

impl Default for Settings {
    /// Loopback, port 8080, one prediction a core.
    fn default() -> Self {
        Self { address: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)), allowed_origins: Vec::new(), threads: 0, limits: Limits::default() }
    }
}

/// How much a server lets in: what is over a limit is refused with a code of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// Clips in a request.
    pub clips: usize,
    /// Seconds of a clip.
    pub clip_s: f64,
    /// From the first byte of a request to its answer.
    pub request: Duration,
    /// Requests with clips that are read or computed at once.
    pub waiting: usize,
    /// Open connections; more wait to be accepted.
    pub connections: usize,
    /// Live sessions.
    pub sessions: usize,
    /// Bytes of a message of a live session.
    pub message_bytes: usize,
    /// Messages a second of a live session, on average.
    pub messages_per_s: u32,
    /// The longest live session.
    pub session: Duration,
    /// A live session that sends nothing for so long, not even the answer to a ping, is closed.
    pub idle: Duration,
    /// A client that doesn't take an answer for so long is given up.
    pub send: Duration,
    /// The first message of a live session must come within this time.
    pub configure: Duration,
}

impl Default for Limits {
    /// 32 MiB and 20 clips of up to 120 s a request within 30 s, 16 requests at once, 256 sessions of up to two hours.
    fn default() -> Self {
        Self {
            body_bytes: 32 << 20,
            clips: 20,
            clip_s: 120.0,
            request: Duration::from_secs(30),
            waiting: 16,
            connections: 512,
            sessions: 256,
            message_bytes: 1 << 16,
            messages_per_s: 200,
            session: Duration::from_secs(7200),
            idle: Duration::from_secs(60),
            send: Duration::from_secs(10),
            configure: Duration::from_secs(10),
        }
    }
}

/// A bucket that fills steadily and is drawn from: so much at once, and so much a second on average.
#[derive(Debug, Clone)]
pub(super) struct Bucket {
    level: f64,
    most: f64,
    a_second: f64,
    last: Instant,
}

impl Bucket {
    /// A full bucket.
    pub(super) fn new(most: f64, a_second: f64, now: Instant) -> Self {
        Self { level: most, most, a_second, last: now }
    }

    /// Draws `amount`; false where there is less.
    pub(super) fn draw(&mut self, amount: f64, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.last).as_secs_f64();
        self.level = (self.level + passed * self.a_second).min(self.most);
        self.last = now;
        if amount > self.level {
            return false;
        }
        self.level -= amount;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_what_it_holds_and_fills_with_time() {
        let start = Instant::now();
        let mut bucket = Bucket::new(10.0, 2.0, start);
        assert!(bucket.draw(10.0, start));
        assert!(!bucket.draw(1.0, start));
        assert!(bucket.draw(1.0, start + Duration::from_millis(500)));
        assert!(bucket.draw(10.0, start + Duration::from_secs(100)));
        assert!(!bucket.draw(0.1, start + Duration::from_secs(100)));
    }
}
