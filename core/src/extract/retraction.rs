//! Whether a sentence goes back on what was claimed before it: "No, it is 41."

use super::token::{Token, tokens};
use crate::words::{Words, listed};

/// Words before a comma that take back the sentence before.
const RETRACTIONS: Words =
    Words::new("désolé moment nein no non não pardon perdón scusa нет いや 不 아니 아니요");

/// Words that do the same before one of [`RESTATING`].
const RESTARTS: Words = Words::new("actually hold i rather");

/// Words after those that state a value anew.
const RESTATING: Words = Words::new("mean on it it's it’s its that that's the");

/// Words that open a sentence which goes back on the answer before it.
const DOUBTS: Words = Words::new(
    "apologies apologize correction hmm mistake oops recheck reconsider scratch sorry thought \
     thoughts wait",
);

/// The same in languages that set no space between words.
const DOUBTING_STARTS: &str = "不对 不對 错了 錯了 等等 等一下 抱歉";

/// Words for a slip that someone made.
const SLIPS: Words = Words::new("error errors miscalculation mistake mistakes slip");

/// Verbs for making one.
const SLIPPING: Words = Words::new("forgot miscalculated misread misunderstood");

/// Words that leave open whether one was made.
const OPEN: Words = Words::new("case if no unless whether");

/// Most words between "made" and what was made: "made a small sign error".
const MOST_ADJECTIVES: usize = 3;

/// How many sentences behind an answer are looked at.
const MOST_SENTENCES: usize = 8;

/// How many words open a sentence.
const MOST_OPENING: usize = 6;

/// Words of a sentence that judges the one before it.
const JUDGING: Words = Words::new(
    "above actually answer are as be before but can can't cannot clearly correct earlier gave \
     got had he hmm hold however i incorrect is isn't it it's marked my no not obviously oops on previous \
     result right said she so sorry that that's they this wait was were which wrong",
);

/// Most tokens of such a sentence.
const MOST_JUDGING: usize = 12;

/// How far a later sentence goes back on an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Withdrawal {
    /// It is open until another is given.
    Doubted,
    /// It is said to be wrong.
    Denied,
}

/// The first of the sentences behind an answer that goes back on it, and how far they do. The first of
/// them is what is left of the answer's own sentence.
pub(super) fn withdrawal<'a>(
    sentences: impl Iterator<Item = &'a str>,
) -> Option<(usize, Withdrawal)> {
    let mut doubted = None;
    // Whether nothing else was said since the answer that a judgement could be about.
    let mut near = true;
    let sentences = sentences.enumerate().filter(|(_, s)| !s.trim().is_empty());
    for (index, sentence) in sentences.take(MOST_SENTENCES) {
        let check = verifies(sentence);
        // "is wrong, the answer must be 14"
        let clause = sentence.split(',').next().unwrap_or_default();
        let rejected = rejects(sentence) || index == 0 && rejects(clause);
        if near && rejected || admits(sentence) {
            return Some((doubted.unwrap_or(index), Withdrawal::Denied));
        }
        let doubts = !check && (reconsiders(sentence) || near && retracts(sentence));
        if doubts {
            doubted.get_or_insert(index);
        }
        near &= index == 0 || doubts || check;
    }
    doubted.map(|index| (index, Withdrawal::Doubted))
}

/// Whether a sentence says that who speaks went wrong: "I made an error in step 2."
fn admits(sentence: &str) -> bool {
    let mut words = tokens(sentence).filter_map(|token| match token {
        Token::Word(word) => Some(word),
        _ => None,
    });
    while let Some(word) = words.next() {
        if OPEN.contain(word) {
            return false;
        }
        if !listed("i i've i’ve we", word) {
            continue;
        }
        let verb = words.find(|word| !listed("also have just must think", word));
        if verb.is_some_and(|verb| SLIPPING.contain(verb)) {
            return true;
        }
        let mut made = words.clone().take(MOST_ADJECTIVES);
        if verb == Some("made")
            && made
                .next()
                .is_some_and(|word| listed("a an another the", word))
        {
            return made.any(|word| SLIPS.contain(word));
        }
    }
    false
}

/// Whether a sentence opens with a word that names one more value.
pub(super) fn offers_another(sentence: &str) -> bool {
    opens_with(&Words::new("or alternatively"), sentence)
}

/// Whether a sentence opens with "or".
pub(super) fn or(sentence: &str) -> bool {
    opens_with(&Words::new("or"), sentence)
}

/// Whether the first word of a sentence is one of `words`.
pub(super) fn opens_with(words: &Words, sentence: &str) -> bool {
    matches!(tokens(sentence).next(), Some(Token::Word(first)) if words.contain(first))
}

/// Whether a sentence says that the one before it is wrong, and nothing else: "Wait, that's not right."
pub(super) fn rejects(sentence: &str) -> bool {
    let mut negated = false;
    let mut wrong = None;
    for (count, token) in tokens(sentence).enumerate() {
        match token {
            _ if count == MOST_JUDGING => return false,
            // "This is wrong since …", "That's not right: …"
            Token::Word("as" | "because" | "since") | Token::Symbol(':') if wrong.is_some() => {
                break;
            }
            Token::Word(word) if !JUDGING.contain(word) => return false,
            Token::Word("right" | "correct") => wrong = Some(false),
            Token::Word("wrong" | "incorrect") => wrong = Some(true),
            Token::Word(word) => {
                negated |= word == "not" || word == "cannot" || word.ends_with("n't")
            }
            Token::Symbol(',' | ':' | '-' | '–' | '—') => {}
            _ => return false,
        }
    }
    wrong.is_some_and(|wrong| wrong != negated)
}

/// Verbs for what is still to be done with an answer.
const REVISING: Words = Words::new("exclude remove subtract");

/// What is said of an answer for which something was counted twice.
const OVERCOUNTING: Words = Words::new("overcounts");

/// Words before what that comes to.
const RESULTING: Words = Words::new("get giving hence leaving so thus");

/// Words of a sentence about what might be done.
const SUPPOSING: Words = Words::new(
    "anything careful common don't don’t had if mistake never no not part students would wrong",
);

/// Whether a sentence goes on from an answer to another: "However, we must subtract 2, giving 40."
fn revises(sentence: &str) -> bool {
    let opens = matches!(
        tokens(sentence).next(),
        Some(Token::Word("However" | "But"))
    );
    if !opens {
        return false;
    }
    let (mut bound, mut revised, mut number) = (false, false, false);
    let mut results = false;
    for token in tokens(sentence) {
        match token {
            Token::Word(word) if SUPPOSING.contain(word) => return false,
            Token::Word("must" | "should" | "need" | "have") => bound = true,
            Token::Word(word) if bound && REVISING.contain(word) => revised = true,
            Token::Word(word) if OVERCOUNTING.contain(word) => revised = true,
            Token::Word(word) => results = revised && RESULTING.contain(word),
            Token::Number => number |= results,
            _ => {}
        }
    }
    number
}

/// Whether a sentence takes back the one before: "No, …", "Actually it …".
pub(super) fn retracts(sentence: &str) -> bool {
    if revises(sentence) {
        return true;
    }
    let mut tokens = tokens(sentence);
    let Some(Token::Word(first)) = tokens.next() else {
        return false;
    };
    let next = tokens.next();
    let stops = matches!(next, Some(Token::Symbol(_) | Token::Word("wait")));
    let restates = match next {
        Some(Token::Word(word)) => RESTATING.contain(word),
        // "Actually 75."
        next => next == Some(Token::Number) && tokens.all(|token| token == Token::Symbol('.')),
    };
    RETRACTIONS.contain(first) && stops || RESTARTS.contain(first) && (stops || restates)
}

/// Whether a sentence announces a check: "Wait, let me verify: 42 / 6 = 7."
pub(super) fn verifies(sentence: &str) -> bool {
    let mut opening = tokens(sentence).take(MOST_OPENING);
    opening.any(|token| matches!(token, Token::Word(word) if listed("let let's let’s", word)))
        && opening.any(|token| matches!(token, Token::Word("check" | "verify")))
}

/// Whether a sentence opens with a doubt about what stands before: "Hmm, …", "On second thought, …".
pub(super) fn reconsiders(sentence: &str) -> bool {
    let mut opening = tokens(sentence)
        .take(MOST_OPENING)
        .map_while(|token| match token {
            Token::Word(word) => Some(word),
            _ => None,
        });
    opening.any(|word| {
        DOUBTS.contain(word)
            || !word.is_ascii()
                && DOUBTING_STARTS
                    .split(' ')
                    .any(|start| word.starts_with(start))
    })
}
