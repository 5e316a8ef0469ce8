//! Colours of terminals as HTML.

/// Escapes a text and turns its escape codes for colour and weight into spans.
pub fn to_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open = false;
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        escape(&rest[..at], &mut out);
        let code =
            rest[at + 1..].strip_prefix('[').and_then(|code| code.find(|letter: char| letter.is_ascii_alphabetic()).map(|end| (code, end)));
        let Some((code, end)) = code else {
            rest = &rest[at + 1..];
            continue;
        };
        if code[end..].starts_with('m') {
            if std::mem::take(&mut open) {
                out.push_str("</span>");
            }
            let classes: Vec<&str> = code[..end].split(';').filter_map(class).collect();
            if !classes.is_empty() {
                out.push_str(&format!("<span class=\"{}\">", classes.join(" ")));
                open = true;
            }
        }
        rest = &code[end + 1..];
    }
    escape(rest, &mut out);
    if open {
        out.push_str("</span>");
    }
    out
}

fn class(code: &str) -> Option<&'static str> {
    Some(match code {
        "1" | "01" => "bold",
        "31" | "91" => "red",
        "32" | "92" => "green",
        "33" | "93" => "yellow",
        "34" | "94" => "blue",
        "35" | "95" => "magenta",
        "36" | "96" => "cyan",
        _ => return None,
    })
}

/// Escapes a text for HTML.
pub fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::to_html;

    #[test]
    fn colours_become_spans_and_the_rest_is_escaped() {
        assert_eq!(to_html("\u{1b}[1;31ma<b\u{1b}[0m & c\u{1b}[2K"), "<span class=\"bold red\">a&lt;b</span> &amp; c");
        assert_eq!(to_html("\u{1b}[34mx"), "<span class=\"blue\">x</span>");
    }
}
