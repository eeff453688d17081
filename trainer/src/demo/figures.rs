//! The demo's figures, after Figures 1 and 4 of arXiv 2503.04808: drawn as SVG, and from that as
//! PNG, with a font of our own so that no machine's fonts matter.

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

use super::report::{Arm, Mode, Report};
use crate::{Error, Result};

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Chart<'a> = ChartContext<'a, SVGBackend<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
type Drawn = std::result::Result<(), Box<dyn std::error::Error>>;

/// Plotters rounds to whole units, so a figure is drawn in eighths of a pixel.
const PIXEL: u32 = 8;

/// Of the SVG, in pixels; a PNG has twice as many each way.
const SIZE: (u32, u32) = (960, 410);

/// Where the SVG's reader lacks the first, another sans serif will do.
const FONT: &str = "DejaVu Sans, Verdana, Arial, sans-serif";
const TEXT: u32 = 14 * PIXEL;
const STROKE: u32 = 2 * PIXEL;
const DASH: (u32, u32) = (6 * PIXEL, 4 * PIXEL);
const LEGEND_HEIGHT: u32 = 40 * PIXEL;

const INK: RGBColor = RGBColor(38, 38, 38);
const GRID: RGBColor = RGBColor(226, 226, 226);

/// Curves are set apart by this much of an attempt, so that none hides another.
const APART: f64 = 0.035;

/// Iterations over which the training reward is averaged.
const SMOOTHING: usize = 15;

const X_LABELS: usize = 5;

/// How a curve is drawn and what it is called.
struct Style {
    name: &'static str,
    color: RGBColor,
    dashed: bool,
}

const BEST: Style = Style {
    name: "best possible",
    color: INK,
    dashed: true,
};

fn style(arm: Arm) -> Style {
    // Colours that the colour-blind can tell apart (Okabe and Ito).
    let color = match arm {
        Arm::WarmStart => RGBColor(140, 140, 140),
        Arm::SingleTurn => RGBColor(213, 94, 0),
        Arm::MultiAttempt => RGBColor(0, 114, 178),
    };
    Style {
        name: arm.name(),
        color,
        dashed: false,
    }
}

/// Draws `accuracy_by_attempts` and `training` into `folder`.
pub(super) fn draw(report: &Report, folder: &Path) -> Result<()> {
    register_font(FONT, FontStyle::Normal, dejavu::sans::regular())
        .map_err(|_| Error::Figure("the font cannot be read".into()))?;
    write(folder, "accuracy_by_attempts", |area| {
        by_attempts(area, report)
    })?;
    write(folder, "training", |area| training(area, report))
}

fn write(folder: &Path, name: &str, draw: impl FnOnce(&Area) -> Drawn) -> Result<()> {
    let figure = |error: &dyn std::fmt::Display| Error::Figure(format!("{name}: {error}"));
    let mut svg = String::new();
    {
        let units = (SIZE.0 * PIXEL, SIZE.1 * PIXEL);
        let area = SVGBackend::with_string(&mut svg, units).into_drawing_area();
        let drawn = area.fill(&WHITE).map_err(Into::into);
        drawn.and_then(|()| draw(&area)).map_err(|e| figure(&e))?;
        area.present().map_err(|e| figure(&e))?;
    }
    // The view box stays in units.
    let units = format!("width=\"{}\" height=\"{}\"", SIZE.0 * PIXEL, SIZE.1 * PIXEL);
    let pixels = format!("width=\"{}\" height=\"{}\"", SIZE.0, SIZE.1);
    let svg = svg.replacen(&units, &pixels, 1);
    let file = folder.join(name).with_extension("svg");
    fs::write(&file, &svg).map_err(Error::file(&file))?;
    let png = rasterize(&svg).map_err(|e| figure(&e))?;
    let file = folder.join(name).with_extension("png");
    fs::write(&file, png).map_err(Error::file(&file))
}

fn rasterize(svg: &str) -> std::result::Result<Vec<u8>, Box<dyn std::error::Error>> {
    const SCALE: f32 = 2.0;
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(dejavu::sans::regular().to_vec());
    let options = usvg::Options {
        fontdb: Arc::new(fonts),
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(svg, &options)?;
    let size = tree
        .size()
        .to_int_size()
        .scale_by(SCALE)
        .ok_or("too large")?;
    let mut pixels = tiny_skia::Pixmap::new(size.width(), size.height()).ok_or("too large")?;
    let scale = tiny_skia::Transform::from_scale(SCALE, SCALE);
    resvg::render(&tree, scale, &mut pixels.as_mut());
    Ok(pixels.encode_png()?)
}

/// Figure 1: accuracy against the attempts that are granted.
fn by_attempts(area: &Area, report: &Report) -> Drawn {
    let (head, body) = area.split_vertically(LEGEND_HEIGHT);
    let mut legend: Vec<Style> = Arm::ALL.into_iter().rev().map(style).collect();
    legend.push(BEST);
    draw_legend(&head, &legend)?;

    let attempts = report.best.len();
    let titles = [(Mode::Sampled, "temperature 1"), (Mode::Greedy, "greedy")];
    for ((mode, title), panel) in titles.into_iter().zip(body.split_evenly((1, 2))) {
        let x = 0.8..attempts as f64 + 0.2;
        let mut chart = axes(
            &panel,
            title,
            ("attempts", x),
            ("accuracy (%)", 35.0..103.0),
            attempts,
        )?;
        let best = report.best.iter().enumerate();
        let best = best
            .map(|(k, best)| (k as f64 + 1.0, 100.0 * best))
            .collect();
        line(&mut chart, best, &BEST, STROKE, 1.0)?;
        for (arm, shift) in Arm::ALL.into_iter().zip([-APART, 0.0, APART]) {
            let style = style(arm);
            let accuracies = report.accuracies(arm, mode);
            let mut points = Vec::with_capacity(attempts);
            for (k, accuracy) in accuracies.iter().enumerate() {
                let (x, y) = (k as f64 + 1.0 + shift, 100.0 * accuracy.value);
                let half = 100.0 * accuracy.half_width;
                let bar = [(x, y - half), (x, y + half)];
                chart.draw_series([PathElement::new(bar, style.color.stroke_width(STROKE))])?;
                chart.draw_series([Circle::new((x, y), 2 * STROKE, style.color.filled())])?;
                points.push((x, y));
            }
            line(&mut chart, points, &style, STROKE, 1.0)?;
        }
    }
    Ok(())
}

/// Figure 4: the reward while training, and the accuracy at one attempt, against the iterations.
fn training(area: &Area, report: &Report) -> Drawn {
    const ARMS: [Arm; 2] = [Arm::SingleTurn, Arm::MultiAttempt];
    let (head, body) = area.split_vertically(LEGEND_HEIGHT);
    draw_legend(&head, &[style(ARMS[1]), style(ARMS[0]), BEST])?;
    let panels = body.split_evenly((1, 2));
    let [left, right] = panels.as_slice() else {
        return Ok(());
    };

    let rewards = ARMS.map(|arm| report.reward_curves(arm));
    let steps = rewards.iter().flatten().map(Vec::len).max().unwrap_or(0) as f64;
    let x = ("iteration", 0.0..steps.max(1.0));
    let smooth = rewards.map(|seeds| seeds.iter().map(|c| moving_average(c)).collect::<Vec<_>>());
    let range = around(smooth.iter().flatten().flatten().map(|(_, y)| *y));
    let mut chart = axes(
        left,
        "training reward",
        x.clone(),
        ("reward", range),
        X_LABELS,
    )?;
    for (arm, seeds) in ARMS.into_iter().zip(&smooth) {
        curves(&mut chart, seeds, &style(arm))?;
    }

    let accuracies = ARMS.map(|arm| report.accuracy_curves(arm));
    let best = 100.0 * report.best[0];
    let shown = accuracies.iter().flatten().flatten().map(|(_, y)| *y);
    let range = around(shown.chain([best]));
    let mut chart = axes(
        right,
        "all questions, one attempt",
        x,
        ("accuracy (%)", range),
        X_LABELS,
    )?;
    line(
        &mut chart,
        vec![(0.0, best), (steps, best)],
        &BEST,
        STROKE,
        1.0,
    )?;
    for (arm, seeds) in ARMS.into_iter().zip(&accuracies) {
        curves(&mut chart, seeds, &style(arm))?;
    }
    Ok(())
}

/// The mean over the seeds, and behind it each seed.
fn curves(chart: &mut Chart, seeds: &[Vec<(f64, f64)>], style: &Style) -> Drawn {
    if seeds.len() > 1 {
        for seed in seeds {
            line(chart, seed.clone(), style, STROKE / 2, 0.35)?;
        }
    }
    let points = seeds.iter().map(Vec::len).min().unwrap_or(0);
    let mean = (0..points).map(|i| {
        let sum: f64 = seeds.iter().map(|seed| seed[i].1).sum();
        (seeds[0][i].0, sum / seeds.len() as f64)
    });
    line(chart, mean.collect(), style, STROKE, 1.0)
}

/// Over the last [`SMOOTHING`] points, or all if there are fewer.
fn moving_average(curve: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let average = |window: &[(f64, f64)]| {
        let sum: f64 = window.iter().map(|(_, y)| y).sum();
        Some((window.last()?.0, sum / window.len() as f64))
    };
    let size = SMOOTHING.min(curve.len()).max(1);
    curve.windows(size).filter_map(average).collect()
}

/// A range that shows all of `values`, with room.
fn around(values: impl Iterator<Item = f64> + Clone) -> Range<f64> {
    let low = values.clone().fold(f64::INFINITY, f64::min);
    let high = values.fold(f64::NEG_INFINITY, f64::max);
    if low > high {
        return 0.0..1.0;
    }
    let room = 0.06 * (high - low).max(1e-3);
    low - room..high + room
}

fn line(
    chart: &mut Chart,
    points: Vec<(f64, f64)>,
    style: &Style,
    width: u32,
    opacity: f64,
) -> Drawn {
    let stroke = style.color.mix(opacity).stroke_width(width);
    if style.dashed {
        chart.draw_series(DashedLineSeries::new(points, DASH.0, DASH.1, stroke))?;
    } else {
        chart.draw_series(LineSeries::new(points, stroke))?;
    }
    Ok(())
}

/// A panel with a title, horizontal grid lines and named axes.
fn axes<'a>(
    area: &Area<'a>,
    title: &str,
    (x_name, x): (&str, Range<f64>),
    (y_name, y): (&str, Range<f64>),
    x_labels: usize,
) -> std::result::Result<Chart<'a>, Box<dyn std::error::Error>> {
    let text = |size: u32| TextStyle::from((FONT, size)).color(&INK);
    let mut chart = ChartBuilder::on(area)
        .caption(title, text(TEXT + PIXEL))
        .margin_top(4 * PIXEL)
        .margin_right(18 * PIXEL)
        .margin_bottom(6 * PIXEL)
        .margin_left(8 * PIXEL)
        .x_label_area_size(44 * PIXEL)
        .y_label_area_size(62 * PIXEL)
        .build_cartesian_2d(x, y)?;
    let number = |value: &f64| format!("{}", (value * 1e6).round() / 1e6);
    chart
        .configure_mesh()
        .disable_x_mesh()
        .bold_line_style(GRID.stroke_width(PIXEL))
        .light_line_style(TRANSPARENT)
        .axis_style(INK.stroke_width(PIXEL))
        .set_all_tick_mark_size(5 * PIXEL)
        .x_labels(x_labels)
        .y_labels(6)
        .x_label_formatter(&number)
        .y_label_formatter(&number)
        .x_desc(x_name)
        .y_desc(y_name)
        .label_style(text(TEXT - PIXEL))
        .axis_desc_style(text(TEXT))
        .draw()?;
    Ok(chart)
}

/// In one row, centred.
fn draw_legend(area: &Area, entries: &[Style]) -> Drawn {
    const SAMPLE: i32 = 30 * PIXEL as i32;
    const GAP: i32 = 8 * PIXEL as i32;
    const BETWEEN: i32 = 28 * PIXEL as i32;
    let text = TextStyle::from((FONT, TEXT)).color(&INK);
    let mut widths = Vec::with_capacity(entries.len());
    for entry in entries {
        let (width, _) = area.estimate_text_size(entry.name, &text)?;
        widths.push(SAMPLE + GAP + width as i32 + BETWEEN);
    }
    let (width, height) = area.dim_in_pixel();
    let mut x = (width as i32 - widths.iter().sum::<i32>() + BETWEEN) / 2;
    let y = height as i32 / 2;
    for (entry, width) in entries.iter().zip(widths) {
        let stroke = entry.color.stroke_width(STROKE);
        let ends = [(x, y), (x + SAMPLE, y)];
        if entry.dashed {
            area.draw(&DashedPathElement::new(ends, DASH.0, DASH.1, stroke))?;
        } else {
            area.draw(&PathElement::new(ends, stroke))?;
        }
        let anchor = text.pos(Pos::new(HPos::Left, VPos::Center));
        area.draw(&Text::new(entry.name, (x + SAMPLE + GAP, y), anchor))?;
        x += width;
    }
    Ok(())
}
