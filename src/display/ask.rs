//! Asks the reader of a notebook for a line.

use std::io::{self, BufRead, Write};

/// Asks for a line of text; empty where nobody can answer, such as in `intone notebook run`.
pub fn ask(prompt: &str) -> String {
    // The notebook's kernel answers this line on standard input; text printed without a line feed must not stand before it.
    let mut out = io::stdout().lock();
    let asked = super::emit::end_partial_line(&mut out)
        .and_then(|()| writeln!(out, "EVCXR_INPUT_REQUEST:{}", prompt.replace(['\n', ':'], " ")))
        .and_then(|()| out.flush());
    drop(out);
    let mut line = String::new();
    match asked.and_then(|()| io::stdin().lock().read_line(&mut line)) {
        Ok(_) => line.trim_end_matches(['\r', '\n']).to_owned(),
        Err(_) => String::new(),
    }
}
