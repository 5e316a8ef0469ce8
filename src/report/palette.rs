//! The colours of the confusion matrix: one hue, perceptually uniform, light and dark.
//!
//! Steps are equal distances in OKLab (Ottosson 2020), so that equal differences in the numbers look equal. The text on each step is the one
//! of near-black and white that stands out more; its contrast is at least 4.5:1 everywhere (WCAG 2.2, AA).

use std::fmt::Write as _;

/// Steps of the scale: 0 %, 5 %, ..., 100 %.
pub(crate) const STEPS: usize = 21;

/// A colour in OKLab: lightness 0 to 1, then the two opponent axes.
type Lab = [f64; 3];

/// From the page's background to a deep blue, and from a dark background to a light one.
const LIGHT: (Lab, Lab) = ([0.975, -0.003, -0.008], [0.37, -0.028, -0.125]);
const DARK: (Lab, Lab) = ([0.245, -0.003, -0.016], [0.86, -0.045, -0.085]);

/// From orange over the background to blue: told apart by those who do not tell red from green.
const DIVERGING_LIGHT: [Lab; 3] = [[0.60, 0.085, 0.105], [0.975, -0.003, -0.008], [0.50, -0.035, -0.125]];
const DIVERGING_DARK: [Lab; 3] = [[0.76, 0.070, 0.095], [0.245, -0.003, -0.016], [0.76, -0.055, -0.085]];

const BLACK: [u8; 3] = [0x0b, 0x0d, 0x12];
const WHITE: [u8; 3] = [0xff, 0xff, 0xff];

/// The step for a share of a row, 0 to 1.
pub(crate) fn step(share: f64) -> u8 {
    (share.clamp(0.0, 1.0) * (STEPS - 1) as f64).round() as u8
}

/// CSS declarations of `--heat-N` and `--on-heat-N` for light and for dark mode.
pub(crate) fn declarations() -> (String, String) {
    (declare(LIGHT), declare(DARK))
}

/// The step for a difference, -1 to 1 (what is beyond is at the end); the middle one is no difference.
pub(crate) fn diverging_step(part: f64) -> u8 {
    step((part.clamp(-1.0, 1.0) + 1.0) / 2.0)
}

/// CSS declarations of `--diverge-N` and `--on-diverge-N` for light and for dark mode.
pub(crate) fn diverging_declarations() -> (String, String) {
    let declare = |scale| {
        (0..STEPS).fold(String::new(), |mut css, i| {
            let fill = diverging(scale, i);
            // Writing to a string cannot fail.
            let _ = write!(css, "--diverge-{i}:{};--on-diverge-{i}:{};", hex(fill), hex(text_on(fill)));
            css
        })
    };
    (declare(DIVERGING_LIGHT), declare(DIVERGING_DARK))
}

fn diverging([low, middle, high]: [Lab; 3], i: usize) -> [u8; 3] {
    let half = (STEPS - 1) / 2;
    // Two scales of half the steps each; `at` counts whole ones.
    if i <= half { at((low, middle), 2 * i) } else { at((middle, high), 2 * (i - half)) }
}

fn declare(ends: (Lab, Lab)) -> String {
    (0..STEPS).fold(String::new(), |mut css, i| {
        let fill = at(ends, i);
        // Writing to a string cannot fail.
        let _ = write!(css, "--heat-{i}:{};--on-heat-{i}:{};", hex(fill), hex(text_on(fill)));
        css
    })
}

fn at((low, high): (Lab, Lab), i: usize) -> [u8; 3] {
    let t = i as f64 / (STEPS - 1) as f64;
    srgb(std::array::from_fn(|k| low[k] + t * (high[k] - low[k])))
}

fn text_on(fill: [u8; 3]) -> [u8; 3] {
    if contrast(fill, BLACK) >= contrast(fill, WHITE) { BLACK } else { WHITE }
}

fn hex([r, g, b]: [u8; 3]) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// OKLab to sRGB, clipped to what screens show.
fn srgb([l, a, b]: Lab) -> [u8; 3] {
    let lms = [
        l + 0.396_337_777_4 * a + 0.215_803_757_3 * b,
        l - 0.105_561_345_8 * a - 0.063_854_172_8 * b,
        l - 0.089_484_177_5 * a - 1.291_485_548 * b,
    ]
    .map(|x| x * x * x);
    let rows = [
        [4.076_741_662_1, -3.307_711_591_3, 0.230_969_929_2],
        [-1.268_438_004_6, 2.609_757_401_1, -0.341_319_396_5],
        [-0.004_196_086_3, -0.703_418_614_7, 1.707_614_701],
    ];
    rows.map(|row| {
        let linear: f64 = row.iter().zip(lms).map(|(m, x)| m * x).sum::<f64>().clamp(0.0, 1.0);
        let encoded = if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
        (255.0 * encoded).round() as u8
    })
}

/// WCAG 2.2 contrast ratio, 1 to 21.
fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(colour: [u8; 3]) -> f64 {
    let [r, g, b] = colour.map(|channel| {
        let c = f64::from(channel) / 255.0;
        if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oklab_matches_its_definition() {
        // From the table in Ottosson's article and the CSS Color 4 examples: white, black, and sRGB red = oklab(0.62796 0.22486 0.12585).
        assert_eq!(srgb([1.0, 0.0, 0.0]), [255, 255, 255]);
        assert_eq!(srgb([0.0, 0.0, 0.0]), [0, 0, 0]);
        assert_eq!(srgb([0.627_96, 0.224_86, 0.125_85]), [255, 0, 0]);
    }

    #[test]
    fn contrast_matches_wcag() {
        assert!((contrast([0, 0, 0], [255, 255, 255]) - 21.0).abs() < 1e-9);
        // The well-known lightest grey that passes AA on white.
        assert!((contrast([0x76, 0x76, 0x76], [255, 255, 255]) - 4.54).abs() < 0.01);
    }

    #[test]
    fn text_is_readable_on_every_step_of_both_modes() {
        for ends in [LIGHT, DARK] {
            for i in 0..STEPS {
                let fill = at(ends, i);
                assert!(contrast(fill, text_on(fill)) >= 4.5, "step {i} {fill:?}");
            }
        }
        for scale in [DIVERGING_LIGHT, DIVERGING_DARK] {
            for i in 0..STEPS {
                let fill = diverging(scale, i);
                assert!(contrast(fill, text_on(fill)) >= 4.5, "step {i} {fill:?}");
            }
        }
    }

    #[test]
    fn lightness_moves_one_way() {
        for (ends, rising) in [(LIGHT, false), (DARK, true)] {
            for i in 1..STEPS {
                assert_eq!(luminance(at(ends, i)) > luminance(at(ends, i - 1)), rising, "step {i}");
            }
        }
    }

    /// Value of a variable in the `mode`-th block of the style sheet: 0 is light, 1 is dark.
    fn variable(name: &str, mode: usize) -> [u8; 3] {
        let css = include_str!("../../templates/report/style.css");
        let value = css.split(&format!("--{name}: #")).nth(mode + 1).unwrap_or_else(|| panic!("--{name} has no value in mode {mode}"));
        std::array::from_fn(|i| u8::from_str_radix(&value[2 * i..2 * i + 2], 16).unwrap())
    }

    #[test]
    fn the_style_sheet_keeps_to_wcag_aa() {
        const TEXT: [(&str, &str); 9] = [
            ("ink", "paper"),
            ("ink", "panel"),
            ("muted", "paper"),
            ("muted", "panel"),
            ("accent", "paper"),
            ("good", "paper"),
            ("danger", "danger-paper"),
            ("warning", "warning-paper"),
            ("note", "note-paper"),
        ];
        for mode in [0, 1] {
            for (text, ground) in TEXT {
                let ratio = contrast(variable(text, mode), variable(ground, mode));
                assert!(ratio >= 4.5, "{text} on {ground}, mode {mode}: {ratio:.2}");
            }
            for graphic in ["bar", "series-0", "series-1", "series-2", "series-3", "series-4", "series-5"] {
                let ratio = contrast(variable(graphic, mode), variable("paper", mode));
                assert!(ratio >= 3.0, "{graphic}, mode {mode}: {ratio:.2}");
            }
            let empty_cell = at([LIGHT, DARK][mode], 0);
            assert!(contrast(variable("muted", mode), empty_cell) >= 4.5, "the zeros of the matrix, mode {mode}");
        }
    }

    #[test]
    fn shares_fall_on_steps() {
        assert_eq!((step(0.0), step(0.5), step(1.0), step(f64::NAN)), (0, 10, 20, 0));
    }
}
