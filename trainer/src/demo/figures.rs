//! The demo's figures, after Figures 1 and 4 of arXiv 2503.04808.

use std::ops::Range;
use std::path::Path;

use resit_io::figure::{Axis, BLACK, COLORS, Curve, Figure, GRAY, Panel, Style};

use super::report::{Arm, Mode, Report};
use crate::Result;

/// Curves are set apart by this much of an attempt, so that none hides another.
const APART: f64 = 0.035;

/// Iterations over which the training reward is averaged.
const SMOOTHING: usize = 15;

const LABELS: usize = 5;

fn style(arm: Arm) -> Style {
    let [blue, vermilion, ..] = COLORS;
    let color = match arm {
        Arm::WarmStart => GRAY,
        Arm::SingleTurn => vermilion,
        Arm::MultiAttempt => blue,
    };
    Style {
        name: arm.name().into(),
        color,
        dashed: false,
    }
}

fn best() -> Style {
    Style {
        name: "best possible".into(),
        color: BLACK,
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
    let attempts = report.best.len();
    let titles = [(Mode::Sampled, "temperature 1"), (Mode::Greedy, "greedy")];
    let panels = titles.map(|(mode, title)| {
        let best_points = (1..).zip(report.best);
        let best_points = best_points.map(|(k, best)| (f64::from(k), 100.0 * best));
        let mut curves = vec![line(best_points.collect(), best())];
        for (arm, shift) in Arm::ALL.into_iter().zip([-APART, 0.0, APART]) {
            let mut curve = line(Vec::new(), style(arm));
            curve.dots = true;
            for (k, accuracy) in (1..).zip(report.accuracies(arm, mode)) {
                let (x, y) = (f64::from(k) + shift, 100.0 * accuracy.value);
                let half = 100.0 * accuracy.half_width;
                curve.points.push((x, y));
                curve.whiskers.push((x, y - half, y + half));
            }
            curves.push(curve);
        }
        Panel {
            title: title.into(),
            x: axis("attempts", 0.8..attempts as f64 + 0.2, attempts),
            y: axis("accuracy (%)", 35.0..103.0, 6),
            areas: Vec::new(),
            curves,
        }
    });
    Figure {
        legend: Arm::ALL
            .into_iter()
            .rev()
            .map(style)
            .chain([best()])
            .collect(),
        panels: panels.into(),
        columns: 2,
    }
}

/// Figure 4: the reward while training, and the accuracy at one attempt, against the iterations.
fn training(report: &Report) -> Figure {
    const ARMS: [Arm; 2] = [Arm::SingleTurn, Arm::MultiAttempt];
    let rewards = ARMS.map(|arm| report.reward_curves(arm));
    let steps = rewards.iter().flatten().map(Vec::len).max().unwrap_or(0) as f64;
    let x = axis("iteration", 0.0..steps.max(1.0), LABELS);
    let smooth = rewards.map(|seeds| seeds.iter().map(|c| moving_average(c)).collect::<Vec<_>>());
    let range = around(smooth.iter().flatten().flatten().map(|(_, y)| *y));
    let reward = Panel {
        title: "training reward".into(),
        x: x.clone(),
        y: axis("reward", range, 6),
        areas: Vec::new(),
        curves: ARMS
            .iter()
            .zip(&smooth)
            .flat_map(|(arm, seeds)| curves(seeds, *arm))
            .collect(),
    };

    let accuracies = ARMS.map(|arm| report.accuracy_curves(arm));
    let [at_one, ..] = report.best.map(|best| 100.0 * best);
    let shown = accuracies.iter().flatten().flatten().map(|(_, y)| *y);
    let range = around(shown.chain([at_one]));
    let best_curve = line(vec![(0.0, at_one), (steps, at_one)], best());
    let arms = ARMS.iter().zip(&accuracies);
    let accuracy = Panel {
        title: "all questions, one attempt".into(),
        x,
        y: axis("accuracy (%)", range, 6),
        areas: Vec::new(),
        curves: [best_curve]
            .into_iter()
            .chain(arms.flat_map(|(arm, seeds)| curves(seeds, *arm)))
            .collect(),
    };
    Figure {
        legend: vec![style(Arm::MultiAttempt), style(Arm::SingleTurn), best()],
        panels: vec![reward, accuracy],
        columns: 2,
    }
}

/// The mean over the seeds, and behind it each seed.
fn curves(seeds: &[Vec<(f64, f64)>], arm: Arm) -> Vec<Curve> {
    let mut curves = Vec::new();
    if seeds.len() > 1 {
        curves.extend(seeds.iter().map(|seed| Curve {
            faint: true,
            ..line(seed.clone(), style(arm))
        }));
    }
    let points = seeds.iter().map(Vec::len).min().unwrap_or(0);
    let mean = (0..points).map(|i| {
        let sum: f64 = seeds.iter().map(|seed| seed[i].1).sum();
        (seeds[0][i].0, sum / seeds.len() as f64)
    });
    curves.push(line(mean.collect(), style(arm)));
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
