//! What the references of a data set are read as.

use std::fmt;

use resit::Grader;
use resit::grade::Form;

/// The forms in the order of the table's columns.
const FORMS: [(Form, &str); 7] = [
    (Form::Mathematics, "math"),
    (Form::Opaque, "opaque"),
    (Form::Words, "words"),
    (Form::Choice, "choice"),
    (Form::Date, "date"),
    (Form::Empty, "empty"),
    (Form::Text, "text"),
];

/// What the references of one data set are read as.
#[derive(Clone, Debug)]
pub struct Forms {
    name: String,
    references: Vec<(usize, String, Form)>,
}

impl Forms {
    /// Reads all `references`, given with their line numbers.
    pub fn new(name: impl Into<String>, grader: &Grader, references: &[(usize, String)]) -> Self {
        let read = |(line, reference): &(usize, String)| {
            (*line, reference.clone(), grader.prepare(reference).form())
        };
        Self {
            name: name.into(),
            references: references.iter().map(read).collect(),
        }
    }

    /// How many references have a form.
    pub fn count(&self, form: Form) -> usize {
        let references = self.references.iter();
        references.filter(|(.., found)| *found == form).count()
    }

    /// The share of the references holding mathematics that are read as such, in per mille, rounded
    /// down. What fell to text is taken to hold mathematics, what is empty is not.
    pub fn typed(&self) -> usize {
        let typed = self.count(Form::Mathematics) + self.count(Form::Opaque);
        let all = typed + self.count(Form::Text);
        (typed * 1000).checked_div(all).unwrap_or(1000)
    }

    /// The names of the columns of the line that [`Display`](fmt::Display) writes first.
    pub fn header() -> String {
        let forms = FORMS.map(|(_, name)| format!("{name:>8}"));
        format!(
            "{:<28} {:>6} {} {:>8}",
            "references",
            "rows",
            forms.concat(),
            "typed"
        )
    }
}

/// One line of figures, then the references that fell to text.
impl fmt::Display for Forms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<28} {:>6} ", self.name, self.references.len())?;
        for (form, _) in FORMS {
            write!(f, "{:>8}", self.count(form))?;
        }
        writeln!(f, " {:>7.1}%", self.typed() as f64 / 10.0)?;
        for (line, reference, form) in &self.references {
            if *form == Form::Text {
                writeln!(f, "  {line}: {reference:?}")?;
            }
        }
        Ok(())
    }
}
