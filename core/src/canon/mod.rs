//! What an expression means: typed values, and the decision whether two scalars are equal.

mod ball;
mod bound;
pub(crate) mod decide;
mod eval;
pub(crate) mod lower;
pub(crate) mod modular;
pub(crate) mod normal;
#[cfg(test)]
mod notation;
mod numeric;
pub(crate) mod reals;
mod residue;
mod scalar;
pub(crate) mod term;
pub(crate) mod value;
