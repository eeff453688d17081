//! The demo's figures, after Figures 1 and 4 of arXiv 2503.04808.

use std::ops::Range;
use std::path::Path;

use resit_io::figure::{Axis, BLACK, COLORS, Curve, Figure, GRAY, Panel, Style};

use super::puzzle::Yardstick;
use super::report::{Mode, Report};
use crate::Result;

/// Curves are set apart by this much of an attempt, so that none hides another.
const APART: f64 = 0.035;

/// Iterations over which the training reward is averaged.
const SMOOTHING: usize = 15;

const LABELS: usize = 5;

/// The policy at this place of the report, the warm start first.
fn style(place: usize, name: &str) -> Style {
    let [blue, vermilion, ..] = COLORS;
    let color = match place {
        0 => GRAY,
        1 => vermilion,
        _ => blue,
    };
    Style {
        name: name.into(),
        color,
        dashed: false,
    }
}

/// What needs no training: the last, which is the one to be compared with, in black.
fn yardstick(name: &str, last: bool) -> Style {
    Style {
        name: name.into(),
        color: if last { BLACK } else { GRAY },
        dashed: true,
    }
}

/// Draws `accuracy_by_attempts` and `training` into `folder`.
pub(super) fn draw(report: &Report, folder: &Path) -> Result<()> {
    by_attempts(report).write(folder, "accuracy_by_attempts")?;
    training(report).write(folder, "training")?;
    Ok(())
}

/// Figure 1: accuracy against the attempts that are granted.
fn by_attempts(report: &Report) -> Figure {
    let attempts = report.attempts();
    let yardsticks = report.yardsticks();
    let dashed: Vec<Curve> = (1..)
        .zip(&yardsticks)
        .map(|(count, Yardstick { name, accuracy })| {
            let points = (1..).zip(accuracy);
            let points = points.map(|(k, accuracy)| (f64::from(k), 100.0 * accuracy));
            line(points.collect(), yardstick(name, count == yardsticks.len()))
        })
        .collect();
    let titles = [(Mode::Sampled, "temperature 1"), (Mode::Greedy, "greedy")];
    let panels = titles.map(|(mode, title)| {
        let mut curves = dashed.clone();
        for (place, (key, name)) in report.policies.iter().enumerate() {
            let shift = APART * (place as f64 - (report.policies.len() - 1) as f64 / 2.0);
            let mut curve = line(Vec::new(), style(place, name));
            curve.dots = true;
            for (k, accuracy) in (1..).zip(report.accuracies(key, mode)) {
                let (x, y) = (f64::from(k) + shift, 100.0 * accuracy.value);
                let half = 100.0 * accuracy.half_width;
                curve.points.push((x, y));
                curve.whiskers.push((x, y - half, y + half));
            }
            curves.push(curve);
        }
        let shown = curves.iter().flat_map(|curve| &curve.points);
        let range = around(shown.map(|(_, y)| *y));
        Panel {
            title: title.into(),
            x: axis("attempts", 0.8..attempts as f64 + 0.2, attempts),
            y: axis("accuracy (%)", range, 6),
            areas: Vec::new(),
            curves,
        }
    });
    let styles = report.policies.iter().enumerate();
    let styles = styles.map(|(place, (_, name))| style(place, name));
    Figure {
        legend: styles
            .rev()
            .chain(dashed.into_iter().map(|curve| curve.style))
            .collect(),
        panels: panels.into(),
        columns: 2,
    }
}

/// Figure 4: the reward while training, and the accuracy at one attempt, against the iterations.
fn training(report: &Report) -> Figure {
    let trained = || report.policies.iter().enumerate().skip(1);
    let rewards: Vec<_> = trained()
        .map(|(_, (key, _))| report.reward_curves(key))
        .collect();
    let steps = rewards.iter().flatten().map(Vec::len).max().unwrap_or(0) as f64;
    let x = axis("iteration", 0.0..steps.max(1.0), LABELS);
    let smooth: Vec<Vec<_>> = rewards
        .iter()
        .map(|seeds| seeds.iter().map(|c| moving_average(c)).collect())
        .collect();
    let accuracies: Vec<_> = trained()
        .map(|(_, (key, _))| report.accuracy_curves(key))
        .collect();
    let panel = |title: &str, name: &str, of: &[Vec<Vec<(f64, f64)>>]| {
        let range = around(of.iter().flatten().flatten().map(|(_, y)| *y));
        let policies = trained().zip(of);
        Panel {
            title: title.into(),
            x: x.clone(),
            y: axis(name, range, 6),
            areas: Vec::new(),
            curves: policies
                .flat_map(|((place, (_, name)), seeds)| curves(seeds, &style(place, name)))
                .collect(),
        }
    };
    Figure {
        legend: trained()
            .map(|(place, (_, name))| style(place, name))
            .collect(),
        panels: vec![
            panel("training reward", "reward", &smooth),
            panel("all questions, one attempt", "accuracy (%)", &accuracies),
        ],
        columns: 2,
    }
}

/// The mean over the seeds, and behind it each seed.
fn curves(seeds: &[Vec<(f64, f64)>], style: &Style) -> Vec<Curve> {
    let mut curves = Vec::new();
    if seeds.len() > 1 {
        curves.extend(seeds.iter().map(|seed| Curve {
            faint: true,
            ..line(seed.clone(), style.clone())
        }));
    }
    let points = seeds.iter().map(Vec::len).min().unwrap_or(0);
    let mean = (0..points).map(|i| {
        let sum: f64 = seeds.iter().map(|seed| seed[i].1).sum();
        (seeds[0][i].0, sum / seeds.len() as f64)
    });
    curves.push(line(mean.collect(), style.clone()));
    curves
}

fn line(points: Vec<(f64, f64)>, style: Style) -> Curve {
    Curve {
        points,
        style,
        faint: false,
        dots: false,
        whiskers: Vec::new(),
    }
}

fn axis(name: &str, range: Range<f64>, labels: usize) -> Axis {
    Axis {
        name: name.into(),
        range,
        labels,
    }
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
