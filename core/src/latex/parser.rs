//! The grammar, over tokens, with nom's combinators. Each rule is the function of its name.
//!
//! ```text
//! answer     = [ words ":" ] [ label "=" ] { "=" | "\approx" | "about" | "\therefore" | "\Rightarrow" | "\implies" }
//!              divided_list { closing bracket }
//!            | "<" list ">"                                      a vector, if that is all
//! divided_list = list [ ( "\over" | "\choose" ) list ]
//! list       = relation { separator ( relation | clause ) }
//! separator  = "," | ";" | row | [ "," ] ( "and" | "or" | "\land" | "\lor" ) | "for" | "when" | "if"
//! clause     = ( "where" | "with" | "for any integer" | … ) { token } | ( "\forall" | "for all" | … ) relation
//!            | "(" letter relop ratio ")"
//! relation   = ratio { [ "&" ] relop [ "&" ] ratio } | relop ratio
//! relop      = "=" | ":=" | "<" | "<=" | "=<" | "=>" | "!=" | "\le" | "\in" | "\notin" | "\to" | …
//! ratio      = sets { ( ":" | "to" ) sets }
//! sets       = sum { ( "\cup" | "U" | "\cap" | "\setminus" ) sum }
//! sum        = { sign } product { sign { sign } product }
//! sign       = "+" | "-" | "\pm" | "\mp" | "+/-" | "negative" | "plus or minus"
//! product    = factor { times { "+" | "-" } factor | over factor | mod factor | "(" "mod" sum ")"
//!            | factor | mixed | unit | noun }
//! times      = "*" | "\cdot" | "\times" | "\ast" | "x" | "by"     the last two between quantities
//! over       = "/" | "\div"
//! mod        = "mod" | "\bmod" | "\pmod"
//! mixed      = fraction | digits "/" digits                       after an integer
//! factor     = operand { "^" exponent | "!" | "!!" | "'" | "%" | degree | "_" base | ordinal }
//! exponent   = argument { "^" argument }                          from the top
//! operand    = numeral | name | word | text | π | "\infty" | ellipsis | named set | function | root
//!            | fraction | chosen | group | environment | big | "\$" factor | sum
//! numeral    = digits [ "." digits ] [ period ] [ "e" [ sign ] digits ] | digits "_" base
//!            | digits "C" digits                                  how many ways there are to choose
//! period     = "\overline" argument | "(" digits ")" | "..."
//! name       = ( letter | accent argument ) [ "_" argument ] { "'" } [ "(" list ")" ] | "E" "[" sum "]"
//!            | "P" "(" relation ")"
//! function   = fname [ "_" argument ] [ "^" argument ] ( "(" list ")" | "{" list "}" | { factor } )
//! root       = ( "\sqrt" | "\cbrt" | "√" ) [ "[" sum "]" ] ( group | argument )
//! fraction   = ( "\frac" | "\dfrac" | "\binom" | … ) argument argument
//!            | "\frac" d [ "^" digits ] { d letter [ "^" digits ] } product | "d" letter "/" "d" letter
//! chosen     = [ "{" "}" ] ( "_" | "^" ) argument ( "C" | "P" ) "_" argument
//! group      = ( "(" | "[" ) list ( ")" | "]" ) | "]" end "," end ( "[" | "]" | ")" )
//!            | "{" divided_list "}" | "\{" list "\}"
//!            | "\{" sum [ "\in" sum ] ( "|" | ":" ) list "\}" | "|" sum "|" | "\langle" list "\rangle"
//!            | "\lfloor" sum "\rfloor" | "\lceil" sum "\rceil"
//! end        = [ "-" ] factor
//! environment = "\begin" { row { "&" } { relation } } "\end"
//! big        = ( "\sum" | "\prod" | "\int" | "\lim" | "\bigcup" | … )
//!              [ "_" argument ] [ "^" argument ] ( sum differential | product )
//! argument   = "{" list "}" | { sign } argument | operand
//! ```
//!
//! A missing closing bracket at the end of the input is forgiven, and so is one too many.

use super::aside::NEARLY;
use super::condition::{aside, clause, qualifies, quantifier};
use super::factor::divided_list;
use super::input::{Commas, Parsed, Tokens, command, nested, sign, token};
use super::label;
use super::name::drawn_from;
use super::product::product;

use super::token::{Kind, Token};
use super::unit::mark_letters;
use super::vocabulary;
use crate::expr::{
    Connective, Expr, Operation, Relation, SetOperation, Sign, UNNAMED, ungrouped, without_aside,
};
use crate::limits::Limits;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::cell::Cell;
use nom::branch::alt;
use nom::combinator::{map, opt, value};
use nom::multi::{many0, many1};
use nom::sequence::{pair, preceded};
use nom::{Err, Parser};

/// Looks at a token that one input token may cost, backtracking included.
const STEPS_PER_TOKEN: u32 = 64;

/// Reads tokens as one answer. `None` where they are not mathematics.
pub(super) fn parse(mut tokens: Vec<Token<'_>>, commas: Commas, limits: &Limits) -> Option<Expr> {
    trim(&mut tokens);
    tokens.drain(..label::heading(&tokens));
    mark_letters(&mut tokens);
    let concluded = || answer(label::conclusion(&tokens)?, commas, limits);
    answer(&tokens, commas, limits)
        .or_else(|| labelled(&tokens, commas, limits))
        .or_else(concluded)
}

/// `(f \circ g)(x) = x^2`, `\vec u \times \vec v = (1,2,3)`, `\frac{dy}{dx}|_{x=1} = 5`: what is no
/// expression and calculates nothing is in front of an equals sign the name, in words, of what stands
/// behind it.
fn labelled(tokens: &[Token<'_>], commas: Commas, limits: &Limits) -> Option<Expr> {
    let (words, value) = label::split(tokens)?;
    let named = |value: Expr| match value {
        Expr::Relation(mut operands, mut relations) => {
            operands.insert(0, Expr::Text(words));
            relations.insert(0, Relation::Equal);
            Expr::Relation(operands, relations)
        }
        value => Expr::Relation(vec![Expr::Text(words), value], vec![Relation::Equal]),
    };
    Some(match answer(value, commas, limits)? {
        Expr::List(mut items, connective) if !items.is_empty() => {
            let first = named(items.remove(0));
            items.insert(0, first);
            Expr::List(items, connective)
        }
        value => named(value),
    })
}

fn answer(tokens: &[Token<'_>], commas: Commas, limits: &Limits) -> Option<Expr> {
    let steps = Cell::new(STEPS_PER_TOKEN.saturating_mul(tokens.len() as u32 + 8));
    let input = Tokens::new(tokens, limits.depth, commas, &steps);
    let derives = alt((
        command("Rightarrow"),
        command("implies"),
        command("therefore"),
    ));
    let nearly = token(|kind| match kind {
        Kind::Letters(word) | Kind::Text(word) => NEARLY.contain(word.trim()).then_some(()),
        _ => None,
    });
    let input = many0(alt((sign('='), command("approx"), derives, nearly)))
        .parse(input)
        .ok()?
        .0;
    let (rest, expr) = divided_list(input).ok()?;
    let closers = |t: &Token| {
        matches!(
            t.kind,
            Kind::Sign(')' | ']' | '}' | '|') | Kind::Command("}")
        )
    };
    rest.rest().iter().all(closers).then(|| ungrouped(expr))
}

/// Drops what ends a sentence rather than an answer.
fn trim(tokens: &mut Vec<Token<'_>>) {
    while let Some(Token { kind, .. }) = tokens.last() {
        let ellipsis = tokens.len() > 2 && tokens[tokens.len() - 2].kind == Kind::Sign('.');
        match kind {
            Kind::Sign('.') if ellipsis => break,
            Kind::Sign('.' | ',' | ';' | ':') | Kind::Row => {
                tokens.pop();
            }
            Kind::Text(word) | Kind::Letters(word) if word.trim() == "only" && tokens.len() > 1 => {
                tokens.pop();
            }
            // `Rs. 500/-`
            Kind::Sign('-') if ends_with(tokens, &[Kind::Sign('/'), Kind::Sign('-')]) => {
                tokens.truncate(tokens.len() - 2);
            }
            Kind::Sign(')')
                if ends_with(
                    tokens,
                    &[Kind::Sign('('), Kind::Letters("only"), Kind::Sign(')')],
                ) =>
            {
                tokens.truncate(tokens.len() - 3);
            }
            _ => break,
        }
    }
    if tokens.len() > 1 && matches!(tokens[0].kind, Kind::Letters("only" | "Only")) {
        tokens.remove(0);
    }
}

/// Whether `tokens` end with these, behind others.
fn ends_with(tokens: &[Token<'_>], end: &[Kind<'_>]) -> bool {
    let start = tokens.len().checked_sub(end.len());
    let kinds = start.and_then(|start| tokens.get(start.max(1)..));
    kinds.is_some_and(|kinds| kinds.iter().map(|token| token.kind).eq(end.iter().copied()))
}

fn separator<'t>(input: Tokens<'t>) -> Parsed<'t, Connective> {
    let punctuation = token(|kind| match kind {
        Kind::Sign(',') | Kind::Row => Some(Connective::Comma),
        Kind::Sign(';') => Some(Connective::Semicolon),
        _ => None,
    });
    let word = token(|kind| match kind {
        Kind::Letters(w) | Kind::Text(w) => connective(w),
        Kind::Command("land" | "wedge") => Some(Connective::And),
        Kind::Command("lor" | "vee") => Some(Connective::Or),
        _ => None,
    });
    alt((
        map(pair(punctuation, opt(&word)), |(p, w)| w.unwrap_or(p)),
        &word,
    ))
    .parse(input)
}

pub(super) fn connective(words: &str) -> Option<Connective> {
    match words.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '~')) {
        "and" | "And" | "&" | "et" | "und" | "и" | "和" | "与" | "且" => Some(Connective::And),
        // Spanish, as words alone: `\text{ y }`
        "y" if words.starts_with([' ', '~']) => Some(Connective::And),
        "or" | "Or" | "OR" | "ou" | "oder" | "или" | "或" | "或者" => Some(Connective::Or),
        _ => None,
    }
}

/// One or more items; one item stands for itself. Where semicolons separate lists, they bind less.
pub(super) fn list<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (mut rest, first) = nested(relation)(input)?;
    if closes(rest) {
        return Ok((rest, first));
    }
    let mut groups = Vec::new();
    let mut items = vec![first];
    let mut joined = Connective::Comma;
    let mut cases = true;
    loop {
        let separated = separator(rest);
        let in_case = separated.is_err();
        let Ok((after, connective)) = separated.or_else(|_| aside(rest)) else {
            break;
        };
        cases &= in_case == (items.len() % 2 == 1);
        // A separator before the end separates nothing.
        if closes(after) {
            rest = after;
            break;
        }
        if let Some((end, clause)) = clause(after) {
            items.push(clause);
            rest = end;
            break;
        }
        // Words about a letter that cannot be read to the end
        if qualifies(after) {
            return after.fail();
        }
        let (next, expr) = alt((nested(quantifier), nested(relation))).parse(after)?;
        match connective {
            Connective::Semicolon => {
                let joined = core::mem::replace(&mut joined, Connective::Comma);
                groups.push((core::mem::take(&mut items), joined));
            }
            // "and" or "or" before the last item is what joins them all.
            Connective::And | Connective::Or => joined = connective,
            Connective::Comma => {}
        }
        items.push(without_aside(expr));
        rest = next;
    }
    let flat = |(items, joined)| single_or(items, |items| Expr::List(items, joined));
    if groups.is_empty() {
        // `2 \text{ if } x > 0, 3 \text{ if } x < 0`: cases, without their brace.
        if cases && items.len() > 2 && items.len() % 2 == 0 {
            let rows = items.chunks(2).map(<[Expr]>::to_vec).collect();
            return Ok((rest, Expr::Cases(rows)));
        }
        return Ok((rest, flat((items, joined))));
    }
    groups.push((items, joined));
    let outer = if groups.iter().all(|(group, _)| group.len() == 1) {
        Connective::Comma
    } else {
        Connective::Semicolon
    };
    Ok((
        rest,
        Expr::List(groups.into_iter().map(flat).collect(), outer),
    ))
}

/// Whether what is being read ends here, so that no operator can follow.
pub(super) fn closes(input: Tokens<'_>) -> bool {
    matches!(
        input.peek(),
        None | Some(Kind::Sign(')' | ']' | '}') | Kind::Command("}" | "rangle") | Kind::End(_))
    )
}

pub(super) fn single_or(mut items: Vec<Expr>, many: impl FnOnce(Vec<Expr>) -> Expr) -> Expr {
    match (items.len(), items.pop()) {
        (1, Some(only)) => only,
        (_, Some(last)) => {
            items.push(last);
            many(items)
        }
        (_, None) => many(items),
    }
}

pub(super) fn relation_sign<'t>(input: Tokens<'t>) -> Parsed<'t, Relation> {
    if let Some(Kind::Command("not")) = input.peek() {
        let (rest, _) = command("not")(input)?;
        let negated = alt((sign('='), command("in")));
        return value(Relation::NotEqual, negated).parse(rest);
    }
    if !matches!(
        input.peek(),
        Some(Kind::Command(_) | Kind::Sign('<' | '>' | '=' | '!' | ':'))
    ) {
        return input.fail();
    }
    alt((
        value(Relation::LessEqual, pair(sign('<'), sign('='))),
        value(Relation::LessEqual, pair(sign('='), sign('<'))),
        value(Relation::GreaterEqual, pair(sign('>'), sign('='))),
        value(Relation::NotEqual, pair(sign('!'), sign('='))),
        value(Relation::Equal, pair(sign(':'), sign('='))),
        value(Relation::Equal, many1(sign('='))),
        value(Relation::Less, sign('<')),
        value(Relation::Greater, sign('>')),
        token(|kind| match kind {
            Kind::Command(name) => vocabulary::relation(name),
            _ => None,
        }),
    ))
    .parse(input)
}

/// `> 5`: an inequality whose variable is not written.
fn bound<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (rest, found) = relation_sign(input)?;
    match found {
        Relation::Less | Relation::LessEqual | Relation::Greater | Relation::GreaterEqual => {
            let (rest, bound) = ratio(rest)?;
            let variable = Expr::Symbol(String::from(UNNAMED));
            Ok((rest, Expr::Relation(vec![variable, bound], vec![found])))
        }
        _ => input.fail(),
    }
}

pub(super) fn relation<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let Ok((mut rest, first)) = ratio(input) else {
        return bound(input);
    };
    if !matches!(
        rest.peek(),
        Some(Kind::Command(_) | Kind::Sign('<' | '>' | '=' | '!' | ':' | '&'))
    ) {
        return Ok((rest, first));
    }
    let mut operands = vec![first];
    let mut relations = Vec::new();
    // `x => 3`; behind another relation it would be an arrow.
    if let Ok((after, _)) = pair(sign('='), sign('>')).parse(rest) {
        let (next, operand) = ratio(after)?;
        operands.push(operand);
        relations.push(Relation::GreaterEqual);
        rest = next;
    }
    // `&` aligns relations in rows of equations.
    while let Ok((after, (_, found, _))) =
        (opt(sign('&')), relation_sign, opt(sign('&'))).parse(rest)
    {
        match ratio(after) {
            Ok((next, operand)) => {
                operands.push(match found {
                    Relation::Element | Relation::Subset => drawn_from(operand),
                    _ => operand,
                });
                relations.push(found);
                rest = next;
            }
            // `x \approx` at the end relates to nothing.
            Err(Err::Error(_)) if after.is_empty() => {
                rest = after;
                break;
            }
            Err(error) => return Err(error),
        }
    }
    Ok((
        rest,
        single_or(operands, |operands| Expr::Relation(operands, relations)),
    ))
}

/// What stands before `|` or `:` in a set: an element, which may say what it is drawn from.
pub(super) fn member<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (rest, element) = sum(input)?;
    let drawn = (command("in"), sum).parse(rest);
    Ok(match drawn {
        Ok((rest, ((), set))) => (
            rest,
            Expr::Relation(vec![element, drawn_from(set)], vec![Relation::Element]),
        ),
        Err(_) => (rest, element),
    })
}

fn ratio<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let colon = token(|kind| {
        let to = matches!(kind, Kind::Text(word) | Kind::Letters(word) if word.trim() == "to");
        (to || matches!(kind, Kind::Sign(':') | Kind::Command("colon"))).then_some(())
    });
    let (rest, first) = sets(input)?;
    if colon(rest).is_err() {
        return Ok((rest, first));
    }
    let colons = matches!(rest.peek(), Some(Kind::Sign(_) | Kind::Command(_)));
    let (rest, mut parts) = many0(preceded(colon, sets)).parse(rest)?;
    // `not equal to 5`
    let word = |factor: &Expr| matches!(factor, Expr::Word(_));
    let words = matches!(&first, Expr::Product(factors) if factors.iter().any(word));
    if words && !colons && matches!(parts.first(), Some(Expr::Number(_))) {
        return input.fail();
    }
    parts.insert(0, first);
    Ok((rest, single_or(parts, Expr::Ratio)))
}

fn sets<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let operation = token(|kind| match kind {
        Kind::Command("cup" | "bigcup") => Some(SetOperation::Union),
        Kind::Letters("U") => Some(SetOperation::Union),
        Kind::Command("cap" | "bigcap") => Some(SetOperation::Intersection),
        Kind::Command("setminus" | "backslash") => Some(SetOperation::Difference),
        _ => None,
    });
    let (mut rest, mut left) = sum(input)?;
    let mut levels = input.depth;
    while let Ok((after, found)) = operation(rest) {
        let (next, right) = sum(after)?;
        rest = next;
        left = match left {
            Expr::SetOperation(same, mut operands) if same == found => {
                operands.push(right);
                Expr::SetOperation(same, operands)
            }
            left => {
                let Some(deeper) = levels.checked_sub(1) else {
                    return input.fail();
                };
                levels = deeper;
                Expr::SetOperation(found, vec![left, right])
            }
        };
    }
    Ok((rest, left))
}

pub(super) fn sum_sign<'t>(input: Tokens<'t>) -> Parsed<'t, Sign> {
    let found = token(|kind| match kind {
        Kind::Sign('+') => Some(Sign::Plus),
        Kind::Sign('-') => Some(Sign::Minus),
        Kind::Command("pm") => Some(Sign::PlusMinus),
        Kind::Command("mp") => Some(Sign::MinusPlus),
        _ => None,
    });
    let either = value(Sign::PlusMinus, (sign('+'), sign('/'), sign('-')));
    alt((either, found)).parse(input)
}

pub(super) fn sum<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (rest, first) = opt(signs).parse(input)?;
    let (mut rest, term) = product(rest)?;
    let first = first.unwrap_or(Sign::Plus);
    if first == Sign::Plus && !starts_with_sign(rest) {
        return Ok((rest, term));
    }
    let mut terms = vec![(first, term)];
    while let Ok((after, found)) = signs(rest) {
        // A sign with nothing after it ends the sum (`x \to 0^+`).
        let Ok((next, term)) = product(after) else {
            break;
        };
        terms.push((found, term));
        rest = next;
    }
    let expr = match terms.pop() {
        Some((Sign::Plus, only)) if terms.is_empty() => only,
        // The remainder of a negative number: -1 mod 7 is 6.
        Some((Sign::Minus, Expr::Call(Operation::Mod, mut operands)))
            if terms.is_empty() && operands.len() == 2 =>
        {
            let modulus = operands.pop();
            let negated = Expr::Sum(operands.into_iter().map(|x| (Sign::Minus, x)).collect());
            Expr::Call(
                Operation::Mod,
                [negated].into_iter().chain(modulus).collect(),
            )
        }
        Some(last) => {
            terms.push(last);
            Expr::Sum(terms)
        }
        None => return input.fail(),
    };
    Ok((rest, expr))
}

fn starts_with_sign(input: Tokens<'_>) -> bool {
    matches!(
        input.peek(),
        Some(Kind::Sign('+' | '-') | Kind::Command("pm" | "mp"))
    )
}

/// One sign, or several that amount to one.
fn signs<'t>(input: Tokens<'t>) -> Parsed<'t, Sign> {
    // Most operands have none.
    if !starts_with_sign(input) {
        return input.fail();
    }
    map(many1(sum_sign), |signs| {
        let minus = signs.iter().filter(|s| **s == Sign::Minus).count() % 2 == 1;
        match (
            signs
                .iter()
                .find(|s| !matches!(s, Sign::Plus | Sign::Minus)),
            minus,
        ) {
            (Some(Sign::PlusMinus), false) | (Some(Sign::MinusPlus), true) => Sign::PlusMinus,
            (Some(_), _) => Sign::MinusPlus,
            (None, true) => Sign::Minus,
            (None, false) => Sign::Plus,
        }
    })
    .parse(input)
}

/// A closing bracket, which the end of the input may stand for.
pub(super) fn close<'t, T>(
    input: Tokens<'t>,
    closing: impl Fn(Tokens<'t>) -> Parsed<'t, T>,
) -> Parsed<'t, Option<T>> {
    if input.is_empty() {
        return Ok((input, None));
    }
    closing(input).map(|(rest, value)| (rest, Some(value)))
}
