//! Commands run in the workspace root, with their output in a log.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Outcome;

/// Property tests run this many cases with `--long`, instead of proptest's 256.
const LONG_CASES: &str = "20000";

/// Without `--long` they start from this seed: whether a change may be merged is no matter of luck.
const SEED: &str = "20260301";

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Where this build of xtask lies is the target folder, wherever the configuration puts it.
pub(crate) fn target_folder() -> Outcome<PathBuf> {
    let binary = std::env::current_exe()?;
    match binary.ancestors().nth(2) {
        Some(target) => Ok(target.to_owned()),
        None => Err("xtask is not inside a target folder: run it as `cargo xtask`".into()),
    }
}

/// Runs the commands of one step and keeps what they print in a file.
pub(crate) struct Shell {
    log: File,
    log_path: PathBuf,
    long: bool,
}

impl Shell {
    /// A shell whose log is `NAME.log` in the target folder.
    pub(crate) fn new(name: &str, long: bool) -> Outcome<Self> {
        let folder = target_folder()?.join("xtask");
        fs::create_dir_all(&folder)?;
        let log_path = folder.join(format!("{}.log", name.replace([' ', ':', ','], "-")));
        let log = File::create(&log_path)?;
        Ok(Self {
            log,
            log_path,
            long,
        })
    }

    /// Whether the long way was asked for.
    pub(crate) fn is_long(&self) -> bool {
        self.long
    }

    /// Runs `cargo` with the arguments in `line`.
    pub(crate) fn cargo(&mut self, line: &str) -> Outcome {
        self.run(cargo().args(line.split_whitespace()))
    }

    /// Runs `cargo test` on the `packages` and features named; the long way if that was asked for.
    pub(crate) fn test(&mut self, packages: &str) -> Outcome {
        let mut command = cargo();
        command.arg("test").args(packages.split_whitespace());
        if self.long {
            command.env("PROPTEST_CASES", LONG_CASES);
            command.args(["--", "--include-ignored"]);
        } else {
            command.env("PROPTEST_RNG_SEED", SEED);
        }
        self.run(&mut command)
    }

    /// Runs `command`, in the root if it names no folder; that it fails is an error.
    pub(crate) fn run(&mut self, command: &mut Command) -> Outcome {
        let line = line(command);
        writeln!(self.log, "$ {line}")?;
        if command.get_current_dir().is_none() {
            command.current_dir(root());
        }
        let status = command
            .stdin(Stdio::null())
            .stdout(self.log.try_clone()?)
            .stderr(self.log.try_clone()?)
            .status()
            .map_err(|error| format!("`{line}` did not start: {error}"))?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("`{line}` failed, {status}").into())
        }
    }

    /// What the commands printed so far.
    pub(crate) fn output(&self) -> String {
        match fs::read(&self.log_path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) => format!("{} cannot be read: {error}\n", self.log_path.display()),
        }
    }
}

/// `command` as a person would type it.
fn line(command: &Command) -> String {
    let mut line = Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program())
        .to_string_lossy()
        .into_owned();
    for arg in command.get_args() {
        line.push(' ');
        line.push_str(&arg.to_string_lossy());
    }
    line
}

/// The cargo that runs this task.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
