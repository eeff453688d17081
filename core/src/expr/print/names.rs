//! Letters with accents, subscripts and primes.

use super::{Notation, Printer};
use crate::expr::Sign;
use alloc::format;

/// Greek letters that have one spelling.
const GREEK: [(&str, &str); 32] = [
    ("alpha", "α"),
    ("beta", "β"),
    ("gamma", "γ"),
    ("delta", "δ"),
    ("epsilon", "ε"),
    ("zeta", "ζ"),
    ("eta", "η"),
    ("theta", "θ"),
    ("iota", "ι"),
    ("kappa", "κ"),
    ("lambda", "λ"),
    ("mu", "μ"),
    ("nu", "ν"),
    ("xi", "ξ"),
    ("rho", "ρ"),
    ("sigma", "σ"),
    ("tau", "τ"),
    ("phi", "φ"),
    ("chi", "χ"),
    ("psi", "ψ"),
    ("omega", "ω"),
    ("Gamma", "Γ"),
    ("Delta", "Δ"),
    ("Theta", "Θ"),
    ("Lambda", "Λ"),
    ("Sigma", "Σ"),
    ("Phi", "Φ"),
    ("Psi", "Ψ"),
    ("Omega", "Ω"),
    ("hbar", "ℏ"),
    ("angle ", "∠"),
    ("triangle ", "△"),
];

impl Printer {
    /// A symbol; one that is `applied` stands directly before a bracket.
    pub(super) fn name(&mut self, name: &str, applied: bool) {
        if let Some((above, below)) = name
            .strip_prefix("d:")
            .and_then(|names| names.rsplit_once('/'))
        {
            let differential = |name: &str| match name.strip_prefix('d') {
                Some(letter) if letter.len() > 1 && letter.starts_with(char::is_alphabetic) => {
                    format!("d {{{letter}}}")
                }
                _ => name.replace("partial", "\\partial "),
            };
            let (above, below) = (differential(above), differential(below));
            return self.push(&format!("\\frac{{{above}}}{{{below}}}"));
        }
        if let Some(command) = name.strip_prefix('\\') {
            return self.command(command, applied);
        }
        // An accent and what it stands on.
        let is_accent = |accent: &str| accent.bytes().all(|b| b.is_ascii_alphabetic());
        let accented = name.split_once(' ');
        if let Some((accent, letter)) = accented.filter(|(accent, _)| is_accent(accent)) {
            return self.push(&match letter.contains(' ') {
                true => format!("\\{accent}{{\\text{{{letter}}}}}"),
                false => format!("\\{accent}{{{letter}}}"),
            });
        }
        match name {
            // The variable of `> 5` is not written.
            "_" => {}
            // Among numbers alone, a plain `E` or `I` would be a constant.
            "E" | "I" if !self.is_latex() && !applied => {
                self.push(&format!("\\mathcal{{{name}}}"));
            }
            name => self.subscripted(name),
        }
    }

    fn command(&mut self, name: &str, applied: bool) {
        let end = name
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(name.len());
        // The points of a figure are a part of its name.
        let end = end + usize::from(name[end..].starts_with(' '));
        let (letter, rest) = name.split_at(end);
        let unicode = GREEK.iter().find(|(spelling, _)| *spelling == letter);
        match unicode {
            Some((_, unicode)) if !self.is_latex() && !applied => self.push(unicode),
            _ => {
                self.push("\\");
                self.push(letter);
            }
        }
        if letter.ends_with(' ') {
            self.push(rest);
        } else {
            self.subscripted(rest);
        }
    }

    /// A letter, its subscript and its primes.
    fn subscripted(&mut self, name: &str) {
        let Some((letter, rest)) = name.split_once('_') else {
            return self.push(name);
        };
        let subscript = rest.trim_end_matches('\'');
        if is_numeral(letter, subscript) {
            self.push(&format!("\\mathcal{{{letter}}}"));
        } else {
            self.push(letter);
        }
        self.push("_");
        self.subscript(subscript);
        self.push(&rest[subscript.len()..]);
    }

    pub(super) fn subscript(&mut self, subscript: &str) {
        if subscript.len() == 1 && subscript.bytes().all(|b| b.is_ascii_alphanumeric()) {
            self.push(subscript);
        } else if subscript.contains(' ') {
            self.push(&format!("{{\\text{{{subscript}}}}}"));
        } else {
            self.push(&format!("{{{subscript}}}"));
        }
    }

    pub(super) fn number_set(&mut self, set: char, modifier: Option<Sign>) {
        let unicode = match set {
            'R' => "ℝ",
            'Z' => "ℤ",
            'N' => "ℕ",
            'Q' => "ℚ",
            _ => "ℂ",
        };
        match self.notation {
            Notation::Latex => self.push(&format!("\\mathbb{{{set}}}")),
            Notation::Plain => self.push(unicode),
            Notation::Key => self.out.push(set),
        }
        if let Some(sign) = modifier {
            self.push("^{");
            self.sign(sign);
            self.push("}");
        }
    }
}

/// Whether a letter and its subscript look like a digit and its base.
fn is_numeral(letter: &str, subscript: &str) -> bool {
    subscript.parse::<u32>().is_ok_and(|base| {
        !letter.is_empty()
            && (2..=36).contains(&base)
            && letter.chars().all(|c| c.is_uppercase() && c.is_digit(base))
    })
}
