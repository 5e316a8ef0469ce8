//! Outputs of a cell as the format stores them.

use std::collections::HashMap;

use nbformat::v4::Output;
use serde_json::{Value, json};

use crate::session::{CellError, Display, Event};

/// Where a display with an id stands: cell, and output of it.
type Place = (usize, usize);

/// Outputs of all cells of a run, so that a display can be replaced wherever it stands.
#[derive(Debug, Default)]
pub struct Collector {
    outputs: HashMap<usize, Vec<Value>>,
    displays: HashMap<String, Vec<Place>>,
    clear_next: bool,
}

impl Collector {
    /// Takes an event of a cell; the cells that changed.
    pub fn take(&mut self, cell: usize, count: u32, event: Event) -> Vec<usize> {
        match event {
            Event::Clear { wait: true } => {
                self.clear_next = true;
                return Vec::new();
            }
            Event::Clear { wait: false } => {
                self.outputs.insert(cell, Vec::new());
                return vec![cell];
            }
            _ => {}
        }
        if std::mem::take(&mut self.clear_next) {
            self.outputs.insert(cell, Vec::new());
        }
        match event {
            Event::Stdout(text) => self.stream(cell, "stdout", &text),
            Event::Stderr(text) => self.stream(cell, "stderr", &text),
            Event::Display(display) if display.update => return self.update(&display),
            Event::Display(display) => self.display(cell, count, display),
            Event::Clear { .. } => {}
        }
        vec![cell]
    }

    /// Adds how a cell failed.
    pub fn fail(&mut self, cell: usize, error: &CellError) {
        let output = json!({ "output_type": "error", "ename": error.ename, "evalue": error.evalue, "traceback": error.traceback });
        self.of_mut(cell).push(output);
    }

    /// The outputs of a cell.
    pub fn of(&self, cell: usize) -> Vec<Output> {
        self.outputs.get(&cell).into_iter().flatten().filter_map(|output| serde_json::from_value(output.clone()).ok()).collect()
    }

    fn of_mut(&mut self, cell: usize) -> &mut Vec<Value> {
        self.outputs.entry(cell).or_default()
    }

    fn stream(&mut self, cell: usize, name: &str, text: &str) {
        let outputs = self.of_mut(cell);
        if let Some(last) = outputs.last_mut().filter(|last| last["output_type"] == "stream" && last["name"] == name)
            && let Value::String(so_far) = &mut last["text"]
        {
            so_far.push_str(text);
            return;
        }
        outputs.push(json!({ "output_type": "stream", "name": name, "text": text }));
    }

    fn display(&mut self, cell: usize, count: u32, display: Display) {
        let mut output = json!({ "output_type": "display_data", "data": display.data, "metadata": display.metadata });
        if display.result {
            output["output_type"] = "execute_result".into();
            output["execution_count"] = count.into();
        }
        let outputs = self.of_mut(cell);
        outputs.push(output);
        let place = (cell, outputs.len() - 1);
        if let Some(id) = display.id {
            self.displays.entry(id).or_default().push(place);
        }
    }

    fn update(&mut self, display: &Display) -> Vec<usize> {
        let places = display.id.as_ref().and_then(|id| self.displays.get(id)).cloned().unwrap_or_default();
        for &(cell, at) in &places {
            if let Some(output) = self.of_mut(cell).get_mut(at) {
                output["data"] = Value::Object(display.data.clone());
                output["metadata"] = Value::Object(display.metadata.clone());
            }
        }
        places.into_iter().map(|(cell, _)| cell).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Map;

    fn display(text: &str, id: Option<&str>, update: bool) -> Event {
        let data = json!({ "text/plain": text }).as_object().unwrap().clone();
        Event::Display(Display { data, metadata: Map::new(), id: id.map(str::to_owned), update, result: false })
    }

    #[test]
    fn text_is_joined_and_displays_are_replaced_where_they_stand() {
        let mut collector = Collector::default();
        collector.take(0, 1, Event::Stdout("a".into()));
        collector.take(0, 1, Event::Stdout("b\n".into()));
        collector.take(0, 1, display("one", Some("bar"), false));
        assert_eq!(collector.take(3, 2, display("two", Some("bar"), true)), [0]);
        let outputs = serde_json::to_value(collector.of(0)).unwrap();
        assert_eq!(outputs[0]["text"], json!(["ab\n"]));
        assert_eq!(outputs[1]["data"]["text/plain"], json!(["two"]));
        assert_eq!(outputs.as_array().unwrap().len(), 2);
    }

    #[test]
    fn clearing_waits_where_it_should() {
        let mut collector = Collector::default();
        collector.take(0, 1, Event::Stdout("a".into()));
        collector.take(0, 1, Event::Clear { wait: true });
        assert_eq!(collector.of(0).len(), 1);
        collector.take(0, 1, display("b", None, false));
        assert_eq!(collector.of(0).len(), 1);
        collector.take(0, 1, Event::Clear { wait: false });
        assert!(collector.of(0).is_empty());
    }
}
