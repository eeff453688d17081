//! Python environments in the cache folder, one for each list of requirements.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Outcome;
use crate::shell::{Shell, cargo, root};
use crate::test::Step;
use crate::tools::cache;
use crate::wheel;

/// The scripts that made fixtures, run again to see that the fixtures are what they make; then the
/// Python package.
pub(crate) const STEPS: &[Step] = &[
    Step {
        name: "fixtures: chat templates",
        run: |shell| {
            let requirements = "xtask/python/requirements.txt";
            check(shell, "core/tests/chats.py", "fixtures", requirements)
        },
    },
    Step {
        name: "fixtures: other graders",
        run: |shell| {
            let requirements = "tests/compat/requirements.txt";
            check(shell, "tests/compat/compat.py", "compat", requirements)
        },
    },
    Step {
        name: "fixtures: episodes",
        run: |shell| {
            let requirements = "bindings/python/requirements.txt";
            check(
                shell,
                "tests/conformance/episodes.py",
                "package",
                requirements,
            )
        },
    },
    Step {
        name: "package: types",
        run: types,
    },
    Step {
        name: "package: tests",
        run: package,
    },
    Step {
        name: "package: TRL and veRL",
        run: trainers,
    },
    Step {
        name: "trainer: transformers and PEFT",
        run: transformers,
    },
];

/// Runs a script that makes fixtures with `--check`, in the environment of that name.
fn check(shell: &mut Shell, script: &str, environment: &str, requirements: &str) -> Outcome {
    let python = interpreter(environment, &root().join(requirements))?;
    shell.run(Command::new(python).args([script, "--check"]))
}

/// What the stubs say is what mypy asks for, and what the compiled module has.
fn types(shell: &mut Shell) -> Outcome {
    let package = wheel::unpacked(shell, "dev")?;
    let mut mypy = Command::new(wheel::python()?);
    mypy.args(["-m", "mypy", "--config-file", "pyproject.toml"]);
    shell.run(in_package(&mut mypy, &package))?;
    let mut stubtest = Command::new(wheel::python()?);
    stubtest.args(["-m", "mypy.stubtest", "resit._resit"]);
    stubtest.args(["--mypy-config-file", "pyproject.toml"]);
    shell.run(in_package(&mut stubtest, &package))
}

/// All but the adapters for trainers.
fn package(shell: &mut Shell) -> Outcome {
    let package = wheel::unpacked(shell, "dev")?;
    let mut pytest = Command::new(wheel::python()?);
    pytest.args(["-m", "pytest", "-q", "tests"]);
    pytest.args([
        "--ignore",
        "tests/test_trl.py",
        "--ignore",
        "tests/test_verl.py",
    ]);
    shell.run(in_package(&mut pytest, &package))
}

/// The adapters, in the trainers themselves.
fn trainers(shell: &mut Shell) -> Outcome {
    let package = wheel::unpacked(shell, "dev")?;
    let requirements = root().join("bindings/python/requirements-trainers.txt");
    let mut pytest = Command::new(interpreter("trainers", &requirements)?);
    pytest.args([
        "-m",
        "pytest",
        "-q",
        "tests/test_trl.py",
        "tests/test_verl.py",
    ]);
    // Nothing is asked of any hub.
    pytest.env("HF_HUB_OFFLINE", "1");
    shell.run(in_package(&mut pytest, &package))
}

/// The folders of models that the trainer reads and writes, in transformers and PEFT themselves.
fn transformers(shell: &mut Shell) -> Outcome {
    let requirements = root().join("bindings/python/requirements-trainers.txt");
    let python = interpreter("trainers", &requirements)?;
    let mut test = cargo();
    // The same packages as the tests of the workspace: for one alone candle would be built again.
    test.args("test --workspace --exclude resit --test transformers".split(' '));
    shell.run(test.env("RESIT_TRANSFORMERS_PYTHON", python))
}

/// Runs a command in `bindings/python`, with the package on the path.
fn in_package<'a>(command: &'a mut Command, package: &Path) -> &'a mut Command {
    command
        .env("PYTHONPATH", package)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(root().join("bindings/python"))
}

const UV: &str = "0.13.9";

/// The interpreter of an environment with the packages that the file `requirements` pins. It is made
/// on the first call, and anew when the file has changed.
pub(crate) fn interpreter(name: &str, requirements: &Path) -> Outcome<PathBuf> {
    let folder = cache()?.join("python").join(name);
    let python = in_environment(&folder, "python");
    let installed = folder.join("requirements.txt");
    let wanted = fs::read(requirements)?;
    if fs::read(&installed).is_ok_and(|list| list == wanted) && works(&python) {
        return Ok(python);
    }
    eprintln!(
        "installing {} into {}",
        requirements.display(),
        folder.display()
    );
    match uv() {
        Some(uv) => {
            run(Command::new(&uv)
                .args(["venv", "--quiet", "--clear"])
                .arg(&folder))?;
            run(Command::new(&uv)
                .args(["pip", "install", "--quiet", "--no-deps", "--python"])
                .args([&python, Path::new("-r"), requirements]))?;
        }
        None => {
            run(Command::new(system()?)
                .args(["-m", "venv", "--clear"])
                .arg(&folder))?;
            run(Command::new(&python)
                .args(["-m", "pip", "install", "--quiet", "--no-deps", "-r"])
                .arg(requirements))?;
        }
    }
    fs::write(installed, wanted)?;
    Ok(python)
}

/// A uv that works: the user's, or one from the Python registry.
fn uv() -> Option<PathBuf> {
    if works(Path::new("uv")) {
        return Some("uv".into());
    }
    let folder = cache().ok()?.join("tools").join(format!("uv-{UV}"));
    let uv = in_environment(&folder, "uv");
    if !works(&uv) {
        let python = in_environment(&folder, "python");
        run(Command::new(system().ok()?)
            .args(["-m", "venv", "--clear"])
            .arg(&folder))
        .ok()?;
        run(Command::new(python).args(["-m", "pip", "install", "--quiet", &format!("uv=={UV}")]))
            .ok()?;
    }
    works(&uv).then_some(uv)
}

/// The Python that is installed on this machine.
fn system() -> Outcome<PathBuf> {
    ["python3", "python"]
        .into_iter()
        .map(PathBuf::from)
        .find(|python| works(python))
        .ok_or_else(|| "Python is missing: install python3, or uv, which brings its own".into())
}

/// The program `name` of the environment of `python`.
pub(crate) fn beside(python: &Path, name: &str) -> PathBuf {
    python.with_file_name(format!("{name}{}", env::consts::EXE_SUFFIX))
}

fn in_environment(folder: &Path, program: &str) -> PathBuf {
    let programs = if cfg!(windows) { "Scripts" } else { "bin" };
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    folder.join(programs).join(name)
}

fn works(program: &Path) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdin(Stdio::null());
    command.output().is_ok_and(|output| output.status.success())
}

fn run(command: &mut Command) -> Outcome {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{command:?} did not start: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{command:?} failed, {}\n{}", output.status, said.trim_end()).into())
}
