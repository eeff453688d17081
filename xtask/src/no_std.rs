//! Proof that core needs nothing but Rust's `core` and `alloc`.
//!
//! `#![no_std]` alone proves little: a dependency may still use `std`, which every usual target
//! has. So core and all that it depends on are checked against a sysroot that holds only the crates
//! named below: whatever asks for `std`, at any depth, is an error. Build scripts and macros run on
//! the host and keep the full sysroot, since an explicit `--target` keeps the flags away from them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::shell::{Shell, cargo, target_folder};

/// `alloc` and what it is built of.
const CRATES: [&str; 4] = [
    "core",
    "alloc",
    "compiler_builtins",
    "rustc_std_workspace_core",
];

/// Checks core with no features, and with those that do not imply `std`.
pub(crate) fn prove(shell: &mut Shell) -> Outcome {
    let host = rustc(&["--print", "host-tuple"])?;
    let sysroot = target_folder()?.join("xtask").join("sysroot");
    lay_out(&sysroot, &host)?;
    for features in ["", "binary,regex"] {
        let mut command = cargo();
        command
            .args(["check", "--package", "resit", "--no-default-features"])
            .args(["--features", features, "--target", &host])
            // Of all ways to give flags, this one is never overruled by another.
            .env(
                "CARGO_ENCODED_RUSTFLAGS",
                format!("--sysroot={}", sysroot.display()),
            );
        shell.run(&mut command)?;
    }
    Ok(())
}

/// Makes a sysroot at `to` from the libraries of the installed one.
fn lay_out(to: &Path, host: &str) -> Outcome {
    let libraries = Path::new("lib/rustlib").join(host).join("lib");
    let from = PathBuf::from(rustc(&["--print", "sysroot"])?).join(&libraries);
    let to = match fs::remove_dir_all(to) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => to.join(&libraries),
    };
    fs::create_dir_all(&to)?;
    for entry in fs::read_dir(&from)? {
        let entry = entry?;
        let name = entry.file_name();
        if is_one_of_ours(&name.to_string_lossy()) {
            fs::hard_link(entry.path(), to.join(&name))
                .or_else(|_| fs::copy(entry.path(), to.join(&name)).map(drop))?;
        }
    }
    Ok(())
}

/// Whether a file is named `libCRATE-HASH.…` for one of [`CRATES`].
fn is_one_of_ours(file: &str) -> bool {
    file.strip_prefix("lib")
        .and_then(|rest| rest.rsplit_once('-'))
        .is_some_and(|(name, _)| CRATES.contains(&name))
}

fn rustc(args: &[&str]) -> Outcome<String> {
    let output = Command::new("rustc").args(args).output()?;
    if !output.status.success() {
        return Err(format!("rustc {args:?} failed: {}", output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::is_one_of_ours;

    #[test]
    fn std_stays_out_of_the_sysroot() {
        for file in [
            "liballoc-6e6df4ffe0af4d15.rlib",
            "libcore-120cbae4e86ec454.rmeta",
        ] {
            assert!(is_one_of_ours(file), "{file}");
        }
        for file in [
            "libstd-d1237ef7159db0a2.so",
            "librustc_std_workspace_alloc-5b.rlib",
            "self-contained",
        ] {
            assert!(!is_one_of_ours(file), "{file}");
        }
    }
}
