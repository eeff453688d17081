//! Episodes.

use js_sys::{Function, Uint32Array};
use resit::env::{
    Attempt, AttemptResult, Environment, Finish, Judgement, Outcome, Segment, SegmentKind,
    Sequence, State, StopReason, Task, Transcript,
};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsError, JsValue};

use crate::given::{Read, Value};
use crate::json::{Json, coded, flag, flags, number, numbers, option, text, whole, wholes};
use crate::settings::environment;
use crate::{fault, refused};

/// An episode and what it is played in.
#[wasm_bindgen]
pub struct Episode {
    environment: Environment,
    episode: resit::env::Episode,
}

#[wasm_bindgen]
impl Episode {
    /// Starts one, of the members `task` and `settings`.
    pub fn start(texts: &str, numbers: &[f64], seed: u32) -> Result<Self, JsError> {
        let given = Value::new(texts, numbers);
        let environment = settings(&given)?;
        let task = task(given.optional("task")).map_err(refused("task"))?;
        let episode = environment.reset(&task, seed.into()).map_err(fault)?;
        Ok(Self {
            environment,
            episode,
        })
    }

    /// Plays one that was written, the member `episode`, up to where it stood.
    pub fn resume(texts: &str, numbers: &[f64]) -> Result<Self, JsError> {
        let given = Value::new(texts, numbers);
        let environment = settings(&given)?;
        let written = Written::read(given.optional("episode")).map_err(refused("episode"))?;
        let (segments, stop) = (written.segments, written.stop);
        let played = environment.play(written.task, written.attempts, &segments, stop.is_some());
        let episode = played.map_err(fault)?;
        if episode.transcript().segments() != segments || episode.state().stop != stop {
            let error = "under these settings it would have gone another way";
            return Err(refused("episode")(error.into()));
        }
        Ok(Self {
            environment,
            episode,
        })
    }

    /// Takes a turn of the model, or a piece of one.
    pub fn step(&mut self, texts: &str, numbers: &[f64]) -> Result<String, JsError> {
        let attempt = attempt(&Value::new(texts, numbers)).map_err(refused("attempt"))?;
        let outcome = self.environment.step(&mut self.episode, attempt);
        outcome.map(|outcome| stepped(&outcome)).map_err(fault)
    }

    /// Gives ids to what the environment said.
    pub fn encode(&mut self, encode: &Function) -> Result<(), JsValue> {
        let mut episode = self.episode.clone();
        let mut thrown = None;
        episode.encode(|text| {
            let ids = encode.call1(&JsValue::NULL, &text.into());
            match ids.map(|ids| {
                ids.dyn_into::<Uint32Array>()
                    .unwrap_or_else(|ids| Uint32Array::new(&ids))
            }) {
                Ok(ids) => ids.to_vec(),
                Err(error) => {
                    thrown = Some(error);
                    Vec::new()
                }
            }
        });
        if let Some(error) = thrown {
            return Err(error);
        }
        self.episode = episode;
        Ok(())
    }

    /// The episode as it was after so many attempts.
    pub fn fork(&self, after: u32) -> Result<Self, JsError> {
        Ok(Self {
            environment: self.environment.clone(),
            episode: self.episode.fork(after).map_err(fault)?,
        })
    }

    /// What a model sees of it, and what is learned from it.
    pub fn view(&self) -> String {
        let rewards = &self.environment.rewards;
        let (state, transcript) = (self.episode.state(), self.episode.transcript());
        let sequences = self.episode.sequences(rewards);
        Json::object(|json| {
            json.field("remaining", &whole(state.remaining().into()));
            json.field("text", &text(&transcript.text()));
            json.field("tokens", &wholes(&transcript.tokens()));
            json.field("loss_mask", &flags(&transcript.loss_mask()));
            json.field("logprobs", &option(transcript.logprobs(), logprobs));
            json.field("sequences", &Json::list(sequences.iter().map(sequence)));
            json.field("rewards", &numbers(&rewards.attempts(&state.results)));
            json.field("reward", &option(rewards.reward(state), number));
        })
    }

    /// The form that Rust and Python read and write, too.
    pub fn write(&self) -> String {
        Json::object(|json| {
            json.field("version", &whole(VERSION.into()));
            let task = self.episode.task();
            let task = Json::object(|json| {
                json.field("id", &option(task.id.as_deref(), text));
                json.field("question", &text(&task.question));
                json.field("reference", &text(&task.reference));
            });
            json.field("task", &task);
            json.field("state", &state(self.episode.state()));
            json.field("transcript", &transcript(self.episode.transcript()));
        })
    }
}

const VERSION: u32 = <resit::env::Episode>::VERSION;

fn settings(given: &Value) -> Result<Environment, JsError> {
    environment(given.optional("settings")).map_err(refused("environment"))
}

/// What is needed of a written episode to play it again.
struct Written {
    task: Task,
    attempts: u32,
    segments: Vec<Segment>,
    stop: Option<StopReason>,
}

impl Written {
    fn read(value: &Value) -> Read<Self> {
        if value.member("version")?.whole::<u32>()? != VERSION {
            return Err("of a version that is not known".into());
        }
        let state = value.member("state")?;
        let stop = |value: &Value| {
            use StopReason::{Accepted, Budget, Error, Exhausted, Solved, Truncated};
            value.one(&[Solved, Exhausted, Budget, Truncated, Accepted, Error])
        };
        let segments = value.member("transcript")?.member("segments")?;
        Ok(Self {
            task: task(value.member("task")?)?,
            attempts: state.member("attempts")?.whole()?,
            segments: segments.items(segment)?,
            stop: state.optional("stop").option().map(stop).transpose()?,
        })
    }
}

fn task(value: &Value) -> Read<Task> {
    Ok(Task {
        id: value
            .optional("id")
            .option()
            .map(Value::string)
            .transpose()?,
        question: value.member("question")?.string()?,
        reference: value.member("reference")?.string()?,
    })
}

fn segment(value: &Value) -> Read<Segment> {
    use SegmentKind::{Attempt, Context, Feedback, Prompt, Reflection, Verification};
    let kinds = [Prompt, Attempt, Feedback, Reflection, Verification, Context];
    Ok(Segment {
        kind: value.member("kind")?.one(&kinds)?,
        attempt: value.member("attempt")?.whole()?,
        text: value.member("text")?.string()?,
        tokens: value.member("tokens")?.wholes()?,
        logprobs: value.member("logprobs")?.floats()?,
        finish: finish(value)?,
    })
}

fn finish(value: &Value) -> Read<Option<Finish>> {
    let finish = value.optional("finish").option();
    let all = [Finish::Open, Finish::EndOfTurn, Finish::Length];
    finish.map(|finish| finish.one(&all)).transpose()
}

fn attempt(value: &Value) -> Read<Attempt> {
    let mut attempt = Attempt::text(value.member("text")?.string()?);
    value.fields(&[], &mut |name, value| {
        match name {
            "text" | "finish" => {}
            "tokens" => attempt.tokens = value.wholes()?,
            "logprobs" => attempt.logprobs = value.floats()?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    attempt.finish = finish(value)?.unwrap_or(attempt.finish);
    Ok(attempt)
}

fn stepped(outcome: &Outcome) -> String {
    Json::object(|json| {
        json.field("status", &coded(&outcome.status));
        json.field("reward", &number(outcome.reward));
        json.field("feedback", &option(outcome.feedback.as_deref(), text));
        json.field("stop", &stop(outcome.stop));
    })
}

fn stop(stop: Option<StopReason>) -> String {
    option(stop, |stop| coded(&stop))
}

fn logprobs(logprobs: impl AsRef<[f32]>) -> String {
    let logprobs = logprobs.as_ref().iter();
    Json::list(logprobs.map(|logprob| number((*logprob).into())))
}

fn sequence(sequence: &Sequence) -> String {
    Json::object(|json| {
        json.field("tokens", &wholes(&sequence.tokens));
        json.field("loss_mask", &flags(&sequence.loss_mask));
        json.field("logprobs", &option(sequence.logprobs.as_deref(), logprobs));
        json.field("rewards", &numbers(&sequence.rewards));
    })
}

fn state(state: &State) -> String {
    Json::object(|json| {
        json.field("attempts", &whole(state.attempts.into()));
        json.field("results", &Json::list(state.results.iter().map(result)));
        json.field("tokens", &whole(state.tokens));
        json.field("turn", &coded(&state.turn));
        let open = option(state.open.as_deref(), |open| {
            Json::object(|json| {
                json.field("text", &text(open.text()));
                json.field("tokens", &whole(open.tokens()));
            })
        });
        json.field("open", &open);
        json.field("stop", &stop(state.stop));
    })
}

fn result(result: &AttemptResult) -> String {
    Json::object(|json| {
        json.field("status", &coded(&result.status));
        json.field("judgement", &option(result.judgement.as_ref(), judgement));
        json.field("repeated", flag(result.repeated));
        json.field("tokens", &whole(result.tokens));
    })
}

fn judgement(judgement: &Judgement) -> String {
    Json::object(|json| {
        json.field("decision", &coded(&judgement.decision));
        json.field("formatted", flag(judgement.formatted));
        json.field("answer", &option(judgement.answer.as_deref(), text));
        let reason = judgement.reason.map(|reason| reason.code());
        json.field("reason", &option(reason, text));
        json.field("score", &option(judgement.score, number));
        json.field("diagnosis", &option(judgement.diagnosis.as_deref(), text));
    })
}

fn transcript(transcript: &Transcript) -> String {
    let segments = transcript.segments().iter().map(|segment| {
        Json::object(|json| {
            json.field("kind", &coded(&segment.kind));
            json.field("attempt", &whole(segment.attempt.into()));
            json.field("text", &text(&segment.text));
            json.field("tokens", &wholes(&segment.tokens));
            json.field("logprobs", &logprobs(&segment.logprobs));
            json.field("finish", &option(segment.finish, |finish| coded(&finish)));
        })
    });
    Json::object(|json| {
        json.field("thinking", &coded(&transcript.thinking()));
        json.field("segments", &Json::list(segments));
    })
}
