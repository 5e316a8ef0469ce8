//! Evaluates cells.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};
use evcxr::{CommandContext, Error, EvalCallbacks, EvalContext, EvalOutputs};
use serde_json::{Map, Value};

use super::compile_error;
use super::error::CellError;
use super::folder::{self, TYPES_MARK};
use super::frames::{Display, Drain, Ending, Event, Left};
use super::place::{self, Executed};
use super::process::Interrupter;
use crate::cell::Cell;
use crate::paths;
use crate::warm::{Template, Toolchain};

/// What holds in every session. Standard error of cells goes the way of standard output, so that the two stay in order.
const PRELUDE: &str = "use intone::prelude::*;\nuse intone::{dbg, eprint, eprintln};";

/// Completions at a place, as byte offsets into the cell.
pub struct Completions {
    pub start: usize,
    pub end: usize,
    /// What would be inserted, and its kind.
    pub matches: Vec<(String, &'static str)>,
}

/// A running session.
pub struct Session {
    context: CommandContext,
    drain: Drain,
    interrupter: Interrupter,
    folder: PathBuf,
    executed: Vec<Executed>,
    typed: bool,
    sources: bool,
}

impl Session {
    /// Starts the evaluation and loads the crate.
    ///
    /// # Errors
    ///
    /// The template does not fit, or the evaluation does not start.
    pub fn start(toolchain: &Toolchain, template: &Template) -> Result<Self> {
        let folder = folder::folder().context("not inside a session")?;
        folder::complete(template)?;
        let user_folder = std::env::current_dir().context("no current folder")?;
        let mut child = Command::new(std::env::current_exe().context("cannot tell where this binary is")?);
        folder::restore_environment(&mut child);
        child.env(paths::KERNEL_VARIABLE, "1").current_dir(&user_folder);
        // evcxr reads a configuration in the current folder first: the session's own, not one that lies beside the notebook.
        std::env::set_current_dir(&folder)?;
        let started = EvalContext::with_subprocess_command(child);
        std::env::set_current_dir(&user_folder)?;
        let (context, outputs) = started.map_err(|error| anyhow!("the evaluation does not start: {error}"))?;
        let context = CommandContext::with_eval_context(context);
        let drain = Drain::start(outputs);
        let interrupter = Interrupter::new(context.process_handle(), folder::compiling(&folder), drain.running());
        let sources = toolchain.library_sources().is_some();
        let mut session = Self { context, drain, interrupter, folder, executed: Vec::new(), typed: false, sources };
        session.prepare(&format!(":efmt {{}}\n:dep intone = {}\n{PRELUDE}", template.dependency()))?;
        Ok(session)
    }

    fn prepare(&mut self, code: &str) -> Result<()> {
        match self.context.execute(code) {
            Ok(_) => Ok(()),
            Err(Error::CompilationErrors(errors)) => {
                bail!("the crate cannot be loaded: {}", errors.iter().map(evcxr::CompilationError::rendered).collect::<String>())
            }
            Err(error) => bail!("the crate cannot be loaded: {error}"),
        }
    }

    /// Stops a cell from another thread.
    pub fn interrupter(&self) -> Interrupter {
        self.interrupter.clone()
    }

    /// Executes a cell; what it writes goes to `sink` as it comes, and `input` answers it when it asks (prompt, whether it is secret).
    ///
    /// # Errors
    ///
    /// The cell does not compile, panics, is left by `?`, is interrupted, or ends its process.
    pub fn execute(
        &mut self,
        source: &str,
        count: u32,
        sink: impl FnMut(Event) + Send + 'static,
        input: &dyn Fn(&str, bool) -> String,
    ) -> Result<(), CellError> {
        let cell = Cell::new(source);
        self.drain.begin(Box::new(sink));
        if cell.wants_types() {
            self.load_types();
        }
        self.executed.push(Executed { count, source: source.to_owned() });
        let variables = self.variables();
        self.interrupter.begin();
        let result = {
            let mut callbacks = EvalCallbacks { input_reader: &|request| input(&request.prompt, request.is_password) };
            self.context.execute_with_callbacks(cell.prepared(), &mut callbacks)
        };
        let interrupted = self.interrupter.end();
        let terminated = if let Err(Error::SubprocessTerminated(message)) = &result { Some(self.last_words(message)) } else { None };
        let ending = self.drain.end();
        let outcome = match (terminated, result) {
            (Some(status), _) => Err(self.process_ended(&status, interrupted, &variables)),
            (None, Ok(outputs)) => {
                self.show(&outputs);
                self.judge(ending, &cell, count)
            }
            (None, Err(_)) if interrupted => {
                Err(CellError::new("Interrupted", "the compiler was stopped; nothing was executed and no variable is lost"))
            }
            (None, Err(Error::CompilationErrors(errors))) => Err(compile_error::describe(&errors, &cell, count)),
            (None, Err(error)) => Err(self.other(&error)),
        };
        self.drain.close();
        outcome
    }

    /// Names of variables that hold values.
    pub fn variables(&self) -> Vec<String> {
        let mut names: Vec<String> = self.context.variables_and_types().map(|(name, _)| name.to_owned()).collect();
        names.sort();
        names
    }

    /// What could stand at a byte of a cell.
    pub fn complete(&mut self, source: &str, at: usize) -> Result<Completions> {
        self.load_types();
        let found = self.context.completions(source, at)?;
        let matches = found.completions.into_iter().map(|completion| (completion.code, completion.kind)).collect();
        Ok(Completions { start: found.start_offset, end: found.end_offset, matches })
    }

    /// What is known about the expression that ends at a byte of a cell, as text and as HTML.
    pub fn inspect(&mut self, source: &str, at: usize) -> Option<(String, String)> {
        self.load_types();
        self.context.hover_at(source, at).ok().filter(|(text, _)| text != "No documentation found")
    }

    /// From now on inference reads the crates: the next analysis loads them, which takes seconds, once.
    fn load_types(&mut self) {
        if !self.typed {
            // A level of this name changes the manifest, which is what makes rust-analyzer read it anew.
            self.typed = self.context.set_opt_level(TYPES_MARK).is_ok();
        }
    }

    /// What evcxr itself returns: answers of its commands, and displays of crates that write its blocks.
    fn show(&self, outputs: &EvalOutputs) {
        if outputs.is_empty() {
            return;
        }
        let data: Map<String, Value> =
            outputs.content_by_mime_type.iter().map(|(mime, content)| (mime.clone(), Value::from(content.as_str()))).collect();
        self.drain.tell(Event::Display(Display { data, metadata: Map::new(), id: None, update: false, result: true }));
    }

    /// How a cell that was executed ended.
    fn judge(&self, ending: Ending, cell: &Cell, count: u32) -> Result<(), CellError> {
        if let Some(panic) = ending.panic.filter(|_| ending.left == Some(Left::Panicked)) {
            let error = CellError::new("Panic", panic.message);
            let place = if panic.file == "src/lib.rs" {
                let generated = std::fs::read_to_string(folder::cell(&self.folder).join("src/lib.rs")).unwrap_or_default();
                place::describe(&generated, panic.line, panic.column, &self.executed)
            } else {
                vec![format!("  --> {}:{}:{}", panic.file, panic.line, panic.column)]
            };
            return Err(error.with(place));
        }
        match ending.left {
            Some(Left::Panicked) => Err(CellError::new("Panic", "the cell panicked")),
            Some(Left::Error) => {
                let message = ending.error_text.as_deref().unwrap_or("the cell was left early").trim_end();
                Err(CellError::new("Error", message).with([format!("cell [{count}] was left by `?`; variables it defined are not kept")]))
            }
            None if cell.wrapped() => Err(CellError::new("Error", "the cell was left early, and does not say how")),
            None | Some(Left::Done) => Ok(()),
        }
    }

    /// Reads what a process wrote before it ended; the last line is evcxr's, and says how it ended.
    fn last_words(&self, message: &str) -> String {
        let (written, status) = message.rsplit_once('\n').unwrap_or(("", message));
        for line in written.lines() {
            self.drain.read_line(line);
        }
        status.strip_prefix("Subprocess terminated with status: ").unwrap_or(status).to_owned()
    }

    fn process_ended(&self, status: &str, interrupted: bool, variables: &[String]) -> CellError {
        let lost = if variables.is_empty() {
            "no variable is lost".to_owned()
        } else {
            format!("these variables are lost: {}", variables.join(", "))
        };
        let kept = format!("{lost}; functions, types, imports and dependencies are kept");
        if interrupted {
            CellError::new("Interrupted", "the cell was stopped").with([kept])
        } else {
            CellError::new("ProcessEnded", format!("the cell ended its process: {status}")).with([kept])
        }
    }

    fn other(&self, error: &Error) -> CellError {
        let message = error.to_string();
        if message.contains("determine type") && !self.sources {
            return CellError::new("TypeError", message).with([
                "inference reads the sources of the standard library, which are not on this machine: `rustup component add rust-src`, \
                 or Debian's package rust-web-src; with a type after the variable's name the cell works without them"
                    .to_owned(),
            ]);
        }
        CellError::new("Error", message)
    }
}
