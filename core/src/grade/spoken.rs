//! Numbers in English words.

use crate::canon::term::Rational;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use dashu_int::IBig;

/// A number in words is not longer than this.
const LONGEST: usize = 96;

const ONES: &str = "zero one two three four five six seven eight nine ten eleven twelve thirteen \
    fourteen fifteen sixteen seventeen eighteen nineteen";

const TENS: &str = "twenty thirty forty fifty sixty seventy eighty ninety";

/// Names of a part, from a half on; a fourth is a quarter, too.
const PARTS: &str = "half third fourth fifth sixth seventh eighth ninth tenth";

/// Digits and powers of ten in Chinese.
const CHINESE: [(char, i64); 16] = [
    ('零', 0),
    ('一', 1),
    ('二', 2),
    ('两', 2),
    ('三', 3),
    ('四', 4),
    ('五', 5),
    ('六', 6),
    ('七', 7),
    ('八', 8),
    ('九', 9),
    ('十', 10),
    ('百', 100),
    ('千', 1000),
    ('万', 10_000),
    ('亿', 100_000_000),
];

/// The number that Chinese characters spell: `二十三`, `五分之二`, `百分之二十五`, `四点五`.
fn chinese(phrase: &str) -> Option<Rational> {
    if let Some((below, above)) = phrase.split_once("分之") {
        let below = chinese_whole(below).filter(|below| *below > 0)?;
        return Some(chinese(above)? / IBig::from(below));
    }
    let (whole, places) = phrase.split_once('点').unwrap_or((phrase, ""));
    let mut value = Rational::from(IBig::from(chinese_whole(whole)?));
    let mut unit = Rational::from(IBig::from(1));
    for place in places.chars() {
        unit /= IBig::from(10);
        let digit = chinese_digit(place).filter(|digit| *digit < 10)?;
        value += &unit * IBig::from(digit);
    }
    Some(value)
}

fn chinese_digit(character: char) -> Option<i64> {
    let found = CHINESE.iter().find(|(written, _)| *written == character);
    found.map(|(_, value)| *value)
}

/// A whole number below a trillion: parts of ten thousand, in each a digit before its power of ten.
fn chinese_whole(phrase: &str) -> Option<i64> {
    const LONGEST: usize = 32;
    if phrase.is_empty() || phrase.chars().count() > LONGEST {
        return None;
    }
    let (mut total, mut part, mut digit) = (0_i64, 0, None);
    for character in phrase.chars() {
        match chinese_digit(character)? {
            value @ 0..=9 => {
                if digit.is_some_and(|before| before != 0) {
                    return None;
                }
                digit = Some(value);
            }
            power @ 10..=1000 => part += digit.take().unwrap_or(1) * power,
            power => {
                total = (total + part + digit.take().unwrap_or(0)).checked_mul(power)?;
                part = 0;
            }
        }
    }
    Some(total + part + digit.unwrap_or(0))
}

/// The number that a phrase of words spells: `forty-two`, `three hundred and five`,
/// `two thirds`, `one and a half`, `negative three`.
pub(super) fn spelled_number(phrase: &str) -> Option<Rational> {
    if phrase.len() > LONGEST {
        return None;
    }
    let phrase = phrase.trim().to_lowercase();
    if !phrase.is_ascii() {
        return chinese(&phrase);
    }
    let words: Vec<&str> = phrase
        .split([' ', '-', ','])
        .filter(|w| !w.is_empty())
        .collect();
    match words.as_slice() {
        ["negative" | "minus", rest @ ..] => number(rest).map(|number| -number),
        words => number(words),
    }
}

/// A phrase that counts or measures something with its number in digits: `twelve apples` as
/// `(12/1) apples`.
pub(super) fn in_digits(phrase: &str) -> Option<String> {
    let phrase = phrase.trim();
    let words = phrase
        .strip_prefix("\\text{")
        .and_then(|text| text.strip_suffix('}'));
    let phrase = words.unwrap_or(phrase).trim();
    let plain = |c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '.');
    if phrase.len() > LONGEST || !phrase.chars().all(plain) {
        return None;
    }
    let mut at = phrase.len();
    let number = loop {
        at = phrase[..at].rfind(' ')?;
        if let Some(number) = spelled_number(&phrase[..at]) {
            break number;
        }
    };
    // `five sixths` counts no sixths.
    if spelled_number(phrase).is_some() {
        return None;
    }
    let counted = &phrase[at..];
    Some(format!("({}/{}){counted}", number.numer(), number.denom()))
}

/// The numeral of a whole number that is written twice, one in brackets: `5 (five)`, `five (5)`.
pub(super) fn numeral_beside_words(text: &str) -> Option<&str> {
    let (before, inside) = text.trim().strip_suffix(')')?.split_once('(')?;
    let (before, inside) = (before.trim(), inside.trim());
    let pair = |numeral: &'_ str, words| {
        let value: i64 = numeral.parse().ok()?;
        (spelled_number(words)? == Rational::from(IBig::from(value))).then_some(())
    };
    let numeral = pair(before, inside).map(|()| before);
    numeral.or_else(|| pair(inside, before).map(|()| inside))
}

fn number(words: &[&str]) -> Option<Rational> {
    if let Some(whole) = cardinal(words) {
        return Some(Rational::from(IBig::from(whole)));
    }
    if let Some(part) = fraction(words) {
        return Some(part);
    }
    if let Some(point) = words.iter().position(|word| *word == "point") {
        return decimal(cardinal(&words[..point])?, &words[point + 1..]);
    }
    let and = words.iter().rposition(|word| *word == "and")?;
    let (whole, part) = (&words[..and], &words[and + 1..]);
    Some(Rational::from(IBig::from(cardinal(whole)?)) + fraction(part)?)
}

/// `four point two five`
fn decimal(whole: i64, digits: &[&str]) -> Option<Rational> {
    let (mut value, mut scale) = (IBig::from(whole), IBig::from(1));
    for digit in digits {
        let digit = place(ONES, digit).filter(|digit| *digit < 10)?;
        value = value * 10 + digit;
        scale *= 10;
    }
    (!digits.is_empty()).then(|| Rational::new(value, scale))
}

/// `half`, `a third`, `two thirds`, `three quarters`
fn fraction(words: &[&str]) -> Option<Rational> {
    let (name, count) = words.split_last()?;
    let name = match *name {
        "quarter" | "quarters" => String::from("fourth"),
        "halves" => String::from("half"),
        name => String::from(name.strip_suffix('s').unwrap_or(name)),
    };
    let part = match name.as_str() {
        "hundredth" => 100,
        "thousandth" => 1000,
        name => 2 + place(PARTS, name)?,
    };
    let count = match count {
        ["a" | "an"] => 1,
        // A third alone may be a place in a row.
        [] if part == 2 => 1,
        count => cardinal(count)?,
    };
    Some(Rational::new(IBig::from(count), IBig::from(part)))
}

/// A whole number below a trillion.
fn cardinal(words: &[&str]) -> Option<i64> {
    let counted = match words {
        ["zero"] => return Some(0),
        // a hundred
        ["a", rest @ ..]
            if matches!(rest, ["hundred" | "thousand" | "million" | "billion", ..]) =>
        {
            rest
        }
        words => words,
    };
    let (mut total, mut group) = (0, i64::from(counted.len() < words.len()));
    let mut smallest = i64::MAX;
    for (at, word) in counted.iter().enumerate() {
        if let Some(ones) = place(ONES, word).filter(|ones| *ones > 0) {
            let free = group % 100 == 0 || ones < 10 && group % 100 >= 20 && group % 10 == 0;
            group += free.then_some(ones)?;
        } else if let Some(tens) = place(TENS, word) {
            group += (group % 100 == 0).then_some(10 * (tens + 2))?;
        } else if *word == "hundred" {
            group = (1..20).contains(&group).then_some(100 * group)?;
        } else if *word == "and" {
            let after = at.checked_sub(1).map(|before| counted[before]);
            matches!(after, Some("hundred" | "thousand" | "million")).then_some(())?;
        } else {
            let scale = match *word {
                "thousand" => 1_000,
                "million" => 1_000_000,
                "billion" => 1_000_000_000,
                _ => return None,
            };
            (scale < smallest && (1..1000).contains(&group)).then_some(())?;
            smallest = scale;
            total += scale * core::mem::take(&mut group);
        }
    }
    let ends = !matches!(counted.last(), None | Some(&"and"));
    ends.then_some(total + group)
}

fn place(names: &str, word: &str) -> Option<i64> {
    let found = names.split(' ').position(|name| name == word)?;
    i64::try_from(found).ok()
}

#[cfg(test)]
mod tests {
    use super::{Rational, spelled_number};
    use dashu_int::IBig;

    #[test]
    fn words_spell_numbers() {
        for (words, numerator, denominator) in [
            ("zero", 0, 1),
            ("Twelve", 12, 1),
            ("forty-two", 42, 1),
            ("twenty five", 25, 1),
            ("three hundred and five", 305, 1),
            ("a hundred", 100, 1),
            ("twelve hundred", 1200, 1),
            ("two thousand, four hundred sixteen", 2416, 1),
            ("one million two hundred thousand and one", 1_200_001, 1),
            ("negative three", -3, 1),
            ("half", 1, 2),
            ("one half", 1, 2),
            ("a third", 1, 3),
            ("two thirds", 2, 3),
            ("two-thirds", 2, 3),
            ("three quarters", 3, 4),
            ("one and a half", 3, 2),
            ("minus two and three fifths", -13, 5),
            ("five hundredths", 1, 20),
            ("four point two five", 17, 4),
        ] {
            let expected = Rational::new(IBig::from(numerator), IBig::from(denominator));
            assert_eq!(spelled_number(words), Some(expected), "{words}");
        }
    }

    #[test]
    fn other_words_spell_none() {
        for words in [
            "",
            "and",
            "two three",
            "third",
            "twenty twelve",
            "thirty zero",
            "hundred",
            "five and",
            "thousand million",
            "one thousand thousand",
            "no",
            "a",
            "minus",
            "two and",
            "one half half",
            "twenty and one",
        ] {
            assert_eq!(spelled_number(words), None, "{words}");
        }
    }
}
