use std::fmt::Write;

use resit_io::{Pair, PublishedCurves};

use super::{BENCHMARKS, PolicyScores, Score, Scores};

/// Table 1 and the numbers of Figures 1 and 5 in Markdown, the published rows first.
pub fn markdown(policies: &[PolicyScores], published: &PublishedCurves) -> String {
    let mut text = String::from(
        "# Accuracy in %\n\nGreedy, one sample per question; published: arXiv 2503.04808. In brackets \
         95 % bootstrap intervals over questions; that of an average takes the benchmarks as \
         independent.\n\n## Table 1: one attempt, generated to its end\n\n",
    );
    header(
        &mut text,
        "policy",
        BENCHMARKS
            .iter()
            .map(|(_, title)| (*title).into())
            .chain(["average".into()]),
    );
    for (name, of) in SIDES {
        let columns = names().map(|name| published.table_1.get(name).map(of));
        row(&mut text, name, columns.map(number));
    }
    for policy in policies {
        let ours = names().map(|name| match name {
            "average" => policy.average(|scores| Some(scores.to_the_end)),
            _ => policy.benchmarks.get(name).map(|scores| scores.to_the_end),
        });
        row(&mut text, &policy.policy, ours.map(score));
    }
    for (name, title) in [("average", "average of the five")]
        .into_iter()
        .chain(BENCHMARKS)
    {
        let of_name = |policy: &PolicyScores, k: u32| match name {
            "average" => policy.average(|scores| scores.exactly.get(&k).copied()),
            _ => policy.benchmarks.get(name)?.exactly.get(&k).copied(),
        };
        let most = policies.iter().filter_map(|policy| {
            let keys = policy
                .benchmarks
                .values()
                .flat_map(|scores: &Scores| scores.exactly.keys());
            keys.max().copied()
        });
        let most = most.max().unwrap_or(1).max(7);
        let figure = if name == "average" { 1 } else { 5 };
        let _ = write!(
            text,
            "\n## Figure {figure}: {title}, exactly k attempts\n\n"
        );
        header(&mut text, "policy", (1..=most).map(|k| format!("k = {k}")));
        if let Some(curves) = published.benchmarks.get(name) {
            for (label, curve) in [
                (SIDES[0].0, &curves.multi_attempt),
                (SIDES[1].0, &curves.single_turn),
            ] {
                let columns = (0..most as usize).map(|k| number(curve.get(k).copied()));
                row(&mut text, label, columns);
            }
        }
        for policy in policies {
            row(
                &mut text,
                &policy.policy,
                (1..=most).map(|k| score(of_name(policy, k))),
            );
        }
    }
    text
}

/// A row of published numbers, and how it is found.
type Side = (&'static str, fn(&Pair) -> f64);

const SIDES: [Side; 2] = [
    ("published: multi-attempt", |pair| pair.multi_attempt),
    ("published: single-turn", |pair| pair.single_turn),
];

fn names() -> impl Iterator<Item = &'static str> {
    BENCHMARKS.iter().map(|(name, _)| *name).chain(["average"])
}

fn header(text: &mut String, first: &str, columns: impl Iterator<Item = String>) {
    let columns: Vec<String> = columns.collect();
    row(text, first, columns.iter().cloned());
    row(text, "---", columns.iter().map(|_| "---:".to_owned()));
}

fn row(text: &mut String, name: &str, columns: impl Iterator<Item = String>) {
    let columns: Vec<String> = columns.collect();
    let _ = writeln!(
        text,
        "| {} | {} |",
        name.replace('|', "\\|"),
        columns.join(" | ")
    );
}

fn number(value: Option<f64>) -> String {
    value.map_or("–".into(), |value| format!("{value:.1}"))
}

fn score(score: Option<Score>) -> String {
    let Some(score) = score else {
        return "–".into();
    };
    match score.interval {
        Some([low, high]) => format!("{:.1} [{low:.1}, {high:.1}]", score.accuracy),
        None => format!("{:.1}", score.accuracy),
    }
}
