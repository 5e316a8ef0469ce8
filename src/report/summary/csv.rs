//! CSV (RFC 4180): a row a score.

use super::run::Summary;

pub(super) fn write(runs: &[Summary]) -> String {
    let mut text = String::from("run,experiment,scope,key,metric,value,low,high,n\n");
    for run in runs {
        for row in &run.scores.rows {
            let names = [&run.manifest.id, &run.manifest.name].map(|name| quoted(name)).join(",");
            let number = |value: f64| if value.is_finite() { value.to_string() } else { String::new() };
            text.push_str(&format!(
                "{names},{},{},{},{},{},{},{}\n",
                row.scope,
                quoted(&row.key),
                row.metric,
                number(row.value),
                number(row.low),
                number(row.high),
                row.n
            ));
        }
    }
    text
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.to_owned() }
}
