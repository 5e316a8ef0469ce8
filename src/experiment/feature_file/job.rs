//! The job as a whole: what is there already, then the rest, part after part.

use std::path::{Path, PathBuf};

use super::super::cache::{EXTRACTOR_VERSION, FeatureCache};
use super::super::config::Config;
use super::super::error::RunError;
use super::super::events::{Event, Observer};
use super::super::extract::{ClipExtractor, Extracted};
use super::super::record::LeftOut;
use super::super::store::io;
use super::format::TableFormat;
use super::part::{Part, Remark};
use super::parts::{Found, Parts, made_from};
use super::queue::in_order;
use super::writer::TableWriter;
use crate::corpus::ClipSource;
use crate::dataset::Aggregate;

/// A table to be written.
#[derive(Debug, Clone, Copy)]
pub struct FeatureFile<'a> {
    /// The clips, in the order of their rows.
    pub clips: &'a [PathBuf],
    /// The table's file.
    pub out: &'a Path,
    /// What it is stored as.
    pub format: TableFormat,
    /// A row a frame or a row a clip.
    pub aggregate: Aggregate,
    /// Threads; 0 = one a core.
    pub jobs: usize,
    /// Forget what an interrupted call has done.
    pub fresh: bool,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeatureFileOutcome {
    /// Clips that have rows.
    pub clips: usize,
    /// Clips that have none; the observer was told of each.
    pub left_out: usize,
    /// Rows of the table.
    pub rows: usize,
    /// Columns of the table.
    pub columns: usize,
}

/// Measures the clips and writes their features as one table, in the order of the clips, whatever the number of threads.
///
/// Memory does not grow with the number of clips but for their names. What is measured is kept in [`folder_of`](super::folder_of) the
/// table until that is whole; a later call with the same clips (by path, size and time of change) and settings goes on from there, and
/// writes the very bytes that an uninterrupted one writes. The table appears under its name when it is whole.
///
/// # Errors
/// A setting that cannot be worked with; clips of which none can be used; what the file system says; [`RunError::Interrupted`].
pub fn write(
    config: &Config,
    file: FeatureFile<'_>,
    cache: Option<FeatureCache>,
    observer: &dyn Observer,
) -> Result<FeatureFileOutcome, RunError> {
    let extractor = ClipExtractor::new(config, file.aggregate, cache)?;
    let settings = serde_json::json!([&config.audio, &config.features, file.aggregate.name(), EXTRACTOR_VERSION]);
    let (parts, found) = Parts::open(file.out, &made_from(file.clips, &settings.to_string()), file.fresh)?;
    if found == Found::Others {
        let message = format!("{} was begun with other clips or settings; it begins anew", file.out.display());
        observer.event(&Event::Warning { message });
    }
    let step = f64::from(config.features.hop_length as u32) / f64::from(config.audio.sample_rate);
    let step = (file.aggregate == Aggregate::Frames).then_some(step);
    let table = TableWriter::new(parts.new_table()?, file.format, extractor.columns(), step).map_err(io("write", file.out))?;
    let mut growing = Growing { file, table, observer, clips: 0, left_out: Vec::new() };

    let done = growing.take_up(&parts, extractor.columns().len())?;
    growing.measure(&extractor, done, &parts)?;
    let Growing { table, clips, left_out, .. } = growing;
    if clips == 0 {
        parts.remove()?;
        return Err(RunError::NoClips { clips: left_out });
    }
    let (rows, columns) = table.finish().map_err(io("write", file.out))?;
    parts.finish(file.out)?;
    Ok(FeatureFileOutcome { clips, left_out: left_out.len(), rows, columns })
}

/// A table and what has gone into it.
struct Growing<'a> {
    file: FeatureFile<'a>,
    table: TableWriter,
    observer: &'a dyn Observer,
    clips: usize,
    left_out: Vec<LeftOut>,
}

impl Growing<'_> {
    /// Adds the parts that an earlier call has kept; gives the first clip that is in none.
    fn take_up(&mut self, parts: &Parts, columns: usize) -> Result<usize, RunError> {
        let mut done = 0;
        while done < self.file.clips.len() {
            let Some(part) = parts.get(done, columns).filter(|part| part.clips.end <= self.file.clips.len()) else { break };
            done = part.clips.end;
            part.remarks.iter().for_each(|remark| self.tell(remark));
            self.add(part)?;
        }
        if done > 0 {
            self.observer.event(&Event::Resumed { clips: done });
        }
        Ok(done)
    }

    /// Measures clips from `first` on, and keeps every part before it is added.
    fn measure(&mut self, extractor: &ClipExtractor, first: usize, parts: &Parts) -> Result<(), RunError> {
        let clips = self.file.clips;
        self.observer.event(&Event::Stage { stage: "features".to_owned(), steps: clips.len() - first });
        let threads = match self.file.jobs {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            jobs => jobs,
        };
        let mut part = Part::from_clip(first);
        let extract = |clip: usize| extractor.extract(&ClipSource::File(clips[clip].clone())).map_err(|cause| cause.to_string());
        let weigh = |result: &Result<Extracted, String>| result.as_ref().map_or(0, |extracted| extracted.entry.matrices[0].len());
        in_order(first..clips.len(), threads, extract, weigh, |clip, result| {
            if self.observer.interrupted() {
                return Err(RunError::Interrupted);
            }
            self.put(clip, result, &mut part);
            if part.is_full() || clip + 1 == clips.len() {
                parts.put(&part)?;
                self.add(std::mem::replace(&mut part, Part::from_clip(clip + 1)))?;
            }
            Ok(())
        })
    }

    /// Puts what came of a clip into `part`.
    fn put(&self, clip: usize, result: Result<Extracted, String>, part: &mut Part) {
        let name = self.file.clips[clip].display().to_string();
        let first = part.remarks.len();
        part.clips.end = clip + 1;
        match result {
            Ok(Extracted { entry, cached, .. }) => {
                let warnings = entry.facts.warnings.into_iter();
                part.remarks.extend(warnings.map(|message| Remark::Warning { clip: name.clone(), message }));
                part.rows.extend(entry.matrices.into_iter().next().map(|matrix| (clip, matrix)));
                self.observer.event(&Event::Clip { clip: name, cached });
            }
            Err(cause) => part.remarks.push(Remark::LeftOut { clip: name, cause }),
        }
        part.remarks[first..].iter().for_each(|remark| self.tell(remark));
    }

    fn add(&mut self, part: Part) -> Result<(), RunError> {
        self.clips += part.rows.len();
        self.left_out.extend(part.remarks.into_iter().filter_map(|remark| match remark {
            Remark::LeftOut { clip, cause } => Some(LeftOut { clip, cause }),
            Remark::Warning { .. } => None,
        }));
        for (clip, rows) in part.rows {
            self.table.add(self.file.clips[clip].display().to_string(), rows).map_err(io("write", self.file.out))?;
        }
        Ok(())
    }

    fn tell(&self, remark: &Remark) {
        self.observer.event(&match remark {
            Remark::LeftOut { clip, cause } => Event::LeftOut(LeftOut { clip: clip.clone(), cause: cause.clone() }),
            Remark::Warning { clip, message } => Event::Warning { message: format!("{clip}: {message}") },
        });
    }
}
