//! The guide to equality names every code, and its tables hold.

use resit::grade::{Method, Reason};
use resit::{Grader, Policy};

const GUIDE: &str = include_str!("../../docs/equality.md");

#[test]
fn every_code_is_documented() {
    for code in Reason::ALL
        .map(Reason::code)
        .into_iter()
        .chain(Method::ALL.map(Method::code))
    {
        assert!(GUIDE.contains(&format!("| `{code}` |")), "{code}");
    }
}

#[test]
fn the_table_of_forms_holds() {
    let mut checked = 0;
    for row in GUIDE.lines() {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [name, right, wrong] = cells.as_slice() else {
            continue;
        };
        let name = format!("default+{}", name.trim_matches('`'));
        let Some(policy) = Policy::named(&name) else {
            continue;
        };
        let grader = Grader::new(policy);
        let answers = |cell: &str| -> Vec<String> {
            cell.split(", ")
                .map(|text| text.trim_matches('`').to_owned())
                .collect()
        };
        for answer in answers(right) {
            assert!(grader.grade(&answer, &answer).correct(), "{name}: {answer}");
            checked += 1;
        }
        for answer in answers(wrong) {
            let verdict = grader.grade(&answer, &answer);
            assert_eq!(verdict.reason, Reason::FormDiffers, "{name}: {answer}");
            checked += 1;
        }
    }
    assert!(checked > 20);
}
