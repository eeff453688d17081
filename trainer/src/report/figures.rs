use resit_io::RewardCurves;
use resit_io::figure::{Axis, BLACK, COLORS, Curve, Figure, GRAY, Panel, Style};

use super::Run;
use crate::cost::{Row, Varied, Work};

/// Figure 4 of arXiv 2503.04808: the reward of training, and the accuracy at one attempt, by step. The
/// published rewards were read off by eye at two steps.
pub fn figure_4(runs: &[Run], published: Option<&RewardCurves>) -> Figure {
    let mut rewards = of_runs(runs, "reward");
    if let Some(published) = published {
        for (name, points, color) in [
            (
                "published: multi-attempt, by eye",
                &published.multi_attempt,
                BLACK,
            ),
            (
                "published: single-turn, by eye",
                &published.single_turn,
                GRAY,
            ),
        ] {
            rewards.push(curve(name, points.clone(), color, true));
        }
    }
    let accuracies = of_runs(runs, "accuracy@1");
    let legend = rewards.iter().map(|curve| curve.style.clone()).collect();
    let mut panels = vec![panel("reward of training", "step", "reward", rewards)];
    if !accuracies.is_empty() {
        panels.push(panel(
            "accuracy at one attempt",
            "step",
            "accuracy@1",
            accuracies,
        ));
    }
    Figure {
        legend,
        columns: panels.len(),
        panels,
    }
}

/// Every metric by step.
pub fn curves(run: &Run) -> Figure {
    let panels = run.names().into_iter().filter_map(|name| {
        let points = run.curve(name);
        let curve = curve("", points, COLORS[0], false);
        (!curve.points.is_empty()).then(|| panel(name, "step", name, vec![curve]))
    });
    Figure {
        legend: Vec::new(),
        panels: panels.collect(),
        columns: 3,
    }
}

/// The seconds of training and of sampling, by each of the things that were varied.
pub fn cost_figure(rows: &[Row]) -> Figure {
    let works = [(Work::Training, "training"), (Work::Sampling, "sampling")];
    let of = |varied: Varied, size: fn(&Row) -> f64| -> Vec<Curve> {
        let curves = works.iter().zip(COLORS).map(|((work, name), color)| {
            let rows = rows
                .iter()
                .filter(|r| r.varied == varied && r.work == *work);
            let points = rows.map(|row| (size(row), row.seconds)).collect();
            curve(name, points, color, false)
        });
        curves.filter(|curve| !curve.points.is_empty()).collect()
    };
    let length = |row: &Row| row.length as f64;
    let panels: Vec<Panel> = [
        (
            Varied::Length,
            "length",
            "tokens",
            length as fn(&Row) -> f64,
        ),
        (Varied::Batch, "batch", "sequences", |r| r.batch as f64),
        (Varied::Parameters, "parameters", "millions", |r| {
            r.parameters as f64 / 1e6
        }),
    ]
    .into_iter()
    .map(|(varied, title, x, size)| panel(title, x, "seconds", of(varied, size)))
    .collect();
    let legend = of(Varied::Length, length).into_iter();
    Figure {
        legend: legend.map(|curve| curve.style).collect(),
        columns: panels.len(),
        panels,
    }
}

fn of_runs(runs: &[Run], metric: &str) -> Vec<Curve> {
    let curves = runs.iter().zip(COLORS.into_iter().cycle());
    let curves = curves.map(|(run, color)| curve(&run.name, run.curve(metric), color, false));
    curves.filter(|curve| !curve.points.is_empty()).collect()
}

fn curve(name: &str, points: Vec<(f64, f64)>, color: (u8, u8, u8), dashed: bool) -> Curve {
    Curve {
        // A point alone would not be seen.
        dots: dashed || points.len() < 3,
        points,
        style: Style {
            name: name.into(),
            color,
            dashed,
        },
        faint: false,
        whiskers: Vec::new(),
    }
}

fn panel(title: &str, x: &str, y: &str, curves: Vec<Curve>) -> Panel {
    let points = || curves.iter().flat_map(|curve| curve.points.iter().copied());
    let axis = |name: &str, of: fn((f64, f64)) -> f64, labels: usize| {
        let low = points().map(of).fold(f64::INFINITY, f64::min);
        let high = points().map(of).fold(f64::NEG_INFINITY, f64::max);
        // A constant still needs a range, larger than what is lost when it is added.
        let room = (0.05 * (high - low))
            .max(1e-6 * high.abs().max(low.abs()))
            .max(1e-9);
        Axis {
            name: name.into(),
            range: low - room..high + room,
            labels,
        }
    };
    Panel {
        title: title.into(),
        x: axis(x, |(x, _)| x, 5),
        y: axis(y, |(_, y)| y, 5),
        areas: Vec::new(),
        curves,
    }
}
