//! `resit-benchmarks PART`: measures one part of Resit on this machine, on one core unless it
//! says otherwise. The last line on stdout is one JSON object of figure names and numbers.

mod env;
mod grader;
mod measure;
mod peer;
mod python;
mod side_by_side;
mod stream;
#[cfg(feature = "trainer")]
mod trainer;

use std::path::Path;
use std::process::ExitCode;

use peer::Peers;
use serde_json::{Map, Value};

/// Figure names and their numbers.
type Figures = Map<String, Value>;

const USAGE: &str = "\
usage: resit-benchmarks grader [PYTHON]
       resit-benchmarks env [PYTHON]
       resit-benchmarks stream GIGABYTES
       resit-benchmarks trainer [PYTHON]     (with the feature `trainer`)

PYTHON: an interpreter with the packages of benchmarks/python/requirements.txt, to measure other
graders and environments on the same cases, or with those of
bindings/python/requirements-trainers.txt (`cargo xtask bench --only PART` installs them)";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let figures = match args[..] {
        ["grader"] => {
            println!("other graders are not measured: no Python interpreter was given");
            grader::figures(None)
        }
        ["grader", python] => {
            Peers::start(Path::new(python)).and_then(|peers| grader::figures(Some(peers)))
        }
        ["stream", gigabytes] => match gigabytes.parse() {
            Ok(gigabytes) => stream::figures(gigabytes),
            Err(error) => Err(format!("{gigabytes}: {error}").into()),
        },
        ["env"] => {
            println!("no other environment is measured: no Python interpreter was given");
            env::figures(None)
        }
        #[cfg(feature = "trainer")]
        ["trainer"] => {
            println!("PyTorch is not measured: no Python interpreter was given");
            trainer::figures(None)
        }
        #[cfg(feature = "trainer")]
        ["trainer", python] => trainer::figures(Some(Path::new(python))),
        ["env", python] => env::figures(Some(Path::new(python))),
        _ => {
            eprintln!("{USAGE}");
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
