//! What a sentence says behind a family of values that narrows it: "$k\pi$ where $k$ is even", "$f(x) = cx$ with
//! $c = 1$", "$x > 1$ where $x$ is an integer".

use super::plain;
use super::token::{Token, head, tokens};
use crate::words::Words;

/// Longest clause that is read, with what stands before it, in bytes.
const LONGEST: usize = 160;

/// Longest family that is read, in bytes.
const LONGEST_FAMILY: usize = 512;

/// What stands between a value and what is said of it.
const BETWEEN: [char; 10] = [' ', '\n', '$', ',', ';', '*', '\\', ')', ']', '('];

/// Words that begin what is said of a letter.
const OPENING: Words = Words::new("for if such where with");

/// Words that leave out some of the numbers that a letter stands for.
const NARROWING: Words = Words::new(
    "divisible even multiple natural negative nonnegative nonzero odd positive prime zero",
);

/// Words before what a set of numbers leaves out.
const EXCEPTING: Words = Words::new("apart but except excluding");

/// The length of the clause in `text`, behind `value`, that says of a letter in it that it is not just any.
pub(super) fn length(value: &str, text: &str) -> usize {
    let text = head(text, LONGEST);
    let clause = text.trim_start_matches(BETWEEN);
    let before = text.len() - clause.len();
    let apart = text.get(..before).is_some_and(|gap| gap.contains("\n\n"));
    if value.len() > LONGEST_FAMILY || apart {
        return 0;
    }
    let line = clause.lines().next().unwrap_or_default();
    let clause = line.split(". ").next().unwrap_or_default();
    let Some(Token::Word(first)) = tokens(clause).next() else {
        return 0;
    };
    let excepts = EXCEPTING.contain(first);
    let opens = excepts || OPENING.contain(first) || is_letter(first);
    let family = opens.then(|| Family::of(value)).flatten();
    let length = family.and_then(|family| match excepts {
        true => (family.kind == Kind::Bounded).then_some(clause.len()),
        false => family.narrowed(clause),
    });
    length.map_or(0, |length| before + length)
}

/// Values with a letter that stands for many numbers.
struct Family<'a> {
    kind: Kind,
    /// What holds the letter.
    body: &'a str,
    /// What stands before the equals sign.
    head: &'a str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// $k\pi$
    Periodic,
    /// $(t, 2t)$
    Point,
    /// $f(x) = cx$
    Function,
    /// $x > 1$
    Bounded,
}

impl<'a> Family<'a> {
    fn of(value: &'a str) -> Option<Self> {
        let (head, body) = value.rsplit_once('=').unwrap_or(("", value));
        let holds = |wanted: &dyn Fn(&Token<'_>) -> bool| tokens(value).any(|token| wanted(&token));
        let body = body.trim();
        let kind = if holds(&|token| relation(token).is_some_and(|sign| sign != '=')) {
            Kind::Bounded
        } else if head.trim_end().ends_with(')') || head.trim_matches(['$', ' ']) == "y" {
            Kind::Function
        } else if holds(&|token| {
            matches!(token, Token::Command("pi" | "circ") | Token::Symbol('°'))
                || matches!(token, Token::Word(word) if word.contains('π') || *word == "pi")
        }) {
            Kind::Periodic
        } else if body.starts_with(['(', '⟨']) && body.contains(',') {
            Kind::Point
        } else {
            return None;
        };
        Some(Self { kind, body, head })
    }

    /// Whether a letter is one of which the family has a value for each number.
    fn is_parameter(&self, letter: char) -> bool {
        let names = match self.kind {
            Kind::Periodic => "klmn",
            Kind::Point => "kst",
            Kind::Function => "CKabck",
            Kind::Bounded => "xyz",
        };
        let mentioned = |text| {
            tokens(text).any(|token| match token {
                Token::Word(word) => word.contains(letter) && !plain::is_name(word),
                _ => false,
            })
        };
        let bound = self.kind == Kind::Bounded && mentioned(self.head);
        names.contains(letter) && (bound || mentioned(self.body) && !mentioned(self.head))
    }

    /// The length of `clause` as far as it is about one letter of the family, if it leaves out some of its
    /// numbers.
    fn narrowed(&self, clause: &str) -> Option<usize> {
        let mut tokens = tokens(clause);
        let (mut letter, mut sign) = (None, None);
        let (mut narrow, mut constant, mut number) = (false, false, Numbers::default());
        let mut end = clause.len();
        while let Some(token) = tokens.next() {
            match token {
                Token::Symbol(',' | ';') if sign.is_some() => {}
                Token::Symbol(',' | ';' | '.' | '!') | Token::Paragraph => {
                    end = clause.len() - tokens.rest().len() - 1;
                    break;
                }
                Token::Word("a") if letter.is_some() || !self.is_parameter('a') => {}
                Token::Word(name) if sign.is_some() && letter.is_some() => {
                    let other = is_letter(name) && name.chars().all(|c| self.is_parameter(c));
                    // "a = 1 and b = 2"
                    if !other {
                        number.name(name);
                    }
                }
                Token::Word(name) if is_letter(name) => {
                    let found = name.chars().next().filter(|c| self.is_parameter(*c));
                    if letter.is_some() || found.is_none() {
                        break;
                    }
                    letter = found;
                }
                Token::Word("constant" | "constants") => constant = true,
                // Of a letter in a period an integer is meant anyway.
                Token::Word("integer" | "integers" | "rational") => {
                    narrow |= self.kind != Kind::Periodic;
                }
                Token::Word("real") => narrow |= self.kind == Kind::Periodic,
                Token::Word(word) => narrow |= NARROWING.contain(word),
                Token::Number => number.any = true,
                Token::Command("pm") => number.signs = true,
                Token::Command("dots" | "ldots" | "cdots") | Token::Symbol('…') => {
                    number.goes_on = true;
                }
                token => sign = sign.or(relation(&token)),
            }
        }
        letter?;
        let narrow = match sign {
            None => narrow && !constant,
            // All integers, and what a letter is the name of, are no narrower.
            Some('=') => number.any && !number.named && !(number.goes_on && number.signs),
            Some('≠') => self.kind == Kind::Bounded,
            Some('∈') => match number.set {
                Some('Z') => self.kind != Kind::Periodic || narrow,
                Some('R') => self.kind == Kind::Periodic,
                _ => true,
            },
            Some(_) => !number.named,
        };
        let said = clause.get(..end)?;
        narrow.then(|| {
            said.trim_end_matches(|c| plain::PUNCTUATION.contains(&c) || BETWEEN.contains(&c))
                .len()
        })
    }
}

/// What stands behind the sign of a relation.
#[derive(Default)]
struct Numbers {
    any: bool,
    signs: bool,
    goes_on: bool,
    /// Whether there is a name of something else.
    named: bool,
    set: Option<char>,
}

impl Numbers {
    fn name(&mut self, name: &str) {
        match name {
            "Z" | "R" | "N" | "Q" => self.set = name.chars().next(),
            "or" | "and" => {}
            _ => self.named = true,
        }
    }
}

/// The sign of a relation, without what it has beside: `≥` for `\geq`.
fn relation(token: &Token<'_>) -> Option<char> {
    Some(match token {
        Token::Symbol(sign @ ('=' | '<' | '>' | '≤' | '≥' | '∈' | '≠')) => *sign,
        Token::Command("ge" | "geq" | "geqslant") => '≥',
        Token::Command("gt") => '>',
        Token::Command("le" | "leq" | "leqslant") => '≤',
        Token::Command("lt") => '<',
        Token::Command("in") => '∈',
        Token::Command("ne" | "neq") => '≠',
        _ => return None,
    })
}

fn is_letter(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(|c| c.is_ascii_alphabetic()) && letters.next().is_none()
}
