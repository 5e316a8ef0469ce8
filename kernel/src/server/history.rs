//! What was executed, for the history that consoles ask for.

use serde_json::{Value, json};

/// This kernel keeps the history of its own session.
const SESSION: u32 = 1;

#[derive(Debug, Clone)]
struct Entry {
    count: u32,
    source: String,
    output: Option<String>,
}

/// The cells of a session.
#[derive(Debug, Default)]
pub struct History(Vec<Entry>);

impl History {
    /// Adds a cell.
    pub fn push(&mut self, count: u32, source: &str, output: Option<String>) {
        self.0.push(Entry { count, source: source.to_owned(), output });
    }

    /// Answers a history request.
    pub fn answer(&self, request: &Value) -> Value {
        let number = |key: &str| request[key].as_i64();
        let limit = number("n").and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
        let chosen: Vec<&Entry> = match request["hist_access_type"].as_str() {
            Some("range") => {
                let own = matches!(number("session"), None | Some(0)) || number("session") == Some(i64::from(SESSION));
                let (start, stop) = (number("start").unwrap_or(0), number("stop").unwrap_or(i64::MAX));
                self.0.iter().filter(|entry| own && (start..stop).contains(&i64::from(entry.count))).collect()
            }
            Some("search") => {
                let pattern = request["pattern"].as_str().unwrap_or("*");
                let mut found: Vec<&Entry> = self.0.iter().filter(|entry| matches(pattern, &entry.source)).collect();
                if request["unique"].as_bool().unwrap_or(false) {
                    let all = found.clone();
                    let mut at = 0;
                    found.retain(|entry| {
                        at += 1;
                        !all[at..].iter().any(|later| later.source == entry.source)
                    });
                }
                last(found, limit)
            }
            _ => last(self.0.iter().collect(), limit),
        };
        let with_output = request["output"].as_bool().unwrap_or(false);
        let rows: Vec<Value> = chosen
            .iter()
            .map(|entry| {
                if with_output {
                    json!([SESSION, entry.count, [entry.source, entry.output]])
                } else {
                    json!([SESSION, entry.count, entry.source])
                }
            })
            .collect();
        json!({ "status": "ok", "history": rows })
    }
}

fn last(mut entries: Vec<&Entry>, limit: usize) -> Vec<&Entry> {
    entries.split_off(entries.len().saturating_sub(limit))
}

/// Whether a text fits a pattern of the shell: `*` stands for any text, `?` for a character.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                retry = Some((p, t));
                p += 1;
            }
            Some(&character) if character == '?' || character == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match retry {
                Some((star, from)) => {
                    retry = Some((star, from + 1));
                    p = star + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|character| *character == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(history: &History, request: Value) -> Vec<String> {
        let answer = history.answer(&request);
        answer["history"].as_array().unwrap().iter().map(|row| row[2].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn tail_range_and_search() {
        let mut history = History::default();
        for (count, source) in (1..).zip(["let a = 1;", "a", "b + a", "a"]) {
            history.push(count, source, None);
        }
        assert_eq!(sources(&history, json!({ "hist_access_type": "tail", "n": 2 })), ["b + a", "a"]);
        assert_eq!(sources(&history, json!({ "hist_access_type": "range", "session": 0, "start": 1, "stop": 3 })), ["let a = 1;", "a"]);
        assert_eq!(sources(&history, json!({ "hist_access_type": "search", "pattern": "*a", "unique": true })), ["b + a", "a"]);
        assert_eq!(sources(&history, json!({ "hist_access_type": "search", "pattern": "l?t*" })), ["let a = 1;"]);
    }

    #[test]
    fn outputs_come_where_asked_for() {
        let mut history = History::default();
        history.push(1, "1 + 1", Some("2".into()));
        assert_eq!(
            history.answer(&json!({ "hist_access_type": "tail", "n": 1, "output": true }))["history"],
            json!([[1, 1, ["1 + 1", "2"]]])
        );
    }
}
