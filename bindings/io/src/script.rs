use resit::env::{Attempt, EnvError, Environment, Finish, Outcome, Sequence, StopReason, Task};
use serde::{Deserialize, Serialize};

/// An episode with everything that the model says in it, to be played without a model.
///
/// ```
/// let script: resit_io::Script = serde_json::from_str(
///     r#"{"environment": {"template": "plain", "attempts": 2},
///         "task": {"question": "6 × 7?", "reference": "42"},
///         "script": [{"text": "\\boxed{41}"}, {"text": "\\boxed{42}"}]}"#,
/// )?;
/// let played = script.play()?;
/// assert_eq!((played.rewards, played.reward), (vec![-0.5, 1.0], Some(1.0)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
pub struct Script {
    /// The settings of the environment.
    #[serde(default)]
    pub environment: Environment,
    /// The question and its answer.
    pub task: Task,
    /// From which the number of attempts is drawn.
    #[serde(default)]
    pub seed: u64,
    /// How the environment's texts get ids; `None`: they get none.
    #[serde(default)]
    pub ids: Option<Ids>,
    /// What the model says, turn by turn or piece by piece.
    pub script: Vec<Piece>,
}

/// How a text gets ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ids {
    /// The bytes of its UTF-8.
    Utf8,
}

/// A turn of the model, or a piece of one.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// The ids of the text.
    #[serde(default)]
    pub tokens: Vec<u32>,
    /// The log-probability of each id.
    #[serde(default)]
    pub logprobs: Vec<f32>,
    /// Why generation stopped here; the end of the turn, if it is not said.
    #[serde(default = "end_of_turn")]
    pub finish: Finish,
}

fn end_of_turn() -> Finish {
    Finish::EndOfTurn
}

/// What came back when a [`Script`] was played: what a trainer would see.
#[derive(Clone, Debug, Serialize)]
pub struct Played {
    /// What each piece came to.
    pub steps: Vec<Step>,
    /// Why the episode ended, once it has.
    pub stop: Option<StopReason>,
    /// The reward of each attempt.
    pub rewards: Vec<f64>,
    /// The reward of the episode; `None` while it goes on, and after an error.
    pub reward: Option<f64>,
    /// The text that the next token would follow.
    pub text: String,
    /// Its ids.
    pub tokens: Vec<u32>,
    /// 1 for each id that the model sampled after those before it, else 0.
    pub loss_mask: Vec<u8>,
    /// The log-probabilities of these ids, 0 for the others; `None` where one is not known.
    pub logprobs: Option<Vec<f32>>,
    /// What is trained.
    pub sequences: Vec<Trained>,
}

/// What a piece came to.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Step {
    /// The environment took it.
    Taken(Outcome),
    /// The environment refused it, and the episode stayed as it was.
    Refused {
        /// Why.
        error: String,
    },
}

/// A [`Sequence`], with its mask in numbers.
#[derive(Clone, Debug, Serialize)]
pub struct Trained {
    /// The ids.
    pub tokens: Vec<u32>,
    /// As in [`Played::loss_mask`].
    pub loss_mask: Vec<u8>,
    /// As in [`Played::logprobs`].
    pub logprobs: Option<Vec<f32>>,
    /// The reward that each token bears.
    pub rewards: Vec<f64>,
}

impl Script {
    /// Plays the episode to the end of the script.
    ///
    /// # Errors
    ///
    /// Where the episode cannot start. That a piece is refused is no error, but a [`Step`].
    pub fn play(&self) -> Result<Played, EnvError> {
        let mut episode = self.environment.reset(&self.task, self.seed)?;
        let mut steps = Vec::new();
        for piece in &self.script {
            if self.ids == Some(Ids::Utf8) {
                episode.encode(|text| text.bytes().map(u32::from).collect());
            }
            let attempt = Attempt {
                text: piece.text.clone(),
                tokens: piece.tokens.clone(),
                logprobs: piece.logprobs.clone(),
                finish: piece.finish,
            };
            let outcome = self.environment.step(&mut episode, attempt);
            steps.push(outcome.map_or_else(
                |error| Step::Refused {
                    error: error.to_string(),
                },
                Step::Taken,
            ));
        }
        let (state, transcript) = (episode.state(), episode.transcript());
        let rewards = &self.environment.rewards;
        Ok(Played {
            steps,
            stop: state.stop,
            rewards: rewards.attempts(&state.results),
            reward: rewards.reward(state),
            text: transcript.text(),
            tokens: transcript.tokens(),
            loss_mask: numbers(transcript.loss_mask()),
            logprobs: transcript.logprobs(),
            sequences: episode
                .sequences(rewards)
                .into_iter()
                .map(Trained::from)
                .collect(),
        })
    }
}

impl From<Sequence> for Trained {
    fn from(sequence: Sequence) -> Self {
        Self {
            tokens: sequence.tokens,
            loss_mask: numbers(sequence.loss_mask),
            logprobs: sequence.logprobs,
            rewards: sequence.rewards,
        }
    }
}

fn numbers(mask: Vec<bool>) -> Vec<u8> {
    mask.into_iter().map(u8::from).collect()
}
