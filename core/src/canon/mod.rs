//! What an expression means: typed values, and the decision whether two scalars are equal.

mod ball;
mod bound;
mod builder;
mod calculus;
pub(crate) mod decide;
pub(crate) mod domain;
mod eval;
mod fingerprint;
mod grid;
mod joined;
pub(crate) mod lower;
mod modular;
mod normal;
#[cfg(test)]
mod notation;
mod numeric;
mod progression;
mod quantity;
pub(crate) mod raise;
pub(crate) mod reals;
mod relation;
mod residue;
pub(crate) mod scalar;
pub(crate) mod sets;
pub(crate) mod sign;
pub(crate) mod solve;
pub(crate) mod term;
pub(crate) mod value;
mod words;

pub(crate) use builder::unqualified;
