//! A matrix over time as a picture: features, spectrograms, any array.

use ndarray::Array2;
use plotters::style::colors::colormaps::{ColorMap, ViridisRGB};

use super::axis::Axis;
use super::canvas::{Anchor, Caption, Ink, Pen, Type, draw};
use super::frame::{LEFT, RIGHT, TOP, below, number, title};
use crate::report::error::ReportError;

const LEGEND: f64 = 14.0;

/// What is drawn: rows upwards, columns to the right.
pub(crate) struct HeatMap<'a> {
    /// Unique on the page.
    pub id: &'a str,
    /// A few words, written above the picture.
    pub title: &'a str,
    /// A value a cell, `(rows, columns)`; row 0 is at the bottom.
    pub values: &'a Array2<f32>,
    /// What the columns run over: the first and last value, and the axis's name.
    pub across: (f64, f64, &'a str),
    /// Marks at the left: a place, 0 (the lower edge) to 1 (the upper), and its text.
    pub marks: &'a [(f64, String)],
    /// The height of the picture itself, CSS pixels.
    pub height: f64,
}

/// The picture with its axes and the scale of its colours (viridis, which reads the same in grey and to the colour-blind).
pub(crate) fn heat(map: &HeatMap<'_>) -> Result<String, ReportError> {
    let (low, high) = range(map.values);
    let bottom = TOP + map.height;
    let description = format!(
        "{} rows by {} columns, from {} (dark) to {} (bright).",
        map.values.nrows(),
        map.values.ncols(),
        number(f64::from(low)),
        number(f64::from(high))
    );
    let png = picture(map.values, low, high)?;
    let caption = Caption { id: map.id, title: map.title, description: &description };
    draw((RIGHT + 90.0, bottom + 44.0), &caption, |pen| {
        pen.picture((LEFT, TOP), (RIGHT, bottom), &png);
        title(pen, map.title)?;
        for (place, text) in map.marks {
            let y = bottom - place.clamp(0.0, 1.0) * map.height;
            pen.line(&[(LEFT - 5.0, y), (LEFT, y)], Ink::Muted, 1.0, 1.0)?;
            pen.text(text, (LEFT - 9.0, y), Type::new(Ink::Muted, 12.0, Anchor::End))?;
        }
        let (from, to, name) = map.across;
        below(pen, &Axis::new((from, to), (LEFT, RIGHT)), bottom, name)?;
        scale(pen, (TOP, bottom), low, high)
    })
}

/// The scale of colours at the right.
fn scale(pen: &mut Pen<'_>, (top, bottom): (f64, f64), low: f32, high: f32) -> Result<(), ReportError> {
    let steps = Array2::from_shape_fn((64, 1), |(row, _)| row as f32);
    let left = RIGHT + 12.0;
    pen.picture((left, top), (left + LEGEND, bottom), &picture(&steps, 0.0, 63.0)?);
    let text = Type::new(Ink::Muted, 12.0, Anchor::Start);
    pen.text(&number(f64::from(high)), (left + LEGEND + 5.0, top + 6.0), text)?;
    pen.text(&number(f64::from(low)), (left + LEGEND + 5.0, bottom - 6.0), text)
}

/// Lowest and highest finite value; 0 and 0 where there is none.
fn range(values: &Array2<f32>) -> (f32, f32) {
    let finite = values.iter().copied().filter(|value| value.is_finite());
    let (low, high) = finite.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low <= high { (low, high) } else { (0.0, 0.0) }
}

/// The values as a PNG file with a palette, a pixel a value. What is not finite is drawn as the lowest.
pub(super) fn picture(values: &Array2<f32>, low: f32, high: f32) -> Result<Vec<u8>, ReportError> {
    let span = f64::from(high) - f64::from(low);
    let shade = |value: f32| {
        let part = if span > 0.0 { (f64::from(value) - f64::from(low)) / span } else { 0.0 };
        (255.0 * part).round() as u8
    };
    let pixels: Vec<u8> = values.rows().into_iter().rev().flatten().map(|&value| shade(value)).collect();
    let palette: Vec<u8> = (0..=255_u8)
        .flat_map(|shade| {
            let colour = ViridisRGB.get_color(f32::from(shade) / 255.0);
            [colour.0, colour.1, colour.2]
        })
        .collect();
    let mut file = Vec::new();
    let size = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let mut encoder = png::Encoder::new(&mut file, size(values.ncols()), size(values.nrows()));
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette(palette);
    let write = |encoder: png::Encoder<'_, &mut Vec<u8>>| -> Result<(), png::EncodingError> {
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&pixels)?;
        writer.finish()
    };
    write(encoder).map_err(|cause| ReportError::Chart { cause: cause.to_string() })?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::{picture, range};

    #[test]
    fn a_picture_has_a_pixel_a_value_and_its_first_row_at_the_bottom() {
        let values = array![[0.0_f32, 1.0, f32::NAN], [0.5, 0.25, 1.0]];
        assert_eq!(range(&values), (0.0, 1.0));
        let file = picture(&values, 0.0, 1.0).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        assert_eq!((reader.info().width, reader.info().height), (3, 2));
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(pixels[..6], [128, 64, 255, 0, 255, 0]);
    }
}
