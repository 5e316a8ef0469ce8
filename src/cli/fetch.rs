//! `intone corpus fetch`: a corpus from its publisher.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use intone::corpus::fetch::{self, Archive, FetchEvent, RAVDESS, RAVDESS_LICENCE, RAVDESS_URL, Source};

use super::exit::{Done, Failure};
use super::print;

/// Plain lines come no closer together than this.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// Arguments of `intone corpus fetch`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Which corpus
    corpus: Fetchable,
    /// The folder that it is unpacked into; `corpus.path` then names it
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// Speech or song alone
    #[arg(long, value_name = "CHANNEL")]
    only: Option<Channel>,
    /// A mirror: the address of a folder that holds the same archives
    #[arg(long, value_name = "URL", default_value = RAVDESS_URL)]
    from: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Fetchable {
    /// Zenodo record 1188976: 208 MB of speech and 226 MB of song, CC BY-NC-SA 4.0
    Ravdess,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Channel {
    Speech,
    Song,
}

/// Does it.
pub fn run(arguments: &Arguments) -> Result<Done, Failure> {
    let Fetchable::Ravdess = arguments.corpus;
    eprintln!("{RAVDESS_LICENCE}");
    let [speech, song] = &RAVDESS;
    let archives = match arguments.only {
        None => vec![speech, song],
        Some(Channel::Speech) => vec![speech],
        Some(Channel::Song) => vec![song],
    };
    let source = Source::new(&arguments.from);
    for archive in archives {
        let shown = Shown::new(archive);
        let folder = fetch::fetch(archive, &source, &arguments.dir, &|event| shown.event(event));
        shown.finish();
        print(&format!("{}\n", folder.map_err(Failure::failed)?.display()))?;
    }
    Ok(Done::All)
}

/// How one archive goes: a bar on a terminal, plain lines elsewhere.
struct Shown<'a> {
    archive: &'a Archive,
    bar: Option<ProgressBar>,
    last_line: Mutex<Instant>,
}

impl<'a> Shown<'a> {
    fn new(archive: &'a Archive) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(archive.bytes);
            if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {bytes} of {total_bytes}  {bytes_per_sec}  {eta} left") {
                bar.set_style(style);
            }
            bar.set_message(archive.name);
            bar
        });
        Self { archive, bar, last_line: Mutex::new(Instant::now()) }
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn event(&self, event: FetchEvent<'_>) {
        let name = self.archive.name;
        match event {
            FetchEvent::Present => self.say(&format!("{} is there: nothing to fetch", self.archive.folder)),
            FetchEvent::Begins(0) => self.say(&format!("{name}: {} MB", self.archive.bytes / 1_000_000)),
            FetchEvent::Begins(left) => {
                self.say(&format!("{name}: goes on after {} MB of {}", left / 1_000_000, self.archive.bytes / 1_000_000))
            }
            FetchEvent::Bytes(bytes) => self.bytes(bytes),
            FetchEvent::Again(cause) => self.say(&format!("{name}: {cause}; it is tried again")),
            FetchEvent::Verifies => self.say(&format!("{name}: taking its checksum")),
            FetchEvent::Unpacks => self.say(&format!("{name}: unpacking")),
            _ => {}
        }
    }

    fn bytes(&self, bytes: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(bytes);
            return;
        }
        let Ok(mut last) = self.last_line.lock() else { return };
        if last.elapsed() >= LINE_EVERY {
            *last = Instant::now();
            eprintln!("{}: {} of {} MB", self.archive.name, bytes / 1_000_000, self.archive.bytes / 1_000_000);
        }
    }

    /// A line that stays.
    fn say(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| eprintln!("{line}")),
            None => eprintln!("{line}"),
        }
    }
}
