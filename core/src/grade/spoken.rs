//! Numbers in English words.

use crate::canon::term::Rational;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use dashu_int::IBig;
use num_traits::{One, Zero};

/// A number in words is not longer than this.
const LONGEST: usize = 96;

const ONES: &str = "zero one two three four five six seven eight nine ten eleven twelve thirteen \
    fourteen fifteen sixteen seventeen eighteen nineteen";

const TENS: &str = "twenty thirty forty fifty sixty seventy eighty ninety";

/// Names of a part, from a half on; a fourth is a quarter, too.
const PARTS: &str = "half third fourth fifth sixth seventh eighth ninth tenth";

/// Digits in Chinese.
const CHINESE_DIGITS: &str = "零一二三四五六七八九";

/// The number that Chinese characters spell: `二十三`, `五分之二`, `百分之二十五`, `四点五`.
fn chinese(phrase: &str) -> Option<Rational> {
    let whole = |phrase| Some(Rational::from(IBig::from(chinese_whole(phrase)?)));
    if let Some((below, above)) = phrase.split_once("分之") {
        let hundred = (below == "百").then(|| Rational::from(IBig::from(100)));
        let below = hundred.or_else(|| whole(below).filter(|below| !below.is_zero()))?;
        return Some(chinese(above)? / below);
    }
    let Some((units, places)) = phrase.split_once('点') else {
        return whole(phrase);
    };
    let digits = places
        .chars()
        .map(chinese_digit)
        .collect::<Option<Vec<_>>>()?;
    let mut value = whole(units).filter(|_| !digits.is_empty())?;
    let mut unit = Rational::one();
    for digit in digits {
        unit /= IBig::from(10);
        value += &unit * IBig::from(digit);
    }
    Some(value)
}

fn chinese_digit(character: char) -> Option<i64> {
    let character = match character {
        '〇' => '零',
        '两' | '兩' => '二',
        character => character,
    };
    let at = CHINESE_DIGITS
        .chars()
        .position(|digit| digit == character)?;
    i64::try_from(at).ok()
}

/// A whole number below a trillion: what is counted in hundreds of millions, in tens of thousands, and the
/// rest; or digits in a row, as those of a year.
fn chinese_whole(phrase: &str) -> Option<i64> {
    const SCALES: [([char; 2], i64); 2] = [(['亿', '億'], 100_000_000), (['万', '萬'], 10_000)];
    let row = phrase
        .chars()
        .map(chinese_digit)
        .collect::<Option<Vec<_>>>();
    if let Some(digits) = row.filter(|digits| (2..=LONGEST_ROW).contains(&digits.len())) {
        return Some(digits.iter().fold(0, |number, digit| number * 10 + digit));
    }
    let (mut total, mut rest, mut scaled) = (0, phrase, false);
    for (signs, scale) in SCALES {
        if let Some((count, behind)) = rest.split_once(signs) {
            total += chinese_part(count, scaled)? * scale;
            (rest, scaled) = (behind, true);
        }
    }
    match rest {
        "" if scaled => Some(total),
        rest => Some(total + chinese_part(rest, scaled)?),
    }
}

/// As many digits in a row are a number.
const LONGEST_ROW: usize = 12;

/// A number below ten thousand. Behind a larger part a missing place is written as zero, which a last digit
/// behind a hundred needs, too.
fn chinese_part(phrase: &str, behind_larger: bool) -> Option<i64> {
    let (mut total, mut place, mut digit, mut zero) = (0, 10_000, None, false);
    for character in phrase.chars() {
        let power = match character {
            '十' => 10,
            '百' => 100,
            '千' => 1000,
            character => {
                let found = chinese_digit(character)?;
                if digit.is_some() || found == 0 && zero {
                    return None;
                }
                match found {
                    0 => zero = true,
                    found => digit = Some(found),
                }
                continue;
            }
        };
        // Ten at the start has no digit.
        let leading = power == 10 && place == 10_000 && !zero;
        let count = digit.take().or(leading.then_some(1))?;
        let skips = place / power > 10 && (behind_larger || place < 10_000);
        if power >= place || skips && !zero {
            return None;
        }
        total += count * power;
        (place, zero) = (power, false);
    }
    match digit {
        None if phrase == "零" => Some(0),
        None => (total > 0 && !zero).then_some(total),
        Some(last) => {
            let adjoins = place == 10 || place == 10_000 && !behind_larger;
            (adjoins || zero).then_some(total + last)
        }
    }
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
            ("零", 0, 1),
            ("十五", 15, 1),
            ("二十三", 23, 1),
            ("一百零三", 103, 1),
            ("一百二十三", 123, 1),
            ("两千零二十", 2020, 1),
            ("二〇二四", 2024, 1),
            ("三万零五", 30_005, 1),
            ("十二亿三千四百万", 1_234_000_000, 1),
            ("五分之二", 2, 5),
            ("百分之二十五", 1, 4),
            ("四点二五", 17, 4),
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
            "万",
            "万亿",
            "百百",
            "一百二",
            "五十一百",
            "三万五",
            "三点",
            "零分之一",
            "九百二十二万三千三百七十二万三百六十八万",
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
