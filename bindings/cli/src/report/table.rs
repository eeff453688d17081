//! The table: a row for each metric, a column for each policy.

use std::fmt::Write;

use resit::metrics::{
    Metric, Question, accuracy_at, break_rate, cumulative_regret, distinct_answers, fix_rate,
    format_rate, majority_at, pass_at, progress, repeat_rate, solved_by, token_regret,
    tokens_to_solve, value_after,
};

use super::{Policy, Report};

/// How the number of a cell is written.
#[derive(Clone, Copy)]
enum Unit {
    Percent,
    Points,
    Number,
}

struct Row {
    name: String,
    cells: Vec<String>,
}

pub(super) fn of(report: &Report) -> String {
    let mut rows = Vec::new();
    let count = |of: fn(&Policy) -> usize| report.policies.iter().map(move |p| of(p).to_string());
    rows.push(Row {
        name: "questions".into(),
        cells: count(|policy| policy.questions.len()).collect(),
    });
    rows.push(Row {
        name: "episodes".into(),
        cells: count(|policy| policy.episodes().count()).collect(),
    });
    by_attempt(report, &mut rows);
    answers(report, &mut rows);
    samples(report, &mut rows);
    regret(report, &mut rows);

    let mut text = lines(&report.policies, &rows);
    let Report { bootstrap, .. } = report;
    let _ = write!(
        text,
        "\nIn brackets: {:.0} % intervals, {} bootstrap samples over questions, seed {}.\n",
        100.0 * bootstrap.level,
        bootstrap.resamples,
        bootstrap.seed,
    );
    if report.policies.iter().any(|policy| !policy.has_values()) {
        text.push_str(
            "J is estimated from the attempt that follows where no estimate was recorded.\n",
        );
    }
    text
}

fn by_attempt(report: &Report, rows: &mut Vec<Row>) {
    let k = |k: u32| move |name: &str| format!("{name} {k}");
    for (name, metric) in [
        (
            "accuracy at exactly",
            accuracy_at as fn(&[Question], u32) -> Metric,
        ),
        ("solved by attempt", solved_by),
        ("mended after attempt", fix_rate),
        ("broken after attempt", break_rate),
    ] {
        for number in 1..=report.attempts {
            report.row(rows, k(number)(name), Unit::Percent, |p| {
                metric(&p.questions, number)
            });
        }
    }
}

fn answers(report: &Report, rows: &mut Vec<Row>) {
    for (name, unit, metric) in [
        (
            "repeated answers",
            Unit::Percent,
            repeat_rate as fn(&[Question]) -> Metric,
        ),
        ("different answers", Unit::Number, distinct_answers),
        ("attempts with a box", Unit::Percent, format_rate),
        ("tokens to solve", Unit::Number, tokens_to_solve),
    ] {
        report.row(rows, name.into(), unit, |policy| metric(&policy.questions));
    }
}

/// Of first attempts, at the powers of two that no question has fewer episodes than: beyond, each
/// row would be of other questions.
fn samples(report: &Report, rows: &mut Vec<Row>) {
    let questions = report.policies.iter().flat_map(|policy| &policy.questions);
    let least = questions
        .map(|question| question.episodes.len())
        .min()
        .unwrap_or(0);
    let sizes = || {
        (1..32)
            .map(|bit| 1u32 << bit)
            .take_while(|k| *k as usize <= least)
    };
    for k in sizes() {
        report.row(rows, format!("pass@{k}"), Unit::Percent, |p| {
            pass_at(&p.questions, k)
        });
    }
    for k in sizes() {
        report.row(rows, format!("maj@{k}"), Unit::Percent, |p| {
            majority_at(&p.questions, k)
        });
    }
}

fn regret(report: &Report, rows: &mut Vec<Row>) {
    for k in 1..=report.attempts {
        report.row(
            rows,
            format!("progress of attempt {k}"),
            Unit::Points,
            |policy| progress(&policy.questions, k),
        );
    }
    let attempts = report.attempts;
    let ones = vec![1.0; attempts as usize];
    report.row(
        rows,
        format!("regret over {attempts} attempts"),
        Unit::Number,
        |policy| cumulative_regret(&policy.questions, &ones),
    );
    if report.policies.len() > 1 {
        let best: Vec<f64> = (0..attempts)
            .map_while(|j| {
                let values = report.policies.iter();
                let values = values.filter_map(|p| value_after(&p.questions, j).value());
                values.reduce(f64::max)
            })
            .collect();
        report.row(
            rows,
            "regret against the best".into(),
            Unit::Number,
            |policy| cumulative_regret(&policy.questions, &best),
        );
    }
    if let Some(budget) = report.budget {
        report.row(
            rows,
            format!("token regret at {budget:.0}"),
            Unit::Percent,
            |policy| token_regret(&policy.questions, policy.most(), budget),
        );
    }
}

impl Report {
    /// Adds a row, unless no policy has a value for it.
    fn row(
        &self,
        rows: &mut Vec<Row>,
        name: String,
        unit: Unit,
        metric: impl Fn(&Policy) -> Metric,
    ) {
        let metrics: Vec<Metric> = self.policies.iter().map(metric).collect();
        if metrics.iter().any(|metric| metric.value().is_some()) {
            let cells = metrics.iter().map(|metric| self.cell(metric, unit));
            rows.push(Row {
                name,
                cells: cells.collect(),
            });
        }
    }

    fn cell(&self, metric: &Metric, unit: Unit) -> String {
        let write = |value: f64| match unit {
            Unit::Percent => format!("{:.1}", 100.0 * value),
            Unit::Points => format!("{:+.1}", 100.0 * value),
            Unit::Number if value.abs() < 10.0 => format!("{value:.3}"),
            Unit::Number => format!("{value:.1}"),
        };
        match (metric.value(), metric.interval(&self.bootstrap)) {
            (None, _) => "-".into(),
            (Some(value), None) => write(value),
            (Some(value), Some(interval)) => {
                let (low, high) = (write(interval.low), write(interval.high));
                format!("{} [{low}, {high}]", write(value))
            }
        }
    }
}

/// Columns are as wide as they have to be.
fn lines(policies: &[Policy], rows: &[Row]) -> String {
    let length = |text: &str| text.chars().count();
    let first = rows.iter().map(|row| length(&row.name)).max().unwrap_or(0);
    let widths: Vec<usize> = policies
        .iter()
        .enumerate()
        .map(|(index, policy)| {
            let cells = rows.iter().filter_map(|row| row.cells.get(index));
            cells
                .map(|cell| length(cell))
                .fold(length(&policy.name), usize::max)
        })
        .collect();
    let mut text = String::new();
    let mut line = |name: &str, cells: &mut dyn Iterator<Item = &str>| {
        let _ = write!(text, "{name:first$}");
        for (cell, width) in cells.zip(&widths) {
            let _ = write!(text, "  {cell:>width$}");
        }
        text.push('\n');
    };
    line("", &mut policies.iter().map(|policy| policy.name.as_str()));
    for row in rows {
        line(&row.name, &mut row.cells.iter().map(String::as_str));
    }
    text
}
