//! `cargo xtask test`: the table of parts and their steps, and the report.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Instant;

use crate::shell::Shell;
use crate::{Outcome, python, rust, web};

/// One line of the report.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&mut Shell) -> Outcome,
}

/// Every part that can be named with `--only`. One without steps is planned, and not there yet.
const PARTS: &[(&str, &[Step])] = &[
    ("rust", rust::STEPS),
    ("python", python::STEPS),
    ("web", web::STEPS),
];

/// Runs the steps of all parts, or of one, up to the first that fails.
pub(crate) fn run(only: Option<&str>, long: bool) -> Outcome<ExitCode> {
    let steps = select(only)?;
    let start = Instant::now();
    for (passed, step) in steps.iter().enumerate() {
        if let Err(error) = report(step, long) {
            let skipped = steps.len() - passed - 1;
            println!("\n{}: {error}", step.name);
            println!("steps: {passed} passed, 1 failed, {skipped} skipped");
            return Ok(ExitCode::FAILURE);
        }
    }
    println!("{:<39} {:>7.1} s\n", "all", start.elapsed().as_secs_f64());
    println!("steps: {} passed, 0 failed", steps.len());
    Ok(ExitCode::SUCCESS)
}

fn select(only: Option<&str>) -> Outcome<Vec<&'static Step>> {
    let Some(only) = only else {
        return Ok(PARTS.iter().flat_map(|(_, steps)| *steps).collect());
    };
    match PARTS.iter().find(|(name, _)| *name == only) {
        Some((name, [])) => Err(format!("there is no {name} part yet: nothing to test").into()),
        Some((_, steps)) => Ok(steps.iter().collect()),
        None => {
            let names: Vec<&str> = PARTS.iter().map(|(name, _)| *name).collect();
            Err(format!(
                "there is no part {only}; the parts are {}",
                names.join(", ")
            )
            .into())
        }
    }
}

/// Runs `step` and prints its name, result, time and number of tests; on failure its output.
fn report(step: &Step, long: bool) -> Outcome {
    print!("{:<32}", step.name);
    io::stdout().flush()?;
    let start = Instant::now();
    let mut shell = Shell::new(step.name, long)?;
    let outcome = (step.run)(&mut shell);
    let seconds = start.elapsed().as_secs_f64();
    let output = shell.output();
    let result = if outcome.is_ok() { "ok" } else { "FAILED" };
    match tests_passed(&output) {
        0 => println!("{result:<6} {seconds:>7.1} s"),
        tests => println!("{result:<6} {seconds:>7.1} s  {tests} tests"),
    }
    if outcome.is_err() {
        print!("\n{output}");
    }
    outcome
}

/// The number of tests that passed, by the closing lines of the test runners: cargo's and Node's.
fn tests_passed(output: &str) -> u64 {
    let passed = |line: &str| {
        let count = match line.strip_prefix("test result: ") {
            Some(result) => result.split_once(". ")?.1.split_once(" passed;")?.0,
            None => line.trim_start_matches(['#', 'ℹ']).strip_prefix(" pass ")?,
        };
        count.parse::<u64>().ok()
    };
    output.lines().filter_map(passed).sum()
}

#[cfg(test)]
mod tests {
    use super::{PARTS, select, tests_passed};

    #[test]
    fn passed_tests_of_several_runs_are_added() {
        let output = "running 2 tests\n\
            test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s\n\
            noise\n\
            test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(tests_passed(output), 15);
        assert_eq!(
            tests_passed("# tests 9\n# pass 8\n# fail 1\nℹ pass 4\n"),
            12
        );
        assert_eq!(tests_passed("no test here"), 0);
    }

    #[test]
    fn a_part_is_selected_by_name() {
        let all = select(None).map_or(0, |steps| steps.len());
        let rust = select(Some("rust")).map_or(0, |steps| steps.len());
        assert!(rust > 0 && rust <= all);
        assert!(select(Some("cobol")).is_err());
        for (name, steps) in PARTS {
            assert_eq!(select(Some(name)).is_ok(), !steps.is_empty(), "{name}");
        }
    }
}
