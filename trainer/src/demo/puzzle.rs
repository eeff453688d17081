use rand::rngs::StdRng;
use resit::env::{Attempt, Chat, Environment, Feedback, Finish, Task, Template, Verifier};
use serde::{Deserialize, Serialize};
use tokenizers::decoders::fuse::Fuse;
use tokenizers::models::wordlevel::WordLevel;
use tokenizers::pre_tokenizers::fixed_length::FixedLength;
use tokenizers::{AddedToken, Tokenizer as Inner};

use crate::Result;
use crate::batch::Sequence;
use crate::config::{CriticKind, ProgressConfig};
use crate::model::CausalLm;
use crate::tokenize::Tokenizer;

pub(super) const END_OF_TURN: &str = "<|im_end|>";
pub(super) const WRONG: &str = "<|wrong|>";
pub(super) const BOX: &str = "\\boxed{";

/// What a small model is to learn, and how its questions are drawn.
pub(super) trait Puzzle: Sync {
    /// What decides whether an attempt is right.
    type Verifier: Verifier + Clone + Sync;

    /// The most attempts that an evaluation grants.
    const ATTEMPTS: u32;

    /// The headline of the report.
    const TITLE: &'static str;

    /// What every reader should know first.
    const CAVEAT: &'static str;

    fn tokenizer(&self) -> Result<Tokenizer>;

    /// In which the warm start is evaluated.
    fn environment(&self) -> Environment<Self::Verifier>;

    /// What the warm start learns from: one sequence of a teacher who knows the format and the
    /// questions, and makes nothing of the feedback.
    fn demonstration(&self, tokenizer: &Tokenizer, rng: &mut StdRng) -> Result<Sequence>;

    /// A question to train on.
    fn training_task(&self, rng: &mut StdRng) -> Task;

    /// The questions of the evaluation at the end.
    fn test_tasks(&self, rng: &mut StdRng) -> Vec<Task>;

    /// The questions of the evaluations on the way, in the proportions of their chances.
    fn every_task(&self) -> Vec<Task>;

    /// What the policies are compared with.
    fn yardsticks(
        &self,
        warm_start: &CausalLm,
        tokenizer: &Tokenizer,
        tasks: &[Task],
    ) -> Result<Vec<Yardstick>>;
}

/// A policy that is trained from the warm start.
pub(super) struct Arm<V> {
    /// In files.
    pub(super) key: &'static str,
    /// For people.
    pub(super) name: &'static str,
    /// In which it is trained and evaluated, with the N of its training.
    pub(super) environment: Environment<V>,
    /// What the critic computes values from.
    pub(super) critic: CriticKind,
    /// A bonus for progress.
    pub(super) progress: Option<ProgressConfig>,
    /// Other environments in which it is evaluated, each with key and name.
    pub(super) controls: Vec<(&'static str, &'static str, Environment<V>)>,
}

/// Something that needs no training, and its accuracy at 1, 2, … attempts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Yardstick {
    pub(super) name: String,
    pub(super) accuracy: Vec<f64>,
}

/// The question stands alone, and the feedback is one word that says nothing but "wrong". The
/// model is not told how many attempts it has.
pub(super) fn environment() -> Environment {
    Environment {
        template: Template {
            chat: Chat {
                user: [String::new(), String::new()],
                end_of_turn: END_OF_TURN.into(),
                after_turn: String::new(),
                ..Chat::plain()
            },
            system: String::new(),
            user: "{input}".into(),
            feedback: Feedback {
                text: WRONG.into(),
                ..Feedback::count()
            },
        },
        ..Environment::default()
    }
}

/// A turn that answers, as text.
pub(super) fn turn(answer: &str) -> String {
    format!("{BOX}{answer}}}{END_OF_TURN}")
}

/// The same as an attempt, with its ids.
pub(super) fn attempt(answer: &str, tokenizer: &Tokenizer) -> Result<Attempt> {
    let text = turn(answer);
    Ok(Attempt {
        tokens: tokenizer.encode(&text)?,
        logprobs: Vec::new(),
        finish: Finish::EndOfTurn,
        text,
    })
}

/// One token for each of `characters`, and one for each of the opening of a box, the end of a turn,
/// the feedback and the other `words`.
pub(super) fn tokenizer(characters: &str, words: &[&str]) -> Result<Tokenizer> {
    let characters = characters.chars().map(String::from);
    let vocabulary = characters.chain(["<unk>".into()]).zip(0..).collect();
    let model = WordLevel::builder()
        .vocab(vocabulary)
        .unk_token("<unk>".into());
    let mut inner = Inner::new(model.build()?);
    inner.with_pre_tokenizer(Some(FixedLength::new(1)));
    inner.with_decoder(Some(Fuse::new()));
    inner.add_tokens([AddedToken::from(BOX, false)])?;
    let special = [END_OF_TURN, WRONG]
        .into_iter()
        .chain(words.iter().copied());
    inner.add_special_tokens(special.map(|text| AddedToken::from(text, true)))?;
    Tokenizer::new(inner, END_OF_TURN)
}
