//! Sets by what holds for their elements: `{ element | condition }`, whatever the variables' names.

use super::calculus::linear;
use super::lower::value;
use super::reals::End;
use super::scalar::{Branch, scalar};
use super::sign::{has_open_sign, opened};
use super::solve::{is_unknown, is_variable, solutions, variable};
use super::term::{Constant, Rational, Term, floor};
use super::value::{Scalar, Value};
use super::words::said;
use crate::expr::{Bracket, Connective, Expr, Number, Relation, Sign};
use crate::limits::Fuel;
use crate::words::{Words, listed};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use num_traits::{Signed, Zero};

/// Begins the names of variables that a set is built with: no letter of any alphabet.
const VARIABLE: char = '\u{2}';

/// The element and the condition, with the variables numbered in the order of the element.
pub(super) fn built(
    element: &Expr,
    condition: &Expr,
    lowered: Value,
    branch: Branch,
    fuel: &mut Fuel,
) -> Option<Value> {
    if let Some(image) = image_of_integers(element, condition, branch, fuel) {
        return Some(image);
    }
    if let Value::Set(_) = lowered {
        // The solutions of an equation in the one variable.
        return is_variable(element).then_some(lowered);
    }
    if let Some(solutions) = solutions(real(element), condition, branch, fuel) {
        return Some(Value::Reals(solutions));
    }
    let mut names: Vec<&str> = Vec::new();
    variables(element, &mut names);
    let (mut element, mut condition) = (element.clone(), condition.clone());
    for (number, name) in names.iter().enumerate() {
        let new = format!("{VARIABLE}{number}");
        element = element.renamed(name, &new);
        condition = condition.renamed(name, &new);
    }
    let parts = vec![
        value(&element, branch, fuel),
        value(&condition, branch, fuel),
    ];
    (!names.is_empty()).then_some(Value::Group(Bracket::Angle, parts, Bracket::Angle))
}

/// The variable of an element that is a real number, as every variable is: `x \in \mathbb{R}`.
fn real(element: &Expr) -> &Expr {
    match element {
        Expr::Relation(operands, relations) => match (operands.as_slice(), relations.as_slice()) {
            ([variable, Expr::NumberSet('R', None)], [Relation::Element]) => variable,
            _ => element,
        },
        _ => element,
    }
}

/// Items of which one says from which numbers a letter is drawn, `k\pi, k \in \mathbb{Z}`, under
/// another name of that letter: it may be any.
pub(super) fn quantified(parts: &[Expr]) -> Option<Vec<Expr>> {
    let (at, (name, set)) = parts
        .iter()
        .enumerate()
        .find_map(|(at, part)| Some((at, drawn_from(part).or_else(|| positive(part, parts))?)))?;
    if parts.len() < 2 {
        return None;
    }
    let new = format!("{VARIABLE}0");
    let condition = match set {
        Expr::NumberSet('R', Some(Sign::Plus)) => {
            let operands = vec![Expr::Symbol(new.clone()), Expr::Number(Number::integer(0))];
            Expr::Relation(operands, vec![Relation::Greater])
        }
        set => drawn(&new, set),
    };
    let rename = |(index, part): (usize, &Expr)| match index == at {
        true => condition.clone(),
        false => part.renamed(&name, &new),
    };
    Some(parts.iter().enumerate().map(rename).collect())
}

/// The letter of the equation that comes first, `f(x) = cx, c > 0`, which a condition draws from the positive
/// numbers, and these.
fn positive(condition: &Expr, parts: &[Expr]) -> Option<(String, Expr)> {
    let set = Expr::NumberSet('R', Some(Sign::Plus));
    let is_zero = |expr: &Expr| matches!(expr, Expr::Number(number) if number.value.is_zero());
    let (Expr::Relation(equated, equal), Expr::Relation(operands, relations)) =
        (parts.first()?, condition)
    else {
        return None;
    };
    let ([Expr::Symbol(name), right], [relation]) = (operands.as_slice(), relations.as_slice())
    else {
        return None;
    };
    let drawn = match (relation, right) {
        (Relation::Greater, zero) => is_zero(zero),
        (Relation::Element, Expr::Group(Bracket::Round, ends, Bracket::Round)) => {
            matches!(ends.as_slice(), [zero, Expr::Infinity] if is_zero(zero))
        }
        _ => false,
    };
    // Of x a function is defined, `y = x^2, x > 0`.
    let parameter =
        mentions(equated.last()?, name) && !mentions(equated.first()?, name) && !is_unknown(name);
    (drawn && parameter && *equal == [Relation::Equal]).then(|| (name.clone(), set))
}

/// A value and from which numbers a letter in it is drawn: the set of all such values, `k\pi, k \in
/// \mathbb{Z}`, or the value of a function of that letter wherever it is defined,
/// `f(x) = 2x, x \in \mathbb{R}`.
pub(super) fn family(parts: &[Expr], branch: Branch, fuel: &mut Fuel) -> Option<Value> {
    let [main, condition] = parts else {
        return family(&all_integers(parts)?, branch, fuel);
    };
    let between = between(main);
    let main = between.as_ref().unwrap_or(main);
    if is_index_from_start(main, condition, branch, fuel) {
        return Some(value(main, branch, fuel));
    }
    let (letter, set) = drawn_from(condition)?;
    let condition = drawn(&letter, set.clone());
    let (head, element) = match main {
        Expr::Relation(operands, relations) => match (operands.as_slice(), relations.as_slice()) {
            ([head, element], [Relation::Equal]) if is_variable(head) => (Some(head), element),
            ([head, interval @ Expr::Group(..)], [Relation::Element]) if is_variable(head) => {
                (None, interval)
            }
            _ => return None,
        },
        element => (None, element),
    };
    let everywhere = match head {
        Some(Expr::Apply(_, arguments)) => {
            set == Expr::NumberSet('R', None) && *arguments == [Expr::Symbol(letter.clone())]
        }
        Some(Expr::Symbol(name)) => name
            .split_once('_')
            .is_some_and(|(_, index)| index == letter),
        _ => false,
    };
    if everywhere {
        return Some(value(main, branch, fuel));
    }
    let mut letters = Vec::new();
    variables(element, &mut letters);
    if !letters.contains(&letter.as_str()) || has_open_sign(element) {
        return None;
    }
    let lowered = value(&condition, branch, fuel);
    let set = built(element, &condition, lowered, branch, fuel)?;
    Some(match head {
        Some(head) => Value::Relation(vec![value(head, branch, fuel), set], vec![Relation::Equal]),
        None => set,
    })
}

/// Several families of one integer, `\pm\frac{\pi}{3} + 2n\pi, n \in \mathbb{Z}`, each by itself.
pub(super) fn families(parts: &[Expr], branch: Branch, fuel: &mut Fuel) -> Option<Value> {
    let (condition, mains) = parts.split_last()?;
    let several = mains.len() > 1 || mains.iter().any(has_open_sign);
    if !several || mains.len() > MOST_CONDITIONS {
        return None;
    }
    let (_, set) = drawn_from(condition)?;
    if set != Expr::NumberSet('Z', None) {
        return None;
    }
    // Letters of their own are the coordinates of one point.
    let head = |main: &Expr| match main {
        Expr::Relation(operands, _) => operands.first().cloned(),
        _ => None,
    };
    let shared = head(&mains[0]);
    let apart = |main: &Expr| head(main).is_some_and(|own| Some(own) != shared);
    if mains.iter().any(apart) {
        return None;
    }
    // `x = 2k\pi, \pi + 2k\pi`
    let named = |main: &Expr| match (&shared, main) {
        (Some(_), Expr::Relation(..)) | (None, _) => main.clone(),
        (Some(head), main) => {
            Expr::Relation(vec![head.clone(), main.clone()], vec![Relation::Equal])
        }
    };
    let mains = mains.iter().flat_map(|main| match has_open_sign(main) {
        true => Vec::from(opened(&named(main))),
        false => vec![named(main)],
    });
    let families = mains.map(|main| family(&[main, condition.clone()], branch, fuel));
    let families = families.collect::<Option<Vec<_>>>()?;
    let period = |family: &Value| match family {
        Value::Group(_, parts, _) => parts.first().cloned(),
        _ => None,
    };
    // So are expressions without any, `n, n+1, n+2`, unless they are different values of one period.
    let apart = |at: usize| {
        period(&families[at]) == period(&families[0]) && !families[..at].contains(&families[at])
    };
    let alternatives = shared.is_some() || (0..families.len()).all(apart);
    alternatives.then_some(Value::List(families))
}

/// A value and the integers that a letter in it runs through, `k\pi, k = 0, \pm 1, \pm 2, \ldots`, as that it is
/// any of them.
fn all_integers(parts: &[Expr]) -> Option<[Expr; 2]> {
    let [
        main,
        Expr::Relation(operands, relations),
        rest @ ..,
        Expr::Ellipsis,
    ] = parts
    else {
        return None;
    };
    let ([Expr::Symbol(name), first], [Relation::Equal]) =
        (operands.as_slice(), relations.as_slice())
    else {
        return None;
    };
    let is = |expr: &Expr, value: i64| matches!(expr, Expr::Number(number) if *number == Number::integer(value));
    let opposite = |(index, expr): (usize, &Expr)| match expr {
        Expr::Sum(terms) => {
            matches!(terms.as_slice(), [(Sign::PlusMinus, term)] if is(term, index as i64 + 1))
        }
        _ => false,
    };
    let all = is(first, 0) && !rest.is_empty() && rest.iter().enumerate().all(opposite);
    all.then(|| [main.clone(), drawn(name, Expr::NumberSet('Z', None))])
}

/// `2k\pi < x < 2k\pi + \pi` as the interval that x is in.
fn between(main: &Expr) -> Option<Expr> {
    let Expr::Relation(operands, relations) = main else {
        return None;
    };
    let [low, middle, high] = operands.as_slice() else {
        return None;
    };
    let bracket = |relation: &Relation| match relation {
        Relation::Less => Some(Bracket::Round),
        Relation::LessEqual => Some(Bracket::Square),
        _ => None,
    };
    let [open, close] = relations.as_slice() else {
        return None;
    };
    let (open, close) = (bracket(open)?, bracket(close)?);
    is_variable(middle).then(|| Expr::Group(open, vec![low.clone(), high.clone()], close))
}

/// Whether a condition says no more of the index of a sequence than where the first term is:
/// `a_n = 2n+1, n \ge 1`.
fn is_index_from_start(main: &Expr, condition: &Expr, branch: Branch, fuel: &mut Fuel) -> bool {
    let Expr::Relation(operands, relations) = main else {
        return false;
    };
    let index = match (operands.as_slice(), relations.as_slice()) {
        ([Expr::Symbol(name), _], [Relation::Equal]) => name.split_once('_'),
        _ => None,
    };
    let Some((_, index)) = index else {
        return false;
    };
    let positive = Expr::NumberSet('Z', Some(Sign::Plus));
    if drawn_from(condition).is_some_and(|(name, set)| name == index && set == positive) {
        return true;
    }
    let Some(about) = variable(condition, branch) else {
        return false;
    };
    if index != about {
        return false;
    }
    let first = |end: &End| match end.at.as_ref().and_then(Term::as_integer) {
        Some(0) => true,
        Some(1 | 2) => end.closed,
        _ => false,
    };
    match value(condition, branch, fuel) {
        Value::Reals(set) => matches!(set.intervals().as_slice(),
            [(lower, End { at: None, .. })] if first(lower)),
        _ => false,
    }
}

/// `letter \in set`
fn drawn(letter: &str, set: Expr) -> Expr {
    let operands = vec![Expr::Symbol(String::from(letter)), set];
    Expr::Relation(operands, vec![Relation::Element])
}

/// The letter that a condition draws from a named set of numbers, and that set.
fn drawn_from(condition: &Expr) -> Option<(String, Expr)> {
    let (mut letters, set) = letters_from(condition)?;
    let letter = letters.pop()?;
    letters.is_empty().then_some((letter, set))
}

/// The letters that a condition draws from a named set of numbers, and that set: `k \in \mathbb{Z}`,
/// `k \text{ is an integer}`, `\text{for any integer } k`, `\text{where } a \text{ and } b \text{ are constants}`.
fn letters_from(condition: &Expr) -> Option<(Vec<String>, Expr)> {
    if let Expr::Relation(operands, relations) = condition {
        return match (operands.as_slice(), relations.as_slice()) {
            ([Expr::Symbol(name), set @ Expr::NumberSet(..)], [Relation::Element]) => {
                Some((vec![name.clone()], set.clone()))
            }
            _ => None,
        };
    }
    let parts = match condition {
        Expr::Product(parts) => parts.as_slice(),
        Expr::Quantity(letter, noun) => {
            return letters_from(&Expr::Product(vec![
                letter.as_ref().clone(),
                Expr::Text(noun.clone()),
            ]));
        }
        one => core::slice::from_ref(one),
    };
    let text = |part: &Expr| matches!(part, Expr::Text(_) | Expr::Word(_) | Expr::Symbol(_));
    if !parts.iter().all(text) {
        return None;
    }
    let said = said(parts, " ");
    let words = said.split([' ', ',']).filter(|word| !word.is_empty());
    let mut words = words.peekable();
    let (mut letters, mut set, mut positive) = (Vec::new(), None, None);
    while let Some(word) = words.next() {
        let article = word == "a" && words.peek().is_some_and(|next| listed(OF_NUMBERS, next));
        match word {
            _ if article || listed(BESIDE, word) => {}
            "integer" | "integers" => set = Some('Z'),
            "natural" => set = Some('N'),
            "constant" | "constants" | "real" | "reals" => set = set.or(Some('R')),
            "positive" => positive = Some(Sign::Plus),
            name if name.chars().all(char::is_alphabetic) && name.chars().nth(1).is_none() => {
                letters.push(String::from(name));
            }
            _ => return None,
        }
    }
    // Of an index it is a positive integer that is meant.
    let real = || {
        positive
            .filter(|_| letters.iter().all(|name| !is_index(name)))
            .map(|_| 'R')
    };
    let set = set.or_else(real)?;
    let sign = positive.filter(|_| set != 'N');
    Some((letters, Expr::NumberSet(set, sign)))
}

/// Words of a value, and not of the name of one.
const VALUES: Words = Words::new(
    "constant double equals even golden half integer integers largest natural negative odd one \
     positive prime ratio real root same smallest solution square twice zero",
);

/// Words that say what numbers a letter stands for.
const OF_NUMBERS: &str = "arbitrary constant fixed integer natural number positive real";

/// Words beside those.
const BESIDE: &str =
    "all an and any arbitrary are each every fixed for is number numbers some where with";

/// No more items of a list are searched for what is said of letters.
const MOST_CONDITIONS: usize = 16;

/// A list without what it says of letters of its first item that is true of all: that they are real numbers,
/// or constants. `None` where it says nothing of the kind.
pub(crate) fn unqualified(expr: &Expr) -> Option<Expr> {
    let Expr::List(items, Connective::Comma) = expr else {
        return None;
    };
    let (main, conditions) = items.split_first()?;
    if items.len() > MOST_CONDITIONS {
        return None;
    }
    let mut rest = vec![main.clone()];
    let mut letters: Vec<&Expr> = Vec::new();
    for condition in conditions {
        match condition {
            // `ax + b, a, b \in \mathbb{R}`
            Expr::Symbol(name) if mentions(main, name) => letters.push(condition),
            _ if is_vacuous(condition, main) => letters.clear(),
            _ => {
                rest.extend(letters.drain(..).cloned());
                rest.push(condition.clone());
            }
        }
    }
    rest.extend(letters.into_iter().cloned());
    match rest.len() {
        all if all == items.len() => None,
        1 => rest.pop(),
        _ => Some(Expr::List(rest, Connective::Comma)),
    }
}

fn mentions(expr: &Expr, name: &str) -> bool {
    expr.renamed(name, "") != *expr
}

/// Whether words say what letters of `main` are the names of: `where b is the base and h is the height`.
fn names(words: &str, main: &Expr) -> bool {
    let plain = |c: char| c.is_alphabetic() || matches!(c, '\'' | '-');
    let mut words = words
        .split([' ', ','])
        .filter(|word| !word.is_empty())
        .peekable();
    let opens = matches!(words.next(), Some("where" | "with"));
    let mut named = opens;
    while let Some(letter) = words.next() {
        named &=
            mentions(main, letter) && words.next() == Some("is") && words.next() == Some("the");
        let mut noun = 0;
        while let Some(word) = words.next_if(|word| *word != "and") {
            noun += 1;
            named &= word.chars().all(plain) && !VALUES.contain(word);
        }
        words.next();
        named &= noun > 0;
    }
    named
}

/// Whether a condition says no more of letters of `main` than that they are real numbers, or constants, or
/// what they are called.
fn is_vacuous(condition: &Expr, main: &Expr) -> bool {
    if matches!(condition, Expr::Text(words) if names(words, main)) {
        return true;
    }
    let Some((names, set)) = letters_from(condition) else {
        return false;
    };
    let head = match main {
        Expr::Relation(operands, _) => operands.first(),
        _ => None,
    };
    let depends = matches!(head, Some(Expr::Apply(..)))
        || head.is_some_and(|head| *head == Expr::Symbol("y".into()));
    // One of k, l, m and n would be an integer without it.
    let constant = matches!(condition, Expr::Text(words)
        if words.contains("constant") || depends && words.contains("real"));
    let integer = |name: &str| is_index(name) && !(constant && head.is_some());
    let free = |name: &String| {
        mentions(main, name) && !integer(name) && head != Some(&Expr::Symbol(name.clone()))
    };
    set == Expr::NumberSet('R', None) && !names.is_empty() && names.iter().all(free)
}

/// Whether a letter stands for any integer, where nothing is said of it.
fn is_index(name: &str) -> bool {
    matches!(name, "k" | "l" | "m" | "n")
}

/// The symbols of an element, in order.
fn variables<'e>(expr: &'e Expr, names: &mut Vec<&'e str>) {
    match expr {
        Expr::Symbol(name) if is_variable(expr) && !names.contains(&name.as_str()) => {
            names.push(name);
        }
        Expr::Sum(terms) => terms.iter().for_each(|(_, term)| variables(term, names)),
        Expr::Product(items) | Expr::Call(_, items) | Expr::Group(_, items, _) => {
            items.iter().for_each(|item| variables(item, names));
        }
        Expr::Quotient(pair) | Expr::Power(pair) | Expr::Root(pair) => {
            variables(&pair.0, names);
            variables(&pair.1, names);
        }
        Expr::Relation(operands, _) => {
            operands
                .first()
                .into_iter()
                .for_each(|first| variables(first, names));
        }
        _ => {}
    }
}

/// { (ak + b) u | k ∈ ℤ }, with a positive and b in [0, a), and 1 or π as u.
fn image_of_integers(
    element: &Expr,
    condition: &Expr,
    branch: Branch,
    fuel: &mut Fuel,
) -> Option<Value> {
    let Expr::Relation(operands, relations) = condition else {
        return None;
    };
    let ([Expr::Symbol(name), Expr::NumberSet('Z', None)], [Relation::Element]) =
        (operands.as_slice(), relations.as_slice())
    else {
        return None;
    };
    let element = scalar(element, branch)?;
    let (unit, (slope, offset)) = [Term::integer(1), Term::Constant(Constant::Pi)]
        .into_iter()
        .find_map(|unit| Some((unit.clone(), linear(&element, name, &unit, fuel)?)))?;
    if slope.is_zero() {
        return None;
    }
    let slope = slope.abs();
    let turns = Rational::from(floor(&(&offset / &slope)));
    let offset = offset - &turns * &slope;
    let number = |value| {
        let value = Term::product([Term::rational(value), unit.clone()]);
        Value::Scalar(Scalar::plain(value))
    };
    let parts = vec![
        number(slope),
        number(offset),
        Value::Written(String::from("Z")),
    ];
    Some(Value::Group(Bracket::Angle, parts, Bracket::Angle))
}
