//! Tools that the checks need and that do not come with Rust.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::Outcome;
use crate::shell::{Shell, cargo};

const CARGO_DENY: &str = "0.20.2";

/// Installs what is missing.
pub(crate) fn install(shell: &mut Shell) -> Outcome {
    component("fmt", "rustfmt")?;
    component("clippy", "clippy")?;
    if cargo_deny()?.exists() {
        return Ok(());
    }
    let mut install = cargo();
    install
        .args(["install", "cargo-deny", "--locked", "--version", CARGO_DENY])
        // A debug build is as good for this use and takes half the time.
        .args(["--debug", "--root"])
        .arg(cargo_deny_folder()?)
        .env_remove("CARGO_TARGET_DIR");
    shell.run(&mut install).map_err(|error| {
        format!("cargo-deny {CARGO_DENY} is missing and could not be installed: {error}").into()
    })
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
    let name = format!("cargo-deny{}", env::consts::EXE_SUFFIX);
    Ok(cargo_deny_folder()?.join("bin").join(name))
}

fn cargo_deny_folder() -> Outcome<PathBuf> {
    Ok(cache()?
        .join("tools")
        .join(format!("cargo-deny-{CARGO_DENY}")))
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
