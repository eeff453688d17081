use std::path::Path;

use resit_io::figure::{Axis, BLACK, COLORS, Curve, Figure, GRAY, Panel, Style};
use resit_io::{Curves, PublishedCurves};

use super::{BENCHMARKS, PolicyScores, Score};
use crate::Result;

/// Curves are set apart by this much of an attempt, so that none hides another.
const APART: f64 = 0.06;

/// Writes `figure_1` (the average) and `figure_5` (each benchmark), as SVG and PNG. Without scores on
/// all five benchmarks Figure 1 has the published curves alone.
///
/// # Errors
///
/// Files that cannot be written.
pub fn draw(policies: &[PolicyScores], published: &PublishedCurves, folder: &Path) -> Result<()> {
    let average =
        |policy: &PolicyScores, k: u32| policy.average(|scores| scores.exactly.get(&k).copied());
    let first = panel(
        "average of five benchmarks",
        "average",
        policies,
        published,
        average,
    );
    let figure = Figure {
        legend: legend(&first),
        panels: vec![first],
        columns: 1,
    };
    figure.write(folder, "figure_1")?;
    let panels = BENCHMARKS.map(|(name, title)| {
        panel(title, name, policies, published, |policy, k| {
            policy.benchmarks.get(name)?.exactly.get(&k).copied()
        })
    });
    let figure = Figure {
        // What is missing in one benchmark may be in another.
        legend: panels
            .iter()
            .map(legend)
            .max_by_key(Vec::len)
            .unwrap_or_default(),
        panels: panels.into(),
        columns: 2,
    };
    Ok(figure.write(folder, "figure_5")?)
}

fn legend(panel: &Panel) -> Vec<Style> {
    panel
        .curves
        .iter()
        .map(|curve| curve.style.clone())
        .collect()
}

fn panel(
    title: &str,
    name: &str,
    policies: &[PolicyScores],
    published: &PublishedCurves,
    score: impl Fn(&PolicyScores, u32) -> Option<Score>,
) -> Panel {
    let mut curves = published
        .benchmarks
        .get(name)
        .map(of_paper)
        .unwrap_or_default();
    let middle = (policies.len() as f64 - 1.0) / 2.0;
    for (index, policy) in policies.iter().enumerate() {
        let mut curve = Curve {
            points: Vec::new(),
            style: style(&policy.policy, COLORS[index % COLORS.len()], false),
            faint: false,
            dots: true,
            whiskers: Vec::new(),
        };
        let keys = policy
            .benchmarks
            .values()
            .flat_map(|scores| scores.exactly.keys());
        for k in 1..=keys.max().copied().unwrap_or(0) {
            let Some(score) = score(policy, k) else {
                continue;
            };
            let x = f64::from(k) + APART * (index as f64 - middle);
            curve.points.push((x, score.accuracy));
            curve
                .whiskers
                .extend(score.interval.map(|[low, high]| (x, low, high)));
        }
        if !curve.points.is_empty() {
            curves.push(curve);
        }
    }
    let ends = |curve: &Curve| {
        let points = curve.points.iter().map(|(x, y)| (*x, *y, *y));
        points
            .chain(curve.whiskers.iter().copied())
            .collect::<Vec<_>>()
    };
    let all: Vec<(f64, f64, f64)> = curves.iter().flat_map(ends).collect();
    let last = all.iter().map(|(x, ..)| x.round()).fold(2.0, f64::max);
    let low = all.iter().map(|(_, low, _)| *low).fold(100.0, f64::min);
    let high = all.iter().map(|(.., high)| *high).fold(0.0, f64::max);
    Panel {
        title: title.into(),
        x: Axis {
            name: "attempts k".into(),
            range: 0.6..last + 0.4,
            labels: last as usize,
        },
        y: Axis {
            name: "accuracy (%)".into(),
            range: (low - 2.0).max(-2.0)..(high + 2.0).max(low),
            labels: 6,
        },
        areas: Vec::new(),
        curves,
    }
}

fn of_paper(published: &Curves) -> Vec<Curve> {
    let sides = [
        ("published: multi-attempt", BLACK, &published.multi_attempt),
        ("published: single-turn", GRAY, &published.single_turn),
    ];
    let curve = |(name, color, accuracies): (&str, _, &Vec<f64>)| Curve {
        points: (1..)
            .map(f64::from)
            .zip(accuracies.iter().copied())
            .collect(),
        style: style(name, color, true),
        faint: false,
        dots: true,
        whiskers: Vec::new(),
    };
    sides.into_iter().map(curve).collect()
}

fn style(name: &str, color: (u8, u8, u8), dashed: bool) -> Style {
    Style {
        name: name.into(),
        color,
        dashed,
    }
}
