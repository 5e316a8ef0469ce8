//! A cell's source, and what the kernel makes of it before evcxr compiles it.
//!
//! Around the cell stand `__begin!()` and `__end!()`, by which the kernel knows how it was left, and its last expression goes into
//! `__show!(...)`, which shows it in one compilation where evcxr would try two. All three stand on lines of their own, so that columns
//! stay as they are, and lines are counted back by [`Cell::line`].

use ra_ap_syntax::ast::{self, AstNode, HasModuleItem};
use ra_ap_syntax::{Edition, SourceFile, SyntaxKind};

const HEAD: &str = "fn cell() {\n";

/// A cell, ready for evcxr.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    source: String,
    prepared: String,
    /// For each line of `prepared` the line of `source` that it is, counted from 1.
    lines: Vec<Option<usize>>,
    wrapped: bool,
    wants_types: bool,
}

impl Cell {
    /// Prepares a cell.
    pub fn new(source: &str) -> Self {
        let code_at = code_start(source);
        let code = &source[code_at..];
        let plain = |wants_types| Self {
            source: source.to_owned(),
            prepared: source.to_owned(),
            lines: (1..=source.lines().count()).map(Some).collect(),
            wrapped: false,
            wants_types,
        };
        if tokens(code).iter().all(|(kind, _)| kind.is_trivia()) {
            return plain(false);
        }
        let parse = SourceFile::parse(&format!("{HEAD}{code}\n}}\n"), Edition::CURRENT);
        let body = parse.tree().items().find_map(|item| match item {
            ast::Item::Fn(function) => function.body().and_then(|body| body.stmt_list()),
            _ => None,
        });
        let Some(body) = body.filter(|_| parse.errors().is_empty()) else {
            // It will not compile; evcxr says best why.
            return plain(false);
        };
        let wants_types = body.statements().any(|statement| matches!(&statement, ast::Stmt::LetStmt(binding) if is_untyped(binding)));
        let tail = body.tail_expr().map(|tail| {
            let range = tail.syntax().text_range();
            (code_at + usize::from(range.start()) - HEAD.len(), code_at + usize::from(range.end()) - HEAD.len())
        });
        Self::wrap(source, code_at, tail, wants_types)
    }

    fn wrap(source: &str, code_at: usize, tail: Option<(usize, usize)>, wants_types: bool) -> Self {
        let mut prepared = String::with_capacity(source.len() + 96);
        let mut lines = Vec::new();
        let line_at = |offset: usize| source[..offset].matches('\n').count() + 1;
        let mut push = |text: &str, first: Option<usize>| {
            let text = text.strip_suffix('\n').unwrap_or(text);
            lines.extend((0..=text.matches('\n').count()).map(|number| first.map(|first| first + number)));
            prepared.push_str(text);
            prepared.push('\n');
        };
        if code_at > 0 {
            push(&source[..code_at], Some(1));
        }
        push("intone::__begin!();", None);
        match tail {
            None => push(&source[code_at..], Some(line_at(code_at))),
            Some((from, to)) => {
                if !source[code_at..from].trim().is_empty() {
                    push(&source[code_at..from], Some(line_at(code_at)));
                }
                let line_start = source[..from].rfind('\n').map_or(0, |at| at + 1);
                let padding = " ".repeat(source[line_start..from].chars().count());
                push("intone::__show!(", None);
                push(&format!("{padding}{}", &source[from..to]), Some(line_at(from)));
                push(");", None);
            }
        }
        push("intone::__end!();", None);
        Self { source: source.to_owned(), prepared, lines, wrapped: true, wants_types }
    }

    /// What evcxr is given.
    pub fn prepared(&self) -> &str {
        &self.prepared
    }

    /// What the user wrote.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether the end of the cell is reported.
    pub fn wrapped(&self) -> bool {
        self.wrapped
    }

    /// Whether a variable's type is left to inference.
    pub fn wants_types(&self) -> bool {
        self.wants_types
    }

    /// The user's line, counted from 1, for one of the prepared cell.
    pub fn line(&self, prepared: usize) -> Option<usize> {
        self.lines.get(prepared.checked_sub(1)?).copied().flatten()
    }
}

/// Where Rust begins: after the lines that are commands to evcxr or the shell, as evcxr sees it.
fn code_start(source: &str) -> usize {
    let mut at = 0;
    let mut after_command = 0;
    for line in source.split_inclusive('\n') {
        let trimmed = line.trim();
        if line.starts_with('!') || trimmed.starts_with(':') {
            after_command = at + line.len();
        } else if !(trimmed.is_empty() || line.starts_with("//")) {
            break;
        }
        at += line.len();
    }
    after_command
}

/// Whether a `let` binds a variable without saying its whole type.
fn is_untyped(binding: &ast::LetStmt) -> bool {
    let Some(pattern) = binding.pat() else { return false };
    let binds = pattern.syntax().descendants().any(|node| node.kind() == SyntaxKind::IDENT_PAT);
    let typed = binding.ty().is_some_and(|ty| !ty.syntax().descendants().any(|node| node.kind() == SyntaxKind::INFER_TYPE));
    binds && !(typed && matches!(pattern, ast::Pat::IdentPat(_)))
}

/// Whether a cell could be executed as it stands, for consoles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    Complete,
    Incomplete,
    Invalid,
}

/// Looks for brackets, strings and comments that are still open, and for those closed too often.
pub fn completeness(source: &str) -> Completeness {
    use ra_ap_syntax::SyntaxKind as Kind;
    let code = &source[code_start(source)..];
    let mut open = Vec::new();
    for (kind, error) in tokens(code) {
        if error {
            return Completeness::Incomplete;
        }
        match kind {
            Kind::L_PAREN | Kind::L_BRACK | Kind::L_CURLY => open.push(kind),
            Kind::R_PAREN | Kind::R_BRACK | Kind::R_CURLY => {
                let opened = match kind {
                    Kind::R_PAREN => Kind::L_PAREN,
                    Kind::R_BRACK => Kind::L_BRACK,
                    _ => Kind::L_CURLY,
                };
                if open.pop() != Some(opened) {
                    return Completeness::Invalid;
                }
            }
            _ => {}
        }
    }
    let last = code.trim_end().chars().next_back();
    if !open.is_empty() || last.is_some_and(|last| matches!(last, '=' | ',' | '.' | '+' | '-' | '&' | '|' | '<' | ':')) {
        return Completeness::Incomplete;
    }
    let parse = SourceFile::parse(&format!("{HEAD}{code}\n;}}\n"), Edition::CURRENT);
    if parse.errors().is_empty() { Completeness::Complete } else { Completeness::Invalid }
}

/// The tokens of a text, and whether each is one that was left open.
fn tokens(code: &str) -> Vec<(SyntaxKind, bool)> {
    let parse = SourceFile::parse(code, Edition::CURRENT);
    let tokens = parse.syntax_node().descendants_with_tokens().filter_map(|element| element.into_token());
    tokens
        .map(|token| {
            let text = token.text();
            let left_open = match token.kind() {
                SyntaxKind::STRING => text.len() < 2 || !text.ends_with('"'),
                SyntaxKind::COMMENT => text.starts_with("/*") && text.matches("/*").count() > text.matches("*/").count(),
                _ => false,
            };
            (token.kind(), left_open)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_expression_is_shown_on_lines_of_its_own() {
        let cell = Cell::new(":dep x = \"1\"\n\nlet a: i32 = 1; a + 1\n// done");
        assert_eq!(
            cell.prepared(),
            ":dep x = \"1\"\nintone::__begin!();\n\nlet a: i32 = 1; \nintone::__show!(\n                a + 1\n);\nintone::__end!();\n"
        );
        assert_eq!((1..=8).map(|line| cell.line(line)).collect::<Vec<_>>(), [Some(1), None, Some(2), Some(3), None, Some(3), None, None]);
        assert!(!cell.wants_types());
    }

    #[test]
    fn commands_alone_and_what_does_not_parse_stay_as_they_are() {
        for source in [":vars", "// nothing", "", "let x = ", "fn f( {"] {
            let cell = Cell::new(source);
            assert_eq!((cell.prepared(), cell.wrapped()), (source, false));
        }
    }

    #[test]
    fn types_are_wanted_where_a_variable_has_none() {
        for (source, wanted) in [
            ("let x = 1;", true),
            ("let x: Vec<_> = f();", true),
            ("let (a, b): (i32, i32) = f();", true),
            ("let x: i32 = 1;", false),
            ("let _ = f();", false),
            ("{ let x = 1; }", false),
            ("fn f() { let x = 1; }", false),
        ] {
            assert_eq!(Cell::new(source).wants_types(), wanted, "{source}");
        }
    }

    #[test]
    fn consoles_know_when_to_go_on() {
        for source in ["1 + 1", "fn f() {}", "let x = 1;", "let x = 1", ":vars", "println!(\"a\")", "use std::fs;"] {
            assert_eq!(completeness(source), Completeness::Complete, "{source}");
        }
        for source in ["fn f() {", "let x = ", "\"abc", "vec![1,", "/* a", "a +"] {
            assert_eq!(completeness(source), Completeness::Incomplete, "{source}");
        }
        for source in [")", "fn f(}", "import numpy"] {
            assert_eq!(completeness(source), Completeness::Invalid, "{source}");
        }
    }
}
