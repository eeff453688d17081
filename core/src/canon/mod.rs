//! What an expression means: typed values, and the decision whether two scalars are equal.

pub(crate) mod decide;
pub(crate) mod lower;
pub(crate) mod reals;
mod scalar;
pub(crate) mod term;
pub(crate) mod value;
