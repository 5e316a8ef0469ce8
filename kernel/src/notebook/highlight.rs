//! Rust source in colours.

use ra_ap_syntax::{Edition, SourceFile, SyntaxKind};

use super::ansi::escape;

/// Source as HTML, its tokens in spans by what they are.
pub fn to_html(source: &str) -> String {
    let parse = SourceFile::parse(source, Edition::CURRENT);
    let mut out = String::with_capacity(source.len() * 2);
    for token in parse.syntax_node().descendants_with_tokens().filter_map(|element| element.into_token()) {
        let class = class(token.kind());
        match class {
            Some(class) => {
                out.push_str(&format!("<span class=\"{class}\">"));
                escape(token.text(), &mut out);
                out.push_str("</span>");
            }
            None => escape(token.text(), &mut out),
        }
    }
    out
}

fn class(kind: SyntaxKind) -> Option<&'static str> {
    Some(match kind {
        SyntaxKind::COMMENT => "comment",
        SyntaxKind::STRING | SyntaxKind::CHAR | SyntaxKind::BYTE | SyntaxKind::BYTE_STRING | SyntaxKind::C_STRING => "string",
        SyntaxKind::INT_NUMBER | SyntaxKind::FLOAT_NUMBER => "number",
        SyntaxKind::LIFETIME_IDENT => "lifetime",
        kind if kind.is_keyword(Edition::CURRENT) => "keyword",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::to_html;

    #[test]
    fn nothing_is_lost() {
        let html = to_html("let a: &str = \"<b>\"; // c");
        assert!(
            html.contains("<span class=\"keyword\">let</span>") && html.contains("<span class=\"string\">&quot;&lt;b&gt;&quot;</span>")
        );
        assert!(html.ends_with("<span class=\"comment\">// c</span>"));
    }
}
