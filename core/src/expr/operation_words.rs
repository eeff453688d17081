//! Arithmetic in words: "5 squared", "negative 3", "2 times the square root of 3".

/// Where words stand, seen from what they apply to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Before,
    Between,
    After,
    /// After a whole number: a part that they add, or of which it says how many.
    Part,
}

/// Words of an operation, where they stand, and what they are in LaTeX; longer ones before those that
/// they start or end with.
pub(crate) const OPERATIONS: &[(&str, Place, &str)] = &[
    ("plus or minus", Place::Before, r"\pm"),
    ("negative", Place::Before, "-"),
    ("positive", Place::Before, ""),
    ("the square root of", Place::Before, r"\sqrt"),
    ("square root of", Place::Before, r"\sqrt"),
    ("the cube root of", Place::Before, r"\cbrt"),
    ("cube root of", Place::Before, r"\cbrt"),
    ("half of", Place::Before, r"\frac{1}{2}\cdot"),
    ("twice", Place::Before, r"2\cdot"),
    ("double", Place::Before, r"2\cdot"),
    // A root alone may be that of an equation.
    ("root", Place::Between, r"\sqrt"),
    ("plus", Place::Between, "+"),
    ("minus", Place::Between, "-"),
    ("minus", Place::Before, "-"),
    ("times", Place::Between, r"\cdot"),
    ("multiplied by", Place::Between, r"\cdot"),
    ("divided by", Place::Between, "/"),
    ("over", Place::Between, "/"),
    ("out of", Place::Between, "/"),
    ("choose", Place::Between, r"\choose"),
    ("percent of", Place::Between, r"\%\cdot"),
    ("to the power of", Place::Between, "^"),
    ("to the", Place::Between, "^"),
    ("th power", Place::After, ""),
    ("rd power", Place::After, ""),
    ("nd power", Place::After, ""),
    ("power", Place::After, ""),
    ("squared", Place::After, "^2"),
    ("cubed", Place::After, "^3"),
    ("factorial", Place::After, "!"),
    ("doubled", Place::After, r"\cdot 2"),
    ("halves", Place::Part, "/2"),
    ("thirds", Place::Part, "/3"),
    ("fourths", Place::Part, "/4"),
    ("fifths", Place::Part, "/5"),
    ("sixths", Place::Part, "/6"),
    ("sevenths", Place::Part, "/7"),
    ("eighths", Place::Part, "/8"),
    ("ninths", Place::Part, "/9"),
    ("tenths", Place::Part, "/10"),
    ("hundredths", Place::Part, "/100"),
    ("thousandths", Place::Part, "/1000"),
    ("and a half", Place::Part, r"\frac{1}{2}"),
    ("and a third", Place::Part, r"\frac{1}{3}"),
    ("and two thirds", Place::Part, r"\frac{2}{3}"),
    ("and a quarter", Place::Part, r"\frac{1}{4}"),
    ("and three quarters", Place::Part, r"\frac{3}{4}"),
];
