//! The memory of `resit grade` on a long stream: it must not grow with the stream.

use std::error::Error;
use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::json;

use crate::Figures;

/// Peaks of streams of a tenth of `gigabytes`, and of all.
pub(crate) fn figures(gigabytes: f64) -> Result<Figures, Box<dyn Error>> {
    let mut figures = Figures::new();
    for (name, gigabytes) in [("tenth", gigabytes / 10.0), ("whole", gigabytes)] {
        let start = Instant::now();
        let peak = peak_megabytes((gigabytes * 1e9) as u64)?;
        let rate = (gigabytes * 1e3 / start.elapsed().as_secs_f64()).round();
        println!("{gigabytes} GB: peak {peak} MB resident, {rate} MB/s on all cores");
        figures.insert(format!("stream_peak_mb_{name}"), peak.into());
        figures.insert(format!("stream_mb_per_s_{name}"), rate.into());
    }
    Ok(figures)
}

/// The peak of the resident memory of `resit grade` over at least `bytes` of input, which is piped
/// and never stored.
fn peak_megabytes(bytes: u64) -> Result<u64, Box<dyn Error>> {
    let program = program()?;
    let mut child = Command::new(&program)
        .arg("grade")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| {
            format!(
                "{}: {error}; `cargo build --release -p resit-cli` makes it",
                program.display()
            )
        })?;
    let mut input = BufWriter::new(child.stdin.take().ok_or("no pipe")?);
    let (mut written, mut number) = (0, 0_u64);
    while written < bytes {
        let line = line(number);
        input.write_all(line.as_bytes())?;
        written += line.len() as u64;
        number += 1;
    }
    input.flush()?;
    let status = fs::read_to_string(format!("/proc/{}/status", child.id()))
        .map_err(|error| format!("memory can be measured on Linux only: {error}"))?;
    drop(input);
    child.wait()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = peak.and_then(|peak| peak.trim().strip_suffix(" kB"));
    Ok(kilobytes.ok_or("no VmHWM")?.parse::<u64>()?.div_ceil(1000))
}

/// A response of the usual length, every third one wrong.
fn line(number: u64) -> String {
    let answer = number + u64::from(number.is_multiple_of(3));
    let response = format!(
        "{}So the answer is $\\boxed{{\\frac{{{answer}}}{{7}}}}$.",
        "We add the terms one by one, $a_1 + a_2 = b_2$. ".repeat(30)
    );
    let line = json!({"id": number, "reference": format!("{number}/7"), "response": response});
    format!("{line}\n")
}

/// The command line tool of the same build.
fn program() -> Result<PathBuf, Box<dyn Error>> {
    let name = format!("resit{}", std::env::consts::EXE_SUFFIX);
    Ok(std::env::current_exe()?.with_file_name(name))
}
