//! Seeded augmentation of training rows; fixed copies of test rows too, where an experiment asks for them.
//!
//! Waveforms are varied by stages of a chance and a range each, anew each epoch ([`WaveAugmenter`]); each stage is also a function by itself.
//! Copies of a clip at other speeds ([`speed`]) and in other voices ([`convert_voice`]) are made once ([`FixedCopies`]). Masks and noise are
//! drawn anew each epoch, on feature frames ([`FrameAugmenter`]). Mixup needs two rows and their targets: the training loop does it.
//!
//! # Beside audiomentations
//!
//! The waveform stages against the transforms of [audiomentations](https://github.com/iver56/audiomentations) 0.43:
//!
//! | here | there | the same | different |
//! | --- | --- | --- | --- |
//! | [`gain`] | `Gain` | all | |
//! | [`add_noise`] | `AddGaussianSNR`, `AddColorNoise` | signal-to-noise ratio over the clip's root mean square, uniform in dB | the ratio holds for the noise as drawn (there for coloured noise only); pink is 3 dB an octave down to 0 Hz (there to a 128th of the sample rate) |
//! | [`time_shift`] | `Shift(rollover=False)` | part of the clip, zeros where it moved from | there with a fade of 5 ms |
//! | [`reverberate`] | `RoomSimulator` | | a statistical room of a given RT60 (there an image-source model of a drawn room); length and energy are kept |
//! | [`band_limit`] | `HighPassFilter`, `LowPassFilter` | Butterworth by bilinear transform | always 24 dB an octave, from rest (there a drawn roll-off, from the first sample's steady state); edges uniform in Hz (there in mel) |
//! | [`time_stretch`] | `TimeStretch(method="librosa_phase_vocoder")` | librosa's phase vocoder | the clip becomes longer or shorter, until it is cropped and padded as any clip (there cut to its length at once) |
//! | [`pitch_shift`] | `PitchShift(method="librosa_phase_vocoder")` | librosa's | |
//! | [`speed`] | `Resample` | pitch and tempo together | resampled back, so that the rate stays |

mod band;
mod copies;
mod error;
mod frames;
mod gain;
mod interpolate;
mod kernels;
mod noise;
mod normal;
mod pitch;
mod reverberation;
mod settings;
mod shift;
mod speed;
mod stage;
mod stretch;
mod transform;
mod vocoder;
mod voice;
mod waves;

pub use band::{BAND_EDGES_HZ, BandLimitSettings, band_limit};
pub use copies::FixedCopies;
pub use error::AugmentError;
pub use frames::FrameAugmenter;
pub use gain::{GAINS_DB, GainSettings, gain};
pub use noise::{NoiseColour, NoiseSettings, SNRS_DB, add_noise};
pub use pitch::{PITCH_STEPS, PitchShiftSettings, pitch_shift};
pub use reverberation::{DIRECT_RATIOS_DB, REVERBERATION_TIMES_S, ReverberationSettings, reverberate, room_response};
pub use settings::AugmentSettings;
pub use shift::{SHIFT_PARTS, TimeShiftSettings, time_shift};
pub use speed::{RandomSpeedSettings, SPEED_FACTORS, speed};
pub use stretch::{STRETCH_RATES, TimeStretchSettings, time_stretch};
pub use voice::{VOICE_FACTORS, VoiceChange, convert_voice};
pub use waves::WaveAugmenter;
