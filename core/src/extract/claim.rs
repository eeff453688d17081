//! Whether a reply claims what it mentions: "not 42", "is 42 the answer?" and "42 is wrong" do not.

use alloc::vec::Vec;
use core::ops::Range;

use super::token::{Token, head, tail, tokens};
use crate::words::{Words, listed, starts_with};

/// How many bytes before and after a value decide whether it is claimed.
const WINDOW: usize = 96;

/// Words that can stand between a negation and what it denies.
const FILLERS: Words = Words::new(
    "a actually an answer are be been believe case correct equal equals es est exactly final \
     is ist it it's it’s just likely necessarily really remotely result right say simply \
     solution that the think to true value was were è é",
);

/// Words that deny what follows them.
const NEGATIONS: Words = Words::new(
    "cannot denies deny discard discarding doubt doubtful exceeds except exclude excluding false \
     ignoring impossible improbable incorrect isnt kein keine mod modulo neither never nicht niet non \
     nor not não pas refuse refuses reject rejecting unlikely untrue wrong не",
);

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

/// What a denial or a bound of the value before it starts with in such languages. Some
/// are two words.
const DENYING_STARTS: &str = "不对|不對|不是|不正确|ではな|ではあり|じゃな|가 아니|이 아니|이아니|是错|是錯|以上|以下|以内|未満|이상|\
    이하|미만|초과";

/// Words that suppose what follows them.
const SUPPOSITIONS: Words =
    Words::new("assume assuming consider if let otherwise suppose supposing try unless whether");

/// Verbs after a value that may go on to judge it.
const VERBS: Words = Words::new("are be es est is ist looks seems was were è é");

/// Words before a value that say that it is only near, or on one side of it.
const BOUNDS: Words = Words::new(
    "above almeno almost até below bis casi close fewer fino greater größer hasta höchstens \
     hoogstens inférieur inférieure jusqu'à jusqu’à kleiner least less maggiore maior mais \
     mayor max maximal maximum massimo mehr menor meno menos meer min mindestens minder \
     minimal minimo minimum minore minstens moins more most máximo mínimo más nearly over \
     plus più presque sumo supérieur supérieure under unter up weniger więcej mniej najmniej \
     najwyżej über более больше максимум менее меньше минимум 적어도 최대 최소",
);

/// Words between such a word and the value.
const BOUND_LINKS: Words =
    Words::new("a als dan de del di do equal niż of or que than to zu à чем");

/// Words before such a word.
const BOUND_OPENINGS: Words = Words::new(
    "a al anything at au co como en just lo no not number pelo so strictly the therefore thus value well не",
);

/// The same in languages that set no space between words.
const BOUNDING_ENDINGS: &[&str] = &[
    "至少",
    "至多",
    "最多",
    "最少",
    "最大",
    "最小",
    "小于",
    "大于",
    "小於",
    "大於",
    "少于",
    "多于",
    "超过",
    "超過",
    "低于",
    "高于",
    "不到",
    "不足",
    "少なくとも",
];

/// Words that make a value depend on a condition, if the sentence goes on with one of
/// [`OTHERWISE`]: "42 if n is even and 43 if n is odd".
const CONDITIONS: Words = Words::new("if only provided unless when");

/// What opens the other case.
const OTHERWISE: Words = Words::new("else if otherwise unless when");

/// Words of a sentence about what was thought before.
const PAST: Words = Words::new("formerly initially mistakenly originally previously");

/// Words after "or" that leave the answer open.
const ALTERNATIVES: Words = Words::new(
    "above another any anything below eight else even fewer five four greater higher its larger \
     less lower more nine no none not one other others seven six smaller something ten three two \
     undefined whatever zero",
);

/// What sentences start with that refuse an answer.
const REFUSALS: &[&str] = &[
    "i am not able to",
    "i am unable to",
    "i can't help",
    "i cannot answer",
    "i cannot help",
    "i cannot solve",
    "i do not know the",
    "i don't know the",
    "i'm not able to",
    "i'm sorry, i can't",
    "i'm sorry, but i can't",
    "i'm unable to",
    "the problem cannot be solved",
    "there is not enough information",
    "we cannot determine the answer",
];

/// How far they are compared, in bytes.
const LONGEST_REFUSAL: usize = 32;

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
    // As many as most windows have.
    let mut words = Vec::with_capacity(WINDOW / 4);
    words.extend(tokens(tail(text, WINDOW)));
    if ends_with_bound(&words) {
        return true;
    }
    while let Some(token) = words.pop() {
        match token {
            Token::Word(word) if is_negation(word) || SUPPOSITIONS.contain(word) => return true,
            Token::Word(
                word @ ("as" | "but" | "by" | "from" | "means" | "near" | "of" | "than"),
            ) => {
                return is_distancing(words.last(), word);
            }
            // "Wrong answer: 42", "Let x = 42."
            Token::Symbol(':') if matches!(words.last(), Some(Token::Word(w)) if listed("answer incorrect wrong", w)) =>
                {}
            Token::Symbol('=') if matches!(words.last(), Some(Token::Word(name)) if name.chars().count() == 1) =>
            {
                words.pop();
            }
            Token::Word("es") if matches!(words.last(), Some(Token::Word("no" | "No"))) => {
                return true;
            }
            Token::Word(word) if FILLERS.contain(word) => {}
            Token::Command("ne" | "neq" | "not") | Token::Symbol('≠') => return true,
            _ => return false,
        }
    }
    false
}

/// Whether `statement`, the text between a marker and a value, ends with a bound of the value.
pub(super) fn is_bounded(statement: &str) -> bool {
    ends_with_bound(&Vec::from_iter(tokens(tail(statement, WINDOW))))
}

/// Whether a bound is all that is said of what follows: "is at most", "Antwort: weniger als". Within
/// a sentence it may belong to the question: "we need at least 12".
fn ends_with_bound(words: &[Token<'_>]) -> bool {
    let mut words = words.iter().rev().peekable();
    let links = |token: &&Token<'_>| matches!(token, Token::Word(w) if BOUND_LINKS.contain(w));
    while words.next_if(|token| links(token)).is_some() {}
    let Some(Token::Word(word)) = words.next() else {
        return false;
    };
    let mut endings = BOUNDING_ENDINGS.iter();
    if let Some(stated) = endings.find_map(|ending| word.strip_suffix(ending)) {
        let stated = stated.trim_end_matches('不');
        return stated.is_empty() || stated.ends_with(['是', '为', '為', '案', 'は']);
    }
    if !BOUNDS.contain(word) {
        return false;
    }
    while words
        .next_if(|token| matches!(token, Token::Word(w) if BOUND_OPENINGS.contain(w)))
        .is_some()
    {}
    match words.next() {
        None | Some(Token::Symbol(':' | '：' | '=' | '>' | '#')) => true,
        Some(token) => matches!(token, Token::Word(w) if VERBS.contain(w)),
    }
}

/// Whether `word`, after the token `before`, sets what follows apart from what is claimed.
fn is_distancing(before: Option<&Token<'_>>, word: &str) -> bool {
    let Some(Token::Word(before)) = before else {
        return false;
    };
    let words = match word {
        "as" => "such",
        "but" => "anything everything",
        "by" => "divisible",
        "from" => "different far",
        "means" => "no",
        "near" => "nowhere",
        "of" => {
            "complement digits divisor factor fifth fraction instead inverse multiple negative opposite \
             power quarter reciprocal square third"
        }
        "than" => "bigger fewer greater higher larger less lower more other rather smaller",
        _ => "",
    };
    listed(words, before)
}

/// Whether `text` starts with a condition in brackets, and goes on to another value: "(if half) or 144".
fn is_one_of_cases(text: &str) -> bool {
    let bracketed = text.trim_start().strip_prefix('(');
    let Some((condition, rest)) = bracketed.and_then(|inside| inside.split_once(')')) else {
        return false;
    };
    let opens = |text, words: &Words| matches!(tokens(text).next(), Some(Token::Word(w)) if words.contain(w));
    opens(condition, &CONDITIONS) && opens(rest, &Words::new("and or"))
}

/// Whether `text` starts with a word in brackets that rejects what stands before it: "(rejected)".
fn is_rejected_beside(text: &str) -> bool {
    let inside = text.trim_start_matches([' ', '$', '*']).strip_prefix('(');
    let word = inside
        .and_then(|inside| inside.split_once(')'))
        .map(|(word, _)| word);
    word.is_some_and(|word| {
        listed(
            "discarded extraneous impossible invalid rejected wrong",
            word,
        )
    })
}

/// Whether the sentence around `at` supposes something: "If x were 3, …", "… would be 7 if x were 3."
pub(super) fn is_hypothetical(text: &str, at: usize) -> bool {
    let (before, after) = text.split_at_checked(at).unwrap_or_default();
    let after = head(after, WINDOW).split(['.', '\n']).next();
    let mut words = tokens(sentence_at_end(before)).chain(tokens(after.unwrap_or_default()));
    words.any(|token| matches!(token, Token::Word(word) if listed("if", word)))
}

/// Whether `before` ends within a sentence about what was said earlier: "I previously gave", "I initially said
/// the".
pub(super) fn is_of_the_past(before: &str) -> bool {
    let mut words = sentence_at_end(before).split(|c: char| !c.is_ascii_alphabetic());
    words.any(|word| PAST.contain(word))
}

/// The sentence that `text` ends within, as far as it is near.
fn sentence_at_end(text: &str) -> &str {
    let sentence = tail(text, WINDOW).rsplit(['.', '\n']).next();
    sentence.unwrap_or_default()
}

/// Whether `text` goes on to say that what stands before it is wrong, or only one of several.
fn is_denied_after(text: &str) -> bool {
    if is_one_of_cases(text) || is_rejected_beside(text) {
        return true;
    }
    let mut words = tokens(text).map_while(|token| match token {
        Token::Word(word) => Some(word),
        _ => None,
    });
    let Some(verb) = words.next() else {
        return false;
    };
    let rest = text.trim_start();
    let is_ascii = rest.starts_with(|c: char| c.is_ascii());
    if !is_ascii
        && DENYING_STARTS
            .split('|')
            .any(|start| rest.starts_with(start))
    {
        return true;
    }
    if verb == "at" {
        let bound = words.find(|word| *word != "the");
        return matches!(bound, Some("least" | "most")) && words.next().is_none();
    }
    if verb == "remainder" {
        return true;
    }
    // "4 and its negative"
    if verb == "and" {
        return words
            .next()
            .is_some_and(|word| listed("above beyond its", word));
    }
    // "60 modulo 7"
    if matches!(verb, "mod" | "modulo") {
        return tokens(text).nth(1) == Some(Token::Number);
    }
    // "120 increased by 4"
    if matches!(verb, "decreased" | "divided" | "increased" | "multiplied")
        && words.next() == Some("by")
    {
        return tokens(text).nth(2) == Some(Token::Number);
    }
    // "72 less 10"
    if verb == "less" && tokens(text).nth(1) == Some(Token::Number) {
        return true;
    }
    // "12 less than 20", but "12 more than Bob".
    if matches!(verb, "more" | "less" | "fewer") && words.next() == Some("than") {
        return match tokens(text).nth(2) {
            Some(Token::Word(name)) => name.len() == 1,
            other => other == Some(Token::Number),
        };
    }
    if verb.eq_ignore_ascii_case("or") {
        return words.next().is_some_and(|word| ALTERNATIVES.contain(word));
    }
    if CONDITIONS.contain(verb) {
        let sentence = tokens(text).skip(1);
        let mut sentence = sentence.take_while(|token| *token != Token::Symbol('.'));
        return sentence.any(|token| matches!(token, Token::Word(w) if OTHERWISE.contain(w)));
    }
    if matches!(verb, "fail" | "fails" | "otherwise") {
        return true;
    }
    let does = matches!(verb, "can" | "could" | "do" | "does");
    let mut negated = is_negation(verb);
    if !negated && !does && !VERBS.contain(verb) {
        return false;
    }
    for word in words {
        match word {
            "discarded" | "errado" | "extraneous" | "false" | "falsch" | "falso" | "faux"
            | "impossible" | "incorrect" | "invalid" | "rejected" | "too" | "wrong" => {
                return !negated;
            }
            _ if is_negation(word) => negated = true,
            "a" | "actually" | "an" | "be" | "clearly" | "definitely" | "my" | "our" | "the" => {}
            "acceptable" | "allowed" | "answer" | "correct" | "final" | "fit" | "hold" | "it"
            | "possible" | "right" | "satisfy" | "solution" | "true" | "valid" | "work" => {
                return negated;
            }
            _ => return false,
        }
    }
    false
}

/// Whether `value` is a share, and `text` behind it goes on to what it is a share of: "60% of 50".
pub(super) fn is_share(value: &str, text: &str) -> bool {
    let mut words = tokens(text);
    ["%", "percent", "per cent"]
        .iter()
        .any(|sign| value.ends_with(sign))
        && words.next() == Some(Token::Word("of"))
        && words.next() == Some(Token::Number)
}

/// Words between "but" and the value that corrects the one before: "12, but it is 13".
const CORRECTING: Words = Words::new(
    "actual actually answer correct fact in is it it's it’s really right that the true value \
     was",
);

/// Whether `text`, behind a value that is in no box, goes on to another in its place: "12, but it is 13",
/// "12 if it were fair, but it is not, so 13", "12, no, 13", "12 per day for 2 days, so 24".
pub(super) fn is_corrected(text: &str) -> bool {
    let mut rest = tokens(head(text, WINDOW))
        .take_while(|token| *token != Token::Symbol('.'))
        .filter(|token| !matches!(token, Token::Symbol(',' | '-' | '–' | '—')));
    match rest.next() {
        // "60 → 61"
        Some(Token::Symbol('→') | Token::Word("then" | "vs")) => {
            rest.next() == Some(Token::Number)
        }
        // "60, I mean 61"
        Some(Token::Word("I")) => {
            rest.next() == Some(Token::Word("mean")) && rest.next() == Some(Token::Number)
        }
        Some(Token::Word("but")) => {
            let value =
                rest.find(|token| !matches!(token, Token::Word(word) if CORRECTING.contain(word)));
            value == Some(Token::Number)
        }
        Some(Token::Word(word)) if CONDITIONS.contain(word) => {
            rest.any(|token| token == Token::Word("but"))
        }
        Some(Token::Word(word)) if listed("no nope rather sorry wait", word) => {
            rest.next() == Some(Token::Number)
        }
        Some(Token::Word("so")) => concludes(rest),
        _ => rest.any(|token| token == Token::Word("so")) && concludes(rest),
    }
}

/// Whether a conclusion is nothing but a number.
fn concludes<'a>(mut tokens: impl Iterator<Item = Token<'a>>) -> bool {
    tokens.next() == Some(Token::Number) && tokens.next().is_none()
}

fn is_question(text: &str) -> bool {
    tokens(text)
        .find_map(|token| match token {
            Token::Symbol(c @ ('.' | '!' | '?' | '。' | '！' | '？')) => {
                Some(matches!(c, '?' | '？'))
            }
            Token::Paragraph => Some(false),
            _ => None,
        })
        .unwrap_or(false)
}

/// Whether a word denies what follows it.
pub(super) fn is_negation(word: &str) -> bool {
    NEGATIONS.contain(word) || NEGATING_ENDINGS.iter().any(|n| word.ends_with(n))
}

/// Whether a word is the verb of a claim: "is 42", "has 42 apples".
pub(super) fn is_verb(word: &str) -> bool {
    listed(
        "are be cost costs equals had has have is left remain was were will",
        word,
    )
}

/// Whether a sentence says that no answer is given.
pub(super) fn refuses(sentence: &str) -> bool {
    let sentence = sentence.trim_start();
    let opens = sentence.starts_with(['I', 'i', 'T', 't', 'W', 'w']);
    let sentence = head(sentence, LONGEST_REFUSAL);
    opens && REFUSALS.iter().any(|start| starts_with(sentence, start))
}
