//! What can be wrong with a recording, and what is worth saying of one that was read all the same.

use std::fmt;

/// Why a recording cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AudioError {
    /// The file cannot be opened or read.
    #[error("{name}: cannot be read: {source}")]
    Read {
        /// The file.
        name: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The first bytes are of no format that is read.
    #[error(
        "{name}: is {found}; intone reads WAV, FLAC, MP3, M4A, AAC, Ogg Vorbis and AIFF, convert it (for instance `ffmpeg -i IN OUT.flac`)"
    )]
    UnknownFormat {
        /// The file.
        name: String,
        /// What the first bytes look like, as words that follow "is".
        found: &'static str,
    },
    /// A file whose header contradicts itself or lacks what is needed to read on.
    #[error("{name}: broken {format} file: {problem}")]
    Malformed {
        /// The file.
        name: String,
        /// "WAV", "FLAC", ...
        format: &'static str,
        /// What is wrong, with the values found.
        problem: String,
    },
    /// A sound file in an encoding that is not read.
    #[error("{name}: its samples are {encoding}; convert it (for instance `ffmpeg -i IN OUT.flac`)")]
    UnsupportedEncoding {
        /// The file.
        name: String,
        /// The encoding found.
        encoding: String,
    },
    /// A sample rate that no recording of speech has, or that the resampler cannot serve.
    #[error("{name}: states {sample_rate} samples a second; {} to {} can be read", super::SAMPLE_RATES.start(), super::SAMPLE_RATES.end())]
    SampleRate {
        /// The file, or what was being done.
        name: String,
        /// The rate found, Hz.
        sample_rate: u32,
    },
    /// A sample is NaN or infinite (or the channels' sum is).
    #[error("{name}: sample {frame} of channel {channel} is not a finite number; the recording is damaged")]
    NonFinite {
        /// The file.
        name: String,
        /// Index of the sample in its channel, counted from 0.
        frame: usize,
        /// The channel, counted from 0.
        channel: u16,
    },
    /// There is not one sample in it.
    #[error("{name}: holds no audio")]
    Empty {
        /// The file.
        name: String,
    },
    /// More than this program takes into memory for one clip.
    #[error("{name}: has more than {limit} {unit}, the most that is read as one clip; cut it into shorter ones")]
    TooLong {
        /// The file.
        name: String,
        /// The limit that was met.
        limit: u64,
        /// What is counted: "bytes" or "samples".
        unit: &'static str,
    },
    /// A clip longer than the caller wants.
    #[error("{name}: lasts longer than {limit_s} s, the most that `audio.max_duration_s` lets in; raise it, or cut the clip")]
    LastsTooLong {
        /// The file.
        name: String,
        /// The limit that was met, seconds.
        limit_s: f64,
    },
    /// A file that states far more audio than any recording of its size has.
    #[error("{name}: its {bytes} bytes would become more than {limit} samples each; no recording does, so the file is damaged or crafted")]
    Inflates {
        /// The file.
        name: String,
        /// Its size.
        bytes: usize,
        /// The limit that was met, samples a byte.
        limit: usize,
    },
    /// The resampler could not be made or refused its input.
    #[error("resampling from {from} to {to} Hz failed: {problem}")]
    Resample {
        /// Rate of the clip, Hz.
        from: u32,
        /// Rate asked for, Hz.
        to: u32,
        /// What the resampler says.
        problem: String,
    },
    /// A WAV file could not be written.
    #[error("{name}: cannot be written: {problem}")]
    Write {
        /// The file.
        name: String,
        /// What went wrong.
        problem: String,
    },
}

/// What is odd about a recording that was read all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AudioWarning {
    /// The file ends (or, in FLAC, is damaged) before the length that its header states. What was there is in the clip.
    Truncated {
        /// How many samples a channel are missing.
        missing: u64,
        /// How many samples a channel the header states.
        stated: u64,
        /// Samples a second, Hz.
        sample_rate: u32,
    },
    /// The header gives no length, as of a program that wrote to a pipe or was stopped; everything to the end of the file was read.
    UnstatedLength,
    /// The audio data ends within a frame (one sample a channel); these last bytes were left out.
    PartialFrame {
        /// How many bytes were left out.
        bytes: usize,
    },
}

impl fmt::Display for AudioWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Truncated { missing, stated, sample_rate } => {
                let seconds = |frames: u64| frames as f64 / f64::from(sample_rate);
                write!(f, "truncated: {missing} of {stated} samples are missing ({:.3} of {:.3} s)", seconds(missing), seconds(stated))
            }
            Self::UnstatedLength => write!(f, "the header states no length; read to the end of the file"),
            Self::PartialFrame { bytes } => write!(f, "the audio data ends within a sample; its last {bytes} bytes were left out"),
        }
    }
}
