use alloc::string::String;
use alloc::vec::Vec;

use super::{Attempt, Credit, EnvError, Finish, Thinking};

/// Everything that was said in an episode, in order. Ids are appended and never changed, and the
/// loss mask follows from the kinds of the segments.
///
/// A transcript of an ended episode ends with the model's own token: the feedback that no attempt
/// answered is withdrawn.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Transcript {
    thinking: Thinking,
    segments: Vec<Segment>,
}

/// A stretch of a transcript with one author.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Segment {
    /// Who speaks, and to what end.
    pub kind: SegmentKind,
    /// The attempt that this is, or that it follows, counted from 1; 0 for the prompt.
    pub attempt: u32,
    /// The text.
    pub text: String,
    /// The ids of the text; empty until they are known.
    pub tokens: Vec<u32>,
    /// The log-probability of each token that the model sampled; empty where they are not known.
    pub logprobs: Vec<f32>,
    /// Why generation of a turn of the model stopped.
    pub finish: Option<Finish>,
}

/// Who wrote a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum SegmentKind {
    /// The environment: the question with its instructions.
    Prompt,
    /// The model: an answer.
    Attempt,
    /// The environment: what it says between two turns of the model.
    Feedback,
    /// The model: a reflection on the attempt before.
    Reflection,
    /// The model: a judgement of the attempt before.
    Verification,
    /// The environment: the turn of the model before this segment, without its reasoning, as later
    /// turns see it in its place.
    Context,
}

/// What is trained as one sequence. All but `tokens` is aligned with `tokens`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sequence {
    /// The ids.
    pub tokens: Vec<u32>,
    /// Whether the model sampled the token, in the context of the tokens before it.
    pub loss_mask: Vec<bool>,
    /// The log-probability of each token when it was sampled, 0 where the mask is false. `None`
    /// where that of a sampled token is not known.
    pub logprobs: Option<Vec<f32>>,
    /// The reward that each token bears, 0 for all but some that the model sampled.
    pub rewards: Vec<f64>,
}

impl SegmentKind {
    /// Whether the model wrote it.
    pub fn is_model(self) -> bool {
        matches!(self, Self::Attempt | Self::Reflection | Self::Verification)
    }
}

impl Transcript {
    /// The segments, in order.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// What later turns see of the reasoning in earlier ones.
    pub fn thinking(&self) -> Thinking {
        self.thinking
    }

    /// The text that the next token follows.
    pub fn text(&self) -> String {
        self.visible().map(|(s, _)| s.text.as_str()).collect()
    }

    /// The ids that the next token follows.
    pub fn tokens(&self) -> Vec<u32> {
        let tokens = self.visible().flat_map(|(s, _)| s.tokens.iter().copied());
        tokens.collect()
    }

    /// For each of [`Transcript::tokens`], whether the model sampled it after those before it.
    pub fn loss_mask(&self) -> Vec<bool> {
        let mask = self
            .visible()
            .flat_map(|(s, trained)| s.tokens.iter().map(move |_| trained));
        mask.collect()
    }

    /// For each of [`Transcript::tokens`], its log-probability when it was sampled, and 0 where
    /// [`Transcript::loss_mask`] is false. `None` where that of a sampled token is not known.
    pub fn logprobs(&self) -> Option<Vec<f32>> {
        let mut logprobs = Vec::new();
        for (segment, trained) in self.visible() {
            if !trained {
                logprobs.resize(logprobs.len() + segment.tokens.len(), 0.0);
            } else if segment.logprobs.len() == segment.tokens.len() {
                logprobs.extend_from_slice(&segment.logprobs);
            } else {
                return None;
            }
        }
        Some(logprobs)
    }

    /// The segments that the next token follows, and whether they are trained in this context.
    fn visible(&self) -> impl Iterator<Item = (&Segment, bool)> {
        view(&self.segments)
    }

    /// What is trained, without rewards: one sequence, or one for each context under
    /// [`Thinking::Fork`], so that every sampled token is trained once, after the tokens that it was
    /// sampled after. With [`Credit::Reflection`] only reflections are trained.
    ///
    /// `reward` gives the reward that the last token of a segment bears, if the segment is the last
    /// of its sequence or not.
    pub(super) fn sequences(
        &self,
        credit: Credit,
        reward: impl Fn(&Segment, bool) -> f64,
    ) -> Vec<Sequence> {
        // A context ends after the turn that is replaced in the next.
        let contexts = self.segments.iter().enumerate();
        let ends = contexts
            .filter(|(_, segment)| segment.kind == SegmentKind::Context)
            .map(|(index, _)| index)
            .chain([self.segments.len()]);
        let mut sequences = Vec::new();
        for end in ends {
            let segments = self.segments.get(..end).unwrap_or_default();
            let mut sequence = Sequence {
                logprobs: Some(Vec::new()),
                ..Sequence::default()
            };
            let last = last_sampled(segments, credit);
            for (segment, index, visible) in indexed_view(segments) {
                let reflects = segment.kind == SegmentKind::Reflection;
                let sampled = visible && (credit != Credit::Reflection || reflects);
                sequence.push(segment, sampled);
                let bears = sequence.rewards.last_mut();
                if let Some(bears) = bears.filter(|_| sampled && !segment.tokens.is_empty()) {
                    *bears = reward(segment, last == Some(index));
                }
            }
            sequences.push(sequence);
        }
        if self.thinking != Thinking::Fork {
            sequences.drain(..sequences.len().saturating_sub(1));
        }
        sequences
    }

    pub(super) fn new(prompt: String, thinking: Thinking) -> Self {
        Self {
            thinking,
            segments: alloc::vec![Segment::environment(SegmentKind::Prompt, 0, prompt)],
        }
    }

    pub(super) fn encode(&mut self, mut encode: impl FnMut(&str) -> Vec<u32>) {
        for segment in &mut self.segments {
            if !segment.kind.is_model() && segment.tokens.is_empty() {
                segment.tokens = encode(&segment.text);
            }
        }
    }

    /// Whether `piece`, which belongs to the turn under way if one is, may come next.
    pub(super) fn admits(&self, piece: &Attempt, goes_on: bool) -> Result<(), EnvError> {
        if piece.tokens.is_empty() {
            return Ok(());
        }
        match self.segments.last() {
            Some(open) if goes_on && open.kind.is_model() => {
                let known = !piece.logprobs.is_empty();
                if !open.tokens.is_empty() && open.logprobs.is_empty() == known {
                    return Err(EnvError::LogprobCount {
                        tokens: open.tokens.len() + piece.tokens.len(),
                        logprobs: open.logprobs.len() + piece.logprobs.len(),
                    });
                }
            }
            Some(before) if before.tokens.is_empty() && !before.text.is_empty() => {
                return Err(EnvError::NotEncoded);
            }
            _ => {}
        }
        Ok(())
    }

    /// Appends a piece of a turn of the model.
    /// An empty one only says why a turn that goes on stopped.
    pub(super) fn push_piece(&mut self, kind: SegmentKind, number: u32, piece: Attempt, on: bool) {
        match self.segments.last_mut() {
            Some(open) if on && open.kind.is_model() => {
                open.text.push_str(&piece.text);
                open.tokens.extend(piece.tokens);
                open.logprobs.extend(piece.logprobs);
                open.finish = Some(piece.finish);
            }
            _ if piece.is_empty() => {}
            _ => self.segments.push(Segment {
                kind,
                attempt: number,
                text: piece.text,
                tokens: piece.tokens,
                logprobs: piece.logprobs,
                finish: Some(piece.finish),
            }),
        }
    }

    /// Appends what the environment says after the model's turn, of which later turns see `visible`
    /// if that is not all of it.
    pub(super) fn push_feedback(&mut self, number: u32, visible: Option<String>, text: String) {
        let context = visible.map(|text| (SegmentKind::Context, text));
        for (kind, text) in context.into_iter().chain([(SegmentKind::Feedback, text)]) {
            self.segments.push(Segment::environment(kind, number, text));
        }
    }

    /// The text of the model's last turn, if it spoke last.
    pub(super) fn last_turn(&self) -> Option<&Segment> {
        self.segments.last().filter(|last| last.kind.is_model())
    }

    /// Takes back what was said to the model and what it did not answer.
    pub(super) fn withdraw_feedback(&mut self) {
        while self
            .segments
            .last()
            .is_some_and(|last| matches!(last.kind, SegmentKind::Feedback | SegmentKind::Context))
        {
            self.segments.pop();
        }
    }

    /// Gives the environment's segments the ids of those at the same places in `recorded`, where the
    /// texts are the same.
    pub(super) fn copy_ids(&mut self, recorded: &[Segment]) {
        for (segment, recorded) in self.segments.iter_mut().zip(recorded) {
            if !segment.kind.is_model() && segment.text == recorded.text {
                segment.tokens.clone_from(&recorded.tokens);
            }
        }
    }

    /// Forgets all from the segment `index` on.
    pub(super) fn truncate(&mut self, index: usize) {
        self.segments.truncate(index);
    }
}

impl Sequence {
    fn push(&mut self, segment: &Segment, sampled: bool) {
        let len = self.tokens.len() + segment.tokens.len();
        self.tokens.extend_from_slice(&segment.tokens);
        self.loss_mask.resize(len, sampled);
        self.rewards.resize(len, 0.0);
        let known = segment.logprobs.len() == segment.tokens.len();
        self.logprobs = self.logprobs.take().and_then(|mut logprobs| {
            if !sampled {
                logprobs.resize(len, 0.0);
            } else if known {
                logprobs.extend_from_slice(&segment.logprobs);
            } else {
                return None;
            }
            Some(logprobs)
        });
    }
}

/// The last segment that is trained and has ids.
fn last_sampled(segments: &[Segment], credit: Credit) -> Option<usize> {
    let bears = |segment: &Segment| match credit {
        Credit::Reflection => segment.kind == SegmentKind::Reflection,
        Credit::Episode | Credit::Attempt => segment.kind.is_model(),
    };
    segments
        .iter()
        .rposition(|segment| bears(segment) && !segment.tokens.is_empty())
}

/// The segments as the next token sees them: a turn that a context replaces is left out. Trained
/// are the turns of the model that no replacement stands before.
fn indexed_view(segments: &[Segment]) -> impl Iterator<Item = (&Segment, usize, bool)> {
    let replaced = |index: usize| {
        let next = segments.get(index + 1);
        next.is_some_and(|next| next.kind == SegmentKind::Context)
    };
    let exact = segments
        .iter()
        .rposition(|s| s.kind == SegmentKind::Context);
    let exact = exact.unwrap_or(0);
    let indexed = segments.iter().enumerate();
    indexed
        .filter(move |(index, _)| !replaced(*index))
        .map(move |(index, s)| (s, index, s.kind.is_model() && index >= exact))
}

fn view(segments: &[Segment]) -> impl Iterator<Item = (&Segment, bool)> {
    indexed_view(segments).map(|(segment, _, trained)| (segment, trained))
}

impl Segment {
    fn environment(kind: SegmentKind, attempt: u32, text: String) -> Self {
        Self {
            kind,
            attempt,
            text,
            tokens: Vec::new(),
            logprobs: Vec::new(),
            finish: None,
        }
    }
}
