//! Errors of the compiler, with their place in the cell.

use evcxr::CompilationError;

use super::error::{CellError, blue, mark, red, source_line};
use crate::cell::Cell;

/// What the compiler says of a cell.
pub fn describe(errors: &[CompilationError], cell: &Cell, count: u32) -> CellError {
    let first = errors.first();
    let code = first.and_then(CompilationError::code);
    let ename = code.map_or_else(|| "CompileError".to_owned(), |code| format!("CompileError[{code}]"));
    let evalue = first.map_or_else(|| "the cell does not compile".to_owned(), CompilationError::message);
    let lines: Vec<&str> = cell.source().lines().collect();
    let traceback = errors.iter().flat_map(|error| one(error, cell, &lines, count)).collect();
    CellError { ename, evalue, traceback }
}

fn one(error: &CompilationError, cell: &Cell, lines: &[&str], count: u32) -> Vec<String> {
    let code = error.code().map_or_else(String::new, |code| format!("[{code}]"));
    let mut out = vec![format!("{}: {}", red(&format!("error{code}")), error.message())];
    let mut shown = None;
    let mut messages: Vec<_> = error.spanned_messages().iter().collect();
    messages.sort_by_key(|message| !message.is_primary);
    for message in messages {
        let Some(span) = &message.span else { continue };
        let Some(line) = cell.line(span.start_line) else { continue };
        if shown.is_none() {
            out.push(format!("{} cell [{count}], line {line}, column {}", blue("  -->"), span.start_column));
        }
        if shown != Some(line) {
            out.extend(source_line(lines, line));
        }
        shown = Some(line);
        let end = if span.end_line == span.start_line {
            span.end_column
        } else {
            lines.get(line - 1).map_or(span.start_column + 1, |text| text.chars().count() + 1)
        };
        out.push(mark(span.start_column, end, &message.label));
    }
    out.extend(error.help().into_iter().map(|help| format!("{} {help}", blue("help:"))));
    if let Some(hint) = error.evcxr_extra_hint() {
        out.push(format!("{} {hint}", blue("help:")));
    }
    if shown.is_none() && !error.is_from_user_code() {
        out.push(error.rendered());
    }
    out
}
