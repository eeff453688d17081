//! `cargo xtask wheel`: the Python package as a wheel.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Outcome;
use crate::python::{beside, interpreter};
use crate::shell::{Shell, root, target_folder};

/// Builds the wheel as it is published, into `target/wheels`.
pub(crate) fn run() -> Outcome {
    let folder = target_folder()?.join("wheels");
    let status = maturin("release", &folder)?.status()?;
    if !status.success() {
        return Err(format!("the wheel could not be built: {status}").into());
    }
    println!("{}", only_wheel(&folder)?.display());
    Ok(())
}

/// A folder for `PYTHONPATH` that holds the package, as a wheel of the given profile has it.
pub(crate) fn unpacked(shell: &mut Shell, profile: &str) -> Outcome<PathBuf> {
    let folder = target_folder()?.join("xtask").join("python").join(profile);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    shell.run(&mut maturin(profile, &folder)?)?;
    let wheel = only_wheel(&folder)?;
    let package = folder.join("package");
    shell.run(
        Command::new(python()?)
            .args(["-m", "zipfile", "-e"])
            .args([&wheel, &package]),
    )?;
    Ok(package)
}

/// The interpreter with what the package is built and tested with.
pub(crate) fn python() -> Outcome<PathBuf> {
    interpreter("package", &root().join("bindings/python/requirements.txt"))
}

fn maturin(profile: &str, folder: &Path) -> Outcome<Command> {
    let mut command = Command::new(beside(&python()?, "maturin"));
    command
        .args(["build", "--quiet", "--profile", profile])
        .args(["--manifest-path", "bindings/python/Cargo.toml", "--out"])
        .arg(folder)
        .current_dir(root())
        .stdin(Stdio::null());
    Ok(command)
}

fn only_wheel(folder: &Path) -> Outcome<PathBuf> {
    let mut wheels = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "whl") {
            wheels.push(path);
        }
    }
    match wheels.as_slice() {
        [wheel] => Ok(wheel.clone()),
        _ => Err(format!("{} wheels in {}", wheels.len(), folder.display()).into()),
    }
}
