//! What follows a value: a unit or the noun that it counts.

use super::input::{Parsed, Tokens, command, sign, token};
use super::parser::{closes, connective};
use super::product::{chinese_scale, multiplier};
use super::token::{Kind, Token};
use super::vocabulary;
use crate::expr::unit::{self, Unit};
use crate::expr::{Bracket, Expr};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use nom::Parser;
use nom::branch::alt;
use nom::combinator::{map, not, opt, value};
use nom::sequence::{preceded, terminated};

/// A unit or a noun after a value: `cm`, `\text{ square feet}`, `m/s^2`, `right triangles`.
pub(super) fn units<'t>(input: Tokens<'t>, before: &[Expr]) -> Parsed<'t, String> {
    let Some(Kind::Letters(_) | Kind::Text(_) | Kind::Command(_)) = input.peek() else {
        return input.fail();
    };
    if let Ok(found) =
        alt((|input| stacked(input, before), |input| rate(input, before))).parse(input)
    {
        return Ok(found);
    }
    let named = share(input, before).unwrap_or(input);
    let (mut rest, mut name) = unit_word(named, before)?;
    // Up to the last word that something stands for: what is meant per nothing is no unit.
    let mut end = None;
    loop {
        if name.rsplit(' ').next() != Some("per") {
            end = Some((rest, name.len()));
        }
        if let Ok((after, power)) = preceded(sign('^'), unit_power).parse(rest) {
            name.push('^');
            name.push_str(&power);
            rest = after;
        } else if let Ok((after, joint)) = alt((
            value('/', sign('/')),
            value('*', alt((sign('*'), command("cdot"), command("times")))),
        ))
        .parse(rest)
        {
            let Ok((after, next)) = unit_word(after, before) else {
                break;
            };
            name.push(joint);
            name.push_str(&next);
            rest = after;
        } else if let Some((after, next)) = qualified(rest, &name)
            .or_else(|_| unit_word(rest, before))
            .ok()
            .filter(|(_, next)| !is_frequency(next))
        {
            name.push(' ');
            name.push_str(&next);
            rest = after;
        } else {
            break;
        }
    }
    match end {
        Some((rest, length)) => Ok((rest, unit::normalize(&name[..length]))),
        None => input.fail(),
    }
}

/// The word behind a unit that raises it, `meters squared`, or the unit behind a word that asks for
/// one: `sq. m`, `sq. units`, `km per h`.
fn qualified<'t>(input: Tokens<'t>, name: &str) -> Parsed<'t, String> {
    if matches!(name, "degree" | "degrees") {
        return token(|kind| match kind {
            Kind::Letters(scale @ ("C" | "F" | "Celsius" | "Fahrenheit")) => {
                Some(String::from(scale))
            }
            _ => None,
        })(input);
    }
    let opened = matches!(name.rsplit(' ').next(), Some("sq" | "cu" | "per"));
    let input = match input.peek() {
        Some(Kind::Sign('.')) if opened => input.skip(1),
        _ => input,
    };
    match input.peek() {
        Some(Kind::Letters(word))
            if matches!(word, "squared" | "cubed")
                || opened && (unit::is_symbol(word) || matches!(word, "unit" | "units")) =>
        {
            Ok((input.skip(1), String::from(word)))
        }
        _ => input.fail(),
    }
}

/// `\frac{\text{km}}{\text{h}}`, `\frac{km}{s}`
fn stacked<'t>(input: Tokens<'t>, before: &[Expr]) -> Parsed<'t, String> {
    let fraction = token(|kind| match kind {
        Kind::Command("frac" | "dfrac" | "tfrac") => Some(()),
        _ => None,
    });
    let (rest, ()) = fraction(input)?;
    let braced = |input| {
        let (rest, _) = sign('{')(input)?;
        let (rest, name) = raised(rest, |input| unit_word(input, before))?;
        let (rest, _) = sign('}')(rest)?;
        Ok((rest, name))
    };
    let letters = |input| {
        let braced = |input| {
            let (rest, _) = sign('{')(input)?;
            let (rest, name) = raised(rest, symbol)?;
            let (rest, _) = sign('}')(rest)?;
            Ok((rest, name))
        };
        let (rest, (above, below)) = (braced, braced).parse(input)?;
        match is_rate(&above, &below) && closes(rest) && is_countable(input, before) {
            true => Ok((rest, (above, below))),
            false => input.fail(),
        }
    };
    let (rest, (mut name, divisor)) = alt(((braced, braced), letters)).parse(rest)?;
    name.push('/');
    name.push_str(&divisor);
    let name = unit::normalize(&name);
    if unit::is_known(&name) {
        Ok((rest, name))
    } else {
        input.fail()
    }
}

/// `m/min`, `cm^3/s` at the end: letters behind a number that are no quotient of variables. Without a space
/// between them `2mg/L` may be one.
fn rate<'t>(input: Tokens<'t>, before: &[Expr]) -> Parsed<'t, String> {
    if !input.spaced() && input.peek() == Some(Kind::Letters("mg")) {
        return input.fail();
    }
    let (rest, (mut name, (), divisor)) = (
        |input| raised(input, symbol),
        sign('/'),
        |input| raised(input, symbol),
    )
        .parse(input)?;
    if !is_rate(&name, &divisor) || !closes(rest) || !is_countable(input, before) {
        return input.fail();
    }
    name.push('/');
    name.push_str(&divisor);
    Ok((rest, name))
}

/// Whether letters in front of a unit or behind it can be no variables, since numbers stand before them.
fn is_countable(input: Tokens<'_>, before: &[Expr]) -> bool {
    !before.is_empty() && input.charge(before.len()) && before.iter().all(is_numeric)
}

/// Whether one symbol of a unit over another is a rate: a symbol of several letters is no variable, and
/// metres per second are written more often than any m over s.
fn is_rate(above: &str, below: &str) -> bool {
    let several = |name: &str| name.chars().take_while(|c| *c != '^').count() > 1;
    several(above) || several(below) || above == "m" && matches!(below, "s" | "s^2")
}

/// Letters that are the symbol of a unit.
fn symbol<'t>(input: Tokens<'t>) -> Parsed<'t, String> {
    token(|kind| match kind {
        Kind::Letters(word) => unit::is_symbol(word).then(|| String::from(word)),
        _ => None,
    })(input)
}

/// A unit with its power.
fn raised<'t>(
    input: Tokens<'t>,
    unit: impl Fn(Tokens<'t>) -> Parsed<'t, String>,
) -> Parsed<'t, String> {
    let (rest, mut name) = unit(input)?;
    let (rest, power) = opt(preceded(sign('^'), unit_power)).parse(rest)?;
    if let Some(power) = power {
        name.push('^');
        name.push_str(&power);
    }
    Ok((rest, name))
}

/// What follows `of a` in `\frac12 of a mile`.
fn share<'t>(input: Tokens<'t>, before: &[Expr]) -> Option<Tokens<'t>> {
    let article = input.peek_at(1)?.kind;
    let shared = input.peek() == Some(Kind::Letters("of"))
        && matches!(article, Kind::Letters("a" | "an" | "the"))
        && is_countable(input, before);
    shared.then(|| input.skip(2))
}

fn unit_power<'t>(input: Tokens<'t>) -> Parsed<'t, String> {
    let digits = token(|kind| match kind {
        Kind::Number(n) if n.len() == 1 => Some(n),
        _ => None,
    });
    let signed = |input| (opt(sign('-')), &digits).parse(input);
    let braced = |input| {
        let (rest, (_, power, _)) = (sign('{'), signed, sign('}')).parse(input)?;
        Ok((rest, power))
    };
    map(
        alt((braced, signed)),
        |(minus, digits): (Option<()>, &str)| {
            let mut power = String::from(if minus.is_some() { "-" } else { "" });
            power.push_str(digits);
            power
        },
    )
    .parse(input)
}

fn unit_word<'t>(input: Tokens<'t>, before: &[Expr]) -> Parsed<'t, String> {
    // Words in front of which no value stands are not units of anything.
    let value_before = match before.last() {
        Some(Expr::Text(_) | Expr::Word(_) | Expr::Ellipsis) | None => false,
        Some(_) => true,
    };
    if !value_before {
        return input.fail();
    }
    let numeric = || input.charge(before.len()) && before.iter().all(is_numeric);
    let spaced = input.spaced();
    // `min` and `sec` are functions before an argument, units after a number.
    let applied = matches!(
        input.peek_at(1).map(|t| t.kind),
        Some(Kind::Sign('(' | '{') | Kind::Command("{" | "(") | Kind::Letters(_))
    );
    let is_no_function = |word: &str| !applied || vocabulary::function(word).is_none();
    let is_unit = |word: &str| unit::is_known(word) && is_no_function(word) && numeric();
    let is_symbol = |word: &str| unit::is_symbol(word) && is_no_function(word) && numeric();
    if let Ok(micro) = micro(input) {
        if numeric() {
            return Ok(micro);
        }
    }
    let last = closes(input.skip(1)) && !matches!(before.last(), Some(Expr::Quantity(..)));
    let article = matches!(before, [Expr::Symbol(name)] if name == "a");
    let is_free = |words: &str| {
        connective(words).is_none()
            && !is_clause(words)
            && vocabulary::function(words).is_none()
            && (!words.split_whitespace().any(says_more) || last && is_frequency(words))
            && !matches!(words, "squared" | "cubed")
    };
    token(move |kind| match kind {
        Kind::Text(words) => {
            let around = |c: char| c.is_whitespace() || matches!(c, '~' | '.' | ',' | '*');
            // A backslash in front begins a command, as in `\mu m`; behind, it is left from a line's end.
            let words = words
                .trim_start_matches(around)
                .trim_end_matches(|c: char| around(c) || c == '\\');
            let name = unit::normalize(words);
            let name = String::from(name.trim_start_matches('*'));
            let starts = |c: char| c.is_alphabetic() || matches!(c, '(' | '%' | '°');
            let noun = words.starts_with(starts)
                && name.starts_with(|c| starts(c) || c == '/')
                && (name.chars().count() > 1 || is_counter(&name))
                && !says_more_in_chinese(&name)
                && !name.contains('\\')
                && !name.ends_with(" and")
                && name.contains(|c: char| c.is_alphanumeric() || matches!(c, '%' | '°'))
                && is_free(&words.replace('~', " "))
                && is_free(&name);
            (noun || is_unit(words)).then_some(name)
        }
        Kind::Letters(word) if article && (word == "quarter" || multiplier(word).is_some()) => None,
        Kind::Letters(word) => {
            let meridiem = matches!(
                word,
                "am" | "pm" | "AM" | "PM" | "a.m" | "p.m" | "A.M" | "P.M"
            );
            let lowercase = word.chars().all(char::is_lowercase);
            let noun = spaced
                && word.chars().count() >= 3
                && lowercase
                && is_free(word)
                && !is_notation(word);
            let power = matches!(word, "sq" | "cu");
            let counts = || is_counter(word) && connective(word).is_none();
            let known = || {
                word.len() >= 2 && ((meridiem || power) && numeric() || is_symbol(word))
                    || (counts() || is_currency(word)) && numeric()
            };
            (noun && !says_more_in_chinese(word) || known()).then(|| String::from(word))
        }
        Kind::Command("degree") => Some(String::from("degree")),
        Kind::Command("AA") if numeric() => Some(String::from("Å")),
        // A letter that is a product's would stand directly behind the number.
        Kind::Command("Omega") if spaced && last && numeric() => Some(String::from("Ω")),
        _ => None,
    })(input)
}

/// The code of a currency.
fn is_currency(word: &str) -> bool {
    matches!(word, "USD" | "EUR" | "GBP" | "JPY" | "INR" | "RUB" | "KRW")
}

/// Turns letters into units where no mark of text says so: `5 m`, `9.8 m/s^2`, `1.6e-19 C`.
///
/// Letters may always be variables. They are units where a space stands between them and a
/// numeral, or a decimal directly before `m`, and every letter of the answer is the symbol of a unit.
pub(super) fn mark_letters(tokens: &mut [Token<'_>]) {
    mark_powers(tokens);
    mark_compound(tokens);
    let is_letters = |t: &Token<'_>| matches!(t.kind, Kind::Letters(w) if connective(w).is_none());
    let Some(first) = tokens.iter().position(is_letters) else {
        return;
    };
    let Some(before) = first.checked_sub(1).map(|at| tokens[at].kind) else {
        return;
    };
    let apart = match (before, tokens[first].kind) {
        (Kind::Number(_) | Kind::Sign('}'), _) if tokens[first].spaced => true,
        (Kind::Number(number), Kind::Letters("m")) => number.contains('.'),
        _ => false,
    };
    let numeral = |t: &Token<'_>| match t.kind {
        Kind::Number(_) | Kind::Command("times" | "cdot") => true,
        Kind::Sign(c) => matches!(c, '-' | '*' | '^' | '{' | '}' | ','),
        _ => false,
    };
    let joins = |word: &str| word == "per" || connective(word).is_some();
    let quantity = |t: &Token<'_>| match t.kind {
        Kind::Letters(word) => unit::is_symbol(word) || joins(word),
        Kind::Sign('/' | ';') => true,
        _ => numeral(t),
    };
    if !apart {
        return;
    }
    // A numeral after a letter would be a factor of it, unless it is an exponent or a new item.
    let follows = tokens[first..]
        .windows(2)
        .all(|pair| match (pair[0].kind, pair[1].kind) {
            (Kind::Letters(word), Kind::Number(_)) => connective(word).is_some(),
            (Kind::Letters(_), Kind::Sign(c)) => c != '-',
            _ => true,
        });
    let all = tokens[..first].iter().all(numeral) && tokens[first..].iter().all(quantity);
    if follows && all {
        for token in tokens {
            if let Kind::Letters(word) = token.kind {
                if !joins(word) {
                    token.kind = Kind::Text(word);
                }
            }
        }
    }
}

/// The x of `3.4 x 10^5` is a sign: a variable would stand behind both numerals.
fn mark_powers(tokens: &mut [Token<'_>]) {
    for at in 3..tokens.len() {
        let before = |back: usize| tokens[at - back].kind;
        if before(0) == Kind::Sign('^')
            && before(1) == Kind::Number("10")
            && matches!(before(2), Kind::Letters("x" | "X"))
            && matches!(before(3), Kind::Number(_))
        {
            tokens[at - 2].kind = Kind::Command("times");
        }
    }
}

/// `1h30m`, `5 ft 4 in`: numerals and units in turn, each unit smaller than the one before. Behind hours
/// an m is a minute. A product would have its numerals in front.
fn mark_compound(tokens: &mut [Token<'_>]) {
    // Two pairs at least.
    if tokens.len() < 4 || tokens.len() % 2 == 1 {
        return;
    }
    let mut marked: Vec<&str> = Vec::new();
    let mut last: Option<Unit> = None;
    for pair in tokens.chunks(2) {
        let (Kind::Number(_), Kind::Letters(word)) = (pair[0].kind, pair[1].kind) else {
            return;
        };
        let hours = matches!(marked.last(), Some(&("h" | "hr" | "hrs")));
        let word = if hours && word == "m" { "min" } else { word };
        let found = unit::parse(word);
        let smaller = match (&found, &last) {
            (Some(found), Some(last)) => found.is_part_of(last),
            (found, _) => found.is_some(),
        };
        if !smaller || marked.len() > unit::MOST_UNITS {
            return;
        }
        marked.push(word);
        last = found;
    }
    for (pair, word) in tokens.chunks_mut(2).zip(marked) {
        pair[1].kind = Kind::Text(word);
    }
}

/// `\mu\text{m}`: the prefix is a command. A letter is a unit only at the end, and `g` never, since
/// `\mu g` is a product in mechanics.
fn micro<'t>(input: Tokens<'t>) -> Parsed<'t, String> {
    let text = token(|kind| match kind {
        Kind::Text(base) => Some(base.trim()),
        _ => None,
    });
    let letter = token(|kind| match kind {
        Kind::Letters(base) => (base != "g").then_some(base),
        _ => None,
    });
    let last = terminated(letter, not(token(Some)));
    let (rest, ((), base)) = (command("mu"), alt((text, last))).parse(input)?;
    let name = format!("μ{base}");
    if unit::is_known(&name) {
        Ok((rest, name))
    } else {
        input.fail()
    }
}

/// Characters of Chinese, Japanese or Korean, which no space separates from a numeral and which are no
/// variables: `50元`, `3個`, `2万`.
fn is_counter(word: &str) -> bool {
    word.chars().all(|c| c >= '\u{2e80}' && c.is_alphabetic()) && !says_more_in_chinese(word)
}

/// Whether a character changes the value before it instead of naming what it counts, as those for half,
/// ten, above and or do, or leaves a rate open, as that for per. Kilometres and kilograms begin with that for a
/// thousand, and ten thousand or a hundred million may stand in front.
fn says_more_in_chinese(words: &str) -> bool {
    let words = words.get(chinese_scale(words)..).unwrap_or_default();
    let changes = [
        '半', '十', '百', '千', '万', '萬', '亿', '億', '之', '余', '多', '打', '成', '折', '不',
        '非', '至', '到', '以', '或', '和', '与', '及', '且',
    ];
    words.contains(changes) && !unit::is_known(words) || words.ends_with(['每', '/'])
}

/// Letters that spell a symbol.
fn is_notation(word: &str) -> bool {
    matches!(
        word,
        "pi" | "sqrt" | "cbrt" | "inf" | "infty" | "oo" | "infinity" | "frac" | "mod"
    )
}

fn says_more(word: &str) -> bool {
    SAYING_MORE.split(' ').any(|w| w == word)
}

/// `3 times`, `3 times a day`, but not `3 times as many`.
fn is_frequency(words: &str) -> bool {
    let mut words = words.split_whitespace();
    words.next() == Some("times")
        && matches!(words.next(), None | Some("a" | "each" | "every" | "per"))
}

/// Words that change the value before them instead of naming what it counts.
const SAYING_MORE: &str = "dozen score gross tens half halves halved doubled tripled too third \
    thirds quarters fourths fifths sixths sevenths eighths ninths tenths hundredths thousandths \
    point pi minus plus times over divided at most least below \
    above under less more fewer than not no undefined false wrong incorrect infinite negative \
    factorial zero one two ten does doesn't isn't except without";

/// Words that connect clauses instead of naming what is counted.
fn is_clause(words: &str) -> bool {
    let first = words.split_whitespace().next().unwrap_or_default();
    matches!(
        first.trim_matches(['(', ')']),
        "and"
            | "or"
            | "where"
            | "for"
            | "if"
            | "when"
            | "with"
            | "such"
            | "is"
            | "are"
            | "to"
            | "mod"
            | "otherwise"
            | "then"
            | "but"
            | "not"
            | "alternatively"
            | "maybe"
            | "perhaps"
            | "possibly"
            | "incorrect"
            | "wrong"
            | "only"
            | "by"
            | "th"
            | "st"
            | "nd"
            | "rd"
    )
}

/// Whether letters after this can only be a unit.
fn is_numeric(expr: &Expr) -> bool {
    match expr {
        Expr::Number(_) | Expr::Pi | Expr::Based(..) => true,
        Expr::Sum(terms) => terms.iter().all(|(_, t)| is_numeric(t)),
        Expr::Product(items) | Expr::Call(_, items) => items.iter().all(is_numeric),
        Expr::Quotient(pair) | Expr::Mixed(pair) | Expr::Power(pair) | Expr::Root(pair) => {
            is_numeric(&pair.0) && is_numeric(&pair.1)
        }
        Expr::Group(Bracket::Round, items, Bracket::Round) => items.iter().all(is_numeric),
        Expr::Ratio(items) => items.iter().all(is_numeric),
        Expr::Quantity(value, name) => name == "$" && is_numeric(value),
        _ => false,
    }
}
