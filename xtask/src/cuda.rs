//! `cargo xtask cuda`: the trainer with CUDA, on Linux, whether there is a GPU or not. The compiler
//! and the libraries come from the Python registry. Only the driver's library does not: what takes its
//! place while linking has its names and does nothing.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::Outcome;
use crate::python;
use crate::shell::{cargo, root, target_folder};
use crate::tools::cache;

/// The generation of GPUs that is compiled for, unless `CUDA_COMPUTE_CAP` names another: Hopper.
const COMPUTE_CAPABILITY: &str = "90";

/// The version of CUDA, as cudarc writes it.
const VERSION: &str = "13000";

/// The libraries that candle links.
const LIBRARIES: [&str; 5] = ["cudart", "cublas", "cublasLt", "curand", "nvrtc"];

/// Builds `trainer`, and says what it needs where it runs.
pub(crate) fn run() -> Outcome {
    let toolkit = toolkit()?;
    let libraries = toolkit.join("lib64");
    let stubs = libraries.join("stubs");
    fs::create_dir_all(&stubs)?;
    stub(&stubs)?;

    let capability = env::var("CUDA_COMPUTE_CAP").unwrap_or_else(|_| COMPUTE_CAPABILITY.into());
    let mut path = vec![toolkit.join("bin")];
    path.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    let folder = target_folder()?.join("cuda");
    let mut command = cargo();
    command
        .args("build --release --package resit-trainer --features cuda --target-dir".split(' '))
        .arg(&folder)
        .env("CUDA_HOME", &toolkit)
        .env("CUDA_PATH", &toolkit)
        .env("NVCC", toolkit.join("bin/nvcc"))
        .env("CUDA_COMPUTE_CAP", capability)
        .env("CUDARC_CUDA_VERSION", VERSION)
        .env("PATH", env::join_paths(path)?)
        .env("LIBRARY_PATH", env::join_paths([&libraries, &stubs])?)
        .env(
            "RUSTFLAGS",
            format!(
                "-L native={} -L native={}",
                libraries.display(),
                stubs.display()
            ),
        )
        .current_dir(root());
    let status = command.status()?;
    if !status.success() {
        return Err(format!("the trainer could not be built with CUDA: {status}").into());
    }
    println!(
        "{}\nIt needs a driver for CUDA 13 where it runs, and libcublas.so.13, libcudart.so.13 and \
         libcurand.so.10, which torch's wheel for CUDA 13 brings: set LD_LIBRARY_PATH to their folder.",
        folder.join("release/trainer").display()
    );
    Ok(())
}

/// A folder laid out as an installed toolkit.
fn toolkit() -> Outcome<PathBuf> {
    let python = python::interpreter("cuda", &root().join("xtask/cuda/requirements.txt"))?;
    let code = "import sysconfig; print(sysconfig.get_path('purelib'))";
    let output = Command::new(python).args(["-c", code]).output()?;
    let packages = PathBuf::from(String::from_utf8(output.stdout)?.trim());
    let installed = packages.join("nvidia/cu13");
    let folder = cache()?.join("cuda");
    fs::create_dir_all(folder.join("lib64"))?;
    for name in ["bin", "include", "nvvm"] {
        link(&installed.join(name), &folder.join(name))?;
    }
    let installed = installed.join("lib");
    for entry in fs::read_dir(&installed)? {
        let entry = entry?;
        let name = entry.file_name();
        link(&entry.path(), &folder.join("lib64").join(&name))?;
        // The linker looks for names without a version.
        let name = name.to_string_lossy();
        let library = LIBRARIES
            .iter()
            .find(|library| name.starts_with(&format!("lib{library}.so")));
        if let Some(library) = library {
            link(
                &entry.path(),
                &folder.join("lib64").join(format!("lib{library}.so")),
            )?;
        }
    }
    Ok(folder)
}

/// A library with the functions of the driver that cudarc names.
fn stub(folder: &Path) -> Outcome {
    let output = cargo()
        .args("metadata --format-version 1 --features resit-trainer/cuda".split(' '))
        .current_dir(root())
        .output()?;
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let cudarc = packages.iter().find(|package| package["name"] == "cudarc");
    let manifest = cudarc.and_then(|package| package["manifest_path"].as_str());
    let manifest = Path::new(manifest.ok_or("candle does not depend on cudarc")?);
    let source = manifest.with_file_name("src/driver/sys/mod.rs");
    let text =
        fs::read_to_string(&source).map_err(|error| format!("{}: {error}", source.display()))?;
    let after_fn = text.split("fn cu").skip(1);
    let functions: BTreeSet<&str> = after_fn
        .map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            &rest[..end.unwrap_or(rest.len())]
        })
        .collect();
    let code: String = functions
        .iter()
        .map(|name| format!("int cu{name}(void) {{ return 999; }}\n"))
        .collect();
    let file = folder.join("libcuda.c");
    fs::write(&file, code)?;
    let status = Command::new("cc")
        .args(["-shared", "-fPIC", "-Wl,-soname,libcuda.so.1", "-o"])
        .args([&folder.join("libcuda.so"), &file])
        .status()
        .map_err(|error| format!("a C compiler is missing: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("the driver's names could not be compiled: {status}").into())
    }
}

#[cfg(unix)]
fn link(target: &Path, link: &Path) -> Outcome {
    match fs::remove_file(link) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    Ok(std::os::unix::fs::symlink(target, link)?)
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> Outcome {
    Err("the CUDA build is for Linux".into())
}
