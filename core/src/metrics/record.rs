use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::Grader;
use crate::env::{AttemptResult, Episode, SegmentKind};

/// What the metrics know of one episode.
#[derive(Clone, Debug, PartialEq)]
pub struct EpisodeRecord {
    /// Names the question: episodes of the same name are samples of the same question.
    pub question: String,
    /// N: the number of attempts that the episode granted.
    pub granted: u32,
    /// Tokens before the first attempt; `None` where only text is known.
    pub prompt_tokens: Option<u64>,
    /// The attempts, in order.
    pub attempts: Vec<AttemptRecord>,
    /// Estimates of J_0, …, J_N, the expected accuracy of an answer given after so many attempts:
    /// 1 from the first correct attempt on. Empty where there are none.
    pub values: Vec<f64>,
}

/// What the metrics know of one attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct AttemptRecord {
    /// Whether its answer equals the reference.
    pub correct: bool,
    /// Whether it held a closed, non-empty box.
    pub formatted: bool,
    /// Its answer, if it has one.
    pub answer: Option<String>,
    /// Tokens that the model sampled for it; `None` where only text is known.
    pub tokens: Option<u64>,
    /// Tokens of what comes between it and the next attempt: feedback, a reflection.
    pub feedback_tokens: u64,
}

/// All episodes of one question. Intervals take questions, not episodes, as independent.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Its name, as in [`EpisodeRecord::question`].
    pub name: String,
    /// At least one, unless it was made by hand.
    pub episodes: Vec<EpisodeRecord>,
}

impl EpisodeRecord {
    /// The record of an episode as the environment judged it, without values.
    ///
    /// The question is named by the task's id, or else by its text and its reference.
    pub fn of<R>(episode: &Episode<R>) -> Self {
        let (task, state) = (episode.task(), episode.state());
        let name = || [&*task.question, "\n", &*task.reference].concat();
        let mut record = Self {
            question: task.id.clone().unwrap_or_else(name),
            granted: state.attempts,
            prompt_tokens: None,
            attempts: state.results.iter().map(AttemptRecord::of).collect(),
            values: Vec::new(),
        };
        for segment in episode.transcript().segments() {
            let unknown = segment.tokens.is_empty() && !segment.text.is_empty();
            let tokens = segment.tokens.len() as u64;
            let index = (segment.attempt as usize).wrapping_sub(1);
            match (segment.kind, record.attempts.get_mut(index)) {
                (SegmentKind::Prompt, _) => record.prompt_tokens = (!unknown).then_some(tokens),
                (SegmentKind::Attempt, Some(attempt)) if unknown => attempt.tokens = None,
                (SegmentKind::Attempt | SegmentKind::Context, _) | (_, None) => {}
                (_, Some(attempt)) => attempt.feedback_tokens += tokens,
            }
        }
        record
    }

    /// Whether one of the first `k` attempts is correct.
    pub fn solved_by(&self, k: u32) -> bool {
        self.attempts.iter().take(k as usize).any(|a| a.correct)
    }

    /// The attempt numbered `k`, counted from 1.
    pub(super) fn attempt(&self, k: u32) -> Option<&AttemptRecord> {
        self.attempts.get((k as usize).checked_sub(1)?)
    }

    /// Tokens sampled in the first `k` attempts, or in all if there are fewer.
    pub(super) fn tokens_after(&self, k: u32) -> Option<u64> {
        self.attempts
            .iter()
            .take(k as usize)
            .map(|a| a.tokens)
            .sum()
    }
}

impl AttemptRecord {
    fn of(result: &AttemptResult) -> Self {
        Self {
            correct: result.correct(),
            formatted: result.formatted(),
            answer: result.answer().map(String::from),
            tokens: Some(result.tokens),
            feedback_tokens: 0,
        }
    }
}

impl Question {
    /// Sorts episodes by their question, in the order in which the questions first occur.
    pub fn group(episodes: impl IntoIterator<Item = EpisodeRecord>) -> Vec<Self> {
        let mut questions: Vec<Self> = Vec::new();
        let mut places = BTreeMap::new();
        for episode in episodes {
            let place = *places
                .entry(episode.question.clone())
                .or_insert(questions.len());
            match questions.get_mut(place) {
                Some(question) => question.episodes.push(episode),
                None => questions.push(Self {
                    name: episode.question.clone(),
                    episodes: Vec::from([episode]),
                }),
            }
        }
        questions
    }

    /// Gives equal answers equal texts: answers that `grader` finds equal to an earlier one of this
    /// question are replaced by it. Repetitions and votes are counted by text, so this comes first.
    pub fn unify_answers(&mut self, grader: &Grader) {
        let mut known = Vec::new();
        for attempt in self.episodes.iter_mut().flat_map(|e| &mut e.attempts) {
            let Some(answer) = &mut attempt.answer else {
                continue;
            };
            let equal = known.iter().find(|(text, reference)| {
                text == answer || grader.grade_prepared(reference, answer).correct()
            });
            match equal {
                Some((text, _)) => answer.clone_from(text),
                None => known.push((answer.clone(), grader.prepare(answer))),
            }
        }
    }
}
