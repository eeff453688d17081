//! A hash of a term that is the same on every machine, as that of `core::hash` is not.

use super::term::{Constant, Term};

pub(super) const START: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a (Fowler, Noll, Vo) from a given state.
pub(super) fn fnv(state: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(state, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

pub(super) fn fingerprint(term: &Term) -> u64 {
    go(term, START)
}

fn go(term: &Term, state: u64) -> u64 {
    let parts = |tag: u8, parts: &[Term], state: u64| {
        let state = fnv(fnv(state, &[tag]), &(parts.len() as u64).to_le_bytes());
        parts.iter().fold(state, |state, part| go(part, state))
    };
    match term {
        Term::Rational(value) => {
            let state = fnv(fnv(state, b"q"), &value.numer().to_le_bytes());
            fnv(fnv(state, b"/"), &value.denom().to_le_bytes())
        }
        Term::Constant(Constant::Pi) => fnv(state, b"p"),
        Term::Constant(Constant::E) => fnv(state, b"e"),
        Term::Constant(Constant::I) => fnv(state, b"i"),
        Term::Symbol(name) => fnv(fnv(fnv(state, b"v"), name.as_bytes()), &[0]),
        Term::Sum(terms) => parts(b'+', terms, state),
        Term::Product(factors) => parts(b'*', factors, state),
        Term::Power(pair) => go(&pair.1, go(&pair.0, fnv(state, b"^"))),
        Term::Call(function, arguments) => parts(b'f', arguments, fnv(state, &[*function as u8])),
    }
}
