//! Units: their names, dimensions and exact factors.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use dashu_int::IBig;
use num_rational::Ratio;
use num_traits::{One, Pow};

/// Exponents of length, mass, time, current, temperature, amount, angle, money and information.
pub(crate) type Dimension = [i8; 9];

/// A unit as a multiple of the coherent unit of its dimension, which may hold a power of π.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Unit {
    pub(crate) factor: Ratio<IBig>,
    /// Power of π in the factor: a degree is π/180.
    pub(crate) pi: i8,
    pub(crate) dimension: Dimension,
}

impl Unit {
    pub(crate) fn one() -> Self {
        Self {
            factor: Ratio::one(),
            pi: 0,
            dimension: NONE,
        }
    }

    /// Whether this is a smaller unit of the same dimension.
    pub(crate) fn is_part_of(&self, other: &Self) -> bool {
        self.dimension == other.dimension && self.pi == other.pi && self.factor < other.factor
    }

    /// Whether this measures a length to that power: an area, a volume.
    pub(crate) fn is_length_to(&self, power: i8) -> bool {
        let mut dimension = NONE;
        dimension[0] = power;
        self.dimension == dimension
    }

    /// Multiplies by a power of `other`. `None` where an exponent is out of any use.
    pub(crate) fn multiply(&mut self, other: &Self, power: i8) -> Option<()> {
        if power.unsigned_abs() > MAX_POWER {
            return None;
        }
        self.factor *= Pow::pow(other.factor.clone(), isize::from(power));
        self.pi = self.pi.checked_add(other.pi.checked_mul(power)?)?;
        for (total, exponent) in self.dimension.iter_mut().zip(other.dimension) {
            *total = total.checked_add(exponent.checked_mul(power)?)?;
        }
        Some(())
    }
}

const MAX_POWER: u8 = 9;

const NONE: Dimension = [0; 9];
const LENGTH: Dimension = [1, 0, 0, 0, 0, 0, 0, 0, 0];
const AREA: Dimension = [2, 0, 0, 0, 0, 0, 0, 0, 0];
const VOLUME: Dimension = [3, 0, 0, 0, 0, 0, 0, 0, 0];
const MASS: Dimension = [0, 1, 0, 0, 0, 0, 0, 0, 0];
const TIME: Dimension = [0, 0, 1, 0, 0, 0, 0, 0, 0];
const CURRENT: Dimension = [0, 0, 0, 1, 0, 0, 0, 0, 0];
const TEMPERATURE: Dimension = [0, 0, 0, 0, 1, 0, 0, 0, 0];
const AMOUNT: Dimension = [0, 0, 0, 0, 0, 1, 0, 0, 0];
const ANGLE: Dimension = [0, 0, 0, 0, 0, 0, 1, 0, 0];
const MONEY: Dimension = [0, 0, 0, 0, 0, 0, 0, 1, 0];
const INFORMATION: Dimension = [0, 0, 0, 0, 0, 0, 0, 0, 1];
const SPEED: Dimension = [1, 0, -1, 0, 0, 0, 0, 0, 0];
const FORCE: Dimension = [1, 1, -2, 0, 0, 0, 0, 0, 0];
const PRESSURE: Dimension = [-1, 1, -2, 0, 0, 0, 0, 0, 0];
const ENERGY: Dimension = [2, 1, -2, 0, 0, 0, 0, 0, 0];
const POWER: Dimension = [2, 1, -3, 0, 0, 0, 0, 0, 0];
const CHARGE: Dimension = [0, 0, 1, 1, 0, 0, 0, 0, 0];
const VOLTAGE: Dimension = [2, 1, -3, -1, 0, 0, 0, 0, 0];
const RESISTANCE: Dimension = [2, 1, -3, -2, 0, 0, 0, 0, 0];
const CAPACITANCE: Dimension = [-2, -1, 4, 2, 0, 0, 0, 0, 0];
const MAGNETIC: Dimension = [0, 1, -2, -1, 0, 0, 0, 0, 0];
const INDUCTANCE: Dimension = [2, 1, -2, -2, 0, 0, 0, 0, 0];
const CONCENTRATION: Dimension = [-3, 0, 0, 0, 0, 1, 0, 0, 0];
const ECONOMY: Dimension = [-2, 0, 0, 0, 0, 0, 0, 0, 0];
const FREQUENCY: Dimension = [0, 0, -1, 0, 0, 0, 0, 0, 0];

/// More units than one quantity is ever written in: `1 h 30 min`.
pub(crate) const MOST_UNITS: usize = 8;

type Row = (&'static [&'static str], Dimension, i64, i64);

/// Names (symbols are case-sensitive, words are looked up in lower case and singular), dimension,
/// and factor as numerator and denominator. SI and the exact definitions of 1959 and later.
const UNITS: &[Row] = &[
    (&["m", "meter", "metre", "米"], LENGTH, 1, 1),
    (
        &["km", "kilometer", "kilometre", "千米", "公里"],
        LENGTH,
        1000,
        1,
    ),
    (&["dm", "decimeter", "decimetre"], LENGTH, 1, 10),
    (&["cm", "centimeter", "centimetre", "厘米"], LENGTH, 1, 100),
    (&["mm", "millimeter", "millimetre", "毫米"], LENGTH, 1, 1000),
    (
        &["μm", "um", "micrometer", "micrometre", "micron"],
        LENGTH,
        1,
        1_000_000,
    ),
    (&["nm", "nanometer", "nanometre"], LENGTH, 1, 1_000_000_000),
    (&["Å", "angstrom"], LENGTH, 1, 10_000_000_000),
    (&["in", "inch", "inches", "''"], LENGTH, 254, 10_000),
    (&["ft", "foot", "feet", "'"], LENGTH, 3048, 10_000),
    (&["yd", "yard"], LENGTH, 9144, 10_000),
    (&["mi", "mile"], LENGTH, 1_609_344, 1000),
    (&["hectare", "ha"], AREA, 10_000, 1),
    (&["acre"], AREA, 40_468_564_224, 10_000_000),
    (&["L", "l", "liter", "litre", "升"], VOLUME, 1, 1000),
    (
        &["mL", "ml", "milliliter", "millilitre", "cc", "毫升"],
        VOLUME,
        1,
        1_000_000,
    ),
    (&["gal", "gallon"], VOLUME, 3_785_411_784, 1_000_000_000_000),
    (&["qt", "quart"], VOLUME, 946_352_946, 1_000_000_000_000),
    (&["pt", "pint"], VOLUME, 473_176_473, 1_000_000_000_000),
    (&["kg", "kilogram", "kilo", "千克", "公斤"], MASS, 1, 1),
    (&["g", "gm", "gram", "gramme", "克"], MASS, 1, 1000),
    (&["mg", "milligram"], MASS, 1, 1_000_000),
    (&["t", "tonne"], MASS, 1000, 1),
    (&["lb", "lbs", "pound"], MASS, 45_359_237, 100_000_000),
    (&["oz", "ounce"], MASS, 45_359_237, 1_600_000_000),
    (&["ton"], MASS, 90_718_474, 100_000),
    (&["s", "sec", "second", "秒"], TIME, 1, 1),
    (&["ms", "millisecond"], TIME, 1, 1000),
    (&["min", "minute", "分钟"], TIME, 60, 1),
    (&["h", "hr", "hour", "小时"], TIME, 3600, 1),
    (&["day", "天"], TIME, 86_400, 1),
    (&["week", "wk"], TIME, 604_800, 1),
    // The mean of the Gregorian calendar: twelve months are a year, and none is a number of days.
    (&["month"], TIME, 2_629_746, 1),
    (&["year", "yr"], TIME, 31_556_952, 1),
    (&["A", "amp", "ampere"], CURRENT, 1, 1),
    (&["mA", "milliampere"], CURRENT, 1, 1000),
    (&["K", "kelvin"], TEMPERATURE, 1, 1),
    (&["mol", "mole"], AMOUNT, 1, 1),
    (&["rad", "radian"], ANGLE, 1, 1),
    (&["degree", "deg", "°"], ANGLE, 1, 180),
    (&["$", "usd", "dollar"], MONEY, 1, 1),
    (&["cent", "penny", "pennies"], MONEY, 1, 100),
    (&["nickel"], MONEY, 1, 20),
    (&["dime"], MONEY, 1, 10),
    (&["quarter"], MONEY, 1, 4),
    (&["bit"], INFORMATION, 1, 1),
    (&["byte"], INFORMATION, 8, 1),
    (&["kb", "kilobyte"], INFORMATION, 8000, 1),
    (&["mb", "megabyte"], INFORMATION, 8_000_000, 1),
    (&["gb", "gigabyte"], INFORMATION, 8_000_000_000, 1),
    (&["mph"], SPEED, 44_704, 100_000),
    (&["kph", "kmh"], SPEED, 1000, 3600),
    (&["knot"], SPEED, 1852, 3600),
    (&["N", "newton"], FORCE, 1, 1),
    (&["kN", "kilonewton"], FORCE, 1000, 1),
    (&["Pa", "pascal"], PRESSURE, 1, 1),
    (&["kPa", "kilopascal"], PRESSURE, 1000, 1),
    (&["atm", "atmosphere"], PRESSURE, 101_325, 1),
    (&["bar"], PRESSURE, 100_000, 1),
    (&["J", "joule"], ENERGY, 1, 1),
    (&["kJ", "kilojoule"], ENERGY, 1000, 1),
    (&["kWh"], ENERGY, 3_600_000, 1),
    (
        &["eV", "electronvolt"],
        ENERGY,
        1_602_176_634,
        10_000_000_000,
    ),
    (&["cal", "calorie"], ENERGY, 4184, 1000),
    (&["erg"], ENERGY, 1, 10_000_000),
    (&["W", "watt"], POWER, 1, 1),
    (&["kW", "kilowatt"], POWER, 1000, 1),
    (&["C", "coulomb"], CHARGE, 1, 1),
    (&["V", "volt"], VOLTAGE, 1, 1),
    (&["Ω", "ohm", "\\Omega"], RESISTANCE, 1, 1),
    (&["F", "farad"], CAPACITANCE, 1, 1),
    (&["T", "tesla"], MAGNETIC, 1, 1),
    (&["gauss"], MAGNETIC, 1, 10_000),
    (&["H", "henry", "henries"], INDUCTANCE, 1, 1),
    (&["M", "molar"], CONCENTRATION, 1000, 1),
    (&["mM", "millimolar"], CONCENTRATION, 1, 1),
    (&["mmHg"], PRESSURE, 133_322_387_415, 1_000_000_000),
    (&["torr"], PRESSURE, 101_325, 760),
    (&["AU"], LENGTH, 149_597_870_700, 1),
    (&["mpg"], ECONOMY, 1_609_344_000_000_000, 3_785_411_784),
    (&["Hz", "hertz"], FREQUENCY, 1, 1),
    (&["kHz", "kilohertz"], FREQUENCY, 1000, 1),
    (&["MHz", "megahertz"], FREQUENCY, 1_000_000, 1),
];

/// Prefixes of SI: symbol, word and power of ten.
const PREFIXES: [(&str, &str, i8); 10] = [
    ("p", "pico", -12),
    ("n", "nano", -9),
    ("μ", "micro", -6),
    ("m", "milli", -3),
    ("c", "centi", -2),
    ("d", "deci", -1),
    ("k", "kilo", 3),
    ("M", "mega", 6),
    ("G", "giga", 9),
    ("T", "tera", 12),
];

/// What a prefix may stand before, by symbol and word.
const PREFIXED: [(&str, &str); 18] = [
    ("m", "meter"),
    ("g", "gram"),
    ("s", "second"),
    ("A", "ampere"),
    ("K", "kelvin"),
    ("mol", "mole"),
    ("N", "newton"),
    ("Pa", "pascal"),
    ("J", "joule"),
    ("eV", "electronvolt"),
    ("W", "watt"),
    ("C", "coulomb"),
    ("V", "volt"),
    ("Ω", "ohm"),
    ("F", "farad"),
    ("T", "tesla"),
    ("Hz", "hertz"),
    ("L", "liter"),
];

fn lookup(name: &str) -> Option<Unit> {
    listed(name).or_else(|| {
        let lower = name.to_lowercase();
        let (base, power) = PREFIXES.iter().find_map(|(symbol, word, power)| {
            let by_symbol = |(base, _): &&(&str, &str)| name.strip_prefix(symbol) == Some(*base);
            let by_word =
                |(_, base): &&(&str, &str)| lower.strip_prefix(word).map(singular) == Some(*base);
            let found = PREFIXED.iter().find(by_symbol);
            let found = found.or_else(|| PREFIXED.iter().find(by_word))?;
            Some((found.0, *power))
        })?;
        let mut unit = listed(base)?;
        unit.factor *= Pow::pow(Ratio::from(IBig::from(10)), isize::from(power));
        Some(unit)
    })
}

/// The unit of [`UNITS`] that `name` is.
fn listed(name: &str) -> Option<Unit> {
    let (names, dimension, numerator, denominator) = *row(name)?;
    let mut factor = Ratio::new(IBig::from(numerator), IBig::from(denominator));
    if names[0] == "eV" {
        factor /= IBig::from(1_000_000_000_000_000_000_i64);
    }
    let pi = i8::from(names[0] == "degree");
    Some(Unit {
        factor,
        pi,
        dimension,
    })
}

/// The names of [`UNITS`] by their bytes, each with the number of its row.
static NAMES: [(&str, usize); names()] = sorted();

const fn names() -> usize {
    let (mut row, mut count) = (0, 0);
    while row < UNITS.len() {
        count += UNITS[row].0.len();
        row += 1;
    }
    count
}

const fn sorted() -> [(&'static str, usize); names()] {
    let mut sorted = [("", 0); names()];
    let (mut row, mut count) = (0, 0);
    while row < UNITS.len() {
        let mut name = 0;
        while name < UNITS[row].0.len() {
            let mut at = count;
            while at > 0 && is_before(UNITS[row].0[name], sorted[at - 1].0) {
                sorted[at] = sorted[at - 1];
                at -= 1;
            }
            sorted[at] = (UNITS[row].0[name], row);
            count += 1;
            name += 1;
        }
        row += 1;
    }
    sorted
}

const fn is_before(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at < b.len() && (at == a.len() || a[at] < b[at])
}

fn row(name: &str) -> Option<&'static Row> {
    let find = |name: &str| {
        let found = NAMES.binary_search_by(|(listed, _)| (*listed).cmp(name));
        found.ok().map(|at| &UNITS[NAMES[at].1])
    };
    find(name).or_else(|| {
        // Symbols keep their case; words have at least three letters.
        if name.chars().count() < 3 {
            return None;
        }
        let lower = name.to_lowercase();
        find(&lower).or_else(|| find(singular(&lower)))
    })
}

fn singular(word: &str) -> &str {
    if matches!(word, "celsius" | "hertz" | "lens" | "series" | "news") || word.ends_with("ss") {
        return word;
    }
    word.strip_suffix('s').unwrap_or(word)
}

/// Symbols with a prefix that are no product of variables, either.
const PREFIXED_SYMBOLS: [&str; 19] = [
    "mT", "mV", "kV", "mW", "MW", "GW", "GHz", "THz", "MPa", "GPa", "MJ", "GJ", "keV", "MeV",
    "GeV", "TeV", "nF", "pF", "mmol",
];

/// Symbols that are letters of something else as often, a mass, a height or a product.
const LETTERS: [&str; 4] = ["AU", "H", "M", "mM"];

/// Whether letters without any mark of text, such as `cm`, are a unit: one that is written so often
/// that they are no product of variables.
pub(crate) fn is_symbol(letters: &str) -> bool {
    !LETTERS.contains(&letters) && row(letters).is_some() || PREFIXED_SYMBOLS.contains(&letters)
}

/// Whether `name` alone is a unit.
pub(crate) fn is_known(name: &str) -> bool {
    let name = normalize(name);
    name == "%" || parse(&name).is_some()
}

/// The name with its spaces and words in one spelling.
pub(crate) fn normalize(name: &str) -> String {
    let name = &*spelled(name);
    let mut out = String::with_capacity(name.len());
    let mut share = false;
    // A prefix of siunitx stands before its unit: `\kilo\gram`.
    let mut prefixed = false;
    for word in name
        .split(|c: char| c.is_whitespace() || matches!(c, '~' | '$'))
        .filter(|w| !w.is_empty())
    {
        let word = word.trim_end_matches(['.', '\\']);
        let named = |name: &&str| *name != "mu" && name.starts_with(|c: char| c.is_alphabetic());
        let command = word.strip_prefix('\\').filter(named);
        let behind_prefix = prefixed;
        prefixed = command.is_some_and(|name| PREFIXES.iter().any(|(_, word, _)| *word == name));
        let word = match command.unwrap_or(word) {
            "percent" | "\\%" => "%",
            "degrees" | "deg" | "degree" | "度" => "degree",
            "per" => {
                out.push('/');
                continue;
            }
            "squared" if !out.is_empty() => "^2",
            "cubed" if !out.is_empty() => "^3",
            // In words the sign of micro is spelled out, before what it stands for.
            "\\mu" => "μ",
            "" => continue,
            // A part of a mile is measured in miles.
            "of" if out.is_empty() && !share => {
                share = true;
                continue;
            }
            "a" | "an" | "the" if out.is_empty() && share => continue,
            other => other,
        };
        let apart = !out.ends_with(['/', '*', 'μ']) && !word.starts_with(['/', '*', '^']);
        if !out.is_empty() && apart && !behind_prefix {
            out.push(' ');
        }
        out.push_str(word);
    }
    // What multiplies nothing says nothing, nor does the comma before it.
    out.truncate(out.trim_end_matches(['*', ' ', ',']).len());
    match out.as_str() {
        "degree C" | "degree Celsius" | "degree celsius" | "celsius" | "Celsius"
        | "degreeCelsius" => String::from("°C"),
        "degree F" | "degree Fahrenheit" | "degree fahrenheit" | "fahrenheit" | "Fahrenheit" => {
            String::from("°F")
        }
        // `per cent`
        "/cent" => String::from("%"),
        _ => out,
    }
}

/// What LaTeX and Chinese write between the symbols of one name, as [`normalize`] reads it:
/// `m\,s^{-1}`, `kg\cdot m^2`, `平方厘米`.
const SPELLINGS: [(&str, &str); 17] = [
    ("\\cdot", " * "),
    ("\\times", " * "),
    ("·", " * "),
    ("\\,", " "),
    ("\\;", " "),
    ("\\:", " "),
    ("\\ ", " "),
    ("^{\\circ}", "degree "),
    ("²", "^2"),
    ("³", "^3"),
    ("\\Omega ", "Ω"),
    ("\\Omega", "Ω"),
    ("平方", "square "),
    ("立方", "cubic "),
    ("每", " per "),
    ("{", ""),
    ("}", ""),
];

fn spelled(name: &str) -> Cow<'_, str> {
    let mut name = Cow::Borrowed(name);
    if name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'/' | b'^'))
    {
        return name;
    }
    if name.matches('\\').count() > 1 {
        name = Cow::Owned(name.replace('\\', " \\"));
    }
    for (written, meant) in SPELLINGS {
        if name.contains(written) {
            name = Cow::Owned(name.replace(written, meant));
        }
    }
    name
}

/// The unit that a normalised name stands for. `None` for a noun.
pub(crate) fn parse(name: &str) -> Option<Unit> {
    let mut unit = Unit::one();
    let mut over = false;
    let mut power_word = 1i8;
    let mut any = false;
    let mut start = 0;
    let ends: Vec<usize> = name
        .match_indices(['/', '*', ' '])
        .map(|(at, _)| at)
        .chain([name.len()])
        .collect();
    for end in ends {
        let part = &name[start..end];
        start = end + 1;
        let operator = name.as_bytes().get(end).copied();
        match part {
            "" => {}
            "square" | "sq" => power_word = 2,
            "cubic" | "cu" => power_word = 3,
            // In which direction says nothing about how much.
            "old" | "ago" | "later" | "long" | "tall" | "wide" | "high" | "deep" | "away"
                if any => {}
            part => {
                let (base, power) = match part.split_once('^') {
                    Some((base, power)) => (base, power.parse::<i8>().ok()?),
                    None => match part.strip_suffix(['2', '3']) {
                        Some(base) if !base.is_empty() => {
                            (base, if part.ends_with('2') { 2 } else { 3 })
                        }
                        _ => (part, 1),
                    },
                };
                let found = lookup(base)?;
                let power = power.checked_mul(power_word)? * if over { -1 } else { 1 };
                power_word = 1;
                unit.multiply(&found, power)?;
                any = true;
            }
        }
        if operator == Some(b'/') {
            over = true;
        }
    }
    any.then_some(unit)
}

/// The words of a noun phrase that name what is counted, singular and in lower case, head last.
pub(crate) fn noun(name: &str) -> Vec<String> {
    let name = name.to_lowercase();
    // `units^2` are square units.
    let power = POWERS.iter().find(|(mark, _)| name.ends_with(mark));
    let raised = power.map(|(_, word)| String::from(*word));
    let words = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| {
            !w.bytes().all(|b| b.is_ascii_digit())
                && !matches!(
                    *w,
                    "the" | "a" | "an" | "of" | "per" | "total" | "different" | "distinct"
                )
        })
        .map(|w| {
            String::from(match singular(w) {
                "eur" => "euro",
                "gbp" => "pound",
                "inr" => "rupee",
                "jpy" => "yen",
                "sq" => "square",
                "cu" => "cubic",
                word => word,
            })
        });
    raised.into_iter().chain(words).collect()
}

/// What a power behind a noun says before it.
const POWERS: [(&str, &str); 2] = [("^2", "square"), ("^3", "cubic")];

#[cfg(test)]
mod tests {
    use super::*;

    fn factor(name: &str) -> Ratio<IBig> {
        parse(&normalize(name)).unwrap().factor
    }

    #[test]
    fn compound_units() {
        assert_eq!(factor("km/h"), Ratio::new(IBig::from(5), IBig::from(18)));
        assert_eq!(
            factor("square centimeters"),
            Ratio::new(IBig::from(1), IBig::from(10_000))
        );
        assert_eq!(factor("cm^2"), factor("sq cm"));
        assert_eq!(parse("kg*m/s^2").unwrap(), parse("N").unwrap());
        assert_eq!(factor("miles per hour"), factor("mph"));
    }

    #[test]
    fn nouns_are_no_units() {
        assert!(parse("dogs").is_none());
        assert_eq!(noun("right triangles"), ["right", "triangle"]);
        assert!(is_known("cm") && is_known("inches") && !is_known("ab"));
    }
}
