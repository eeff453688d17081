//! Prints how the grader judges real references and real model outputs.
//!
//! ```text
//! cargo run --release -p resit-tests --bin real-input
//! ```

use resit::Grader;
use resit_tests::data;
use resit_tests::forms::Forms;
use resit_tests::report::Report;

fn main() {
    let grader = Grader::default();
    println!("{}", Report::header());
    for name in data::REFERENCES {
        let Some(references) = data::references(name) else {
            continue;
        };
        let (bare, boxed) = data::against_themselves(&references);
        print!("{}", Report::new(name, &grader, bare));
        print!("{}", Report::new("  in a box", &grader, boxed));
    }
    println!("\n{}", Forms::header());
    for (name, _) in data::READ {
        if let Some(references) = data::references(name) {
            print!("{}", Forms::new(name, &grader, &references));
        }
    }
    let outputs = [
        ("gsm8k_model_solutions.jsonl", data::gsm8k_outputs()),
        ("math_model_outputs.jsonl", data::math_outputs()),
    ];
    let labelled = data::LABELLED.map(|name| (name, data::labelled(name)));
    for (name, cases) in outputs.into_iter().chain(labelled) {
        if let Some(cases) = cases {
            print!("{}", Report::new(name, &grader, cases));
        }
    }
}
