use candle_core::DType;

/// What is wrong with a file of a model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A model of another kind.
    #[error("the architecture {0} is not supported: Qwen2ForCausalLM is")]
    Architecture(String),
    /// A setting that this model does not have.
    #[error("{name} is {value}, which is not supported")]
    Setting {
        /// Its name in `config.json`.
        name: &'static str,
        /// Its value there.
        value: String,
    },
    /// Sizes that do not fit each other, or a field that is missing.
    #[error("{0}")]
    Config(String),
    /// A folder without weights.
    #[error("there is neither model.safetensors nor model.safetensors.index.json")]
    NoWeights,
    /// An index that names a file elsewhere.
    #[error("the index names {0}, which is not a file of this folder")]
    Shard(String),
    /// A file that is cut off or that is not of the format.
    #[error("the file is cut off or damaged: {0}")]
    Damaged(String),
    /// A weight that the model needs.
    #[error("the tensor {0} is missing")]
    Missing(String),
    /// A weight that the model does not have.
    #[error("the tensor {0} is no part of this model")]
    Unexpected(String),
    /// A weight of another shape.
    #[error(
        "the tensor {name} has the shape {found:?}, where the configuration asks for {expected:?}"
    )]
    Shape {
        /// Its name.
        name: String,
        /// In the file.
        found: Vec<usize>,
        /// By `config.json`.
        expected: Vec<usize>,
    },
    /// A weight whose numbers are not floating-point numbers of 16, 32 or 64 bits.
    #[error("the tensor {name} holds {found}, where f32, bf16 or f16 is expected")]
    Numbers {
        /// Its name.
        name: String,
        /// In the file.
        found: String,
    },
    /// A marker that should be one token.
    #[error("the tokenizer has no token {0}")]
    Token(String),
    /// Nothing says how the model ends its turn.
    #[error("neither the chat nor an eos_token_id says how the model ends its turn")]
    NoEnd,
    /// An id that has no row in the embedding.
    #[error("the id {id} is beyond the {vocabulary} rows of the embedding")]
    Vocabulary {
        /// The id.
        id: u32,
        /// `vocab_size`.
        vocabulary: usize,
    },
}

/// The numbers that weights are made of on disk.
pub(super) const NUMBERS: [DType; 4] = [DType::F32, DType::BF16, DType::F16, DType::F64];
