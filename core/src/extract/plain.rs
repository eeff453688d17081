//! Mathematics that is written without delimiters, inside prose.

use core::cmp::Ordering;

use super::claim;
use super::token::{Token, head, tokens};
use crate::words::{Words, listed};

/// Signs that end a sentence or a part of it.
pub(super) const PUNCTUATION: [char; 12] = [
    '.', ',', ';', ':', '?', '。', '，', '、', '：', '；', '！', '？',
];

/// Longest argument of a `\boxed` without braces, in bytes.
const LONGEST_ARGUMENT: usize = 256;

/// Names of two or more letters that are mathematics and not words.
const NAMES: &[&str] = &[
    "abs", "alpha", "arccos", "arcsin", "arctan", "beta", "ceil", "cos", "cosh", "cot", "csc",
    "exp", "floor", "gamma", "gcd", "inf", "infinity", "lambda", "lcm", "ln", "log", "max", "min",
    "mod", "mu", "oo", "phi", "pi", "sec", "sigma", "sin", "sinh", "sqrt", "tan", "tanh", "theta",
];

/// Words between the values of a list, or before one more.
const CONJUNCTIONS: &[&str] = &[
    "&",
    "and",
    "or",
    "(or",
    "maybe",
    "perhaps",
    "possibly",
    "et",
    "lub",
    "oder",
    "ou",
    "und",
    "veya",
    "и",
    "или",
    "和",
    "或",
    "或者",
    "または",
    "又は",
    "또는",
];

/// Words before the number of a part of a text.
const LABELS: Words = Words::new(
    "appendix base case chapter eq. equation example exercise fig. figure footnote lemma line \
     method no. option page part problem question section step table theorem",
);

/// Verbs that state a number of things, beside those of any claim.
const GETTING: Words = Words::new("earned earns gets made makes need needs");

/// Words before a colon that name an answer.
const LABELLING: Words = Words::new("result sum total value");

/// Words behind a number of things that leave it what it is.
const LEFT: Words = Words::new("altogether left more remaining total");

/// Control words whose argument is words.
const TEXT_COMMANDS: &str = "begin end mathrm mbox operatorname text textbf textit textrm";

/// What follows `\boxed` without braces: mathematics up to the end of its line or span.
pub(super) fn argument(text: &str) -> Option<&str> {
    let line = head(text, LONGEST_ARGUMENT).lines().next()?;
    let end = ["$", "&", "\\)", "\\]", "\\\\", "\\boxed", "\\fbox"]
        .iter()
        .filter_map(|stop| line.find(stop))
        .min()
        .unwrap_or(line.len());
    leading(line.get(..end)?)
}

/// The mathematics that `text` starts with.
pub(super) fn leading(text: &str) -> Option<&str> {
    let mut end = None;
    let mut article_end = None;
    let mut listed = false;
    let mut out = false;
    for piece in pieces(text) {
        if piece.text.starts_with('(') && end.is_some() {
            let inside = text
                .get(piece.end - piece.text.len() + 1..)
                .unwrap_or_default();
            if is_remark(head(inside, LONGEST_ARGUMENT)) {
                break;
            }
        }
        if end.is_some() && is_dash(piece.text) {
            // "24 - see above"
            continue;
        }
        if is_article(piece.text) {
            article_end = Some(piece.end);
        } else if is_math(piece.text) {
            end = Some(piece.end);
            article_end = None;
            // "(1; 2)" and "1; 2; 3", but not "12; then …"
            let semicolon = piece.text.ends_with(';');
            let goes_on = || text.get(piece.end..).and_then(whole).is_some();
            listed = listed || semicolon && goes_on();
            if piece.text.ends_with(':') || semicolon && !listed {
                break;
            }
        } else if let Some(closes) = brackets(text, piece.text) {
            // "( 1 , 2 )"
            if closes {
                end = Some(piece.end);
            }
        } else if end.is_some()
            && (is_conjunction(piece.text)
                || matches!(piece.text, "|" | "to" | "out" | "*" | ":")
                || piece.text == "of" && out
                || piece.text == "in" && relates(text, &piece))
        {
            out = piece.text == "out";
            article_end = None;
        } else if end.is_some() && adds(text.get(piece.end..)?) {
            return None;
        } else {
            return balanced(text.get(..end?)?);
        }
    }
    balanced(text.get(..article_end.or(end)?)?)
}

/// Whether a piece of `text`, which opens with a bracket, is the last of brackets, if it is one or stands between
/// what they hold.
fn brackets(text: &str, piece: &str) -> Option<bool> {
    match piece {
        _ if !text.trim_start().starts_with(['(', '[']) => None,
        "(" | "[" | "," | ";" => Some(false),
        ")" | "]" | ")." | "]." => Some(true),
        _ => None,
    }
}

/// Whether "in", a piece of `text`, is a sign: "x in (0, 1)", and at the end "1 in 6", but not "1 in 2024".
fn relates(text: &str, piece: &Piece<'_>) -> bool {
    let (before, after) = text.split_at(piece.end);
    let before = before.strip_suffix(piece.text).unwrap_or(before).trim();
    let after = after.trim_matches([' ', '.']);
    let interval = after.starts_with(['(', '[']) && !is_article(before);
    let number = |text: &str| text.parse::<u32>().ok();
    let odds = number(before).zip(number(after));
    interval && before.chars().nth(1).is_none()
        || odds.is_some_and(|(some, all)| some < all && !(1900..2100).contains(&all))
}

/// Whether `text`, behind a quantity, goes on to a sum: "12 boys + 3 girls = 15 children".
fn adds(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with("+ ") && text.contains('=')
}

/// Whether what stands in a bracket, which opens before `text`, is said beside the value before it and
/// is no factor: "18 (9 eggs at $2 each)", "3/4 (75%)", "24 (4! = 24)".
pub(super) fn is_remark(text: &str) -> bool {
    let inside = text.split(')').next().unwrap_or_default();
    let hedges = inside.split_whitespace().next().is_some_and(is_conjunction);
    let explains = inside.ends_with('%') || inside.starts_with('≈') || inside.contains('=');
    !hedges && (explains || count_words(inside) > 0)
}

/// The last mathematics of `text` that holds a digit, or of a chain of equations its last member.
pub(super) fn last(text: &str) -> Option<&str> {
    let text = unquoted(text);
    let mut found = None;
    let mut start = None;
    let mut digits = false;
    let mut label = false;
    let mut ratio = false;
    let mut out = false;
    let mut remark = false;
    let mut equals = false;
    for piece in pieces(text) {
        let inside = text.get(piece.end - piece.text.len() + 1..);
        if start.is_some() && piece.text.starts_with('(') {
            remark = inside.is_some_and(|inside| is_remark(head(inside, LONGEST_ARGUMENT)));
        }
        if remark {
            remark = !piece.text.contains(')');
            start = None;
            digits = false;
            continue;
        }
        // A colon between two numbers is that of a ratio, and so are "out of", and "to" after "ratio".
        ratio |= matches!(piece.text, "ratio" | "odds");
        let of_ratio = match piece.text {
            ":" | "out" => true,
            "of" => out,
            "to" => ratio,
            _ => false,
        };
        out = piece.text == "out";
        if start.is_some() && (is_conjunction(piece.text) || of_ratio) {
            continue;
        }
        let dash = piece.text == "–" && !equals;
        let math = is_math(piece.text) && !is_article(piece.text) && !label && !dash;
        equals = piece.text.ends_with('=');
        label = is_label(piece.text);
        if math {
            start.get_or_insert(piece.end - piece.text.len());
            digits |= has_number(piece.text);
            // "24 - see above"
            if digits && !is_dash(piece.text) {
                found = start.map(|start| start..piece.end);
            }
        }
        if !math || piece.text.ends_with([';', ':']) {
            start = None;
            digits = false;
        }
    }
    let found = found?;
    result(text.get(found.clone())?, text.get(..found.start)?)
}

/// The mathematics that a line consists of.
pub(super) fn whole(line: &str) -> Option<&str> {
    let mut pieces = pieces(line).peekable();
    pieces.peek()?;
    if !pieces.all(|piece| is_math(piece.text) || is_conjunction(piece.text)) {
        return None;
    }
    // "6 x 7 = 42" is no equation in x.
    let mut around = line.split(" x ").map(str::trim);
    let ends_in_digit = |text: &str| text.ends_with(|c: char| c.is_ascii_digit());
    if around.next().is_some_and(ends_in_digit) && around.next().is_some() {
        return result(line, "");
    }
    let arrows = ["=>", "->", "⟹", "⇒", "→", "∴"].into_iter();
    let line = unquoted(line);
    let line = arrows.fold(line, |line, arrow| line.strip_prefix(arrow).unwrap_or(line));
    trim(line.trim_start_matches([' ', '=']))
}

/// The number that a sentence in a box states, with what it counts, if there is no other: "Jim has 300
/// apples", "Total: 300", "300 more".
pub(super) fn said(content: &str) -> Option<&str> {
    let argument = content
        .strip_prefix("\\text{")
        .and_then(|c| c.strip_suffix('}'));
    let set = argument.filter(|inside| !inside.contains(['{', '}']));
    let inside = set.unwrap_or(content);
    let digit = inside.find(|c: char| c.is_ascii_digit())?;
    let signs = ['$', '\\', '-', '−'];
    let (lead, value) = inside.split_at(inside[..digit].trim_end_matches(signs).len());
    let numeral = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',') || signs.contains(&c);
    let (number, tail) = value.split_at(value.find(|c| !numeral(c)).unwrap_or(value.len()));
    let balanced = value.matches('{').count() == value.matches('}').count();
    if !balanced || tail.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (mut before, mut last, mut denied) = (None, None, false);
    for token in tokens(lead) {
        denied |= matches!(token, Token::Word(word) if claim::is_negation(word));
        before = last.replace(token);
    }
    let states = match last {
        _ if denied => return None,
        None => set.is_some() && tail.is_empty(),
        Some(Token::Word(word)) => claim::is_verb(word) || GETTING.contain(word),
        // A colon behind any other word may be that of code.
        Some(Token::Symbol(':')) => {
            matches!(before, Some(Token::Word(word)) if LABELLING.contain(word))
        }
        Some(_) => false,
    };
    let mut behind = tokens(tail);
    let left = matches!(behind.next(), Some(Token::Word(word)) if LEFT.contain(word));
    let open = behind.any(|token| matches!(token, Token::Word("than" | "or")));
    if left && !open && (states || last.is_none()) {
        return trim(number.trim_end_matches('\\'));
    }
    states.then_some(value.trim())
}

/// How many words of prose stand in `text`, outside of braces.
pub(super) fn count_words(text: &str) -> usize {
    pieces(text)
        .filter(|piece| piece.text.contains(char::is_alphabetic) && !is_math(piece.text))
        .count()
}

/// `text` without the spaces, the emphasis and the punctuation around it.
pub(super) fn trim(text: &str) -> Option<&str> {
    let around = |c: char| c.is_whitespace() || matches!(c, '*' | '_' | '`' | '"' | '“' | '”');
    let text = text
        .trim_start_matches(around)
        .trim_end_matches(|c| around(c) || PUNCTUATION.contains(&c));
    (!text.is_empty()).then_some(text)
}

/// `text` without the mark of a quotation in Markdown, which is no relation.
fn unquoted(text: &str) -> &str {
    let text = text.trim_start();
    let quoted = text.strip_prefix("> ").filter(|rest| rest.starts_with('*'));
    quoted.unwrap_or(text)
}

/// Whether names are given several values: "x = 3 or 5", "x=3, y=4".
fn names_several(run: &str) -> bool {
    let mut sides = run.split('=');
    let Some((name, first)) = sides.next().map(str::trim_end).zip(sides.next()) else {
        return false;
    };
    // What follows the last sign holds a value and no name.
    let mut before = first;
    ends_in_name(name) == Some("")
        && (pieces(run).any(|piece| is_conjunction(piece.text))
            || sides.all(|side| {
                let between = ends_in_name(core::mem::replace(&mut before, side).trim_end());
                between.is_some_and(|text| text.trim_end().ends_with(','))
            }) && first != before)
}

/// What stands before the letter that `text` ends with, if that is no part of a word.
fn ends_in_name(text: &str) -> Option<&str> {
    let rest = text.strip_suffix(is_symbol)?;
    (!rest.ends_with(char::is_alphanumeric)).then_some(rest)
}

/// The letter of something unknown that a run of mathematics relates to a number without saying what it
/// is, and whether there are several: "2x = 42", "x >= 42".
fn open_in(run: &str) -> Option<(char, bool)> {
    let (left, right) = run.split_once('=')?;
    let left = left.rsplit(',').next()?.trim();
    let mut unknown = left.char_indices().filter(|(at, c)| {
        let (before, rest) = (&left[..*at], &left[at + c.len_utf8()..]);
        let alone =
            !before.ends_with(char::is_alphabetic) && !rest.starts_with(char::is_alphabetic);
        if !matches!(c, 'x' | 'y' | 'z') || !alone {
            return false;
        }
        // "6 x 7", "6x7" and "7 days x $6" are products.
        let digit = |c: char| c.is_ascii_digit();
        let times = rest.trim_start().starts_with(|c| digit(c) || c == '$')
            || rest.starts_with(" (") && before.trim_end().ends_with(digit);
        !times
    });
    let (at, c) = unknown.next()?;
    let names = at == 0 && left[c.len_utf8()..].starts_with(['_', '(']);
    let several = unknown.any(|(_, other)| other != c);
    let open = !right.contains('=') && left.len() > c.len_utf8() && !names;
    open.then_some((c, several))
}

/// Whether the text before an equation says what its left side is: "The angle is 3x = 42", "x = 6, so
/// 7x = 42".
fn says_what(before: &str, letter: char) -> bool {
    let mut assignments = before
        .match_indices(letter)
        .map(|(at, found)| &before[at + found.len()..]);
    let assigned = assignments.any(|rest| {
        let value = rest.trim_start().strip_prefix('=').map(str::trim_start);
        value.is_some_and(|value| value.starts_with(|c: char| c.is_ascii_digit()))
    });
    let word = last_word(before);
    claim::is_verb(word) || word.ends_with(':') || assigned
}

/// The word that `text` ends with.
pub(super) fn last_word(text: &str) -> &str {
    text.split_whitespace().next_back().unwrap_or_default()
}

/// Whether a word introduces a condition: "When x = 3, y = 42."
pub(super) fn supposes(word: &str) -> bool {
    listed("as at for given if letting since when where with", word)
}

/// The last member of a chain `1 + 2 = 3`, without a sign that belongs to the text `before` it.
fn result<'a>(run: &'a str, before: &str) -> Option<&'a str> {
    let after_note = run.rsplit(">>").next()?;
    let open = open_in(after_note);
    let open = open.is_some_and(|(letter, several)| several || !says_what(before, letter));
    if names_several(run) && !supposes(last_word(before)) || open {
        return balanced(run);
    }
    let member = after_note
        .rsplit('=')
        .find(|part| part.contains(char::is_numeric))?;
    // The dash of a list is no sign.
    let item = after_note
        .strip_prefix(['-', '–'])
        .and_then(|item| item.strip_prefix(' '))
        .filter(|_| member == after_note);
    let member = item.unwrap_or(member);
    let member = balanced(member.trim_start_matches([' ', '+', '*', '/', '=']))?;
    // "The length is [5.0]."
    let inner = member.strip_prefix('[').and_then(|m| m.strip_suffix(']'));
    Some(
        inner
            .filter(|inner| !inner.contains([',', ';']))
            .unwrap_or(member),
    )
}

/// `text` trimmed, without brackets at its ends whose partners stand outside it.
fn balanced(text: &str) -> Option<&str> {
    let text = trim(text)?;
    let opened = text.matches(['(', '[']).count();
    let closed = text.matches([')', ']']).count();
    trim(match opened.cmp(&closed) {
        Ordering::Less => text.strip_suffix([')', ']']).unwrap_or(text),
        Ordering::Equal => text,
        Ordering::Greater => text.strip_prefix(['(', '[']).unwrap_or(text),
    })
}

pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    pub(super) end: usize,
}

/// Splits, outside of braces, at spaces and where a script begins or ends that sets none.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut at = 0;
    core::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let start = at + rest.find(|c: char| !c.is_whitespace())?;
        let mut depth = 0_usize;
        let rest = text.get(start..)?;
        let spaceless = rest.starts_with(is_spaceless);
        if let Some(label) = label(rest) {
            at = start + label.len();
            return Some(Piece {
                text: label,
                end: at,
            });
        }
        let len = rest.find(|c: char| {
            match c {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && (c.is_whitespace() || is_spaceless(c) != spaceless)
        });
        at = len.map_or(text.len(), |len| start + len);
        Some(Piece {
            text: text.get(start..at)?,
            end: at,
        })
    })
}

/// The word with its colon that `text` starts with, if a number follows at once: "Total:36".
fn label(text: &str) -> Option<&str> {
    let len = text.find(|c: char| !c.is_alphabetic())?;
    let value = text.get(len..)?.strip_prefix(':')?;
    let word = text.get(..len)?;
    let begins = value.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '$' | '-'));
    (begins && word.chars().nth(1).is_some()).then(|| &text[..=len])
}

/// Whether `c` belongs to Chinese, Japanese or Korean text and to no mathematics.
fn is_spaceless(c: char) -> bool {
    matches!(c,
        '\u{3002}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '！' | '，' | '：' | '；' | '？')
}

/// Whether `c` alone can be the name of a value.
fn is_symbol(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, 'α'..='ω' | 'Α'..='Ω' | 'ℓ' | 'ℕ' | 'ℝ' | 'ℤ')
}

/// Whether `c` alone makes a piece mathematics.
fn is_operator(c: char) -> bool {
    matches!(
        c,
        '+' | '-'
            | '–'
            | '−'
            | '/'
            | '='
            | '%'
            | '<'
            | '>'
            | '±'
            | '×'
            | '÷'
            | '∈'
            | '∞'
            | '≈'
            | '≠'
            | '≤'
            | '≥'
            | '∪'
            | '∩'
            | '·'
            | '⋅'
    )
}

/// Whether a piece alone sets apart what follows it as often as it subtracts it.
fn is_dash(piece: &str) -> bool {
    matches!(piece, "-" | "–" | "—" | "--")
}

/// Whether a piece is mathematics and not a word.
pub(super) fn is_math(piece: &str) -> bool {
    // The sign of the amount behind it
    if piece == "Rs." {
        return true;
    }
    if piece.contains('\\') && piece.contains("\\verb")
        || piece.starts_with("i.e")
        || piece.starts_with("e.g")
    {
        return false;
    }
    let mut rest = piece;
    let mut previous = ' ';
    let mut value = false;
    while let Some(c) = rest.chars().next() {
        let len = if c == '\\' {
            value = true;
            command(rest)
        } else if c.is_alphabetic() {
            let len = rest
                .find(|c: char| !c.is_alphabetic())
                .unwrap_or(rest.len());
            let name = rest.get(..len).unwrap_or_default();
            let ordinal = matches!(name, "st" | "nd" | "rd" | "th");
            let unit = previous.is_numeric() && !ordinal;
            // "kπ"
            let greek =
                !name.is_ascii() && name.chars().nth(3).is_none() && name.chars().all(is_symbol);
            let letter = is_symbol(c) && (greek || name.chars().nth(1).is_none());
            if !(letter || unit || is_conjunction(name) || is_name(name)) {
                return false;
            }
            value |= !is_conjunction(name);
            len
        } else {
            value |= c.is_numeric() || is_operator(c);
            c.len_utf8()
        };
        previous = c;
        rest = rest.get(len..).unwrap_or_default();
    }
    value
}

/// Whether a digit stands in `piece` that is no part of a word.
fn has_number(piece: &str) -> bool {
    let mut previous = ' ';
    piece.contains('\\') && piece.contains(char::is_numeric)
        || piece.chars().any(|c| {
            let before = core::mem::replace(&mut previous, c);
            c.is_numeric() && !before.is_alphanumeric()
        })
}

/// Whether a word of several letters is the name of a function or a number.
pub(super) fn is_name(word: &str) -> bool {
    NAMES.contains(&word)
}

pub(super) fn is_article(piece: &str) -> bool {
    matches!(piece, "a" | "A" | "I")
}

pub(super) fn is_conjunction(word: &str) -> bool {
    CONJUNCTIONS.contains(&word.trim_matches('*'))
}

/// Whether a number after `word` is a name and no value: "Step 2".
fn is_label(word: &str) -> bool {
    let word = word.trim_matches(['*', '#', '(', '_']);
    LABELS.contain(word)
}

/// Length of the control sequence at the start of `rest`, with its argument if that is words.
fn command(rest: &str) -> usize {
    let name = rest.get(1..).unwrap_or_default();
    let len = name
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(name.len());
    if len == 0 {
        return 1 + name.chars().next().map_or(0, char::len_utf8);
    }
    let argument = name.get(len..).unwrap_or_default();
    let sets_text = TEXT_COMMANDS.split(' ').any(|known| known == &name[..len]);
    if sets_text && argument.starts_with('{') {
        return 1 + len + argument.find('}').map_or(argument.len(), |end| end + 1);
    }
    1 + len
}
