//! Where in a cell a panic happened: positions point into the source that evcxr generated.

use super::error::{blue, mark, source_line};

/// A cell as it was executed.
#[derive(Debug, Clone)]
pub struct Executed {
    pub count: u32,
    pub source: String,
}

/// Names the cell and the line of a place in the generated source: a line of the same text in this cell or an earlier one, which
/// defined a function that is called now.
pub fn describe(generated: &str, line: usize, column: usize, cells: &[Executed]) -> Vec<String> {
    let Some(text) = line.checked_sub(1).and_then(|index| generated.lines().nth(index)) else { return Vec::new() };
    // The same text may stand in the cell several times: they keep their order.
    let earlier = generated.lines().take(line - 1).filter(|other| *other == text).count();
    for cell in cells.iter().rev() {
        let matching: Vec<usize> = cell.source.lines().enumerate().filter(|(_, other)| is_alike(text, other)).map(|(at, _)| at).collect();
        if let Some(&at) = matching.get(earlier.min(matching.len().saturating_sub(1))) {
            let lines: Vec<&str> = cell.source.lines().collect();
            let shift = text.chars().count().saturating_sub(lines[at].chars().count());
            let column = column.saturating_sub(shift).max(1);
            let mut out = vec![format!("{} cell [{}], line {}, column {column}", blue("  -->"), cell.count, at + 1)];
            out.extend(source_line(&lines, at + 1));
            out.push(mark(column, column + 1, ""));
            return out;
        }
    }
    Vec::new()
}

/// The kernel may indent a line anew, and nothing else.
fn is_alike(generated: &str, source: &str) -> bool {
    !source.trim().is_empty() && generated.trim() == source.trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_found_in_its_cell() {
        let cells = [Executed { count: 1, source: "fn f() {\n    panic!()\n}".into() }, Executed { count: 2, source: "f();\nf();".into() }];
        let generated = "mod x {}\nfn f() {\n    panic!()\n}\nf();\nf();\n";
        assert!(describe(generated, 3, 5, &cells)[0].contains("cell [1], line 2, column 5"));
        assert!(describe(generated, 6, 1, &cells)[0].contains("cell [2], line 2"));
        assert!(describe(generated, 1, 1, &cells).is_empty());
    }
}
