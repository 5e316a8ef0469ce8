//! Parameters: `-p NAME=VALUE`, typed by the cell tagged `parameters`.

use std::collections::BTreeMap;

use nbformat::v4::{Cell, CellId, CellMetadata, Notebook};
use ra_ap_syntax::ast::{self, AstNode, HasModuleItem, HasName};
use ra_ap_syntax::{Edition, SourceFile};

use super::file;

/// The tag of the cell with the defaults.
const DEFAULTS: &str = "parameters";
/// The tag of the cell that is put after it.
const INJECTED: &str = "injected-parameters";

/// A parameter that the notebook declares.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Declared {
    name: String,
    /// As written, or told by the default.
    ty: String,
    default: String,
}

/// Parameters of a run, all of them: those given and the defaults.
pub type Values = BTreeMap<String, String>;

/// Splits `NAME=VALUE`.
///
/// # Errors
///
/// There is no `=`, or no name before it.
pub fn parse(argument: &str) -> Result<(String, String), String> {
    let (name, value) = argument.split_once('=').ok_or_else(|| format!("`{argument}` is no NAME=VALUE"))?;
    let name = name.trim();
    if name.is_empty() || !name.chars().all(|character| character.is_alphanumeric() || character == '_') {
        return Err(format!("`{name}` is no name of a variable"));
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// Puts a cell with the given values after the cell tagged `parameters`, in place of one that an earlier run put there.
///
/// # Errors
///
/// The notebook declares no such parameter, or the value is none of its type; the message is for the user.
pub fn inject(notebook: &mut Notebook, given: &[(String, String)]) -> Result<Values, String> {
    notebook.cells.retain(|cell| !file::has_tag(cell, INJECTED));
    let at = notebook.cells.iter().position(|cell| file::has_tag(cell, DEFAULTS));
    let declared = at.map(|at| declared(&file::source(&notebook.cells[at]))).unwrap_or_default();
    let mut values: Values = declared.iter().map(|declared| (declared.name.clone(), declared.default.clone())).collect();
    let mut lines = Vec::new();
    for (name, value) in given {
        let Some(declared) = declared.iter().find(|declared| declared.name == *name) else {
            return Err(unknown(name, at.is_some(), &declared));
        };
        let literal = literal(&declared.ty, value).map_err(|why| format!("parameter {name} is a {}: {why}", declared.ty))?;
        lines.push(format!("let {name}: {} = {literal};", declared.ty));
        values.insert(name.clone(), literal);
    }
    if let (Some(at), false) = (at, lines.is_empty()) {
        let metadata = CellMetadata { tags: Some(vec![INJECTED.to_owned()]), ..CellMetadata::default() };
        let source = file::lines(&format!("// Parameters\n{}", lines.join("\n")));
        let id = CellId::new(INJECTED).map_err(str::to_owned)?;
        notebook.cells.insert(at + 1, Cell::Code { id, metadata, execution_count: None, source, outputs: Vec::new() });
    }
    Ok(values)
}

fn unknown(name: &str, has_cell: bool, declared: &[Declared]) -> String {
    if !has_cell {
        return format!("no parameter {name}: the notebook has no cell tagged `{DEFAULTS}`");
    }
    let names: Vec<&str> = declared.iter().map(|declared| declared.name.as_str()).collect();
    format!("no parameter {name}; the notebook declares {}", names.join(", "))
}

/// The `let`s of a cell.
fn declared(source: &str) -> Vec<Declared> {
    let parse = SourceFile::parse(&format!("fn cell() {{\n{source}\n}}\n"), Edition::CURRENT);
    let function = parse.tree().items().find_map(|item| if let ast::Item::Fn(function) = item { function.body() } else { None });
    let statements = function.and_then(|body| body.stmt_list()).map(|list| list.statements().collect::<Vec<_>>()).unwrap_or_default();
    statements
        .into_iter()
        .filter_map(|statement| {
            let ast::Stmt::LetStmt(binding) = statement else { return None };
            let Some(ast::Pat::IdentPat(pattern)) = binding.pat() else { return None };
            let default = binding.initializer().map(|value| value.syntax().text().to_string())?;
            let ty = match binding.ty() {
                Some(ty) => ty.syntax().text().to_string(),
                None => type_of(&default)?,
            };
            Some(Declared { name: pattern.name()?.text().to_string(), ty, default })
        })
        .collect()
}

/// The type of a literal.
fn type_of(default: &str) -> Option<String> {
    let ty = if default == "true" || default == "false" {
        "bool"
    } else if default.starts_with('"') && default.ends_with('"') {
        "&str"
    } else if default.parse::<i64>().is_ok() {
        "i32"
    } else if default.parse::<f64>().is_ok() {
        "f64"
    } else {
        return None;
    };
    Some(ty.to_owned())
}

/// A value as Rust source of a type.
fn literal(ty: &str, value: &str) -> Result<String, String> {
    let number = |ok: bool, text: String| if ok { Ok(text) } else { Err(format!("`{value}` is none")) };
    match ty.trim() {
        "bool" => number(matches!(value, "true" | "false"), value.to_owned()),
        "u8" | "u16" | "u32" | "u64" | "usize" => number(value.parse::<u64>().is_ok(), value.to_owned()),
        "i8" | "i16" | "i32" | "i64" | "isize" => number(value.parse::<i64>().is_ok(), value.to_owned()),
        "f32" | "f64" => match value.parse::<f64>() {
            Ok(parsed) if parsed.is_finite() => Ok(format!("{parsed:?}")),
            _ => Err(format!("`{value}` is none")),
        },
        "&str" | "&'static str" => Ok(format!("{value:?}")),
        "String" => Ok(format!("String::from({value:?})")),
        "PathBuf" | "std::path::PathBuf" => Ok(format!("{}::from({value:?})", ty.trim())),
        other => match other.strip_prefix("Option<").and_then(|rest| rest.strip_suffix('>')) {
            Some(_) if value == "None" || value.is_empty() => Ok("None".to_owned()),
            Some(inner) => Ok(format!("Some({})", literal(inner, value)?)),
            // A type of the user's own takes an expression.
            None => Ok(value.to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn notebook() -> Notebook {
        let cell = |id: &str, tags: &[&str], source: &str| json!({ "cell_type": "code", "id": id, "metadata": { "tags": tags }, "execution_count": null, "outputs": [], "source": source });
        let cells = [
            cell(
                "a",
                &["parameters"],
                "let speakers: usize = 4;\nlet path: Option<String> = None;\nlet gamma = 2.0;\nlet name = \"demo\";",
            ),
            cell("b", &[], "speakers"),
        ];
        serde_json::from_value(json!({ "metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": cells })).unwrap()
    }

    fn given(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn values_are_typed_by_the_notebook() {
        let mut notebook = notebook();
        let values = inject(&mut notebook, &given(&[("speakers", "12"), ("path", "a\"b"), ("gamma", "1")])).unwrap();
        let expected =
            "// Parameters\nlet speakers: usize = 12;\nlet path: Option<String> = Some(String::from(\"a\\\"b\"));\nlet gamma: f64 = 1.0;";
        assert_eq!(file::source(&notebook.cells[1]), expected);
        assert_eq!(values["name"], "\"demo\"");
        // A second run replaces what the first put there.
        inject(&mut notebook, &given(&[("speakers", "3")])).unwrap();
        assert_eq!(notebook.cells.len(), 3);
        inject(&mut notebook, &[]).unwrap();
        assert_eq!(notebook.cells.len(), 2);
    }

    #[test]
    fn what_cannot_be_is_said() {
        let message = |pairs: &[(&str, &str)]| inject(&mut notebook(), &given(pairs)).unwrap_err();
        assert_eq!(message(&[("speakers", "-1")]), "parameter speakers is a usize: `-1` is none");
        assert_eq!(message(&[("speaker", "1")]), "no parameter speaker; the notebook declares speakers, path, gamma, name");
        assert!(parse("x").is_err() && parse("=1").is_err() && parse("a b=1").is_err());
    }
}
