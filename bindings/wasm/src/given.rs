//! What JavaScript gave. Derived readers of JSON for every type that may be given were a fifth of the
//! module.

use crate::json::code;

/// A value of JavaScript.
#[derive(Debug)]
pub enum Value {
    /// `null`, and what has no other form.
    Null,
    /// A boolean.
    Flag(bool),
    /// A string.
    Text(String),
    /// A number.
    Number(f64),
    /// A list of numbers.
    Numbers(Vec<f64>),
    /// An object, or another list by its indices, in its order.
    Object(Vec<(String, Value)>),
}

/// What was read, or why it could not be.
pub type Read<T> = Result<T, String>;

impl Value {
    /// The value that `taken` of `js/core.js` took apart: `numbers` holds its type and what is in it, in the
    /// place of a text the number of its UTF-16 units; `texts` the texts, each on a line of its own.
    pub fn new(texts: &str, numbers: &[f64]) -> Self {
        Parts { texts, numbers }.value()
    }

    pub(crate) fn text(&self) -> Read<&str> {
        match self {
            Self::Text(text) => Ok(text),
            _ => Err("expected a string".into()),
        }
    }

    pub(crate) fn string(&self) -> Read<String> {
        self.text().map(String::from)
    }

    pub(crate) fn flag(&self) -> Read<bool> {
        match self {
            Self::Flag(flag) => Ok(*flag),
            _ => Err("expected a boolean".into()),
        }
    }

    pub(crate) fn number(&self) -> Read<f64> {
        match self {
            Self::Number(number) => Ok(*number),
            _ => Err("expected a number".into()),
        }
    }

    pub(crate) fn numbers(&self) -> Read<&[f64]> {
        match self {
            Self::Numbers(numbers) => Ok(numbers),
            _ => Err("expected a list of numbers".into()),
        }
    }

    pub(crate) fn whole<T: TryFrom<u64>>(&self) -> Read<T> {
        whole(self.number()?)
    }

    pub(crate) fn wholes(&self) -> Read<Vec<u32>> {
        let numbers = self.numbers()?.iter();
        numbers.map(|number| whole(*number)).collect()
    }

    /// Infinite where the number is too large for 32 bits.
    pub(crate) fn floats(&self) -> Read<Vec<f32>> {
        Ok(self
            .numbers()?
            .iter()
            .map(|number| *number as f32)
            .collect())
    }

    /// The members of a list, each read by `read`.
    pub(crate) fn items<T>(&self, read: fn(&Self) -> Read<T>) -> Read<Vec<T>> {
        match self {
            Self::Object(members) => members.iter().map(|(_, item)| read(item)).collect(),
            _ => Err("expected a list".into()),
        }
    }

    /// A list of two strings.
    pub(crate) fn pair(&self) -> Read<[String; 2]> {
        match self {
            Self::Object(members) => match members.as_slice() {
                [(_, before), (_, after)] => Ok([before.string()?, after.string()?]),
                _ => Err("expected two strings".into()),
            },
            _ => Err("expected two strings".into()),
        }
    }

    /// `None` for `null`.
    pub(crate) fn option(&self) -> Option<&Self> {
        (!matches!(self, Self::Null)).then_some(self)
    }

    /// The one of `all` that is named.
    pub(crate) fn one<T: Copy + std::fmt::Debug>(&self, all: &[T]) -> Read<T> {
        let text = self.text()?;
        let found = all.iter().find(|one| code(one) == text);
        found.copied().ok_or_else(|| unknown("variant", text))
    }

    /// The member `name` of an object.
    pub(crate) fn member(&self, name: &str) -> Read<&Self> {
        let found = match self {
            Self::Object(members) => members.iter().find(|(found, _)| found == name),
            _ => None,
        };
        let (_, value) = found.ok_or_else(|| ["missing field `", name, "`"].concat())?;
        Ok(value)
    }

    /// The member `name` of an object, and `Null` if there is none.
    pub(crate) fn optional(&self, name: &str) -> &Self {
        self.member(name).unwrap_or(&Self::Null)
    }

    /// Reads the members of an object, which must have those of `required`, by `read`: it says whether it
    /// knows the name.
    pub(crate) fn fields<'v>(
        &'v self,
        required: &[&str],
        read: &mut dyn FnMut(&str, &'v Self) -> Read<bool>,
    ) -> Read<()> {
        let Self::Object(members) = self else {
            return Err("expected an object".into());
        };
        for name in required {
            self.member(name)?;
        }
        for (name, value) in members {
            if !read(name, value)? {
                return Err(unknown("field", name));
            }
        }
        Ok(())
    }
}

struct Parts<'a> {
    texts: &'a str,
    numbers: &'a [f64],
}

impl Parts<'_> {
    fn number(&mut self) -> f64 {
        let Some((first, rest)) = self.numbers.split_first() else {
            return 0.0;
        };
        self.numbers = rest;
        *first
    }

    fn text(&mut self) -> String {
        let mut units = self.number() as usize;
        let mut chars = self.texts.chars();
        let mut text = String::new();
        while units > 0 {
            let Some(c) = chars.next() else { break };
            units = units.saturating_sub(c.len_utf16());
            text.push(c);
        }
        // The end of the line.
        chars.next();
        self.texts = chars.as_str();
        text
    }

    fn value(&mut self) -> Value {
        match self.number() as u8 {
            1 => Value::Flag(false),
            2 => Value::Flag(true),
            3 => Value::Number(self.number()),
            4 => Value::Text(self.text()),
            5 => {
                let count = self.number() as usize;
                Value::Numbers((0..count).map(|_| self.number()).collect())
            }
            6 => {
                let count = self.number() as usize;
                let members = (0..count).map(|_| (self.text(), self.value()));
                Value::Object(members.collect())
            }
            _ => Value::Null,
        }
    }
}

fn whole<T: TryFrom<u64>>(number: f64) -> Read<T> {
    /// 2⁵³, below which every whole number is one of floating point.
    const END: f64 = 9_007_199_254_740_992.0;
    let exact = (0.0..END).contains(&number) && number as u64 as f64 == number;
    let number = exact.then_some(number as u64);
    number
        .and_then(|number| T::try_from(number).ok())
        .ok_or_else(|| "expected a whole number in range".into())
}

pub(crate) fn unknown(what: &str, name: &str) -> String {
    ["unknown ", what, " `", name, "`"].concat()
}
