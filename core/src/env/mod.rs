//! The multi-attempt Markov decision process.
