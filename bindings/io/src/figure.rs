//! Figures as data: panels of curves, drawn as SVG, and from that as PNG, with a font of our own so
//! that no machine's fonts matter.

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, register_font};
use resvg::{tiny_skia, usvg};

use crate::Error;

/// A legend over panels, which stand in rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figure {
    /// What the legend names, in this order.
    pub legend: Vec<Style>,
    /// From left to right and from top to bottom.
    pub panels: Vec<Panel>,
    /// Panels in a row. None is drawn if this is 0.
    pub columns: usize,
}

/// How something is drawn, and what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// In the legend.
    pub name: String,
    /// Red, green and blue.
    pub color: (u8, u8, u8),
    /// Whether its lines are dashed.
    pub dashed: bool,
}

/// Axes with curves.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Above it.
    pub title: String,
    /// From left to right.
    pub x: Axis,
    /// From bottom to top.
    pub y: Axis,
    /// Behind the curves.
    pub areas: Vec<Area>,
    /// In the order in which they are drawn.
    pub curves: Vec<Curve>,
}

/// One axis of a panel.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Its name, with the unit.
    pub name: String,
    /// What it shows.
    pub range: Range<f64>,
    /// About how many numbers stand along it.
    pub labels: usize,
}

/// A line through points, or points alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// In order of x.
    pub points: Vec<(f64, f64)>,
    /// How it is drawn.
    pub style: Style,
    /// A thin and pale line, one of several that stand behind their mean.
    pub faint: bool,
    /// A dot at each point.
    pub dots: bool,
    /// Intervals: x, the lower and the upper end.
    pub whiskers: Vec<(f64, f64, f64)>,
}

/// A shaded area.
#[derive(Clone, Debug, PartialEq)]
pub struct Area {
    /// Its corners.
    pub outline: Vec<(f64, f64)>,
    /// As in [`Style::color`].
    pub color: (u8, u8, u8),
}

type Canvas<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Chart<'a> = ChartContext<'a, SVGBackend<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
type Fault = Box<dyn std::error::Error>;

/// Plotters rounds to whole units, so a figure is drawn in eighths of a pixel.
const PIXEL: u32 = 8;

/// Of the SVG, in pixels; a PNG has twice as many each way.
const WIDTH: u32 = 960;
const ROW_HEIGHT: u32 = 370;
const LEGEND_HEIGHT: u32 = 40;

/// Where the SVG's reader lacks the first, another sans serif will do.
const FONT: &str = "DejaVu Sans, Verdana, Arial, sans-serif";
const TEXT: u32 = 14 * PIXEL;
const STROKE: u32 = 2 * PIXEL;
const DASH: (u32, u32) = (6 * PIXEL, 4 * PIXEL);

const INK: RGBColor = RGBColor(38, 38, 38);
const GRID: RGBColor = RGBColor(226, 226, 226);

/// The colours of Okabe and Ito that stand out on white, which the colour-blind can tell apart.
pub const COLORS: [(u8, u8, u8); 6] = [
    (0, 114, 178),
    (213, 94, 0),
    (0, 158, 115),
    (204, 121, 167),
    (230, 159, 0),
    (86, 180, 233),
];

/// Of reference curves.
pub const BLACK: (u8, u8, u8) = (38, 38, 38);

/// Of what is compared with.
pub const GRAY: (u8, u8, u8) = (140, 140, 140);

impl Figure {
    /// Writes `folder/name.svg` and `folder/name.png`.
    ///
    /// # Errors
    ///
    /// [`Error::File`], and [`Error::Figure`] for what cannot be drawn, as a range that is empty or
    /// not finite.
    pub fn write(&self, folder: &Path, name: &str) -> Result<(), Error> {
        let svg = self.svg(name)?;
        let file = folder.join(name).with_extension("svg");
        fs::write(&file, &svg).map_err(Error::file(&file))?;
        let png = rasterize(&svg).map_err(fault(name))?;
        let file = folder.join(name).with_extension("png");
        fs::write(&file, png).map_err(Error::file(&file))
    }

    /// The figure as the text of an SVG file.
    ///
    /// # Errors
    ///
    /// [`Error::Figure`], which calls the figure `name`.
    pub fn svg(&self, name: &str) -> Result<String, Error> {
        self.render().map_err(fault(name))
    }

    fn render(&self) -> Result<String, Fault> {
        register_font(FONT, FontStyle::Normal, dejavu::sans::regular())
            .map_err(|_| "the font cannot be read")?;
        let rows = self.panels.len().div_ceil(self.columns.max(1));
        let head = if self.legend.is_empty() {
            0
        } else {
            LEGEND_HEIGHT
        };
        let height = head + ROW_HEIGHT * u32::try_from(rows)?;
        let mut svg = String::new();
        {
            let size = (WIDTH * PIXEL, height * PIXEL);
            let canvas = SVGBackend::with_string(&mut svg, size).into_drawing_area();
            canvas.fill(&WHITE)?;
            let (head, body) = canvas.split_vertically(head * PIXEL);
            legend(&head, &self.legend)?;
            let cells = body.split_evenly((rows.max(1), self.columns.max(1)));
            for (panel, cell) in self.panels.iter().zip(cells) {
                panel.draw(&cell)?;
            }
            canvas.present()?;
        }
        // The view box stays in units.
        let units = format!("width=\"{}\" height=\"{}\"", WIDTH * PIXEL, height * PIXEL);
        let pixels = format!("width=\"{WIDTH}\" height=\"{height}\"");
        Ok(svg.replacen(&units, &pixels, 1))
    }
}

fn fault(name: &str) -> impl FnOnce(Fault) -> Error {
    let name = name.into();
    move |fault| Error::Figure {
        name,
        message: fault.to_string(),
    }
}

fn rasterize(svg: &str) -> Result<Vec<u8>, Fault> {
    const SCALE: f32 = 2.0;
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(dejavu::sans::regular().to_vec());
    let options = usvg::Options {
        fontdb: Arc::new(fonts),
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(svg, &options)?;
    let size = tree.size().to_int_size();
    let size = size.scale_by(SCALE).ok_or("too large")?;
    let mut pixels = tiny_skia::Pixmap::new(size.width(), size.height()).ok_or("too large")?;
    let scale = tiny_skia::Transform::from_scale(SCALE, SCALE);
    resvg::render(&tree, scale, &mut pixels.as_mut());
    Ok(pixels.encode_png()?)
}

impl Panel {
    fn draw(&self, area: &Canvas) -> Result<(), Fault> {
        let mut chart = self.axes(area)?;
        for Area { outline, color } in &self.areas {
            let color = rgb(*color).mix(0.14);
            chart.draw_series([Polygon::new(outline.clone(), color)])?;
        }
        for curve in &self.curves {
            curve.draw(&mut chart)?;
        }
        Ok(())
    }

    /// A title, horizontal grid lines and named axes.
    fn axes<'a>(&self, area: &Canvas<'a>) -> Result<Chart<'a>, Fault> {
        for Axis { range, name, .. } in [&self.x, &self.y] {
            if !(range.start.is_finite() && range.end.is_finite() && range.start < range.end) {
                return Err(format!("the range of {name} is empty").into());
            }
        }
        let text = |size: u32| TextStyle::from((FONT, size)).color(&INK);
        let mut chart = ChartBuilder::on(area)
            .caption(&self.title, text(TEXT + PIXEL))
            .margin_top(4 * PIXEL)
            .margin_right(18 * PIXEL)
            .margin_bottom(6 * PIXEL)
            .margin_left(8 * PIXEL)
            .x_label_area_size(44 * PIXEL)
            .y_label_area_size(62 * PIXEL)
            .build_cartesian_2d(self.x.range.clone(), self.y.range.clone())?;
        let number = |value: &f64| format!("{}", (value * 1e6).round() / 1e6);
        chart
            .configure_mesh()
            .disable_x_mesh()
            .bold_line_style(GRID.stroke_width(PIXEL))
            .light_line_style(TRANSPARENT)
            .axis_style(INK.stroke_width(PIXEL))
            .set_all_tick_mark_size(5 * PIXEL)
            .x_labels(self.x.labels)
            .y_labels(self.y.labels)
            .x_label_formatter(&number)
            .y_label_formatter(&number)
            .x_desc(&self.x.name)
            .y_desc(&self.y.name)
            .label_style(text(TEXT - PIXEL))
            .axis_desc_style(text(TEXT))
            .draw()?;
        Ok(chart)
    }
}

impl Curve {
    fn draw(&self, chart: &mut Chart) -> Result<(), Fault> {
        let color = rgb(self.style.color);
        for &(x, low, high) in &self.whiskers {
            let bar = [(x, low), (x, high)];
            chart.draw_series([PathElement::new(bar, color.stroke_width(STROKE))])?;
        }
        if self.dots {
            let dot = |&point: &(f64, f64)| Circle::new(point, 2 * STROKE, color.filled());
            chart.draw_series(self.points.iter().map(dot))?;
        }
        let (opacity, width) = if self.faint {
            (0.35, STROKE / 2)
        } else {
            (1.0, STROKE)
        };
        let stroke = color.mix(opacity).stroke_width(width);
        let points = self.points.iter().copied();
        if self.style.dashed {
            chart.draw_series(DashedLineSeries::new(points, DASH.0, DASH.1, stroke))?;
        } else {
            chart.draw_series(LineSeries::new(points, stroke))?;
        }
        Ok(())
    }
}

/// In one row, centred.
fn legend(area: &Canvas, entries: &[Style]) -> Result<(), Fault> {
    const SAMPLE: i32 = 30 * PIXEL as i32;
    const GAP: i32 = 8 * PIXEL as i32;
    const BETWEEN: i32 = 28 * PIXEL as i32;
    let text = TextStyle::from((FONT, TEXT)).color(&INK);
    let mut widths = Vec::with_capacity(entries.len());
    for entry in entries {
        let (width, _) = area.estimate_text_size(&entry.name, &text)?;
        widths.push(SAMPLE + GAP + width as i32 + BETWEEN);
    }
    let (width, height) = area.dim_in_pixel();
    let mut x = (width as i32 - widths.iter().sum::<i32>() + BETWEEN) / 2;
    let y = height as i32 / 2;
    for (entry, width) in entries.iter().zip(widths) {
        let stroke = rgb(entry.color).stroke_width(STROKE);
        let ends = [(x, y), (x + SAMPLE, y)];
        if entry.dashed {
            area.draw(&DashedPathElement::new(ends, DASH.0, DASH.1, stroke))?;
        } else {
            area.draw(&PathElement::new(ends, stroke))?;
        }
        let anchor = text.pos(Pos::new(HPos::Left, VPos::Center));
        area.draw(&Text::new(
            entry.name.as_str(),
            (x + SAMPLE + GAP, y),
            anchor,
        ))?;
        x += width;
    }
    Ok(())
}

fn rgb((red, green, blue): (u8, u8, u8)) -> RGBColor {
    RGBColor(red, green, blue)
}
