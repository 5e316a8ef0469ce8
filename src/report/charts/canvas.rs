//! A drawing surface over plotters' SVG backend, in CSS pixels and named inks.
//!
//! plotters knows fixed colours and whole pixels only. The surface is therefore ten times as fine as the page (its `viewBox` is in tenths of
//! a pixel), and each ink is drawn in a colour of its own that stands for a CSS variable; [`draw`] puts the variables in at the end.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use plotters::coord::Shift;
use plotters::element::{Drawable, PointCollection};
use plotters::prelude::{
    Circle, DrawingArea, FontStyle, IntoDrawingArea, IntoFont, PathElement, RGBAColor, RGBColor, Rectangle, SVGBackend, Text,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontTransform, ShapeStyle, TextStyle};

use crate::report::error::ReportError;

/// Units of the drawing surface in a CSS pixel.
const FINENESS: f64 = 10.0;
/// plotters' SVG backend divides font sizes by this (points to pixels).
const PLOTTERS_FONT_SCALE: f64 = 1.24;

/// What a mark is drawn in: a variable of the style sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ink {
    /// Body text.
    Text,
    /// Secondary text.
    Muted,
    /// Grid lines.
    Rule,
    /// The page's background.
    Paper,
    /// The one line that matters.
    Accent,
    /// A categorical colour, 0 to 7.
    Series(u8),
    /// A step of the sequential scale.
    Heat(u8),
    /// Text on that step.
    OnHeat(u8),
    /// A step of the diverging scale.
    Diverge(u8),
    /// Text on that step.
    OnDiverge(u8),
}

impl Ink {
    fn sentinel(self) -> RGBColor {
        let (group, index) = match self {
            Self::Text => (0, 0),
            Self::Muted => (0, 1),
            Self::Rule => (0, 2),
            Self::Paper => (0, 3),
            Self::Accent => (0, 4),
            Self::Series(i) => (1, i),
            Self::Heat(i) => (2, i),
            Self::OnHeat(i) => (3, i),
            Self::Diverge(i) => (4, i),
            Self::OnDiverge(i) => (5, i),
        };
        RGBColor(0xA0, group, index)
    }

    fn variable(self) -> String {
        match self {
            Self::Text => "var(--ink)".to_owned(),
            Self::Muted => "var(--muted)".to_owned(),
            Self::Rule => "var(--rule)".to_owned(),
            Self::Paper => "var(--paper)".to_owned(),
            Self::Accent => "var(--accent)".to_owned(),
            Self::Series(i) => format!("var(--series-{i})"),
            Self::Heat(i) => format!("var(--heat-{i})"),
            Self::OnHeat(i) => format!("var(--on-heat-{i})"),
            Self::Diverge(i) => format!("var(--diverge-{i})"),
            Self::OnDiverge(i) => format!("var(--on-diverge-{i})"),
        }
    }
}

/// Which point of a text stands at the given place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    /// Its left end.
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Type {
    ink: Ink,
    size: f64,
    anchor: Anchor,
    bold: bool,
    upwards: bool,
}

impl Type {
    /// Text of `size` CSS pixels.
    pub(crate) fn new(ink: Ink, size: f64, anchor: Anchor) -> Self {
        Self { ink, size, anchor, bold: false, upwards: false }
    }

    /// The same, bold where `bold`.
    pub(crate) fn bold_if(self, bold: bool) -> Self {
        Self { bold, ..self }
    }

    /// The same, running from bottom to top.
    pub(crate) fn upwards(self) -> Self {
        Self { upwards: true, ..self }
    }
}

/// What a chart is called and what it shows, for readers who do not see it; texts are escaped here.
pub(crate) struct Caption<'a> {
    /// Unique on the page.
    pub id: &'a str,
    /// A few words.
    pub title: &'a str,
    /// One or two sentences.
    pub description: &'a str,
}

/// Draws on the surface; all lengths in CSS pixels.
pub(crate) struct Pen<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
    inks: BTreeSet<Ink>,
    pictures: String,
}

impl<'p> Pen<'p> {
    /// A line through `points`.
    pub(crate) fn line(&mut self, points: &[(f64, f64)], ink: Ink, width: f64, opacity: f64) -> Result<(), ReportError> {
        let style = self.shape(ink, opacity).stroke_width(units(width).unsigned_abs());
        self.put(&PathElement::new(points.iter().map(|&p| place(p)).collect::<Vec<_>>(), style))
    }

    /// A PNG file stretched between two corners, each pixel a sharp block. Pictures lie under all that is drawn.
    pub(crate) fn picture(&mut self, from: (f64, f64), to: (f64, f64), png: &[u8]) {
        let ((x0, y0), (x1, y1)) = (place(from), place(to));
        let data = BASE64_STANDARD.encode(png);
        self.pictures.push_str(&format!(
            "<image x=\"{x0}\" y=\"{y0}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" \
             style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{data}\"/>\n",
            x1 - x0,
            y1 - y0
        ));
    }

    /// A filled rectangle between two corners.
    pub(crate) fn block(&mut self, from: (f64, f64), to: (f64, f64), ink: Ink, opacity: f64) -> Result<(), ReportError> {
        let style = self.shape(ink, opacity).filled();
        self.put(&Rectangle::new([place(from), place(to)], style))
    }

    /// A disc that lets through what is under it.
    pub(crate) fn disc(&mut self, centre: (f64, f64), radius: f64, ink: Ink, opacity: f64) -> Result<(), ReportError> {
        let disc = self.shape(ink, opacity).filled();
        self.put(&Circle::new(place(centre), units(radius), disc))
    }

    /// A disc with a thin rim of the background's colour, which keeps it apart from what it covers.
    pub(crate) fn dot(&mut self, centre: (f64, f64), radius: f64, ink: Ink) -> Result<(), ReportError> {
        let rim = self.shape(Ink::Paper, 1.0).filled();
        self.put(&Circle::new(place(centre), units(radius + 1.0), rim))?;
        let disc = self.shape(ink, 1.0).filled();
        self.put(&Circle::new(place(centre), units(radius), disc))
    }

    /// A text; `at` is its anchor, half-way up its letters.
    pub(crate) fn text(&mut self, text: &str, at: (f64, f64), style: Type) -> Result<(), ReportError> {
        self.inks.insert(style.ink);
        let size = style.size * FINENESS * PLOTTERS_FONT_SCALE;
        let font = ("sans-serif", size).into_font().style(if style.bold { FontStyle::Bold } else { FontStyle::Normal });
        let horizontal = match style.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let colour = style.ink.sentinel();
        let turn = if style.upwards { FontTransform::Rotate270 } else { FontTransform::None };
        let style = TextStyle::from(font).color(&colour).pos(Pos::new(horizontal, VPos::Center)).transform(turn);
        self.put(&Text::new(text.to_owned(), place(at), style))
    }

    fn shape(&mut self, ink: Ink, opacity: f64) -> ShapeStyle {
        self.inks.insert(ink);
        let colour: RGBAColor = ink.sentinel().mix(opacity);
        ShapeStyle::from(colour)
    }

    fn put<E>(&self, element: &E) -> Result<(), ReportError>
    where
        for<'b> &'b E: PointCollection<'b, (i32, i32)>,
        E: Drawable<SVGBackend<'p>>,
    {
        self.area.draw(element).map_err(|cause| ReportError::Chart { cause: cause.to_string() })
    }
}

/// Draws a chart of `width` by `height` CSS pixels and returns an `<svg>` element that scales with its column.
pub(crate) fn draw(
    (width, height): (f64, f64),
    caption: &Caption<'_>,
    paint: impl FnOnce(&mut Pen<'_>) -> Result<(), ReportError>,
) -> Result<String, ReportError> {
    let mut raw = String::new();
    let (inks, pictures) = {
        let size = (units(width).unsigned_abs(), units(height).unsigned_abs());
        let mut pen =
            Pen { area: SVGBackend::with_string(&mut raw, size).into_drawing_area(), inks: BTreeSet::new(), pictures: String::new() };
        paint(&mut pen)?;
        pen.area.present().map_err(|cause| ReportError::Chart { cause: cause.to_string() })?;
        (pen.inks, pen.pictures)
    };
    let Caption { id, title, description } = caption;
    Ok(format!(
        "<svg class=\"chart\" role=\"img\" aria-labelledby=\"{id}-title {id}-description\" viewBox=\"0 0 {w} {h}\" style=\"--width:{width}px\">\n\
         <title id=\"{id}-title\">{title}</title>\n<desc id=\"{id}-description\">{description}</desc>\n{pictures}{body}</svg>",
        w = units(width),
        h = units(height),
        title = escape(title),
        description = escape(description),
        body = tidy(&raw, &inks),
    ))
}

/// The marks between plotters' `<svg>` tags, inks put in, and what the style sheet says anyway left out.
fn tidy(raw: &str, inks: &BTreeSet<Ink>) -> String {
    let body = raw.split_once(">\n").map_or(raw, |(_, rest)| rest);
    let body = body.strip_suffix("</svg>\n").unwrap_or(body);
    let mut out = body.replace(" opacity=\"1\"", "").replace(" font-family=\"sans-serif\"", "").replace(" stroke=\"none\"", "");
    for ink in inks {
        let RGBColor(r, g, b) = ink.sentinel();
        out = out.replace(&format!("\"#{r:02X}{g:02X}{b:02X}\""), &format!("\"{}\"", ink.variable()));
    }
    out
}

fn units(pixels: f64) -> i32 {
    (pixels * FINENESS).round() as i32
}

fn place((x, y): (f64, f64)) -> (i32, i32) {
    (units(x), units(y))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
