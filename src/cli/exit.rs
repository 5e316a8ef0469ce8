//! How a command ends.

use std::process::ExitCode;

use intone::experiment::RunError;
use intone::experiment::load::ConfigError;
use intone::settings::InvalidSetting;

/// A command that did its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// All of it.
    All,
    /// All but some inputs, which were named on standard error.
    SomeLeftOut,
}

impl Done {
    /// By how many inputs were left out.
    pub fn leaving_out(inputs: usize) -> Self {
        if inputs == 0 { Self::All } else { Self::SomeLeftOut }
    }
}

/// A command that did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// It was asked rightly, but failed.
    pub fn failed(message: impl ToString) -> Self {
        Self { code: 1, message: message.to_string() }
    }

    /// The command line or the configuration is wrong.
    pub fn usage(message: impl ToString) -> Self {
        Self { code: 2, message: message.to_string() }
    }
}

impl Failure {
    /// Names the experiment file that the message is about, unless the message does so itself.
    pub fn in_file(mut self, file: &std::path::Path) -> Self {
        let name = file.display().to_string();
        if self.code == 2 && !self.message.starts_with(&name) {
            self.message = format!("{name}: {}", self.message);
        }
        self
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::usage(error)
    }
}

impl From<InvalidSetting> for Failure {
    fn from(error: InvalidSetting) -> Self {
        Self::usage(error)
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Config(_) | RunError::Setting(_) | RunError::Corpus(_) | RunError::Split(_) | RunError::Balance { .. } => {
                Self::usage(error)
            }
            _ => Self::failed(error),
        }
    }
}

/// The exit code, after the failure was told on standard error.
pub fn code(result: Result<Done, Failure>) -> ExitCode {
    match result {
        Ok(Done::All) => ExitCode::SUCCESS,
        Ok(Done::SomeLeftOut) => ExitCode::from(3),
        Err(failure) => {
            eprintln!("intone: {}", failure.message);
            ExitCode::from(failure.code)
        }
    }
}
