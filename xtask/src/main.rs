//! `cargo xtask test` and `cargo xtask bench`: everything that is checked and measured here.

mod args;
mod bench;
mod cuda;
mod no_std;
mod python;
mod rust;
mod shell;
mod test;
mod tools;
mod web;
mod wheel;

use std::error::Error;
use std::process::ExitCode;

use args::Task;

/// What a step or a part returns; the error is a sentence for the person who reads the terminal.
type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const USAGE: &str = "\
usage: cargo xtask test [--only rust|python|web] [--long]
       cargo xtask bench [--only grader|env|trainer|python|web|server]
       cargo xtask cuda
       cargo xtask web
       cargo xtask wheel

test    checks everything, or one part; stops at the first failure
        --long: property tests with 20000 cases each, the tests that are ignored otherwise, 200000
        pairs against Python, and half an hour of each fuzz target
bench   measures everything, or one part; the last line on stdout is one JSON object of figures
cuda    builds the trainer with CUDA, into target/cuda; takes about 20 minutes, and no GPU
web     builds the npm package into bindings/wasm/pkg and the demo page into bindings/wasm/site
wheel   builds the Python package, into target/wheels

Tools that have to be installed go to $RESIT_CACHE (default: ${XDG_CACHE_HOME:-~/.cache}/resit).";

fn main() -> ExitCode {
    let task = match args::parse(std::env::args().skip(1)) {
        Ok(task) => task,
        Err(error) => {
            eprintln!("{error}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let outcome = match task {
        Task::Help => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        Task::Test { only, long } => test::run(only.as_deref(), long),
        Task::Web => web::build().map(|()| ExitCode::SUCCESS),
        Task::Bench { only } => bench::run(only.as_deref()).map(|()| ExitCode::SUCCESS),
        Task::Cuda => cuda::run().map(|()| ExitCode::SUCCESS),
        Task::Wheel => wheel::run().map(|()| ExitCode::SUCCESS),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::FAILURE
    })
}
