//! A notebook as one page that needs nothing else.

use anyhow::{Context, Result};
use askama::Template;
use nbformat::v4::{Cell, Notebook, Output};
use serde_json::Value;

use super::{ansi, file, highlight};

/// Forms of a display, richest first.
const FORMS: [&str; 8] =
    ["text/html", "image/svg+xml", "image/png", "image/jpeg", "text/markdown", "text/latex", "application/json", "text/plain"];

#[derive(Template)]
#[template(path = "notebook.html")]
struct Page<'a> {
    title: String,
    cells: Vec<Part>,
    facts: Vec<(&'a str, String)>,
}

/// A cell of the page; all text is HTML already.
struct Part {
    prompt: Option<String>,
    markdown: Option<String>,
    code: Option<String>,
    outputs: Vec<String>,
}

/// Renders a notebook.
///
/// # Errors
///
/// The template cannot be filled, which would be a bug.
pub fn render(notebook: &Notebook) -> Result<String> {
    let page = Page { title: title(notebook), cells: notebook.cells.iter().map(part).collect(), facts: facts(notebook) };
    page.render().context("the page cannot be rendered")
}

/// The first heading.
fn title(notebook: &Notebook) -> String {
    let heading = notebook
        .cells
        .iter()
        .filter(|cell| matches!(cell, Cell::Markdown { .. }))
        .find_map(|cell| file::source(cell).lines().find_map(|line| line.trim().strip_prefix("# ").map(str::to_owned)));
    heading.unwrap_or_else(|| "Notebook".to_owned())
}

fn facts(notebook: &Notebook) -> Vec<(&'static str, String)> {
    let Some(facts) = notebook.metadata.additional.get("intone") else { return Vec::new() };
    let text = |key: &str| match &facts[key] {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    let parameters = facts["parameters"].as_object().filter(|parameters| !parameters.is_empty()).map(|parameters| {
        let list: Vec<String> = parameters.iter().map(|(name, value)| format!("{name} = {}", value.as_str().unwrap_or_default())).collect();
        list.join(", ")
    });
    let short = |hash: String| hash.chars().take(12).collect::<String>();
    [
        ("intone", text("version")),
        ("Lock file", text("lock_hash").map(short)),
        ("Compiler", text("toolchain")),
        ("Seed", text("seed")),
        ("Parameters", parameters),
        ("Executed in", facts["total_s"].as_f64().map(|seconds| format!("{seconds:.1} s"))),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}

fn part(cell: &Cell) -> Part {
    let source = file::source(cell);
    match cell {
        Cell::Markdown { .. } => Part { prompt: None, markdown: Some(markdown(&source)), code: None, outputs: Vec::new() },
        Cell::Raw { .. } => Part { prompt: None, markdown: Some(preformatted(&source, "raw")), code: None, outputs: Vec::new() },
        Cell::Code { execution_count, outputs, metadata, .. } => {
            let hidden = metadata.jupyter.as_ref().is_some_and(|jupyter| jupyter.source_hidden == Some(true));
            let code = (!hidden && !source.is_empty()).then(|| highlight::to_html(&source));
            let prompt = Some(execution_count.map_or_else(|| " ".to_owned(), |count| count.to_string()));
            Part { prompt, markdown: None, code, outputs: outputs.iter().map(output).collect() }
        }
    }
}

fn markdown(source: &str) -> String {
    use pulldown_cmark::{Options, Parser, html};
    let mut out = String::new();
    html::push_html(&mut out, Parser::new_ext(source, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES));
    out
}

fn output(output: &Output) -> String {
    let value = serde_json::to_value(output).unwrap_or_default();
    match output {
        Output::Stream { name, text } => preformatted(&text.0, if name == "stderr" { "stderr" } else { "stdout" }),
        Output::Error(error) => preformatted(&error.traceback.join("\n"), "error"),
        Output::DisplayData(_) | Output::ExecuteResult(_) => display(&value["data"]),
    }
}

fn display(data: &Value) -> String {
    let richest = FORMS.into_iter().find(|form| !data[*form].is_null());
    let Some(form) = richest else { return String::new() };
    let text = joined(&data[form]);
    match form {
        "text/html" | "image/svg+xml" => format!("<div class=\"rich\">{text}</div>"),
        "image/png" | "image/jpeg" => {
            let encoded: String = text.split_whitespace().collect();
            format!("<img alt=\"\" src=\"data:{form};base64,{encoded}\">")
        }
        "text/markdown" => markdown(&text),
        _ => preformatted(&text, "stdout"),
    }
}

fn joined(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(lines) if lines.iter().all(Value::is_string) => lines.iter().filter_map(Value::as_str).collect(),
        other => format!("{other:#}"),
    }
}

fn preformatted(text: &str, class: &str) -> String {
    format!("<pre class=\"{class}\">{}</pre>", ansi::to_html(text.trim_end_matches('\n')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_page_stands_alone_and_escapes_text() {
        let outputs = json!([
            { "output_type": "stream", "name": "stdout", "text": "<b>\n" },
            { "output_type": "display_data", "data": { "image/svg+xml": "<svg></svg>", "text/plain": "x" }, "metadata": {} },
            { "output_type": "error", "ename": "Panic", "evalue": "x", "traceback": ["\u{1b}[1;31mPanic\u{1b}[0m: x"] }
        ]);
        let notebook: Notebook = serde_json::from_value(json!({
            "metadata": { "intone": { "version": "0.1.0", "parameters": { "seed": "3" }, "total_s": 1.25 } },
            "nbformat": 4, "nbformat_minor": 5,
            "cells": [
                { "cell_type": "markdown", "id": "a", "metadata": {}, "source": "# A & B\n\ntext" },
                { "cell_type": "code", "id": "b", "metadata": {}, "execution_count": 1, "outputs": outputs, "source": "1 < 2" }
            ]
        }))
        .unwrap();
        let page = render(&notebook).unwrap();
        for expected in ["<title>A &#38; B", "&lt;b&gt;", "<svg></svg>", "<span class=\"bold red\">Panic</span>: x", "seed = 3", "1.2 s"] {
            assert!(page.contains(expected), "{expected}: {page}");
        }
        assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("<script"));
    }
}
