//! What the evaluation writes, told apart: text, displays, and how the cell was left.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded, select};
use evcxr::EvalContextOutputs;
use serde_json::{Map, Value};

/// Begins what is meant for the kernel; see `intone::display`.
const FRAME: &str = "\u{1}intone:";

/// Something that a cell shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Display {
    pub data: Map<String, Value>,
    pub metadata: Map<String, Value>,
    pub id: Option<String>,
    /// Replaces what was shown under the same id.
    pub update: bool,
    /// The value of the cell's last expression.
    pub result: bool,
}

/// What a running cell writes, in order.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    Stdout(String),
    Stderr(String),
    Display(Display),
    Clear { wait: bool },
}

/// A panic, as the cell's hook tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panic {
    pub message: String,
    pub file: String,
    pub line: usize,
    pub column: usize,
}

/// How a cell was left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    Done,
    Panicked,
    /// By `?`.
    Error,
}

type Sink = Box<dyn FnMut(Event) + Send>;

/// Reads one cell's lines.
#[derive(Default)]
struct Reader {
    sink: Option<Sink>,
    panic: Option<Panic>,
    left: Option<Left>,
    in_result: bool,
    /// The last text on standard error, which is the error's own when a cell is left by `?`.
    held_error: Option<String>,
    stderr_ended: bool,
    running: Arc<AtomicBool>,
}

impl Reader {
    fn send(&mut self, event: Event) {
        if let Some(text) = self.held_error.take() {
            self.pass(Event::Stderr(text));
        }
        self.pass(event);
    }

    fn pass(&mut self, event: Event) {
        if let Some(sink) = &mut self.sink {
            sink(event);
        }
    }

    /// A line of standard output, without its line feed.
    fn stdout(&mut self, line: &str) {
        match line.split_once(FRAME) {
            Some((text, frame)) => {
                if !text.is_empty() {
                    self.send(Event::Stdout(text.to_owned()));
                }
                match serde_json::from_str(frame) {
                    Ok(Value::Object(frame)) => self.frame(frame),
                    _ => self.send(Event::Stdout(format!("{frame}\n"))),
                }
            }
            None => self.send(Event::Stdout(format!("{line}\n"))),
        }
    }

    fn frame(&mut self, mut frame: Map<String, Value>) {
        if let Some(Value::String(text)) = frame.get("stderr") {
            let text = text.clone();
            if let Some(earlier) = self.held_error.replace(text) {
                self.pass(Event::Stderr(earlier));
            }
        } else if let Some(panic) = frame.get("panic") {
            let number = |key: &str| panic[key].as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or(0);
            let text = |key: &str| panic[key].as_str().unwrap_or_default().to_owned();
            self.panic = Some(Panic { message: text("message"), file: text("file"), line: number("line"), column: number("column") });
        } else if frame.contains_key("begin") {
            self.running.store(true, Ordering::SeqCst);
        } else if let Some(how) = frame.get("end").and_then(Value::as_str) {
            self.running.store(false, Ordering::SeqCst);
            self.left = Some(match how {
                "done" => Left::Done,
                "panic" => Left::Panicked,
                _ => Left::Error,
            });
        } else if let Some(result) = frame.get("result").and_then(Value::as_bool) {
            self.in_result = result;
        } else if let Some(wait) = frame.get("clear").and_then(Value::as_bool) {
            self.send(Event::Clear { wait });
        } else if let Some(Value::Object(data)) = frame.remove("data") {
            let metadata = match frame.remove("metadata") {
                Some(Value::Object(metadata)) => metadata,
                _ => Map::new(),
            };
            let id = frame.get("id").and_then(Value::as_str).map(str::to_owned);
            let update = frame.get("update").and_then(Value::as_bool).unwrap_or(false);
            let result = std::mem::take(&mut self.in_result) && !update;
            self.send(Event::Display(Display { data, metadata, id, update, result }));
        }
    }

    fn stderr(&mut self, line: &str) {
        match line.split_once(FRAME) {
            Some((text, _)) => {
                if !text.is_empty() {
                    self.send(Event::Stderr(text.to_owned()));
                }
                self.stderr_ended = true;
            }
            None => self.send(Event::Stderr(format!("{line}\n"))),
        }
    }
}

/// What is known of a cell when it has ended.
#[derive(Debug, Default)]
pub struct Ending {
    pub panic: Option<Panic>,
    pub left: Option<Left>,
    /// The last text on standard error, not yet told.
    pub error_text: Option<String>,
}

/// Drains the evaluation's output on a thread of its own, since evcxr waits for it.
pub struct Drain {
    reader: Arc<Mutex<Reader>>,
    settle: Sender<Sender<()>>,
    _thread: JoinHandle<()>,
}

impl Drain {
    pub fn start(outputs: EvalContextOutputs) -> Self {
        let reader = Arc::<Mutex<Reader>>::default();
        let (settle, asked) = bounded(0);
        let shared = Arc::clone(&reader);
        let thread = std::thread::spawn(move || drain(&outputs, &asked, &shared));
        Self { reader, settle, _thread: thread }
    }

    /// Begins a cell: what it writes goes to `sink`.
    pub fn begin(&self, sink: Sink) {
        let mut reader = lock(&self.reader);
        let running = Arc::clone(&reader.running);
        *reader = Reader { sink: Some(sink), running, ..Reader::default() };
    }

    /// Whether the evaluation is inside a cell.
    pub fn running(&self) -> Arc<AtomicBool> {
        Arc::clone(&lock(&self.reader).running)
    }

    /// Waits until all that the cell wrote has been told, and says how it was left.
    pub fn end(&self) -> Ending {
        let (done, settled) = bounded(1);
        if self.settle.send(done).is_ok() {
            let _ = settled.recv();
        }
        let mut reader = lock(&self.reader);
        let ending = Ending { panic: reader.panic.take(), left: reader.left.take(), error_text: reader.held_error.take() };
        if let (Some(text), false) = (&ending.error_text, ending.left == Some(Left::Error)) {
            reader.pass(Event::Stderr(text.clone()));
        }
        ending
    }

    /// Tells text that evcxr handed over in another way.
    pub fn tell(&self, event: Event) {
        lock(&self.reader).send(event);
    }

    /// Reads a line that evcxr handed over in another way.
    pub fn read_line(&self, line: &str) {
        lock(&self.reader).stdout(line);
    }

    /// Forgets the cell's sink.
    pub fn close(&self) {
        lock(&self.reader).sink = None;
    }
}

/// A sink that panicked has told what it could.
fn lock(reader: &Mutex<Reader>) -> std::sync::MutexGuard<'_, Reader> {
    reader.lock().unwrap_or_else(PoisonError::into_inner)
}

fn drain(outputs: &EvalContextOutputs, asked: &Receiver<Sender<()>>, reader: &Mutex<Reader>) {
    loop {
        select! {
            recv(outputs.stdout) -> line => match line {
                Ok(line) => lock(reader).stdout(&line),
                Err(_) => return,
            },
            recv(outputs.stderr) -> line => if let Ok(line) = line { lock(reader).stderr(&line) },
            recv(asked) -> done => match done {
                Ok(done) => {
                    settle(outputs, reader);
                    let _ = done.send(());
                }
                Err(_) => return,
            },
        }
    }
}

/// Reads all there is; standard error has its own pipe, and is awaited where the cell said how it ended.
fn settle(outputs: &EvalContextOutputs, reader: &Mutex<Reader>) {
    while let Ok(line) = outputs.stdout.try_recv() {
        lock(reader).stdout(&line);
    }
    let limit = Instant::now() + Duration::from_secs(1);
    loop {
        let awaited = {
            let reader = lock(reader);
            reader.left.is_some() && !reader.stderr_ended
        };
        let wait = if awaited { limit.saturating_duration_since(Instant::now()) } else { Duration::ZERO };
        match outputs.stderr.recv_timeout(wait) {
            Ok(line) => lock(reader).stderr(&line),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(lines: &[&str]) -> (Vec<Event>, Reader) {
        let events = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&events);
        let mut reader = Reader { sink: Some(Box::new(move |event| into.lock().unwrap().push(event))), ..Reader::default() };
        for line in lines {
            reader.stdout(line);
        }
        let events = events.lock().unwrap().clone();
        (events, reader)
    }

    #[test]
    fn text_and_frames_keep_their_order() {
        let (events, reader) = read(&[
            "a",
            "b\u{1}intone:{\"data\":{\"text/plain\":\"x\"},\"id\":\"i\",\"update\":true}",
            "\u{1}intone:{\"stderr\":\"e\\n\"}",
            "c",
            "\u{1}intone:{\"end\":\"done\"}",
        ]);
        let data = json!({ "text/plain": "x" }).as_object().unwrap().clone();
        let display = Display { data, metadata: Map::new(), id: Some("i".into()), update: true, result: false };
        let expected = [
            Event::Stdout("a\n".into()),
            Event::Stdout("b".into()),
            Event::Display(display),
            Event::Stderr("e\n".into()),
            Event::Stdout("c\n".into()),
        ];
        assert_eq!(events, expected);
        assert_eq!(reader.left, Some(Left::Done));
    }

    #[test]
    fn the_error_of_a_question_mark_is_held_back() {
        let (events, reader) =
            read(&["\u{1}intone:{\"stderr\":\"one\\n\"}", "\u{1}intone:{\"stderr\":\"two\\n\"}", "\u{1}intone:{\"end\":\"error\"}"]);
        assert_eq!(events, [Event::Stderr("one\n".into())]);
        assert_eq!(reader.held_error.as_deref(), Some("two\n"));
    }

    #[test]
    fn only_the_first_display_of_the_last_expression_is_the_result() {
        let frame = "\u{1}intone:{\"data\":{}}";
        let (events, _) = read(&[frame, "\u{1}intone:{\"result\":true}", frame, frame, "\u{1}intone:{\"result\":false}", frame]);
        let results: Vec<bool> = events.iter().map(|event| matches!(event, Event::Display(display) if display.result)).collect();
        assert_eq!(results, [false, true, false, false]);
    }
}
