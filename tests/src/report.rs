//! How the grader's verdicts on a set of cases compare with the expected ones.

use std::fmt;

use resit::Grader;
use resit::grade::{Decision, Form, Method, Verdict};

use crate::data::{Case, Input};

/// The methods in the order of the table's columns.
const METHODS: [Method; 7] = [
    Method::Identical,
    Method::Form,
    Method::Exact,
    Method::Refuted,
    Method::Numeric,
    Method::Rounded,
    Method::Text,
];

/// How many disagreements are listed.
const MOST_LISTED: usize = 20;

/// What grading a set of cases found.
#[derive(Clone, Debug)]
pub struct Report {
    name: String,
    results: Vec<(Case, Verdict)>,
}

impl Report {
    /// Grades all `cases`.
    pub fn new(name: impl Into<String>, grader: &Grader, cases: Vec<Case>) -> Self {
        let grade = |case: Case| {
            let verdict = match &case.input {
                Input::Answer(answer) => grader.grade(&case.reference, answer),
                Input::Response(response) => grader.grade_response(&case.reference, response),
            };
            (case, verdict)
        };
        Self {
            name: name.into(),
            results: cases.into_iter().map(grade).collect(),
        }
    }

    /// How many cases there are.
    pub fn len(&self) -> usize {
        self.results.len()
    }

    /// Whether there are no cases.
    pub fn is_empty(&self) -> bool {
        self.results.is_empty()
    }

    /// How many verdicts are the expected ones.
    pub fn agreements(&self) -> usize {
        self.len() - self.disagreements().count()
    }

    /// How many wrong inputs are accepted.
    pub fn wrongly_accepted(&self) -> usize {
        self.count(|case, verdict| !case.correct && verdict.correct())
    }

    /// How many right inputs are found different.
    pub fn wrongly_rejected(&self) -> usize {
        self.count(|case, verdict| case.correct && verdict.decision == Decision::Different)
    }

    /// How many verdicts are undecided.
    pub fn undecided(&self) -> usize {
        self.count(|_, verdict| verdict.decision == Decision::Undecided)
    }

    /// How many verdicts were reached by `method`.
    pub fn decided_by(&self, method: Method) -> usize {
        self.count(|_, verdict| verdict.method == method)
    }

    /// The accepted ones among those whose reference holds mathematics.
    pub fn accepted_mathematics(&self) -> Self {
        let grader = Grader::default();
        let mathematics = |case: &Case| {
            let form = grader.prepare(&case.reference).form();
            matches!(form, Form::Mathematics | Form::Opaque | Form::Text)
        };
        let results = self.results.iter();
        let accepted = results.filter(|(case, verdict)| verdict.correct() && mathematics(case));
        Self {
            name: self.name.clone(),
            results: accepted.cloned().collect(),
        }
    }

    fn count(&self, holds: impl Fn(&Case, &Verdict) -> bool) -> usize {
        let results = self.results.iter();
        results
            .filter(|(case, verdict)| holds(case, verdict))
            .count()
    }

    fn disagreements(&self) -> impl Iterator<Item = &(Case, Verdict)> {
        let results = self.results.iter();
        results.filter(|(case, verdict)| verdict.correct() != case.correct)
    }

    /// The names of the columns of the line that [`Display`](fmt::Display) writes first.
    pub fn header() -> String {
        format!(
            "{:<28} {:>6} {:>6} {:>9} {:>9} {:>9} {} {:>8} {:>8}",
            "file",
            "cases",
            "agree",
            "accepted*",
            "rejected*",
            "undecided",
            METHODS
                .map(|method| format!("{:>9}", method_name(method)))
                .concat(),
            "numeric†",
            "text†",
        )
    }
}

/// One line of figures, then the disagreements. In the header a star marks verdicts that are wrong,
/// and a dagger shares of the accepted cases whose reference holds mathematics.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<28} {:>6} {:>6} {:>9} {:>9} {:>9} ",
            self.name,
            self.len(),
            self.agreements(),
            self.wrongly_accepted(),
            self.wrongly_rejected(),
            self.undecided(),
        )?;
        for method in METHODS {
            write!(f, "{:>9}", self.decided_by(method))?;
        }
        let accepted = self.accepted_mathematics();
        for method in [Method::Numeric, Method::Text] {
            let share = 100.0 * accepted.decided_by(method) as f64 / accepted.len().max(1) as f64;
            write!(f, " {share:>7.1}%")?;
        }
        writeln!(f)?;
        for (case, verdict) in self.disagreements().take(MOST_LISTED) {
            let (kind, text) = match &case.input {
                Input::Answer(answer) => ("answer", answer),
                Input::Response(response) => ("response", response),
            };
            writeln!(
                f,
                "  {}: {:?} against {kind} {}, extracted {:?}: {:?} ({:?})",
                case.line,
                tail(&case.reference),
                format_args!("{:?}", tail(text)),
                verdict.extracted.as_deref().unwrap_or_default(),
                verdict.decision,
                verdict.reason,
            )?;
        }
        match self.disagreements().count().saturating_sub(MOST_LISTED) {
            0 => Ok(()),
            more => writeln!(f, "  and {more} more"),
        }
    }
}

fn method_name(method: Method) -> &'static str {
    match method {
        Method::Identical => "identical",
        Method::Form => "form",
        Method::Exact => "exact",
        Method::Refuted => "refuted",
        Method::Numeric => "numeric",
        Method::Rounded => "rounded",
        Method::Text => "text",
        Method::None => "none",
    }
}

/// The end of a text that is too long for a line.
fn tail(text: &str) -> String {
    let length = text.chars().count();
    text.chars().skip(length.saturating_sub(80)).collect()
}
