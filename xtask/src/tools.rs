//! Tools that the checks need and that do not come with Rust.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::Outcome;
use crate::shell::{Shell, cargo};

const CARGO_DENY: &str = "0.20.2";

const CARGO_FUZZ: &str = "0.13.1";

/// Installs what is missing.
pub(crate) fn install(shell: &mut Shell) -> Outcome {
    component("fmt", "rustfmt")?;
    component("clippy", "clippy")?;
    build(shell, "cargo-deny", CARGO_DENY, "cargo-deny").map(drop)
}

/// Where the `program` of the package `name` lies, which is built and kept if it is not there.
pub(crate) fn build(
    shell: &mut Shell,
    name: &str,
    version: &str,
    program: &str,
) -> Outcome<PathBuf> {
    let program = self::program(name, version, program)?;
    if program.exists() {
        return Ok(program);
    }
    let folder = folder(name, version)?;
    let mut install = |locked: &[&str]| {
        let mut command = cargo();
        command
            .args(["install", name, "--version", version])
            // A debug build is as good for this use and takes half the time.
            .args(["--debug", "--root"])
            .arg(&folder)
            .args(locked)
            .env_remove("CARGO_TARGET_DIR");
        shell.run(&mut command)
    };
    // Mirrors of the registry may not have yet, or no longer, what the lock file of a tool names.
    let installed = install(&["--locked"]).or_else(|first| {
        install(&[]).map_err(|second| format!("{first}; and without the lock file: {second}"))
    });
    installed.map_err(|error| {
        format!("{name} {version} is missing and could not be installed: {error}")
    })?;
    Ok(program)
}

/// Makes sure that `cargo COMMAND` works, which comes with rustup's `component`.
fn component(command: &str, component: &str) -> Outcome {
    let works =
        |program: &mut Command| program.output().is_ok_and(|output| output.status.success());
    if works(cargo().args([command, "--version"]))
        || works(Command::new("rustup").args(["component", "add", component]))
    {
        return Ok(());
    }
    Err(format!("{component} is missing, and `rustup component add {component}` failed").into())
}

/// Where [`install`] puts cargo-deny.
pub(crate) fn cargo_deny() -> Outcome<PathBuf> {
    program("cargo-deny", CARGO_DENY, "cargo-deny")
}

/// cargo-fuzz, which is installed when it is first needed.
pub(crate) fn cargo_fuzz(shell: &mut Shell) -> Outcome<PathBuf> {
    build(shell, "cargo-fuzz", CARGO_FUZZ, "cargo-fuzz")
}

fn program(name: &str, version: &str, program: &str) -> Outcome<PathBuf> {
    let file = format!("{program}{}", env::consts::EXE_SUFFIX);
    Ok(folder(name, version)?.join("bin").join(file))
}

fn folder(name: &str, version: &str) -> Outcome<PathBuf> {
    Ok(cache()?.join("tools").join(format!("{name}-{version}")))
}

/// The user's cache folder for Resit.
pub(crate) fn cache() -> Outcome<PathBuf> {
    let folder = |name| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    folder("RESIT_CACHE")
        .or_else(|| Some(folder("XDG_CACHE_HOME")?.join("resit")))
        .or_else(|| Some(env::home_dir()?.join(".cache").join("resit")))
        .ok_or_else(|| "no cache folder: set RESIT_CACHE".into())
}
