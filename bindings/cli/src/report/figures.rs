//! Accuracy by attempts after Figure 1 of arXiv 2503.04808; progress, and the regret by tokens,
//! after arXiv 2503.07572.

use std::ops::Range;
use std::path::Path;

use resit::metrics::{Metric, accuracy_at, progress, solved_by, token_regret, tokens_after};
use resit_io::figure::{Area, Axis, BLACK, COLORS, Curve, Figure, GRAY, Panel, Style};

use super::{Policy, Report};
use crate::Fault;

/// Curves are set apart by this much of an attempt, so that none hides another.
const APART: f64 = 0.05;

/// The names of the figures, and why one is not drawn.
pub(super) type Drawn = Vec<(&'static str, Result<(), &'static str>)>;

pub(super) fn draw(report: &Report, folder: &Path) -> Result<Drawn, Fault> {
    let mut drawn = Drawn::new();
    for (name, figure) in [
        ("accuracy_by_attempts", by_attempts(report)),
        ("progress_by_attempt", by_progress(report)),
        ("accuracy_by_tokens", by_tokens(report)),
    ] {
        if let Ok(figure) = &figure {
            figure.write(folder, name)?;
        }
        drawn.push((name, figure.map(|_| ())));
    }
    Ok(drawn)
}

fn by_attempts(report: &Report) -> Result<Figure, &'static str> {
    let exactly = report.policies.iter().all(Policy::at_exactly);
    let (title, metric): (_, fn(&[_], u32) -> Metric) = if exactly {
        ("accuracy at exactly k attempts", accuracy_at)
    } else {
        ("solved by attempt k", solved_by)
    };
    let numbers = 1..=report.attempts;
    let mut curves = report.curves(|policy, k| metric(&policy.questions, k), numbers);
    let mut last = report.attempts;
    if let Some(published) = &report.published {
        for (name, accuracies, color) in [
            ("published: multi-attempt", &published.multi_attempt, BLACK),
            ("published: single-turn", &published.single_turn, GRAY),
        ] {
            let points: Vec<_> = (1..)
                .zip(accuracies)
                .map(|(k, a)| (f64::from(k), *a))
                .collect();
            last = last.max(points.len() as u32);
            curves.push(Curve {
                style: style(name, color, true),
                points,
                faint: false,
                dots: true,
                whiskers: Vec::new(),
            });
        }
    }
    if last < 2 {
        return Err("no policy had more than one attempt");
    }
    Ok(Figure {
        legend: curves.iter().map(|curve| curve.style.clone()).collect(),
        panels: vec![Panel {
            title: title.into(),
            x: attempts("attempts k", 1, last),
            y: percent("accuracy (%)", around(&curves, None)),
            areas: Vec::new(),
            curves,
        }],
        columns: 1,
    })
}

fn by_progress(report: &Report) -> Result<Figure, &'static str> {
    let measured = |k: &u32| {
        let mut policies = report.policies.iter();
        policies.any(|policy| progress(&policy.questions, *k).value().is_some())
    };
    let last = (1..=report.attempts).filter(measured).max();
    let last = last.ok_or("no attempt has a J before and after it")?;
    let curves = report.curves(|policy, k| progress(&policy.questions, k), 1..=last);
    let legend = curves.iter().map(|curve| curve.style.clone()).collect();
    let ends = [0.6, f64::from(last) + 0.4].map(|x| (x, 0.0));
    let zero = Curve {
        points: ends.into(),
        style: style("", GRAY, true),
        faint: false,
        dots: false,
        whiskers: Vec::new(),
    };
    Ok(Figure {
        legend,
        panels: vec![Panel {
            title: "progress of attempt k: J after it less J before it".into(),
            x: attempts("attempt k", 1, last),
            y: percent("progress (points)", around(&curves, Some(0.0))),
            areas: Vec::new(),
            curves: [vec![zero], curves].concat(),
        }],
        columns: 1,
    })
}

/// A panel for each policy; the area between its curve and perfect accuracy is its regret.
fn by_tokens(report: &Report) -> Result<Figure, &'static str> {
    let budget = report.budget.filter(|budget| *budget > 0.0);
    let budget = budget.ok_or("the transcripts hold no tokens")?;
    let mut panels = Vec::new();
    for (policy, color) in report.policies.iter().zip(COLORS.into_iter().cycle()) {
        let most = policy.most();
        let regret = token_regret(&policy.questions, most, budget);
        let Some(value) = regret.value() else {
            continue;
        };
        let mut title = format!("{}: token regret {:.1} %", policy.name, 100.0 * value);
        if let Some(interval) = regret.interval(&report.bootstrap) {
            let (low, high) = (100.0 * interval.low, 100.0 * interval.high);
            title.push_str(&format!(" [{low:.1}, {high:.1}]"));
        }
        let mut curve = Curve {
            points: vec![(0.0, 0.0)],
            style: style(&policy.name, color, false),
            faint: false,
            dots: true,
            whiskers: Vec::new(),
        };
        for k in 1..=most {
            let tokens = tokens_after(&policy.questions, k).value();
            let solved = solved_by(&policy.questions, k);
            if let (Some(tokens), Some(accuracy)) = (tokens, solved.value()) {
                curve.points.push((tokens, 100.0 * accuracy));
                let interval = solved.interval(&report.bootstrap);
                let ends = interval.map(|i| (tokens, 100.0 * i.low, 100.0 * i.high));
                curve.whiskers.extend(ends);
            }
        }
        let flat = until(&curve.points, budget);
        let outline = [&[(0.0, 100.0)], flat.as_slice(), &[(budget, 100.0)]].concat();
        let beyond = Curve {
            points: flat,
            dots: false,
            whiskers: Vec::new(),
            ..curve.clone()
        };
        panels.push(Panel {
            title,
            x: Axis {
                name: "sampled tokens".into(),
                range: 0.0..budget * 1.03,
                labels: 5,
            },
            y: percent("accuracy (%)", 0.0..103.0),
            areas: vec![Area { outline, color }],
            curves: vec![beyond, curve],
        });
    }
    if panels.is_empty() {
        return Err("the transcripts hold no tokens");
    }
    Ok(Figure {
        legend: Vec::new(),
        columns: panels.len().min(2),
        panels,
    })
}

/// The curve up to the budget: cut by linear interpolation, or flat after its last point.
fn until(points: &[(f64, f64)], budget: f64) -> Vec<(f64, f64)> {
    let mut cut = Vec::with_capacity(points.len() + 1);
    for &(x, y) in points {
        match cut.last() {
            Some(&(before, from)) if x > budget => {
                cut.push((budget, from + (y - from) * (budget - before) / (x - before)));
                return cut;
            }
            _ => cut.push((x, y)),
        }
    }
    cut.extend(points.last().map(|&(_, y)| (budget, y)));
    cut
}

impl Report {
    /// A curve in % for each policy, with intervals.
    fn curves(
        &self,
        metric: impl Fn(&Policy, u32) -> Metric,
        numbers: impl Iterator<Item = u32> + Clone,
    ) -> Vec<Curve> {
        let middle = (self.policies.len() as f64 - 1.0) / 2.0;
        let colors = COLORS.into_iter().cycle();
        let policies = self.policies.iter().zip(colors).enumerate();
        let curve = |(index, (policy, color)): (usize, (&Policy, _))| {
            let mut curve = Curve {
                points: Vec::new(),
                style: style(&policy.name, color, false),
                faint: false,
                dots: true,
                whiskers: Vec::new(),
            };
            for k in numbers.clone() {
                let metric = metric(policy, k);
                let x = f64::from(k) + APART * (index as f64 - middle);
                curve
                    .points
                    .extend(metric.value().map(|value| (x, 100.0 * value)));
                let interval = metric.interval(&self.bootstrap);
                let ends = interval.map(|i| (x, 100.0 * i.low, 100.0 * i.high));
                curve.whiskers.extend(ends);
            }
            curve
        };
        policies.map(curve).collect()
    }
}

fn style(name: &str, color: (u8, u8, u8), dashed: bool) -> Style {
    Style {
        name: name.into(),
        color,
        dashed,
    }
}

fn attempts(name: &str, first: u32, last: u32) -> Axis {
    Axis {
        name: name.into(),
        range: f64::from(first) - 0.4..f64::from(last) + 0.4,
        labels: (last - first + 1) as usize,
    }
}

fn percent(name: &str, range: Range<f64>) -> Axis {
    Axis {
        name: name.into(),
        range,
        labels: 6,
    }
}

/// A range that shows all points and intervals, with room.
fn around(curves: &[Curve], also: Option<f64>) -> Range<f64> {
    let points = curves.iter().flat_map(|c| c.points.iter().map(|(_, y)| *y));
    let ends = curves.iter().flat_map(|c| &c.whiskers);
    let ends = ends.flat_map(|(_, low, high)| [*low, *high]);
    let all = || points.clone().chain(ends.clone()).chain(also);
    let (low, high) = (
        all().fold(f64::INFINITY, f64::min),
        all().fold(f64::NEG_INFINITY, f64::max),
    );
    if low > high {
        return 0.0..1.0;
    }
    let room = 0.08 * (high - low).max(1.0);
    low - room..high + room
}
