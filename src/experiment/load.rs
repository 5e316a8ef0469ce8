//! From an experiment file to a checked [`Config`]: defaults, the file over them, `--set` over both.
//!
//! An unknown key is refused with the nearest known one; every error names the key and, where it stands in a file, the line.

use std::path::{Path, PathBuf};

use toml_edit::{Document, Item, TableLike};

use super::config::Config;
use crate::settings::InvalidSetting;

/// The default of every setting, commented; printed by `intone config defaults`.
pub const DEFAULTS: &str = include_str!("defaults.toml");

/// An experiment file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        cause: String,
    },
    /// The file is not TOML.
    #[error("{origin}: not valid TOML: {message}")]
    Syntax {
        /// File and line.
        origin: Origin,
        /// The parser's words.
        message: String,
    },
    /// A key that no setting has.
    #[error("{origin}: `{key}` is not a setting{}", nearest.as_ref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    UnknownKey {
        /// Where it stands.
        origin: Origin,
        /// The full key.
        key: String,
        /// The known key that is most like it.
        nearest: Option<String>,
    },
    /// A value of the wrong type, or that cannot be used.
    #[error("{origin}: {setting}")]
    Invalid {
        /// Where it stands.
        origin: Origin,
        /// The key and what is wrong with its value.
        setting: InvalidSetting,
    },
    /// A `--set` that is not `KEY=VALUE`.
    #[error("--set {0}: must be KEY=VALUE, such as --set training.epochs=20")]
    Assignment(String),
}

/// Where a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A file and, where known, the line, from 1.
    File(PathBuf, Option<usize>),
    /// `--set` on the command line.
    CommandLine,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path, Some(line)) => write!(f, "{}:{line}", path.display()),
            Self::File(path, None) => write!(f, "{}", path.display()),
            Self::CommandLine => f.write_str("--set"),
        }
    }
}

/// Reads an experiment file, lays it over the defaults and `assignments` (`KEY=VALUE`) over both, and checks every value.
///
/// # Errors
/// [`ConfigError`]: the first key or value that cannot be used.
pub fn load(path: &Path, assignments: &[String]) -> Result<Config, ConfigError> {
    let text =
        std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable { path: path.to_path_buf(), cause: error.to_string() })?;
    Layers::new(path, &text, assignments)?.resolve()
}

/// The defaults with `assignments` (`KEY=VALUE`) over them, for commands that need no experiment file.
///
/// # Errors
/// [`ConfigError`]: the first key or value that cannot be used.
pub fn defaults(assignments: &[String]) -> Result<Config, ConfigError> {
    Layers::new(Path::new("defaults.toml"), "", assignments)?.resolve()
}

/// Reads back a resolved configuration, as a run folder holds it.
///
/// # Errors
/// [`ConfigError`]: what cannot be used, such as a key of another version.
pub fn parse(path: &Path, text: &str) -> Result<Config, ConfigError> {
    Layers::new(path, text, &[])?.resolve()
}

/// The user's two layers over the defaults.
pub(super) struct Layers<'a> {
    path: &'a Path,
    text: &'a str,
    /// The file, with the places of its keys.
    pub(super) file: Document<String>,
    assignments: Vec<(String, toml::Value)>,
    defaults: toml::Table,
    known: Vec<String>,
}

impl<'a> Layers<'a> {
    pub(super) fn new(path: &'a Path, text: &'a str, assignments: &[String]) -> Result<Self, ConfigError> {
        let file = Document::parse(text.to_owned()).map_err(|error| ConfigError::Syntax {
            origin: Origin::File(path.to_path_buf(), error.span().map(|span| line_of(text, span.start))),
            message: error.message().trim().to_owned(),
        })?;
        let assignments = assignments.iter().map(|text| parse_assignment(text)).collect::<Result<_, _>>()?;
        let defaults: toml::Table = toml::from_str(DEFAULTS).unwrap_or_default();
        let known = leaves(&defaults);
        Ok(Self { path, text, file, assignments, defaults, known })
    }

    fn resolve(self) -> Result<Config, ConfigError> {
        let merged = self.merged()?;
        self.configure(merged).map_err(|setting| self.invalid(setting))
    }

    /// Every setting as the layers have it, `[sweep]` among them; no key is unknown, but no value is checked.
    pub(super) fn merged(&self) -> Result<toml::Table, ConfigError> {
        self.refuse_unknown(self.file.as_table(), "", &self.defaults, &self.known)?;
        let mut merged = self.defaults.clone();
        let file: toml::Table = toml::from_str(self.text)
            .map_err(|error| ConfigError::Syntax { origin: self.file_origin(None), message: error.message().to_owned() })?;
        overlay(&mut merged, file);
        for (key, value) in &self.assignments {
            if !self.is_known(key) {
                return Err(ConfigError::UnknownKey { origin: Origin::CommandLine, key: key.clone(), nearest: nearest(key, &self.known) });
            }
            assign(&mut merged, key, value.clone());
        }
        self.name_after_file(&mut merged);
        Ok(merged)
    }

    /// The checked configuration of merged settings.
    pub(super) fn configure(&self, mut merged: toml::Table) -> Result<Config, InvalidSetting> {
        merged.remove("sweep");
        let config: Config = deserialize(merged)?;
        config.check()?;
        Ok(config)
    }

    /// Whether a setting has this full key.
    pub(super) fn is_known(&self, key: &str) -> bool {
        self.known.iter().any(|known| known == key)
    }

    /// A key of `[sweep.over]` that no setting has.
    pub(super) fn unknown(&self, line: Option<usize>, key: String) -> ConfigError {
        let candidates: Vec<String> = self.known.iter().filter(|known| !known.starts_with("sweep.")).cloned().collect();
        ConfigError::UnknownKey { origin: self.file_origin(line), nearest: nearest(&key, &candidates), key }
    }

    /// The source of a value of the file.
    pub(super) fn source_of(&self, item: &Item) -> &str {
        item.span().and_then(|span| self.text.get(span)).unwrap_or_default()
    }

    /// A setting that cannot be used for what `[sweep.over]` says of `key`.
    pub(super) fn invalid_in_sweep(&self, key: &str, setting: InvalidSetting) -> ConfigError {
        let over = self.file.as_table().get("sweep").and_then(|sweep| sweep.as_table_like()?.get("over")?.as_table_like());
        let line = over.and_then(|over| self.line_under(over, key)).or_else(|| self.line_of_key("sweep"));
        ConfigError::Invalid { origin: self.file_origin(line), setting }
    }

    /// The line of a key that may be quoted whole or in parts.
    fn line_under(&self, table: &dyn TableLike, key: &str) -> Option<usize> {
        table.iter().find_map(|(name, item)| {
            if name == key {
                return self.line(table, name);
            }
            self.line_under(item.as_table_like()?, key.strip_prefix(name)?.strip_prefix('.')?)
        })
    }

    fn refuse_unknown(&self, table: &dyn TableLike, prefix: &str, defaults: &toml::Table, known: &[String]) -> Result<(), ConfigError> {
        for (name, item) in table.iter() {
            let key = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
            match (defaults.get(name), item.as_table_like()) {
                // Its keys are those of all sections; the sweep reads them itself.
                (Some(toml::Value::Table(_)), Some(_)) if key == "sweep.over" => {}
                (Some(toml::Value::Table(inner)), Some(table)) => self.refuse_unknown(table, &key, inner, known)?,
                (Some(toml::Value::Table(_)), None) => {
                    let setting = InvalidSetting::new(&key, format!("is a section, written [{key}], not a value"));
                    return Err(ConfigError::Invalid { origin: self.file_origin(self.line(table, name)), setting });
                }
                (Some(_), _) => {}
                (None, inner) => {
                    let sections: Vec<String>;
                    let candidates = if inner.is_some() {
                        sections = section_names(known);
                        &sections
                    } else {
                        known
                    };
                    let nearest = nearest(&key, candidates);
                    return Err(ConfigError::UnknownKey { origin: self.file_origin(self.line(table, name)), key, nearest });
                }
            }
        }
        Ok(())
    }

    pub(super) fn line(&self, table: &dyn TableLike, name: &str) -> Option<usize> {
        let (key, item) = table.get_key_value(name)?;
        let span = key.span().or_else(|| Item::span(item))?;
        Some(line_of(self.text, span.start))
    }

    /// Finds the line of a full key, or of the closest section around it that the file names.
    fn line_of_key(&self, full: &str) -> Option<usize> {
        let mut table: &dyn TableLike = self.file.as_table();
        let mut found = None;
        for part in full.split('.') {
            // Paths of list elements, `features.sets[1]`, belong to the list's line; those of lists of tables to the table's.
            let (name, index) = part.split_once('[').unwrap_or((part, ""));
            let Some(line) = self.line(table, name) else { break };
            found = Some(line);
            let element = index.trim_end_matches(']').parse::<usize>().ok();
            let tables = table.get(name).and_then(Item::as_array_of_tables);
            if let Some(inner) = element.and_then(|element| tables?.get(element)) {
                found = inner.span().map(|span| line_of(self.text, span.start)).or(found);
                table = inner;
                continue;
            }
            match table.get(name).and_then(Item::as_table_like) {
                Some(inner) => table = inner,
                None => break,
            }
        }
        found
    }

    pub(super) fn invalid(&self, setting: InvalidSetting) -> ConfigError {
        let on_command_line = self.assignments.iter().any(|(key, _)| setting.key.starts_with(key.as_str()));
        let origin = if on_command_line { Origin::CommandLine } else { self.file_origin(self.line_of_key(&setting.key)) };
        ConfigError::Invalid { origin, setting }
    }

    fn file_origin(&self, line: Option<usize>) -> Origin {
        Origin::File(self.path.to_path_buf(), line)
    }

    fn name_after_file(&self, merged: &mut toml::Table) {
        let unnamed = merged.get("name").and_then(toml::Value::as_str).is_some_and(str::is_empty);
        if unnamed && let Some(stem) = self.path.file_stem() {
            merged.insert("name".to_owned(), toml::Value::String(stem.to_string_lossy().into_owned()));
        }
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset.min(text.len())].iter().filter(|&&byte| byte == b'\n').count() + 1
}

/// `KEY=VALUE`, the value as TOML, or as a bare word where it is no TOML: `model.kind=svm`.
fn parse_assignment(text: &str) -> Result<(String, toml::Value), ConfigError> {
    let (key, value) = text.split_once('=').ok_or_else(|| ConfigError::Assignment(text.to_owned()))?;
    let (key, value) = (key.trim(), value.trim());
    if key.is_empty() {
        return Err(ConfigError::Assignment(text.to_owned()));
    }
    let parsed = toml::from_str::<toml::Table>(&format!("value = {value}")).ok().and_then(|mut table| table.remove("value"));
    Ok((key.to_owned(), parsed.unwrap_or_else(|| toml::Value::String(value.to_owned()))))
}

/// Full keys of all settings.
fn leaves(table: &toml::Table) -> Vec<String> {
    let mut keys = Vec::new();
    for (name, value) in table {
        match value {
            toml::Value::Table(inner) => keys.extend(leaves(inner).into_iter().map(|key| format!("{name}.{key}"))),
            _ => keys.push(name.clone()),
        }
    }
    keys
}

fn section_names(known: &[String]) -> Vec<String> {
    let mut sections: Vec<String> = known.iter().filter_map(|key| key.rsplit_once('.').map(|(section, _)| section.to_owned())).collect();
    sections.dedup();
    sections
}

/// The known key most like `key`, or with the same last part in another section.
fn nearest(key: &str, known: &[String]) -> Option<String> {
    let last = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
    let score = |candidate: &String| {
        let same_name = if last(candidate) == last(key) { 0.3 } else { 0.0 };
        strsim::jaro_winkler(candidate, key).max(0.9 * strsim::jaro_winkler(&last(candidate), &last(key))) + same_name
    };
    known
        .iter()
        .map(|candidate| (score(candidate), candidate))
        .filter(|(score, _)| *score > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, k)| k.clone())
}

pub(super) fn overlay(base: &mut toml::Table, over: toml::Table) {
    for (name, value) in over {
        match (base.get_mut(&name), value) {
            (Some(toml::Value::Table(inner)), toml::Value::Table(value)) => overlay(inner, value),
            (_, value) => {
                base.insert(name, value);
            }
        }
    }
}

/// Reads a value of the settings, naming the key that cannot be read.
pub(super) fn deserialize<T: serde::de::DeserializeOwned>(table: toml::Table) -> Result<T, InvalidSetting> {
    serde_path_to_error::deserialize(toml::Value::Table(table)).map_err(|error| {
        let key = error.path().to_string();
        InvalidSetting::new(key, format!("cannot be used: {}", error.into_inner().message().trim()))
    })
}

/// Sets a leaf that is known to exist.
pub(super) fn assign(table: &mut toml::Table, key: &str, value: toml::Value) {
    match key.split_once('.') {
        None => {
            table.insert(key.to_owned(), value);
        }
        Some((section, rest)) => {
            if let Some(toml::Value::Table(inner)) = table.get_mut(section) {
                assign(inner, rest, value);
            }
        }
    }
}
