//! Execution of a cell, as messages.

use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::{mpsc, oneshot};

use super::wire::{Message, Outbox, answer, content};
use super::worker::{Input, Job, Worker};
use crate::session::{CellError, Event};

/// Text is published in pieces of about this size.
const PIECE: usize = 64 * 1024;

/// An execute request, with the protocol's defaults.
#[derive(Debug, Clone, Deserialize)]
pub struct Request {
    #[serde(default)]
    pub code: String,
    #[serde(default)]
    pub silent: bool,
    #[serde(default = "yes")]
    store_history: bool,
    #[serde(default)]
    user_expressions: Map<String, Value>,
    #[serde(default)]
    allow_stdin: bool,
    #[serde(default = "yes")]
    pub stop_on_error: bool,
}

fn yes() -> bool {
    true
}

impl Request {
    /// Of a message.
    pub fn of(message: &Message) -> Result<Self, serde_json::Error> {
        serde_json::from_value(content(message).clone())
    }

    /// Whether the cell counts.
    pub fn is_stored(&self) -> bool {
        self.store_history && !self.silent
    }
}

/// What executes cells and tells of it.
pub struct Executor {
    pub worker: Worker,
    pub iopub: Outbox,
    pub stdin_out: Outbox,
    /// Answers to what cells ask for.
    pub answers: Arc<Mutex<std::sync::mpsc::Receiver<String>>>,
}

/// What came of a cell.
pub struct Executed {
    pub reply: Value,
    pub failed: bool,
    /// The text of its result.
    pub output: Option<String>,
}

impl Executor {
    /// Executes a cell; its outputs are published as they come.
    pub async fn execute(&self, message: &Message, request: &Request, count: u32) -> Executed {
        if !request.silent {
            self.iopub.publish(message, "execute_input", json!({ "code": request.code, "execution_count": count }));
        }
        if let Some(name) = request.code.trim().strip_prefix('?') {
            return self.page(name, count).await;
        }
        let input = self.input(message, request.allow_stdin);
        let mut output = None;
        let result = self
            .evaluate(&request.code, count, input, |event| {
                if let Some((kind, content)) = published(event, count, &mut output, request.silent) {
                    self.iopub.publish(message, kind, content);
                }
            })
            .await;
        match result {
            Ok(()) => {
                let mut expressions = Map::new();
                for (name, expression) in &request.user_expressions {
                    expressions.insert(name.clone(), self.expression(expression.as_str().unwrap_or_default(), count).await);
                }
                let reply = json!({ "status": "ok", "execution_count": count, "user_expressions": expressions, "payload": [] });
                Executed { reply, failed: false, output }
            }
            Err(error) => {
                let told = json!({ "ename": error.ename, "evalue": error.evalue, "traceback": error.traceback });
                self.iopub.publish(message, "error", told.clone());
                let mut reply = told;
                reply["status"] = "error".into();
                reply["execution_count"] = count.into();
                Executed { reply, failed: true, output }
            }
        }
    }

    /// What is known of a name, for the front end's pager: `?name`.
    async fn page(&self, name: &str, count: u32) -> Executed {
        let (done, found) = oneshot::channel();
        self.worker.send(Job::Inspect { source: name.to_owned(), at: name.len(), done });
        let (text, html) = found.await.ok().flatten().unwrap_or_else(|| (format!("nothing is known of {name}"), String::new()));
        let mut data = json!({ "text/plain": text });
        if !html.is_empty() {
            data["text/html"] = html.into();
        }
        let payload = json!([{ "source": "page", "data": data, "start": 0 }]);
        let reply = json!({ "status": "ok", "execution_count": count, "user_expressions": {}, "payload": payload });
        Executed { reply, failed: false, output: None }
    }

    async fn evaluate(&self, source: &str, count: u32, input: Input, mut tell: impl FnMut(Event)) -> Result<(), CellError> {
        let (events, mut incoming) = mpsc::unbounded_channel();
        let (done, outcome) = oneshot::channel();
        self.worker.send(Job::Execute { source: source.to_owned(), count, events, input, done });
        let mut next = None;
        // Text of one kind that lies ready goes out in one piece.
        while let Some(mut event) = match next.take() {
            Some(event) => Some(event),
            None => incoming.recv().await,
        } {
            while let Ok(other) = incoming.try_recv() {
                match (&mut event, other) {
                    (Event::Stdout(text), Event::Stdout(more)) | (Event::Stderr(text), Event::Stderr(more)) if text.len() < PIECE => {
                        text.push_str(&more);
                    }
                    (_, other) => {
                        next = Some(other);
                        break;
                    }
                }
            }
            tell(event);
        }
        outcome.await.unwrap_or_else(|_| Err(CellError::new("KernelError", "the evaluation is gone; restart the kernel")))
    }

    /// The value of an expression that a front end wants beside the cell's own.
    async fn expression(&self, expression: &str, count: u32) -> Value {
        let mut data = None;
        let refuse: Input = Box::new(|_, _| String::new());
        let result = self
            .evaluate(expression, count, refuse, |event| {
                if let Event::Display(display) = event {
                    data = Some(json!({ "status": "ok", "data": display.data, "metadata": display.metadata }));
                }
            })
            .await;
        match result {
            Ok(()) => data.unwrap_or_else(|| json!({ "status": "ok", "data": {}, "metadata": {} })),
            Err(error) => json!({ "status": "error", "ename": error.ename, "evalue": error.evalue, "traceback": error.traceback }),
        }
    }

    /// Asks the front end for a line.
    fn input(&self, message: &Message, allowed: bool) -> Input {
        let (out, answers, worker, message) = (self.stdin_out.clone(), Arc::clone(&self.answers), self.worker.clone(), message.clone());
        Box::new(move |prompt, secret| {
            if !allowed {
                return String::new();
            }
            out.send(answer(&message, "input_request", json!({ "prompt": prompt, "password": secret })));
            let answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
            loop {
                match answers.recv_timeout(Duration::from_millis(50)) {
                    Ok(line) => return line,
                    Err(RecvTimeoutError::Timeout) if !worker.is_interrupted() => {}
                    Err(_) => return String::new(),
                }
            }
        })
    }
}

/// An event as a message of iopub.
fn published(event: Event, count: u32, output: &mut Option<String>, silent: bool) -> Option<(&'static str, Value)> {
    Some(match event {
        Event::Stdout(text) => ("stream", json!({ "name": "stdout", "text": text })),
        Event::Stderr(text) => ("stream", json!({ "name": "stderr", "text": text })),
        Event::Clear { wait } => ("clear_output", json!({ "wait": wait })),
        Event::Display(display) => {
            let mut content = json!({ "data": display.data, "metadata": display.metadata });
            if let Some(id) = &display.id {
                content["transient"] = json!({ "display_id": id });
            }
            if display.update {
                ("update_display_data", content)
            } else if display.result {
                if silent {
                    return None;
                }
                *output = content["data"]["text/plain"].as_str().map(str::to_owned);
                content["execution_count"] = count.into();
                ("execute_result", content)
            } else {
                if display.id.is_none() {
                    content["transient"] = json!({});
                }
                ("display_data", content)
            }
        }
    })
}
