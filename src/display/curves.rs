//! Learning curves of one training.

use super::html::{id, pictures};
use super::{Bundle, Show};
use crate::nn::EpochRecord;
use crate::report::ReportError;
use crate::report::charts;
use crate::report::format::{decimal, percent};
use crate::report::view::{Curves, Epoch, Panel, Series};

impl Show for [EpochRecord] {
    fn bundle(&self) -> Bundle {
        let text = summary(self);
        pictures(text.clone(), draw(self).map(|body| format!("{body}<p class=\"muted\">{text}</p>")))
    }
}

impl Show for Vec<EpochRecord> {
    fn bundle(&self) -> Bundle {
        self.as_slice().bundle()
    }
}

fn summary(records: &[EpochRecord]) -> String {
    let Some(last) = records.last() else { return "no epoch yet".to_owned() };
    let validation = last.validation_uar.map_or_else(String::new, |uar| format!(", validation UAR {}", percent(uar)));
    format!("{} epochs, training loss {}{validation}", records.len(), decimal(last.train_loss))
}

fn draw(records: &[EpochRecord]) -> Result<String, ReportError> {
    let epochs: Vec<Epoch> = records
        .iter()
        .map(|record| Epoch {
            fold: String::new(),
            seed: 0,
            epoch: u32::try_from(record.epoch).unwrap_or(u32::MAX),
            train_loss: record.train_loss,
            validation_loss: record.validation_loss.unwrap_or(f64::NAN),
            validation_uar: record.validation_uar.unwrap_or(f64::NAN),
            kept: record.kept,
        })
        .collect();
    let mut panels = Curves::new(&epochs, None).map_or_else(Vec::new, |curves| curves.panels);
    for panel in &mut panels {
        panel.id = id(&panel.id, format!("{:?}", panel.series));
    }
    let drawn: Vec<String> = panels.iter().map(|panel| Ok(figure(panel, &charts::curves(panel)?))).collect::<Result<_, ReportError>>()?;
    Ok(format!("<div style=\"display:flex;flex-wrap:wrap;gap:1rem\">{}</div>", drawn.concat()))
}

fn figure(panel: &Panel, svg: &str) -> String {
    let key = |series: &Series| format!(" <span style=\"color:var(--series-{})\">━ {}</span>", series.colour, series.name);
    let keys: String = panel.series.iter().map(key).collect();
    format!("<figure style=\"margin:0;flex:1 1 20rem\"><figcaption>{}{keys}</figcaption>{svg}</figure>", panel.title)
}
