//! Words of the notation: functions, letters and relations, by their spellings.

use crate::expr::{Operation, Relation};

/// The function that `name` spells, as a command or as plain letters.
pub(super) fn function(name: &str) -> Option<Operation> {
    use Operation::*;
    Some(match name {
        "sin" => Sin,
        "cos" => Cos,
        "tan" | "tg" => Tan,
        "cot" | "ctg" => Cot,
        "sec" => Sec,
        "csc" | "cosec" => Csc,
        "arcsin" | "asin" => Asin,
        "arccos" | "acos" => Acos,
        "arctan" | "atan" | "arctg" => Atan,
        "arccot" | "acot" => Acot,
        "arcsec" | "asec" => Asec,
        "arccsc" | "acsc" => Acsc,
        "sinh" => Sinh,
        "cosh" => Cosh,
        "tanh" => Tanh,
        "coth" => Coth,
        "sech" => Sech,
        "csch" => Csch,
        "arcsinh" | "asinh" | "arsinh" => Asinh,
        "arccosh" | "acosh" | "arcosh" => Acosh,
        "arctanh" | "atanh" | "artanh" => Atanh,
        "exp" => Exp,
        "ln" => Ln,
        "log" | "lg" => Log,
        "abs" | "Abs" => Abs,
        "floor" => Floor,
        "ceil" | "ceiling" => Ceil,
        "factorial" => Factorial,
        "binomial" | "comb" => Binomial,
        "gcd" | "GCD" => Gcd,
        "lcm" | "LCM" => Lcm,
        "mod" | "Mod" => Mod,
        "max" | "Max" => Max,
        "min" | "Min" => Min,
        "Re" => Re,
        "Im" => Im,
        "arg" => Arg,
        "conjugate" => Conj,
        "sgn" | "sign" => Sign,
        "det" => Det,
        "cis" => Cis,
        _ => return None,
    })
}

/// Whether plain letters spell a function whose argument may follow without brackets.
pub(super) fn is_spoken_function(name: &str) -> bool {
    !matches!(
        name,
        "mod"
            | "Mod"
            | "comb"
            | "sign"
            | "Re"
            | "Im"
            | "min"
            | "Min"
            | "max"
            | "Max"
            | "floor"
            | "ceil"
            | "ceiling"
    ) && function(name).is_some()
}

/// Whether plain letters spell a Greek one; shorter names, as `xi`, and capital ones are products and words.
pub(super) fn is_spelled_letter(word: &str) -> bool {
    matches!(
        word,
        "alpha"
            | "beta"
            | "gamma"
            | "delta"
            | "epsilon"
            | "zeta"
            | "eta"
            | "theta"
            | "kappa"
            | "lambda"
            | "rho"
            | "sigma"
            | "tau"
            | "phi"
            | "chi"
            | "psi"
            | "omega"
    )
}

/// Whether letters after `^` are one word and not one exponent and more factors.
pub(super) fn is_exponent_word(word: &str) -> bool {
    function(word).is_some()
        || is_spelled_letter(word)
        || matches!(
            word,
            "pi" | "infty" | "oo" | "inf" | "th" | "st" | "nd" | "rd" | "circ"
        )
}

/// Commands that name a letter.
pub(super) fn is_letter(name: &str) -> bool {
    matches!(
        name,
        "alpha"
            | "beta"
            | "gamma"
            | "delta"
            | "epsilon"
            | "varepsilon"
            | "zeta"
            | "eta"
            | "theta"
            | "vartheta"
            | "iota"
            | "kappa"
            | "lambda"
            | "mu"
            | "nu"
            | "xi"
            | "omicron"
            | "rho"
            | "varrho"
            | "sigma"
            | "tau"
            | "upsilon"
            | "phi"
            | "varphi"
            | "chi"
            | "psi"
            | "omega"
            | "Gamma"
            | "Delta"
            | "Theta"
            | "Lambda"
            | "Xi"
            | "Pi"
            | "Sigma"
            | "Upsilon"
            | "Phi"
            | "Psi"
            | "Omega"
            | "ell"
            | "hbar"
            | "partial"
            | "nabla"
            | "odot"
            | "oplus"
            | "star"
            | "mho"
            | "aleph"
            | "imath"
            | "jmath"
            | "bigstar"
            | "triangle"
            | "square"
            | "clubsuit"
            | "diamondsuit"
            | "heartsuit"
            | "spadesuit"
            | "checkmark"
            | "wp"
            | "Box"
            | "dagger"
    )
}

/// Accents and styles that become part of a letter's name.
pub(super) fn is_accent(name: &str) -> bool {
    matches!(
        name,
        "vec"
            | "hat"
            | "widehat"
            | "tilde"
            | "widetilde"
            | "dot"
            | "ddot"
            | "overrightarrow"
            | "overleftrightarrow"
            | "overarc"
            | "underline"
            | "check"
            | "breve"
            | "mathring"
    )
}

/// Alphabets that do not change which letter it is.
pub(super) fn is_alphabet(name: &str) -> bool {
    matches!(
        name,
        "mathbb" | "mathcal" | "mathscr" | "mathfrak" | "mathtt" | "pmb" | "Bbb"
    )
}

pub(super) fn relation(name: &str) -> Option<Relation> {
    use Relation::*;
    Some(match name {
        "lt" => Less,
        "le" | "leq" | "leqslant" | "leqq" => LessEqual,
        "gt" => Greater,
        "ge" | "geq" | "geqslant" | "geqq" => GreaterEqual,
        // Of a set: no member of it.
        "ne" | "neq" | "notin" => NotEqual,
        "in" => Element,
        "equiv" | "cong" => Congruent,
        "approx" | "thickapprox" | "simeq" | "sim" | "doteq" => Approximately,
        "to" | "rightarrow" | "mapsto" | "implies" | "Rightarrow" | "Longrightarrow"
        | "longrightarrow" => Arrow,
        "iff" | "Leftrightarrow" | "leftrightarrow" | "Longleftrightarrow" => Equivalent,
        "subset" | "subseteq" => Subset,
        _ => return None,
    })
}
