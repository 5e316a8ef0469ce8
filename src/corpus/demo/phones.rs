//! What is said: phones as short lists of articulatory segments, and the sentences.
//!
//! Vowels have the mean formants of 33 men in Peterson & Barney, "Control Methods Used in a Study of the Vowels", JASA 24 (1952),
//! table II; a speaker's vocal tract scales them. Consonant loci and noise bands are rounded from Klatt, "Software for a
//! cascade/parallel formant synthesizer", JASA 67 (1980), tables II and III.

/// A stretch of sound with one articulatory target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segment {
    /// Targets of the first three formants, Hz, for a man of average size.
    pub formants: [f64; 3],
    /// Widens the formants' bandwidths (nasals, closures).
    pub damping: f64,
    /// Strength of voicing, 0 to 1.
    pub voicing: f64,
    /// Strength of noise made at the glottis, 0 to 1.
    pub aspiration: f64,
    /// Strength of noise made in the mouth, 0 to 1.
    pub frication: f64,
    /// Centre and width of the band of that noise, Hz.
    pub noise_band: [f64; 2],
    /// Length at a neutral tempo, ms.
    pub length_ms: f64,
    /// Stress, 0 to 1, of the vowel that carries a syllable; `None` elsewhere.
    pub nucleus: Option<f64>,
}

const SILENT: Segment = Segment {
    formants: [500.0, 1500.0, 2500.0],
    damping: 1.0,
    voicing: 0.0,
    aspiration: 0.0,
    frication: 0.0,
    noise_band: [3000.0, 2000.0],
    length_ms: 0.0,
    nucleus: None,
};

/// A silence of `length_ms`, with the mouth at rest.
pub fn pause(length_ms: f64) -> Segment {
    Segment { length_ms, ..SILENT }
}

const fn vowel(formants: [f64; 3]) -> Segment {
    Segment { formants, voicing: 1.0, length_ms: 75.0, nucleus: Some(0.0), ..SILENT }
}

const fn glide(formants: [f64; 3], voicing: f64, length_ms: f64) -> Segment {
    Segment { formants, voicing, length_ms, damping: 1.3, ..SILENT }
}

const fn nasal(second: f64) -> Segment {
    Segment { formants: [270.0, second, 2300.0], voicing: 0.45, damping: 2.2, length_ms: 62.0, ..SILENT }
}

const fn fricative(noise_band: [f64; 2], frication: f64, voicing: f64, locus: [f64; 3], length_ms: f64) -> Segment {
    Segment { formants: locus, frication, voicing, noise_band, length_ms, damping: 1.6, ..SILENT }
}

/// The closure of a stop, with a voice bar where it is voiced.
const fn closure(locus: [f64; 3], voicing: f64) -> Segment {
    Segment { formants: locus, voicing, damping: 2.5, length_ms: 48.0, ..SILENT }
}

const fn burst(locus: [f64; 3], noise_band: [f64; 2], frication: f64) -> Segment {
    Segment { formants: locus, frication, noise_band, length_ms: 14.0, ..SILENT }
}

const fn puff(locus: [f64; 3]) -> Segment {
    Segment { formants: locus, aspiration: 0.8, length_ms: 26.0, ..SILENT }
}

const LABIAL: [f64; 3] = [250.0, 900.0, 2200.0];
const ALVEOLAR: [f64; 3] = [250.0, 1700.0, 2600.0];
const VELAR: [f64; 3] = [250.0, 1900.0, 2300.0];

const EE: Segment = vowel([270.0, 2290.0, 3010.0]);
const IH: Segment = vowel([390.0, 1990.0, 2550.0]);
const EH: Segment = vowel([530.0, 1840.0, 2480.0]);
const AE: Segment = vowel([660.0, 1720.0, 2410.0]);
const AA: Segment = vowel([730.0, 1090.0, 2440.0]);
const AO: Segment = vowel([570.0, 840.0, 2410.0]);
const UH: Segment = vowel([440.0, 1020.0, 2240.0]);
const OO: Segment = vowel([300.0, 870.0, 2240.0]);
const UX: Segment = vowel([640.0, 1190.0, 2390.0]);
const ER: Segment = vowel([490.0, 1350.0, 1690.0]);

const M: &[Segment] = &[nasal(1000.0)];
const N: &[Segment] = &[nasal(1450.0)];
const L: &[Segment] = &[glide([340.0, 1100.0, 2700.0], 0.7, 58.0)];
const Z: &[Segment] = &[fricative([5200.0, 1800.0], 0.30, 0.35, ALVEOLAR, 62.0)];
const TH: &[Segment] = &[fricative([4500.0, 5000.0], 0.06, 0.5, [300.0, 1400.0, 2500.0], 40.0)];
const S: &[Segment] = &[fricative([5600.0, 1900.0], 0.60, 0.0, ALVEOLAR, 88.0)];
const SH: &[Segment] = &[fricative([3000.0, 1300.0], 0.60, 0.0, [300.0, 1800.0, 2500.0], 92.0)];
const F: &[Segment] = &[fricative([4800.0, 6000.0], 0.14, 0.0, LABIAL, 74.0)];
const H: &[Segment] = &[Segment { aspiration: 0.9, length_ms: 48.0, ..SILENT }];
const B: &[Segment] = &[closure(LABIAL, 0.22), burst(LABIAL, [1000.0, 1500.0], 0.25)];
const D: &[Segment] = &[closure(ALVEOLAR, 0.22), burst(ALVEOLAR, [3900.0, 2200.0], 0.35)];
const G: &[Segment] = &[closure(VELAR, 0.22), burst(VELAR, [2100.0, 1000.0], 0.35)];
const T: &[Segment] = &[closure(ALVEOLAR, 0.0), burst(ALVEOLAR, [4200.0, 2400.0], 0.65), puff(ALVEOLAR)];
const K: &[Segment] = &[closure(VELAR, 0.0), burst(VELAR, [2000.0, 1000.0], 0.65), puff(VELAR)];

/// A phone of a sentence.
#[derive(Debug, Clone, Copy)]
pub enum Phone {
    /// Segments as they are.
    Consonant(&'static [Segment]),
    /// A vowel and its stress, 0 to 1.
    Vowel(Segment, f64),
    /// A movement from one vowel to another within a syllable, and its stress.
    Diphthong(Segment, Segment, f64),
    /// Where a speaker may pause.
    Break,
}

use Phone::{Break, Consonant as C, Diphthong, Vowel};

/// The sentences, six or seven syllables each.
pub const STATEMENTS: [(&str, &[Phone]); 4] = [
    (
        "Milo has a little dog",
        &[
            C(M),
            Diphthong(AA, IH, 1.0),
            C(L),
            Diphthong(AO, UH, 0.3),
            C(H),
            Vowel(AE, 0.4),
            C(Z),
            Vowel(UX, 0.0),
            Break,
            C(L),
            Vowel(IH, 0.8),
            C(D),
            Vowel(UH, 0.0),
            C(L),
            C(D),
            Vowel(AO, 1.0),
            C(G),
        ],
    ),
    (
        "Sam took the letter home",
        &[
            C(S),
            Vowel(AE, 1.0),
            C(M),
            C(T),
            Vowel(UH, 0.5),
            C(K),
            Break,
            C(TH),
            Vowel(UX, 0.0),
            C(L),
            Vowel(EH, 0.9),
            C(D),
            Vowel(ER, 0.0),
            C(H),
            Diphthong(AO, UH, 0.9),
            C(M),
        ],
    ),
    (
        "Nobody saw the moon",
        &[
            C(N),
            Diphthong(AO, UH, 1.0),
            C(B),
            Vowel(UX, 0.2),
            C(D),
            Vowel(EE, 0.1),
            Break,
            C(S),
            Vowel(AO, 0.7),
            C(TH),
            Vowel(UX, 0.0),
            C(M),
            Vowel(OO, 1.0),
            C(N),
        ],
    ),
    (
        "She left her bag at noon",
        &[
            C(SH),
            Vowel(EE, 0.6),
            C(L),
            Vowel(EH, 0.9),
            C(F),
            C(T),
            Vowel(ER, 0.1),
            C(B),
            Vowel(AE, 0.8),
            C(G),
            Break,
            Vowel(AE, 0.1),
            C(T),
            C(N),
            Vowel(OO, 1.0),
            C(N),
        ],
    ),
];

/// The segments of a sentence, with pauses of `pause_ms` at its breaks.
pub fn segments(statement: &[Phone], pause_ms: f64) -> Vec<Segment> {
    let mut out = Vec::new();
    for phone in statement {
        match *phone {
            Phone::Consonant(segments) => out.extend_from_slice(segments),
            Phone::Vowel(vowel, stress) => out.push(stressed(vowel, stress, 1.0)),
            Phone::Diphthong(from, to, stress) => {
                out.push(stressed(from, stress, 0.62));
                out.push(Segment { nucleus: None, ..stressed(to, stress, 0.62) });
            }
            Phone::Break if pause_ms > 0.0 => out.push(pause(pause_ms)),
            Phone::Break => {}
        }
    }
    out
}

/// Stressed vowels are longer, and so is each part of a diphthong than half a vowel.
fn stressed(vowel: Segment, stress: f64, part: f64) -> Segment {
    Segment { length_ms: vowel.length_ms * part * (1.0 + 0.9 * stress), nucleus: Some(stress), ..vowel }
}
