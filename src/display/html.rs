//! Displays as self-contained HTML.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::Bundle;
use crate::report::ReportError;
use crate::report::palette;

/// Colours of the report's style sheet: name, light, dark.
const COLOURS: [(&str, &str, &str); 12] = [
    ("paper", "#ffffff", "#11141a"),
    ("panel", "#f5f7f9", "#1a1f27"),
    ("ink", "#16191f", "#e9ebef"),
    ("muted", "#586070", "#a3acba"),
    ("rule", "#e2e6eb", "#2c333e"),
    ("accent", "#0b5aa6", "#84bdf5"),
    ("series-0", "#0072b2", "#5aaee8"),
    ("series-1", "#d55e00", "#f5894a"),
    ("series-2", "#009e73", "#35c795"),
    ("series-3", "#b8578c", "#e08fbb"),
    ("series-4", "#2e8fc7", "#a5d8f7"),
    ("series-5", "#b97f00", "#eebb4d"),
];

const RULES: &str = "\
.intone{color:var(--ink);font:14px/1.5 ui-sans-serif,system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",Arial,sans-serif;max-width:60rem;overflow-x:auto}\
.intone .chart{display:block;width:100%;max-width:calc(var(--width)*1.1);height:auto;margin:.2rem 0 .6rem}\
.intone .chart text{font-family:inherit;font-variant-numeric:tabular-nums}\
.intone .chart polyline{stroke-linejoin:round;stroke-linecap:round}\
.intone p{margin:.2rem 0 .5rem}.intone .muted,.intone caption{color:var(--muted)}.intone caption{text-align:left;padding:0 0 .3rem}\
.intone table{border-collapse:collapse;margin:.2rem 0 .6rem;font-variant-numeric:tabular-nums}\
.intone th,.intone td{padding:.22rem .8rem .22rem 0;border:0;border-top:1px solid var(--rule);text-align:left;background:none;color:inherit}\
.intone thead th{border-top:0;vertical-align:bottom;font-weight:600}.intone thead small{display:block;font-weight:400;color:var(--muted)}\
.intone .n{text-align:right}.intone audio{display:block;width:100%;max-width:42rem;margin:.2rem 0}\
.intone progress{width:100%;max-width:24rem;height:.6rem;vertical-align:middle;accent-color:var(--accent)}";

/// `body` with the styles that it uses.
///
/// Dark where the front end is: JupyterLab and VS Code tell by attributes; elsewhere the reader's own setting counts.
pub(super) fn wrapped(body: &str) -> String {
    let (light, dark) = variables(body);
    format!(
        "<style>.intone{{color-scheme:light;{light}}}\
         @media (prefers-color-scheme:dark){{:root:not(:has([data-jp-theme-light],.vscode-light)) .intone{{color-scheme:dark;{dark}}}}}\
         [data-jp-theme-light=false] .intone,.vscode-dark .intone{{color-scheme:dark;{dark}}}{RULES}</style>\n\
         <div class=\"intone\">{body}</div>"
    )
}

/// Declarations of the variables that `body` or the rules name, light and dark.
fn variables(body: &str) -> (String, String) {
    let (heat_light, heat_dark) = palette::declarations();
    let used = |name: &str| [body, RULES].iter().any(|text| text.contains(&format!("var(--{name})")));
    let (mut light, mut dark) = (String::new(), String::new());
    for (name, on_light, on_dark) in COLOURS.into_iter().filter(|(name, ..)| used(name)) {
        // Writing to a string cannot fail.
        let _ = write!(light, "--{name}:{on_light};");
        let _ = write!(dark, "--{name}:{on_dark};");
    }
    for (all, kept) in [(heat_light, &mut light), (heat_dark, &mut dark)] {
        for declaration in all.split_inclusive(';') {
            if declaration.trim_start_matches("--").split(':').next().is_some_and(used) {
                kept.push_str(declaration);
            }
        }
    }
    (light, dark)
}

/// A display of pictures with `text` beside them; where one could not be drawn, the text says why.
pub(super) fn pictures(text: String, drawn: Result<String, ReportError>) -> Bundle {
    match drawn {
        Ok(body) => Bundle::text(text).with_html(wrapped(&body)),
        Err(error) => Bundle::text(format!("{text}\n({error})")),
    }
}

/// A name for a chart that no other chart of a page has, unless it shows the same: after what it shows.
pub(super) fn id(kind: &str, shown: impl AsRef<[u8]>) -> String {
    let hash = Sha256::digest(shown);
    format!("{kind}-{:02x}{:02x}{:02x}{:02x}", hash[0], hash[1], hash[2], hash[3])
}

/// Text as it may stand in HTML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{COLOURS, wrapped};

    #[test]
    fn colours_are_those_of_the_reports() {
        let css = include_str!("../../templates/report/style.css");
        for (name, light, dark) in COLOURS {
            let values: Vec<&str> = css.split(&format!("--{name}: ")).skip(1).map(|rest| &rest[..7]).collect();
            assert_eq!(values, [light, dark], "--{name}");
        }
    }

    #[test]
    fn only_the_colours_in_use_are_sent() {
        let html = wrapped("<b style=\"color:var(--heat-20)\">x</b>");
        assert_eq!(html.matches("--heat-20:").count(), 3, "light, dark, and dark by attribute");
        assert!(!html.contains("--heat-2:") && !html.contains("--series-0"));
    }
}
