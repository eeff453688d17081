//! A bandit dressed as an episode: the question is always the same, each arm is one token that
//! holds a boxed answer, and which answer is right is drawn anew for each task.
#![allow(clippy::unwrap_used, dead_code)]

use std::fs;
use std::path::PathBuf;

use candle_core::{DType, Device};
use candle_nn::Activation;
use rand::Rng;
use resit::env::{Attempts, Chat, Environment, Feedback, Task, Template};
use resit_trainer::checkpoint;
use resit_trainer::model::{Config, Parameters};
use resit_trainer::rollout::Agent;
use resit_trainer::sample::Sampler;
use resit_trainer::tokenize::Tokenizer;
use tokenizers::decoders::fuse::Fuse;
use tokenizers::models::wordlevel::WordLevel;
use tokenizers::pre_tokenizers::fixed_length::FixedLength;
use tokenizers::{AddedToken, Tokenizer as Inner};

pub(crate) const ARMS: [&str; 3] = [r"\boxed{1}", r"\boxed{2}", r"\boxed{3}"];
pub(crate) const PRIOR: [f64; 3] = [0.5, 0.3, 0.2];
pub(crate) const END: &str = "<|end|>";

pub(crate) fn tokenizer() -> Tokenizer {
    let words = ["<unk>", "?", "a", "b"].map(String::from);
    let model = WordLevel::builder().vocab(words.into_iter().zip(0..).collect());
    let mut inner = Inner::new(model.unk_token("<unk>".into()).build().unwrap());
    inner.with_pre_tokenizer(Some(FixedLength::new(1)));
    inner.with_decoder(Some(Fuse::new()));
    inner
        .add_tokens(ARMS.map(|arm| AddedToken::from(arm, false)))
        .unwrap();
    inner
        .add_special_tokens([END, "<|no|>"].map(|t| AddedToken::from(t, true)))
        .unwrap();
    Tokenizer::new(inner, END).unwrap()
}

pub(crate) fn config(tokenizer: &Tokenizer) -> Config {
    Config {
        vocab_size: tokenizer.vocab_size(),
        hidden_size: 16,
        intermediate_size: 32,
        num_hidden_layers: 1,
        num_attention_heads: 2,
        num_key_value_heads: 1,
        max_position_embeddings: 64,
        sliding_window: 64,
        max_window_layers: 1,
        tie_word_embeddings: false,
        rope_theta: 100.0,
        rms_norm_eps: 1e-6,
        use_sliding_window: false,
        hidden_act: Activation::Silu,
    }
}

pub(crate) fn parameters(config: &Config, initializer_range: f64) -> Parameters {
    Parameters::random(config, initializer_range, 1, DType::F32, &Device::Cpu).unwrap()
}

/// A new folder of the test's own, with the untrained model in `start`.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let tokenizer = tokenizer();
    let model = config(&tokenizer);
    let start = parameters(&model, 0.1);
    checkpoint::save(folder.join("start"), &model, &start, &tokenizer).unwrap();
    folder
}

pub(crate) fn environment(attempts: Attempts) -> Environment {
    Environment {
        template: Template {
            chat: Chat {
                user: [String::new(), String::new()],
                end_of_turn: END.into(),
                after_turn: String::new(),
                ..Chat::plain()
            },
            system: String::new(),
            user: "{input}".into(),
            feedback: Feedback {
                text: "<|no|>".into(),
                ..Feedback::count()
            },
        },
        attempts,
        ..Environment::default()
    }
}

pub(crate) fn tasks(count: usize, rng: &mut impl Rng) -> Vec<Task> {
    let answer = |u: f64| {
        if u < PRIOR[0] {
            "1"
        } else if u < PRIOR[0] + PRIOR[1] {
            "2"
        } else {
            "3"
        }
    };
    (0..count)
        .map(|_| Task::new("?", answer(rng.random())))
        .collect()
}

pub(crate) fn agent<'a>(
    tokenizer: &'a Tokenizer,
    parameters: &Parameters,
    rows: usize,
    context: usize,
    chunk_tokens: usize,
) -> Agent<'a> {
    let config = config(tokenizer);
    Agent {
        sampler: Sampler::new(&config, parameters.frozen(), rows, context).unwrap(),
        tokenizer,
        chunk_tokens,
    }
}
