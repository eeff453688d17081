//! What an expression means: typed values, and the decision whether two scalars are equal.

pub(crate) mod term;
