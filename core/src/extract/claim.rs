//! Whether a reply claims what it mentions: "not 42", "is 42 the answer?" and "42 is wrong" do not.

use alloc::vec::Vec;
use core::ops::Range;

use super::token::{Token, head, tail, tokens};

/// How many bytes before and after a value decide whether it is claimed.
const WINDOW: usize = 96;

/// Words that can stand between a negation and what it denies.
const FILLERS: &[&str] = &[
    "a",
    "actually",
    "an",
    "answer",
    "are",
    "be",
    "been",
    "believe",
    "case",
    "correct",
    "equal",
    "equals",
    "es",
    "est",
    "exactly",
    "final",
    "is",
    "ist",
    "it",
    "just",
    "likely",
    "necessarily",
    "really",
    "remotely",
    "result",
    "right",
    "say",
    "simply",
    "solution",
    "that",
    "the",
    "think",
    "to",
    "true",
    "value",
    "was",
    "è",
    "é",
];

/// Words that deny what follows them.
const NEGATIONS: &[&str] = &[
    "cannot",
    "denies",
    "deny",
    "doubt",
    "doubtful",
    "except",
    "false",
    "impossible",
    "improbable",
    "incorrect",
    "isnt",
    "kein",
    "keine",
    "neither",
    "never",
    "nicht",
    "niet",
    "non",
    "nor",
    "not",
    "não",
    "pas",
    "refuse",
    "refuses",
    "unlikely",
    "untrue",
    "wrong",
    "не",
];

/// The same in languages that set no space between words.
const NEGATING_ENDINGS: &[&str] = &[
    "n't",
    "n’t",
    "N'T",
    "不是",
    "不为",
    "不為",
    "不等于",
    "并非",
];

/// What a denial of the value before it starts with in such languages.
const DENYING_STARTS: &[&str] = &[
    "不对",
    "不對",
    "不是",
    "不正确",
    "ではな",
    "ではあり",
    "じゃな",
    "가 아니",
    "이 아니",
    "이아니",
    "是错",
    "是錯",
];

/// Words that suppose what follows them.
const SUPPOSITIONS: &[&str] = &[
    "assume",
    "assuming",
    "if",
    "suppose",
    "supposing",
    "unless",
    "whether",
];

/// Verbs after a value that may go on to judge it.
const VERBS: &[&str] = &[
    "are", "es", "est", "is", "ist", "looks", "seems", "was", "were",
];

/// Words that make a value depend on a condition, if the sentence goes on with one of
/// [`OTHERWISE`]: "42 if n is even and 43 if n is odd".
const CONDITIONS: &[&str] = &["if", "only", "provided", "unless", "when"];

/// What opens the other case.
const OTHERWISE: &[&str] = &["else", "if", "otherwise", "unless", "when"];

/// Words after "or" that leave the answer open.
const ALTERNATIVES: &[&str] = &[
    "another",
    "any",
    "anything",
    "else",
    "even",
    "fewer",
    "less",
    "more",
    "not",
    "other",
    "others",
    "something",
    "whatever",
];

/// Whether the text around `value` denies it, or only asks for it.
pub(super) fn is_denied(whole: &str, reply: &Range<usize>, value: Range<usize>) -> bool {
    let before = whole.get(reply.start..value.start).unwrap_or_default();
    let after = whole.get(value.end..reply.end).unwrap_or_default();
    is_denied_before(before)
        || is_denied_after(head(after, WINDOW))
        || is_question(head(after, WINDOW))
}

/// Whether `text` ends with a negation of what follows it, or with a supposition.
pub(super) fn is_denied_before(text: &str) -> bool {
    let mut words: Vec<Token<'_>> = tokens(tail(text, WINDOW)).collect();
    while let Some(token) = words.pop() {
        match token {
            Token::Word(word) if is_negation(word) || is_supposition(word) => return true,
            Token::Word(word @ ("as" | "but" | "from" | "means" | "near" | "of" | "than")) => {
                return is_distancing(words.last(), word);
            }
            Token::Word("least" | "most") => {
                let bound = matches!(words.pop(), Some(Token::Word("at")));
                let states = matches!(words.pop(), Some(Token::Word("are" | "be" | "is")));
                return bound && states;
            }
            Token::Word("es") if matches!(words.last(), Some(Token::Word("no" | "No"))) => {
                return true;
            }
            Token::Word(word) if contains(FILLERS, word) => {}
            Token::Command("ne" | "neq" | "not") | Token::Symbol('≠') => return true,
            _ => return false,
        }
    }
    false
}

/// Whether `word`, after the token `before`, sets what follows apart from what is claimed.
fn is_distancing(before: Option<&Token<'_>>, word: &str) -> bool {
    let Some(Token::Word(before)) = before else {
        return false;
    };
    let words: &[&str] = match word {
        "as" => &["such"],
        "but" => &["anything", "everything"],
        "from" => &["far"],
        "means" => &["no"],
        "near" => &["nowhere"],
        "of" => &["instead"],
        "than" => &[
            "bigger", "fewer", "greater", "higher", "larger", "less", "lower", "more", "other",
            "rather", "smaller",
        ],
        _ => &[],
    };
    contains(words, before)
}

/// Whether `text` goes on to say that what stands before it is wrong, or only one of several.
fn is_denied_after(text: &str) -> bool {
    let mut words = tokens(text).map_while(|token| match token {
        Token::Word(word) => Some(word),
        _ => None,
    });
    let Some(verb) = words.next() else {
        return false;
    };
    if DENYING_STARTS.iter().any(|start| verb.starts_with(start)) {
        return true;
    }
    if verb.eq_ignore_ascii_case("or") {
        return words
            .next()
            .is_some_and(|word| contains(ALTERNATIVES, word));
    }
    if contains(CONDITIONS, verb) {
        let sentence = tokens(text).skip(1);
        let mut sentence = sentence.take_while(|token| *token != Token::Symbol('.'));
        return sentence.any(|token| matches!(token, Token::Word(w) if contains(OTHERWISE, w)));
    }
    if matches!(verb, "fail" | "fails") {
        return true;
    }
    let does = matches!(verb, "can" | "could" | "do" | "does");
    let mut negated = is_negation(verb);
    if !negated && !does && !VERBS.contains(&verb) {
        return false;
    }
    for word in words {
        match word {
            "errado" | "false" | "falsch" | "falso" | "faux" | "impossible" | "incorrect"
            | "invalid" | "wrong" => return !negated,
            _ if is_negation(word) => negated = true,
            "a" | "actually" | "be" | "clearly" | "definitely" | "my" | "our" | "the" => {}
            "answer" | "correct" | "final" | "fit" | "hold" | "it" | "right" | "satisfy"
            | "solution" | "true" | "work" => return negated,
            _ => return false,
        }
    }
    false
}

fn is_question(text: &str) -> bool {
    tokens(text)
        .find_map(|token| match token {
            Token::Symbol(c @ ('.' | '!' | '?')) => Some(c == '?'),
            Token::Paragraph => Some(false),
            _ => None,
        })
        .unwrap_or(false)
}

fn is_negation(word: &str) -> bool {
    contains(NEGATIONS, word) || NEGATING_ENDINGS.iter().any(|n| word.ends_with(n))
}

fn is_supposition(word: &str) -> bool {
    contains(SUPPOSITIONS, word)
}

fn contains(words: &[&str], word: &str) -> bool {
    words.iter().any(|w| w.eq_ignore_ascii_case(word))
}
