//! How far a sentence goes with what it claims: up to a reason, a circumstance, or the parts of a count.

use super::claim;
use super::plain;
use super::token::{Token, head, tokens};
use crate::words::{Words, listed};

/// Verbs that state a value.
pub(super) const VERBS: [&str; 4] = ["are", "be", "equals", "is"];

/// Verbs in the third person before what they come to.
pub(super) const GIVING: [&str; 8] = [
    "becomes", "gives", "leaves", "makes", "means", "remains", "totals", "yields",
];

/// Verbs in the third person before "to" and a value.
const REACHING: Words = Words::new(
    "adds amounts belongs comes converges converts corresponds decreases drops equals \
     evaluates falls goes grows increases leads reduces rises rounds simplifies sums tends",
);

/// Longest clause that is looked through to see what it says beside a value, in bytes.
const LONGEST_CLAUSE: usize = 160;

/// A sentence up to the reason, the place or the circumstance that it names for its claim, "is 7,
/// attained at x = 2", unless it goes on to a conclusion, and up to what explains a letter in it or a count.
pub(super) fn claim(sentence: &str) -> &str {
    let mut tokens = tokens(sentence);
    let (mut end, mut last) = (None, None);
    let (mut claims, mut equates, mut counted, mut extreme) = (false, false, false, false);
    while let Some(token) = tokens.next() {
        let before = last.replace(token);
        let rest = tokens.rest();
        let clause = head(rest, LONGEST_CLAUSE);
        let word = match token {
            Token::Word(word) => word,
            Token::Symbol(':')
                if counted && matches!(before, Some(Token::Word(_))) && lists(clause) =>
            {
                end.get_or_insert(sentence.len() - rest.len() - 1);
                continue;
            }
            _ => {
                counted |= token == Token::Number;
                equates |= token == Token::Symbol('=');
                continue;
            }
        };
        let goes_on = matches!(before, Some(Token::Word("and" | "but" | "so")));
        let leaves = match word {
            "achieved" | "attained" => true,
            "occurs" | "reached" => claims && counted,
            "as" | "using" => before == Some(Token::Symbol(',')) && trails_on(clause),
            "at" => claims && counted && ranges(clause) && is_circumstance(clause, claims),
            "in" | "on" | "over" => {
                let counts = matches!(before, Some(Token::Word(noun)) if is_plural(noun));
                let valued = before == Some(Token::Number) || counts && counted;
                claims && valued && is_interval(clause) && trails(clause, claims)
            }
            "that" => claims && before == Some(Token::Number) && trails(clause, claims),
            "because" | "since" => !goes_on && !concludes_after_comma(clause),
            "whom" | "which" => claims && before == Some(Token::Word("of")),
            "for" => (claims || equates) && ranges(clause) && is_circumstance(clause, true),
            "when" | "after" => {
                let apart = matches!(before, Some(Token::Symbol(',' | ';')));
                !goes_on
                    && (!apart || word == "when" && claims && counted)
                    && is_circumstance(clause, claims)
            }
            "with" => before == Some(Token::Symbol(',')) && clause.starts_with(" equality"),
            "where" => before == Some(Token::Symbol(',')) && explains(clause),
            "who" => before == Some(Token::Symbol(',')) && counted && trails(clause, claims),
            "of" => before == Some(Token::Number) && is_whole(clause),
            "to" => {
                let counts = matches!(before, Some(Token::Word(noun)) if is_plural(noun));
                counts && counted && is_purpose(clause) && trails(clause, claims)
            }
            // "最小值为 2，此时 x=3"
            word if !word.is_ascii() => {
                let reached = ["当且仅当", "此时"]
                    .iter()
                    .any(|start| word.starts_with(start));
                let goes_on = ["最", "所以", "故", "因此"]
                    .iter()
                    .any(|w| rest.contains(w) || word.contains(w));
                let leaves = extreme && counted && reached && !goes_on;
                extreme |= word.contains('最');
                leaves
            }
            "gives" | "hence" | "so" | "then" | "therefore" | "thus" | "we" => {
                end = None;
                false
            }
            _ => false,
        };
        if leaves {
            end.get_or_insert(sentence.len() - rest.len() - word.len());
        }
        claims |= claim::is_verb(word);
    }
    end.map_or(sentence, |end| head(sentence, end))
}

/// Whether a reason is followed by a claim of its own: "there are $5$ terms, and the mean is $10$".
fn concludes_after_comma(clause: &str) -> bool {
    let mut tokens = tokens(clause);
    tokens.any(|token| token == Token::Symbol(','))
        && tokens.any(|token| matches!(token, Token::Word(word) if claim::is_verb(word)))
}

/// Whether what follows "when" or "after" is no more than a circumstance of what stands before it:
/// "x = 3", "3 days", "$N$ is divided by 7", and behind a claim "her son was 10".
fn is_circumstance(clause: &str, claims: bool) -> bool {
    let mut verbs = u32::from(!claims);
    let mut depth = 0_u32;
    let mut tokens = tokens(clause).peekable();
    let mut last = None;
    while let Some(token) = tokens.next() {
        let before = last.replace(token);
        match token {
            // "when selling = $10"
            Token::Symbol('=') if matches!(before, Some(Token::Word(word)) if word.len() > 1) => {
                return false;
            }
            Token::Symbol(',' | ';' | ':') | Token::Word("and" | "but" | "or") => return false,
            Token::Symbol('(') => depth += 1,
            Token::Symbol(')') if depth == 0 => return false,
            Token::Symbol(')') => depth -= 1,
            Token::Word(word) => {
                let passive = tokens.peek() == Some(&Token::Word("divided"));
                verbs += u32::from(claim::is_verb(word) && !passive);
                if verbs > 1 {
                    return false;
                }
            }
            _ => {}
        }
    }
    true
}

/// Whether what follows "as" or "using" is a reason to the end of its sentence.
fn trails_on(clause: &str) -> bool {
    let goes_on = matches!(tokens(clause).next(), Some(Token::Word("of" | "well")));
    !goes_on && !concludes_after_comma(clause)
}

/// Whether what follows "on" or "in" is an interval: "the interval $[0, 3]$".
fn is_interval(clause: &str) -> bool {
    let mut words =
        tokens(clause).skip_while(|t| matches!(t, Token::Word("the" | "interval" | "range")));
    matches!(words.next(), Some(Token::Symbol('[' | '(')))
}

/// Whether what follows "where" says what a letter is and nothing else, "$C$ is a constant", or what several
/// are.
fn explains(clause: &str) -> bool {
    let mut verbs = 0;
    let mut letter = false;
    for token in tokens(clause) {
        let behind_letter = letter;
        letter = match token {
            Token::Word(word) => word.len() == 1,
            Token::Command(_) => true,
            _ => false,
        };
        match token {
            Token::Symbol(',') if verbs == 0 => return false,
            Token::Word(word) if VERBS.contains(&word) && verbs > 0 && behind_letter => {}
            Token::Word(word) if VERBS.contains(&word) => verbs += 1,
            Token::Symbol('≠' | '≥' | '≤' | '<' | '>' | '∈')
            | Token::Command("ne" | "neq" | "ge" | "geq" | "gt" | "in" | "le" | "leq" | "lt") => {
                verbs += 1
            }
            _ => {}
        }
    }
    verbs == 1
}

/// Whether what follows a colon names the parts of what was counted before it: "48 in April and 24 in May".
fn lists(clause: &str) -> bool {
    let (mut numbers, mut joins) = (0, 0);
    for token in tokens(clause) {
        match token {
            Token::Number => numbers += 1,
            Token::Symbol(',' | ';') | Token::Word("and") => joins += 1,
            Token::Symbol('=') => return false,
            _ => {}
        }
    }
    numbers > 1 && joins > 0
}

/// Whether what follows "of" is the number of all, of which a part was counted: "the 8 marbles".
fn is_whole(clause: &str) -> bool {
    let mut tokens = tokens(clause);
    tokens.next() == Some(Token::Word("the")) && tokens.next() == Some(Token::Number)
}

/// Whether a clause ends its sentence without another value of its own.
fn trails(clause: &str, claims: bool) -> bool {
    !clause.contains('=') && is_circumstance(clause, claims)
}

/// Whether what follows "to" says what a count is of: "10 ways to choose 2 people".
fn is_purpose(clause: &str) -> bool {
    matches!(tokens(clause).next(), Some(Token::Word(verb)) if !listed("a an the", verb))
}

/// Whether a word before "to" is a noun, and no verb as in "comes to".
fn is_plural(word: &str) -> bool {
    word.ends_with('s')
        && !claim::is_verb(word)
        && !GIVING.contains(&word)
        && !REACHING.contain(word)
}

/// Whether what follows "for" says of which values of a letter a claim holds: "all $x$", "$n = 3$".
fn ranges(clause: &str) -> bool {
    let mut tokens = tokens(clause);
    match tokens.next() {
        Some(Token::Word("all" | "any" | "each" | "every")) => true,
        Some(Token::Word(name)) if name.len() == 1 && !plain::is_article(name) => matches!(
            tokens.next(),
            Some(Token::Symbol('=' | '≠' | '≥' | '≤' | '<' | '>' | '∈') | Token::Command(_))
        ),
        _ => false,
    }
}
