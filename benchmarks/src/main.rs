//! `resit-benchmarks PART`: measures one part of Resit on this machine, on one core. The last line
//! on stdout is one JSON object of figure names and numbers.

mod env;
mod grader;
mod measure;

use std::process::ExitCode;

use serde_json::{Map, Value};

/// Figure names and their numbers.
type Figures = Map<String, Value>;

fn main() -> ExitCode {
    let part = std::env::args().nth(1);
    let figures = match part.as_deref() {
        Some("grader") => Ok(grader::figures()),
        Some("env") => env::figures(),
        _ => {
            eprintln!("usage: resit-benchmarks grader|env");
            return ExitCode::from(2);
        }
    };
    match figures {
        Ok(figures) => {
            println!("{}", Value::Object(figures));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
