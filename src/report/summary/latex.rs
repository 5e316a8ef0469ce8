//! LaTeX: a `booktabs` table.

use super::run::{Summary, plain, with_interval};

pub(super) fn write(runs: &[Summary]) -> String {
    let mut text = String::from(
        "% \\usepackage{booktabs}\n\\begin{tabular}{llrrr}\n\\toprule\n\
         Experiment & Data & UAR [\\%] (95\\,\\% interval) & Accuracy [\\%] & Macro F1 [\\%] \\\\\n\\midrule\n",
    );
    for run in runs {
        let overall = |metric| run.scores.overall(metric);
        let data = std::iter::once(run.data()).chain(run.caveats().into_iter().map(str::to_owned)).collect::<Vec<_>>().join("; ");
        text.push_str(&format!(
            "{} & {} & {} & {} & {} \\\\ % run {}: {}\n",
            escaped(&run.manifest.name),
            escaped(&data),
            with_interval(overall("uar")).replace(" to ", "--"),
            plain(overall("accuracy")),
            plain(overall("macro_f1")),
            run.manifest.id,
            run.manifest.protocol.description.replace('\n', " "),
        ));
    }
    text + "\\bottomrule\n\\end{tabular}\n"
}

/// Text in which LaTeX finds no command.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\textbackslash{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}
