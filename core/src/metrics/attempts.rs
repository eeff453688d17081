//! What attempts bring, one after another.

use alloc::collections::BTreeSet;

use super::{EpisodeRecord, Metric, Question};

/// Accuracy at exactly `k` attempts: the share of the episodes granted `k` attempts, neither more
/// nor fewer, that were solved. What Figure 1 of arXiv 2503.04808 shows.
///
/// The prompt may tell the model how many attempts it has, so this is not [`solved_by`] of episodes
/// that were granted more.
pub fn accuracy_at(questions: &[Question], k: u32) -> Metric {
    Metric::mean(questions, |episode| {
        (episode.granted == k).then(|| share(episode.solved_by(k)))
    })
}

/// S(k): the share of the episodes granted at least `k` attempts in which one of the first `k` was
/// correct. An episode that ended early without a correct attempt stays unsolved.
pub fn solved_by(questions: &[Question], k: u32) -> Metric {
    Metric::mean(questions, |episode| {
        (episode.granted >= k).then(|| share(episode.solved_by(k)))
    })
}

/// The share of wrong attempts numbered `k` whose next attempt is correct. Counted over the
/// episodes that have both. SCoRe (arXiv 2409.12917) counts the same, but over all problems.
pub fn fix_rate(questions: &[Question], k: u32) -> Metric {
    changed(questions, k, false)
}

/// The share of correct attempts numbered `k` whose next attempt is wrong. Without a value where
/// episodes end with their first correct attempt.
pub fn break_rate(questions: &[Question], k: u32) -> Metric {
    changed(questions, k, true)
}

fn changed(questions: &[Question], k: u32, before: bool) -> Metric {
    Metric::mean(questions, |episode| {
        let (this, next) = (episode.attempt(k)?, episode.attempt(k.checked_add(1)?)?);
        (this.correct == before).then(|| share(next.correct != before))
    })
}

/// The share of answers after an episode's first that were given in it before. Equal answers are
/// those of equal text: see [`Question::unify_answers`].
pub fn repeat_rate(questions: &[Question]) -> Metric {
    Metric::ratio(questions, |episode| {
        let (answers, distinct) = answers(episode);
        let later = answers.checked_sub(1)?;
        Some(((answers - distinct) as f64, later as f64))
    })
}

/// How many different answers an episode holds, on average over the episodes with an answer.
pub fn distinct_answers(questions: &[Question]) -> Metric {
    Metric::mean(questions, |episode| {
        let (_, distinct) = answers(episode);
        (distinct > 0).then_some(distinct as f64)
    })
}

/// How many answers an episode holds, and how many different ones.
fn answers(episode: &EpisodeRecord) -> (usize, usize) {
    let given = || episode.attempts.iter().filter_map(|a| a.answer.as_deref());
    let distinct: BTreeSet<&str> = given().collect();
    (given().count(), distinct.len())
}

/// The share of attempts that hold a closed, non-empty box.
pub fn format_rate(questions: &[Question]) -> Metric {
    Metric::ratio(questions, |episode| {
        let formatted = episode.attempts.iter().filter(|a| a.formatted).count();
        Some((formatted as f64, episode.attempts.len() as f64))
    })
}

/// Tokens sampled up to the end of the first correct attempt, on average over the episodes that
/// have one and whose tokens are known.
pub fn tokens_to_solve(questions: &[Question]) -> Metric {
    Metric::mean(questions, |episode| {
        let place = episode.attempts.iter().position(|a| a.correct)?;
        let tokens = episode.tokens_after(u32::try_from(place).ok()?.checked_add(1)?)?;
        Some(tokens as f64)
    })
}

/// Tokens sampled in the first `k` attempts, on average over the episodes granted at least `k`
/// whose tokens are known. An episode that ended earlier counts with all of its tokens.
pub fn tokens_after(questions: &[Question], k: u32) -> Metric {
    Metric::mean(questions, |episode| {
        let tokens = episode.tokens_after(k)?;
        (episode.granted >= k).then_some(tokens as f64)
    })
}

pub(super) fn share(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}
